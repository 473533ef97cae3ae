/* half: convert between float16 and float32, which is the type in which float16 is computed.
 *
 *     widen    to[i] = from[i], exactly
 *     narrow   to[i] = from[i], rounded to the nearest; ties go to even, and what is too large
 *              becomes an infinity
 *
 * Processors with such an instruction convert a vector at a time. For the others, bits are moved:
 * the exponents of the two types differ by 112, and the values below the smallest normal float16
 * are scaled by a floating-point operation. These loops have no branches, so that compilers can
 * vectorize them.
 */
#include "half/interface.h"

#if defined(__AVX512F__)
#define FC_AT_A_TIME 16
FC_INLINE void NAME(widen_some)(float *to, const uint16_t *from)
{
    _mm512_storeu_ps(to, _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)from)));
}
FC_INLINE void NAME(narrow_some)(uint16_t *to, const float *from)
{
    const __m256i half =
        _mm512_cvtps_ph(_mm512_loadu_ps(from), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    _mm256_storeu_si256((__m256i *)to, half);
}
#elif defined(__F16C__)
#define FC_AT_A_TIME 8
FC_INLINE void NAME(widen_some)(float *to, const uint16_t *from)
{
    _mm256_storeu_ps(to, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)from)));
}
FC_INLINE void NAME(narrow_some)(uint16_t *to, const float *from)
{
    const __m128i half = _mm256_cvtps_ph(_mm256_loadu_ps(from), _MM_FROUND_TO_NEAREST_INT);
    _mm_storeu_si128((__m128i *)to, half);
}
#elif defined(__aarch64__)
#define FC_AT_A_TIME 4
FC_INLINE void NAME(widen_some)(float *to, const uint16_t *from)
{
    vst1q_f32(to, vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(from))));
}
FC_INLINE void NAME(narrow_some)(uint16_t *to, const float *from)
{
    vst1_u16(to, vreinterpret_u16_f16(vcvt_f16_f32(vld1q_f32(from))));
}
#else
#define FC_AT_A_TIME 0
#endif

union NAME(number) {
    uint32_t bits;
    float value;
};

FC_INLINE float NAME(widen_one)(uint16_t half)
{
    const uint32_t magnitude = (half & 0x7fffu) << 13, sign = (half & 0x8000u) << 16;
    /* The smallest normal float16 is 2^-14. Below it, bits are a multiple of 2^-24. */
    union NAME(number) normal, tiny;
    normal.bits = magnitude + (112u << 23);
    normal.bits += magnitude >= (31u << 23) ? 112u << 23 : 0; /* infinities and NaN */
    tiny.bits = magnitude + (113u << 23);
    tiny.value -= 0x1p-14f;
    normal.bits = (magnitude < (1u << 23) ? tiny.bits : normal.bits) | sign;
    return normal.value;
}

FC_INLINE uint16_t NAME(narrow_one)(float x)
{
    union NAME(number) tiny, number = {.value = x};
    const uint32_t sign = number.bits & 0x80000000u, magnitude = number.bits ^ sign;
    /* Adding 1/2 leaves a multiple of 2^-24 in the lowest bits. */
    tiny.bits = magnitude < (113u << 23) ? magnitude : 0;
    tiny.value += 0.5f;
    const uint32_t odd = magnitude >> 13 & 1;
    const uint32_t normal = (magnitude - (112u << 23) + 0xfff + odd) >> 13;
    const uint32_t nan = 0x7e00 | (magnitude >> 13 & 0x3ff);
    uint32_t half = magnitude < (113u << 23) ? tiny.bits - (126u << 23) : normal;
    half = magnitude >= (143u << 23) ? 0x7c00 : half;
    half = magnitude > (255u << 23) ? nan : half;
    return (uint16_t)(half | sign >> 16);
}

static void NAME(widen)(void *to, const void *from, ptrdiff_t count)
{
    float *wide = to;
    const uint16_t *narrow = from;
    ptrdiff_t i = 0;
#if FC_AT_A_TIME
    for (; i + FC_AT_A_TIME <= count; i += FC_AT_A_TIME)
        NAME(widen_some)(wide + i, narrow + i);
#endif
    for (; i < count; i++)
        wide[i] = NAME(widen_one)(narrow[i]);
}

static void NAME(narrow)(void *to, const void *from, ptrdiff_t count)
{
    uint16_t *narrow = to;
    const float *wide = from;
    ptrdiff_t i = 0;
#if FC_AT_A_TIME
    for (; i + FC_AT_A_TIME <= count; i += FC_AT_A_TIME)
        NAME(narrow_some)(narrow + i, wide + i);
#endif
    for (; i < count; i++)
        narrow[i] = NAME(narrow_one)(wide[i]);
}
#undef FC_AT_A_TIME

static const struct fc_half NAME(kernels) = {
    .size = sizeof(struct fc_half),
    .widen = NAME(widen),
    .narrow = NAME(narrow),
};
