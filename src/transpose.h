/* Transpose a block of LANES x LANES values in log2 LANES steps. In the step with distance h, rows
 * i and i + h (i without bit h) exchange values: the lanes of row i whose number has bit h set go
 * to row i + h, and the lanes of row i + h without bit h go to row i (J. O. Eklundh, 1972). This
 * file does not serve 8-bit and 16-bit types, which have too many lanes.
 */

/* Return the lanes of a whose number has no bit h, and those of b moved up by h lanes. */
FC_INLINE vec NAME(low)(vec a, vec b, const int h)
{
    (void)h; /* not used when there are only two lanes */
#if FC_VECTOR_BYTES / FC_REAL_BYTES == 2
    return __builtin_shufflevector(a, b, 0, 2);
#elif FC_VECTOR_BYTES / FC_REAL_BYTES == 4
    if (h == 2)
        return __builtin_shufflevector(a, b, 0, 1, 4, 5);
    return __builtin_shufflevector(a, b, 0, 4, 2, 6);
#elif FC_VECTOR_BYTES / FC_REAL_BYTES == 8
    if (h == 4)
        return __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11);
    if (h == 2)
        return __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
    return __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14);
#elif FC_VECTOR_BYTES / FC_REAL_BYTES == 16
    if (h == 8)
        return __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22,
                                       23);
    if (h == 4)
        return __builtin_shufflevector(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26,
                                       27);
    if (h == 2)
        return __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28,
                                       29);
    return __builtin_shufflevector(a, b, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
#else
    (void)b;
    return a;
#endif
}

/* Return the lanes whose number has bit h: those of a moved down by h lanes, and those of b. */
FC_INLINE vec NAME(high)(vec a, vec b, const int h)
{
    (void)h; /* not used when there are only two lanes */
#if FC_VECTOR_BYTES / FC_REAL_BYTES == 2
    return __builtin_shufflevector(a, b, 1, 3);
#elif FC_VECTOR_BYTES / FC_REAL_BYTES == 4
    if (h == 2)
        return __builtin_shufflevector(a, b, 2, 3, 6, 7);
    return __builtin_shufflevector(a, b, 1, 5, 3, 7);
#elif FC_VECTOR_BYTES / FC_REAL_BYTES == 8
    if (h == 4)
        return __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
    if (h == 2)
        return __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
    return __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
#elif FC_VECTOR_BYTES / FC_REAL_BYTES == 16
    if (h == 8)
        return __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29,
                                       30, 31);
    if (h == 4)
        return __builtin_shufflevector(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29,
                                       30, 31);
    if (h == 2)
        return __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15,
                                       30, 31);
    return __builtin_shufflevector(a, b, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
#else
    (void)b;
    return a;
#endif
}

FC_INLINE void NAME(transpose)(vec x[LANES])
{
UNROLLED
    for (int h = LANES / 2; h > 0; h /= 2) {
UNROLLED
        for (int i = 0; i < LANES; i++) {
            if (!(i & h)) {
                const vec low = NAME(low)(x[i], x[i + h], h);
                x[i + h] = NAME(high)(x[i], x[i + h], h);
                x[i] = low;
            }
        }
    }
}
