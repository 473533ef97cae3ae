#define FC_ROOM_HEADER "footprint/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(footprint) = {"footprint", {FC_REAL_KERNELS}};
