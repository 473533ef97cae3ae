/* Compile the room whose header is FC_ROOM_HEADER for each of the eight integer types. */
#include "kernel.h"

#define real int8_t
#define real_int int8_t
#define FC_REAL_BYTES 1
#define FC_TYPE FC_I8
#define FC_TAG _i8
#define FC_ELEMENT epi8
#define FC_LOWEST INT8_MIN
#include "integer_vec.h"

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

#define real int64_t
#define real_int int64_t
#define FC_REAL_BYTES 8
#define FC_TYPE FC_I64
#define FC_TAG _i64
#define FC_ELEMENT epi64
#define FC_LOWEST INT64_MIN
#include "integer_vec.h"

#define real uint8_t
#define real_int int8_t
#define FC_REAL_BYTES 1
#define FC_TYPE FC_U8
#define FC_TAG _u8
#define FC_ELEMENT epu8
#define FC_LOWEST 0
#include "integer_vec.h"

#define real uint16_t
#define real_int int16_t
#define FC_REAL_BYTES 2
#define FC_TYPE FC_U16
#define FC_TAG _u16
#define FC_ELEMENT epu16
#define FC_LOWEST 0
#include "integer_vec.h"

#define real uint32_t
#define real_int int32_t
#define FC_REAL_BYTES 4
#define FC_TYPE FC_U32
#define FC_TAG _u32
#define FC_ELEMENT epu32
#define FC_LOWEST 0
#include "integer_vec.h"

#define real uint64_t
#define real_int int64_t
#define FC_REAL_BYTES 8
#define FC_TYPE FC_U64
#define FC_TAG _u64
#define FC_ELEMENT epu64
#define FC_LOWEST 0
#include "integer_vec.h"

#define FC_INTEGER_KERNELS                                                                         \
    [FC_I8] = &FC_NAME(kernels, _i8, FC_ISA),                                                      \
    [FC_I16] = &FC_NAME(kernels, _i16, FC_ISA),                                                    \
    [FC_I32] = &FC_NAME(kernels, _i32, FC_ISA),                                                    \
    [FC_I64] = &FC_NAME(kernels, _i64, FC_ISA),                                                    \
    [FC_U8] = &FC_NAME(kernels, _u8, FC_ISA),                                                      \
    [FC_U16] = &FC_NAME(kernels, _u16, FC_ISA),                                                    \
    [FC_U32] = &FC_NAME(kernels, _u32, FC_ISA),                                                    \
    [FC_U64] = &FC_NAME(kernels, _u64, FC_ISA)
