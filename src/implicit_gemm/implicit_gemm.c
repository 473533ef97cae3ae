#define FC_ROOM_HEADER "implicit_gemm/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(implicit_gemm) = {"implicit_gemm", {FC_REAL_KERNELS}};
