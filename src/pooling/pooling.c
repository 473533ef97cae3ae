#define FC_ROOM_HEADER "pooling/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(pooling) = {"pooling", {FC_REAL_KERNELS}};
