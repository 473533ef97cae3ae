/* Sums modulo 2^16 and 2^32. */
#define FC_ROOM_HEADER "taps/room.h"
#include "kernel.h"

#define real int16_t
#define real_int int16_t
#define FC_REAL_BYTES 2
#define FC_TYPE FC_I16
#define FC_TAG _i16
#define FC_ELEMENT epi16
#define FC_LOWEST INT16_MIN
#include "integer_vec.h"

#define real int32_t
#define real_int int32_t
#define FC_REAL_BYTES 4
#define FC_TYPE FC_I32
#define FC_TAG _i32
#define FC_ELEMENT epi32
#define FC_LOWEST INT32_MIN
#include "integer_vec.h"

const struct fc_room FC_OBJECT(taps_integers) = {
    "taps",
    {[FC_I16] = &FC_NAME(kernels, _i16, FC_ISA), [FC_I32] = &FC_NAME(kernels, _i32, FC_ISA)},
};
