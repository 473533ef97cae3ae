/* Load and store partial vectors, store past the caches, and copy rows of any length, for values of
 * every type. */

/* Store an aligned vector and bypass the caches. stream_end() orders such stores. */
#if defined(__clang__)
FC_INLINE void stream(real *p, vec x) { __builtin_nontemporal_store(x, (vec *)p); }
#elif defined(__AVX512F__)
FC_INLINE void stream(real *p, vec x) { _mm512_stream_si512((__m512i *)p, (__m512i)x); }
#elif defined(__AVX2__)
FC_INLINE void stream(real *p, vec x) { _mm256_stream_si256((__m256i *)p, (__m256i)x); }
#elif defined(__SSE2__)
FC_INLINE void stream(real *p, vec x) { _mm_stream_si128((__m128i *)p, (__m128i)x); }
#else
FC_INLINE void stream(real *p, vec x) { *(vec *)p = x; }
#endif

/* Store the first `count` lanes of x. */
FC_INLINE void NAME(store_part)(real *to, vec x, ptrdiff_t count)
{
    const char *from = (const char *)&x;
    char *at = (char *)to;
    ptrdiff_t bytes = count * (ptrdiff_t)sizeof(real), piece = FC_VECTOR_BYTES / 2;
    while (piece > bytes)
        piece /= 2;
    /* Write two pieces, which may overlap. */
    switch (piece) {
#if FC_VECTOR_BYTES > 32
    case 32:
        __builtin_memcpy(at, from, 32);
        __builtin_memcpy(at + bytes - 32, from + bytes - 32, 32);
        break;
#endif
#if FC_VECTOR_BYTES > 16
    case 16:
        __builtin_memcpy(at, from, 16);
        __builtin_memcpy(at + bytes - 16, from + bytes - 16, 16);
        break;
#endif
    case 8:
        __builtin_memcpy(at, from, 8);
        __builtin_memcpy(at + bytes - 8, from + bytes - 8, 8);
        break;
    case 4:
        __builtin_memcpy(at, from, 4);
        __builtin_memcpy(at + bytes - 4, from + bytes - 4, 4);
        break;
    case 2:
        __builtin_memcpy(at, from, 2);
        __builtin_memcpy(at + bytes - 2, from + bytes - 2, 2);
        break;
    default:
        *at = *from;
    }
}

/* Load the first `count` lanes from memory that may end after them. The other lanes are 0. */
FC_INLINE vec NAME(load_part)(const real *from, ptrdiff_t count)
{
    real x[LANES] = {0};
    for (ptrdiff_t i = 0; i < count && i < LANES; i++)
        x[i] = from[i];
    return loadu(x);
}

/* Copy `count` values, fewer than LANES, in two pieces of at most half a vector, which may
 * overlap. */
FC_INLINE void NAME(copy_few)(real *to, const real *from, ptrdiff_t count)
{
    const ptrdiff_t bytes = count * (ptrdiff_t)sizeof(real);
    const char *first = (const char *)from, *last = first + bytes;
    char *at = (char *)to, *end = at + bytes;
#define FC_PIECES(size)                                                                            \
    if (sizeof(real) <= size && bytes >= size) {                                                   \
        __builtin_memcpy(at, first, size);                                                         \
        __builtin_memcpy(end - size, last - size, size);                                           \
        return;                                                                                    \
    }
#if FC_VECTOR_BYTES > 32
    FC_PIECES(32)
#endif
#if FC_VECTOR_BYTES > 16
    FC_PIECES(16)
#endif
    FC_PIECES(8)
    FC_PIECES(4)
    FC_PIECES(2)
    FC_PIECES(1)
#undef FC_PIECES
}

/* Copy `count` values. */
FC_INLINE void NAME(copy)(real *to, const real *from, ptrdiff_t count)
{
    ptrdiff_t i = 0;
    if (count < LANES) {
        NAME(copy_few)(to, from, count);
        return;
    }
    for (; i + 2 * LANES <= count; i += 2 * LANES) {
        storeu(to + i, loadu(from + i));
        storeu(to + i + LANES, loadu(from + i + LANES));
    }
    if (i + LANES <= count)
        storeu(to + i, loadu(from + i));
    storeu(to + count - LANES, loadu(from + count - LANES));
}
