/* The register tile whose lanes are output channels: sums[pixel][lane] (+)= sum over terms of
 * x[place[pixel] + offsets[term]] * weight[term][lane].
 *
 * Layout    Terms are ordered [tap][channel]. The pixels of a tile lie anywhere in the image or in
 *           the patch, each at its own place, or side by side. Weights are packed and aligned.
 * Loop      Runs of taps that some pixel reads inside the image, and the terms of a run. Everything
 *           inside is unrolled.
 * Registers pixels * vectors accumulators + vectors vectors of weights + 1 pixel. Pixels side by
 *           side need one pointer, so that tiles may have more of them. Pointers to others that
 *           have no register are read from the stack.
 * Asks for  the weights that follow; the first pixel of a later tile, if pixels come from memory or
 *           from the other core; and pixels side by side of FC_LANE_TERMS terms later: terms are
 *           planes apart, in which no processor sees a stream. Pixels anywhere leave no time for
 *           more loads.
 * Order     Each output is one chain of multiply-adds from zero over the terms, followed by one
 *           addition to the former sum. A tap that is left out would add zero.
 */
#define FC_LANE_WIDEST 16 /* most pixels of any tile */
#define FC_LANE_LATER 3   /* tiles from one to that which it asks for */

FC_INLINE void NAME(lane_tile)(const struct fc_lane_operands *o, const int lined, const int ask,
                               const int pixels, const int vectors)
{
    const ptrdiff_t channels = o->channels;
    real *to = o->sums;
    for (ptrdiff_t n = 0; n < o->tiles; n++, to += pixels * vectors * LANES) {
        const struct fc_lane_tile *t = &o->tile[n];
        const struct fc_lane_runs *r = &t->runs;
        const char *next = o->next + n * o->share;
        const ptrdiff_t step =
            ask ? o->share / (r->planes * r->rows * r->length * channels + 1) + 1 : 0;
        const real *w = (const real *)o->weight + r->first * channels * vectors * LANES;
        const ptrdiff_t *offset = o->offsets + r->first * channels;
        const real *const start = (const real *)o->x + t->place[0];
        ptrdiff_t ahead = ask ? o->ahead : 0;
        if (ask && ahead && o->end - t > FC_LANE_LATER)
            ahead = t[FC_LANE_LATER].place[0] - t->place[0];
        if (ask)
            __asm__("" : "+m"(ahead)); /* pixels need the registers */
        const real *from[FC_LANE_PIXELS];
        vec sum[FC_LANE_WIDEST][FC_LANE_VECTORS];
UNROLLED
        for (int i = 0; i < pixels; i++) {
            if (!lined)
                from[i] = (const real *)o->x + t->place[i];
UNROLLED
            for (int j = 0; j < vectors; j++)
                sum[i][j] = (vec){0};
        }
        for (ptrdiff_t run = r->planes * r->rows, row = r->rows; run > 0; run--) {
            const ptrdiff_t *end = offset + r->length * channels;
            for (; offset < end; offset++, w += vectors * LANES) {
                const ptrdiff_t at = *offset;
                vec b[FC_LANE_VECTORS];
                if (ask) {
                    __builtin_prefetch(next, 0, 2);
                    next += step;
                    __builtin_prefetch(start + at + ahead);
                    if (lined)
                        __builtin_prefetch(start + offset[FC_LANE_TERMS] + pixels - 1);
                }
UNROLLED
                for (int j = 0; j < vectors; j++)
                    b[j] = load(w + j * LANES);
UNROLLED
                for (int i = 0; i < pixels; i++) {
                    const vec x = broadcast(lined ? start[at + i] : from[i][at]);
UNROLLED
                    for (int j = 0; j < vectors; j++)
                        sum[i][j] += x * b[j];
                }
            }
            ptrdiff_t skip = r->skip;
            if (--row == 0) {
                skip += r->skip_plane;
                row = r->rows;
            }
            offset += skip * channels;
            w += skip * channels * vectors * LANES;
        }
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
}

typedef void NAME(lane_tile_function)(const struct fc_lane_operands *o);

#ifndef FC_LANE_TILE
#define FC_LANE_TILE(name, lined, i, j)                                                            \
    static void NAME(tile_##name##_##i##x##j)(const struct fc_lane_operands *o)                    \
    {                                                                                              \
        NAME(lane_tile)(o, lined, 0, i, j);                                                        \
    }                                                                                              \
    static void NAME(tile_##name##_asking_##i##x##j)(const struct fc_lane_operands *o)             \
    {                                                                                              \
        NAME(lane_tile)(o, lined, 1, i, j);                                                        \
    }
#define FC_LANE_ENTRY(name, i, j)                                                                  \
    [i - 1][j - 1] = {NAME(tile_##name##_##i##x##j), NAME(tile_##name##_asking_##i##x##j)},
#define FC_LANE_APART(i, j) FC_LANE_TILE(lanes, 0, i, j)
#define FC_LANE_BESIDE(i, j) FC_LANE_TILE(lined, 1, i, j)
#define FC_LANE_APART_ENTRY(i, j) FC_LANE_ENTRY(lanes, i, j)
#define FC_LANE_BESIDE_ENTRY(i, j) FC_LANE_ENTRY(lined, i, j)
#endif

FC_LANE_TILES(FC_LANE_APART)
FC_LANE_LINES(FC_LANE_BESIDE)

/* [pixels - 1][vectors - 1][whether weights, or pixels far ahead, are asked for] */
static NAME(lane_tile_function) *const NAME(lane_tiles)[FC_LANE_PIXELS][FC_LANE_VECTORS][2] = {
    FC_LANE_TILES(FC_LANE_APART_ENTRY)};
static NAME(lane_tile_function) *const NAME(lined_tiles)[FC_LANE_WIDEST][FC_LANE_VECTORS][2] = {
    FC_LANE_LINES(FC_LANE_BESIDE_ENTRY)};
