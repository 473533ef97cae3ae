/* Every room for every real type, compiled once per ISA (setup.py names it: -DFC_ISA=avx2). */
#include "fastconv.h"

#if defined(__AVX512F__)
#define FC_VECTOR_BYTES 64
#elif defined(__AVX2__)
#define FC_VECTOR_BYTES 32
#else
#define FC_VECTOR_BYTES 16
#endif

#include "tune.h"

#define real float
#define real_int int32_t
#define FC_REAL_BYTES 4
#define FC_TAG _f32
#include "rooms.h"
#undef real
#undef real_int
#undef FC_REAL_BYTES
#undef FC_TAG

#define real double
#define real_int int64_t
#define FC_REAL_BYTES 8
#define FC_TAG _f64
#include "rooms.h"
#undef real
#undef real_int
#undef FC_REAL_BYTES
#undef FC_TAG

#define real int8_t
#define real_int int8_t
#define FC_REAL_BYTES 1
#define FC_TAG _i8
#define FC_ELEMENT epi8
#define FC_LOWEST INT8_MIN
#include "integer_rooms.h"

#define real int16_t
#define real_int int16_t
#define FC_REAL_BYTES 2
#define FC_TAG _i16
#define FC_ELEMENT epi16
#define FC_LOWEST INT16_MIN
#include "integer_rooms.h"

#define real int32_t
#define real_int int32_t
#define FC_REAL_BYTES 4
#define FC_TAG _i32
#define FC_ELEMENT epi32
#define FC_LOWEST INT32_MIN
#include "integer_rooms.h"

#define real int64_t
#define real_int int64_t
#define FC_REAL_BYTES 8
#define FC_TAG _i64
#define FC_ELEMENT epi64
#define FC_LOWEST INT64_MIN
#include "integer_rooms.h"

#define real uint8_t
#define real_int int8_t
#define FC_REAL_BYTES 1
#define FC_TAG _u8
#define FC_ELEMENT epu8
#define FC_LOWEST 0
#include "integer_rooms.h"

#define real uint16_t
#define real_int int16_t
#define FC_REAL_BYTES 2
#define FC_TAG _u16
#define FC_ELEMENT epu16
#define FC_LOWEST 0
#include "integer_rooms.h"

#define real uint32_t
#define real_int int32_t
#define FC_REAL_BYTES 4
#define FC_TAG _u32
#define FC_ELEMENT epu32
#define FC_LOWEST 0
#include "integer_rooms.h"

#define real uint64_t
#define real_int int64_t
#define FC_REAL_BYTES 8
#define FC_TAG _u64
#define FC_ELEMENT epu64
#define FC_LOWEST 0
#include "integer_rooms.h"

#define FC_QUOTE(x) #x
#define FC_STRING(x) FC_QUOTE(x)
#define FC_PAIR(room) {&FC_NAME(room, _f32, FC_ISA), &FC_NAME(room, _f64, FC_ISA)}

#define FC_ONE(room, tag) &FC_NAME(room, tag, FC_ISA)
#define FC_ALL(room)                                                                               \
    {FC_ONE(room, _i8),  FC_ONE(room, _i16), FC_ONE(room, _i32), FC_ONE(room, _i64),               \
     FC_ONE(room, _u8),  FC_ONE(room, _u16), FC_ONE(room, _u32), FC_ONE(room, _u64),               \
     FC_ONE(room, _f32), FC_ONE(room, _f64)}

/* declared here as well: nothing else names it before isa.c */
extern const struct fc_kernels FC_NAME(fc_kernels, , FC_ISA);
const struct fc_kernels FC_NAME(fc_kernels, , FC_ISA) = {
    .size = sizeof(struct fc_kernels),
    .isa = FC_STRING(FC_ISA),
    .vector_bytes = FC_VECTOR_BYTES,
#if defined(__clang__)
    .compiler = "Clang " __clang_version__,
#else
    .compiler = "GCC " __VERSION__,
#endif
    .implicit_gemm = FC_PAIR(implicit_gemm),
    .epilogue = FC_PAIR(epilogue),
    .probe = FC_PAIR(probe),
    .direct = FC_PAIR(direct),
    .planes = FC_PAIR(planes),
    .separable = FC_PAIR(separable),
    .box = FC_PAIR(box),
    .integer = FC_PAIR(integer),
    .unfold = FC_PAIR(unfolding),
    .im2col = FC_PAIR(im2col),
    .phases = FC_PAIR(phases),
    .grad = FC_PAIR(grad),
    .spread = FC_PAIR(spread),
    .local = FC_PAIR(local),
    .pooling = FC_ALL(pooling),
    .winograd = FC_PAIR(winograd),
    .fft = FC_PAIR(fft),
};
