#define FC_ROOM_HEADER "fft/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(fft) = {"fft", {FC_REAL_KERNELS}};
