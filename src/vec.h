/* Vectors of `real` with FC_VECTOR_BYTES bytes, and the operations that GNU vector syntax lacks.
 *
 * This file is included once per real type. Kernels write arithmetic with + - * /. With
 * -ffp-contract=fast the compiler fuses a * b + c if the ISA has such an instruction. Comparisons
 * give integer masks with as many lanes.
 */
typedef real vec __attribute__((vector_size(FC_VECTOR_BYTES), may_alias));
typedef real loose_vec __attribute__((vector_size(FC_VECTOR_BYTES), aligned(1), may_alias));
typedef real_int ints __attribute__((vector_size(FC_VECTOR_BYTES), may_alias));

FC_INLINE vec load(const real *p) { return *(const vec *)p; }
FC_INLINE vec loadu(const real *p) { return *(const loose_vec *)p; }
FC_INLINE void store(real *p, vec x) { *(vec *)p = x; }
FC_INLINE void storeu(real *p, vec x) { *(loose_vec *)p = x; }
FC_INLINE vec broadcast(real x) { return x - (vec){0}; }

/* Return x and force it into a register. Otherwise GCC loads it again for every use. */
#if defined(__AVX512F__)
#define FC_REGISTER "v"
#elif defined(__SSE2__)
#define FC_REGISTER "x"
#elif defined(__aarch64__)
#define FC_REGISTER "w"
#endif
FC_INLINE vec held(vec x)
{
#ifdef FC_REGISTER
    __asm__("" : "+" FC_REGISTER(x));
#endif
    return x;
}
#undef FC_REGISTER

/* Return mask ? a : b for each bit. */
FC_INLINE vec choose(ints mask, vec a, vec b)
{
    return (vec)((mask & (ints)a) | (~mask & (ints)b));
}

/* vmax and vmin return b where either is NaN, as the x86 instructions do. */
#if defined(__SSE2__) && FC_REAL_BYTES == 4 && FC_VECTOR_BYTES == 16
FC_INLINE vec vmax(vec a, vec b) { return (vec)_mm_max_ps((__m128)a, (__m128)b); }
FC_INLINE vec vmin(vec a, vec b) { return (vec)_mm_min_ps((__m128)a, (__m128)b); }
#elif defined(__SSE2__) && FC_VECTOR_BYTES == 16
FC_INLINE vec vmax(vec a, vec b) { return (vec)_mm_max_pd((__m128d)a, (__m128d)b); }
FC_INLINE vec vmin(vec a, vec b) { return (vec)_mm_min_pd((__m128d)a, (__m128d)b); }
#elif defined(__AVX2__) && FC_REAL_BYTES == 4 && FC_VECTOR_BYTES == 32
FC_INLINE vec vmax(vec a, vec b) { return (vec)_mm256_max_ps((__m256)a, (__m256)b); }
FC_INLINE vec vmin(vec a, vec b) { return (vec)_mm256_min_ps((__m256)a, (__m256)b); }
#elif defined(__AVX2__) && FC_VECTOR_BYTES == 32
FC_INLINE vec vmax(vec a, vec b) { return (vec)_mm256_max_pd((__m256d)a, (__m256d)b); }
FC_INLINE vec vmin(vec a, vec b) { return (vec)_mm256_min_pd((__m256d)a, (__m256d)b); }
#elif defined(__AVX512F__) && FC_REAL_BYTES == 4
FC_INLINE vec vmax(vec a, vec b) { return (vec)_mm512_max_ps((__m512)a, (__m512)b); }
FC_INLINE vec vmin(vec a, vec b) { return (vec)_mm512_min_ps((__m512)a, (__m512)b); }
#elif defined(__AVX512F__)
FC_INLINE vec vmax(vec a, vec b) { return (vec)_mm512_max_pd((__m512d)a, (__m512d)b); }
FC_INLINE vec vmin(vec a, vec b) { return (vec)_mm512_min_pd((__m512d)a, (__m512d)b); }
#else
FC_INLINE vec vmax(vec a, vec b) { return choose((ints)(a > b), a, b); }
FC_INLINE vec vmin(vec a, vec b) { return choose((ints)(a < b), a, b); }
#endif

/* Load the first `count` lanes, fewer than LANES, from memory. The other lanes are 0. */
#if defined(__AVX512F__) && FC_REAL_BYTES == 4
FC_INLINE vec NAME(load_first)(const real *p, ptrdiff_t count)
{
    return (vec)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
}
#elif defined(__AVX512F__) && FC_REAL_BYTES == 8
FC_INLINE vec NAME(load_first)(const real *p, ptrdiff_t count)
{
    return (vec)_mm512_maskz_loadu_pd((__mmask8)((1u << count) - 1), p);
}
#elif defined(__AVX2__) && FC_REAL_BYTES == 4
FC_INLINE vec NAME(load_first)(const real *p, ptrdiff_t count)
{
    const ints lane = {0, 1, 2, 3, 4, 5, 6, 7};
    return (vec)_mm256_maskload_ps((const float *)p, (__m256i)(lane < (real_int)count));
}
#elif defined(__AVX2__) && FC_REAL_BYTES == 8
FC_INLINE vec NAME(load_first)(const real *p, ptrdiff_t count)
{
    const ints lane = {0, 1, 2, 3};
    return (vec)_mm256_maskload_pd((const double *)p, (__m256i)(lane < (real_int)count));
}
#else
FC_INLINE vec NAME(load_first)(const real *p, ptrdiff_t count)
{
    vec x = {0};
    for (ptrdiff_t l = 0; l < count; l++)
        x[l] = p[l];
    return x;
}
#endif

/* Store the first `count` lanes, fewer than LANES. */
#if defined(__AVX512F__) && FC_REAL_BYTES == 4
FC_INLINE void NAME(store_first)(real *p, vec x, ptrdiff_t count)
{
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)x);
}
#elif defined(__AVX512F__) && FC_REAL_BYTES == 8
FC_INLINE void NAME(store_first)(real *p, vec x, ptrdiff_t count)
{
    _mm512_mask_storeu_pd(p, (__mmask8)((1u << count) - 1), (__m512d)x);
}
#elif defined(__AVX2__) && FC_REAL_BYTES == 4
FC_INLINE void NAME(store_first)(real *p, vec x, ptrdiff_t count)
{
    const ints lane = {0, 1, 2, 3, 4, 5, 6, 7};
    _mm256_maskstore_ps((float *)p, (__m256i)(lane < (real_int)count), (__m256)x);
}
#elif defined(__AVX2__) && FC_REAL_BYTES == 8
FC_INLINE void NAME(store_first)(real *p, vec x, ptrdiff_t count)
{
    const ints lane = {0, 1, 2, 3};
    _mm256_maskstore_pd((double *)p, (__m256i)(lane < (real_int)count), (__m256d)x);
}
#else
FC_INLINE void NAME(store_first)(real *p, vec x, ptrdiff_t count)
{
    for (ptrdiff_t l = 0; l < count; l++)
        p[l] = x[l];
}
#endif

/* Return every second element of (a, b), starting with the first (evens) or the second (odds). The
 * elements are in the order that takes the fewest instructions. in_order() restores memory
 * order. */
#if FC_VECTOR_BYTES / FC_REAL_BYTES == 2
FC_INLINE vec evens(vec a, vec b) { return __builtin_shufflevector(a, b, 0, 2); }
FC_INLINE vec odds(vec a, vec b) { return __builtin_shufflevector(a, b, 1, 3); }
FC_INLINE vec in_order(vec x) { return x; }
#elif FC_VECTOR_BYTES == 16
FC_INLINE vec evens(vec a, vec b) { return __builtin_shufflevector(a, b, 0, 2, 4, 6); }
FC_INLINE vec odds(vec a, vec b) { return __builtin_shufflevector(a, b, 1, 3, 5, 7); }
FC_INLINE vec in_order(vec x) { return x; }
#elif FC_VECTOR_BYTES / FC_REAL_BYTES == 4
FC_INLINE vec evens(vec a, vec b) { return __builtin_shufflevector(a, b, 0, 4, 2, 6); }
FC_INLINE vec odds(vec a, vec b) { return __builtin_shufflevector(a, b, 1, 5, 3, 7); }
FC_INLINE vec in_order(vec x) { return __builtin_shufflevector(x, x, 0, 2, 1, 3); }
#elif FC_VECTOR_BYTES == 32
FC_INLINE vec evens(vec a, vec b)
{
    return __builtin_shufflevector(a, b, 0, 2, 8, 10, 4, 6, 12, 14);
}
FC_INLINE vec odds(vec a, vec b)
{
    return __builtin_shufflevector(a, b, 1, 3, 9, 11, 5, 7, 13, 15);
}
/* Shuffle pairs, because this needs no register for the indices. */
FC_INLINE vec in_order(vec x)
{
    typedef double pairs __attribute__((vector_size(32), may_alias));
    return (vec)__builtin_shufflevector((pairs)x, (pairs)x, 0, 2, 1, 3);
}
#elif FC_VECTOR_BYTES / FC_REAL_BYTES == 8
FC_INLINE vec evens(vec a, vec b)
{
    return __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14);
}
FC_INLINE vec odds(vec a, vec b)
{
    return __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
}
FC_INLINE vec in_order(vec x) { return __builtin_shufflevector(x, x, 0, 2, 4, 6, 1, 3, 5, 7); }
#else
FC_INLINE vec evens(vec a, vec b)
{
    return __builtin_shufflevector(a, b, 0, 2, 16, 18, 4, 6, 20, 22, 8, 10, 24, 26, 12, 14, 28,
                                   30);
}
FC_INLINE vec odds(vec a, vec b)
{
    return __builtin_shufflevector(a, b, 1, 3, 17, 19, 5, 7, 21, 23, 9, 11, 25, 27, 13, 15, 29,
                                   31);
}
FC_INLINE vec in_order(vec x)
{
    return __builtin_shufflevector(x, x, 0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15);
}
#endif

/* Return every second element of (a, b), in memory order. held() separates the two shuffles,
 * because GCC would turn them into three. */
FC_INLINE vec even(vec a, vec b) { return in_order(held(evens(a, b))); }
