/* planar: convert between complex numbers, whose parts alternate, and planes of real and of
 * imaginary parts.
 *
 *     split    re[i] = from[2 i], im[i] = sign * from[2 i + 1]
 *     join     to[2 i] = re[i], to[2 i + 1] = im[i]
 *     twist    to[i] = from[i] * start * step[i], of complex numbers
 *     merge    to[2 i] = a[i] + d[i], to[2 i + 1] = sign * (c[i] - b[i])
 */
#include "pieces.h"
#include "planar/interface.h"
#include "stride_phases/interface.h"

FC_OTHER(stride_phases);

/* Parts that are computed before they are joined. */
#define FC_SOME 512

static void NAME(split)(const void *from, ptrdiff_t count, double sign, void *real_parts,
                        void *imaginary_parts)
{
    const real *x = from;
    real *re = real_parts, *im = imaginary_parts;
    const real factor = (real)sign;
    ptrdiff_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        const vec a = loadu(x + 2 * i), b = loadu(x + 2 * i + LANES);
        storeu(re + i, in_order(evens(a, b)));
        storeu(im + i, in_order(odds(a, b)) * factor);
    }
    for (; i < count; i++) {
        re[i] = x[2 * i];
        im[i] = x[2 * i + 1] * factor;
    }
}

static void NAME(join)(const void *real_parts, const void *imaginary_parts, ptrdiff_t count,
                       void *to)
{
    const void *const parts[2] = {real_parts, imaginary_parts};
    FC_OF(stride_phases)->interleave(parts, 2, 0, 2 * count, to);
}

/* Shuffles of a vector of complex numbers: real parts twice, imaginary parts twice, exchanged. */
#if FC_REAL_BYTES == 4
#define FC_REALS FC_QUADS(0, 0, 2, 2)
#define FC_IMAGINARY FC_QUADS(1, 1, 3, 3)
#define FC_EXCHANGED FC_QUADS(1, 0, 3, 2)
#else
#define FC_REALS FC_DUOS(0, 0)
#define FC_IMAGINARY FC_DUOS(1, 1)
#define FC_EXCHANGED FC_DUOS(1, 0)
#endif

static void NAME(twist)(const void *from, const double *start, const void *steps, ptrdiff_t count,
                        double sign, double turn, void *to)
{
    const real *x = from, *step = steps;
    real *y = to;
    const real a = (real)start[0], b = (real)start[1], plus = (real)sign, last = (real)turn;
    const vec re = broadcast(a), im = broadcast(b);
    vec signs, turns;
    for (int i = 0; i < LANES; i++) {
        signs[i] = i % 2 ? plus : -plus;
        turns[i] = i % 2 ? last : 1;
    }
    ptrdiff_t i = 0;
    for (; i + LANES <= 2 * count; i += LANES) {
        const vec v = loadu(x + i), w = loadu(step + i);
        const vec c = __builtin_shufflevector(w, w, FC_REALS);
        const vec d = __builtin_shufflevector(w, w, FC_IMAGINARY);
        const vec along = re * c - im * d, across = (re * d + im * c) * signs;
        storeu(y + i, (v * along + __builtin_shufflevector(v, v, FC_EXCHANGED) * across) * turns);
    }
    for (; i < 2 * count; i += 2) {
        const real along = a * step[i] - b * step[i + 1];
        const real across = (a * step[i + 1] + b * step[i]) * plus, p = x[i], q = x[i + 1];
        y[i] = p * along - q * across;
        y[i + 1] = (q * along + p * across) * last;
    }
}
#undef FC_REALS
#undef FC_IMAGINARY
#undef FC_EXCHANGED

static void NAME(merge)(const void *a, const void *b, const void *c, const void *d,
                        ptrdiff_t count, double sign, void *to)
{
    const real factor = (real)sign;
    real re[FC_SOME], im[FC_SOME];
    for (ptrdiff_t i = 0; i < count; i += FC_SOME) {
        const ptrdiff_t some = count - i < FC_SOME ? count - i : FC_SOME;
        const real *p = (const real *)a + i, *q = (const real *)b + i;
        const real *r = (const real *)c + i, *s = (const real *)d + i;
        for (ptrdiff_t j = 0; j < some; j++) {
            re[j] = p[j] + s[j];
            im[j] = (r[j] - q[j]) * factor;
        }
        NAME(join)(re, im, some, (real *)to + 2 * i);
    }
}

static const struct fc_planar NAME(kernels) = {
    .size = sizeof(struct fc_planar),
    .split = NAME(split),
    .join = NAME(join),
    .twist = NAME(twist),
    .merge = NAME(merge),
};
#undef FC_SOME
