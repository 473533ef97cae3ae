/* Moves lanes of a vector, for what is computed over all of its lanes. This file does not serve 8-bit
 * and 16-bit types, which have too many lanes.
 */

/* Return the lanes of x whose number has bit h, moved down by h lanes. */
FC_INLINE vec NAME(down)(vec x, const int h)
{
    (void)h; /* not used when there are only two lanes */
#if FC_VECTOR_BYTES / FC_REAL_BYTES == 2
    return __builtin_shufflevector(x, x, 1, 3);
#elif FC_VECTOR_BYTES / FC_REAL_BYTES == 4
    if (h == 2)
        return __builtin_shufflevector(x, x, 2, 3, 6, 7);
    return __builtin_shufflevector(x, x, 1, 5, 3, 7);
#elif FC_VECTOR_BYTES / FC_REAL_BYTES == 8
    if (h == 4)
        return __builtin_shufflevector(x, x, 4, 5, 6, 7, 12, 13, 14, 15);
    if (h == 2)
        return __builtin_shufflevector(x, x, 2, 3, 10, 11, 6, 7, 14, 15);
    return __builtin_shufflevector(x, x, 1, 9, 3, 11, 5, 13, 7, 15);
#elif FC_VECTOR_BYTES / FC_REAL_BYTES == 16
    if (h == 8)
        return __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29,
                                       30, 31);
    if (h == 4)
        return __builtin_shufflevector(x, x, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29,
                                       30, 31);
    if (h == 2)
        return __builtin_shufflevector(x, x, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15,
                                       30, 31);
    return __builtin_shufflevector(x, x, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
#else
    return x;
#endif
}
