#define FC_ROOM_HEADER "ordinal/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(ordinal) = {"ordinal", {FC_REAL_KERNELS}};
