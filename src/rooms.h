/* The rooms, in one order for every real type. */
#include "vec.h"

#include "implicit_gemm/tile.h"
#include "implicit_gemm/block.h"
#include "implicit_gemm/box.h"
#include "implicit_gemm/pack.h"
#include "implicit_gemm/room.h"

#include "epilogue/activation.h"
#include "epilogue/room.h"

#include "probe/room.h"

#define FC_FLOATING 1
#define FC_LOWEST (-__builtin_inf())
#include "pooling/room.h"
#undef FC_FLOATING
#undef FC_LOWEST
