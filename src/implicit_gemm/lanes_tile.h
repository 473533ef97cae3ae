/* The register tile whose lanes are output channels: sums[pixel][lane] (+)= sum over terms of
 * x[place[pixel] + offsets[term]] * weight[term][lane].
 *
 * Layout    Terms are ordered [tap][channel]. The pixels of a tile lie anywhere in the image or in
 *           the patch, each at its own place. Weights are packed and aligned.
 * Loop      Runs of taps that some pixel reads inside the image, and the terms of a run. Everything
 *           inside is unrolled.
 * Registers pixels * vectors accumulators + vectors vectors of weights + 1 pixel. Pointers to
 *           pixels that have no register are read from the stack, which costs nothing: a pixel is
 *           used for `vectors` multiply-adds.
 * Order     Each output is one chain of multiply-adds from zero over the terms, followed by one
 *           addition to the former sum. A tap that is left out would add zero.
 */
FC_INLINE void NAME(lane_tile)(const struct fc_lane_operands *o, const int ask, const int pixels,
                               const int vectors)
{
    const struct fc_lane_tile *t = o->tile;
    const ptrdiff_t *taps = o->taps, *low = t->low, *high = t->high;
    const int wide = high[2] - low[2] == taps[2], high_too = wide && high[1] - low[1] == taps[1];
    /* runs of `length` taps each: planes x rows of them */
    const ptrdiff_t rows = wide ? 1 : high[1] - low[1], planes = high_too ? 1 : high[0] - low[0];
    const ptrdiff_t length = !wide      ? high[2] - low[2]
                             : high_too ? (high[0] - low[0]) * taps[1] * taps[2]
                                        : (high[1] - low[1]) * taps[2];
    const ptrdiff_t first = (low[0] * taps[1] + low[1]) * taps[2] + low[2];
    const char *next = o->next;
    const real *from[FC_LANE_PIXELS];
    vec sum[FC_LANE_PIXELS][FC_LANE_VECTORS];
UNROLLED
    for (int i = 0; i < pixels; i++) {
        from[i] = (const real *)o->x + t->place[i];
UNROLLED
        for (int j = 0; j < vectors; j++)
            sum[i][j] = (vec){0};
    }
    for (ptrdiff_t run = 0; run < planes * rows; run++) {
        const ptrdiff_t tap = first + (run / rows * taps[1] + run % rows) * taps[2];
        const real *w = (const real *)o->weight + tap * o->channels * vectors * LANES;
        const ptrdiff_t *offset = o->offsets + tap * o->channels;
        const ptrdiff_t *end = offset + length * o->channels;
        for (; offset < end; offset++, w += vectors * LANES) {
            const ptrdiff_t at = *offset;
            vec b[FC_LANE_VECTORS];
            if (ask) {
                __builtin_prefetch(next, 0, 2);
                next += o->step;
            }
UNROLLED
            for (int j = 0; j < vectors; j++)
                b[j] = load(w + j * LANES);
UNROLLED
            for (int i = 0; i < pixels; i++) {
                const vec x = broadcast(from[i][at]);
UNROLLED
                for (int j = 0; j < vectors; j++)
                    sum[i][j] += x * b[j];
            }
        }
    }
    real *to = o->sums;
    if (o->accumulate) {
UNROLLED
        for (int i = 0; i < pixels; i++) {
UNROLLED
            for (int j = 0; j < vectors; j++)
                sum[i][j] += load(to + (i * vectors + j) * LANES);
        }
    }
UNROLLED
    for (int i = 0; i < pixels; i++) {
UNROLLED
        for (int j = 0; j < vectors; j++)
            store(to + (i * vectors + j) * LANES, sum[i][j]);
    }
}

typedef void NAME(lane_tile_function)(const struct fc_lane_operands *o);

#ifndef FC_LANE_TILE
#define FC_LANE_TILE(i, j)                                                                         \
    static void NAME(tile_lanes_##i##x##j)(const struct fc_lane_operands *o)                       \
    {                                                                                              \
        NAME(lane_tile)(o, 0, i, j);                                                               \
    }                                                                                              \
    static void NAME(tile_lanes_asking_##i##x##j)(const struct fc_lane_operands *o)                \
    {                                                                                              \
        NAME(lane_tile)(o, 1, i, j);                                                               \
    }
#define FC_LANE_ENTRY(i, j)                                                                        \
    [i - 1][j - 1] = {NAME(tile_lanes_##i##x##j), NAME(tile_lanes_asking_##i##x##j)},
#endif

FC_LANE_TILES(FC_LANE_TILE)

/* [pixels - 1][vectors - 1][whether weights are asked for] */
static NAME(lane_tile_function) *const NAME(lane_tiles)[FC_LANE_PIXELS][FC_LANE_VECTORS][2] = {
    FC_LANE_TILES(FC_LANE_ENTRY)};
