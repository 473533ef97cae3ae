/* Copy tiles of many channels (channels.h) between images and transforms. Lanes are tiles.
 *
 *     block      tiles are numbered through all images. A block is cut into runs of tiles that are
 *                neighbours in one row of tiles.
 *     input      a row of every tile is read from the image, or from a copy with borders filled in.
 *                It is read in pieces of 16 bytes, which are transposed in registers.
 *     output     the inverse writes rows, and the valid part of each is copied to the output.
 */
#ifndef FC_PAIR_TILES
#define FC_PAIR_TILES (2 * LANES) /* tiles that share a transform */
#endif

static void NAME(fft_cut)(const struct fc_fft_plan *p, struct fc_fft_block *b)
{
    const ptrdiff_t rows = p->transform[0].size * p->transform[1].size;
    struct fc_fft_run *run = b->runs;
    ptrdiff_t position = 0;
    for (ptrdiff_t q = b->first; q < b->first + b->count; q += run++->count) {
        const struct NAME(tile_position) start = NAME(position_of)(p, q);
        const ptrdiff_t left = b->first + b->count - q, more = p->tiles[2] - q % p->tiles[2];
        run->lane = q - b->first;
        run->count = more < left ? more : left;
        run->batch = start.batch;
        __builtin_memcpy(run->at, start.at, sizeof run->at);
        run->position = position;
        position += rows * ((run->count - 1) * p->hop[2] + p->transform[2].size + LANES);
    }
    b->run_count = run - b->runs;
}

/* Set the addresses from which the tiles of a run read their rows: in the image, or in a copy with
 * borders filled in. */
static void NAME(copy_rows)(const struct fc_fft_plan *p, const struct fc_fft_task *task,
                             const struct fc_fft_block *b, const struct fc_fft_run *run,
                             ptrdiff_t channel)
{
    const struct fc_geometry *g = &p->geometry;
    const struct fc_transform *t = p->transform;
    const ptrdiff_t width = (run->count - 1) * p->hop[2] + t[2].size;
    const real *image = (const real *)task->image +
                        (run->batch * g->image_channels + channel) * g->plane;
    ptrdiff_t step[2] = {g->axis[2].image, g->axis[1].image * g->axis[2].image}, start[3];
    int inside = 1;
    for (int a = 0; a < 3; a++) {
        const ptrdiff_t size = a == 2 ? width + FC_SQUARE : t[a].size;
        start[a] = run->at[a] - g->axis[a].before;
        inside = inside && start[a] >= 0 && start[a] + size <= g->axis[a].image;
    }
    const real *at = image + start[0] * step[1] + start[1] * step[0] + start[2];
    if (!inside) {
        real *to = (real *)b->patch + run->position;
        at = to;
        step[0] = width + LANES;
        step[1] = t[1].size * step[0];
        for (ptrdiff_t z = 0; z < t[0].size; z++)
            for (ptrdiff_t y = 0; y < t[1].size; y++, to += step[0])
                NAME(gather_row)(p, task, NAME(image_row)(p, image, run->at[0] + z, run->at[1] + y),
                                 run->at[2], width, to);
    }
    for (ptrdiff_t i = 0; i < run->count; i++) {
        b->from[run->lane + i] = at + i * p->hop[2];
        b->step[run->lane + i][0] = step[0];
        b->step[run->lane + i][1] = step[1];
    }
}

/* Load 16 bytes from each of the rows 0, FC_SQUARE, 2 FC_SQUARE, ... of LANES rows. FC_SQUARE such
 * vectors are then transposed. */
FC_INLINE vec NAME(load_from)(const real *const *rows, ptrdiff_t x)
{
    return NAME(load_apart)(rows[0] + x, rows[FC_SQUARE % LANES] + x, rows[2 * FC_SQUARE % LANES] + x,
                            rows[3 * FC_SQUARE % LANES] + x);
}

/* Load the first values of LANES rows. They are usually contiguous in memory. */
FC_INLINE vec NAME(load_firsts)(const real *const *rows)
{
    vec x;
    int neighbours = 1;
    for (int l = 1; l < LANES; l++)
        neighbours &= rows[l] == rows[0] + l;
    if (neighbours)
        return loadu(rows[0]);
    for (int l = 0; l < LANES; l++)
        x[l] = rows[l][0];
    return x;
}

/* Load a row of FC_PAIR_TILES tiles and transpose it. Up to FC_SQUARE - 1 values more than `size`
 * are read and written. */
FC_INLINE void NAME(load_tiles)(const real *const *rows, ptrdiff_t size, complex_vec *to)
{
    if (size == 1) {
        *to = (complex_vec){NAME(load_firsts)(rows), NAME(load_firsts)(rows + LANES)};
        return;
    }
    for (ptrdiff_t x = 0; x < size; x += FC_SQUARE) {
        vec r[FC_SQUARE], i[FC_SQUARE];
UNROLLED
        for (int k = 0; k < FC_SQUARE; k++) {
            r[k] = NAME(load_from)(rows + k, x);
            i[k] = NAME(load_from)(rows + LANES + k, x);
        }
        NAME(transpose_pieces)(r);
        NAME(transpose_pieces)(i);
UNROLLED
        for (int k = 0; k < FC_SQUARE; k++)
            to[x + k] = (complex_vec){r[k], i[k]};
    }
}

/* Transpose and store a row of FC_PAIR_TILES tiles. The rows are `width` elements apart; `width` is
 * 1 if every row holds a single value. */
FC_INLINE void NAME(store_tiles)(const complex_vec *from, ptrdiff_t size, real *rows, ptrdiff_t width)
{
    if (width == 1) {
        store(rows, from->r);
        store(rows + LANES, from->i);
        return;
    }
    for (ptrdiff_t x = 0; x < size; x += FC_SQUARE) {
        vec r[FC_SQUARE], i[FC_SQUARE];
UNROLLED
        for (int k = 0; k < FC_SQUARE; k++) {
            r[k] = from[x + k].r;
            i[k] = from[x + k].i;
        }
        NAME(transpose_pieces)(r);
        NAME(transpose_pieces)(i);
UNROLLED
        for (int k = 0; k < FC_SQUARE; k++) {
            NAME(store_pieces)(rows + k * width + x, FC_SQUARE * width, r[k]);
            NAME(store_pieces)(rows + (LANES + k) * width + x, FC_SQUARE * width, i[k]);
        }
    }
}
