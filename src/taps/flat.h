/* Rows of sums that are looked at again, and windows that hold one value only. */
#if FC_FLOATING
#define FC_LOOKS 8 /* taps that are looked at together */

/* A row of outputs: rows of scratch, and what has been prepared of them. */
struct NAME(row) {
    const real **in;          /* a row for every tap, once they are `pointed` */
    const real *const *lines; /* the rows of a window */
    const real **across;      /* room for a row for every tap along a row */
    real *middle, *level;     /* room for two rows */
    int pointed, levelled;
};

FC_INLINE int NAME(any)(ints mask)
{
#if defined(__AVX512F__)
    return _mm512_test_epi32_mask((__m512i)mask, (__m512i)mask) != 0;
#elif defined(__AVX2__)
    return _mm256_movemask_ps((__m256)mask) != 0;
#elif defined(__SSE2__)
    return _mm_movemask_ps((__m128)mask) != 0;
#else
    int found = 0;
    for (int i = 0; i < LANES; i++)
        found |= mask[i] != 0;
    return found;
#endif
}

static void NAME(point)(PLAN *p, struct NAME(row) *row)
{
    for (ptrdiff_t i = 0; i < p->tap_count; i++)
        row->in[i] = row->lines[p->tap_lines[i]] + p->tap_offsets[i];
    row->pointed = 1;
}

/* Write the value of each column of the rows of a window if they all have the same, else NaN. */
static void NAME(make_level)(PLAN *p, struct NAME(row) *row)
{
    const vec nan = broadcast((real)__builtin_nan(""));
    for (ptrdiff_t x = 0; x < p->pitch; x += LANES) {
        const vec first = load(row->lines[0] + x);
        ints other = {0};
        for (ptrdiff_t i = 1; i < p->line_count; i++)
            other |= (ints)load(row->lines[i] + x) ^ (ints)first;
        store(row->level + x, choose((ints)(other == (ints){0}), first, nan));
    }
    row->levelled = 1;
}

/* Return which windows of a vector of outputs may hold one value each, from few of their values. */
FC_INLINE ints NAME(may_be_flat)(PLAN *p, const struct NAME(row) *row, ptrdiff_t x)
{
    const vec first = loadu(row->lines[0] + x);
    const vec last = loadu(row->lines[p->line_count - 1] + x);
    const vec end = loadu(row->lines[0] + x + p->along_offsets[p->along_count - 1]);
    return (ints)(first == last) & (ints)(first == end);
}

/* Return which of some windows of a vector of outputs hold one value each, and their values. */
static ints NAME(flat)(PLAN *p, struct NAME(row) *row, ptrdiff_t x, ints same, vec *values)
{
    if (p->along_count) {
        same &= NAME(may_be_flat)(p, row, x);
        if (!NAME(any)(same))
            return same;
        if (!row->levelled)
            NAME(make_level)(p, row);
        *values = loadu(row->level + x);
        for (ptrdiff_t i = 0; i < p->along_count; i++)
            same &= (ints)(loadu(row->level + x + p->along_offsets[i]) == *values);
        return same;
    }
    *values = loadu(row->in[0] + x);
    for (ptrdiff_t t = p->tap_count - 1; t > 0 && NAME(any)(same); t -= FC_LOOKS)
        for (ptrdiff_t i = t; i > 0 && i > t - FC_LOOKS; i--)
            same &= (ints)(loadu(row->in[i] + x) == *values);
    return same;
}
#undef FC_LOOKS
#endif
