/* pool_backward: compute gradients of poolings row by row of the input, move values by indices, and
 * compute maxima across channels.
 *
 *     add          row[i] (+)= grad[i] * by * scale[i], which adds windows of several rows
 *     ratio        row[i] = grad[i] / norm[i], or 0 where norm[i] is 0
 *     slide        out[q] = sum of row[q + j * apart] over j < taps
 *     sum_runs     out[i] = sum of row[first[i] + j] over j < number[i], for windows of any sizes
 *     times        out[i] *= x[i] (power 1) or sign(x[i]) (power 0), where x is the input
 *     scatter_add  out[index[i]] += grad[i]
 *     scatter      out[index[i]] = values[i]
 *     gather       out[i] = values[index[i]]
 *     maxout       the maximum over rows of channels; maxout_back is its gradient
 */
#include "pool_backward/interface.h"

#define FC_MAXOUT 4

static void NAME(row_add)(void *row, const void *grad, double by, const void *scale,
                             ptrdiff_t count, int accumulate)
{
    real *to = row;
    const real *g = grad, *s = scale, factor = (real)by;
    ptrdiff_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        vec x = loadu(g + i) * factor;
        if (s)
            x *= loadu(s + i);
        if (accumulate)
            x += loadu(to + i);
        storeu(to + i, x);
    }
    for (; i < count; i++) {
        const real x = s ? g[i] * factor * s[i] : g[i] * factor;
        to[i] = accumulate ? to[i] + x : x;
    }
}

static void NAME(row_ratio)(void *row, const void *grad, const void *norm, ptrdiff_t count)
{
    real *to = row;
    const real *g = grad, *n = norm;
    for (ptrdiff_t i = 0; i < count; i++)
        to[i] = n[i] == 0 ? 0 : g[i] / n[i];
}

static void NAME(row_slide)(const void *row, ptrdiff_t apart, ptrdiff_t taps, ptrdiff_t count,
                               void *out)
{
    const real *x = row;
    real *to = out;
    ptrdiff_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        vec sum = loadu(x + i);
        for (ptrdiff_t j = 1; j < taps; j++)
            sum += loadu(x + i + j * apart);
        storeu(to + i, sum);
    }
    for (; i < count; i++) {
        real sum = x[i];
        for (ptrdiff_t j = 1; j < taps; j++)
            sum += x[i + j * apart];
        to[i] = sum;
    }
}

static void NAME(sum_runs)(const void *row, const ptrdiff_t *first, const ptrdiff_t *number,
                                ptrdiff_t count, void *out)
{
    const real *x = row;
    for (ptrdiff_t i = 0; i < count; i++) {
        const real *from = x + first[i];
        real sum = 0;
        for (ptrdiff_t j = 0; j < number[i]; j++)
            sum += from[j];
        ((real *)out)[i] = sum;
    }
}

static void NAME(row_times)(void *out, const void *input, ptrdiff_t count, int power)
{
    real *to = out;
    const real *x = input;
    for (ptrdiff_t i = 0; i < count; i++) {
        const real scaled = power ? to[i] * x[i] : x[i] < 0 ? -to[i] : to[i];
        to[i] = x[i] == 0 ? 0 : scaled;
    }
}

/* Add grad[i] to out[index[i]]. A negative index becomes a large number as size_t, so that one
 * comparison finds every index that is out of range. */
static int NAME(scatter_add)(const void *grad, const long long *index, ptrdiff_t count,
                               ptrdiff_t limit, void *out)
{
    const real *g = grad;
    real *to = out;
    int good = 1;
    for (ptrdiff_t i = 0; i < count; i++) {
        if ((size_t)index[i] < (size_t)limit)
            to[index[i]] += g[i];
        else
            good &= index[i] == -1;
    }
    return good;
}

static int NAME(scatter)(const void *values, const long long *index, ptrdiff_t count,
                            ptrdiff_t limit, void *out)
{
    const real *x = values;
    real *to = out;
    int good = 1;
    for (ptrdiff_t i = 0; i < count; i++) {
        if ((size_t)index[i] < (size_t)limit)
            to[index[i]] = x[i];
        else
            good &= index[i] == -1;
    }
    return good;
}

static int NAME(gather)(const void *values, const long long *index, ptrdiff_t count,
                             ptrdiff_t limit, void *out)
{
    const real *x = values;
    real *to = out;
    int good = 1;
    for (ptrdiff_t i = 0; i < count; i++) {
        const int within = (size_t)index[i] < (size_t)limit;
        to[i] = within ? x[index[i]] : 0;
        good &= within | (index[i] == -1);
    }
    return good;
}

/* Store the maximum of `number` values that are `step` elements apart, for some vectors of columns.
 * A NaN counts as larger than every number. */
FC_INLINE void NAME(maxout_vecs)(const real *x, ptrdiff_t number, ptrdiff_t step, const int vectors,
                                 real *out)
{
    vec best[FC_MAXOUT];
UNROLLED
    for (int v = 0; v < vectors; v++)
        best[v] = loadu(x + v * LANES);
    for (ptrdiff_t j = 1; j < number; j++) {
        x += step;
UNROLLED
        for (int v = 0; v < vectors; v++) {
            const vec y = loadu(x + v * LANES);
            best[v] = choose((ints)(y != y), y, vmax(y, best[v]));
        }
    }
UNROLLED
    for (int v = 0; v < vectors; v++)
        storeu(out + v * LANES, best[v]);
}

/* Return the same maximum for one column, and store the index of the first value that has it. */
FC_INLINE real NAME(maxout_value)(const real *x, ptrdiff_t number, ptrdiff_t step, ptrdiff_t *winner)
{
    real best = x[0];
    *winner = 0;
    for (ptrdiff_t j = 1; j < number; j++) {
        const real y = x[j * step];
        if (y > best || (y != y && best == best)) {
            best = y;
            *winner = j;
        }
    }
    return best;
}

static void NAME(maxout)(const void *source, ptrdiff_t number, ptrdiff_t inner, void *out)
{
    const real *x = source;
    real *to = out;
    ptrdiff_t i = 0, winner;
    for (; i + FC_MAXOUT * LANES <= inner; i += FC_MAXOUT * LANES)
        NAME(maxout_vecs)(x + i, number, inner, FC_MAXOUT, to + i);
    for (; i + LANES <= inner; i += LANES)
        NAME(maxout_vecs)(x + i, number, inner, 1, to + i);
    for (; i < inner; i++)
        to[i] = NAME(maxout_value)(x + i, number, inner, &winner);
}

static void NAME(maxout_back)(const void *source, const void *grad, ptrdiff_t number,
                              ptrdiff_t inner, void *out)
{
    const real *x = source, *g = grad;
    real *to = out;
    ptrdiff_t i = 0, won;
    for (; i + LANES <= inner; i += LANES) {
        vec best = loadu(x + i);
        ints winner = {0};
        for (ptrdiff_t j = 1; j < number; j++) {
            const vec y = loadu(x + i + j * inner);
            const ints wins = (ints)(y > best) | ((ints)(y != y) & (ints)(best == best));
            best = choose(wins, y, best);
            winner = (wins & (real_int)j) | (~wins & winner);
        }
        for (ptrdiff_t j = 0; j < number; j++)
            storeu(to + i + j * inner, (vec)((ints)loadu(g + i) & (ints)(winner == (real_int)j)));
    }
    for (; i < inner; i++) {
        NAME(maxout_value)(x + i, number, inner, &won);
        for (ptrdiff_t j = 0; j < number; j++)
            to[i + j * inner] = won == j ? g[i] : 0;
    }
}

static const struct fc_pool_backward NAME(kernels) = {
    .size = sizeof(struct fc_pool_backward),
    .add = NAME(row_add),
    .ratio = NAME(row_ratio),
    .slide = NAME(row_slide),
    .sum_runs = NAME(sum_runs),
    .times = NAME(row_times),
    .scatter_add = NAME(scatter_add),
    .scatter = NAME(scatter),
    .gather = NAME(gather),
    .maxout = NAME(maxout),
    .maxout_back = NAME(maxout_back),
};
#undef FC_MAXOUT
