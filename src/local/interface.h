/* The interface of local. */
#ifndef FC_LOCAL_INTERFACE_H
#define FC_LOCAL_INTERFACE_H

#include "implicit_gemm/interface.h"

/* One task: one pair of channels, some images, and one block of unpacked pixels. See
 * src/local/room.h. */
struct fc_local_task {
    const struct fc_block *block;
    void *weight, *feature; /* pointers to the channels of the task */
    ptrdiff_t weight_step;  /* elements from tap to tap */
    ptrdiff_t feature_step, patch_step; /* elements from image to image */
    ptrdiff_t taps, columns, images; /* columns: the number of taps along the last axis */
    int accumulate; /* whether results are added to the output */
};

enum fc_local_role { FC_LOCAL_FORWARD, FC_LOCAL_INPUT, FC_LOCAL_WEIGHT };

struct fc_local {
    size_t size;
    int images; /* the largest number of images of one task */
    /* Compute the output, the gradient of the input or the gradient of the weight. */
    void (*forward)(const struct fc_local_task *task);
    void (*input)(const struct fc_local_task *task);
    void (*weight)(const struct fc_local_task *task);
    /* Add the values of a patch to the channel of the image. */
    void (*add_patch)(const struct fc_geometry *g, const struct fc_block *block, const void *patch,
                  void *channel);
};

#endif
