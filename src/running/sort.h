/* Sort vectors lane by lane, in memory and in registers.
 *
 * A sequence that ascends and then descends, or the other way round, is bitonic. If each of its
 * values is compared with the one half the sequence away, both halves are bitonic, and no value of
 * the first is above one of the second. Repeated for halves of halves, this sorts it. Two sorted
 * sequences are bitonic together if one of them is reversed.
 *
 * Registers up to eight values; longer distances are taken two at a time, from memory.
 * K. E. Batcher, "Sorting networks and their applications", AFIPS Spring Joint Computer Conference,
 * 1968.
 */
FC_INLINE void NAME(in_turn)(vec *a, vec *b)
{
    const vec low = vmin(*a, *b);
    *b = vmax(*a, *b);
    *a = low;
}

/* Sort a bitonic sequence of a constant `count` of values, a power of two, in registers. */
FC_INLINE void NAME(clean_few)(vec *x, const int count)
{
UNROLLED
    for (int d = count / 2; d > 0; d /= 2) {
UNROLLED
        for (int i = 0; i < count; i++)
            if (!(i & d))
                NAME(in_turn)(x + i, x + i + d);
    }
}

/* Sort a constant `count` of values, a power of two, in registers. */
FC_INLINE void NAME(sort_few)(vec *x, const int count)
{
UNROLLED
    for (int s = 1; s < count; s *= 2) {
UNROLLED
        for (int i = 0; i < count; i++)
            if (!(i & s))
                NAME(in_turn)(x + i, x + (i | (2 * s - 1)) - (i & (2 * s - 1)));
UNROLLED
        for (int d = s / 2; d > 0; d /= 2) {
UNROLLED
            for (int i = 0; i < count; i++)
                if (!(i & d))
                    NAME(in_turn)(x + i, x + i + d);
        }
    }
}

static void NAME(clean_8)(vec *x)
{
    vec y[8];
UNROLLED
    for (int i = 0; i < 8; i++)
        y[i] = x[i];
    NAME(clean_few)(y, 8);
UNROLLED
    for (int i = 0; i < 8; i++)
        x[i] = y[i];
}

static void NAME(sort_8)(vec *x)
{
    vec y[8];
UNROLLED
    for (int i = 0; i < 8; i++)
        y[i] = x[i];
    NAME(sort_few)(y, 8);
UNROLLED
    for (int i = 0; i < 8; i++)
        x[i] = y[i];
}

/* Sort bitonic sequences of `size` values, a power of two from 8 on: all that begin below `count`,
 * a multiple of 8. Values from there on count as infinite. */
static void NAME(clean)(vec *x, ptrdiff_t count, ptrdiff_t size)
{
    ptrdiff_t d = size / 2;
    for (; d >= 16; d /= 4) {
        const ptrdiff_t h = d / 2;
        for (ptrdiff_t at = 0; at < count; at += 2 * d) {
            if (at + 2 * d <= count) {
                for (ptrdiff_t i = at; i < at + h; i++) {
                    vec a = x[i], b = x[i + h], c = x[i + d], e = x[i + d + h];
                    NAME(in_turn)(&a, &c);
                    NAME(in_turn)(&b, &e);
                    NAME(in_turn)(&a, &b);
                    NAME(in_turn)(&c, &e);
                    x[i] = a, x[i + h] = b, x[i + d] = c, x[i + d + h] = e;
                }
                continue;
            }
            for (ptrdiff_t i = at; i + d < count; i++)
                NAME(in_turn)(x + i, x + i + d);
            for (ptrdiff_t i = at; i + h < count && i < at + h; i++)
                NAME(in_turn)(x + i, x + i + h);
            for (ptrdiff_t i = at + d; i + h < count; i++)
                NAME(in_turn)(x + i, x + i + h);
        }
    }
    if (d == 8)
        for (ptrdiff_t at = 0; at + 8 < count; at += 16)
UNROLLED
            for (ptrdiff_t i = at; i < at + 8; i++)
                NAME(in_turn)(x + i, x + i + 8);
    for (ptrdiff_t at = 0; at < count; at += 8)
        NAME(clean_8)(x + at);
}

/* Sort `count` values, a multiple of 8. */
static void NAME(sort)(vec *x, ptrdiff_t count)
{
    for (ptrdiff_t at = 0; at < count; at += 8)
        NAME(sort_8)(x + at);
    for (ptrdiff_t s = 8; s < count; s *= 2) {
        for (ptrdiff_t at = 0; at + s < count; at += 2 * s) {
            const ptrdiff_t last = at + 2 * s - 1;
            for (ptrdiff_t i = last < count ? 0 : last - count + 1; i < s; i++)
                NAME(in_turn)(x + at + i, x + last - i);
        }
        NAME(clean)(x, count, s);
    }
}
