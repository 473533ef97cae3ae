/* The interface of implicit_gemm: blocks of output pixels, and the tiles that compute them. */
#ifndef FC_IMPLICIT_GEMM_INTERFACE_H
#define FC_IMPLICIT_GEMM_INTERFACE_H

#include "epilogue/interface.h"
#include "geometry.h"

/* The pixels of one panel that lie in one output row. */
struct fc_piece {
    ptrdiff_t row;    /* (n * depth + od) * height + oh */
    ptrdiff_t column; /* ow of the first pixel */
    ptrdiff_t lane;   /* lane of the first pixel in the panel */
    ptrdiff_t length;
    ptrdiff_t vectors; /* number of vectors that cover length */
    ptrdiff_t out;     /* element of the first pixel in channel 0 of the feature array */
    ptrdiff_t image;   /* element that it reads in channel 0 of the image, tap 0 (direct only) */
    ptrdiff_t position;   /* the same element in the array that packing copies from */
};

/* Adjacent vectors of pixels, which are the columns of one register tile. */
struct fc_panel {
    ptrdiff_t vectors, first_piece, pieces;
    ptrdiff_t start; /* number of vectors of the block before this panel */
    int whole;       /* every lane is a pixel, and of the same image if the block is packed: tiles
                        write into the output */
};

/* A run of pixels, cut into panels, and the source of its input. The caller owns the scratch. */
struct fc_block {
    ptrdiff_t first_pixel, pixel_count, panel_count, depth;
    struct fc_panel *panels;
    struct fc_piece *pieces;
    /* The patch holds every input value that a range of taps reads for these pixels, with borders
     * filled in. */
    enum { FC_NOWHERE, FC_DIRECT, FC_PATCH } source; /* array that positions refer to */
    int in_place;              /* whether tiles read the image itself; set before cut() */
    ptrdiff_t low[3], high[3]; /* range of taps per axis, of the patch or of the direct offsets */
    ptrdiff_t pitch, slot_count, line_count;
    ptrdiff_t channels; /* number of channels that one patch holds */
    ptrdiff_t *slots;   /* element of each patch row in channel 0; -1: fill value, -2: unused */
    struct fc_line *lines;
    ptrdiff_t *offsets; /* per channel and tap: the offset added to a position */
    ptrdiff_t *positions;  /* per vector of an unpacked block: its position in the patch */
    ptrdiff_t *places;     /* per vector of an unpacked block: its element in channel 0 of the output */
    int whole;             /* whether all panels are; set by cut() */
    void *patch;
};

/* The operands of a register tile (tile.h). */
struct fc_operands {
    const void *a, *b;
    void *c;
    ptrdiff_t depth, a_row, a_step, c_row;
    ptrdiff_t ahead; /* elements from `a` to packed weights to ask for, 0 for none */
    const ptrdiff_t *positions, *offsets;
    const ptrdiff_t *places; /* per vector of unpacked pixels: its element in a row of C */
    int accumulate;
    const struct fc_ending *ending; /* NULL if there is none; it has a channel */
};

typedef void fc_tile_function(const struct fc_operands *o);

struct fc_implicit_gemm {
    size_t size;
    int lanes, rows_max, vectors_max;
    int depth_max;   /* maximum number of terms per block of a sum */
    int block_bytes; /* bytes of packed pixels */
    int patch_bytes;   /* bytes of a patch that packing copies from */
    int unpacked_bytes; /* bytes of a patch that tiles read */
    int shape_count;
    const int (*shapes)[2]; /* rows x vectors of the register tiles to choose from */
    /* Cut pixels first..first+count into panels of at most `vectors` vectors. With `overlap`, the
     * last vector of a row of an unpacked block starts so much earlier that it is full, and some
     * outputs are computed twice: sums of more than one block of depth cannot be. */
    void (*cut)(const struct fc_geometry *g, struct fc_block *block, ptrdiff_t first,
                ptrdiff_t count, ptrdiff_t vectors, int unpacked, int overlap);
    /* Pack rows k0..k1 of the unfolded image, of channels from `channel` on, into `packed`. */
    void (*pack)(const struct fc_geometry *g, struct fc_block *block, const void *image,
                 ptrdiff_t channel, ptrdiff_t k0, ptrdiff_t k1, double fill, void *packed);
    /* Load the patch of `channels` whole channels, at most `most` of them. Unpacked blocks use this
     * instead of pack(). Of a block in place, which has one tap, it sets where tiles read. */
    void (*load_patch)(const struct fc_geometry *g, struct fc_block *block, const void *image,
                  ptrdiff_t channel, ptrdiff_t channels, ptrdiff_t most, double fill);
    /* Interleave rows of a row-major matrix: packed[p * rows + i] = weight[i * stride + p]. */
    void (*pack_strip)(const void *weight, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t depth,
                       void *packed);
    /* Compute out[i, pixel] (+)= sum_p weight[i, p] * X[p, pixel]. If stride is 0, the weight is a
     * packed strip. If packed is NULL, the block is unpacked. If ending is not NULL, the results
     * go through it. */
    void (*multiply)(const struct fc_block *block, const void *packed, const void *weight,
                     ptrdiff_t stride, ptrdiff_t rows, void *out, ptrdiff_t out_stride,
                     int accumulate, const struct fc_ending *ending, void *tile);
    /* Tiles of packed operands, for other rooms. The tile of rows x vectors is at index
     * (rows - 1) * vectors_max + vectors - 1. */
    fc_tile_function *const *tiles;
};

#endif
