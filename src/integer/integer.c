#define FC_ROOM_HEADER "integer/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(integer) = {"integer", {FC_REAL_KERNELS}};
