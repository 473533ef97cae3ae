/* Symmetric kernels of bytes: each pair of taps is added up before it is multiplied.
 *
 *     FC_PAIRS        v = W[h] c + sum_j W[h - j] p[j],   p[j] = x[-j] + x[j],   h = taps / 2
 *     FC_DIFFERENCES  v = sum_j W[h - j] (p[j] - 2 c), and c is added to the result: weights that add
 *                     up to 1, and an even number of pairs
 *     FC_THREE        three taps: c + floor(W d / 2^22), d = p[1] - 2 c, without a doubt
 *
 * All three taps (w, 1 - 2 w, w) are tried with all 1021 values of d when they are prepared: W must
 * round as SciPy does for all but 0, and SciPy's sums must be so far from integers that their own
 * rounding is of no account. Of d = 0, a table has the results.
 *
 * Layout    Two pairs in the 16-bit halves of a lane, W = 2^16 high + low: two products of pairs.
 *           Halves of a block lie in order, or interleaved in parts of 128 bits (FC_QUADS).
 */
#if FC_REAL_BYTES == 1
/* Half a block as 16-bit integers. */
FC_INLINE fc_shorts NAME(half_at)(const void *in, ptrdiff_t x, const int half, const int from)
{
#if FC_QUADS
    (void)from;
    const fc_bytes all = bytes_at((const uint8_t *)in + x);
    return (fc_shorts)(half ? high8(all, (fc_bytes){0}) : low8(all, (fc_bytes){0}));
#else
    x += half * (BLOCK / 2);
    return from == FC_OF_ROWS ? widened((const uint8_t *)in + x) : shorts_at((const int16_t *)in + x);
#endif
}

/* p[j] of half a block. */
FC_INLINE fc_shorts NAME(pair_at)(const void *const *in, ptrdiff_t x, ptrdiff_t centre, ptrdiff_t j,
                                  const int half, const int from)
{
    const void *a = in[centre - j], *b = in[centre + j];
    (void)from;
#if FC_QUADS
    const fc_bytes before = bytes_at((const uint8_t *)a + x), after = bytes_at((const uint8_t *)b + x);
    return both_sums(half ? high8(before, after) : low8(before, after));
#else
    return NAME(half_at)(a, x, half, from) + NAME(half_at)(b, x, half, from);
#endif
}

FC_INLINE fc_bytes NAME(joined)(fc_shorts a, fc_shorts b)
{
    return FC_QUADS ? pack16(a, b) : bytes_of(a, b);
}

/* Write the words of the terms of FC_PAIRS or FC_DIFFERENCES. */
static void NAME(try_pairs)(struct fc_fixed_pass *p, double total)
{
    const ptrdiff_t half = p->taps / 2;
    const int differs = half % 2 == 0 && __builtin_fabs(total - 1) < 1e-12;
    const int fraction = differs ? 22 : 24 < p->scale.fraction ? 24 : p->scale.fraction;
    if (p->order != FC_PAIRS_EQUAL || p->truncates || half < 2 ||
        p->scale.width == 0 || (FC_QUADS && (half != 2 || !differs)))
        return;
    const int first = differs ? 1 : 0;
    double low = 0, high = 0, reach = differs ? 510 : 255;
    int32_t words[FC_FIXED_TAPS] = {0};
    for (ptrdiff_t j = first; j <= half; j++) {
        const double exact = __builtin_ldexp(p->weights[half - j], fraction);
        const double whole = __builtin_rint(exact), rest = exact - whole;
        const int64_t weight = (int64_t)whole, top = (weight + 0x8000) >> 16;
        const ptrdiff_t at = (j - first) / 2 * 2;
        const int shift = (int)(j - first) % 2 * 16;
        words[at] |= (int32_t)((uint32_t)(weight & 0xffff) << shift);
        words[at + 1] |= (int32_t)((uint32_t)(top & 0xffff) << shift);
        /* p[j] is at most 510, and its difference from 2 c at least -510 */
        low += (rest < 0 ? 1 : differs ? -1 : 0) * rest * (j ? 510 : reach);
        high += (rest > 0 ? 1 : differs ? -1 : 0) * rest * (j ? 510 : reach);
    }
    const double slack = __builtin_ldexp(255 * __builtin_fabs(total - 1), fraction) + 0.001;
    p->paired = differs ? FC_DIFFERENCES : FC_PAIRS;
    p->groups = (half + 2 - first) / 2;
    p->digits = 2;
    p->scale.fraction = fraction;
    p->scale.bias = (int32_t)__builtin_ceil(high + slack);
    p->scale.width = p->scale.bias - (int32_t)__builtin_floor(low - slack);
    __builtin_memcpy(p->words, words, sizeof words);
}

static int NAME(try_three)(struct fc_fixed_pass *p, double total)
{
    const double w = p->weights[0];
    const int64_t weight = (int64_t)__builtin_rint(__builtin_ldexp(w, 22));
    if (p->taps != 3 || p->order != FC_PAIRS_EQUAL || p->truncates ||
        !p->cuts || p->scale.width == 0 || __builtin_fabs(total - 1) > 1e-12 || weight < 1 ||
        weight >= 1 << 21)
        return 0;
#if !defined(__AVX2__)
    return 0;
#endif
    for (int d = -510; d <= 510; d++) {
        const double exact = d * w, below = __builtin_floor(exact), rest = exact - below;
        if (d && (rest < 1e-9 || rest > 1 - 1e-9 || d * weight >> 22 != (int64_t)below))
            return 0;
    }
    p->paired = FC_THREE;
    p->words[0] = (int32_t)(weight >> 6 | (weight & 63) << 16);
    return 1;
}

#if defined(__AVX2__)
FC_INLINE void NAME(three_block)(const struct NAME(constants) *k, fc_words weights,
                                 const void *const *in, ptrdiff_t x,
                                 const int from, void *to, int into_values)
{
    fc_shorts sum[2], tie[2];
UNROLLED
    for (int h = 0; h < 2; h++) {
        const fc_shorts c = NAME(half_at)(in[1], x, h, from);
        const fc_shorts d = NAME(pair_at)(in, x, 1, 1, h, from) - 2 * c;
        const fc_words a = products(low16(d << 6, d), (fc_shorts)weights) >> 22;
        const fc_words b = products(high16(d << 6, d), (fc_shorts)weights) >> 22;
        sum[h] = c + pack32(a, b);
        tie[h] = (fc_shorts)(d == 0) & 0xff;
    }
    const fc_bytes centre = NAME(bytes_of_tap)(in[1], x, from);
    const fc_bytes cut = NAME(cut)(k, centre) & NAME(joined)(tie[0], tie[1]);
    NAME(put_bytes)(NAME(joined)(sum[0], sum[1]) + cut, to, into_values);
}
#endif

#if defined(__AVX512F__)
/* Return whether any sum is in doubt of which `other`, the differences joined by or, is not 0. */
FC_INLINE int NAME(untied)(const struct NAME(constants) *k, const fc_shorts *other, const fc_words *v)
{
    const FC_M mask = (FC_M)k->mask, width = (FC_M)k->width;
    __mmask16 any = 0;
UNROLLED
    for (int q = 0; q < 4; q++) {
        const fc_shorts half = other[q / 2];
        const FC_M both = (FC_M)(q % 2 ? high16(half, half) : low16(half, half));
        any |= _mm512_mask_cmplt_epu32_mask(_mm512_test_epi32_mask(both, both),
                                            (FC_M)v[q] & mask, width);
    }
    return any != 0;
}
#endif

/* A block of FC_PAIRS or FC_DIFFERENCES. */
FC_INLINE void NAME(pairs_block)(const struct fc_fixed_pass *p, const struct NAME(constants) *k,
                                 const void *const *in, ptrdiff_t x, const int from,
                                 const ptrdiff_t half, const int differs, void *to, int into_values)
{
    fc_shorts centre[2], other[2] = {{0}, {0}};
    fc_words low[4] = {{0}, {0}, {0}, {0}}, high[4] = {{0}, {0}, {0}, {0}}, v[4];
    for (int h = 0; h < 2; h++)
        centre[h] = NAME(half_at)(in[half], x, h, from);
    for (ptrdiff_t j = differs, g = 0; j <= half; j += 2, g += 2) {
        const fc_words low_digits = all_words(p->words[g]), high_digits = all_words(p->words[g + 1]);
        const ptrdiff_t next = j < half ? j + 1 : j; /* its weight is 0 at the end */
UNROLLED
        for (int h = 0; h < 2; h++) {
            fc_shorts a, b = NAME(pair_at)(in, x, half, next, h, from);
            if (!differs && j == 0)
                a = centre[h];
            else
                a = NAME(pair_at)(in, x, half, j, h, from);
            if (differs) {
                a -= 2 * centre[h];
                b -= 2 * centre[h];
                other[h] |= a | b;
            }
            const fc_shorts first = low16(a, b), second = high16(a, b);
            low[2 * h] = add_pairs(low[2 * h], first, low_digits);
            low[2 * h + 1] = add_pairs(low[2 * h + 1], second, low_digits);
            high[2 * h] = add_pairs(high[2 * h], first, high_digits);
            high[2 * h + 1] = add_pairs(high[2 * h + 1], second, high_digits);
        }
    }
    fc_shorts sum[2];
UNROLLED
    for (int q = 0; q < 4; q++)
        v[q] = (fc_words)((fc_naturals)(low[q] + (high[q] << 16)) + (fc_naturals)k->bias);
UNROLLED
    for (int h = 0; h < 2; h++) {
        if (differs)
            sum[h] = centre[h] + pack32(v[2 * h] >> 22, v[2 * h + 1] >> 22);
        else
            sum[h] = pack32(NAME(rounded)(k, 0, v[2 * h]), NAME(rounded)(k, 0, v[2 * h + 1]));
    }
    const int doubtful = NAME(any_doubt)(k, 0, v);
    if (!FC_QUADS && into_values) {
        put(to, (fc_bytes)sum[0]);
        put((value *)to + BLOCK / 2, (fc_bytes)sum[1]);
    } else {
        put(to, NAME(joined)(sum[0], sum[1]));
    }
#if defined(__AVX512F__)
    if (doubtful && differs && p->cuts) { /* all are ties, mostly */
        const fc_bytes tie = (fc_bytes)(NAME(joined)((fc_shorts)(other[0] == 0) & 0xff,
                                                     (fc_shorts)(other[1] == 0) & 0xff));
        const fc_bytes cut = NAME(cut)(k, NAME(bytes_of_tap)(in[half], x, from));
        NAME(put_bytes)(NAME(joined)(sum[0], sum[1]) + (cut & tie), to, into_values);
        if (!NAME(untied)(k, other, v))
            return;
    }
#endif
    if (__builtin_expect(doubtful, 0)) {
        const fc_bytes all = NAME(joined)(sum[0], sum[1]);
        fc_words doubt[4];
UNROLLED
        for (int q = 0; q < 4; q++)
            doubt[q] = NAME(doubt_of)(k, 0, v[q]);
        const fc_bytes left = NAME(in_bytes)(doubt, FC_OF_ROWS, 0);
        fc_bytes tie;
        if (differs)
            tie = (fc_bytes)(NAME(joined)((fc_shorts)(other[0] == 0) & 0xff,
                                          (fc_shorts)(other[1] == 0) & 0xff));
        else
            tie = NAME(ties)(p, in, x, from, left);
        NAME(settle_bytes)(p, k, in, x, from, all, left, tie, to, into_values);
    }
}

FC_INLINE void NAME(pairs_row)(const struct fc_fixed_pass *p, const struct NAME(constants) *k,
                               const void *const *in, ptrdiff_t count, const int from,
                               const ptrdiff_t half, const int differs, char *to, int into_values)
{
    for (ptrdiff_t i = 0; i < count; i += BLOCK) {
        const ptrdiff_t x = NAME(block_at)(i, count);
        char *at = to + x * NAME(item)(into_values);
        NAME(pairs_block)(p, k, in, x, from, half, differs, at, into_values);
    }
}

/* A row of a kernel that is paired; return 0 of others. */
FC_INLINE int NAME(paired_row)(const struct fc_fixed_pass *p, const void *const *in, ptrdiff_t count,
                               const int from, char *to, int into_values)
{
    const struct NAME(constants) k = NAME(constants_of)(p);
    switch (p->paired) {
    case FC_NOT_PAIRED:
        return 0;
#if defined(__AVX2__)
    case FC_THREE: {
        const fc_words weights = all_words(p->words[0]);
        for (ptrdiff_t i = 0; i < count; i += BLOCK) {
            const ptrdiff_t x = NAME(block_at)(i, count);
            char *at = to + x * NAME(item)(into_values);
            NAME(three_block)(&k, weights, in, x, from, at, into_values);
        }
        break;
    }
#endif
    case FC_PAIRS:
        NAME(pairs_row)(p, &k, in, count, from, p->taps / 2, 0, to, into_values);
        break;
    default:
        if (p->taps == 5)
            NAME(pairs_row)(p, &k, in, count, from, 2, 1, to, into_values);
        else
            NAME(pairs_row)(p, &k, in, count, from, p->taps / 2, 1, to, into_values);
    }
    return 1;
}
#else
FC_INLINE int NAME(paired_row)(const struct fc_fixed_pass *p, const void *const *in, ptrdiff_t count,
                               const int from, char *to, int into_values)
{
    (void)p, (void)in, (void)count, (void)from, (void)to, (void)into_values;
    return 0;
}
#endif
