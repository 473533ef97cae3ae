#define FC_ROOM_HEADER "polyphase/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(polyphase) = {"polyphase", {FC_REAL_KERNELS}};
