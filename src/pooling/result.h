/* Compute results from combined windows: divide by a divisor, or take a square root. */

/* Return the results of the combined windows x, of which the first `count` lanes are outputs.
 *
 * The plain pass of a root records whether sums of squares are so small or so large that they lost
 * accuracy. A scaled pass then replaces those values of `out`, which has the results of the plain
 * pass, and keeps the others.
 */
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
