/* The interface of fft_tiled. */
#ifndef FC_FFT_TILED_INTERFACE_H
#define FC_FFT_TILED_INTERFACE_H

#include "winograd/interface.h"

#define FC_FFT_PASSES 20

/* A Fourier transform of `size` values: its passes and their twiddles. See
 * src/fft_tiled/passes.h. */
struct fc_transform {
    ptrdiff_t size, twiddle_count;
    const void *twiddles;
    int passes, radix[FC_FFT_PASSES];
};

/* One convolution by overlapping tiles. A tile is a block of padded coordinates, or a part of a
 * line that is cut into rows. In memory it is a stack of matrices of complex numbers
 * (src/fft_tiled/matrix.h). */
struct fc_fft_plan {
    struct fc_geometry geometry;
    struct fc_transform transform[3]; /* along depth, along columns, along rows */
    ptrdiff_t groups, group_channels, group_features;
    ptrdiff_t parts, part;             /* parts of a line's taps; coordinates from part to part */
    ptrdiff_t tiles[3], hop[3];        /* number of tiles; padded coordinates from tile to tile */
    ptrdiff_t bands, vectors;          /* per matrix: bands of LANES rows, vectors of columns */
    ptrdiff_t pitch, plane, spectrum;  /* complex vectors per row, per matrix, per spectrum */
    const void *line_twiddles;         /* of a line, per band, column and row: w^(row * column) */
    int upright;                       /* the last axis is not filtered: use tiles of columns.h */
    int is_complex;                    /* images are complex: a transform holds one tile, not two */
    int has_epilogue, bias_position, activation;
};

/* Tiles first..stop of one group: one tile, or two that share a transform. The caller owns the
 * scratch memory. */
struct fc_fft_task {
    const void *image, *bias, *add;
    const void *spectra; /* spectra of the group's taps, per feature, channel and part */
    void *out;
    double fill[2];
    ptrdiff_t group, first, stop;
    void *matrix, *inputs, *buffer, *row;
};

/* A run: tiles of a block that are neighbours in one row of tiles. */
struct fc_fft_run {
    ptrdiff_t lane, count; /* lane of the first tile in the block; number of tiles */
    ptrdiff_t batch, at[3]; /* image and padded coordinates of the first tile */
    ptrdiff_t position;        /* of the run's copy in the patch of the block */
};

/* A block of tiles of many channels. See src/fft_tiled/channels.h. The caller owns the scratch. */
struct fc_fft_block {
    struct fc_tiles planes;  /* values and products, in the layout of winograd */
    ptrdiff_t pair_count;    /* pairs of frequencies that are conjugate if the values are real */
    const ptrdiff_t (*pairs)[2];
    ptrdiff_t first, count, run_count;
    struct fc_fft_run *runs;
    const void **from;       /* per tile: pointer to its first value */
    ptrdiff_t (*step)[2];    /* per tile: elements from row to row, and from plane to plane */
    void *patch, *zeros;
};

/* Where values low..high of a row of a whole array lie: value c at element at + c. */
struct fc_fft_place {
    ptrdiff_t at, low, high;
};

/* Tables of one transform of a whole array. See src/fft_tiled/whole.h. */
#define FC_WHOLE_STEPS 32
struct fc_fft_whole {
    const void *row_turns, *column_turns; /* NULL: values are complex */
    const void *starts, *steps; /* NULL: not a line, so that there are no twiddles between transforms */
};

struct fc_fft_tiled {
    size_t size;
    int lanes;
    /* The next four functions serve many channels.
     * cut: cut a block into runs.
     * input: compute row `row` of the block's values from one channel.
     * output: compute one output channel from row `row` of the block's products.
     * strip: transform the taps of a strip of rows. Planes are `plane` elements apart. */
    void (*cut)(const struct fc_fft_plan *plan, struct fc_fft_block *block);
    void (*input)(const struct fc_fft_plan *plan, const struct fc_fft_task *task,
                  const struct fc_fft_block *block, ptrdiff_t channel, ptrdiff_t row);
    void (*output)(const struct fc_fft_plan *plan, const struct fc_fft_task *task,
                   const struct fc_fft_block *block, ptrdiff_t channel, ptrdiff_t row);
    void (*strip)(const struct fc_fft_plan *plan, const struct fc_fft_task *scratch,
                  const struct fc_fft_block *block, const void *weight, ptrdiff_t rows,
                  void *packed, ptrdiff_t plane);
    /* Compute the task's tiles for all output channels of its group. */
    void (*filter)(const struct fc_fft_plan *plan, const struct fc_fft_task *task);
    /* Compute the spectrum of the taps of one output channel, input channel and part. */
    void (*taps)(const struct fc_fft_plan *plan, const void *weight, ptrdiff_t part, void *spectrum,
                 const struct fc_fft_task *scratch);
    /* Transform t->size complex vectors in place: forward into the order of reversed digits, or
     * back from that order if `inverse`. */
    void (*transform)(const struct fc_transform *t, void *values, int inverse);
    /* A whole line, image or volume. load: load and transform vector `task` of the columns of all
     * planes into the stack of matrices. rows: transform a band of the rows of all planes, and
     * multiply by h and transform back, or store its spectrum. store: transform vector `task` of the
     * columns back, and store its values. */
    void (*whole_load)(const struct fc_fft_plan *plan, const struct fc_fft_whole *whole,
                       const struct fc_fft_place *places, const void *from, ptrdiff_t task,
                       void *matrix, void *scratch);
    void (*whole_rows)(const struct fc_fft_plan *plan, const struct fc_fft_whole *whole,
                       ptrdiff_t band, void *matrix, const void *h, void *spectrum, void *scratch);
    void (*whole_store)(const struct fc_fft_plan *plan, const struct fc_fft_whole *whole,
                        const struct fc_fft_place *places, const void *matrix, ptrdiff_t task,
                        void *to, void *scratch);
};

#endif
