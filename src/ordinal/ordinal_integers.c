#define FC_ROOM_HEADER "ordinal/room.h"
#include "integers.h"

const struct fc_room FC_OBJECT(ordinal_integers) = {"ordinal", {FC_INTEGER_KERNELS}};
