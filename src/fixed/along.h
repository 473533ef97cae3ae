/* Averages along a row: short windows are summed as in sums.h, with weights of 1, and long ones by
 * running sums: sum[x] = sum[x - unit] + row[x + (taps - 1) unit] - row[x - unit], where neighbouring
 * taps lie `unit` values apart. The values of a tap before the row are 0.
 *
 * Loop      over blocks. The sums of a vector run from the last ones of the vector before.
 */
/* Taps that are summed as fast as sums run: next to each other, and apart. */
#define FC_SHORT_WINDOW (FC_QUADS ? 16 : 8)
#define FC_SHORT_APART 4

/* Where a block goes: to its place in a row, or to `rest` where less than a block is left. */
FC_INLINE real *NAME(place_of)(real *to, ptrdiff_t i, ptrdiff_t count, real *rest)
{
    return i + BLOCK <= count ? to + i : rest;
}

FC_INLINE void NAME(put_rest)(real *to, ptrdiff_t i, ptrdiff_t count, const real *rest)
{
    if (i + BLOCK > count)
        __builtin_memcpy(to + i, rest, (size_t)(count - i) * sizeof(real));
}

#if FC_REAL_BYTES == 1
/* Averages of bytes over windows so short that each is summed by itself. */
static void NAME(average_line)(const struct fc_fixed_pass *p, const void *const *in, ptrdiff_t count,
                               uint8_t *to)
{
    const struct NAME(constants) k = NAME(constants_of)(p);
    const struct fc_fixed_divisor divisor = p->divisor;
    for (ptrdiff_t i = 0; i < count; i += BLOCK) {
        const ptrdiff_t x = NAME(block_at)(i, count);
        fc_words v[4];
        NAME(sum_block)(p, &k, in, x, FC_OF_LINE, 1, 0, v);
        const fc_shorts a = NAME(quotient)(divisor, (fc_shorts)(v[0] | v[1] << 16));
        const fc_shorts b = NAME(quotient)(divisor, (fc_shorts)(v[2] | v[3] << 16));
#if FC_QUADS
        put(to + x, middle_exchanged((fc_bytes)(a | b << 8)));
#else
        put(to + x, bytes_of(a, b));
#endif
    }
}

/* Averages of bytes from running sums of 16 bits. Where values are bytes, two changes are added up
 * before the sums run, which then are those of every second pixel. */
static void NAME(slide_along)(const struct fc_fixed_pass *p, const value *row, ptrdiff_t count,
                              uint8_t *to)
{
    const ptrdiff_t last = p->taps - 1;
    const struct fc_fixed_divisor divisor = p->divisor;
    fc_shorts carry = {0};
    int first = 0;
    for (ptrdiff_t i = 0; i < last; i++)
        first += row[i];
    carry += (int16_t)first;
    for (ptrdiff_t i = 0; i < count; i += BLOCK) {
        uint8_t rest[BLOCK];
#if FC_QUADS
        const fc_bytes enters = bytes_at(row + i + last), leaves = bytes_at(row + i - 1);
        const fc_shorts second = running16(both_sums(enters) - both_sums(leaves)) + carry;
        const fc_shorts change = (fc_shorts)(((fc_halves)enters >> 8) - ((fc_halves)leaves >> 8));
        carry = last16(second);
        const fc_bytes all = (fc_bytes)(NAME(quotient)(divisor, second - change) |
                                        NAME(quotient)(divisor, second) << 8);
#else
        fc_shorts q[2];
        for (int h = 0; h < 2; h++) {
            const value *at = row + i + h * (BLOCK / 2);
            const fc_shorts sums = running16(shorts_at(at + last) - shorts_at(at - 1)) + carry;
            carry = last16(sums);
            q[h] = NAME(quotient)(divisor, sums);
        }
        const fc_bytes all = bytes_of(q[0], q[1]);
#endif
        put(NAME(place_of)(to, i, count, rest), all);
        NAME(put_rest)(to, i, count, rest);
    }
}
#else
/* The same for 16-bit images, with running sums of 32 bits. */
static void NAME(slide_along)(const struct fc_fixed_pass *p, const value *row, ptrdiff_t count,
                              real *to)
{
    const fc_words ones = all_words(0x10001), second = all_words(0x10000);
    const fc_words minus_ones = all_words(-1), minus_second = all_words(-0x10000);
    const ptrdiff_t last = p->taps - 1;
    int32_t first = p->scale.bias;
    for (ptrdiff_t i = 0; i < last; i++)
        first += row[i];
    fc_words carry = all_words(first);
    for (ptrdiff_t i = 0; i < count; i += BLOCK) {
        real rest[BLOCK];
        fc_words v[4];
UNROLLED
        for (int h = 0; h < 2; h++) {
            const value *at = row + i + h * (BLOCK / 2);
            const fc_shorts enters = shorts_at(at + last), leaves = shorts_at(at - 1);
            const fc_words changes = add_pairs(products(enters, (fc_shorts)ones), leaves, minus_ones);
            v[2 * h + 1] = running32(changes) + carry;
            carry = last32(v[2 * h + 1]);
            v[2 * h] = add_pairs(add_pairs(v[2 * h + 1], enters, minus_second), leaves, second);
        }
        NAME(divide_block)(p, v);
        NAME(put_block)(v, FC_OF_LINE, 0, NAME(place_of)(to, i, count, rest), 0);
        NAME(put_rest)(to, i, count, rest);
    }
}
#endif

#if FC_REAL_BYTES == 1 && defined(__AVX512BW__)
#define FC_MOST_APART (FC_VECTOR_BYTES / 2)

FC_INLINE fc_shorts NAME(half_of_values)(const value *at)
{
    return FC_QUADS ? widened(at) : shorts_at(at);
}

/* Averages of bytes whose taps lie apart, so that as many sums run side by side. */
static void NAME(slide_apart)(const struct fc_fixed_pass *p, ptrdiff_t unit, const value *row,
                              ptrdiff_t count, uint8_t *to)
{
    const struct fc_short_strides strides = short_strides_of((int)unit);
    const ptrdiff_t last = (p->taps - 1) * unit;
    const struct fc_fixed_divisor divisor = p->divisor;
    fc_shorts carry = {0};
    for (ptrdiff_t i = 0; i < last; i += unit)
        carry += NAME(half_of_values)(row + i);
    carry = permuted_shorts(carry, strides.begins);
    for (ptrdiff_t i = 0; i < count; i += BLOCK) {
        uint8_t rest[BLOCK];
        fc_shorts q[2];
UNROLLED
        for (int h = 0; h < 2; h++) {
            const value *at = row + i + h * (BLOCK / 2);
            const fc_shorts change = NAME(half_of_values)(at + last) - NAME(half_of_values)(at - unit);
            const fc_shorts sums = shorts_apart(&strides, change) + carry;
            carry = permuted_shorts(sums, strides.ends);
            q[h] = NAME(quotient)(divisor, sums);
        }
        put(NAME(place_of)(to, i, count, rest), bytes_of(q[0], q[1]));
        NAME(put_rest)(to, i, count, rest);
    }
}
#elif defined(__AVX2__)
#define FC_MOST_APART FC_WORDS

/* A quarter of a block as 32-bit integers. */
FC_INLINE fc_words NAME(quarter_at)(const value *at)
{
#if defined(__AVX512F__)
    return (fc_words)_mm512_cvtepi16_epi32(_mm256_loadu_si256((const void *)at));
#else
    return (fc_words)_mm256_cvtepi16_epi32(_mm_loadu_si128((const void *)at));
#endif
}

/* The low bits of a block whose quarters are in order. */
FC_INLINE void NAME(put_quarters)(const fc_words *v, real *to)
{
    fc_words order;
#if FC_REAL_BYTES == 1
    for (int i = 0; i < FC_WORDS; i++)
        order[i] = i % (FC_WORDS / 4) * 4 + i / (FC_WORDS / 4);
    const fc_bytes all = pack16(pack32(v[0], v[1]), pack32(v[2], v[3]));
    put(to, (fc_bytes)permuted((fc_words)all, order));
#else
    for (int i = 0; i < FC_WORDS; i++)
        order[i] = i / 2 % (FC_WORDS / 4) * 4 + i / (FC_WORDS / 2) * 2 + i % 2;
    for (int h = 0; h < 2; h++) {
        const fc_words half = (fc_words)NAME(in_shorts)(v + 2 * h, FC_OF_ROWS, 0);
        put(to + h * (BLOCK / 2), (fc_bytes)permuted(half, order));
    }
#endif
}

/* Averages whose taps lie apart, so that as many sums run side by side. */
static void NAME(slide_apart)(const struct fc_fixed_pass *p, ptrdiff_t unit, const value *row,
                              ptrdiff_t count, real *to)
{
    const struct fc_strides strides = strides_of((int)unit);
    const ptrdiff_t last = (p->taps - 1) * unit;
    fc_words carry = all_words(p->scale.bias);
    for (ptrdiff_t i = 0; i < last; i += unit)
        carry += NAME(quarter_at)(row + i);
    carry = permuted(carry, strides.begins);
    for (ptrdiff_t i = 0; i < count; i += BLOCK) {
        real rest[BLOCK];
        fc_words v[4];
UNROLLED
        for (int q = 0; q < 4; q++) {
            const value *at = row + i + q * FC_WORDS;
            const fc_words change = NAME(quarter_at)(at + last) - NAME(quarter_at)(at - unit);
            v[q] = running_apart(&strides, change) + carry;
            carry = permuted(v[q], strides.ends);
        }
        NAME(divide_block)(p, v);
        NAME(put_quarters)(v, NAME(place_of)(to, i, count, rest));
        NAME(put_rest)(to, i, count, rest);
    }
}
#endif

/* Averages along a row. Return 0 where sums of all taps are as fast. `in` has the values of each tap. */
static int NAME(average_along)(const struct fc_fixed_pass *p, ptrdiff_t unit, const void *const *in,
                               ptrdiff_t count, real *to)
{
    if (unit == 1 && p->taps > FC_SHORT_WINDOW) {
        NAME(slide_along)(p, in[0], count, to);
        return 1;
    }
#if FC_REAL_BYTES == 1
    if (unit == 1) {
        NAME(average_line)(p, in, count, to);
        return 1;
    }
#endif
#if defined(FC_MOST_APART)
    if (unit > 1 && unit <= FC_MOST_APART && p->taps > FC_SHORT_APART) {
        NAME(slide_apart)(p, unit, in[0], count, to);
        return 1;
    }
#endif
    return 0;
}
#undef FC_SHORT_WINDOW
#undef FC_SHORT_APART
#undef FC_MOST_APART
