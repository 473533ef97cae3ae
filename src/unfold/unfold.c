#define FC_ROOM_HEADER "unfold/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(unfold) = {"unfold", {FC_REAL_KERNELS}};
