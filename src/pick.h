/* Gather values of a row that lie `stride` elements apart. */

#if FC_VECTOR_BYTES / FC_REAL_BYTES <= 16
#define FC_THIRDS 1
/* Return every third element of a, b, c, starting with the first. No two of these elements come
 * from the same lane. */
FC_INLINE vec NAME(thirds)(vec a, vec b, vec c)
{
#if FC_VECTOR_BYTES / FC_REAL_BYTES == 2
    (void)c;
    return __builtin_shufflevector(a, b, 0, 3);
#elif FC_VECTOR_BYTES / FC_REAL_BYTES == 4
    const vec x = (__builtin_shufflevector(a, b, 0, 1, 6, 3));
    const vec y = (__builtin_shufflevector(x, c, 0, 5, 2, 3));
    return __builtin_shufflevector(y, y, 0, 3, 2, 1);
#elif FC_VECTOR_BYTES / FC_REAL_BYTES == 8
    const vec x = (__builtin_shufflevector(a, b, 0, 9, 2, 3, 12, 5, 6, 15));
    const vec y = (__builtin_shufflevector(x, c, 0, 1, 10, 3, 4, 13, 6, 7));
    return __builtin_shufflevector(y, y, 0, 3, 6, 1, 4, 7, 2, 5);
#else
    const vec x = (
        __builtin_shufflevector(a, b, 0, 1, 18, 3, 4, 21, 6, 7, 24, 9, 10, 27, 12, 13, 30, 15));
    const vec y = (
        __builtin_shufflevector(x, c, 0, 17, 2, 3, 20, 5, 6, 23, 8, 9, 26, 11, 12, 29, 14, 15));
    return __builtin_shufflevector(y, y, 0, 3, 6, 9, 12, 15, 2, 5, 8, 11, 14, 1, 4, 7, 10, 13);
#endif
}
#else
#define FC_THIRDS 0
#endif

FC_INLINE ptrdiff_t NAME(pick_vectors)(real *to, const real *from, const int stride, ptrdiff_t i,
                                       ptrdiff_t stop)
{
    for (; i + LANES < stop; i += LANES) {
        const real *x = from + stride * i;
        if (stride == 2)
            storeu(to + i, even(loadu(x), loadu(x + LANES)));
#if FC_THIRDS
        else if (stride == 3)
            storeu(to + i, NAME(thirds)(loadu(x), loadu(x + LANES), loadu(x + 2 * LANES)));
#endif
        else
            storeu(to + i, even(even(loadu(x), loadu(x + LANES)),
                                even(loadu(x + 2 * LANES), loadu(x + 3 * LANES))));
    }
    return i;
}

#if FC_REAL_BYTES <= 2
/* Do the same for stride 2 in pieces of 16 bytes, because rows of small elements often are shorter
 * than a vector of a larger instruction set: the first of two elements is the low half of an
 * integer twice as wide. */
FC_INLINE ptrdiff_t NAME(pick_halves)(real *to, const real *from, ptrdiff_t i, ptrdiff_t stop)
{
#if FC_REAL_BYTES == 1
    typedef uint16_t pairs __attribute__((vector_size(32), aligned(1), may_alias));
    typedef uint8_t firsts __attribute__((vector_size(16), aligned(1), may_alias));
#else
    typedef uint32_t pairs __attribute__((vector_size(32), aligned(1), may_alias));
    typedef uint16_t firsts __attribute__((vector_size(16), aligned(1), may_alias));
#endif
    const ptrdiff_t piece = 16 / FC_REAL_BYTES;
    for (; i + piece < stop; i += piece)
        *(firsts *)(to + i) = __builtin_convertvector(*(const pairs *)(from + 2 * i), firsts);
    return i;
}
#endif

/* Set to[i] = from[i * stride] for first <= i < stop. `to` and `from` may be the same pointer. */
FC_INLINE void NAME(pick)(real *to, const real *from, ptrdiff_t stride, ptrdiff_t first,
                          ptrdiff_t stop)
{
    ptrdiff_t i = first;
    if (stride == 2) {
        i = NAME(pick_vectors)(to, from, 2, i, stop);
#if FC_REAL_BYTES <= 2 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        i = NAME(pick_halves)(to, from, i, stop);
#endif
    } else if (stride == 3 && FC_THIRDS)
        i = NAME(pick_vectors)(to, from, 3, i, stop);
    else if (stride == 4)
        i = NAME(pick_vectors)(to, from, 4, i, stop);
    for (; i < stop; i++)
        to[i] = from[i * stride];
}
#undef FC_THIRDS
