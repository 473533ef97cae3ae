#define FC_ROOM_HEADER "winograd/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(winograd) = {"winograd", {FC_REAL_KERNELS}};
