/* Running sums of values that lie `unit` lanes apart, as those of one channel of a row of pixels do. */
#ifndef FC_FIXED_STRIDES_H
#define FC_FIXED_STRIDES_H
#if defined(__AVX2__)
#define FC_WORDS (FC_VECTOR_BYTES / 4)
/* Steps that double from 2 lanes on, or from more, until they pass the vector. */
#define FC_STEPS (FC_WORDS == 16 ? 3 : 2)

FC_INLINE fc_words permuted(fc_words a, fc_words from)
{
#if defined(__AVX512F__)
    return (fc_words)_mm512_permutexvar_epi32((FC_M)from, (FC_M)a);
#else
    return (fc_words)_mm256_permutevar8x32_epi32((FC_M)a, (FC_M)from);
#endif
}

#if defined(__AVX512F__)
/* A bit for each lane from the first on, of up to 32. */
FC_INLINE uint64_t lanes_from(int first)
{
    return first < 32 ? UINT64_C(0xffffffff) << first : 0;
}
#endif

/* The lane that lies `unit`, twice `unit`, ... before each lane, and those lanes that have one; the
 * last lane that lies a multiple of `unit` before each lane of the next vector; and the first one of
 * this vector. */
struct fc_strides {
    fc_words from[FC_STEPS], ends, begins;
#if defined(__AVX512F__)
    __mmask16 keep[FC_STEPS];
#else
    fc_words keep[FC_STEPS];
#endif
};

/* `unit` is 2 to FC_WORDS. */
FC_INLINE struct fc_strides strides_of(int unit)
{
    struct fc_strides s;
    for (int lane = 0; lane < FC_WORDS; lane++) {
        for (int step = 0; step < FC_STEPS; step++)
            s.from[step][lane] = (lane - (unit << step)) & (FC_WORDS - 1);
        s.ends[lane] = FC_WORDS - unit + lane % unit;
        s.begins[lane] = lane % unit;
    }
    for (int step = 0; step < FC_STEPS; step++) {
#if defined(__AVX512F__)
        s.keep[step] = (__mmask16)lanes_from(unit << step);
#else
        for (int lane = 0; lane < FC_WORDS; lane++)
            s.keep[step][lane] = lane < unit << step ? 0 : -1;
#endif
    }
    return s;
}

/* out[i] = a[i] + a[i - unit] + a[i - 2 unit] + ... */
FC_INLINE fc_words running_apart(const struct fc_strides *s, fc_words a)
{
UNROLLED
    for (int step = 0; step < FC_STEPS; step++)
#if defined(__AVX512F__)
        a += (fc_words)_mm512_maskz_permutexvar_epi32(s->keep[step], (FC_M)s->from[step], (FC_M)a);
#else
        a += permuted(a, s->from[step]) & s->keep[step];
#endif
    return a;
}
#endif

#if defined(__AVX512BW__)
/* The same with 16-bit integers; `unit` is 2 to 32. */
#define FC_SHORT_STEPS 4

struct fc_short_strides {
    fc_shorts from[FC_SHORT_STEPS], ends, begins;
    __mmask32 keep[FC_SHORT_STEPS];
};

FC_INLINE fc_shorts permuted_shorts(fc_shorts a, fc_shorts from)
{
    return (fc_shorts)_mm512_permutexvar_epi16((FC_M)from, (FC_M)a);
}

FC_INLINE struct fc_short_strides short_strides_of(int unit)
{
    struct fc_short_strides s;
    for (int lane = 0; lane < 32; lane++) {
        for (int step = 0; step < FC_SHORT_STEPS; step++)
            s.from[step][lane] = (int16_t)((lane - (unit << step)) & 31);
        s.ends[lane] = (int16_t)(32 - unit + lane % unit);
        s.begins[lane] = (int16_t)(lane % unit);
    }
    for (int step = 0; step < FC_SHORT_STEPS; step++)
        s.keep[step] = (__mmask32)lanes_from(unit << step);
    return s;
}

FC_INLINE fc_shorts shorts_apart(const struct fc_short_strides *s, fc_shorts a)
{
UNROLLED
    for (int step = 0; step < FC_SHORT_STEPS; step++)
        a += (fc_shorts)_mm512_maskz_permutexvar_epi16(s->keep[step], (FC_M)s->from[step], (FC_M)a);
    return a;
}
#endif
#endif
