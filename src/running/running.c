#define FC_ROOM_HEADER "running/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(running) = {"running", {FC_REAL_KERNELS}};
