/* Compute weighted sums in the order in which SciPy adds them up; each product is rounded.
 *
 *     An odd number of taps, which are equal or opposite in pairs, with h = taps / 2:
 *         out[x] = c[h] * in[h][x] + sum_{t < h} (in[t][x] +- in[2h - t][x]) * c[t]
 *     Other filters, where the last tap comes first:
 *         out[x] = c[n - 1] * in[n - 1][x] + sum_{t < n - 1} in[t][x] * c[t]
 *
 * A result that is cast to an integer may depend on the last bit of its sum, for example in a
 * constant image. So there is no fused multiply-add here: `held` keeps products apart from sums.
 *
 * Layout    `in` has a pointer to the values of each tap. All rows are rows of scratch, so that
 *           whole vectors may be read and written beyond the end of a row.
 * Registers FC_SUM_VECTORS sums, as many values, and one coefficient.
 */
#ifndef FC_SUM_VECTORS
#define FC_SUM_VECTORS 4
#define FC_RUNNING 256 /* windows of so many values or more are summed from those before them */
#define FC_CHAINS 4
enum { FC_LAST_FIRST, FC_EQUAL_PAIRS, FC_OPPOSITE_PAIRS };
#endif

FC_INLINE void NAME(sum_block)(const real *const *in, ptrdiff_t x, const real *c, ptrdiff_t taps,
                               const int order, const int vectors, real *out)
{
    const ptrdiff_t half = taps / 2, first = order == FC_LAST_FIRST ? taps - 1 : half;
    vec sum[FC_SUM_VECTORS];
UNROLLED
    for (int j = 0; j < vectors; j++)
        sum[j] = held(loadu(in[first] + x + j * LANES) * broadcast(c[first]));
    for (ptrdiff_t t = 0; t < first; t++) {
        const vec w = broadcast(c[t]);
UNROLLED
        for (int j = 0; j < vectors; j++) {
            vec value = loadu(in[t] + x + j * LANES);
            if (order == FC_EQUAL_PAIRS)
                value += loadu(in[taps - 1 - t] + x + j * LANES);
            if (order == FC_OPPOSITE_PAIRS)
                value -= loadu(in[taps - 1 - t] + x + j * LANES);
            sum[j] += held(value * w);
        }
    }
UNROLLED
    for (int j = 0; j < vectors; j++)
        storeu(out + x + j * LANES, sum[j]);
}

FC_INLINE void NAME(sum_row)(const real *const *in, const real *c, ptrdiff_t taps, const int order,
                             real *out, ptrdiff_t length)
{
    for (ptrdiff_t x = 0; x < length; x += FC_SUM_VECTORS * LANES)
        NAME(sum_block)(in, x, c, taps, order, FC_SUM_VECTORS, out);
}

static void NAME(sum_taps)(const real *const *in, const real *c, ptrdiff_t taps, int order,
                           real *out, ptrdiff_t length)
{
    switch (order) {
    case FC_LAST_FIRST:
        NAME(sum_row)(in, c, taps, FC_LAST_FIRST, out, length);
        break;
    case FC_EQUAL_PAIRS:
        NAME(sum_row)(in, c, taps, FC_EQUAL_PAIRS, out, length);
        break;
    default:
        NAME(sum_row)(in, c, taps, FC_OPPOSITE_PAIRS, out, length);
    }
}

/* ---- windows of equal weights: sums of integers, so that any order gives the same result ---- */

/* Update a running sum: sum += entering - leaving. */
static void NAME(slide_sum)(real *sum, const real *entering, const real *leaving, ptrdiff_t length)
{
    for (ptrdiff_t x = 0; x < length; x += LANES)
        storeu(sum + x, loadu(sum + x) + (loadu(entering + x) - loadu(leaving + x)));
}

/* Store the sum of `count` rows in `sum`. */
static void NAME(sum_rows)(const real *const *rows, ptrdiff_t count, real *sum, ptrdiff_t length)
{
    for (ptrdiff_t x = 0; x < length; x += LANES) {
        vec all = loadu(rows[0] + x);
        for (ptrdiff_t i = 1; i < count; i++)
            all += loadu(rows[i] + x);
        storeu(sum + x, all);
    }
}

static void NAME(scale_row)(const real *row, real scale, real *out, ptrdiff_t length)
{
    const vec w = broadcast(scale);
    for (ptrdiff_t x = 0; x < length; x += LANES)
        storeu(out + x, loadu(row + x) * w);
}

/* Return row[0] + row[step] + ..., a sum of `taps` values. */
static real NAME(window_sum)(const real *row, ptrdiff_t taps, ptrdiff_t step)
{
    real sum = 0;
    ptrdiff_t t = 0;
    if (step == 1) {
        vec sums = {0};
        for (; t + LANES <= taps; t += LANES)
            sums += loadu(row + t);
        for (int lane = 0; lane < LANES; lane++)
            sum += sums[lane];
    }
    for (; t < taps; t++)
        sum += row[t * step];
    return sum;
}

/* As `window_sums`, from the sum before. FC_CHAINS parts of the row take turns, as each of these
 * sums waits for the one before. */
static void NAME(running_sums)(const real *row, ptrdiff_t taps, ptrdiff_t step, real scale, real *out,
                               ptrdiff_t length)
{
    const ptrdiff_t part = length / FC_CHAINS / step * step, reach = (taps - 1) * step;
    for (int chain = 0; chain < FC_CHAINS; chain++)
        for (ptrdiff_t i = 0; i < step; i++)
            out[chain * part + i] = NAME(window_sum)(row + chain * part + i, taps, step);
    for (ptrdiff_t i = step; i < part; i++) {
UNROLLED
        for (int chain = 0; chain < FC_CHAINS; chain++) {
            const ptrdiff_t x = chain * part + i;
            out[x] = out[x - step] + (row[x + reach] - row[x - step]);
        }
    }
    for (ptrdiff_t x = FC_CHAINS * part; x < length; x++)
        out[x] = out[x - step] + (row[x + reach] - row[x - step]);
    NAME(scale_row)(out, scale, out, length);
}

/* Store out[x] = scale * (row[x] + row[x + step] + ... ), a sum of `taps` values. It is computed
 * from sums of 2, 4, 8, ... values, for which `levels` has room for two rows. */
static void NAME(window_sums)(const real *row, ptrdiff_t taps, ptrdiff_t step, real scale, real *out,
                             real *levels, ptrdiff_t pitch, ptrdiff_t length)
{
    const ptrdiff_t whole = length + (taps - 1) * step;
    if (taps >= FC_RUNNING && length >= taps * step) {
        NAME(running_sums)(row, taps, step, scale, out, length);
        return;
    }
    const real *level = row;
    ptrdiff_t done = 0;
    const vec w = broadcast(scale);
    for (ptrdiff_t size = 1; size <= taps; size *= 2) {
        if (taps & size) { /* add the next `size` values of the window */
            const real *from = level + done * step;
            const int first = done == 0, last = done + size == taps;
            for (ptrdiff_t x = 0; x < length; x += LANES) {
                vec sum = loadu(from + x);
                if (!first)
                    sum += loadu(out + x);
                if (last)
                    sum *= w;
                storeu(out + x, sum);
            }
            done += size;
        }
        if (2 * size <= taps) {
            real *next = level == levels ? levels + pitch : levels;
            for (ptrdiff_t x = 0; x + (2 * size - 1) * step < whole; x += LANES)
                storeu(next + x, loadu(level + x) + loadu(level + size * step + x));
            level = next;
        }
    }
}
