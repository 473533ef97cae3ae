/* Compute windows of 2 x 2 and 3 x 3 in registers, without rows of scratch.
 *
 *     h(y)[j] = x[y][j] o ... o x[y][j + k - 1]
 *     out(y)[o] = last(h(y s - p)[o s - p] o ... o h(y s - p + k - 1)[o s - p])
 *
 * Loop      The outer loop is over columns of vectors of outputs, the inner one over rows of
 *           outputs from top to bottom. With stride 2, both vectors (halves) of all positions are
 *           computed, and every second value is kept at the end.
 * Registers The rows h of a window, k of them, stay in registers, so that a column reads each input
 *           row once.
 * Borders   In columns that read beyond the ends of a row, lanes outside get the neutral element.
 */
#ifndef FC_AT_ONCE_H
#define FC_AT_ONCE_H
/* AT_ONCE_ROWS is the number of output rows of a column that are computed at a time. In planes of
 * at most AT_ONCE_BYTES, whole columns are computed. */
enum { AT_ONCE_ROWS = 8, AT_ONCE_BYTES = 16384 };
#endif

/* Copy the values of a row from column `first` on. Columns outside of the input get the neutral
 * element. */
static __attribute__((noinline)) void NAME(collect)(const struct work *w, const real *at,
                                                    ptrdiff_t first, ptrdiff_t count, real *values)
{
    for (ptrdiff_t i = 0; i < count; i++) {
        const int inside = first + i >= 0 && first + i < w->pool->axis[2].input;
        values[i] = inside ? at[i] : w->neutral;
    }
}

/* Compute h of one input row. `at` points to its column `first`. If `masked` is ONE_BY_ONE, the row
 * is first copied value by value. */
FC_INLINE void NAME(window_row)(const struct work *w, const real *at, ptrdiff_t first, vec h[2],
                                vec *seen, const int k, const int s, const int how,
                                const struct edge *edge, const int masked)
{
    real values[3 * LANES];
    if (masked == ONE_BY_ONE) {
        NAME(collect)(w, at, first, s * LANES + k - 1, values);
        at = values;
    }
    const int taps = NAME(taps_by_row)(k, s, how);
    vec all = loadu(at);
UNROLLED
    for (int half = 0; half < s; half++) {
UNROLLED
        for (int i = 0; i < taps; i++) {
            vec x = loadu(at + i + half * LANES);
            const int end = (half == 0 && i == 0) || (half == s - 1 && i == taps - 1);
            if (masked == AT_ENDS && end)
                x = (vec)(((ints)x & edge->inside[i][half]) | (ints)edge->outside[i][half]);
            h[half] = i ? NAME(join)(h[half], x, how) : x;
            /* `all` counts every element: it is the first of a window, or in the last window. */
            if ((half && i == 0) || (i && half == s - 1 && i == taps - 1))
                all += x;
        }
    }
    if (FC_FLOATING && how == MAXIMUM)
        *seen += all;
}

/* Return one row of outputs. The window keeps the k - s rows that it shares with the window above
 * and reads s new ones. `at` points to the first row of the window. Bit i of `inside` is set if row
 * i of the window is inside of the input. */
FC_INLINE vec NAME(next_window)(struct work *w, const real *at, ptrdiff_t pitch, ptrdiff_t first,
                                vec window[3][2], vec *seen, unsigned inside, const int k,
                                const int s, const int how, const struct edge *edge,
                                const int masked)
{
UNROLLED
    for (int i = 0; i + s < k; i++) {
        window[i][0] = window[i + s][0];
        window[i][1] = window[i + s][1];
    }
UNROLLED
    for (int i = k - s; i < k; i++) {
        if (inside >> i & 1)
            NAME(window_row)(w, at + i * pitch, first, window[i], seen, k, s, how, edge,
                             masked);
        else
            window[i][0] = window[i][1] = broadcast(w->neutral);
    }
    vec x[2];
UNROLLED
    for (int half = 0; half < s; half++) {
        x[half] = window[0][half];
UNROLLED
        for (int i = 1; i < k; i++)
            x[half] = NAME(join)(x[half], window[i][half], how);
    }
#if FC_FLOATING
    if (NAME(taps_by_row)(k, s, how) < k)
        return in_order(NAME(join)(evens(x[0], x[1]), odds(x[0], x[1]), how));
#endif
    return s == 2 ? even(x[0], x[1]) : x[0];
}

/* Compute the rows oh..end of the column of outputs that begins at `here`. */
FC_INLINE void NAME(window_column)(struct work *w, const real *plane, real *out, ptrdiff_t here,
                                   ptrdiff_t oh, ptrdiff_t end, const int k, const int s,
                                   const int how, const struct edge *edge, const int masked)
{
    const struct fc_pool_axis *h = &w->pool->axis[1];
    const ptrdiff_t first = NAME(first_column)(w->pool, here), lanes = w->outputs - here;
    const ptrdiff_t pitch = w->pool->axis[2].input, out_pitch = w->outputs;
    const ptrdiff_t last_inside = (h->input - k + h->before) / s; /* not used if it is negative */
    const double *row_divisor = w->pool->row_divisor[1];
    vec window[3][2], seen = {0}, divisors = seen;
    ptrdiff_t y = oh * s - h->before;
    const real *at = plane + y * pitch + first;
    real *to = out + oh * out_pitch + here;
    /* What a vector stores past its row is overwritten later, except behind the task's outputs. */
    const int whole = lanes >= LANES || w->out_end - (out + (end - 1) * out_pitch) >= LANES;
    if (how == SUM)
        divisors = loadu((const real *)w->pool->divisor + here) * (real)w->pool->row_divisor[0][0];
UNROLLED
    for (int i = 0; i < k - s; i++) { /* compute the rows that a window above would share */
        window[s + i][0] = window[s + i][1] = broadcast(w->neutral);
        if (y + i >= 0 && y + i < h->input)
            NAME(window_row)(w, at + i * pitch, first, window[s + i], &seen, k, s, how, edge,
                             masked);
    }
    while (oh < end) {
        const ptrdiff_t inside_end = last_inside < end ? last_inside + 1 : end;
        if (masked != ONE_BY_ONE && whole && y >= 0 && oh < inside_end) {
            for (; oh < inside_end; oh++, at += s * pitch, to += out_pitch) {
                vec x = NAME(next_window)(w, at, pitch, first, window, &seen, ~0u, k, s, how, edge,
                                          masked);
#if FC_FLOATING
                if (how == SUM)
                    x /= divisors * (real)row_divisor[oh];
#endif
                storeu(to, x);
            }
            y = oh * s - h->before;
            continue;
        }
        unsigned inside = 0;
        for (int i = 0; i < k; i++)
            inside |= (unsigned)(y + i >= 0 && y + i < h->input) << i;
        vec x = NAME(next_window)(w, at, pitch, first, window, &seen, inside, k, s, how, edge,
                                  masked);
#if FC_FLOATING
        if (how == SUM)
            x /= divisors * (real)row_divisor[oh];
#endif
        if (whole)
            storeu(to, x);
        else
            NAME(store_part)(to, x, lanes < LANES ? lanes : LANES);
        oh++, y += s, at += s * pitch, to += out_pitch;
    }
    if (FC_FLOATING && how == MAXIMUM)
        w->odd |= NAME(nan)(seen);
    (void)row_divisor, (void)divisors;
}

/* Compute a column whose values are copied one by one. This is rare, so `how` is not a constant. */
static __attribute__((noinline)) void NAME(collected_column)(struct work *w, const real *plane,
                                                             real *out, ptrdiff_t here,
                                                             ptrdiff_t oh, ptrdiff_t end)
{
    const ptrdiff_t k = w->pool->axis[1].taps, s = w->pool->axis[1].stride;
    if (k == 2 && s == 1)
        NAME(window_column)(w, plane, out, here, oh, end, 2, 1, w->join, 0, ONE_BY_ONE);
    else if (k == 2)
        NAME(window_column)(w, plane, out, here, oh, end, 2, 2, w->join, 0, ONE_BY_ONE);
    else if (s == 1)
        NAME(window_column)(w, plane, out, here, oh, end, 3, 1, w->join, 0, ONE_BY_ONE);
    else
        NAME(window_column)(w, plane, out, here, oh, end, 3, 2, w->join, 0, ONE_BY_ONE);
}

/* Return how many rows hold `elements` elements that lie outside of the array; none if it is not
 * positive. */
FC_INLINE ptrdiff_t NAME(rows_beyond)(ptrdiff_t elements, ptrdiff_t pitch)
{
    return elements > 0 ? (elements + pitch - 1) / pitch : 0;
}

/* Compute a column. Its first and last rows may read vectors that begin before the array or end
 * behind it. The values of these rows are copied one by one. */
FC_INLINE void NAME(edge_column)(struct work *w, const real *plane, real *out, ptrdiff_t here,
                                 ptrdiff_t oh, ptrdiff_t end, const int k, const int s,
                                 const int how, const struct edge *edge)
{
    const struct fc_pool_axis *h = &w->pool->axis[1];
    const ptrdiff_t pitch = w->pool->axis[2].input, first = NAME(first_column)(w->pool, here);
    const real *begin = plane + first;
    const real *stop = begin + (h->input - 1) * pitch + s * LANES + k - 1;
    const ptrdiff_t above = NAME(rows_beyond)(w->input - begin, pitch);
    const ptrdiff_t below = NAME(rows_beyond)(stop - w->input_end, pitch);
    /* The first output row below those that read the rows above, and the first one that reads the
     * rows below. */
    ptrdiff_t low = above ? (above + h->before + s - 1) / s : oh;
    ptrdiff_t high = below ? h->input - below + h->before - k + s : end * s;
    high = high > 0 ? high / s : 0;
    if (edge->masked == ONE_BY_ONE || how == CAREFUL)
        low = end;
    low = low < oh ? oh : low > end ? end : low;
    high = high < low ? low : high > end ? end : high;
    if (oh < low)
        NAME(collected_column)(w, plane, out, here, oh, low);
    if (low < high && how != CAREFUL)
        NAME(window_column)(w, plane, out, here, low, high, k, s, how, edge, AT_ENDS);
    if (high < end)
        NAME(collected_column)(w, plane, out, here, high, end);
}

FC_INLINE void NAME(windows)(struct work *w, const real *plane, real *out, ptrdiff_t oh,
                             ptrdiff_t rows, const int k, const int s, const int how)
{
    const struct fc_pool_axis *h = &w->pool->axis[1], *c = &w->pool->axis[2];
    const struct edge *edge = w->edges;
    /* Prefetch the rows that are read next in the order of memory: columns of vectors read them in
     * another order. */
    const real *next = plane + ((oh + rows) * s - h->before) * c->input;
    ptrdiff_t share = 0;
    if (rows < h->output)
        share = rows * s * c->input * LANES / w->outputs;
    for (ptrdiff_t o = 0; o < w->outputs; o += LANES) {
        for (ptrdiff_t i = 0; i < share; i += 64 / (ptrdiff_t)sizeof(real))
            __builtin_prefetch(next + i);
        next += share;
        const ptrdiff_t here = NAME(vector_start)(o, w->outputs);
        if (NAME(reads_within)(w->pool, here)) {
            if (how == CAREFUL)
                NAME(collected_column)(w, plane, out, here, oh, oh + rows);
            else
                NAME(window_column)(w, plane, out, here, oh, oh + rows, k, s, how, edge, NOWHERE);
            continue;
        }
        NAME(edge_column)(w, plane, out, here, oh, oh + rows, k, s, how, edge);
        edge++;
    }
}

FC_INLINE void NAME(windows_joined)(struct work *w, const real *plane, real *out, ptrdiff_t oh,
                                    ptrdiff_t rows, const int k, const int s)
{
    if (w->join == MAXIMUM)
        NAME(windows)(w, plane, out, oh, rows, k, s, MAXIMUM);
    else if (s == 1 && w->join == MINIMUM)
        NAME(windows)(w, plane, out, oh, rows, k, s, MINIMUM);
    else if (FC_FLOATING && w->join == SUM)
        NAME(windows)(w, plane, out, oh, rows, k, s, SUM);
    else if (FC_FLOATING)
        NAME(windows)(w, plane, out, oh, rows, k, s, CAREFUL);
}

/* Compute the rows first..first+rows of each of some planes. `out` points to row `first` of the
 * first plane. */
static void NAME(at_once)(struct work *w, const real *input, real *out, ptrdiff_t planes,
                          ptrdiff_t first, ptrdiff_t rows)
{
    const struct fc_pool_axis *h = &w->pool->axis[1], *c = &w->pool->axis[2];
    const int k = (int)h->taps, s = (int)h->stride;
    const ptrdiff_t bytes = h->input * c->input * (ptrdiff_t)sizeof(real);
    const ptrdiff_t most = bytes <= AT_ONCE_BYTES ? rows : AT_ONCE_ROWS;
    out -= first * c->output;
    for (ptrdiff_t i = 0; i < planes; i++) {
        for (ptrdiff_t oh = first; oh < first + rows; oh += most) {
            const ptrdiff_t left = first + rows - oh, some = left < most ? left : most;
            if (k == 2 && s == 1)
                NAME(windows_joined)(w, input, out, oh, some, 2, 1);
            else if (k == 2)
                NAME(windows_joined)(w, input, out, oh, some, 2, 2);
            else if (s == 1)
                NAME(windows_joined)(w, input, out, oh, some, 3, 1);
            else
                NAME(windows_joined)(w, input, out, oh, some, 3, 2);
        }
        input += h->input * c->input;
        out += h->output * c->output;
    }
}
