#define FC_ROOM_HEADER "spread/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(spread) = {"spread", {FC_REAL_KERNELS}};
