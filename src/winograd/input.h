/* Input transform: compute V[frequency][row][tile], one row (a channel of one plane) at a time.
 *
 * Tiles are numbered through the whole batch, one row of tiles after the other, so that small
 * images fill their vectors. A run is a set of tiles of a block that are neighbours in one row of
 * tiles.
 *
 * Per run   1. vertical: transform high + 2 image rows into columns[u][x]. Lanes are pixels x in
 *              memory order; in a dilated run, the rows are picked first. Columns outside the image
 *              are zeros or copies of columns inside.
 *           2. horizontal: split columns into tiles and transform them into
 *              lines[frequency][tile]. Lanes are tiles. Whole vectors are stored, and the last one
 *              may reach into the next run, which overwrites these values.
 * At the end copy lines to V in the layout that register tiles read:
 *           [frequency][panel][row][vectors * LANES].
 * Registers m + 2 values and the coefficients, which are read from memory where they do not fit.
 */
/* Transform columns x0..x1 of a run. Read each one from the image column that the border rule
 * gives. */
FC_INLINE void NAME(gather_columns)(const struct fc_axis *w, const real *const *rows, const int high,
                                    ptrdiff_t start, ptrdiff_t x0, ptrdiff_t x1, real *columns,
                                    ptrdiff_t pitch)
{
    const int points = high == 1 ? 1 : high + 2;
    for (ptrdiff_t x = x0; x < x1; x += LANES) {
        const ptrdiff_t some = x1 - x < LANES ? x1 - x : LANES;
        vec in[FC_POINTS_MAX], out[FC_POINTS_MAX];
        ptrdiff_t at[LANES], filled = 0;
        for (ptrdiff_t l = 0; l < some; l++) {
            const ptrdiff_t j = start + (x + l) * w->dilation;
            at[l] = j < w->extent ? fc_at(w, j) : -1;
            filled |= at[l] >= 0;
        }
        if (!filled) {
            for (int u = 0; u < points; u++)
                storeu(columns + u * pitch + x, (vec){0});
            continue;
        }
        for (int i = 0; i < points; i++) {
            in[i] = (vec){0};
            for (ptrdiff_t l = 0; l < some; l++)
                if (at[l] >= 0)
                    ((real *)&in[i])[l] = rows[i][at[l]];
        }
        NAME(winograd_forward)(high, in, out);
        for (int u = 0; u < points; u++)
            storeu(columns + u * pitch + x, out[u]);
    }
}

/* Pick columns of a row, and ask for those of the same row `plane` elements further. */
static void NAME(pick_columns)(real *to, const real *from, ptrdiff_t apart, ptrdiff_t count,
                               ptrdiff_t plane)
{
    for (ptrdiff_t x = 0; plane && x < count * apart; x += 64 / (ptrdiff_t)sizeof(real))
        __builtin_prefetch(from + plane + x);
    NAME(pick)(to, from, apart, 0, count);
}

/* Transform a vector of each row in place. */
FC_INLINE void NAME(transform_vectors)(const int high, real *columns, ptrdiff_t pitch)
{
    const int points = high == 1 ? 1 : high + 2;
    vec in[FC_POINTS_MAX], out[FC_POINTS_MAX];
UNROLLED
    for (int i = 0; i < points; i++)
        in[i] = loadu(columns + i * pitch);
    NAME(winograd_forward)(high, in, out);
UNROLLED
    for (int u = 0; u < points; u++)
        storeu(columns + u * pitch, out[u]);
}

FC_INLINE void NAME(transform_columns)(const struct fc_geometry *g, const struct fc_tiles *b,
                              const struct fc_tile_run *run, const real *channel, const real *end,
                              ptrdiff_t tap, const int m, const int high)
{
    const struct fc_axis *d = &g->axis[0], *h = &g->axis[1], *w = &g->axis[2];
    const int points = high == 1 ? 1 : high + 2;
    const ptrdiff_t start = run->column, need = run->count * m + 2, pitch = b->column_pitch;
    const ptrdiff_t plane = fc_at(d, run->depth * d->stride + tap * d->dilation);
    const ptrdiff_t left = w->before - start, right = left + w->image, apart = w->dilation;
    /* Columns low..stop lie inside the image. */
    const ptrdiff_t inside = left < 0 ? 0 : apart == 1 ? left : (left + apart - 1) / apart;
    const ptrdiff_t outside = right < 0 ? 0 : apart == 1 ? right : (right + apart - 1) / apart;
    const ptrdiff_t low = inside < need ? inside : need;
    const ptrdiff_t stop = outside < low ? low : outside < need ? outside : need;
    const real *rows[FC_POINTS_MAX], *last = b->zeros;
    real *columns = (real *)b->columns + run->position;
    for (int i = 0; i < points; i++) {
        const ptrdiff_t j = run->row + i * h->dilation;
        const ptrdiff_t y = plane >= 0 && j < h->extent ? fc_at(h, j) : -1;
        rows[i] = b->zeros;
        if (y >= 0) {
            rows[i] = channel + run->image + (plane * h->image + y) * w->image;
            last = last == b->zeros || rows[i] > last ? rows[i] : last;
        }
    }
    NAME(gather_columns)(w, rows, high, start, 0, low, columns, pitch);
    ptrdiff_t x = low;
    if (apart > 1) {
        for (int i = 0; i < points; i++)
            NAME(pick_columns)(columns + i * pitch + x, rows[i] + x * apart - left, apart, stop - x,
                               i >= points - high ? g->plane : 0);
        for (; x < stop; x += LANES)
            NAME(transform_vectors)(high, columns + x, pitch);
    }
    for (; x < stop; x += LANES) {
        vec in[FC_POINTS_MAX], out[FC_POINTS_MAX];
        if (last != b->zeros && last + x - left + LANES > end)
            break;
UNROLLED
        for (int i = 0; i < points; i++) {
            in[i] = loadu(rows[i] + x - left);
            if (i >= points - high) /* the tiles above have prefetched the other rows */
                __builtin_prefetch(rows[i] + x - left + g->plane);
        }
        NAME(winograd_forward)(high, in, out);
UNROLLED
        for (int u = 0; u < points; u++)
            storeu(columns + u * pitch + x, out[u]);
    }
    NAME(gather_columns)(w, rows, high, start, x < stop ? x : stop, need, columns, pitch);
}

FC_INLINE void NAME(transform_lines)(const struct fc_tiles *b, const struct fc_tile_run *run,
                                     const int m, const int high)
{
    const int points = high == 1 ? 1 : high + 2;
    const ptrdiff_t pitch = b->line_pitch, count = run->count;
    for (int u = 0; u < points; u++) {
        const real *from = (const real *)b->columns + run->position + u * b->column_pitch;
        real *to = (real *)b->lines + u * (m + 2) * pitch + run->lane;
        for (ptrdiff_t t = 0; t < count; t += LANES) {
            vec in[FC_POINTS_MAX], out[FC_POINTS_MAX];
            NAME(split_tiles)(m, from + t * m, in);
            NAME(winograd_forward)(m, in, out);
UNROLLED
            for (int v = 0; v < m + 2; v++)
                storeu(to + v * pitch + t, out[v]);
        }
    }
}

/* Copy one row of one panel for all frequencies. */
FC_INLINE void NAME(copy_values)(const struct fc_tiles *b, const real *from, real *to,
                                 const int vectors)
{
    const ptrdiff_t pitch = b->line_pitch, plane = b->value_plane;
    for (ptrdiff_t f = 0; f < b->frequencies; f++, from += pitch, to += plane) {
        /* The hardware does not prefetch so many streams. */
        __builtin_prefetch(to + 2 * vectors * LANES, 1);
UNROLLED
        for (int v = 0; v < vectors; v++)
            store(to + v * LANES, load(from + v * LANES));
    }
}

FC_INLINE void NAME(winograd_input)(const struct fc_geometry *g, const struct fc_tiles *b,
                                    const void *image, ptrdiff_t channel, ptrdiff_t tap,
                                    ptrdiff_t row, const int m, const int high)
{
    const real *first = (const real *)image + channel * g->plane;
    const real *end = (const real *)image + g->batch * g->image_channels * g->plane;
    /* Loop over the runs twice, so that no load waits for a store that has just been made. */
    for (ptrdiff_t i = 0; i < b->run_count; i++)
        NAME(transform_columns)(g, b, &b->runs[i], first, end, tap, m, high);
    for (ptrdiff_t i = 0; i < b->run_count; i++)
        NAME(transform_lines)(b, &b->runs[i], m, high);
    for (ptrdiff_t start = 0; start < b->vectors; start += b->panel_vectors) {
        const ptrdiff_t left = b->vectors - start;
        const real *from = (const real *)b->lines + start * LANES;
        real *to = (real *)b->values + start * b->depth * LANES;
        switch (left < b->panel_vectors ? left : b->panel_vectors) {
        case 1:
            NAME(copy_values)(b, from, to + row * LANES, 1);
            break;
        case 2:
            NAME(copy_values)(b, from, to + row * 2 * LANES, 2);
            break;
        case 3:
            NAME(copy_values)(b, from, to + row * 3 * LANES, 3);
            break;
        default:
            NAME(copy_values)(b, from, to + row * 4 * LANES, 4);
        }
    }
}
