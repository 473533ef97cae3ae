#define FC_ROOM_HEADER "phases/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(phases) = {"phases", {FC_REAL_KERNELS}};
