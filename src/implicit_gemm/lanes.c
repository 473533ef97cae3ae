#define FC_ROOM_HEADER "implicit_gemm/lanes.h"
#include "reals.h"

const struct fc_room FC_OBJECT(lanes) = {"lanes", {FC_REAL_KERNELS}};
