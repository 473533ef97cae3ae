/* The C interface of fastconv: what one core does to one tile.
 *
 * kernels.c is compiled once per ISA; each object exports one const table, struct fc_kernels, and
 * nothing else. A table points to one struct of functions per room and real type. Data pointers are
 * void: the caller picks the room's struct of the type that its arrays have.
 *
 * Every struct whose layout both sides must agree on is checked by fc_sizes() at import.
 */
#ifndef FASTCONV_H
#define FASTCONV_H

#include <stddef.h>

enum fc_real { FC_F32, FC_F64, FC_REALS };

/* What poolings also take, integers first. */
enum fc_value {
    FC_I8, FC_I16, FC_I32, FC_I64, FC_U8, FC_U16, FC_U32, FC_U64, FC_VALUE_F32, FC_VALUE_F64,
    FC_VALUES
};

enum fc_activation { FC_LINEAR, FC_RELU, FC_RELU6, FC_SILU, FC_SIGMOID, FC_TANH };

/* ---- implicit_gemm ---- */

/* One spatial axis. Feature position o and tap t read the padded coordinate
 * j = o * stride + t * dilation, and line[j] is the image index there, -1 for the fill value.
 * Between the borders, before <= j < before + image, line[j] == j - before. */
struct fc_axis {
    ptrdiff_t image, feature, taps, stride, dilation, before, extent;
    const ptrdiff_t *line; /* extent entries */
};

/* The geometry of one convolution, always three axes; missing ones in front have size 1. */
struct fc_geometry {
    struct fc_axis axis[3];
    ptrdiff_t batch, image_channels, feature_channels;
    ptrdiff_t plane;  /* image elements per channel */
    ptrdiff_t pixels; /* feature elements per channel */
    ptrdiff_t taps;   /* per channel */
    int direct;       /* no border anywhere and unit stride along the last axis */
};

/* Pixels of one panel that lie in one output row. */
struct fc_piece {
    ptrdiff_t row;    /* (n * depth + od) * height + oh */
    ptrdiff_t column; /* ow of the first pixel */
    ptrdiff_t lane;   /* of the first pixel, in the panel */
    ptrdiff_t length;
    ptrdiff_t vectors; /* that cover length */
    ptrdiff_t out;     /* element of the first pixel in channel 0 of the feature array */
    ptrdiff_t image;   /* its element in channel 0 of the image array, tap 0 (direct only) */
    ptrdiff_t place;   /* where packing finds it: the same in the array that it copies from */
};

/* Some vectors of pixels side by side: the columns of one register tile. */
struct fc_panel {
    ptrdiff_t vectors, first_piece, pieces;
    ptrdiff_t start; /* vectors of the block before this panel */
    int whole;       /* every lane is a pixel, all of one image: tiles go straight to the output */
};

/* A stretch of each row of the box (box.h): its first padded coordinate, its place in the row, and
 * where it leaves the image. */
struct fc_line {
    ptrdiff_t start, place, low, high, count;
};

/* A run of pixels, cut into panels, and where its input comes from. Scratch is the caller's. */
struct fc_block {
    ptrdiff_t first_pixel, pixel_count, panel_count, depth;
    struct fc_panel *panels;
    struct fc_piece *pieces;
    /* the box: every input value that some taps read for these pixels, borders filled in */
    enum { FC_NOWHERE, FC_DIRECT, FC_BOX } source; /* what pieces and offsets point into */
    ptrdiff_t low[3], high[3]; /* taps per axis; of the box, or of the direct offsets */
    ptrdiff_t pitch, slot_count, line_count;
    ptrdiff_t channels; /* that one box holds */
    ptrdiff_t *slots;   /* element of each row of the box in channel 0, -1 fill, -2 unused */
    struct fc_line *lines;
    ptrdiff_t *offsets; /* per channel and tap: what it adds to a place */
    ptrdiff_t *places;  /* per vector of a placed block */
    void *box;
};

struct fc_implicit_gemm {
    size_t size;
    int lanes, rows_max, vectors_max;
    int depth_max;   /* terms per sum block */
    int block_bytes; /* of packed pixels */
    int box_bytes;   /* of a box that is copied from */
    int placed_bytes; /* of a box that tiles read */
    int shape_count;
    const int (*shapes)[2]; /* rows x vectors of the register tiles to choose from */
    /* cut pixels first..first+count into panels of at most `vectors` vectors */
    void (*cut)(const struct fc_geometry *g, struct fc_block *block, ptrdiff_t first,
                ptrdiff_t count, ptrdiff_t vectors, int placed);
    /* rows k0..k1 of the unfolded image, of channels from `channel` on, into `packed` */
    void (*pack)(const struct fc_geometry *g, struct fc_block *block, const void *image,
                 ptrdiff_t channel, ptrdiff_t k0, ptrdiff_t k1, double fill, void *packed);
    /* instead, for placed blocks: the box of `channels` whole channels, at most `most` of them */
    void (*place)(const struct fc_geometry *g, struct fc_block *block, const void *image,
                  ptrdiff_t channel, ptrdiff_t channels, ptrdiff_t most, double fill);
    /* rows of a row-major matrix interleaved: packed[p * rows + i] = weight[i * stride + p] */
    void (*pack_strip)(const void *weight, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t depth,
                       void *packed);
    /* out[i, pixel] (+)= sum_p weight[i, p] * X[p, pixel]; stride 0: weight is a packed strip;
     * packed NULL: the block is placed */
    void (*multiply)(const struct fc_block *block, const void *packed, const void *weight,
                     ptrdiff_t stride, ptrdiff_t rows, void *out, ptrdiff_t out_stride,
                     int accumulate, void *tile);
    /* the same with lanes that are rows of the weight:
     * packed[p * width + i] = weight[i * stride + p], 0 beyond the rows;
     * sums[pixel, i] (+)= sum_p X[p, pixel] * weight[p, i], `vectors` wide, `most` pixels at once;
     * out[i, pixel] = sums[pixel, i] */
    void (*pack_lanes)(const void *weight, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t width,
                       ptrdiff_t depth, void *packed);
    void (*multiply_turned)(const struct fc_block *block, const void *packed, const void *weight,
                            ptrdiff_t vectors, ptrdiff_t most, void *sums, int accumulate);
    void (*turn_back)(const struct fc_block *block, const void *sums, ptrdiff_t width,
                      ptrdiff_t rows, void *out, ptrdiff_t out_stride);
};

/* ---- epilogue ---- */

struct fc_epilogue {
    size_t size;
    /* rows x count values at out: + channel[i] + position[i, :] + add[i, :], then the activation;
     * NULL leaves a term out; out, position and add share the row stride */
    void (*finish)(void *out, ptrdiff_t rows, ptrdiff_t count, ptrdiff_t stride,
                   const void *channel, const void *position, const void *add, int activation);
    int (*nonfinite)(const void *values, ptrdiff_t count);
};

/* ---- direct ---- */

/* Rows of taps that neighbouring output rows share, side by side in the weight. */
struct fc_run {
    ptrdiff_t taps, columns; /* rows of taps, taps per row */
    ptrdiff_t first;         /* of the input rows' pointers */
    ptrdiff_t weight, step;  /* element of the first tap, from one tap row to the next */
    ptrdiff_t offset;        /* of the offsets of its tap columns */
    int ends;                /* a block of the sum */
};

/* Columns of the output whose input comes from the same place. */
struct fc_span {
    ptrdiff_t start, stop;
    ptrdiff_t pitch; /* of a row in the box; 0: rows are read from the image itself */
    ptrdiff_t line_count;
    struct fc_line *lines;
    const ptrdiff_t *offsets; /* per tap column: what it adds to an output column */
};

/* One convolution, see src/direct/rows.h. */
struct fc_direct_plan {
    struct fc_geometry geometry;
    ptrdiff_t groups, group_channels, group_features;
    ptrdiff_t kernel; /* weights per output channel */
    ptrdiff_t classes, entries, run_count, fill_count;
    ptrdiff_t tile_rows;
    const ptrdiff_t *heights;
    const struct fc_run *runs;
    const struct fc_span *spans;
    /* 1, 2, 3: every run has 3 x 3, 5 x 5, 7 x 7 taps side by side; 4: one row of taps side by side;
     * 0: neither */
    int constant;
    int has_epilogue, bias_position, activation;
};

/* Units (n, group, output depth), output rows and spans of one call. Scratch is the caller's. */
struct fc_direct_task {
    const void *image, *weight, *bias, *add;
    void *out;
    double fill;
    ptrdiff_t unit, unit_stop, row, row_stop, span, span_stop;
    ptrdiff_t *slots;
    const void **inputs;
    void *fill_row, *box, *tile;
};

struct fc_direct {
    size_t size;
    int lanes, tile_rows;
    int constant_rows; /* of tiles with constant taps; 0: there are none */
    int depth_max; /* terms per block of a sum */
    int box_bytes; /* of rows that are copied */
    void (*filter)(const struct fc_direct_plan *plan, const struct fc_direct_task *task);
};

/* A column of vectors of outputs and what its rows read: `reach` input columns from `first` on, so
 * many of them before and behind the row; `inside`: masks by tap column and half. */
struct fc_plane_column {
    ptrdiff_t here, first, reach, before, behind;
    const void *inside;
};

/* One depthwise convolution, see src/direct/planes.h. */
struct fc_planes_plan {
    struct fc_geometry geometry;
    ptrdiff_t group_features;
    ptrdiff_t rows; /* of outputs that a column is followed down before the next */
    ptrdiff_t column_count;
    struct fc_plane_column *columns;
    const ptrdiff_t *slots;   /* of padded rows: element of a plane, -1 in the border */
    const ptrdiff_t *nothing; /* as many times -1 */
    const void *zeros;        /* a row of them, from its column 0 on */
    int zeros_beyond;         /* the ends of rows */
    int has_epilogue, bias_position, activation;
};

/* Output planes unit..unit_stop, or some rows of one. */
struct fc_planes_task {
    const void *image, *image_end, *weight, *bias, *add;
    void *out;
    ptrdiff_t unit, unit_stop, row, row_stop;
};

/* vectors of masks per column; most columns between the first and the last tap */
enum { FC_PLANE_MASKS = 8, FC_PLANE_REACH = 64 };

struct fc_planes {
    size_t size;
    int lanes;
    void (*plan)(const struct fc_planes_plan *plan, struct fc_plane_column *columns, void *masks);
    void (*filter)(const struct fc_planes_plan *plan, const struct fc_planes_task *task);
};

/* ---- probe ---- */

struct fc_probe {
    size_t size;
    /* independent multiply-adds in registers; returns how many scalar ones were done */
    double (*multiply_add)(ptrdiff_t iterations, void *result);
    void (*read)(const void *values, ptrdiff_t count, void *result);
};

/* ---- separable ---- */

/* out[i, x] (+)= sum_t c[t] * line[i, x + offset[t]], i < rows; offset NULL: tap t is t values on */
struct fc_lines {
    const void *line, *c;
    void *out;
    const ptrdiff_t *offset;
    ptrdiff_t taps, rows, pitch, out_pitch, length;
    int accumulate;
};

struct fc_separable {
    size_t size;
    int lanes;
    int rows;     /* outputs of `columns` that share their rows */
    int taps_max; /* terms per sum */
    int slack;    /* values that `lines` and `split` may read past the end of a line */
    /* out[i, x] (+)= sum_u c[u] * rows[i + u][at + x], i < count <= rows; out rows `pitch` apart */
    void (*columns)(const void *const *rows, ptrdiff_t at, const void *c, ptrdiff_t taps, void *out,
                    ptrdiff_t pitch, ptrdiff_t count, ptrdiff_t length, int accumulate);
    void (*lines)(const struct fc_lines *l);
    /* out[phase * pitch + x] = line[x * stride + phase] */
    void (*split)(const void *line, ptrdiff_t length, ptrdiff_t stride, void *out, ptrdiff_t pitch);
};

/* ---- box ---- */

struct fc_box {
    size_t size;
    /* suffix[i] = suffix[i + 1] + scale * rows[i][at + x], i = count - 1, ..., 0 */
    void (*suffix)(const void *const *rows, ptrdiff_t at, double scale, ptrdiff_t count,
                   void *suffix, ptrdiff_t pitch, ptrdiff_t length, int first);
    /* out[i] = suffix[i] + prefix, then for i < more: prefix += scale * rows[i][at + x] */
    void (*combine)(const void *const *rows, ptrdiff_t at, double scale, ptrdiff_t count,
                    ptrdiff_t more, const void *suffix, void *prefix, void *out, ptrdiff_t pitch,
                    ptrdiff_t length);
};

/* ---- integer ---- */

enum fc_integer_type { FC_INT8, FC_INT16, FC_INT32, FC_UINT8, FC_UINT16, FC_REAL_TARGET };

/* A filter of integer images, see src/integer/room.h. */
struct fc_integer_plan {
    int source, target; /* fc_integer_type; what is filtered is no real */
    /* one pass down columns and one along rows, of any weights or of equal ones; or one list of taps */
    enum { FC_PASSES, FC_WINDOW, FC_TAPS } kind;
    enum { FC_EXACT, FC_TRUNCATES, FC_WRAPS } settles; /* what becomes of a row between its passes */
    int fills; /* padding of the second pass is the fill value, not what the first makes of it */
    int row_order, column_order;
    ptrdiff_t width; /* elements of a row of the image and of the output */
    ptrdiff_t unit;  /* from one tap along a row to the next */
    ptrdiff_t row_taps, column_taps, before; /* padded columns in front of the image */
    const ptrdiff_t *row_line, *column_line; /* image row or column at every padded one, -1: fill */
    const void *row_weights, *column_weights;
    double row_scale, column_scale, fill;
    ptrdiff_t tap_count, list; /* taps of a list; pointers that scratch begins with */
    const ptrdiff_t *tap_rows, *tap_offsets;
    ptrdiff_t pitch; /* of rows of scratch */
};

/* Output rows and columns of one plane. Scratch is the caller's. */
struct fc_integer_task {
    const void *image;
    void *out, *scratch;
    ptrdiff_t row, rows, column, columns;
};

struct fc_integer {
    size_t size;
    int slack; /* reals that rows of scratch are longer than what they hold */
    void (*filter)(const struct fc_integer_plan *plan, const struct fc_integer_task *task);
};

/* ---- unfold ---- */

struct fc_unfold {
    size_t size;
    /* lines[t]: where output columns column..column+columns leave the image under tap t of a row */
    void (*plan)(const struct fc_axis *w, ptrdiff_t column, ptrdiff_t columns,
                 struct fc_line *lines);
    /* rows x columns output pixels of one channel under every tap, those of tap t at t * pitch;
     * by way of the stage and past the caches unless it is NULL */
    void (*unfold)(const struct fc_geometry *g, const ptrdiff_t *slots, ptrdiff_t slot_stride,
                   const struct fc_line *lines, ptrdiff_t rows, ptrdiff_t columns,
                   const void *channel, double fill, void *to, ptrdiff_t pitch, void *stage);
    /* so many rows of one channel of the image as sums of what its taps and pixels read */
    void (*fold)(const struct fc_geometry *g, const ptrdiff_t *slots, ptrdiff_t slot_stride,
                 const struct fc_line *lines, ptrdiff_t rows, const void *from, ptrdiff_t pitch,
                 void *image);
};

/* ---- phases ---- */

struct fc_phases {
    size_t size;
    /* out[c, p, k, j] = weight[k, c, tap[p, j]], k < rows, p < phases, j < kept, columns
     * first..first+count of c: the weights of dense convolutions */
    void (*turn)(const void *weight, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t taps,
                 const ptrdiff_t *tap, ptrdiff_t phases, ptrdiff_t kept, ptrdiff_t first,
                 ptrdiff_t count, void *out);
    /* out[x] = phase[(x + at) % stride][(x + at) / stride], x < count; NULL is zeros */
    void (*interleave)(const void *const *phase, ptrdiff_t stride, ptrdiff_t at, ptrdiff_t count,
                       void *out);
    /* out[line[j]] (+)= row[j], j < extent: the gradient of an axis' border */
    void (*fold)(const struct fc_axis *w, const void *row, int accumulate, void *out);
};

/* ---- grad ---- */

/* Both sides of a block of pixels: whole vectors, zeros behind the last pixel. */
struct fc_dots {
    ptrdiff_t pitch, unfolded_pitch, out_pitch; /* elements from row to row */
    ptrdiff_t vectors;                          /* that hold pixels */
    int accumulate;
};

struct fc_grad {
    size_t size;
    int lanes;
    int block_bytes; /* of pixels per row */
    /* out[k, j] (+)= sum over pixels of feature[k, pixel] * unfolded[j, pixel] */
    void (*dots)(const struct fc_dots *d, const void *feature, ptrdiff_t rows,
                 const void *unfolded, ptrdiff_t columns, void *out);
    /* to[k * pitch + pixel] = the unfolded image of a block, zeros up to a whole vector; box, slots
     * and lines as large as for `pack` */
    void (*unroll)(const struct fc_geometry *g, struct fc_block *block, const void *image,
                   ptrdiff_t channel, ptrdiff_t channels, void *to, ptrdiff_t pitch);
    /* to[tap] += sum over a placed block's pixels of feature * box, `feature` at its channel */
    void (*taps)(const struct fc_block *block, const void *feature, ptrdiff_t taps, double *to);
    void (*add)(void *out, const void *from, ptrdiff_t count);
    double (*sum)(const void *values, ptrdiff_t count);
};

/* ---- spread ---- */

struct fc_spread {
    size_t size;
    /* row[i] (+)= grad[i] * by * scale[i]; scale may be NULL */
    void (*add)(void *row, const void *grad, double by, const void *scale, ptrdiff_t count,
                int accumulate);
    /* row[i] = grad[i] / norm[i], 0 where norm is 0 */
    void (*ratio)(void *row, const void *grad, const void *norm, ptrdiff_t count);
    /* out[i] = sum over j < taps of row[i + j * apart] */
    void (*slide)(const void *row, ptrdiff_t apart, ptrdiff_t taps, ptrdiff_t count, void *out);
    /* out[i] = the sum of row[first[i]], number[i] of them */
    void (*gather)(const void *row, const ptrdiff_t *first, const ptrdiff_t *number,
                   ptrdiff_t count, void *out);
    /* out[i] *= input[i] (power 1) or its sign (power 0) */
    void (*times)(void *out, const void *input, ptrdiff_t count, int power);
    /* places -1 are skipped; false where another is below zero or from `limit` on */
    /* out[place[i]] += grad[i] */
    int (*places)(const void *grad, const long long *place, ptrdiff_t count, ptrdiff_t limit,
                  void *out);
    /* out[place[i]] = values[i] */
    int (*put)(const void *values, const long long *place, ptrdiff_t count, ptrdiff_t limit,
               void *out);
    /* out[i] = values[place[i]], 0 for place -1 */
    int (*pick)(const void *values, const long long *place, ptrdiff_t count, ptrdiff_t limit,
                void *out);
    /* the maximum of `number` rows of `inner` values */
    void (*maxout)(const void *source, ptrdiff_t number, ptrdiff_t inner, void *out);
    void (*maxout_back)(const void *source, const void *grad, ptrdiff_t number, ptrdiff_t inner,
                        void *out);
};

/* ---- local ---- */

/* One pair of channels, some images, one block of placed pixels; see src/local/room.h. */
struct fc_local_task {
    const struct fc_block *block;
    void *weight, *feature; /* at the channels */
    ptrdiff_t weight_step;  /* from tap to tap */
    ptrdiff_t feature_step, box_step; /* from image to image */
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
    /* a channel of the image += what its box holds */
    void (*empty)(const struct fc_geometry *g, const struct fc_block *block, const void *box,
                  void *channel);
};

/* ---- im2col ---- */

struct fc_im2col {
    size_t size;
    /* rows k0..k1 of the unfolded block, which block->box holds, into `packed` */
    void (*pack)(struct fc_block *block, ptrdiff_t k0, ptrdiff_t k1, void *packed);
};

/* ---- pooling ---- */

/* What a window gives: its maximum, its sum over a divisor, max |x|, sum |x|, or the root of the
 * sum of x^2; its minimum. Integers have the first and the last alone. */
enum fc_pool_kind { FC_MAXIMUM, FC_AVERAGE, FC_LARGEST, FC_ABSOLUTE, FC_ROOT, FC_MINIMUM };

/* How the rows of a window become one (column.h), and then its columns (row.h). */
enum fc_pool_columns { FC_ALL_ROWS, FC_LADDER, FC_VAN_HERK, FC_SHARED, FC_AT_ONCE };
enum fc_pool_along { FC_SLIDE, FC_SEPARATE };

#define FC_LADDER_LEVELS 32

/* One spatial axis. Output o reads input first[o] + i * dilation, i < count[o]: the taps inside of
 * the input, of which the first is tap[o]. */
struct fc_pool_axis {
    ptrdiff_t input, output, taps, stride, dilation, before;
    const ptrdiff_t *first, *count, *tap;
};

/* Level 0 is the input, level l at y joins level l - 1 at y + i * radix^(l-1) * dilation, i < radix:
 * a window of radix^l taps. The whole window joins `taps` of them. */
struct fc_ladder {
    ptrdiff_t radix, levels, taps;
    const ptrdiff_t (*tap)[2]; /* level, offset */
    ptrdiff_t reach[FC_LADDER_LEVELS]; /* offset of the last position that is read per level */
};

struct fc_pool {
    struct fc_pool_axis axis[3];
    int kind, columns, along;
    int across; /* planes are lanes: for 4 and 8 bytes, tasks of whole planes in one strip */
    struct fc_ladder ladder, row_ladder; /* down the columns; along the row */
    ptrdiff_t strip;                     /* outputs of a row that are made together */
    ptrdiff_t share;                     /* rows of outputs that are made together: 2, 4 or 8 */
    const void *divisor;                 /* of averages, per column; with a spare vector */
    const double *row_divisor[2];        /* per depth and height */
    const ptrdiff_t *places; /* of maxima: where each tap lies; NULL without indices */
    /* filled in by `measure` */
    ptrdiff_t list;                      /* pointers to rows that one joint may need */
    ptrdiff_t pitch, batch;              /* elements of a row of scratch; rows made together */
    ptrdiff_t ring[FC_LADDER_LEVELS];    /* rows kept per level, a power of 2, 0 for none */
};

/* One task: some rows of one plane after another, one strip of columns. */
struct fc_pool_task {
    ptrdiff_t first_plane, planes, first_row, rows, strip;
    const void *input, *input_end; /* of the array */
    void *output;
    long long *indices; /* NULL: values alone */
    void *scratch;
};

struct fc_pooling {
    size_t size;
    int lanes;
    size_t (*measure)(struct fc_pool *pool); /* bytes of scratch per thread */
    void (*run)(const struct fc_pool *pool, const struct fc_pool_task *task);
};

/* ---- winograd ---- */

/* Neighbouring tiles of one row of tiles. */
struct fc_tile_run {
    ptrdiff_t lane, count;        /* of the first tile in the block; how many */
    ptrdiff_t place;              /* of its first column among those of the block */
    ptrdiff_t row, column, depth; /* of the first output */
    ptrdiff_t batch;
    ptrdiff_t image; /* element of channel 0 of its image in the image array */
    ptrdiff_t out;   /* element of the first output in channel 0 of the feature array */
};

/* A block of tiles and the scratch that it goes through; pitches and planes in elements. */
struct fc_tiles {
    ptrdiff_t frequencies, depth, panel_vectors; /* products per tile; terms of a sum; a panel's */
    ptrdiff_t run_count, vectors, panel_count;
    ptrdiff_t column_pitch, line_pitch, value_plane, product_row;
    struct fc_tile_run *runs;
    const void *zeros; /* a row of the image, and a vector */
    void *columns;     /* image rows transformed along height */
    void *lines;       /* and along width, for one channel */
    void *values;      /* the same for all channels, packed */
    void *products;    /* of some output channels */
    void *rows;        /* output rows of one channel */
};

/* What happens to the outputs: see fc_epilogue.finish. */
struct fc_finish {
    const void *channel, *position, *add;
    int activation, any;
};

/* The transforms of tiles of m outputs along width, and m or 1 along height. */
struct fc_transforms {
    /* one row of the values: a channel of the image array, in the plane that a tap in front reads */
    void (*input)(const struct fc_geometry *g, const struct fc_tiles *b, const void *image,
                  ptrdiff_t channel, ptrdiff_t tap, ptrdiff_t row);
    /* `count` output channels, `k` the first of them */
    void (*output)(const struct fc_geometry *g, const struct fc_tiles *b,
                   const struct fc_finish *finish, ptrdiff_t k, ptrdiff_t count, void *out);
    /* the weights of one strip of rows; frequencies are `plane` elements apart */
    void (*weight)(const void *weight, ptrdiff_t rows, ptrdiff_t depth, void *packed,
                   ptrdiff_t plane);
};

struct fc_winograd {
    size_t size;
    int block_bytes;                       /* of values and products */
    struct fc_transforms transforms[2][3]; /* along width alone or both; m = 2, 4, 6 */
    void (*cut)(const struct fc_geometry *g, struct fc_tiles *b, ptrdiff_t first, ptrdiff_t count,
                int m, int high);
    /* strips first..last of `features` output channels cut evenly into `strips`; sums in even
     * blocks of terms */
    void (*multiply)(const struct fc_tiles *b, const void *weight, ptrdiff_t plane,
                     ptrdiff_t features, ptrdiff_t strips, ptrdiff_t first, ptrdiff_t last,
                     ptrdiff_t blocks);
};

/* ---- fft ---- */

#define FC_FFT_PASSES 20

/* A Fourier transform of `size` values: its passes and their twiddles, see src/fft/passes.h. */
struct fc_transform {
    ptrdiff_t size, twiddle_count;
    const void *twiddles;
    int passes, radix[FC_FFT_PASSES];
};

/* One convolution by overlapping tiles. A tile is a box of padded coordinates, or a stretch of a
 * line cut into rows; in memory a stack of matrices of complex numbers (src/fft/matrix.h). */
struct fc_fft_plan {
    struct fc_geometry geometry;
    struct fc_transform transform[3]; /* through the stack, down the columns, along the rows */
    ptrdiff_t groups, group_channels, group_features;
    ptrdiff_t parts, part;             /* of a line's taps, and padded coordinates from one on */
    ptrdiff_t tiles[3], hop[3];        /* how many, and padded coordinates from one on */
    ptrdiff_t bands, vectors;          /* of LANES rows, of LANES columns; of one matrix */
    ptrdiff_t pitch, plane, spectrum;  /* complex vectors of a row, of a matrix, of a spectrum */
    const void *turns;                 /* of a line, per band, column and row: w^(row * column) */
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
    ptrdiff_t place;        /* of its copy among those of the block */
};

/* A block of tiles of many channels, see src/fft/channels.h. Scratch is the caller's. */
struct fc_fft_block {
    struct fc_tiles planes;  /* values and products, as Winograd's */
    ptrdiff_t pair_count;    /* of frequencies that are conjugates where the values are real */
    const ptrdiff_t (*pairs)[2];
    ptrdiff_t first, count, run_count;
    struct fc_fft_run *runs;
    const void **from;       /* per tile: where it starts, */
    ptrdiff_t (*step)[2];    /* and from one of its rows, and planes, to the next */
    void *box, *zeros;
};

struct fc_fft {
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

/* ---- the table ---- */

struct fc_kernels {
    size_t size;
    const char *isa;
    int vector_bytes;
    const char *compiler;
    const struct fc_implicit_gemm *implicit_gemm[FC_REALS];
    const struct fc_epilogue *epilogue[FC_REALS];
    const struct fc_probe *probe[FC_REALS];
    const struct fc_direct *direct[FC_REALS];
    const struct fc_planes *planes[FC_REALS];
    const struct fc_separable *separable[FC_REALS];
    const struct fc_box *box[FC_REALS];
    const struct fc_integer *integer[FC_REALS];
    const struct fc_unfold *unfold[FC_REALS];
    const struct fc_im2col *im2col[FC_REALS];
    const struct fc_phases *phases[FC_REALS];
    const struct fc_grad *grad[FC_REALS];
    const struct fc_spread *spread[FC_REALS];
    const struct fc_local *local[FC_REALS];
    const struct fc_pooling *pooling[FC_VALUES];
    const struct fc_winograd *winograd[FC_REALS];
    const struct fc_fft *fft[FC_REALS];
};

/* Tables compiled in, best first; NULL past the end. runnable is what this CPU can execute. */
const struct fc_kernels *fc_table(int index);
int fc_runnable(int index);

#endif
