#define FC_ROOM_HEADER "lp/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(lp) = {"lp", {FC_REAL_KERNELS}};
