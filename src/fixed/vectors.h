/* Vectors of bytes, 16-bit and 32-bit integers, and the operations that GNU vector syntax lacks.
 *
 * Interleaving and packing work on each part of 128 bits alone, as x86 instructions do. */
#ifndef FC_FIXED_VECTORS_H
#define FC_FIXED_VECTORS_H

typedef uint8_t fc_bytes __attribute__((vector_size(FC_VECTOR_BYTES), may_alias));
typedef int16_t fc_shorts __attribute__((vector_size(FC_VECTOR_BYTES), may_alias));
typedef int32_t fc_words __attribute__((vector_size(FC_VECTOR_BYTES), may_alias));
typedef uint32_t fc_naturals __attribute__((vector_size(FC_VECTOR_BYTES), may_alias));
typedef float fc_floats __attribute__((vector_size(FC_VECTOR_BYTES), may_alias));
typedef uint16_t fc_halves __attribute__((vector_size(FC_VECTOR_BYTES), may_alias));
typedef uint8_t fc_loose_bytes __attribute__((vector_size(FC_VECTOR_BYTES), aligned(1), may_alias));
typedef int16_t fc_loose_shorts __attribute__((vector_size(FC_VECTOR_BYTES), aligned(1), may_alias));

FC_INLINE fc_bytes bytes_at(const void *p) { return *(const fc_loose_bytes *)p; }
FC_INLINE fc_shorts shorts_at(const void *p) { return *(const fc_loose_shorts *)p; }
FC_INLINE void put(void *p, fc_bytes x) { *(fc_loose_bytes *)p = x; }
FC_INLINE fc_words all_words(int32_t x) { return x - (fc_words){0}; }

#if defined(__AVX512F__)
#define FC_M __m512i
#define FC_X86(name) _mm512_##name
#define FC_SLIDE _mm512_bslli_epi128
#elif defined(__AVX2__)
#define FC_M __m256i
#define FC_X86(name) _mm256_##name
#define FC_SLIDE _mm256_slli_si256
#elif defined(__SSE2__)
#define FC_M __m128i
#define FC_X86(name) _mm_##name
#define FC_SLIDE _mm_slli_si128
#endif

#if defined(__SSE2__)
#define FC_OP2(name, out, in, x86)                                                                 \
    FC_INLINE out name(in a, in b) { return (out)FC_X86(x86)((FC_M)a, (FC_M)b); }
FC_OP2(low8, fc_bytes, fc_bytes, unpacklo_epi8)
FC_OP2(high8, fc_bytes, fc_bytes, unpackhi_epi8)
FC_OP2(low16, fc_shorts, fc_shorts, unpacklo_epi16)
FC_OP2(high16, fc_shorts, fc_shorts, unpackhi_epi16)
FC_OP2(pack32, fc_shorts, fc_words, packs_epi32)   /* of values that fit */
FC_OP2(pack16, fc_bytes, fc_shorts, packus_epi16)  /* of values that fit */
FC_OP2(average8, fc_bytes, fc_bytes, avg_epu8)     /* (a + b + 1) / 2 */
FC_OP2(average16, fc_shorts, fc_shorts, avg_epu16) /* the same, without signs */
FC_OP2(products, fc_words, fc_shorts, madd_epi16)  /* the sum of two neighbouring products */
#undef FC_OP2
#else
#define FC_OP2(name, out, in, neon, kind)                                                          \
    FC_INLINE out name(in a, in b) { return (out)neon((kind)a, (kind)b); }
FC_OP2(low8, fc_bytes, fc_bytes, vzip1q_u8, uint8x16_t)
FC_OP2(high8, fc_bytes, fc_bytes, vzip2q_u8, uint8x16_t)
FC_OP2(low16, fc_shorts, fc_shorts, vzip1q_s16, int16x8_t)
FC_OP2(high16, fc_shorts, fc_shorts, vzip2q_s16, int16x8_t)
FC_OP2(average8, fc_bytes, fc_bytes, vrhaddq_u8, uint8x16_t)
FC_OP2(average16, fc_shorts, fc_shorts, vrhaddq_u16, uint16x8_t)
#undef FC_OP2
FC_INLINE fc_shorts pack32(fc_words a, fc_words b)
{
    return (fc_shorts)vcombine_s16(vmovn_s32((int32x4_t)a), vmovn_s32((int32x4_t)b));
}
FC_INLINE fc_bytes pack16(fc_shorts a, fc_shorts b)
{
    return (fc_bytes)vcombine_u8(vmovn_u16((uint16x8_t)a), vmovn_u16((uint16x8_t)b));
}
FC_INLINE fc_words products(fc_shorts a, fc_shorts b)
{
    const int16x8_t x = (int16x8_t)a, y = (int16x8_t)b;
    return (fc_words)vpaddq_s32(vmull_s16(vget_low_s16(x), vget_low_s16(y)), vmull_high_s16(x, y));
}
#endif

/* Half a vector of bytes as 16-bit integers. */
FC_INLINE fc_shorts widened(const void *p)
{
#if defined(__AVX512F__)
    return (fc_shorts)_mm512_cvtepu8_epi16(_mm256_loadu_si256(p));
#elif defined(__AVX2__)
    return (fc_shorts)_mm256_cvtepu8_epi16(_mm_loadu_si128(p));
#elif defined(__SSE2__)
    return (fc_shorts)_mm_unpacklo_epi8(_mm_loadl_epi64(p), (__m128i){0});
#else
    return (fc_shorts)vmovl_u8(vld1_u8(p));
#endif
}

/* The same of one half of a vector. */
FC_INLINE fc_shorts wider_half(fc_bytes a, const int half)
{
#if defined(__AVX512F__)
    return (fc_shorts)_mm512_cvtepu8_epi16(half ? _mm512_extracti64x4_epi64((FC_M)a, 1) : _mm512_castsi512_si256((FC_M)a));
#elif defined(__AVX2__)
    return (fc_shorts)_mm256_cvtepu8_epi16(half ? _mm256_extracti128_si256((FC_M)a, 1) : _mm256_castsi256_si128((FC_M)a));
#else
    return (fc_shorts)(half ? high8(a, (fc_bytes){0}) : low8(a, (fc_bytes){0}));
#endif
}

/* The low bytes of two vectors of 16-bit integers from 0 to 255, in order. */
FC_INLINE fc_bytes bytes_of(fc_shorts a, fc_shorts b)
{
    const fc_bytes x = pack16(a, b);
#if defined(__AVX512F__)
    return (fc_bytes)_mm512_permutexvar_epi64(_mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7), (FC_M)x);
#elif defined(__AVX2__)
    return (fc_bytes)_mm256_permute4x64_epi64((FC_M)x, 0xd8);
#else
    return x;
#endif
}

/* sum + a[2i] * b[2i] + a[2i + 1] * b[2i + 1] */
FC_INLINE fc_words add_pairs(fc_words sum, fc_shorts a, fc_words b)
{
#if defined(__AVX512VNNI__)
    return (fc_words)_mm512_dpwssd_epi32((FC_M)sum, (FC_M)a, (FC_M)b);
#else
    return sum + products(a, (fc_shorts)b);
#endif
}

/* The high 16 bits of products of unsigned integers. */
FC_INLINE fc_halves above16(fc_shorts a, uint16_t b)
{
#if defined(__SSE2__)
    return (fc_halves)FC_X86(mulhi_epu16)((FC_M)a, (FC_M)(b - (fc_halves){0}));
#else
    const uint16x8_t x = (uint16x8_t)a, y = vdupq_n_u16(b);
    return (fc_halves)vcombine_u16(vshrn_n_u32(vmull_u16(vget_low_u16(x), vget_low_u16(y)), 16),
                                   vshrn_n_u32(vmull_high_u16(x, y), 16));
#endif
}

/* out[i] = a[0] + ... + a[i] */
FC_INLINE fc_shorts running16(fc_shorts a)
{
#if defined(__SSE2__)
    a += (fc_shorts)FC_SLIDE((FC_M)a, 2);
    a += (fc_shorts)FC_SLIDE((FC_M)a, 4);
    a += (fc_shorts)FC_SLIDE((FC_M)a, 8);
#else
    const int16x8_t none = {0};
    a += (fc_shorts)vextq_s16(none, (int16x8_t)a, 7);
    a += (fc_shorts)vextq_s16(none, (int16x8_t)a, 6);
    a += (fc_shorts)vextq_s16(none, (int16x8_t)a, 4);
#endif
#if defined(__AVX512F__)
    const FC_M none = {0}, ends = _mm512_shuffle_epi8((FC_M)a, _mm512_set1_epi16(0x0f0e));
    const FC_M one = _mm512_alignr_epi64(ends, none, 6); /* ends of the part before */
    const FC_M two = _mm512_add_epi16(one, _mm512_alignr_epi64(one, none, 6));
    a += (fc_shorts)_mm512_add_epi16(two, _mm512_alignr_epi64(two, none, 4));
#elif defined(__AVX2__)
    const FC_M ends = _mm256_shuffle_epi8((FC_M)a, _mm256_set1_epi16(0x0f0e));
    a += (fc_shorts)_mm256_permute2x128_si256(ends, ends, 0x08);
#endif
    return a;
}

/* The same with 32-bit integers. */
FC_INLINE fc_words running32(fc_words a)
{
#if defined(__AVX512F__)
    const FC_M none = {0};
    a += (fc_words)_mm512_alignr_epi32((FC_M)a, none, 15);
    a += (fc_words)_mm512_alignr_epi32((FC_M)a, none, 14);
    a += (fc_words)_mm512_alignr_epi32((FC_M)a, none, 12);
    a += (fc_words)_mm512_alignr_epi32((FC_M)a, none, 8);
#elif defined(__SSE2__)
    a += (fc_words)FC_SLIDE((FC_M)a, 4);
    a += (fc_words)FC_SLIDE((FC_M)a, 8);
#else
    const int32x4_t none = {0};
    a += (fc_words)vextq_s32(none, (int32x4_t)a, 3);
    a += (fc_words)vextq_s32(none, (int32x4_t)a, 2);
#endif
#if defined(__AVX2__) && !defined(__AVX512F__)
    const FC_M ends = _mm256_shuffle_epi32((FC_M)a, 0xff);
    a += (fc_words)_mm256_permute2x128_si256(ends, ends, 0x08);
#endif
    return a;
}

/* The last lane in all. */
FC_INLINE fc_words last32(fc_words a)
{
#if defined(__AVX512F__)
    return (fc_words)_mm512_permutexvar_epi32(_mm512_set1_epi32(15), (FC_M)a);
#elif defined(__AVX2__)
    return (fc_words)_mm256_permutevar8x32_epi32((FC_M)a, _mm256_set1_epi32(7));
#else
    return all_words(a[FC_VECTOR_BYTES / 4 - 1]);
#endif
}

FC_INLINE fc_shorts last16(fc_shorts a)
{
#if defined(__AVX512F__)
    return (fc_shorts)_mm512_permutexvar_epi16(_mm512_set1_epi16(31), (FC_M)a);
#elif defined(__AVX2__)
    const FC_M ends = _mm256_shuffle_epi8((FC_M)a, _mm256_set1_epi16(0x0f0e));
    return (fc_shorts)_mm256_permute2x128_si256(ends, ends, 0x11);
#else
    return a[FC_VECTOR_BYTES / 2 - 1] - (fc_shorts){0};
#endif
}

#if defined(__AVX512VNNI__)
/* a[2i] - a[2i + 1] */
FC_INLINE fc_shorts differences(fc_bytes a)
{
    return (fc_shorts)_mm512_maddubs_epi16((FC_M)a, _mm512_set1_epi16((short)0xff01));
}

/* a[2i] + a[2i + 1] */
FC_INLINE fc_shorts both_sums(fc_bytes a)
{
    return (fc_shorts)_mm512_maddubs_epi16((FC_M)a, _mm512_set1_epi8(1));
}

/* Put bytes 1 and 2 of every 32 bits in each other's place. */
FC_INLINE fc_bytes middle_exchanged(fc_bytes a)
{
    const FC_M order = _mm512_broadcast_i32x4(
        _mm_setr_epi8(0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15));
    return (fc_bytes)_mm512_shuffle_epi8((FC_M)a, order);
}

/* sum + four products of bytes a and signed bytes b. */
FC_INLINE fc_words add_quads(fc_words sum, fc_bytes a, fc_words b)
{
    return (fc_words)_mm512_dpbusd_epi32((FC_M)sum, (FC_M)a, (FC_M)b);
}
#endif

FC_INLINE int any_bit(fc_words x)
{
#if defined(__AVX512F__)
    return _mm512_test_epi32_mask((FC_M)x, (FC_M)x) != 0;
#elif defined(__AVX2__)
    return !_mm256_testz_si256((FC_M)x, (FC_M)x);
#elif defined(__SSE2__)
    return _mm_movemask_epi8(_mm_cmpeq_epi8((FC_M)x, (FC_M){0})) != 0xffff;
#else
    return vmaxvq_u32((uint32x4_t)x) != 0;
#endif
}

/* A bit for every byte, which is 0 or -1. */
FC_INLINE uint64_t bits_of(fc_bytes x)
{
#if defined(__AVX512F__)
    return _mm512_movepi8_mask((FC_M)x);
#elif defined(__AVX2__)
    return (uint32_t)_mm256_movemask_epi8((FC_M)x);
#elif defined(__SSE2__)
    return (uint32_t)_mm_movemask_epi8((FC_M)x);
#else
    uint64_t all = 0;
    for (int i = 0; i < FC_VECTOR_BYTES; i++)
        all |= (uint64_t)(x[i] & 1) << i;
    return all;
#endif
}
#endif
