/* Store the results of a block of pixels: as values of scratch, or as the output has them. */

FC_INLINE void NAME(put_block)(const fc_words *v, const int from, const int clean, void *to,
                               const int into_values)
{
#if FC_QUADS
    (void)into_values;
    put(to, NAME(in_bytes)(v, from, clean));
#else
    if (FC_REAL_BYTES == 1 && !into_values) {
        put(to, NAME(in_bytes)(v, from, clean));
        return;
    }
UNROLLED
    for (int half = 0; half < 2; half++) {
        fc_shorts x = NAME(in_shorts)(v + 2 * half, from, clean);
        if (FC_REAL_BYTES == 1 && !clean)
            x &= 0xff;
        x ^= (int16_t)(into_values ? -FC_OFFSET : 0);
        put((value *)to + half * (BLOCK / 2), (fc_bytes)x);
    }
#endif
}

FC_INLINE void NAME(put_one)(void *to, ptrdiff_t i, int32_t result, const int into_values)
{
    if (into_values)
        ((value *)to)[i] = (value)((real)result - FC_OFFSET);
    else
        ((real *)to)[i] = (real)result;
}

#if FC_REAL_BYTES == 1
/* Bytes that are in order. */
FC_INLINE void NAME(put_bytes)(fc_bytes all, void *to, const int into_values)
{
    if (!into_values || FC_QUADS) {
        put(to, all);
        return;
    }
    put(to, (fc_bytes)wider_half(all, 0));
    put((value *)to + BLOCK / 2, (fc_bytes)wider_half(all, 1));
}
#endif

/* Bytes of a result. */
FC_INLINE ptrdiff_t NAME(item)(const int into_values)
{
    return into_values ? (ptrdiff_t)sizeof(value) : (ptrdiff_t)sizeof(real);
}
