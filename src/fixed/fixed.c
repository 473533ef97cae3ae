/* Compile the room for the types of images that it filters. */
#include "kernel.h"

#define FC_ROOM_HEADER "fixed/room.h"

#define real uint8_t
#define real_int int8_t
#define FC_REAL_BYTES 1
#define FC_TYPE FC_U8
#define FC_TAG _u8
#define FC_ELEMENT epu8
#define FC_LOWEST 0
#include "integer_vec.h"

#define real int16_t
#define real_int int16_t
#define FC_REAL_BYTES 2
#define FC_TYPE FC_I16
#define FC_TAG _i16
#define FC_ELEMENT epi16
#define FC_LOWEST INT16_MIN
#include "integer_vec.h"

#define real uint16_t
#define real_int int16_t
#define FC_REAL_BYTES 2
#define FC_TYPE FC_U16
#define FC_TAG _u16
#define FC_ELEMENT epu16
#define FC_LOWEST 0
#include "integer_vec.h"

const struct fc_room FC_OBJECT(fixed) = {
    "fixed",
    {
        [FC_U8] = &FC_NAME(kernels, _u8, FC_ISA),
        [FC_I16] = &FC_NAME(kernels, _i16, FC_ISA),
        [FC_U16] = &FC_NAME(kernels, _u16, FC_ISA),
    },
};
