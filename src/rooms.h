/* The rooms, in one order for every real type. */
#include "vec.h"
#include "part.h"
#include "transpose.h"
#include "pick.h"

#include "implicit_gemm/tile.h"
#include "implicit_gemm/block.h"
#include "implicit_gemm/fill.h"
#include "implicit_gemm/box.h"
#include "implicit_gemm/pack.h"
#include "implicit_gemm/room.h"

#include "separable/columns.h"
#include "separable/row.h"
#include "separable/room.h"

#include "box/room.h"

#include "integer/convert.h"
#include "integer/sums.h"
#include "integer/room.h"

#include "epilogue/activation.h"
#include "epilogue/room.h"

#include "probe/room.h"

#include "direct/line.h"
#include "direct/stencil.h"
#include "direct/rows.h"
#include "direct/room.h"
#include "direct/plane.h"
#include "direct/planes.h"

#include "unfold/unfold.h"
#include "unfold/fold.h"
#include "unfold/room.h"

#include "im2col/room.h"
#include "phases/room.h"
#include "grad/dot.h"
#include "grad/unroll.h"
#include "grad/taps.h"
#include "grad/room.h"
#include "spread/room.h"
#include "local/room.h"
#define FC_FLOATING 1
#define FC_LOWEST (-__builtin_inf())
#define FC_HIGHEST __builtin_inf()
#include "pooling/room.h"
#undef FC_FLOATING
#undef FC_LOWEST
#undef FC_HIGHEST

#include "winograd/points.h"
#include "winograd/shuffle.h"
#include "winograd/input.h"
#include "winograd/output.h"
#include "winograd/weight.h"
#include "winograd/room.h"

#include "fft/butterfly.h"
#include "fft/passes.h"
#include "fft/matrix.h"
#include "fft/tile.h"
#include "fft/columns.h"
#include "fft/channel_tiles.h"
#include "fft/channels.h"
#include "fft/room.h"
