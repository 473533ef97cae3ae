/* Store the results of a block of pixels. */

/* Store the results of a block as the target has them, or as values of scratch. */
FC_INLINE void NAME(put_block)(const struct fc_fixed_pass *p, const fc_words *v, const int from,
                               const int clean, void *to, int into_values)
{
    if (into_values) {
#if FC_QUADS
        put(to, NAME(in_bytes)(v, from, clean));
#else
        for (int half = 0; half < 2; half++) {
            fc_shorts x = NAME(in_shorts)(v + 2 * half, from, clean);
            if (FC_REAL_BYTES == 1 && !clean)
                x &= 0xff;
            put((value *)to + half * (BLOCK / 2), (fc_bytes)(x ^ (int16_t)-FC_OFFSET));
        }
#endif
    } else if (p->target == FC_TO_U8) {
        put(to, NAME(in_bytes)(v, from, clean));
    } else if (p->target == FC_TO_I32) {
        NAME(spread_words)(v, from, to);
    } else {
#if FC_QUADS
        int32_t all[BLOCK];
        NAME(spread_words)(v, from, all);
        for (int i = 0; i < BLOCK; i++)
            ((int16_t *)to)[i] = (int16_t)all[i];
#else
        put(to, (fc_bytes)NAME(in_shorts)(v, from, clean));
        put((int16_t *)to + BLOCK / 2, (fc_bytes)NAME(in_shorts)(v + 2, from, clean));
#endif
    }
}

static const ptrdiff_t NAME(target_bytes)[] = {1, 2, 2, 4};

#if FC_REAL_BYTES == 1
/* Store bytes that are in order, as bytes or as values of scratch. */
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
