#define FC_ROOM_HEADER "local/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(local) = {"local", {FC_REAL_KERNELS}};
