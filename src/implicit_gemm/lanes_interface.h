/* The interface of lanes: convolutions whose lanes are output channels. */
#ifndef FC_LANES_INTERFACE_H
#define FC_LANES_INTERFACE_H

#include "epilogue/interface.h"
#include "geometry.h"

#define FC_LANE_PIXELS 8 /* most pixels of a register tile that lie anywhere */
#define FC_LANE_TERMS 4  /* so many terms before a pixel is read, its cache line is asked for */

/* One axis of a block: `count` positions of the patch, `apart` apart in padded coordinates. Output
 * o of the block reads position o * step + t * reach at tap t. Positions low..high lie inside the
 * image. */
struct fc_span {
    ptrdiff_t first, size; /* outputs of the block */
    ptrdiff_t count, apart, step, reach, start, low, high;
};

/* Taps of a tile: planes x rows runs of `length` taps each, of which `first` is the first. After a
 * run, `skip` taps follow that are left out, and `skip_plane` more after the last one of a plane. */
struct fc_lane_runs {
    ptrdiff_t first, planes, rows, length, skip, skip_plane;
};

/* The pixels of one register tile: where they read in the patch at offset 0, and the taps that do
 * not lie in the border for all of them. Of pixels side by side only the first has a place. */
struct fc_lane_tile {
    int lined; /* whether the pixels lie side by side */
    ptrdiff_t pixels, place[FC_LANE_PIXELS], low[3], high[3];
    struct fc_lane_runs runs;
};

/* How images lie in memory: elements from one pixel, channel and image to the next. Channels last
 * means that `channel` is 1. */
struct fc_steps {
    ptrdiff_t pixel, channel, image;
};

/* A block of output pixels and the input values that it reads. The caller owns the memory, and sets
 * `planned` to 0 before the first block. */
struct fc_lane_block {
    int planned;
    int in_place;    /* whether the image itself is read, and its rows are not copied */
    int far;         /* whether the image is too large for the caches */
    int last;        /* whether tiles read the channels of a position side by side */
    int clip;        /* whether borders hold zeros, so that taps that lie there are left out. In place,
                        all pixels of a tile then have the same taps */
    struct fc_steps in, out, add;
    ptrdiff_t first_image, images, pixels;
    struct fc_span span[3];
    ptrdiff_t pitch[3], channel, image; /* elements between positions, channels and images */
    ptrdiff_t channels;                 /* most channels that the patch holds */
    ptrdiff_t offset_channels;          /* channels for which offsets are set */
    ptrdiff_t most, least;              /* most pixels of a tile, and how many fill its registers */
    ptrdiff_t most_beside, beside;      /* the same of pixels side by side; 0 if there are none */
    int lined;                          /* whether the pixels of every tile lie side by side */
    ptrdiff_t tile_count;
    ptrdiff_t *offsets;                 /* per tap and channel, and FC_LANE_TERMS more */
    ptrdiff_t *order;                   /* per pixel: its number in tiles; only if `sorted` */
    int sorted;
    struct fc_lane_tile *tiles;
    void *patch;
};

/* The operands of `tiles` register tiles of the same size (lanes_tile.h). */
struct fc_lane_operands {
    const void *x, *weight;
    void *sums;
    const struct fc_lane_tile *tile;
    ptrdiff_t tiles;
    const ptrdiff_t *offsets;
    ptrdiff_t channels;
    const char *next; /* weights to ask for */
    ptrdiff_t share;       /* bytes of them for each tile, 0 for none */
    ptrdiff_t ahead;       /* elements to the pixels to ask for behind the last tile, 0 for none */
    const struct fc_lane_tile *end; /* the tile after the last one of the block */
    int accumulate;
};

struct fc_lanes {
    size_t size;
    int lanes, vectors_max;
    int depth_max;     /* most terms of a block of a sum */
    const int *pixels; /* [vectors - 1]: most pixels of a tile */
    const int *line;   /* the same for pixels side by side */
    /* Plan a block: outputs first[i]..first[i] + size[i] of axis i of `images` images. `block->in`,
     * `out`, `add`, `most`, `least`, `most_beside`, `beside`, `lined`, `channels`, `in_place`,
     * `last` and `clip` are set before. The patch is filled with `fill`. */
    void (*plan)(const struct fc_geometry *g, struct fc_lane_block *block, ptrdiff_t first_image,
                 ptrdiff_t images, const ptrdiff_t first[3], const ptrdiff_t size[3], double fill);
    /* Load `channels` channels of the image, from `channel` on. */
    void (*load_rows)(const struct fc_geometry *g, struct fc_lane_block *block, const void *image,
                 ptrdiff_t channel, ptrdiff_t channels);
    /* Compute sums[pixel][vectors * LANES] (+)= sum over taps and channels of image * weight. The
     * packed weights are [tap][channel][vectors * LANES]. If `next_bytes` is not 0, also ask for
     * the weights that follow. */
    void (*multiply)(const struct fc_geometry *g, const struct fc_lane_block *block,
                     const void *image, ptrdiff_t channel, ptrdiff_t channels, const void *weight,
                     ptrdiff_t vectors, void *sums, int accumulate, ptrdiff_t next_bytes);
    /* Write the sums of the first `rows` lanes to the output, with the ending unless it is NULL;
     * `out` and the ending's `add` are the first of these channels in image 0. */
    void (*turn_back)(const struct fc_geometry *g, const struct fc_lane_block *block,
                      const void *sums, ptrdiff_t width, ptrdiff_t rows,
                      const struct fc_ending *ending, void *out);
    /* packed[tap][channel][lane] = weight[lane][channel][tap], 0 beyond `rows` lanes. Rows of the
     * weight are `stride` apart. */
    void (*pack)(const void *weight, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t width,
                 ptrdiff_t channels, ptrdiff_t taps, void *packed);
};

#endif
