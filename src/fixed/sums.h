/* Sums of a kernel along one axis in fixed point, in 32-bit lanes.
 *
 *     sum = sum_t W[t] x[t],    W[t] = round(2^k w[t]) = sum_i digit[i][t] 2^(FC_DIGIT i)
 *     v   = floor(sum / 2^(k - fraction)) + bias
 *
 * SciPy's sum times 2^fraction lies from v - width to v: `bias` and `width` hold the rounding of
 * all weights, for any values of the image, and what is cut off. Where both ends have one integral
 * part the result is certain; the rest is for settle.h.
 *
 * Layout    A group is four taps of bytes where the instruction set multiplies bytes (FC_QUADS), two
 *           taps of 16-bit integers elsewhere. A lane holds the group of one pixel. Of FC_VECTOR_BYTES
 *           pixels, four vectors of lanes. Taps that lie next to each other in a row are read as
 *           they lie: the vectors then are every fourth (every second) pixel. Taps in different
 *           rows are interleaved: the vectors then are neighbouring pixels of parts of 128 bits.
 * Loop      over groups; for each, over digits.
 * Registers 4 sums per digit, 4 of pixels, one digit.
 */
#if FC_REAL_BYTES == 1 && defined(__AVX512VNNI__)
#define FC_QUADS 1
#define FC_GROUP 4
#define FC_DIGIT 8
#define value NAME(value)
typedef uint8_t value;
#define operand NAME(operand)
typedef fc_bytes operand;
#else
#define FC_QUADS 0
#define FC_GROUP 2
#define FC_DIGIT (FC_REAL_BYTES == 1 ? 16 : 11)
#define value NAME(value)
typedef int16_t value;
#define operand NAME(operand)
typedef fc_shorts operand;
#endif
/* Pixels of a block. */
#define BLOCK FC_VECTOR_BYTES
/* Unsigned 16-bit integers are stored as signed ones, 2^15 less. */
#define FC_OFFSET (FC_REAL_BYTES == 2 && FC_LOWEST == 0 ? 32768 : 0)

#ifndef FC_TAPS_FROM
#define FC_TAPS_FROM
/* Where taps lie: in rows of the image, next to each other in a row of values, or in several. */
enum { FC_OF_ROWS, FC_OF_LINE, FC_OF_VALUES };
#endif

/* Where block i of a row lies: the last one overlaps the one before. */
FC_INLINE ptrdiff_t NAME(block_at)(ptrdiff_t i, ptrdiff_t count)
{
    return i + BLOCK <= count || i == 0 ? i : count - BLOCK;
}

/* Half a block of values (a whole block where values are bytes). */
FC_INLINE operand NAME(taken)(const void *p, const int from)
{
#if FC_QUADS
    (void)from;
    return bytes_at(p);
#elif FC_REAL_BYTES == 1
    return from == FC_OF_ROWS ? widened(p) : shorts_at(p);
#else
    const fc_shorts x = shorts_at(p);
    return x ^ (int16_t)(from == FC_OF_ROWS ? -FC_OFFSET : 0);
#endif
}

/* One group of a block, whose first taps are those that `in` points to. */
FC_INLINE void NAME(group_of)(const void *const *in, ptrdiff_t x, const int from, operand *group)
{
#if FC_QUADS
    if (from == FC_OF_LINE) {
UNROLLED
        for (int q = 0; q < 4; q++)
            group[q] = bytes_at((const value *)in[0] + x + q);
        return;
    }
    const operand a = NAME(taken)((const value *)in[0] + x, from);
    const operand b = NAME(taken)((const value *)in[1] + x, from);
    const operand c = NAME(taken)((const value *)in[2] + x, from);
    const operand d = NAME(taken)((const value *)in[3] + x, from);
    const fc_shorts ab = (fc_shorts)low8(a, b), cd = (fc_shorts)low8(c, d);
    const fc_shorts more_ab = (fc_shorts)high8(a, b), more_cd = (fc_shorts)high8(c, d);
    group[0] = (operand)low16(ab, cd);
    group[1] = (operand)high16(ab, cd);
    group[2] = (operand)low16(more_ab, more_cd);
    group[3] = (operand)high16(more_ab, more_cd);
#else
UNROLLED
    for (int q = 0; q < 4; q += 2) {
        const ptrdiff_t at = x + q * (BLOCK / 4);
        if (from == FC_OF_LINE) {
            group[q] = shorts_at((const value *)in[0] + at);
            group[q + 1] = shorts_at((const value *)in[0] + at + 1);
        } else {
            const ptrdiff_t item = from == FC_OF_ROWS ? sizeof(real) : sizeof(value);
            const operand a = NAME(taken)((const char *)in[0] + at * item, from);
            const operand b = NAME(taken)((const char *)in[1] + at * item, from);
            group[q] = low16(a, b);
            group[q + 1] = high16(a, b);
        }
    }
#endif
}

FC_INLINE fc_words NAME(add_group)(fc_words sum, operand a, fc_words digits)
{
#if FC_QUADS
    return add_quads(sum, a, digits);
#else
    return add_pairs(sum, a, digits);
#endif
}

/* What stays in registers along a row. */
struct NAME(constants) {
    struct fc_fixed_scale scale;
    fc_words mask, width, bias;
    fc_bytes below[2]; /* the halves of the table, in each part of 128 bits */
};

FC_INLINE struct NAME(constants) NAME(constants_of)(const struct fc_fixed_pass *p)
{
    struct NAME(constants) k = {.scale = p->scale};
    k.mask = all_words((int32_t)((UINT32_C(1) << p->scale.fraction) - 1));
    k.width = all_words(p->scale.width);
    k.bias = all_words(p->scale.bias);
    for (int i = 0; i < FC_VECTOR_BYTES; i += 16) {
        __builtin_memcpy((char *)&k.below[0] + i, p->below, 16);
        __builtin_memcpy((char *)&k.below[1] + i, p->below + 16, 16);
    }
    return k;
}

/* v of one block. */
FC_INLINE void NAME(sum_block)(const struct fc_fixed_pass *p, const struct NAME(constants) *k, const void *const *in, ptrdiff_t x,
                               const int from, const int digits, const int truncates, fc_words *v)
{
    fc_words sum[3][4];
UNROLLED
    for (int d = 0; d < digits; d++)
UNROLLED
        for (int q = 0; q < 4; q++)
            sum[d][q] = (fc_words){0};
    const int32_t *words = p->words;
    for (ptrdiff_t g = 0; g < p->groups; g++, in += FC_GROUP, words += digits) {
        operand group[4];
        NAME(group_of)(in, x, from, group);
UNROLLED
        for (int d = 0; d < digits; d++) {
            const fc_words digit = all_words(words[d]);
UNROLLED
            for (int q = 0; q < 4; q++)
                sum[d][q] = NAME(add_group)(sum[d][q], group[q], digit);
        }
    }
UNROLLED
    for (int q = 0; q < 4; q++) {
        fc_words low = sum[0][q];
        if (digits == 3 && FC_QUADS)
            low += sum[1][q] << FC_DIGIT;
        else if (digits == 3)
            low = sum[1][q] + (low >> FC_DIGIT);
        if (digits > 1 && FC_QUADS && !truncates) /* nothing is cut off */
            low += sum[digits - 1][q] << FC_DIGIT * (digits - 1);
        else if (digits > 1)
            low = (sum[digits - 1][q] << k->scale.up) + (low >> k->scale.down);
        v[q] = (fc_words)((fc_naturals)low + (fc_naturals)k->bias); /* modulo 2^32 */
    }
}

/* -1 where a result is not certain: both ends of what the sum may be have different integral parts,
 * which do not round to the same integer. */
FC_INLINE fc_words NAME(doubt_of)(const struct NAME(constants) *k, const int truncates, fc_words v)
{
    fc_words doubt = (fc_words)((v & k->mask) < k->width);
    if (truncates)
        doubt &= (fc_words)((v & ~k->mask) != 0);
    return doubt;
}

/* Return whether any result of a block is not certain. */
FC_INLINE int NAME(any_doubt)(const struct NAME(constants) *k, const int truncates, const fc_words *v)
{
    if (k->scale.width == 0)
        return 0;
#if defined(__AVX512F__)
    const FC_M mask = (FC_M)k->mask, width = (FC_M)k->width;
    if (truncates) {
        __mmask16 any = 0;
        for (int q = 0; q < 4; q++)
            any |= _mm512_mask_cmplt_epu32_mask(
                _mm512_test_epi32_mask((FC_M)v[q], ~mask), (FC_M)v[q] & mask, width);
        return any != 0;
    }
    const FC_M a = _mm512_min_epu32((FC_M)v[0] & mask, (FC_M)v[1] & mask);
    const FC_M b = _mm512_min_epu32((FC_M)v[2] & mask, (FC_M)v[3] & mask);
    return _mm512_cmplt_epu32_mask(_mm512_min_epu32(a, b), width) != 0;
#else
    fc_words any = {0};
UNROLLED
    for (int q = 0; q < 4; q++)
        any |= NAME(doubt_of)(k, truncates, v[q]);
    return any_bit(any);
#endif
}

/* The integral part of a sum or, where `truncates`, the sum rounded towards zero. */
FC_INLINE fc_words NAME(rounded)(const struct NAME(constants) *k, const int truncates, fc_words v)
{
    if (truncates)
        return (v + ((v >> 31) & k->mask)) >> k->scale.fraction;
    return (fc_words)((fc_naturals)v >> k->scale.fraction);
}

/* The low bytes of a block in order; `clean` says that there are no others. */
FC_INLINE fc_bytes NAME(in_bytes)(const fc_words *v, const int from, const int clean)
{
    const fc_words mask = all_words(clean ? -1 : 0xff);
#if FC_QUADS
    if (from == FC_OF_LINE)
        return (fc_bytes)((v[0] & mask) | (v[1] & mask) << 8 | (v[2] & mask) << 16 | v[3] << 24);
    return pack16(pack32(v[0] & mask, v[1] & mask), pack32(v[2] & mask, v[3] & mask));
#else
    fc_shorts half[2];
UNROLLED
    for (int i = 0; i < 2; i++) {
        const fc_words a = v[2 * i] & mask, b = v[2 * i + 1] & mask;
        half[i] = from == FC_OF_LINE ? (fc_shorts)(a | b << 16) : pack32(a, b);
    }
    return bytes_of(half[0], half[1]);
#endif
}

#if !FC_QUADS
/* The low 16 bits of half a block, in order; `clean` says that there are no others, nor a sign. */
FC_INLINE fc_shorts NAME(in_shorts)(const fc_words *v, const int from, const int clean)
{
    if (from == FC_OF_LINE)
        return (fc_shorts)((v[0] & all_words(clean ? -1 : 0xffff)) | v[1] << 16);
    if (clean && FC_REAL_BYTES == 1)
        return pack32(v[0], v[1]);
    return pack32(v[0] << 16 >> 16, v[1] << 16 >> 16);
}
#endif
