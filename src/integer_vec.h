/* The operations of vec.h for one integer type, and the room compiled for that type. The including
 * file defines real, real_int, FC_REAL_BYTES, FC_TYPE, FC_TAG, FC_ELEMENT (the suffix of x86
 * instructions) and FC_LOWEST. */
typedef real vec __attribute__((vector_size(FC_VECTOR_BYTES), may_alias));
typedef real loose_vec __attribute__((vector_size(FC_VECTOR_BYTES), aligned(1), may_alias));
typedef real_int ints __attribute__((vector_size(FC_VECTOR_BYTES), may_alias));

FC_INLINE vec load(const real *p) { return *(const vec *)p; }
FC_INLINE vec loadu(const real *p) { return *(const loose_vec *)p; }
FC_INLINE void store(real *p, vec x) { *(vec *)p = x; }
FC_INLINE void storeu(real *p, vec x) { *(loose_vec *)p = x; }
FC_INLINE vec broadcast(real x) { return x - (vec){0}; }

FC_INLINE vec choose(ints mask, vec a, vec b)
{
    return (vec)((mask & (ints)a) | (~mask & (ints)b));
}

#if defined(__AVX512F__)
FC_INLINE vec vmax(vec a, vec b)
{
    return (vec)FC_NAME(_mm512_max, , FC_ELEMENT)((__m512i)a, (__m512i)b);
}
FC_INLINE vec vmin(vec a, vec b)
{
    return (vec)FC_NAME(_mm512_min, , FC_ELEMENT)((__m512i)a, (__m512i)b);
}
#elif defined(__AVX2__) && FC_REAL_BYTES < 8
FC_INLINE vec vmax(vec a, vec b)
{
    return (vec)FC_NAME(_mm256_max, , FC_ELEMENT)((__m256i)a, (__m256i)b);
}
FC_INLINE vec vmin(vec a, vec b)
{
    return (vec)FC_NAME(_mm256_min, , FC_ELEMENT)((__m256i)a, (__m256i)b);
}
#else
FC_INLINE vec vmax(vec a, vec b) { return choose((ints)(a > b), a, b); }
FC_INLINE vec vmin(vec a, vec b) { return choose((ints)(a < b), a, b); }
#endif

#define EVENS_2 0, 2
#define EVENS_4 EVENS_2, 4, 6
#define EVENS_8 EVENS_4, 8, 10, 12, 14
#define EVENS_16 EVENS_8, 16, 18, 20, 22, 24, 26, 28, 30
#define EVENS_32                                                                                   \
    EVENS_16, 32, 34, 36, 38, 40, 42, 44, 46, 48, 50, 52, 54, 56, 58, 60, 62
#define EVENS_64                                                                                   \
    EVENS_32, 64, 66, 68, 70, 72, 74, 76, 78, 80, 82, 84, 86, 88, 90, 92, 94, 96, 98, 100, 102,    \
        104, 106, 108, 110, 112, 114, 116, 118, 120, 122, 124, 126
FC_INLINE vec even(vec a, vec b)
{
#if FC_VECTOR_BYTES / FC_REAL_BYTES == 2
    return __builtin_shufflevector(a, b, EVENS_2);
#elif FC_VECTOR_BYTES / FC_REAL_BYTES == 4
    return __builtin_shufflevector(a, b, EVENS_4);
#elif FC_VECTOR_BYTES / FC_REAL_BYTES == 8
    return __builtin_shufflevector(a, b, EVENS_8);
#elif FC_VECTOR_BYTES / FC_REAL_BYTES == 16
    return __builtin_shufflevector(a, b, EVENS_16);
#elif FC_VECTOR_BYTES / FC_REAL_BYTES == 32
    return __builtin_shufflevector(a, b, EVENS_32);
#else
    return __builtin_shufflevector(a, b, EVENS_64);
#endif
}
#undef EVENS_2
#undef EVENS_4
#undef EVENS_8
#undef EVENS_16
#undef EVENS_32
#undef EVENS_64

#define FC_FLOATING 0
#define FC_HIGHEST (~FC_LOWEST)
#include "part.h"
#if FC_REAL_BYTES >= 4
#include "transpose.h"
#include "down.h"
#endif
#include "pick.h"
#include FC_ROOM_HEADER

#undef FC_FLOATING
#undef FC_LOWEST
#undef FC_HIGHEST
#undef FC_ELEMENT
#undef real
#undef real_int
#undef FC_REAL_BYTES
#undef FC_TYPE
#undef FC_TAG
