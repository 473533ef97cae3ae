#define FC_ROOM_HEADER "probe/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(probe) = {"probe", {FC_REAL_KERNELS}};
