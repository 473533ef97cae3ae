#define FC_ROOM_HEADER "pooling/room.h"
#include "integers.h"

const struct fc_room FC_OBJECT(pooling_integers) = {"pooling", {FC_INTEGER_KERNELS}};
