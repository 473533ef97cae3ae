#define FC_ROOM_HEADER "separable/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(separable) = {"separable", {FC_REAL_KERNELS}};
