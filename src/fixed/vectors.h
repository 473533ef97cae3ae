/* Vectors of bytes, 16-bit and 32-bit integers, and the operations that GNU vector syntax lacks.
 *
 * Interleaving and packing work on each part of 128 bits alone, as x86 instructions do. */
#ifndef FC_FIXED_VECTORS_H
#define FC_FIXED_VECTORS_H

typedef uint8_t fc_bytes __attribute__((vector_size(FC_VECTOR_BYTES), may_alias));
typedef int16_t fc_shorts __attribute__((vector_size(FC_VECTOR_BYTES), may_alias));
typedef int32_t fc_words __attribute__((vector_size(FC_VECTOR_BYTES), may_alias));
typedef uint32_t fc_naturals __attribute__((vector_size(FC_VECTOR_BYTES), may_alias));
typedef uint8_t fc_loose_bytes __attribute__((vector_size(FC_VECTOR_BYTES), aligned(1), may_alias));
typedef int16_t fc_loose_shorts __attribute__((vector_size(FC_VECTOR_BYTES), aligned(1), may_alias));

FC_INLINE fc_bytes bytes_at(const void *p) { return *(const fc_loose_bytes *)p; }
FC_INLINE fc_shorts shorts_at(const void *p) { return *(const fc_loose_shorts *)p; }
FC_INLINE void put(void *p, fc_bytes x) { *(fc_loose_bytes *)p = x; }
FC_INLINE fc_words all_words(int32_t x) { return x - (fc_words){0}; }

#if defined(__AVX512F__)
#define FC_M __m512i
#define FC_X86(name) _mm512_##name
#elif defined(__AVX2__)
#define FC_M __m256i
#define FC_X86(name) _mm256_##name
#elif defined(__SSE2__)
#define FC_M __m128i
#define FC_X86(name) _mm_##name
#endif

#if defined(__SSE2__)
#define FC_OP2(name, out, in, x86)                                                                 \
    FC_INLINE out name(in a, in b) { return (out)FC_X86(x86)((FC_M)a, (FC_M)b); }
FC_OP2(low8, fc_bytes, fc_bytes, unpacklo_epi8)
FC_OP2(high8, fc_bytes, fc_bytes, unpackhi_epi8)
FC_OP2(low16, fc_shorts, fc_shorts, unpacklo_epi16)
FC_OP2(high16, fc_shorts, fc_shorts, unpackhi_epi16)
FC_OP2(low32, fc_words, fc_words, unpacklo_epi32)
FC_OP2(high32, fc_words, fc_words, unpackhi_epi32)
FC_OP2(low64, fc_words, fc_words, unpacklo_epi64)
FC_OP2(high64, fc_words, fc_words, unpackhi_epi64)
FC_OP2(pack32, fc_shorts, fc_words, packs_epi32)   /* of values that fit */
FC_OP2(pack16, fc_bytes, fc_shorts, packus_epi16)  /* of values that fit */
FC_OP2(average8, fc_bytes, fc_bytes, avg_epu8)     /* (a + b + 1) / 2 */
FC_OP2(products, fc_words, fc_shorts, madd_epi16)  /* the sum of two neighbouring products */
#undef FC_OP2
#else
#define FC_OP2(name, out, in, neon, kind)                                                          \
    FC_INLINE out name(in a, in b) { return (out)neon((kind)a, (kind)b); }
FC_OP2(low8, fc_bytes, fc_bytes, vzip1q_u8, uint8x16_t)
FC_OP2(high8, fc_bytes, fc_bytes, vzip2q_u8, uint8x16_t)
FC_OP2(low16, fc_shorts, fc_shorts, vzip1q_s16, int16x8_t)
FC_OP2(high16, fc_shorts, fc_shorts, vzip2q_s16, int16x8_t)
FC_OP2(low32, fc_words, fc_words, vzip1q_s32, int32x4_t)
FC_OP2(high32, fc_words, fc_words, vzip2q_s32, int32x4_t)
FC_OP2(low64, fc_words, fc_words, vzip1q_s64, int64x2_t)
FC_OP2(high64, fc_words, fc_words, vzip2q_s64, int64x2_t)
FC_OP2(average8, fc_bytes, fc_bytes, vrhaddq_u8, uint8x16_t)
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

#if defined(__AVX512VNNI__)
/* The same with four bytes a and four signed bytes b. */
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
#endif
