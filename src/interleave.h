/* Interleave the elements of two vectors, for values of a real type. */
#if FC_VECTOR_BYTES / FC_REAL_BYTES == 2
#define FC_INTERLEAVED_LOW 0, 2
#define FC_INTERLEAVED_HIGH 1, 3
#elif FC_VECTOR_BYTES / FC_REAL_BYTES == 4
#define FC_INTERLEAVED_LOW 0, 4, 1, 5
#define FC_INTERLEAVED_HIGH 2, 6, 3, 7
#elif FC_VECTOR_BYTES / FC_REAL_BYTES == 8
#define FC_INTERLEAVED_LOW 0, 8, 1, 9, 2, 10, 3, 11
#define FC_INTERLEAVED_HIGH 4, 12, 5, 13, 6, 14, 7, 15
#else
#define FC_INTERLEAVED_LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define FC_INTERLEAVED_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#endif

/* Return the first half of a[0], b[0], a[1], b[1], ... */
FC_INLINE vec NAME(interleaved_low)(vec a, vec b)
{
    return __builtin_shufflevector(a, b, FC_INTERLEAVED_LOW);
}

/* Return the second half of it. */
FC_INLINE vec NAME(interleaved_high)(vec a, vec b)
{
    return __builtin_shufflevector(a, b, FC_INTERLEAVED_HIGH);
}
#undef FC_INTERLEAVED_LOW
#undef FC_INTERLEAVED_HIGH
