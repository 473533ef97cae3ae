#define FC_ROOM_HEADER "taps/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(taps) = {"taps", {FC_REAL_KERNELS}};
