#define FC_ROOM_HEADER "pool_backward/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(pool_backward) = {"pool_backward", {FC_REAL_KERNELS}};
