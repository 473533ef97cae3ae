/* contained: find numbers that are not finite, and mark the results that they reach.
 *
 *     clean   y[i] = x[i], or 0 if it is not finite
 *     mark    y[i] = NaN where mask[i]
 *     join    mask[i] |= mask[i + shift]; repeated with shifts 1, 2, 4, ... it dilates a mask
 *
 * Layout     numbers of one or two reals without gaps; one byte of a mask for each
 * Loops      over blocks, most of which are finite, or marked as a whole or not at all
 * Registers  4 vectors of a block
 */
#include "contained/interface.h"
#ifndef FC_MARKS
#define FC_MARKS 64 /* bytes of a block of a mask */

FC_INLINE uint64_t fc_any(const void *bytes, int count)
{
    uint64_t words[FC_MARKS / 8], any = 0;
    __builtin_memcpy(words, bytes, (size_t)count);
    for (int i = 0; i < count / 8; i++)
        any |= words[i];
    return any;
}
#endif

/* Clean the numbers of a block in which some are not finite. */
static int NAME(clean_each)(const real *x, real *y, uint8_t *mask, ptrdiff_t count, int parts)
{
    int found = FC_FINITE;
    for (ptrdiff_t i = 0; i < count; i++, x += parts, y += parts) {
        const real last = x[parts - 1];
        const int bad = !(x[0] * 0 == 0 && last * 0 == 0), nan = x[0] != x[0] || last != last;
        y[0] = bad ? 0 : x[0];
        y[parts - 1] = bad ? 0 : last;
        mask[i] |= (uint8_t)bad;
        found |= nan ? FC_NAN : bad ? FC_INFINITE : FC_FINITE;
    }
    return found;
}

/* Return whether any lane is not 0. A number that is not finite becomes NaN in a product with 0. */
FC_INLINE int NAME(any_lane)(vec x)
{
    const ints found = (ints)(x != 0);
    return fc_any(&found, FC_VECTOR_BYTES) != 0;
}

static int NAME(clean)(const void *from, void *to, uint8_t *mask, ptrdiff_t count, int parts)
{
    const real *x = from;
    real *y = to;
    const ptrdiff_t step = LANES / parts;
    int found = FC_FINITE;
    for (; count >= 4 * step; count -= 4 * step, mask += 4 * step, x += 4 * LANES, y += 4 * LANES) {
        vec v[4];
UNROLLED
        for (int j = 0; j < 4; j++) {
            v[j] = loadu(x + j * LANES);
            storeu(y + j * LANES, v[j]);
        }
        if (NAME(any_lane)((v[0] * 0 + v[1] * 0) + (v[2] * 0 + v[3] * 0)))
            for (int j = 0; j < 4; j++)
                if (NAME(any_lane)(v[j] * 0))
                    found |= NAME(clean_each)(x + j * LANES, y + j * LANES, mask + j * step, step,
                                              parts);
    }
    return found | NAME(clean_each)(x, y, mask, count, parts);
}

static void NAME(mark)(void *values, const uint8_t *mask, ptrdiff_t count, int parts)
{
    real *y = values;
    const real nan = (real)__builtin_nan("");
    for (; count > 0; count -= FC_MARKS, mask += FC_MARKS, y += FC_MARKS * parts) {
        const ptrdiff_t n = count < FC_MARKS ? count : FC_MARKS;
        uint8_t block[FC_MARKS] = {0}, others[FC_MARKS];
        __builtin_memcpy(block, mask, (size_t)n);
        if (!fc_any(block, FC_MARKS))
            continue;
        for (int i = 0; i < FC_MARKS; i++)
            others[i] = block[i] ^ 1;
        if (!fc_any(others, FC_MARKS))
            for (ptrdiff_t i = 0; i < FC_MARKS * parts; i++)
                y[i] = nan;
        else
            for (ptrdiff_t i = 0; i < n; i++)
                if (block[i])
                    y[i * parts] = y[i * parts + parts - 1] = nan;
    }
}

static void NAME(join)(uint8_t *mask, ptrdiff_t shift, ptrdiff_t count)
{
    ptrdiff_t i = 0;
    for (; i + 64 <= count; i += 64) {
        uint64_t a[8], b[8];
        __builtin_memcpy(a, mask + i, 64);
        __builtin_memcpy(b, mask + i + shift, 64);
        for (int j = 0; j < 8; j++)
            a[j] |= b[j];
        __builtin_memcpy(mask + i, a, 64);
    }
    for (; i < count; i++)
        mask[i] |= mask[i + shift];
}

static const struct fc_contained NAME(kernels) = {
    .size = sizeof(struct fc_contained),
    .clean = NAME(clean),
    .mark = NAME(mark),
    .join = NAME(join),
};
