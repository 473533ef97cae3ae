#include "kernel.h"

#define FC_TAG _f32
#include "half/room.h"

const struct fc_room FC_OBJECT(half) = {"half", {[FC_F32] = &NAME(kernels)}};
