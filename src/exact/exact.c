#define FC_ROOM_HEADER "exact/room.h"
#include "integers.h"

const struct fc_room FC_OBJECT(exact) = {"exact", {FC_INTEGER_KERNELS}};
