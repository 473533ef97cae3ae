#define FC_ROOM_HEADER "unfold/room.h"
#include "complexes.h"

const struct fc_room FC_OBJECT(unfold_complex) = {"unfold_complex", {FC_COMPLEX_KERNELS}};
