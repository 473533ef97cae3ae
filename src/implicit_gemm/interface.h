/* The interface of implicit_gemm: blocks of output pixels, and tiles of them. */
#ifndef FC_IMPLICIT_GEMM_INTERFACE_H
#define FC_IMPLICIT_GEMM_INTERFACE_H

#include "geometry.h"

/* Pixels of one panel that lie in one output row. */
struct fc_piece {
    ptrdiff_t row;    /* (n * depth + od) * height + oh */
    ptrdiff_t column; /* ow of the first pixel */
    ptrdiff_t lane;   /* of the first pixel, in the panel */
    ptrdiff_t length;
    ptrdiff_t vectors; /* that cover length */
    ptrdiff_t out;     /* element of the first pixel in channel 0 of the feature array */
    ptrdiff_t image;   /* its element in channel 0 of the image array, tap 0 (direct only) */
    ptrdiff_t position;   /* where packing finds it: the same in the array that it copies from */
};

/* Some vectors of pixels side by side: the columns of one register tile. */
struct fc_panel {
    ptrdiff_t vectors, first_piece, pieces;
    ptrdiff_t start; /* vectors of the block before this panel */
    int whole;       /* every lane is a pixel, all of one image: tiles go straight to the output */
};

/* A run of pixels, cut into panels, and where its input comes from. Scratch is the caller's. */
struct fc_block {
    ptrdiff_t first_pixel, pixel_count, panel_count, depth;
    struct fc_panel *panels;
    struct fc_piece *pieces;
    /* the patch: every input value that some taps read for these pixels, borders filled in */
    enum { FC_NOWHERE, FC_DIRECT, FC_PATCH } source; /* what pieces and offsets point into */
    ptrdiff_t low[3], high[3]; /* taps per axis; of the patch, or of the direct offsets */
    ptrdiff_t pitch, slot_count, line_count;
    ptrdiff_t channels; /* that one patch holds */
    ptrdiff_t *slots;   /* element of each row of the patch in channel 0, -1 fill, -2 unused */
    struct fc_line *lines;
    ptrdiff_t *offsets; /* per channel and tap: what it adds to a position */
    ptrdiff_t *positions;  /* per vector of an unpacked block */
    void *patch;
};

/* What a register tile multiplies (tile.h). */
struct fc_operands {
    const void *a, *b;
    void *c;
    ptrdiff_t depth, a_row, a_step, c_row;
    const ptrdiff_t *positions, *offsets;
    int accumulate;
};

typedef void fc_tile_function(const struct fc_operands *o);

struct fc_implicit_gemm {
    size_t size;
    int lanes, rows_max, vectors_max;
    int depth_max;   /* terms per sum block */
    int block_bytes; /* of packed pixels */
    int patch_bytes;   /* of a patch that is copied from */
    int unpacked_bytes; /* of a patch that tiles read */
    int shape_count;
    const int (*shapes)[2]; /* rows x vectors of the register tiles to choose from */
    /* cut pixels first..first+count into panels of at most `vectors` vectors */
    void (*cut)(const struct fc_geometry *g, struct fc_block *block, ptrdiff_t first,
                ptrdiff_t count, ptrdiff_t vectors, int unpacked);
    /* rows k0..k1 of the unfolded image, of channels from `channel` on, into `packed` */
    void (*pack)(const struct fc_geometry *g, struct fc_block *block, const void *image,
                 ptrdiff_t channel, ptrdiff_t k0, ptrdiff_t k1, double fill, void *packed);
    /* instead, for unpacked blocks: the patch of `channels` whole channels, at most `most` of them
     * */
    void (*load_patch)(const struct fc_geometry *g, struct fc_block *block, const void *image,
                  ptrdiff_t channel, ptrdiff_t channels, ptrdiff_t most, double fill);
    /* rows of a row-major matrix interleaved: packed[p * rows + i] = weight[i * stride + p] */
    void (*pack_strip)(const void *weight, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t depth,
                       void *packed);
    /* out[i, pixel] (+)= sum_p weight[i, p] * X[p, pixel]; stride 0: weight is a packed strip;
     * packed NULL: the block is unpacked */
    void (*multiply)(const struct fc_block *block, const void *packed, const void *weight,
                     ptrdiff_t stride, ptrdiff_t rows, void *out, ptrdiff_t out_stride,
                     int accumulate, void *tile);
    /* the same with lanes that are rows of the weight:
     * packed[p * width + i] = weight[i * stride + p], 0 beyond the rows;
     * sums[pixel, i] (+)= sum_p X[p, pixel] * weight[p, i], `vectors` wide, `most` pixels at once;
     * out[i, pixel] = sums[pixel, i] */
    void (*pack_lanes)(const void *weight, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t width,
                       ptrdiff_t depth, void *packed);
    void (*multiply_swapped)(const struct fc_block *block, const void *packed, const void *weight,
                            ptrdiff_t vectors, ptrdiff_t most, void *sums, int accumulate);
    void (*swap_back)(const struct fc_block *block, const void *sums, ptrdiff_t width,
                      ptrdiff_t rows, void *out, ptrdiff_t out_stride);
    /* for other rooms: tiles of packed operands, at (rows - 1) * vectors_max + vectors - 1 */
    fc_tile_function *const *tiles;
};

#endif
