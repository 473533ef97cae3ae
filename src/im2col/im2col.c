#define FC_ROOM_HEADER "im2col/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(im2col) = {"im2col", {FC_REAL_KERNELS}};
