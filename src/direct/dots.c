#define FC_ROOM_HEADER "direct/dots.h"
#include "reals.h"

const struct fc_room FC_OBJECT(dots) = {"dots", {FC_REAL_KERNELS}};
