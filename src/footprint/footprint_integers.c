#define FC_ROOM_HEADER "footprint/room.h"
#include "integers.h"

const struct fc_room FC_OBJECT(footprint_integers) = {"footprint", {FC_INTEGER_KERNELS}};
