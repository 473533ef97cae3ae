#define FC_ROOM_HEADER "fft_tiled/room.h"
#include "reals.h"

const struct fc_room FC_OBJECT(fft_tiled) = {"fft_tiled", {FC_REAL_KERNELS}};
