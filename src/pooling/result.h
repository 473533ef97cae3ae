/* What becomes of joined windows: divided, rooted, stored. */

/* A vector of which the first `count` lanes are written. */
FC_INLINE void NAME(store_part)(real *to, vec x, ptrdiff_t count)
{
    const char *from = (const char *)&x;
    char *at = (char *)to;
    ptrdiff_t bytes = count * (ptrdiff_t)sizeof(real), piece = FC_VECTOR_BYTES / 2;
    while (piece > bytes)
        piece /= 2;
    /* two pieces that overlap */
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

/* Results in place of joined windows; `count` lanes are outputs. */
FC_INLINE vec NAME(finished)(struct work *w, vec x, vec divisor, const real *out, ptrdiff_t count,
                             const int last)
{
#if FC_FLOATING
    if (last == DIVIDE)
        return x / divisor;
    if (last == ROOT) {
        vec root = {0}, old = {0};
        ints used = {0};
        for (int i = 0; i < LANES; i++) {
            root[i] = sizeof(real) == 4 ? (real)__builtin_sqrtf((float)x[i])
                                        : (real)__builtin_sqrt((double)x[i]);
            used[i] = -(i < count);
        }
        if (w->pass == PLAIN) {
            w->small |= used & (ints)(x < ROOT_LOW * ROOT_LOW);
            w->large |= used & (ints)(x > ROOT_MOST);
            return root;
        }
        __builtin_memcpy(&old, out, (size_t)(count < LANES ? count : LANES) * sizeof(real));
        const ints wrong =
            w->pass == SCALED_UP ? (ints)(old <= ROOT_LOW) : (ints)(old > ROOT_MOST);
        return choose(wrong, root / w->scale, old);
    }
#else
    (void)w, (void)divisor, (void)out, (void)count, (void)last;
#endif
    return x;
}
