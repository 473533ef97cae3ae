#define FC_ROOM_HEADER "grad/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(grad) = {"grad", {FC_REAL_KERNELS}};
