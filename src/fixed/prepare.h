/* Prepare weights: choose scales, and bound what fixed point leaves out. */

/* The digits of a weight, each of FC_DIGIT bits with a sign but the highest, which takes the rest. */
FC_INLINE int NAME(digits_of)(int64_t weight, int digits, int32_t *to)
{
    for (int d = 0; d < digits - 1; d++) {
        const int64_t half = INT64_C(1) << (FC_DIGIT - 1);
        to[d] = (int32_t)(((weight + half) & (2 * half - 1)) - half);
        weight = (weight - to[d]) >> FC_DIGIT;
    }
    to[digits - 1] = (int32_t)weight;
    const int most = FC_QUADS ? 127 : 32767;
    return -most <= weight && weight <= most;
}

/* Write the digits of all weights at a scale, and add up what they leave out, in units of the sum:
 * between `low` and `high` for any values. Return 0 where digits or sums do not hold them. */
static int NAME(scaled)(struct fc_fixed_pass *p, const double *w, int scale, int digits, double *low,
                        double *high)
{
    const double least = FC_LOWEST == 0 && FC_OFFSET == 0 ? 0 : -32768.;
    const double most = FC_REAL_BYTES == 1 ? 255. : 32767.;
    const double reach = FC_REAL_BYTES == 1 ? 255. : 32768.;
    double sums[3] = {0};
    *low = *high = 0;
    __builtin_memset(p->words, 0, sizeof p->words);
    for (ptrdiff_t t = 0; t < p->taps; t++) {
        const double exact = __builtin_ldexp(w[t], scale), whole = __builtin_rint(exact);
        int32_t digit[3];
        if (!(__builtin_fabs(whole) < 0x1p52) || !NAME(digits_of)((int64_t)whole, digits, digit))
            return 0;
        const double rest = __builtin_ldexp(exact - whole, p->scale.fraction - scale);
        *low += rest * (rest > 0 ? least : most);
        *high += rest * (rest > 0 ? most : least);
        for (int d = 0; d < digits; d++) {
            const int bits = FC_QUADS ? 8 : 16, at = (int)(t % FC_GROUP) * bits;
            const uint32_t part = (uint32_t)digit[d] & ((UINT32_C(1) << bits) - 1);
            p->words[t / FC_GROUP * digits + d] |= (int32_t)(part << at);
            sums[d] += reach * __builtin_abs(digit[d]);
        }
    }
    if (digits == 3 && FC_REAL_BYTES == 1)
        sums[0] += __builtin_ldexp(sums[1], FC_DIGIT);
    /* the highest digits may wrap, as their sum does not */
    return digits == 1 || (sums[0] < 0x1p31 && (digits == 2 || sums[1] < 0x1p30));
}

/* Choose the largest scale that `digits` digits hold. Return the share of sums in doubt, about,
 * or 2 where they do not hold the sums. */
static double NAME(with_digits)(struct fc_fixed_pass *p, const double *w, double total, int digits)
{
    double low, high, largest = 0;
    const int cut = !FC_QUADS ? FC_DIGIT * (digits - 1) : p->truncates ? 8 * (digits - 1) : 0;
    const int least = FC_REAL_BYTES == 2 && digits == 3 ? FC_DIGIT : 0;
    for (ptrdiff_t t = 0; t < p->taps; t++)
        largest = __builtin_fmax(largest, __builtin_fabs(w[t]));
    int bits = (FC_QUADS ? 7 : 15) + FC_DIGIT * (digits - 1) - __builtin_ilogb(largest) - 1;
    bits = bits > p->scale.fraction + cut ? p->scale.fraction + cut : bits;
    if (bits < p->scale.fraction + least)
        p->scale.fraction = bits - least;
    if (p->scale.fraction < 0)
        return 2;
    while (!NAME(scaled)(p, w, bits, digits, &low, &high))
        if (--bits < p->scale.fraction + least && --p->scale.fraction < 0)
            return 2;
    p->digits = digits;
    p->scale.down = bits - p->scale.fraction - least;
    p->scale.up = FC_DIGIT * (digits - 1) - (bits - p->scale.fraction);
    /* what is cut off, what SciPy rounds, and what the offset is not a whole number of */
    const double offset = __builtin_ldexp(total * FC_OFFSET, p->scale.fraction);
    const int cuts = p->scale.down || least;
    const int exact = low == 0 && high == 0 && offset == __builtin_rint(offset) && !cuts;
    high = exact ? offset : __builtin_ceil(high + offset + cuts + 0.001);
    low = exact ? offset : __builtin_floor(low + offset - 0.001);
    p->scale.bias = (int32_t)(uint32_t)(int64_t)high;
    p->scale.width = (int32_t)(high - low);
    return __builtin_ldexp(high - low, -p->scale.fraction);
}

static int NAME(prepare)(struct fc_fixed_pass *p, const double *weights)
{
    double w[FC_FIXED_TAPS], size = 0, total = 0, least = 0;
    const ptrdiff_t half = p->taps / 2, last = p->taps - 1;
    for (ptrdiff_t t = 0; t < p->taps; t++) {
        const int second = p->order != FC_ENDS_FIRST && t > half; /* of a pair */
        w[t] = second ? weights[last - t] : weights[t];
        w[t] = second && p->order == FC_PAIRS_OPPOSITE ? -w[t] : w[t];
        p->weights[t] = w[t];
        size += __builtin_fabs(w[t]);
        total += w[t];
        least = __builtin_fmin(least, w[t]);
    }
    if (size == 0 || !(size < 0x1p20))
        return 0;
    const double reach = FC_LOWEST == 0 ? (FC_REAL_BYTES == 1 ? 255 : 65535) : 32768;
    p->truncates = least < 0 || FC_LOWEST < 0 || size > 1 + 1e-9 ? FC_TRUNCATES : FC_FITS;
    p->paired = FC_NOT_PAIRED;
    p->groups = (p->taps + FC_GROUP - 1) / FC_GROUP;
    /* 32 bits, or 31 and a sign, hold the sum */
    const int most = (p->truncates ? 31 : 32) - 1 - __builtin_ilogb(reach * size + 0.5);
    double share = 2;
    const int enough = most < 24 ? most : 24;
    if (enough < 0)
        return 0;
    for (int digits = 1; digits <= 3 && share > 0; digits++) {
        struct fc_fixed_pass tried = *p;
        tried.scale.fraction = enough;
        const double left = NAME(with_digits)(&tried, w, total, digits);
        const int exact = left == 0, good = left < 1e-3 || digits == 3;
        if (exact || (left < share && good && left < 0.02)) {
            *p = tried;
            share = exact || left < 1e-3 ? 0 : left;
        }
    }
    if (share == 2)
        return 0;
#if FC_REAL_BYTES == 1
    __builtin_memset(p->below, 0, sizeof p->below);
    p->cuts = 1;
    for (int c = 0; c < 256; c++) {
        p->flat[c] = NAME(sum_level)(p, c);
        p->below[c / 128 * 16 + c % 16] |= (uint8_t)((p->flat[c] == c - 1) << c / 16 % 8);
        p->cuts &= c - 1 <= p->flat[c] && p->flat[c] <= c;
    }
    if (!NAME(try_three)(p, total))
        NAME(try_pairs)(p, total);
#endif
    return 1;
}
