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

/* ---- the table ---- */

struct fc_kernels {
    size_t size;
    const char *isa;
    int vector_bytes;
    const char *compiler;
    const struct fc_implicit_gemm *implicit_gemm[FC_REALS];
    const struct fc_epilogue *epilogue[FC_REALS];
    const struct fc_probe *probe[FC_REALS];
    const struct fc_separable *separable[FC_REALS];
    const struct fc_box *box[FC_REALS];
};

/* Tables compiled in, best first; NULL past the end. runnable is what this CPU can execute. */
const struct fc_kernels *fc_table(int index);
int fc_runnable(int index);

#endif
