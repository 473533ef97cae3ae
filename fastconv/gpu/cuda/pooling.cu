/* Poolings over windows and their gradients, with one thread for every output or every input.
 *
 * Sums run in `wide_t` and in the order of the window. A gradient gathers from the windows that
 * cover a position, so that the order of additions never depends on chance.
 */
#include "types.cuh"
#include "windows.cuh"

struct Pooling {
    const value_t *input, *second; /* second: weights, or the forward input of an Lp gradient */
    value_t *out;
    index_t *indices; /* of the maxima, or NULL */
    double *norms;    /* norm of each window of an Lp gradient */
    double lowest, divisor, norm; /* divisor: 0 for the number of positions; norm: p */
    index_t count;
    int pads, conjugate, stacked; /* stacked: the input has a row for every tap (fold) */
    int unused;
    Axis axes[3];
};

__device__ index_t elements(const Pooling &p, bool outputs)
{
    index_t size = 1;
    for (int a = 0; a < 3; a++)
        size *= outputs ? p.axes[a].output : p.axes[a].input;
    return size;
}

/* Plane, and position along each axis, of element i of the outputs or the inputs. */
struct Position {
    index_t plane, a, b, c;
    __device__ Position(const Pooling &p, flat_t i, bool outputs)
    {
        const int nb = outputs ? p.axes[1].output : p.axes[1].input;
        const int nc = outputs ? p.axes[2].output : p.axes[2].input;
        const int na = outputs ? p.axes[0].output : p.axes[0].input;
        c = i % nc;
        b = i / nc % nb;
        a = i / nc / nb % na;
        plane = i / nc / nb / na;
    }
};

/* ------------------------------------------------------------------------------------ maxima */
#if !COMPLEX

/* A NaN is larger than every number; the first of equals wins. */
__device__ bool wins(value_t x, value_t best) { return x > best || (x != x && best == best); }

extern "C" __global__ void pool_max(const Pooling p)
{
    const Axis &a = p.axes[0], &b = p.axes[1], &c = p.axes[2];
    const index_t size = elements(p, false);
    for (index_t i = first_element(); i < p.count; i += all_threads()) {
        const Position o(p, i, true);
        const Window wa(a, o.a), wb(b, o.b), wc(c, o.c);
        const value_t *input = p.input + o.plane * size;
        value_t best = (value_t)p.lowest;
        index_t index = -1;
        for (int ta = 0; ta < wa.taps; ta++) {
            const index_t xa = wa.at(a, ta);
            if (xa < 0)
                continue;
            for (int tb = 0; tb < wb.taps; tb++) {
                const index_t xb = wb.at(b, tb);
                if (xb < 0)
                    continue;
                for (int tc = 0; tc < wc.taps; tc++) {
                    const index_t xc = wc.at(c, tc);
                    if (xc < 0)
                        continue;
                    const index_t x = (xa * b.input + xb) * c.input + xc;
                    if (index < 0 || wins(input[x], best)) {
                        best = input[x];
                        index = x;
                    }
                }
            }
        }
        p.out[i] = best;
        if (p.indices)
            p.indices[i] = index;
    }
}
#endif

/* ---------------------------------------------------------------------------- sums of windows */

extern "C" __global__ void pool_sum(const Pooling p)
{
    const Axis &a = p.axes[0], &b = p.axes[1], &c = p.axes[2];
    const index_t size = elements(p, false);
    for (index_t i = first_element(); i < p.count; i += all_threads()) {
        const Position o(p, i, true);
        const Window wa(a, o.a), wb(b, o.b), wc(c, o.c);
        const value_t *input = p.input + o.plane * size;
        Sum sum;
        for (int ta = 0; ta < wa.taps; ta++) {
            const index_t xa = wa.at(a, ta);
            if (xa < 0)
                continue;
            for (int tb = 0; tb < wb.taps; tb++) {
                const index_t xb = wb.at(b, tb);
                if (xb < 0)
                    continue;
                for (int tc = 0; tc < wc.taps; tc++) {
                    const index_t xc = wc.at(c, tc);
                    if (xc < 0)
                        continue;
                    const wide_t x = wide_t(input[(xa * b.input + xb) * c.input + xc]);
                    sum.add(p.second ? x * wide_t(p.second[(ta * b.taps + tb) * c.taps + tc]) : x);
                }
            }
        }
        wide_t total = sum.value();
#if FLOATING || COMPLEX
        if (!p.second) {
            double by = p.divisor;
            if (by == 0)
                by = (double)wa.counted(a, p.pads) * wb.counted(b, p.pads) * wc.counted(c, p.pads);
            total = total / by;
        }
#endif
        p.out[i] = value_t(total);
    }
}

/* The adjoint: every input sums the outputs whose windows cover it. */
extern "C" __global__ void pool_sum_input(const Pooling p)
{
    const Axis &a = p.axes[0], &b = p.axes[1], &c = p.axes[2];
    const index_t size = elements(p, true);
    const index_t taps = p.stacked ? (index_t)a.taps * b.taps * c.taps : 1;
    for (index_t i = first_element(); i < p.count; i += all_threads()) {
        const Position x(p, i, false);
        const Cover wa(a, x.a), wb(b, x.b), wc(c, x.c);
        Sum sum;
        for (int ta = 0; ta < wa.count; ta++) {
            const index_t oa = wa.window(a, x.a, ta);
            if (oa < 0)
                continue;
            for (int tb = 0; tb < wb.count; tb++) {
                const index_t ob = wb.window(b, x.b, tb);
                if (ob < 0)
                    continue;
                for (int tc = 0; tc < wc.count; tc++) {
                    const index_t oc = wc.window(c, x.c, tc);
                    if (oc < 0)
                        continue;
                    const index_t o = (oa * b.output + ob) * c.output + oc;
                    const index_t tap = (index_t)(ta * b.taps + tb) * c.taps + tc;
                    const index_t row = x.plane * taps + (p.stacked ? tap : 0);
                    wide_t y = wide_t(p.input[row * size + o]);
                    if (p.second)
                        y = y * conjugated(wide_t(p.second[tap]), p.conjugate);
#if FLOATING || COMPLEX
                    else if (!p.stacked && p.divisor == 0)
                        y = y / ((double)Window(a, oa).counted(a, p.pads) *
                                 Window(b, ob).counted(b, p.pads) *
                                 Window(c, oc).counted(c, p.pads));
                    else if (!p.stacked)
                        y = y / p.divisor;
#endif
                    sum.add(y);
                }
            }
        }
        p.out[i] = value_t(sum.value());
    }
}

/* -------------------------------------------------------------------------------- Lp norms */
#if FLOATING

__device__ double power(double x, double e) { return e == 2 ? x * x : e == 1 ? x : pow(x, e); }

/* Norm of a window, and the index of its first largest |x|, -1 if it is empty. The sum is of powers
 * of |x| divided by the largest one, so that none overflows. */
__device__ double norm_of(const Pooling &p, const value_t *input, const Position &o, index_t *index)
{
    const Axis &a = p.axes[0], &b = p.axes[1], &c = p.axes[2];
    const Window wa(a, o.a), wb(b, o.b), wc(c, o.c);
    double largest = 0, total = 0, part = 0;
    int terms = 0;
    *index = -1;
    for (int pass = 0; pass < 2; pass++) {
        for (int ta = 0; ta < wa.taps; ta++) {
            const index_t xa = wa.at(a, ta);
            if (xa < 0)
                continue;
            for (int tb = 0; tb < wb.taps; tb++) {
                const index_t xb = wb.at(b, tb);
                if (xb < 0)
                    continue;
                for (int tc = 0; tc < wc.taps; tc++) {
                    const index_t xc = wc.at(c, tc);
                    if (xc < 0)
                        continue;
                    const index_t at = (xa * b.input + xb) * c.input + xc;
                    const double x = fabs((double)input[at]);
                    if (pass == 0) {
                        if (*index < 0 || x > largest || (x != x && largest == largest)) {
                            largest = x;
                            *index = at;
                        }
                    } else {
                        part += power(x / largest, p.norm);
                        if (++terms == 512) {
                            total += part;
                            part = 0;
                            terms = 0;
                        }
                    }
                }
            }
        }
        if (!is_finite(p.norm) || !is_finite(largest) || largest == 0)
            return largest;
    }
    return largest * pow(total + part, 1 / p.norm);
}

extern "C" __global__ void pool_lp(const Pooling p)
{
    const index_t size = elements(p, false);
    for (index_t i = first_element(); i < p.count; i += all_threads()) {
        const Position o(p, i, true);
        index_t index;
        const double norm = norm_of(p, p.input + o.plane * size, o, &index);
        if (p.out)
            p.out[i] = (value_t)norm;
        if (p.norms)
            p.norms[i] = norm;
        if (p.indices)
            p.indices[i] = index;
    }
}

/* d norm / d x = sign(x) (|x| / norm)^(p - 1), 0 at x = 0; for p = inf 1 at the first maximum. */
extern "C" __global__ void pool_lp_input(const Pooling p)
{
    const Axis &a = p.axes[0], &b = p.axes[1], &c = p.axes[2];
    const index_t size = elements(p, true), plane_size = elements(p, false);
    for (index_t i = first_element(); i < p.count; i += all_threads()) {
        const Position x(p, i, false);
        const Cover wa(a, x.a), wb(b, x.b), wc(c, x.c);
        const double value = (double)p.second[i];
        Sum sum;
        for (int ta = 0; ta < wa.count; ta++) {
            const index_t oa = wa.window(a, x.a, ta);
            if (oa < 0)
                continue;
            for (int tb = 0; tb < wb.count; tb++) {
                const index_t ob = wb.window(b, x.b, tb);
                if (ob < 0)
                    continue;
                for (int tc = 0; tc < wc.count; tc++) {
                    const index_t oc = wc.window(c, x.c, tc);
                    if (oc < 0)
                        continue;
                    const index_t o = x.plane * size + (oa * b.output + ob) * c.output + oc;
                    const double norm = p.norms[o], g = (double)p.input[o];
                    if (norm == 0 || (is_finite(p.norm) && value == 0))
                        continue;
                    double share = 1;
                    if (is_finite(p.norm))
                        share = power(fabs(value) / norm, p.norm - 1);
                    else if (p.indices[o] != i - x.plane * plane_size)
                        continue;
                    sum.add((wide_t)(value < 0 ? -g * share : g * share));
                }
            }
        }
        p.out[i] = (value_t)sum.value();
    }
}
#endif
