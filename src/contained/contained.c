#define FC_ROOM_HEADER "contained/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(contained) = {"contained", {FC_REAL_KERNELS}};
