/* Number values in ascending order.
 *
 * Each value becomes an unsigned key of the same order, less the smallest key. Its 32 leading bits
 * (from the first bit on in which keys differ) and the value's place make an entry of 64 bits.
 * Entries are sorted by one byte of the key after the other, from the lowest on, each time by
 * counting how often each byte occurs. Bytes in which all keys agree are left out.
 *
 * If keys are longer than 32 bits, neighbours with the same leading bits may still be in the wrong
 * order. There are few, as a rule, and an insertion sort puts them right. If there are many, all
 * entries are sorted by the rest of the keys first, and then by the leading bits again: the sort
 * keeps the order of equal ones.
 *
 * Loops     over the values, once to count and once for each byte.
 * H. H. Seward, "Information sorting in the application of electronic digital computers to business
 * operations", MIT, 1954 (sorting by counting digits).
 */
#ifndef FC_ORDINAL_SORT_H
#define FC_ORDINAL_SORT_H
enum { ORDINAL_DIGITS = 4, ORDINAL_PATIENCE = 4 };

/* Sort entries by their upper 32 bits; return the array in which they are then. */
static inline uint64_t *fc_sort_entries(uint64_t *from, uint64_t *to, ptrdiff_t count)
{
    uint32_t places[ORDINAL_DIGITS][256] = {{0}};
    for (ptrdiff_t i = 0; i < count; i++)
        for (int d = 0; d < ORDINAL_DIGITS; d++)
            places[d][from[i] >> (32 + 8 * d) & 255]++;
    for (int d = 0; d < ORDINAL_DIGITS; d++) {
        uint32_t *place = places[d], sum = 0;
        const int shift = 32 + 8 * d;
        if ((ptrdiff_t)place[from[0] >> shift & 255] == count)
            continue;
        for (int b = 0; b < 256; b++) {
            const uint32_t here = place[b];
            place[b] = sum;
            sum += here;
        }
        for (ptrdiff_t i = 0; i < count; i++)
            to[place[from[i] >> shift & 255]++] = from[i];
        uint64_t *const other = from;
        from = to;
        to = other;
    }
    return from;
}
#endif

/* Return an unsigned integer that is ordered as values are; -0 comes before 0. */
FC_INLINE uint64_t NAME(ordinal_key)(real value)
{
#if FC_FLOATING
    real_int bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    const real_int sign = (real_int)((uint64_t)1 << (8 * FC_REAL_BYTES - 1));
    const real_int key = bits < 0 ? ~bits : bits ^ sign;
#else
    const real_int sign = (real_int)((uint64_t)(FC_LOWEST != 0) << (8 * FC_REAL_BYTES - 1));
    const real_int key = (real_int)value ^ sign;
#endif
    return (uint64_t)key & (~(uint64_t)0 >> (64 - 8 * FC_REAL_BYTES));
}

#if FC_REAL_BYTES == 8
/* Put entries with the same leading bits in order; return 0 if there are too many of them. */
FC_INLINE int NAME(ordinal_repair)(const real *values, uint64_t *entries, ptrdiff_t count)
{
    ptrdiff_t moves = 0;
    for (ptrdiff_t i = 1; i < count; i++) {
        const uint64_t entry = entries[i];
        if (entry >> 32 != entries[i - 1] >> 32)
            continue;
        const uint64_t key = NAME(ordinal_key)(values[(uint32_t)entry]);
        ptrdiff_t j = i;
        for (; j > 0 && entries[j - 1] >> 32 == entry >> 32; j--) {
            if (NAME(ordinal_key)(values[(uint32_t)entries[j - 1]]) <= key)
                break;
            entries[j] = entries[j - 1];
            if (++moves > ORDINAL_PATIENCE * count) {
                entries[j - 1] = entry;
                return 0;
            }
        }
        entries[j] = entry;
    }
    return 1;
}

/* Sort entries by whole keys: by the part below the leading bits, and then by these. */
FC_INLINE uint64_t *NAME(ordinal_resort)(const real *values, uint64_t least, int shift,
                                         uint64_t *entries, uint64_t *other, ptrdiff_t count)
{
    const uint64_t rest = ((uint64_t)1 << shift) - 1;
    uint64_t *low = entries < other ? entries : other;
    for (ptrdiff_t i = 0; i < count; i++) {
        const uint32_t place = (uint32_t)entries[i];
        entries[i] = ((NAME(ordinal_key)(values[place]) - least) & rest) << 32 | place;
    }
    uint64_t *sorted = fc_sort_entries(entries, other, count);
    uint64_t *to = sorted == low ? low + count : low;
    for (ptrdiff_t i = 0; i < count; i++) {
        const uint32_t place = (uint32_t)sorted[i];
        sorted[i] = (NAME(ordinal_key)(values[place]) - least) >> shift << 32 | place;
    }
    return fc_sort_entries(sorted, to, count);
}
#endif

static void NAME(number)(const void *from, const ptrdiff_t *row, ptrdiff_t rows, ptrdiff_t width,
                         uint32_t *numbers, void *to, uint64_t *spare)
{
    const real *values = from;
    real *sorted = to;
    const ptrdiff_t count = rows * width;
    uint64_t least = ~(uint64_t)0, most = 0, *entries = spare;
    int shift = 0;
    for (ptrdiff_t r = 0; r < rows; r++)
        for (ptrdiff_t j = 0; j < width; j++) {
            const uint64_t key = NAME(ordinal_key)(values[row[r] + j]);
            least = key < least ? key : least;
            most = key > most ? key : most;
        }
    while ((most - least) >> shift > UINT32_MAX)
        shift++;
    for (ptrdiff_t r = 0; r < rows; r++)
        for (ptrdiff_t j = 0; j < width; j++) {
            const uint64_t place = (uint64_t)(row[r] + j);
            *entries++ = (NAME(ordinal_key)(values[place]) - least) >> shift << 32 | place;
        }
    entries = fc_sort_entries(spare, spare + count, count);
#if FC_REAL_BYTES == 8
    if (shift && !NAME(ordinal_repair)(values, entries, count))
        entries = NAME(ordinal_resort)(values, least, shift, entries,
                                       entries == spare ? spare + count : spare, count);
#endif
    for (ptrdiff_t i = 0; i < count; i++) {
        const uint32_t place = (uint32_t)entries[i];
        numbers[place] = (uint32_t)i;
        sorted[i] = values[place];
    }
}
