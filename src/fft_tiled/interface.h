/* The interface of fft_tiled. */
#ifndef FC_FFT_TILED_INTERFACE_H
#define FC_FFT_TILED_INTERFACE_H

#include "winograd/interface.h"

#define FC_FFT_PASSES 20

/* A Fourier transform of `size` values: its passes and their twiddles, see src/fft_tiled/passes.h.
 * */
struct fc_transform {
    ptrdiff_t size, twiddle_count;
    const void *twiddles;
    int passes, radix[FC_FFT_PASSES];
};

/* One convolution by overlapping tiles. A tile is a block of padded coordinates, or a stretch of a
 * line cut into rows; in memory a stack of matrices of complex numbers (src/fft_tiled/matrix.h). */
struct fc_fft_plan {
    struct fc_geometry geometry;
    struct fc_transform transform[3]; /* through the stack, down the columns, along the rows */
    ptrdiff_t groups, group_channels, group_features;
    ptrdiff_t parts, part;             /* of a line's taps, and padded coordinates from one on */
    ptrdiff_t tiles[3], hop[3];        /* how many, and padded coordinates from one on */
    ptrdiff_t bands, vectors;          /* of LANES rows, of LANES columns; of one matrix */
    ptrdiff_t pitch, plane, spectrum;  /* complex vectors of a row, of a matrix, of a spectrum */
    const void *line_twiddles;         /* of a line, per band, column and row: w^(row * column) */
    int upright;                       /* the last axis is not filtered: tiles of columns.h */
    int is_complex;                    /* images of complex numbers, one per tile in place of two */
    int has_epilogue, bias_position, activation;
};

/* Tiles first..stop (one, or two that share a transform) of one group. Scratch is the caller's. */
struct fc_fft_task {
    const void *image, *bias, *add;
    const void *spectra; /* of the group's taps, per feature, channel and part */
    void *out;
    double fill[2];
    ptrdiff_t group, first, stop;
    void *matrix, *inputs, *buffer, *row;
};

/* Neighbouring tiles of one row of tiles, of a block of tiles. */
struct fc_fft_run {
    ptrdiff_t lane, count; /* of the first tile in the block; how many */
    ptrdiff_t batch, at[3]; /* padded coordinates of the first tile */
    ptrdiff_t position;        /* of its copy among those of the block */
};

/* A block of tiles of many channels, see src/fft_tiled/channels.h. Scratch is the caller's. */
struct fc_fft_block {
    struct fc_tiles planes;  /* values and products, as Winograd's */
    ptrdiff_t pair_count;    /* of frequencies that are conjugates where the values are real */
    const ptrdiff_t (*pairs)[2];
    ptrdiff_t first, count, run_count;
    struct fc_fft_run *runs;
    const void **from;       /* per tile: where it starts, */
    ptrdiff_t (*step)[2];    /* and from one of its rows, and planes, to the next */
    void *patch, *zeros;
};

struct fc_fft_tiled {
    size_t size;
    int lanes;
    /* many channels: a block cut into runs; one row of its values, a channel; `row` of its products
     * as an output channel; the taps of a strip of rows, whose planes are `plane` elements apart */
    void (*cut)(const struct fc_fft_plan *plan, struct fc_fft_block *block);
    void (*input)(const struct fc_fft_plan *plan, const struct fc_fft_task *task,
                  const struct fc_fft_block *block, ptrdiff_t channel, ptrdiff_t row);
    void (*output)(const struct fc_fft_plan *plan, const struct fc_fft_task *task,
                   const struct fc_fft_block *block, ptrdiff_t channel, ptrdiff_t row);
    void (*strip)(const struct fc_fft_plan *plan, const struct fc_fft_task *scratch,
                  const struct fc_fft_block *block, const void *weight, ptrdiff_t rows,
                  void *packed, ptrdiff_t plane);
    /* tiles of all of a group's output channels */
    void (*filter)(const struct fc_fft_plan *plan, const struct fc_fft_task *task);
    /* spectrum of the taps of one output channel, input channel and part */
    void (*taps)(const struct fc_fft_plan *plan, const void *weight, ptrdiff_t part, void *spectrum,
                 const struct fc_fft_task *scratch);
    /* t->size complex vectors, in place: forward into the order of reversed digits, or back */
    void (*transform)(const struct fc_transform *t, void *values, int inverse);
};

#endif
