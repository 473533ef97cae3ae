/* Ties of 16-bit integers, see settle.h: the results of the centres that were met last are remembered.
 * After a block of which all are ties, the next one is looked at before it is summed.
 * Of bytes, a table has all results.
 */
#if FC_REAL_BYTES == 2
enum { NAME(most_known) = 4 };

/* The ties of the latest centres, as both are stored. */
struct NAME(known) {
    int level; /* whether the last block was all ties */
    int next;  /* to be replaced */
    int16_t centre[NAME(most_known)], result[NAME(most_known)];
};

FC_INLINE void NAME(learn)(const struct fc_fixed_pass *p, struct NAME(known) *known, int16_t c,
                           const int from, int into_values)
{
    const int32_t centre = from == FC_OF_ROWS ? (real)c : c + FC_OFFSET, at = known->next;
    known->centre[at] = c;
    known->result[at] = (int16_t)(NAME(sum_level)(p, centre) - (into_values ? FC_OFFSET : 0));
    known->next = (at + 1) % NAME(most_known);
}

/* Begin with ties of any one centre. */
FC_INLINE void NAME(forget)(const struct fc_fixed_pass *p, struct NAME(known) *known,
                            const int from, int into_values)
{
    known->level = known->next = 0;
    for (int i = 0; i < NAME(most_known); i++)
        NAME(learn)(p, known, 0, from, into_values);
}

/* Half a block of a tap, in the order of unsigned integers. */
FC_INLINE fc_shorts NAME(half_of_tap)(const void *in, ptrdiff_t x, const int from)
{
    const int ordered = from == FC_OF_ROWS && FC_OFFSET != 0;
    return shorts_at((const int16_t *)in + x) ^ (int16_t)(ordered ? 0 : -32768);
}

/* Leave those of some pixels whose sum depends on the centre alone. Return 0 where there are none or,
 * if `all` is set, not all. */
FC_INLINE int NAME(ties)(const struct fc_fixed_pass *p, const void *const *in, ptrdiff_t x,
                         const int from, const int all, fc_shorts *tie)
{
    const ptrdiff_t last = p->taps - 1, half = p->taps / 2;
    const int paired = p->order == FC_PAIRS_EQUAL;
    fc_shorts centre[2], other[2] = {{0}, {0}};
UNROLLED
    for (int h = 0; h < 2; h++)
        centre[h] = NAME(half_of_tap)(in[half], x + h * (BLOCK / 2), from);
    for (ptrdiff_t t = (paired ? half : p->taps) - 1; t >= 0; t--) {
UNROLLED
        for (int h = 0; h < 2; h++) {
            const ptrdiff_t at = x + h * (BLOCK / 2);
            const fc_shorts a = NAME(half_of_tap)(in[t], at, from);
            if (paired) {
                const fc_shorts b = NAME(half_of_tap)(in[last - t], at, from);
                other[h] |= (average16(a, b) ^ centre[h]) | ((a ^ b) & 1);
            } else {
                other[h] |= a ^ centre[h];
            }
        }
        if (t % 4 == 0 && all) {
            if (any_bit((fc_words)(other[0] | other[1])))
                return 0;
        } else if (t % 4 == 0) {
UNROLLED
            for (int h = 0; h < 2; h++)
                tie[h] &= (fc_shorts)(other[h] == 0);
            if (!any_bit((fc_words)(tie[0] | tie[1])))
                return 0;
        }
    }
    return 1;
}

/* Write the results of ties whose centres are known or are few. Return the others. */
FC_INLINE fc_shorts NAME(put_ties)(const struct fc_fixed_pass *p, struct NAME(known) *known,
                                   const int16_t *centres, const int from, fc_shorts tie,
                                   int16_t *to, int into_values)
{
    const fc_shorts all = shorts_at(centres);
    fc_shorts out = shorts_at(to);
UNROLLED
    for (int i = 0; i < NAME(most_known); i++) {
        const fc_shorts same = tie & (fc_shorts)(all == known->centre[i]);
        out = (out & ~same) | (known->result[i] & same);
        tie &= ~same;
    }
    for (int i = 0; i < NAME(most_known) && any_bit((fc_words)tie); i++) {
        const int at = known->next;
        NAME(learn)(p, known, centres[__builtin_ctzll(bits_of((fc_bytes)tie)) / 2], from,
                    into_values);
        const fc_shorts same = tie & (fc_shorts)(all == known->centre[at]);
        out = (out & ~same) | (known->result[at] & same);
        tie &= ~same;
    }
    put(to, (fc_bytes)out);
    return tie;
}

/* Write the results of a block if all are ties, and return whether they are. */
static __attribute__((noinline)) int NAME(put_level)(
    const struct fc_fixed_pass *p, struct NAME(known) *known, const void *const *in, ptrdiff_t x,
    const int from, int16_t *to, int into_values)
{
    const int16_t *centres = (const int16_t *)in[p->taps / 2] + x;
    const fc_shorts every = (fc_shorts){0} - 1;
    fc_shorts tie[2] = {every, every};
    known->level = NAME(ties)(p, in, x, from, 1, tie);
    for (int h = 0; known->level && h < 2; h++) {
        const ptrdiff_t at = h * (BLOCK / 2);
        const fc_shorts left =
            NAME(put_ties)(p, known, centres + at, from, every, to + at, into_values);
        known->level = !any_bit((fc_words)left);
    }
    return known->level;
}

/* Settle what is in doubt of a block of 16-bit integers. */
static __attribute__((noinline)) void NAME(settle_shorts)(
    const struct fc_fixed_pass *p, struct NAME(known) *known, const void *const *in, ptrdiff_t x,
    const int from, const fc_words *doubt, int16_t *to, int into_values)
{
    const int16_t *centres = (const int16_t *)in[p->taps / 2] + x;
    fc_shorts left[2], tie[2];
    for (int h = 0; h < 2; h++)
        left[h] = tie[h] = NAME(in_shorts)(doubt + 2 * h, from, 0);
    if (NAME(ties)(p, in, x, from, 0, tie)) {
        known->level = !any_bit((fc_words)~(tie[0] & tie[1]));
        for (int h = 0; h < 2; h++) {
            const ptrdiff_t at = h * (BLOCK / 2);
            left[h] &= ~tie[h];
            left[h] |= NAME(put_ties)(p, known, centres + at, from, tie[h], to + at, into_values);
        }
    }
    const uint64_t rest = bits_of(bytes_of(left[0] & 0xff, left[1] & 0xff));
    if (rest)
        NAME(redo)(p, in, x, from, rest, to, into_values);
}
#else
struct NAME(known) {
    int level;
};

FC_INLINE void NAME(forget)(const struct fc_fixed_pass *p, struct NAME(known) *known,
                            const int from, int into_values)
{
    (void)p, (void)from, (void)into_values;
    known->level = 0;
}

FC_INLINE int NAME(put_level)(const struct fc_fixed_pass *p, struct NAME(known) *known,
                              const void *const *in, ptrdiff_t x, const int from, void *to,
                              int into_values)
{
    (void)p, (void)known, (void)in, (void)x, (void)from, (void)to, (void)into_values;
    return 0;
}
#endif
