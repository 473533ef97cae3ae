/* Load and store partial vectors, and copy rows of any length, for values of every type. */

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

/* Copy `count` values. */
FC_INLINE void NAME(copy)(real *to, const real *from, ptrdiff_t count)
{
    ptrdiff_t i = 0;
    for (; i + 2 * LANES <= count; i += 2 * LANES) {
        storeu(to + i, loadu(from + i));
        storeu(to + i + LANES, loadu(from + i + LANES));
    }
    if (count >= 2 * LANES) {
        storeu(to + count - 2 * LANES, loadu(from + count - 2 * LANES));
        storeu(to + count - LANES, loadu(from + count - LANES));
        return;
    }
    for (; i < count; i++)
        to[i] = from[i];
}
