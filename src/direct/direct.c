#define FC_ROOM_HEADER "direct/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(direct) = {"direct", {FC_REAL_KERNELS}};
