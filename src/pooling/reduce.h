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

FC_INLINE real NAME(reduce)(struct work *w, const real *x, ptrdiff_t count, const int input,
                            const int how, const int lift)
{
    const int watch = FC_FLOATING && input && how == MAXIMUM;
    ptrdiff_t i = LANES;
    real one;
    if (count >= LANES) {
        vec all = NAME(lift)(loadu(x), lift, w->scale), seen = all;
        while (count - i >= 4 * LANES) {
            vec part[4];
UNROLLED
            for (int v = 0; v < 4; v++)
                part[v] = NAME(lift)(loadu(x + i + v * LANES), lift, w->scale);
            if (watch)
                seen += (part[0] + part[1]) + (part[2] + part[3]);
            i += 4 * LANES;
            for (int b = 1; b < BLOCK_ROWS && count - i >= 4 * LANES; b++, i += 4 * LANES) {
UNROLLED
                for (int v = 0; v < 4; v++) {
                    const vec y = NAME(lift)(loadu(x + i + v * LANES), lift, w->scale);
                    part[v] = NAME(join)(part[v], y, how);
                    if (watch)
                        seen += y;
                }
            }
            const vec left = NAME(join)(part[0], part[1], how);
            all = NAME(join)(all, NAME(join)(left, NAME(join)(part[2], part[3], how), how), how);
        }
        for (; i + LANES <= count; i += LANES) {
            const vec y = NAME(lift)(loadu(x + i), lift, w->scale);
            all = NAME(join)(all, y, how);
            if (watch)
                seen += y;
        }
        if (watch)
            w->odd |= NAME(nan)(seen);
        one = NAME(join_lanes)(all, how);
    } else {
        one = NAME(lift)(broadcast(x[0]), lift, w->scale)[0];
        i = 1;
    }
    for (; i < count; i++)
        one = NAME(join_one)(one, NAME(lift)(broadcast(x[i]), lift, w->scale)[0], how);
    return one;
}

FC_INLINE void NAME(reduce_each)(struct work *w, real *out, const real *line, real row_divisor,
                                 const int input, const int how, const int lift)
{
    const struct fc_pool_axis *axis = &w->pool->axis[2];
    const real *divisor = (const real *)w->pool->divisor;
    for (ptrdiff_t o = 0; o < w->outputs; o++) {
        const ptrdiff_t at = w->first + o, count = axis->count[at];
        real x = NAME(neutral)(w);
        if (count)
            x = NAME(reduce)(w, line + axis->first[at] - w->from, count, input, how, lift);
#if FC_FLOATING
        if (w->last == DIVIDE)
            x /= divisor[at] * row_divisor;
        else if (w->last == ROOT)
            x = NAME(finished)(w, broadcast(x), 0, 1, out + o, 1, ROOT)[0];
#endif
        out[o] = x;
    }
    (void)divisor;
    (void)row_divisor;
}

/* `line` holds column w->from on; `input`: it is the input's own row. */
static void NAME(separate)(struct work *w, real *out, const real *line, int input,
                           real row_divisor)
{
    const int lift = input ? w->lift : AS_IS;
    if (w->join == MAXIMUM && lift == AS_IS)
        NAME(reduce_each)(w, out, line, 0, 1, MAXIMUM, AS_IS);
    else if (FC_FLOATING && w->join == SUM && lift == AS_IS)
        NAME(reduce_each)(w, out, line, row_divisor, 0, SUM, AS_IS);
    else if (FC_FLOATING && w->join == SUM && lift == SQUARE)
        NAME(reduce_each)(w, out, line, 0, 0, SUM, SQUARE);
    else if (FC_FLOATING && w->join == SUM)
        NAME(reduce_each)(w, out, line, 0, 0, SUM, ABSOLUTE);
    else if (FC_FLOATING && lift == AS_IS)
        NAME(reduce_each)(w, out, line, 0, 0, CAREFUL, AS_IS);
    else if (FC_FLOATING && w->join == CAREFUL)
        NAME(reduce_each)(w, out, line, 0, 0, CAREFUL, ABSOLUTE);
    else if (FC_FLOATING)
        NAME(reduce_each)(w, out, line, 0, 1, MAXIMUM, ABSOLUTE);
}
