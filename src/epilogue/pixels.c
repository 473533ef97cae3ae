#define FC_ROOM_HEADER "epilogue/pixels.h"
#include "reals.h"

const struct fc_room FC_OBJECT(pixels) = {"pixels", {FC_REAL_KERNELS}};
