/* Load tiles from an image into matrices, with borders filled in, and store outputs.
 *
 * Two tiles of real numbers share one transform: one is its real part, the other its imaginary
 * part. The taps are real, so the two parts do not mix. Complex images use both parts themselves.
 *
 * Along every axis, a tile starts at the padded coordinate tile number * hop. The rows of a tile
 * are rows of the image, or consecutive parts of a line. The first `hop` outputs per axis are
 * valid. The sums of later outputs contain values from the beginning of the tile, because the
 * transform is circular.
 */
#ifndef FC_FETCH_ROWS
#define FC_FETCH_ROWS 4 /* how many rows ahead to prefetch */
#endif

/* The padded coordinates at which a tile starts, and the number of its image in the batch. */
struct NAME(tile_position) {
    ptrdiff_t batch, at[3];
};

static struct NAME(tile_position) NAME(position_of)(const struct fc_fft_plan *p, ptrdiff_t tile)
{
    struct NAME(tile_position) position;
    for (int a = 2; a >= 0; a--) {
        position.at[a] = tile % p->tiles[a] * p->hop[a];
        tile /= p->tiles[a];
    }
    position.batch = tile;
    return position;
}

/* Return a row of the image, or NULL for a row of fill values. */
FC_INLINE const real *NAME(image_row)(const struct fc_fft_plan *p, const real *channel, ptrdiff_t z,
                                      ptrdiff_t y)
{
    const struct fc_axis *d = &p->geometry.axis[0], *h = &p->geometry.axis[1];
    if (z >= d->extent || y >= h->extent)
        return 0;
    z = fc_at(d, z);
    y = fc_at(h, y);
    if (z < 0 || y < 0)
        return 0;
    return channel + (z * h->image + y) * p->geometry.axis[2].image * (p->is_complex ? 2 : 1);
}

/* Copy values from..stop, which lie in the border, of a row that starts at padded coordinate x. */
FC_INLINE void NAME(gather_border)(const struct fc_axis *axis, const real *fill, const real *row,
                                   ptrdiff_t x, ptrdiff_t from, ptrdiff_t stop, real *to,
                                   const int parts)
{
    for (ptrdiff_t e = from; e < stop; e++) {
        const ptrdiff_t at = fc_at(axis, x + e);
        for (int i = 0; i < parts; i++)
            to[e * parts + i] = at < 0 ? fill[i] : row[at * parts + i];
    }
}

/* Copy `size` values from padded coordinate x on. Values past the padded extent become zeros. */
FC_INLINE void NAME(gather_parts)(const struct fc_axis *w, const real *fill, const real *row,
                                  ptrdiff_t x, ptrdiff_t size, real *to, const int parts)
{
    ptrdiff_t stop = w->extent - x, low = w->before - x, high = low + w->image;
    stop = stop < 0 ? 0 : stop < size ? stop : size;
    low = low < 0 ? 0 : low < stop ? low : stop;
    high = high < low ? low : high < stop ? high : stop;
    __builtin_memset(to + stop * parts, 0, (size_t)((size - stop) * parts) * sizeof(real));
    if (!row) {
        for (ptrdiff_t e = 0; e < stop; e++)
            for (int i = 0; i < parts; i++)
                to[e * parts + i] = fill[i];
        return;
    }
    NAME(gather_border)(w, fill, row, x, 0, low, to, parts);
    NAME(gather_border)(w, fill, row, x, high, stop, to, parts);
    __builtin_memcpy(to + low * parts, row + (x + low - w->before) * parts,
                     (size_t)((high - low) * parts) * sizeof(real));
}

static void NAME(gather_row)(const struct fc_fft_plan *p, const struct fc_fft_task *task,
                             const real *row, ptrdiff_t x, ptrdiff_t size, real *to)
{
    const real fill[2] = {(real)task->fill[0], (real)task->fill[1]};
    if (p->is_complex)
        NAME(gather_parts)(&p->geometry.axis[2], fill, row, x, size, to, 2);
    else
        NAME(gather_parts)(&p->geometry.axis[2], fill, row, x, size, to, 1);
}

/* Prefetch a row. The rows of a tile are too short for the hardware prefetcher. */
FC_INLINE void NAME(fetch_row)(const real *row, ptrdiff_t count, const int write)
{
    for (ptrdiff_t e = 0; e < count; e += 64 / (ptrdiff_t)sizeof(real))
        if (write)
            __builtin_prefetch(row + e, 1);
        else
            __builtin_prefetch(row + e);
}

/* Copy a row of the tile into a row of the matrix: into its real (half = 0) or imaginary (half = 1)
 * parts, or into both if the image is complex. */
static void NAME(load_row)(const struct fc_fft_plan *p, const struct fc_fft_task *task,
                           const real *row, ptrdiff_t x, complex_vec *to, int half)
{
    const struct fc_axis *w = &p->geometry.axis[2];
    const ptrdiff_t size = p->transform[2].size, start = x - w->before;
    const real *from = row ? row + start : 0;
    if (p->is_complex) {
        from = task->row;
        NAME(gather_row)(p, task, row, x, size, task->row);
        for (ptrdiff_t v = 0; v < p->vectors; v++, from += 2 * LANES) {
            to[v].r = even(loadu(from), loadu(from + LANES));
            to[v].i = even(loadu(from + 1), loadu(from + LANES + 1));
        }
        return;
    }
    if (!row || start < 0 || start + p->vectors * LANES > w->image) {
        from = task->row;
        NAME(gather_row)(p, task, row, x, size, task->row);
    }
    else if (!p->line_twiddles)
        NAME(fetch_row)(from + FC_FETCH_ROWS * w->image, size, 0);
    if (half)
        for (ptrdiff_t v = 0; v < p->vectors; v++)
            to[v].i = loadu(from + v * LANES);
    else
        for (ptrdiff_t v = 0; v < p->vectors; v++)
            to[v].r = loadu(from + v * LANES);
}

static void NAME(load_tile)(const struct fc_fft_plan *p, const struct fc_fft_task *task,
                            ptrdiff_t channel, ptrdiff_t part, ptrdiff_t tile, int half)
{
    const struct fc_geometry *g = &p->geometry;
    const struct NAME(tile_position) position = NAME(position_of)(p, tile);
    const real *image = (const real *)task->image +
                        (position.batch * g->image_channels + channel) * g->plane *
                            (p->is_complex ? 2 : 1);
    const ptrdiff_t x = position.at[2] + part * p->part, columns = p->transform[2].size;
    for (ptrdiff_t z = 0; z < p->transform[0].size; z++)
        for (ptrdiff_t r = 0; r < p->transform[1].size; r++) {
            complex_vec *to = (complex_vec *)task->matrix + z * p->plane + r * p->pitch;
            if (p->line_twiddles)
                NAME(load_row)(p, task, NAME(image_row)(p, image, position.at[0], position.at[1]),
                               x + r * columns, to, half);
            else
                NAME(load_row)(p, task,
                               NAME(image_row)(p, image, position.at[0] + z, position.at[1] + r),
                               x, to, half);
        }
}

/* Store `count` outputs of one row of the matrix. They are `stride` columns apart, and the first
 * one is in column c. */
static void NAME(store_row)(const struct fc_fft_plan *p, const complex_vec *from, ptrdiff_t c,
                            ptrdiff_t count, int half, real *out)
{
    const ptrdiff_t stride = p->geometry.axis[2].stride;
    const real *x = (const real *)from;
    ptrdiff_t e = 0;
    if (p->is_complex) {
        if (stride == 1 && c == 0)
            for (; e + LANES <= count; e += LANES, from++) {
                storeu(out + 2 * e, NAME(interleaved_low)(from->r, from->i));
                storeu(out + 2 * e + LANES, NAME(interleaved_high)(from->r, from->i));
            }
        for (c += e * stride; e < count; e++, c += stride) {
            const real *at = x + c / LANES * 2 * LANES + c % LANES;
            out[2 * e] = at[0];
            out[2 * e + 1] = at[LANES];
        }
        return;
    }
    if (stride == 1 && c == 0)
        for (; e + LANES <= count; e += LANES)
            storeu(out + e, load(x + 2 * e + half * LANES));
    for (c += e * stride; e < count; e++, c += stride)
        out[e] = x[c / LANES * 2 * LANES + c % LANES + half * LANES];
}

/* Apply bias, addition and activation to `count` outputs of one channel, starting at `element`. */
static void NAME(finish_outputs)(const struct fc_fft_plan *p, const struct fc_fft_task *task,
                             ptrdiff_t batch, ptrdiff_t channel, ptrdiff_t element, ptrdiff_t count)
{
    const ptrdiff_t position = element - batch * p->geometry.feature_channels * p->geometry.pixels;
    const real *bias = task->bias;
    FC_OF(epilogue)->finish((real *)task->out + element, 1, count, 0,
                 bias && !p->bias_position ? bias + channel : 0,
                 bias && p->bias_position ? bias + position : 0,
                 task->add ? (const real *)task->add + element : 0, p->activation);
}

static void NAME(store_tile)(const struct fc_fft_plan *p, const struct fc_fft_task *task,
                             ptrdiff_t channel, ptrdiff_t tile, int half)
{
    const struct fc_geometry *g = &p->geometry;
    const struct NAME(tile_position) position = NAME(position_of)(p, tile);
    const ptrdiff_t image = (position.batch * g->feature_channels + channel) * g->pixels;
    const ptrdiff_t columns = p->transform[2].size, stride = g->axis[2].stride;
    ptrdiff_t first[3], stop[3];
    for (int a = 0; a < 3; a++) { /* a hop is a multiple of the stride */
        const struct fc_axis *axis = &g->axis[a];
        first[a] = position.at[a] / axis->stride;
        stop[a] = first[a] + p->hop[a] / axis->stride;
        stop[a] = stop[a] < axis->feature ? stop[a] : axis->feature;
    }
    for (ptrdiff_t z = first[0]; z < stop[0]; z++)
        for (ptrdiff_t y = first[1]; y < stop[1]; y++) {
            const ptrdiff_t out = image + (z * g->axis[1].feature + y) * g->axis[2].feature;
            const ptrdiff_t depth = z * g->axis[0].stride - position.at[0];
            const ptrdiff_t row = y * g->axis[1].stride - position.at[1];
            for (ptrdiff_t x = first[2]; x < stop[2];) {
                /* Store the whole row of the image, or the part of a line in one matrix row. */
                const ptrdiff_t at = x * stride - position.at[2];
                const ptrdiff_t r = p->line_twiddles ? at / columns : row;
                const ptrdiff_t c = p->line_twiddles ? at % columns : at;
                ptrdiff_t count = (columns - c + stride - 1) / stride;
                count = count < stop[2] - x ? count : stop[2] - x;
                if (!p->line_twiddles)
                    NAME(fetch_row)((real *)task->out + out + x + FC_FETCH_ROWS * g->axis[2].feature, count, 1);
                NAME(store_row)(p, (const complex_vec *)task->matrix + depth * p->plane + r * p->pitch,
                                c, count, half, (real *)task->out + (out + x) * (p->is_complex ? 2 : 1));
                x += count;
            }
            if (p->has_epilogue)
                NAME(finish_outputs)(p, task, position.batch, channel, out + first[2],
                                     stop[2] - first[2]);
        }
}
