/* Averages over windows: sums of integers, divided and rounded towards zero as SciPy does.
 *
 * Down the columns, one row enters the running sums and one leaves. Those along a row are in along.h.
 *
 *     8-bit images      floor(sum / n) = sum * ceil(2^b / n) >> b, checked for every sum there is;
 *                       running sums have 16 bits, those of short windows along a row 32
 *     16-bit images     the quotient in float32; of long windows it is corrected by the remainder
 *
 * Layout    Running sums of 16-bit images, and of bytes where rows of values are bytes, are in the
 *           order in which parts of 128 bits are interleaved.
 */
#if FC_REAL_BYTES == 1
#define running NAME(running)
typedef uint16_t running;
#else
#define running NAME(running)
typedef int32_t running;
#endif

/* Set v, sums of a window, to the averages. A half away from zero is added to the sums where their
 * quotients then are further from integers than float32 is wrong: by 2^-24 of the quotient for the
 * reciprocal, and by half a unit for the product, against 1 / (2 n). */
FC_INLINE void NAME(divide_block)(const struct fc_fixed_pass *p, fc_words *v)
{
UNROLLED
    for (int q = 0; q < 4; q++) {
#if FC_REAL_BYTES == 1
        v[q] = (fc_words)((fc_naturals)v[q] * p->multiplier >> FC_FIXED_POINT);
#else
        const fc_floats sum = __builtin_convertvector(v[q], fc_floats);
        if (p->half != 0) {
            const fc_words sign = v[q] & all_words(FC_LOWEST < 0 ? INT32_MIN : 0);
            const fc_floats half = (fc_floats)((fc_words)(p->half - (fc_floats){0}) | sign);
            v[q] = __builtin_convertvector((sum + half) * p->inverse, fc_words);
        } else { /* no sum is negative */
            const fc_floats size = (float)p->taps - (fc_floats){0};
            v[q] = __builtin_convertvector(sum * p->inverse, fc_words);
            const fc_floats rest = sum - __builtin_convertvector(v[q], fc_floats) * size;
            v[q] += (fc_words)(rest < 0) - (fc_words)(rest >= size);
        }
#endif
    }
}

#if FC_REAL_BYTES == 1
FC_INLINE fc_shorts NAME(quotient)(struct fc_fixed_divisor d, fc_shorts sum)
{
    return (fc_shorts)(above16(sum, d.multiplier) >> d.shift);
}
#endif

/* Let one row enter the sums of a block and one leave, and write averages unless `to` is NULL. */
FC_INLINE void NAME(slide_block)(const struct fc_fixed_pass *p,
                                 struct fc_fixed_divisor divisor, const real *enters,
                                 const real *leaves, running *sums, void *to, int into_values)
{
    running *at[4];
    (void)p;
    for (int i = 0; i < 4; i++)
        at[i] = sums + i * (ptrdiff_t)(FC_VECTOR_BYTES / sizeof(running));
#if FC_REAL_BYTES == 1
    fc_shorts sum[2];
#if FC_QUADS
    const fc_bytes in = bytes_at(enters), out = bytes_at(leaves);
    sum[0] = shorts_at(at[0]) + differences(low8(in, out));
    sum[1] = shorts_at(at[1]) + differences(high8(in, out));
#else
    for (int i = 0; i < 2; i++)
        sum[i] = shorts_at(at[i]) +
                 (widened(enters + i * (BLOCK / 2)) - widened(leaves + i * (BLOCK / 2)));
#endif
    for (int i = 0; i < 2; i++) {
        put(at[i], (fc_bytes)sum[i]);
        sum[i] = NAME(quotient)(divisor, sum[i]);
    }
    if (!to)
        return;
    if (into_values && !FC_QUADS) {
        put(to, (fc_bytes)sum[0]);
        put((value *)to + BLOCK / 2, (fc_bytes)sum[1]);
        return;
    }
    const fc_bytes all = FC_QUADS ? pack16(sum[0], sum[1]) : bytes_of(sum[0], sum[1]);
    put(to, all);
#else
    (void)divisor;
    const fc_words one_less = all_words(-0xffff); /* 1, -1 */
    fc_words v[4];
UNROLLED
    for (int q = 0; q < 4; q += 2) {
        const fc_shorts in = NAME(taken)(enters + q * (BLOCK / 4), FC_OF_ROWS);
        const fc_shorts out = NAME(taken)(leaves + q * (BLOCK / 4), FC_OF_ROWS);
        v[q] = add_pairs((fc_words)bytes_at(at[q]), low16(in, out), one_less);
        v[q + 1] = add_pairs((fc_words)bytes_at(at[q + 1]), high16(in, out), one_less);
    }
UNROLLED
    for (int q = 0; q < 4; q++) {
        put(at[q], (fc_bytes)v[q]);
        if (FC_OFFSET)
            v[q] += p->scale.bias;
    }
    if (to) {
        NAME(divide_block)(p, v);
        NAME(put_block)(v, FC_OF_ROWS, FC_REAL_BYTES == 1, to, into_values);
    }
#endif
}

/* Do so for a row. Unless all of it is `whole`, a block behind its end must not be read; sums and `to`
 * extend further if that is a row of scratch. */
static void NAME(slide)(const struct fc_fixed_pass *p, const real *enters, const real *leaves,
                        ptrdiff_t count, int whole, running *sums, char *to, ptrdiff_t item,
                        int into_values)
{
    const struct fc_fixed_divisor divisor = p->divisor;
    const ptrdiff_t stop = whole && into_values ? count : count - BLOCK + 1;
    ptrdiff_t x = 0;
    for (; x < stop; x += BLOCK)
        NAME(slide_block)(p, divisor, enters + x, leaves + x, sums + x, to ? to + x * item : 0,
                          into_values);
    if (x < count) {
        real in[BLOCK] = {0}, out[BLOCK] = {0};
        char last[4 * BLOCK];
        const size_t bytes = (size_t)(count - x);
        if (!whole) {
            __builtin_memcpy(in, enters + x, bytes * sizeof(real));
            __builtin_memcpy(out, leaves + x, bytes * sizeof(real));
        }
        NAME(slide_block)(p, divisor, whole ? enters + x : in, whole ? leaves + x : out, sums + x,
                          to ? last : 0, into_values);
        if (to)
            __builtin_memcpy(to + x * item, last, bytes * (size_t)item);
    }
}

/* Fill in a pass of `taps` equal weights. Return 0 where no multiplier is right for all sums. */
static int NAME(prepare_window)(struct fc_fixed_pass *p)
{
    const int n = (int)p->taps;
    p->digits = 1;
    p->truncates = FC_AVERAGES;
    p->groups = (p->taps + FC_GROUP - 1) / FC_GROUP;
    p->scale.bias = FC_OFFSET * n;
    p->scale.width = 0;
    p->paired = FC_NOT_PAIRED;
    __builtin_memset(p->words, 0, sizeof p->words);
    for (int t = 0; t < n; t++)
        p->words[t / FC_GROUP] |= 1 << t % FC_GROUP * (FC_QUADS ? 8 : 16);
    p->inverse = 1 / (float)n;
    p->half = FC_LOWEST < 0 || n <= 80 ? 0.5f : 0;
#if FC_REAL_BYTES == 1
    p->multiplier = ((UINT32_C(1) << FC_FIXED_POINT) + (uint32_t)n - 1) / (uint32_t)n;
    for (p->divisor.shift = 0; p->divisor.shift < 8; p->divisor.shift++) {
        const uint32_t m = ((UINT32_C(0x10000) << p->divisor.shift) + (uint32_t)n - 1) / (uint32_t)n;
        uint32_t s = 0, most = 255 * (uint32_t)n;
        /* Wrong quotients show first just below a multiple of n. */
        for (s = (uint32_t)n - 1; m < 0x10000 && s < most; s += (uint32_t)n)
            if (s * m >> (16 + p->divisor.shift) != s / (uint32_t)n)
                break;
        if (m < 0x10000 && s >= most && most * m >> (16 + p->divisor.shift) == 255) {
            p->divisor.multiplier = (uint16_t)m;
            return 1;
        }
    }
    return 0;
#else
    return 1;
#endif
}
