/* Compile the room whose header is FC_ROOM_HEADER for float and then for double. */
#include "kernel.h"

#define real float
#define real_int int32_t
#define FC_REAL_BYTES 4
#define FC_TYPE FC_F32
#define FC_TAG _f32
#define FC_FLOATING 1
#define FC_LOWEST (-__builtin_inf())
#define FC_HIGHEST __builtin_inf()
#include "vec.h"
#include "part.h"
#include "transpose.h"
#include "down.h"
#include "pick.h"
#include FC_ROOM_HEADER
#undef real
#undef real_int
#undef FC_REAL_BYTES
#undef FC_TYPE
#undef FC_TAG
#undef FC_FLOATING
#undef FC_LOWEST
#undef FC_HIGHEST

#define real double
#define real_int int64_t
#define FC_REAL_BYTES 8
#define FC_TYPE FC_F64
#define FC_TAG _f64
#define FC_FLOATING 1
#define FC_LOWEST (-__builtin_inf())
#define FC_HIGHEST __builtin_inf()
#include "vec.h"
#include "part.h"
#include "transpose.h"
#include "down.h"
#include "pick.h"
#include FC_ROOM_HEADER
#undef real
#undef real_int
#undef FC_REAL_BYTES
#undef FC_TYPE
#undef FC_TAG
#undef FC_FLOATING
#undef FC_LOWEST
#undef FC_HIGHEST

#define FC_REAL_KERNELS                                                                            \
    [FC_F32] = &FC_NAME(kernels, _f32, FC_ISA), [FC_F64] = &FC_NAME(kernels, _f64, FC_ISA)
