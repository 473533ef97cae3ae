/* Reduce each window by itself, for windows that share no columns, or few.
 *
 *     out[o] = last(line[first[o]] o ... o line[first[o] + count[o] - 1])
 *
 * Registers four accumulators, and one for the result of the blocks before.
 * Order     Each accumulator combines up to 64 vectors. Then the accumulators are combined, and the
 *           next block begins. The last vector ends where the window ends; lanes that an earlier
 *           vector has read are replaced by the neutral element. At the end the lanes are combined,
 *           for one window at a time. If every row is one window, LANES rows are transposed and
 *           combined together.
 */
/* Masks of the last lanes of a vector: a load from element n on gives the last n lanes. */
static const real_int NAME(new_lanes)[2 * LANES] = {[LANES ... 2 * LANES - 1] = -1};

FC_INLINE real NAME(join_lanes)(vec x, const int how)
{
#if FC_REAL_BYTES >= 4
UNROLLED
    for (int half = LANES / 2; half > 0; half /= 2)
        x = NAME(join)(x, NAME(down)(x, half), how);
    return x[0];
#else
    (void)how; /* separate windows of 1 and 2 bytes have maxima only */
    real lane[LANES] __attribute__((aligned(FC_VECTOR_BYTES)));
    store(lane, x);
UNROLLED
    for (int half = LANES / 2; half > 0; half /= 2)
UNROLLED
        for (int i = 0; i < half; i++)
            lane[i] = lane[i] > lane[i + half] ? lane[i] : lane[i + half];
    return lane[0];
#endif
}

/* Reduce a window of at least LANES elements to one vector. */
FC_INLINE vec NAME(reduce_vectors)(const real *x, ptrdiff_t count, const int how, const int lift,
                                   real scale, real neutral, ints *odd)
{
    const int watch = FC_FLOATING && how == MAXIMUM;
    ptrdiff_t i = LANES;
    vec all = NAME(lift)(loadu(x), lift, scale), seen = all;
    while (count - i >= 4 * LANES) {
        vec part[4];
UNROLLED
        for (int v = 0; v < 4; v++)
            part[v] = NAME(lift)(loadu(x + i + v * LANES), lift, scale);
        if (watch)
            seen += (part[0] + part[1]) + (part[2] + part[3]);
        i += 4 * LANES;
        for (int b = 1; b < BLOCK_ROWS && count - i >= 4 * LANES; b++, i += 4 * LANES) {
UNROLLED
            for (int v = 0; v < 4; v++) {
                const vec y = NAME(lift)(loadu(x + i + v * LANES), lift, scale);
                part[v] = NAME(join)(part[v], y, how);
                if (watch)
                    seen += y;
            }
        }
        const vec left = NAME(join)(part[0], part[1], how);
        all = NAME(join)(all, NAME(join)(left, NAME(join)(part[2], part[3], how), how), how);
    }
    for (; i < count; i += LANES) {
        vec y;
        if (i + LANES <= count) {
            y = NAME(lift)(loadu(x + i), lift, scale);
        } else {
            const ints new_lanes = (ints)loadu((const real *)NAME(new_lanes) + (count - i));
            y = NAME(lift)(loadu(x + count - LANES), lift, scale);
            y = choose(new_lanes, y, broadcast(neutral));
        }
        all = NAME(join)(all, y, how);
        if (watch)
            seen += y;
    }
    if (watch)
        *odd |= NAME(nan)(seen);
    return all;
}

FC_INLINE real NAME(reduce)(const real *x, ptrdiff_t count, const int how, const int lift,
                            real scale, real neutral, ints *odd)
{
    if (count >= LANES)
        return NAME(join_lanes)(NAME(reduce_vectors)(x, count, how, lift, scale, neutral, odd), how);
    /* Each value is computed as a vector, because scalar comparisons would be compiled to branches
     * that cannot be predicted. */
    vec one = NAME(lift)(broadcast(x[0]), lift, scale), seen = one;
    for (ptrdiff_t i = 1; i < count; i++) {
        const vec y = NAME(lift)(broadcast(x[i]), lift, scale);
        one = NAME(join)(one, y, how);
        seen += y;
    }
    if (FC_FLOATING && how == MAXIMUM)
        *odd |= NAME(nan)(seen);
    return one[0];
}

#if FC_REAL_BYTES >= 4
/* Reduce LANES rows of one window each, and return a vector with one result per row. */
FC_INLINE vec NAME(reduce_rows)(const real *const *starts, ptrdiff_t count, const int how,
                                const int lift, real scale, real neutral, ints *odd)
{
    vec x[LANES];
    for (int r = 0; r < LANES; r++)
        x[r] = NAME(reduce_vectors)(starts[r], count, how, lift, scale, neutral, odd);
    NAME(transpose)(x);
UNROLLED
    for (int half = LANES / 2; half > 0; half /= 2)
UNROLLED
        for (int i = 0; i < half; i++)
            x[i] = NAME(join)(x[i], x[i + half], how);
    return x[0];
}
#endif

/* Compute a batch of rows of outputs. Row r is read from w->starts[r], which points to column
 * w->from. */
FC_INLINE void NAME(reduce_batch)(struct work *w, real *out, ptrdiff_t count, const int how,
                                  const int lift)
{
    const struct fc_pool_axis *axis = &w->pool->axis[2];
    const real *divisor = (const real *)w->pool->divisor, nothing = w->neutral;
    const real scale = w->scale;
    const int last = how == SUM ? w->last : NOTHING;
    ints odd = {0};
    ptrdiff_t r = 0;
#if FC_REAL_BYTES >= 4
    for (; axis->output == 1 && axis->count[0] >= LANES && count - r >= LANES; r += LANES) {
        vec x = NAME(reduce_rows)(w->starts + r, axis->count[0], how, lift, scale, nothing, &odd);
        vec divisors = x;
        if (last == DIVIDE)
            divisors = loadu(w->divisors + r) * divisor[0];
        storeu(out, NAME(finished)(w, x, divisors, out, LANES, last));
        out += LANES;
    }
#endif
    for (; r < count; r++, out += axis->output) {
        for (ptrdiff_t o = 0; o < w->outputs; o++) {
            const ptrdiff_t at = w->first + o, terms = axis->count[at];
            const real *from = w->starts[r] + axis->first[at] - w->from;
            real x = terms ? NAME(reduce)(from, terms, how, lift, scale, nothing, &odd) : nothing;
#if FC_FLOATING
            if (last == DIVIDE)
                x /= divisor[at] * w->divisors[r];
            else if (last == ROOT)
                x = NAME(finished)(w, broadcast(x), broadcast(1), out + o, 1, ROOT)[0];
#endif
            out[o] = x;
        }
    }
    w->odd |= odd;
    (void)divisor, (void)last;
}

static void NAME(separate)(struct work *w, real *out, ptrdiff_t count, const int lift)
{
    if (w->join == MAXIMUM && lift == AS_IS)
        NAME(reduce_batch)(w, out, count, MAXIMUM, AS_IS);
    else if (FC_FLOATING && w->join == SUM && lift == AS_IS)
        NAME(reduce_batch)(w, out, count, SUM, AS_IS);
    else if (FC_FLOATING && w->join == SUM && lift == SQUARE)
        NAME(reduce_batch)(w, out, count, SUM, SQUARE);
    else if (FC_FLOATING && w->join == SUM)
        NAME(reduce_batch)(w, out, count, SUM, ABSOLUTE);
    else if (FC_FLOATING && lift == AS_IS)
        NAME(reduce_batch)(w, out, count, CAREFUL, AS_IS);
    else if (FC_FLOATING && w->join == CAREFUL)
        NAME(reduce_batch)(w, out, count, CAREFUL, ABSOLUTE);
    else if (FC_FLOATING)
        NAME(reduce_batch)(w, out, count, MAXIMUM, ABSOLUTE);
}
