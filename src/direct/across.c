#define FC_ROOM_HEADER "direct/across.h"
#include "reals.h"

const struct fc_room FC_OBJECT(across) = {"across", {FC_REAL_KERNELS}};
