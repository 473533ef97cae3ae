/* dots: convolve planes that have few outputs, each of which sums many taps: lanes are taps.
 *
 *     out[o] = sum over t of weight[t] * image[o * stride + t * dilation - before]
 *
 * This is for kernels about as large as the image. Its outputs do not fill vectors, but its rows of
 * taps do.
 *
 * Layout    A row of taps meets a contiguous part of an image row. Where a kernel is as wide as the
 *           image, its rows follow each other in memory as those of the image do, and are one row.
 * Loop      The outer loop is over outputs, the inner one over rows of taps and their vectors. Taps
 *           that meet the padding are left out.
 * Registers four sums of a row and the sum of all rows. The lanes are added up at the end. Where
 *           all outputs read the whole image, one or four outputs have four sums each.
 * Order     Each lane sums blocks of at most 512 terms, and then the blocks.
 */
#include "direct/dots_interface.h"

#define FC_TERMS 512
/* Rows of a matrix that are read together where the values that they meet do not stay in L1 beside
 * them, from so many bytes on. Fewer values are read with one row at a time, because memory delivers
 * a single stream fastest. */
#define FC_MATRIX_ROWS 4
#define FC_MATRIX_SHARED (16 * 1024)

/* Return the sum of x[i] * w[i] for i = l, l + LANES, ... in lane l, for count > 0. */
FC_INLINE vec NAME(row_dot)(const real *x, const real *w, ptrdiff_t count)
{
    const ptrdiff_t whole = (count - 1) / LANES * LANES;
    vec total = NAME(load_first)(x + whole, count - whole) *
                NAME(load_first)(w + whole, count - whole);
    ptrdiff_t i = 0;
    while (whole - i >= 4 * LANES) {
        const ptrdiff_t left = (whole - i) / (4 * LANES), blocks = left < FC_TERMS ? left : FC_TERMS;
        vec sum[4] = {{0}, {0}, {0}, {0}};
        for (ptrdiff_t b = 0; b < blocks; b++, i += 4 * LANES) {
UNROLLED
            for (int v = 0; v < 4; v++)
                sum[v] += loadu(x + i + v * LANES) * loadu(w + i + v * LANES);
        }
        total += (sum[0] + sum[1]) + (sum[2] + sum[3]);
    }
    for (; i < whole; i += LANES)
        total += loadu(x + i) * loadu(w + i);
    return total;
}

/* The taps low .. high of an output along an axis that lie inside of the image. Tap `low` lies at
 * position `at`. */
struct NAME(dots_range) {
    ptrdiff_t low, high, at;
};

FC_INLINE struct NAME(dots_range) NAME(taps_inside)(const struct fc_axis *a, ptrdiff_t o)
{
    const ptrdiff_t start = o * a->stride - a->before, step = a->dilation;
    ptrdiff_t before = start < 0 ? -start : 0, left = a->image - start;
    if (step > 1) {
        before = (before + step - 1) / step;
        left = left > 0 ? (left - 1) / step + 1 : 0;
    }
    return (struct NAME(dots_range)){before, left < a->taps ? left : a->taps,
                                     start + before * step};
}

/* Return the sum of one output, given its taps along each axis. */
FC_INLINE real NAME(dots_output)(const struct fc_geometry *g, const real *image,
                                 const real *weight, struct NAME(dots_range) z,
                                 struct NAME(dots_range) y, struct NAME(dots_range) x)
{
    const struct fc_axis *d = &g->axis[0], *h = &g->axis[1], *w = &g->axis[2];
    const ptrdiff_t count = x.high - x.low, rows = y.high - y.low;
    const int follow = h->dilation == 1 && count == w->taps && count == w->image;
    vec total = {0}, sum = {0};
    ptrdiff_t terms = 0;
    if (count <= 0 || rows <= 0)
        return 0;
    for (ptrdiff_t i = 0; i < z.high - z.low; i++) {
        const real *from =
            image + ((z.at + i * d->dilation) * h->image + y.at) * w->image + x.at;
        const real *taps = weight + ((z.low + i) * h->taps + y.low) * w->taps + x.low;
        const ptrdiff_t lines = follow ? 1 : rows, length = follow ? rows * count : count;
        for (ptrdiff_t r = 0; r < lines; r++) {
            sum += NAME(row_dot)(from, taps, length);
            from += h->dilation * w->image;
            taps += w->taps;
            if (++terms == FC_TERMS) {
                total += sum;
                sum = (vec){0};
                terms = 0;
            }
        }
    }
    total += sum;
UNROLLED
    for (int half = LANES / 2; half > 0; half /= 2)
        total += NAME(down)(total, half);
    return total[0];
}

static void NAME(dots)(const struct fc_geometry *g, const void *image, const void *weight, void *to)
{
    const struct fc_axis *d = &g->axis[0], *h = &g->axis[1], *w = &g->axis[2];
    real *out = to;
    for (ptrdiff_t od = 0; od < d->feature; od++) {
        const struct NAME(dots_range) z = NAME(taps_inside)(d, od);
        for (ptrdiff_t oh = 0; oh < h->feature; oh++) {
            const struct NAME(dots_range) y = NAME(taps_inside)(h, oh);
            for (ptrdiff_t ow = 0; ow < w->feature; ow++)
                *out++ = NAME(dots_output)(g, image, weight, z, y, NAME(taps_inside)(w, ow));
        }
    }
}

/* Compute `rows` outputs that read the same `count` values, each with a row of weights of its own.
 * The order of a sum is the same for any number of rows. */
FC_INLINE void NAME(rows_dot)(const real *x, const real *w, ptrdiff_t count, const int rows,
                              real *out)
{
    const ptrdiff_t whole = count / LANES * LANES;
    vec total[FC_MATRIX_ROWS] = {{0}};
    for (ptrdiff_t i = 0; i < whole;) {
        const ptrdiff_t most = i + 4 * FC_TERMS * LANES, stop = most < whole ? most : whole;
        vec sum[FC_MATRIX_ROWS][4] = {{{0}}};
        for (; i + 4 * LANES <= stop; i += 4 * LANES)
UNROLLED
            for (int v = 0; v < 4; v++) {
                const vec a = loadu(x + i + v * LANES);
UNROLLED
                for (int r = 0; r < rows; r++)
                    sum[r][v] += a * loadu(w + r * count + i + v * LANES);
            }
        for (; i < stop; i += LANES)
UNROLLED
            for (int r = 0; r < rows; r++)
                sum[r][0] += loadu(x + i) * loadu(w + r * count + i);
UNROLLED
        for (int r = 0; r < rows; r++)
            total[r] += (sum[r][0] + sum[r][1]) + (sum[r][2] + sum[r][3]);
    }
UNROLLED
    for (int r = 0; r < rows; r++) {
        if (whole < count)
            total[r] += NAME(load_first)(x + whole, count - whole) *
                        NAME(load_first)(w + r * count + whole, count - whole);
UNROLLED
        for (int half = LANES / 2; half > 0; half /= 2)
            total[r] += NAME(down)(total[r], half);
        out[r] = total[r][0];
    }
}

static void NAME(matrix)(const void *image, const void *weight, ptrdiff_t count, ptrdiff_t rows,
                         void *to)
{
    const real *w = weight;
    real *out = to;
    ptrdiff_t r = 0;
    const int shared = count * (ptrdiff_t)sizeof(real) > FC_MATRIX_SHARED;
    for (; shared && r + FC_MATRIX_ROWS <= rows; r += FC_MATRIX_ROWS)
        NAME(rows_dot)(image, w + r * count, count, FC_MATRIX_ROWS, out + r);
    for (; r < rows; r++)
        NAME(rows_dot)(image, w + r * count, count, 1, out + r);
}

/* Sums of double, one for each lane of a vector. */
typedef double NAME(doubles) __attribute__((vector_size(LANES * sizeof(double))));

static void NAME(parts)(const void *weight, const void *image, ptrdiff_t count, double sums[4])
{
    const real *w = weight, *x = image;
    NAME(doubles) sum[4] = {{0}, {0}, {0}, {0}};
    ptrdiff_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        const vec w0 = loadu(w + 2 * i), w1 = loadu(w + 2 * i + LANES);
        const vec x0 = loadu(x + 2 * i), x1 = loadu(x + 2 * i + LANES);
        const NAME(doubles) p = __builtin_convertvector(evens(w0, w1), NAME(doubles));
        const NAME(doubles) q = __builtin_convertvector(odds(w0, w1), NAME(doubles));
        const NAME(doubles) r = __builtin_convertvector(evens(x0, x1), NAME(doubles));
        const NAME(doubles) s = __builtin_convertvector(odds(x0, x1), NAME(doubles));
        sum[0] += p * r;
        sum[1] += q * s;
        sum[2] += p * s;
        sum[3] += q * r;
    }
    for (int k = 0; k < 4; k++) {
        sums[k] = 0;
        for (int l = 0; l < LANES; l++)
            sums[k] += sum[k][l];
    }
    for (; i < count; i++) {
        const double p = w[2 * i], q = w[2 * i + 1], r = x[2 * i], s = x[2 * i + 1];
        sums[0] += p * r;
        sums[1] += q * s;
        sums[2] += p * s;
        sums[3] += q * r;
    }
}

static const struct fc_dots NAME(kernels) = {
    .size = sizeof(struct fc_dots),
    .filter = NAME(dots),
    .matrix = NAME(matrix),
    .parts = NAME(parts),
};
#undef FC_TERMS
#undef FC_MATRIX_ROWS
