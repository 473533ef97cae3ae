#define FC_ROOM_HEADER "epilogue/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(epilogue) = {"epilogue", {FC_REAL_KERNELS}};
