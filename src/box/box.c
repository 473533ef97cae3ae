#define FC_ROOM_HEADER "box/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(box) = {"box", {FC_REAL_KERNELS}};
