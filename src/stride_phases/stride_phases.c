#define FC_ROOM_HEADER "stride_phases/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(stride_phases) = {"stride_phases", {FC_REAL_KERNELS}};
