/* Definitions that every kernel uses: the vector length of this instruction set (ISA), macros for
 * names, and a macro that unrolls loops. */
#ifndef FC_KERNEL_H
#define FC_KERNEL_H

#include <stdint.h>
#if defined(__SSE2__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#include "fastconv.h"
#include "tune.h"

#if defined(__AVX512F__)
#define FC_VECTOR_BYTES 64
#elif defined(__AVX2__)
#define FC_VECTOR_BYTES 32
#else
#define FC_VECTOR_BYTES 16
#endif

#if defined(FC_CHECK) /* this build is only for the warnings */
#define FC_INLINE static inline __attribute__((unused))
#else
#define FC_INLINE static inline __attribute__((always_inline, unused))
#endif
/* Write this before a loop of constant length over an array that must stay in registers. */
#if defined(__clang__)
#define UNROLLED _Pragma("clang loop unroll(full)")
#else
#define UNROLLED _Pragma("GCC unroll 16")
#endif
#define FC_JOIN(a, b, c) a##b##_##c
#define FC_NAME(base, tag, isa) FC_JOIN(base, tag, isa)
/* Add the type and the ISA to a static name, so that profiles and disassembly show both. */
#define NAME(base) FC_NAME(base, FC_TAG, FC_ISA)
#define LANES (FC_VECTOR_BYTES / FC_REAL_BYTES)
/* The name of the only symbol that a room's object exports. */
#define FC_OBJECT(room) FC_NAME(fc_, room, FC_ISA)

/* FC_OF gives the struct of functions of another room for the same type. FC_OTHER declares the
 * object that exports it. */
#define FC_OTHER(room) extern const struct fc_room FC_OBJECT(room)
#define FC_OF(room) ((const struct fc_##room *)FC_OBJECT(room).kernels[FC_TYPE])

/* Order all streaming stores before later memory accesses. */
FC_INLINE void stream_end(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

#define vec NAME(vec)
#define loose_vec NAME(loose_vec)
#define ints NAME(ints)
#define load NAME(load)
#define loadu NAME(loadu)
#define store NAME(store)
#define storeu NAME(storeu)
#define stream NAME(stream)
#define broadcast NAME(broadcast)
#define held NAME(held)
#define vmax NAME(vmax)
#define vmin NAME(vmin)
#define choose NAME(choose)
#define even NAME(even)
#define evens NAME(evens)
#define odds NAME(odds)
#define in_order NAME(in_order)

#endif
