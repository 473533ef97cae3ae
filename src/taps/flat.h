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
    int run; /* whether the last windows that were looked at held one value each */
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

/* A bit for every element, which is 0 or -1. */
FC_INLINE unsigned NAME(bits_of)(ints mask)
{
#if defined(__AVX512F__) && FC_REAL_BYTES == 4
    return _mm512_test_epi32_mask((__m512i)mask, (__m512i)mask);
#elif defined(__AVX512F__)
    return _mm512_test_epi64_mask((__m512i)mask, (__m512i)mask);
#elif defined(__AVX2__) && FC_REAL_BYTES == 4
    return (unsigned)_mm256_movemask_ps((__m256)mask);
#elif defined(__AVX2__)
    return (unsigned)_mm256_movemask_pd((__m256d)mask);
#elif defined(__SSE2__) && FC_REAL_BYTES == 4
    return (unsigned)_mm_movemask_ps((__m128)mask);
#elif defined(__SSE2__)
    return (unsigned)_mm_movemask_pd((__m128d)mask);
#else
    unsigned found = 0;
    for (int i = 0; i < LANES; i++)
        found |= (unsigned)(mask[i] & 1) << i;
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

/* Return which of some windows of a vector of outputs hold one value each, and where their values
 * are. */
static ints NAME(flat)(PLAN *p, struct NAME(row) *row, ptrdiff_t x, ints same, const real **at)
{
    if (p->along_count) {
        *at = row->level + x;
        same &= NAME(may_be_flat)(p, row, x);
        if (!NAME(any)(same))
            return same;
        if (!row->levelled)
            NAME(make_level)(p, row);
        const vec values = loadu(*at);
        for (ptrdiff_t i = 0; i < p->along_count; i++)
            same &= (ints)(loadu(row->level + x + p->along_offsets[i]) == values);
        return same;
    }
    *at = row->in[0] + x;
    const vec values = loadu(*at);
    for (ptrdiff_t t = p->tap_count - 1; t > 0 && NAME(any)(same); t -= FC_LOOKS)
        for (ptrdiff_t i = t; i > 0 && i > t - FC_LOOKS; i--)
            same &= (ints)(loadu(row->in[i] + x) == values);
    return same;
}

/* Return whether any of some elements of two rows differ. There is at least a vector of them. */
FC_INLINE int NAME(differ)(const real *a, const real *b, ptrdiff_t count)
{
    ints other = {0};
    for (ptrdiff_t i = 0; i < count; i += LANES) {
        const ptrdiff_t at = i + LANES <= count ? i : count - LANES;
        other |= (ints)(loadu(a + at) != loadu(b + at));
    }
    return NAME(any)(other);
}

/* Return whether each window of a block of outputs holds one value: the rows are equal, and so are
 * the elements of a row that lie a step apart. */
static int NAME(all_flat)(PLAN *p, struct NAME(row) *row, ptrdiff_t x)
{
    const real *first = row->lines[0] + x;
    const ptrdiff_t count = FC_TAPS_VECTORS * LANES + p->reach - 1;
    if (p->stride > 1 || (p->reach > 1 && NAME(differ)(first, first + p->unit, count - p->unit)))
        return 0;
    if (p->along_count) {
        if (!row->levelled)
            NAME(make_level)(p, row);
        return !NAME(differ)(first, row->level + x, count);
    }
    for (ptrdiff_t i = 1; i < p->line_count; i++)
        if (NAME(differ)(first, row->lines[i] + x, count))
            return 0;
    return 1;
}

/* Return the first element of some vectors that a mask names, NULL if there is none. */
FC_INLINE const real *NAME(first_of)(const real *at, const ints *mask, const int vectors)
{
    for (int j = 0; j < vectors; j++) {
        const unsigned bits = NAME(bits_of)(mask[j]);
        if (bits)
            return at + j * LANES + __builtin_ctz(bits);
    }
    return 0;
}
#undef FC_LOOKS
#endif
