#define FC_ROOM_HEADER "copies/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(copies) = {"copies", {FC_REAL_KERNELS}};
