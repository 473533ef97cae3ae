/* Compute the weight gradient of one pair of channels, tap by tap.
 *
 *     sum[tap] = sum over pixels of feature[pixel] * patch[position(pixel) + offset[tap]]
 *
 * Layout    The image is read from the patch of a block (implicit_gemm/patch.h), which has the
 *           borders and is split by the stride, so that a tap adds one offset to the position of a
 *           pixel. The feature is read in place.
 * Loop      The outer loop is over rows of pixels, the inner one over their vectors. A group of
 *           taps is unrolled and shares the values of the feature.
 * Registers count accumulators + 1 of the feature + 1 of the patch.
 * Order     as in dot.h: each lane is one chain over the block, and the lanes are added in one
 *           order.
 *
 * If the last vector of a row is not whole, both operands are masked, so that a NaN or an infinity
 * of the patch outside of the row never meets the zeros of the feature.
 */
#define FC_TAPS_MAX 12

/* Return a mask with all bits set in lanes first..LANES, and zeros in the others. */
FC_INLINE ints NAME(from_lane)(ptrdiff_t first)
{
    ints lane;
UNROLLED
    for (int i = 0; i < LANES; i++)
        lane[i] = i;
    return lane >= (real_int)first;
}

FC_INLINE void NAME(group_taps)(const struct fc_block *b, const real *feature,
                                const ptrdiff_t *offsets, double *to, const int count)
{
    vec sum[FC_TAPS_MAX];
    const struct fc_panel *last = &b->panels[b->panel_count - 1];
    const ptrdiff_t pieces = last->first_piece + last->pieces;
UNROLLED
    for (int t = 0; t < count; t++)
        sum[t] = (vec){0};
    for (ptrdiff_t i = 0; i < pieces; i++) {
        const struct fc_piece *piece = &b->pieces[i];
        const real *y = feature + piece->out, *x = (const real *)b->patch + piece->position;
        const ptrdiff_t length = piece->length;
        ptrdiff_t p = 0;
        for (; p + LANES <= length; p += LANES) {
            const vec g = loadu(y + p);
UNROLLED
            for (int t = 0; t < count; t++)
                sum[t] += g * loadu(x + p + offsets[t]);
        }
        if (p == length)
            continue;
        vec g = {0};
        ints inside;
        if (length >= LANES) { /* mask the lanes that the vector before has counted already */
            inside = NAME(from_lane)(LANES - (length - p));
            p = length - LANES;
            g = (vec)((ints)loadu(y + p) & inside);
        } else {
            inside = ~NAME(from_lane)(length);
            for (ptrdiff_t l = 0; l < length; l++)
                g[l] = y[l];
        }
UNROLLED
        for (int t = 0; t < count; t++)
            sum[t] += g * (vec)((ints)loadu(x + p + offsets[t]) & inside);
    }
    real total[FC_TAPS_MAX];
UNROLLED
    for (int t = 0; t < count; t += FC_DOT_COLUMNS)
        NAME(add_lanes)(sum + t, count - t < FC_DOT_COLUMNS ? count - t : FC_DOT_COLUMNS, 0,
                        total + t);
    for (int t = 0; t < count; t++)
        to[t] += total[t];
}

typedef void NAME(taps_function)(const struct fc_block *b, const real *feature,
                                 const ptrdiff_t *offsets, double *to);

#ifndef FC_TAPS
#define FC_TAPS(n)                                                                                 \
    static void NAME(taps_##n)(const struct fc_block *b, const real *feature,                      \
                               const ptrdiff_t *offsets, double *to)                               \
    {                                                                                              \
        NAME(group_taps)(b, feature, offsets, to, n);                                              \
    }
#define FC_TAPS_ENTRY(n) [n - 1] = NAME(taps_##n),
#define FC_TAPS_ALL(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12)
#endif

FC_TAPS_ALL(FC_TAPS)

static NAME(taps_function) *const NAME(taps_functions)[FC_TAPS_MAX] = {FC_TAPS_ALL(FC_TAPS_ENTRY)};

/* Add the sums of an unpacked block to to[tap]. `feature` points to the channel. The taps are
 * divided evenly into groups. */
static void NAME(taps)(const struct fc_block *b, const void *feature, ptrdiff_t taps, double *to)
{
    const ptrdiff_t groups = (taps + FC_TAPS_MAX - 1) / FC_TAPS_MAX;
    for (ptrdiff_t i = 0; i < groups; i++) {
        const ptrdiff_t first = i * taps / groups, count = (i + 1) * taps / groups - first;
        NAME(taps_functions)[count - 1](b, feature, b->offsets + first, to + first);
    }
}
