/* Compile the room whose header is FC_ROOM_HEADER for complex numbers of float and then of double.
 * Only what moves and adds values is defined for them. */
#include "kernel.h"

#define real float _Complex
#define part float
#define FC_REAL_BYTES 8
#define FC_TYPE FC_F32
#define FC_TAG _c64
#include "complex_vec.h"

#define real double _Complex
#define part double
#define FC_REAL_BYTES 16
#define FC_TYPE FC_F64
#define FC_TAG _c128
#include "complex_vec.h"

#define FC_COMPLEX_KERNELS                                                                         \
    [FC_F32] = &FC_NAME(kernels, _c64, FC_ISA), [FC_F64] = &FC_NAME(kernels, _c128, FC_ISA)
