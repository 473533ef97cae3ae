/* Windows that share no columns, or few: each reduced by itself.
 *
 *     out[o] = last(line[first[o]] o ... o line[first[o] + count[o] - 1])
 *
 * Four accumulators take 64 vectors each before they are put together, then the lanes are; what is
 * left over goes one by one.
 */
FC_INLINE real NAME(join_one)(real a, real b, const int how)
{
    if (how == SUM)
        return a + b;
    return (FC_FLOATING && __builtin_isnan((double)a)) || a > b ? a : b; /* b where that is NaN */
}

FC_INLINE real NAME(join_lanes)(vec x, const int how)
{
    real lane[LANES] __attribute__((aligned(FC_VECTOR_BYTES)));
    store(lane, x);
UNROLLED
    for (int half = LANES / 2; half > 0; half /= 2)
UNROLLED
        for (int i = 0; i < half; i++)
            lane[i] = NAME(join_one)(lane[i], lane[i + half], how);
    return lane[0];
}

FC_INLINE real NAME(reduce)(const real *x, ptrdiff_t count, const int how, const int lift,
                            real scale, ints *odd)
{
    const int watch = FC_FLOATING && how == MAXIMUM;
    ptrdiff_t i = LANES;
    real one;
    if (count >= LANES) {
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
        for (; i + LANES <= count; i += LANES) {
            const vec y = NAME(lift)(loadu(x + i), lift, scale);
            all = NAME(join)(all, y, how);
            if (watch)
                seen += y;
        }
        if (watch)
            *odd |= NAME(nan)(seen);
        one = NAME(join_lanes)(all, how);
    } else {
        one = NAME(lift)(broadcast(x[0]), lift, scale)[0];
        i = 1;
    }
    for (; i < count; i++)
        one = NAME(join_one)(one, NAME(lift)(broadcast(x[i]), lift, scale)[0], how);
    return one;
}

/* Batch: row r of the output from w->starts[r], which is column w->from. */
FC_INLINE void NAME(reduce_batch)(struct work *w, real *out, ptrdiff_t count, const int how,
                                  const int lift)
{
    const struct fc_pool_axis *axis = &w->pool->axis[2];
    const real *divisor = (const real *)w->pool->divisor, nothing = w->neutral;
    const real scale = w->scale;
    const int last = how == SUM ? w->last : NOTHING;
    ints odd = {0};
    for (ptrdiff_t r = 0; r < count; r++, out += axis->output) {
        for (ptrdiff_t o = 0; o < w->outputs; o++) {
            const ptrdiff_t at = w->first + o, terms = axis->count[at];
            const real *from = w->starts[r] + axis->first[at] - w->from;
            real x = terms ? NAME(reduce)(from, terms, how, lift, scale, &odd) : nothing;
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
