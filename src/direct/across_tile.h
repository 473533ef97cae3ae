/* The register tiles of direct across channels: weighted sums of pixels, lane by lane.
 *
 *     to[i] = end(begin + sum over rows r and columns c of  x[i][r][c] * weight[r][c])
 *
 * Layout    Pixels, rows and columns lie at any steps: in an image or a patch whose channels are
 *           last. Weights are [strip][row][column][lane].
 * Loop      strips of LANES channels; tap rows; tap columns; up to 8 pixels.
 * Registers 8 sums + 1 vector of weights; or 8 sums + a row of 3 weights + 1 vector of the image.
 *           The limits may be in memory.
 *
 * If neighbouring columns of taps are as far apart as neighbouring pixels, tiles slide: they take 3
 * columns at a time, and load each vector once for all outputs and columns that it belongs to.
 */

/* Load a vector of which `lanes` are channels, or all if it is whole. */
FC_INLINE vec NAME(load_lanes)(const real *x, ptrdiff_t lanes, const int whole)
{
    return whole ? loadu(x) : NAME(load_first)(x, lanes);
}

/* Add a residual to the sums of a strip, apply the limits, and store them. */
FC_INLINE void NAME(end_strip)(const struct fc_across_tile *o, ptrdiff_t strip, vec *sum,
                               const vec low, const vec high, const int pixels, const int whole)
{
    const ptrdiff_t step = o->to_step, lanes = o->lanes;
    real *to = (real *)o->to + strip * o->to_strip;
    if (o->add) {
        const real *add = (const real *)o->add + strip * o->add_strip;
UNROLLED
        for (int i = 0; i < pixels; i++)
            sum[i] += NAME(load_lanes)(add + i * o->add_step, lanes, whole);
    }
UNROLLED
    for (int i = 0; i < pixels; i++) {
        sum[i] = vmin(high, vmax(low, sum[i]));
        if (whole)
            storeu(to + i * step, sum[i]);
        else
            NAME(store_first)(to + i * step, sum[i], lanes);
    }
}

/* Compute a tile; `slides` if columns of its taps are as far apart as its pixels. */
FC_INLINE void NAME(across_tile)(const struct fc_across_tile *o, const int pixels,
                                 const int slides, const int whole)
{
    const ptrdiff_t step = o->pixel_step, column_step = o->column_step;
    const vec low = broadcast((real)o->low), high = broadcast((real)o->high);
    for (ptrdiff_t s = 0; s < o->strips; s++) {
        const real *x = (const real *)o->x + s * LANES;
        const real *w = (const real *)o->weight + s * o->weight_strip;
        const real *bias = (const real *)o->bias + s * LANES;
        const vec begin = o->bias ? NAME(load_lanes)(bias, o->lanes, whole) : (vec){0};
        vec sum[FC_ACROSS_PIXELS];
UNROLLED
        for (int i = 0; i < FC_ACROSS_PIXELS; i++)
            sum[i] = begin;
        for (ptrdiff_t r = 0; r < o->rows; r++, x += o->row_step, w += o->weight_step) {
            const real *at = x, *b = w, *const end = w + o->columns * LANES;
            for (; slides && end - b >= 3 * LANES; b += 3 * LANES, at += 3 * column_step) {
                const vec w0 = held(load(b)), w1 = held(load(b + LANES));
                const vec w2 = held(load(b + 2 * LANES));
UNROLLED
                for (int i = 0; i < pixels + 2; i++) {
                    const vec value = held(loadu(at + i * step));
                    if (i < pixels)
                        sum[i] += value * w0;
                    if (i > 0 && i <= pixels)
                        sum[i - 1] += value * w1;
                    if (i > 1)
                        sum[i - 2] += value * w2;
                }
            }
            for (; b < end; b += LANES, at += column_step) {
                const vec weight = load(b);
UNROLLED
                for (int i = 0; i < pixels; i++)
                    sum[i] += NAME(load_lanes)(at + i * step, o->lanes, whole) * weight;
            }
        }
        NAME(end_strip)(o, s, sum, low, high, pixels, whole);
    }
}

/* Compute pixels of fewer than LANES channels, one by one. */
static __attribute__((noinline)) void NAME(part_across)(const struct fc_across_tile *o,
                                                        ptrdiff_t pixels)
{
    struct fc_across_tile one = *o;
    for (ptrdiff_t i = 0; i < pixels; i++) {
        NAME(across_tile)(&one, 1, 0, 0);
        one.x = (const real *)one.x + o->pixel_step;
        one.to = (real *)one.to + o->to_step;
        one.add = one.add ? (const real *)one.add + o->add_step : 0;
    }
}

#ifndef FC_ACROSS_TILES
#define FC_ACROSS_TILES(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8)
#if FC_VECTOR_BYTES > 16
#define FC_SLIDE_TILES(X) X(4) X(5) X(6) X(7) X(8)
#else /* products need a register, too */
#define FC_SLIDE_TILES(X)
#endif
#define FC_ACROSS_TILE(i)                                                                          \
    static void NAME(tile_across_##i)(const struct fc_across_tile *o)                              \
    {                                                                                              \
        NAME(across_tile)(o, i, 0, 1);                                                             \
    }
#define FC_SLIDE_TILE(i)                                                                           \
    static void NAME(tile_slide_##i)(const struct fc_across_tile *o)                               \
    {                                                                                              \
        NAME(across_tile)(o, i, 1, 1);                                                             \
    }
#define FC_ACROSS_ENTRY(i) [i] = NAME(tile_across_##i),
#define FC_SLIDE_ENTRY(i) [i] = NAME(tile_slide_##i),
#endif

FC_ACROSS_TILES(FC_ACROSS_TILE)
FC_SLIDE_TILES(FC_SLIDE_TILE)

/* Tiles by their pixels; of any taps, and of columns of taps as far apart as pixels. */
static void (*const NAME(across_tiles)[])(const struct fc_across_tile *o) = {
    FC_ACROSS_TILES(FC_ACROSS_ENTRY)};
static void (*const NAME(slide_tiles)[FC_ACROSS_PIXELS + 1])(const struct fc_across_tile *o) = {
    FC_SLIDE_TILES(FC_SLIDE_ENTRY)};
