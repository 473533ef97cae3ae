/* The interface of local. */
#ifndef FC_LOCAL_INTERFACE_H
#define FC_LOCAL_INTERFACE_H

#include "implicit_gemm/interface.h"

/* One pair of channels, some images, one block of unpacked pixels; see src/local/room.h. */
struct fc_local_task {
    const struct fc_block *block;
    void *weight, *feature; /* at the channels */
    ptrdiff_t weight_step;  /* from tap to tap */
    ptrdiff_t feature_step, patch_step; /* from image to image */
    ptrdiff_t taps, columns, images; /* columns: taps along the last axis */
    int accumulate;
};

enum fc_local_role { FC_LOCAL_FORWARD, FC_LOCAL_INPUT, FC_LOCAL_WEIGHT };

struct fc_local {
    size_t size;
    int images; /* at most, of one task */
    void (*forward)(const struct fc_local_task *task);
    void (*input)(const struct fc_local_task *task);
    void (*weight)(const struct fc_local_task *task);
    /* a channel of the image += what its patch holds */
    void (*add_patch)(const struct fc_geometry *g, const struct fc_block *block, const void *patch,
                  void *channel);
};

#endif
