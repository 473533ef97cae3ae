#define FC_ROOM_HEADER "unfold/room.h"
#include "integers.h"

const struct fc_room FC_OBJECT(unfold_integers) = {"unfold", {FC_INTEGER_KERNELS}};
