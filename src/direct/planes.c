#define FC_ROOM_HEADER "direct/planes.h"
#include "reals.h"

const struct fc_room FC_OBJECT(planes) = {"planes", {FC_REAL_KERNELS}};
