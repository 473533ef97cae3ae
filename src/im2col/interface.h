/* The interface of im2col. */
#ifndef FC_IM2COL_INTERFACE_H
#define FC_IM2COL_INTERFACE_H

#include "implicit_gemm/interface.h"

struct fc_im2col {
    size_t size;
    /* Pack rows k0..k1 of the unfolded block, which block->patch holds, into `packed`. */
    void (*pack)(struct fc_block *block, ptrdiff_t k0, ptrdiff_t k1, void *packed);
};

#endif
