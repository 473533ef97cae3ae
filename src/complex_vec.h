/* Vectors of one complex type, and the room compiled for that type. The including file defines real,
 * part (the type of real and imaginary parts), FC_REAL_BYTES, FC_TYPE and FC_TAG. */
typedef part vec __attribute__((vector_size(FC_VECTOR_BYTES), may_alias));
typedef part loose_vec __attribute__((vector_size(FC_VECTOR_BYTES), aligned(1), may_alias));

FC_INLINE vec loadu(const real *p) { return *(const loose_vec *)p; }
FC_INLINE void storeu(real *p, vec x) { *(loose_vec *)p = x; }

#include "part.h"

/* Set to[i] = from[i * stride] for first <= i < stop. */
FC_INLINE void NAME(pick)(real *to, const real *from, ptrdiff_t stride, ptrdiff_t first,
                          ptrdiff_t stop)
{
    for (ptrdiff_t i = first; i < stop; i++)
        __builtin_memcpy(to + i, from + i * stride, sizeof(real));
}

#include FC_ROOM_HEADER

#undef real
#undef part
#undef FC_REAL_BYTES
#undef FC_TYPE
#undef FC_TAG
