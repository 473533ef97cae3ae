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

#define FC_QUOTE(x) #x
#define FC_STRING(x) FC_QUOTE(x)
#define FC_PAIR(room) {&FC_NAME(room, _f32, FC_ISA), &FC_NAME(room, _f64, FC_ISA)}

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
    .separable = FC_PAIR(separable),
    .box = FC_PAIR(box),
    .winograd = FC_PAIR(winograd),
};
