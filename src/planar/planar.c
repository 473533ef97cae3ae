#define FC_ROOM_HEADER "planar/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(planar) = {"planar", {FC_REAL_KERNELS}};
