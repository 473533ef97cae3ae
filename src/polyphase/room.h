/* polyphase: compute one output after the other of a change of the sampling rate.
 *
 *     y[m] = sum over j < t of h[phase + (t - 1 - j) * up] * x[at - t + 1 + j]
 *
 * where t is the number of taps of the phase, and offset + m * down = at * up + phase.
 *
 * Layout    The taps of a phase lie `up` apart. If most outputs find their phase in use by another
 *           output, they are first sorted into a bank, in which each phase is contiguous.
 * Loop      Outputs in order, or LANES together where each has the next phase; for lines of several
 *           values side by side, their vectors, and then taps. Complex numbers are multiplied one
 *           by one: this is for short sums.
 * Registers one vector of sums for a single value, as those of several outputs overlap in time, and
 *           four where sums are long; eight for values side by side, which hide the latency.
 * Order     Sums run in blocks of at most 512 terms per lane.
 */
#include "polyphase/interface.h"

#define FC_TERMS 512
#define SIDE_VECTORS FC_POLYPHASE_VECTORS

/* Return the sum of all lanes. */
FC_INLINE real NAME(lanes)(vec x)
{
UNROLLED
    for (int half = LANES / 2; half > 0; half /= 2)
        x += NAME(down)(x, half);
    return x[0];
}

/* Return the sum of w[i] * x[i] for count > 0. */
FC_INLINE real NAME(dot)(const real *x, const real *w, ptrdiff_t count)
{
    const ptrdiff_t whole = (count - 1) / LANES * LANES;
    vec total = NAME(load_first)(x + whole, count - whole) *
                NAME(load_first)(w + whole, count - whole);
    ptrdiff_t i = 0;
    while (whole - i >= 8 * LANES) { /* four sums, of which none waits for another */
        const ptrdiff_t left = (whole - i) / (4 * LANES) * (4 * LANES);
        const ptrdiff_t end = i + (left < 4 * FC_TERMS * LANES ? left : 4 * FC_TERMS * LANES);
        vec sum[4];
UNROLLED
        for (int v = 0; v < 4; v++)
            sum[v] = loadu(x + i + v * LANES) * loadu(w + i + v * LANES);
        for (i += 4 * LANES; i < end; i += 4 * LANES) {
UNROLLED
            for (int v = 0; v < 4; v++)
                sum[v] += loadu(x + i + v * LANES) * loadu(w + i + v * LANES);
        }
        total += (sum[0] + sum[1]) + (sum[2] + sum[3]);
    }
    for (; i < whole; i += LANES) /* at most seven */
        total += loadu(x + i) * loadu(w + i);
    return NAME(lanes)(total);
}

/* Return the sum of h[-j * up] * x[j]. */
FC_INLINE real NAME(strided_dot)(const real *x, const real *h, ptrdiff_t up, ptrdiff_t count)
{
    real total = 0;
    for (ptrdiff_t i = 0; i < count;) {
        const ptrdiff_t end = count - i > 2 * FC_TERMS ? i + 2 * FC_TERMS : count;
        real even_sum = 0, odd_sum = 0;
        for (; i + 2 <= end; i += 2) {
            even_sum += x[i] * h[-i * up];
            odd_sum += x[i + 1] * h[-(i + 1) * up];
        }
        for (; i < end; i++)
            even_sum += x[i] * h[-i * up];
        total += even_sum + odd_sum;
    }
    return total;
}

/* Store the sum of h[-j * up] * x[j] of complex numbers. */
FC_INLINE void NAME(complex_dot)(const real *x, const real *h, ptrdiff_t up, ptrdiff_t count,
                                 real *out)
{
    real total = 0, imaginary_total = 0;
    for (ptrdiff_t i = 0; i < count;) {
        const ptrdiff_t end = count - i > FC_TERMS ? i + FC_TERMS : count;
        real reals = 0, imaginaries = 0, crossed = 0, other = 0;
        for (; i < end; i++) {
            const real *w = h - 2 * i * up;
            reals += x[2 * i] * w[0];
            imaginaries += x[2 * i + 1] * w[1];
            crossed += x[2 * i] * w[1];
            other += x[2 * i + 1] * w[0];
        }
        total += reals - imaginaries;
        imaginary_total += crossed + other;
    }
    out[0] = total;
    out[1] = imaginary_total;
}

/* Store a few vectors of sums of h[-j * up] * x[j][..], of which the last has `lanes` lanes. */
FC_INLINE void NAME(side_by_side)(const real *x, ptrdiff_t inner, const real *h, ptrdiff_t up,
                                  ptrdiff_t count, real *out, const int vectors, ptrdiff_t lanes)
{
    vec total[SIDE_VECTORS] = {{0}};
    for (ptrdiff_t i = 0; i < count;) {
        const ptrdiff_t end = count - i > FC_TERMS ? i + FC_TERMS : count;
        vec sum[SIDE_VECTORS] = {{0}};
        for (; i < end; i++) {
            const vec tap = broadcast(h[-i * up]);
UNROLLED
            for (int v = 0; v < vectors; v++) {
                const real *at = x + i * inner + v * LANES;
                sum[v] += tap * (lanes < LANES ? NAME(load_first)(at, lanes) : loadu(at));
            }
        }
UNROLLED
        for (int v = 0; v < vectors; v++)
            total[v] += sum[v];
    }
    if (lanes < LANES) {
        NAME(store_part)(out, total[0], lanes);
        return;
    }
UNROLLED
    for (int v = 0; v < vectors; v++)
        storeu(out + v * LANES, total[v]);
}

/* Store one output. x[0] meets the tap h[0], x[1] the tap h[-up]. */
FC_INLINE void NAME(unsorted)(const real *x, ptrdiff_t inner, const real *h, ptrdiff_t up,
                              ptrdiff_t count, real *out)
{
    ptrdiff_t i = 0;
    if (inner == 1) {
        out[0] = NAME(strided_dot)(x, h, up, count);
        return;
    }
    for (; i + SIDE_VECTORS * LANES <= inner; i += SIDE_VECTORS * LANES)
        NAME(side_by_side)(x + i, inner, h, up, count, out + i, SIDE_VECTORS, LANES);
    for (; i + SIDE_VECTORS / 2 * LANES <= inner; i += SIDE_VECTORS / 2 * LANES)
        NAME(side_by_side)(x + i, inner, h, up, count, out + i, SIDE_VECTORS / 2, LANES);
    for (; i + LANES <= inner; i += LANES)
        NAME(side_by_side)(x + i, inner, h, up, count, out + i, 1, LANES);
    if (i < inner)
        NAME(side_by_side)(x + i, inner, h, up, count, out + i, 1, inner - i);
}

static void NAME(sort)(const struct fc_polyphase *p, const void *h, void *bank)
{
    const real *from = h;
    real *to = bank;
    for (ptrdiff_t phase = 0; phase < p->up && phase < p->taps; phase += p->common) {
        const ptrdiff_t t = (p->taps - phase + p->up - 1) / p->up;
        for (ptrdiff_t j = 0; j < t; j++)
            to[j] = from[phase + (t - 1 - j) * p->up];
        to += p->most;
    }
}

/* Return a * b / divisor, and the rest. The product may be larger than 64 bits. */
FC_INLINE ptrdiff_t NAME(scaled)(ptrdiff_t a, ptrdiff_t b, ptrdiff_t divisor, ptrdiff_t *rest)
{
    ptrdiff_t product;
    if (__builtin_mul_overflow(a, b, &product)) {
        const __int128 large = (__int128)a * b;
        *rest = (ptrdiff_t)(large % divisor);
        return (ptrdiff_t)(large / divisor);
    }
    *rest = product % divisor;
    return product / divisor;
}

/* The position of an output: the value at it or before it, and its phase behind that value. */
struct NAME(place) {
    ptrdiff_t at, phase;
};

/* Store outputs first .. stop, whose windows lie inside of the line, from sorted taps. Return the
 * position of output `stop`. */
static struct NAME(place) NAME(inside)(const struct fc_polyphase *p, const real *x,
                                       const real *sorted, real *out, ptrdiff_t first,
                                       ptrdiff_t stop, struct NAME(place) here)
{
    const ptrdiff_t up = p->up, part = p->part, whole = p->whole, most = p->most;
    const ptrdiff_t longer = (p->taps - 1) % up, step = part / p->common * most;
    const ptrdiff_t all = up / p->common * most;
    const real *row = sorted + here.phase / p->common * most, *last = x + here.at;
    ptrdiff_t phase = here.phase;
    for (ptrdiff_t m = first; m < stop; m++) {
        const ptrdiff_t t = most - (phase > longer);
        out[m - first] = t ? NAME(dot)(last - t + 1, row, t) : 0;
        const ptrdiff_t over = phase >= up - part;
        phase += part - (over ? up : 0);
        row += step - (over ? all : 0);
        last += whole + over;
    }
    return (struct NAME(place)){last - x, phase};
}

/* As `inside`, for outputs of which each has the next phase: lanes are outputs. */
static struct NAME(place) NAME(next_phases)(const struct fc_polyphase *p, const real *x,
                                            const real *h, real *out, ptrdiff_t first,
                                            ptrdiff_t stop, struct NAME(place) here)
{
    const ptrdiff_t up = p->up, longer = (p->taps - 1) % up;
    for (ptrdiff_t m = first; m < stop;) {
        const ptrdiff_t t = p->most - (here.phase > longer);
        const ptrdiff_t same = (here.phase > longer ? up : longer + 1) - here.phase;
        const ptrdiff_t count = same < stop - m ? same : stop - m;
        const real *last = x + here.at, *w = h + here.phase;
        ptrdiff_t i = 0;
        for (; i + LANES <= count; i += LANES) {
            vec sum = {0};
            for (ptrdiff_t j = 0; j < t; j++)
                sum += broadcast(last[-j]) * loadu(w + i + j * up);
            storeu(out + m - first + i, sum);
        }
        if (i < count) {
            vec sum = {0};
            for (ptrdiff_t j = 0; j < t; j++)
                sum += broadcast(last[-j]) * NAME(load_first)(w + i + j * up, count - i);
            NAME(store_first)(out + m - first + i, sum, count - i);
        }
        m += count;
        here.phase += count;
        if (here.phase == up) {
            here.phase = 0;
            here.at++;
        }
    }
    return here;
}

static void NAME(resample)(const struct fc_polyphase *p, const struct fc_polyphase_line *line,
                           const void *taps, const void *bank, ptrdiff_t first, ptrdiff_t stop)
{
    const ptrdiff_t inner = p->inner, longer = (p->taps - 1) % p->up;
    const real *h = taps;
    struct NAME(place) here = {first * p->whole + p->first_at, 0};
    here.at += NAME(scaled)(first, p->part, p->up, &here.phase);
    here.phase += p->first_phase;
    if (here.phase >= p->up) {
        here.phase -= p->up;
        here.at++;
    }
    /* The outputs before `end` end inside of the line: m * down < (n - first_at) * up - first_phase */
    ptrdiff_t rest, end = p->n > p->first_at ? p->n - p->first_at : 0;
    end = NAME(scaled)(end, p->up, p->down, &rest);
    end += rest > p->first_phase ? 1 : -((p->first_phase - rest) / p->down);
    end = end < stop ? end : stop;
    for (ptrdiff_t m = first; m < stop; m++) {
        real *out = (real *)line->out + (m - first) * p->pitch;
        if (bank && here.at >= p->most - 1 && m < end) {
            const int next = p->down == 1 && p->up >= LANES && p->most <= FC_TERMS;
            here = next ? NAME(next_phases)(p, line->x, h, out, m, end, here)
                        : NAME(inside)(p, line->x, bank, out, m, end, here);
            m = end - 1;
            continue;
        }
        /* Phases up to `longer` have one tap more than the others. */
        const ptrdiff_t t = p->most - (here.phase > longer), begin = here.at - t + 1;
        ptrdiff_t low = begin, high = here.at + 1;
        const void *from = line->x;
        if (!line->head) {
            low = low > 0 ? low : 0;
            high = high < p->n ? high : p->n;
        } else if (low < 0) {
            from = line->head;
        } else if (high > p->n) {
            from = line->tail;
        }
        const ptrdiff_t count = high - low, skipped = low - begin;
        const ptrdiff_t shift = from == line->head ? p->most : p->most - p->n;
        const real *x = (const real *)from + (from == line->x ? low : low + shift) * inner;
        if (count <= 0)
            for (ptrdiff_t i = 0; i < inner; i++)
                out[i] = 0;
        else if (bank)
            out[0] = NAME(dot)(
                x, (const real *)bank + here.phase / p->common * p->most + skipped, count);
        else if (p->is_complex)
            NAME(complex_dot)(x, h + 2 * (here.phase + (t - 1 - skipped) * p->up), p->up, count,
                              out);
        else
            NAME(unsorted)(x, inner, h + here.phase + (t - 1 - skipped) * p->up, p->up, count,
                           out);
        const int over = here.phase >= p->up - p->part;
        here.phase += p->part - (over ? p->up : 0);
        here.at += p->whole + over;
    }
}

static void NAME(take)(const void *from, ptrdiff_t apart, void *to, ptrdiff_t count, ptrdiff_t rows)
{
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(real);
    for (ptrdiff_t i = 0; i < rows; i++) {
        const real *row = (const real *)from + i * apart;
        for (ptrdiff_t j = 0; j < count; j += line)
            __builtin_prefetch(row + count + j);
        NAME(copy)((real *)to + i * count, row, count);
    }
}

#include "polyphase/together.h"

static const struct fc_polyphase_kernels NAME(kernels) = {
    .size = sizeof(struct fc_polyphase_kernels),
    .sort = NAME(sort),
    .resample = NAME(resample),
    .take = NAME(take),
    .together = NAME(together),
};
#undef FC_TERMS
#undef SIDE_VECTORS
