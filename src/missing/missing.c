#define FC_ROOM_HEADER "missing/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(missing) = {"missing", {FC_REAL_KERNELS}};
