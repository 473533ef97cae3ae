/* Settle the results that fixed point leaves in doubt.
 *
 * Nearly all of them lie on flat places and ramps, and are ties: all pairs of taps add up to twice
 * the centre c, or all taps are equal to it. SciPy's sum then depends on c alone. A table has the
 * results of all 256 bytes; ties.h has those of 16-bit integers. The few others are added up again
 * (again.h).
 */
#if FC_REAL_BYTES == 1
/* A tap of a whole block, as bytes. */
FC_INLINE fc_bytes NAME(bytes_of_tap)(const void *in, ptrdiff_t x, const int from)
{
    if (from == FC_OF_ROWS || FC_QUADS)
        return bytes_at((const uint8_t *)in + x);
    const int16_t *values = (const int16_t *)in + x;
    return bytes_of(shorts_at(values), shorts_at(values + BLOCK / 2));
}

/* The pixels among those in doubt whose sum depends on the centre alone. */
FC_INLINE fc_bytes NAME(ties)(const struct fc_fixed_pass *p, const void *const *in, ptrdiff_t x,
                              const int from, fc_bytes tie)
{
    const ptrdiff_t last = p->taps - 1, half = p->taps / 2;
    const fc_bytes centre = NAME(bytes_of_tap)(in[half], x, from);
    const int paired = p->order == FC_PAIRS_EQUAL;
    fc_bytes other = {0};
    for (ptrdiff_t t = (paired ? half : p->taps) - 1; t >= 0; t--) {
        const fc_bytes a = NAME(bytes_of_tap)(in[t], x, from);
        if (paired) {
            const fc_bytes b = NAME(bytes_of_tap)(in[last - t], x, from);
            other |= (average8(a, b) ^ centre) | ((a ^ b) & 1);
        } else {
            other |= a ^ centre;
        }
        if (t % 4 == 0) {
            tie &= (fc_bytes)(other == 0);
            if (!any_bit((fc_words)tie))
                break;
        }
    }
    return tie;
}

#if defined(__AVX2__)
/* -1 where the table says that a flat image of c becomes c - 1. Byte c % 16 of one half of the table
 * has the bit c / 16 % 8; a shuffle gives 0 where the highest bit of an index is set. */
FC_INLINE fc_bytes NAME(cut)(const struct NAME(constants) *k, fc_bytes c)
{
    const FC_M bits = (int64_t)UINT64_C(0x8040201008040201) - (FC_M){0};
    const FC_M lows = (FC_M)k->below[0], highs = (FC_M)k->below[1];
    const fc_bytes a = (fc_bytes)FC_X86(shuffle_epi8)(lows, (FC_M)(c & 0x8f));
    const fc_bytes b = (fc_bytes)FC_X86(shuffle_epi8)(highs, (FC_M)((c ^ 0x80) & 0x8f));
    const fc_bytes bit = (fc_bytes)FC_X86(shuffle_epi8)(bits, (FC_M)(c >> 4 & 7));
    return (fc_bytes)(((a | b) & bit) != 0);
}
#endif
#endif

#if FC_REAL_BYTES == 1
/* Settle what is left of a block of bytes, whose results are `all`, and what is tied. */
FC_INLINE void NAME(settle_bytes)(const struct fc_fixed_pass *p, const struct NAME(constants) *k,
                                  const void *const *in, ptrdiff_t x, const int from, fc_bytes all,
                                  fc_bytes left, fc_bytes tie, void *to, int into_values)
{
    const fc_bytes centre = NAME(bytes_of_tap)(in[p->taps / 2], x, from);
    tie &= left;
    left ^= tie;
#if defined(__AVX2__)
    if (p->cuts) {
        const fc_bytes flat = centre + NAME(cut)(k, centre);
        NAME(put_bytes)((all & ~tie) | (flat & tie), to, into_values);
    } else
#endif
    {
        uint8_t tied[BLOCK];
        put(tied, tie);
        for (int i = 0; i < BLOCK; i++)
            if (tied[i])
                NAME(put_one)(to, i, p->flat[centre[i]], into_values);
    }
    (void)k, (void)all;
    if (any_bit((fc_words)left))
        NAME(redo)(p, in, x, from, bits_of(left), to, into_values);
}
#endif

/* Settle what is in doubt of the sums v of a block whose results are stored. */
FC_INLINE void NAME(settle)(const struct fc_fixed_pass *p, const struct NAME(constants) *k,
                            struct NAME(known) *known, const void *const *in, ptrdiff_t x,
                            const int from, const int truncates, const fc_words *v,
                            const fc_words *result, void *to, int into_values)
{
    fc_words doubt[4];
UNROLLED
    for (int q = 0; q < 4; q++)
        doubt[q] = NAME(doubt_of)(k, truncates, v[q]);
#if FC_REAL_BYTES == 1
    const fc_bytes left = NAME(in_bytes)(doubt, from, 0);
    const fc_bytes all = NAME(in_bytes)(result, from, truncates == FC_FITS);
    (void)known;
    NAME(settle_bytes)(p, k, in, x, from, all, left, NAME(ties)(p, in, x, from, left), to,
                       into_values);
#else
    (void)result;
    NAME(settle_shorts)(p, known, in, x, from, doubt, to, into_values);
#endif
}
