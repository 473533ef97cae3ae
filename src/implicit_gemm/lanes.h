/* lanes: feature[k, pixel] = sum over taps and channels of image * weight, with lanes k.
 *
 * Scalars are broadcast straight from the image, or from the patch, its rows with their borders:
 * nothing is unfolded. So a stride or a dilation costs nothing, rows of any length fill the tiles,
 * and taps that meet nothing but borders are left out.
 *
 * The caller loops over blocks of pixels, over blocks of channels (and loads the patch of each
 * once), and over strips of output channels. Sums [pixel][lane] stay in cache, and are turned into
 * rows of the output at the end.
 */
#include "implicit_gemm/lanes_interface.h"

#include "lanes_patch.h"
#include "lanes_tile.h"
#include "turn.h"

static void NAME(pack_lanes)(const void *weight, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t width,
                             ptrdiff_t channels, ptrdiff_t taps, void *packed)
{
    const ptrdiff_t depth = channels * taps;
    for (ptrdiff_t i = 0; i < width; i += LANES) {
        const ptrdiff_t some = rows - i < LANES ? rows - i : LANES;
        const real *from = (const real *)weight + i * stride;
        real *to = (real *)packed + i;
        ptrdiff_t channel = 0, tap = 0;
        for (ptrdiff_t p = 0; p < depth; p += LANES) {
            const ptrdiff_t count = depth - p < LANES ? depth - p : LANES;
            vec x[LANES];
            for (ptrdiff_t j = 0; j < LANES; j++) {
                x[j] = (vec){0};
                if (j < some)
                    x[j] = count == LANES ? loadu(from + j * stride + p)
                                          : NAME(load_first)(from + j * stride + p, count);
            }
            NAME(transpose)(x);
            for (ptrdiff_t j = 0; j < count; j++) {
                store(to + (tap * channels + channel) * width, x[j]);
                if (++tap == taps) {
                    tap = 0;
                    channel++;
                }
            }
        }
    }
}

static void NAME(multiply_lanes)(const struct fc_geometry *g, const struct fc_lane_block *b,
                                 const void *image, ptrdiff_t channel, ptrdiff_t channels,
                                 const void *weight, ptrdiff_t vectors, void *sums, int accumulate,
                                 ptrdiff_t next_bytes)
{
    const ptrdiff_t width = vectors * LANES;
    struct fc_lane_operands o = {.x = b->patch, .weight = weight, .sums = sums,
                                 .offsets = b->offsets, .channels = channels,
                                 .accumulate = accumulate};
    if (b->in_place) {
        o.x = (const real *)image + b->first_image * b->in.image + channel * b->in.channel;
        for (int i = 0; i < 3; i++)
            o.x = (const real *)o.x + (b->span[i].start - g->axis[i].before) * b->pitch[i];
    }
    /* Tiles read a few values of every channel, which the processor sees no stream in. */
    o.ahead = b->in_place && b->far ? FC_LANE_LATER * FC_LANE_PIXELS * b->span[2].step : 0;
    o.end = b->tiles + b->tile_count;
    /* Each tile asks for an equal share of the weights that follow. */
    o.share = next_bytes / b->tile_count;
    o.next = (const char *)weight + channels * g->taps * width * (ptrdiff_t)sizeof(real);
    for (ptrdiff_t i = 0; i < b->tile_count; i += o.tiles) {
        const ptrdiff_t pixels = b->tiles[i].pixels;
        o.tile = &b->tiles[i];
        for (o.tiles = 1; i + o.tiles < b->tile_count; o.tiles++)
            if (o.tile[o.tiles].pixels != pixels || o.tile[o.tiles].lined != o.tile->lined)
                break;
        (o.tile->lined ? NAME(lined_tiles) : NAME(lane_tiles))[pixels - 1][vectors - 1]
                                                         [o.share > 0 || o.ahead > 0](&o);
        o.sums = (real *)o.sums + o.tiles * pixels * width;
        o.next += o.tiles * o.share;
    }
}

static void NAME(turn_back)(const struct fc_geometry *g, const struct fc_lane_block *b,
                            const void *sums, ptrdiff_t width, ptrdiff_t rows,
                            const struct fc_ending *ending, void *out)
{
    const struct fc_axis *h = &g->axis[1], *w = &g->axis[2];
    const struct fc_span *sd = &b->span[0], *sh = &b->span[1], *sw = &b->span[2];
    /* Pixels that lie side by side in the output make a line. */
    const ptrdiff_t whole_rows = sw->size == w->feature;
    const ptrdiff_t whole_planes = whole_rows && sh->size == h->feature;
    const ptrdiff_t lines_h = whole_rows ? 1 : sh->size, lines_d = whole_planes ? 1 : sd->size;
    const ptrdiff_t line = b->pixels / (b->images * lines_d * lines_h);
    struct fc_ending end = ending ? *ending : (struct fc_ending){0};
    struct NAME(puts) put = {.width = width, .pixels = line, .pitch = b->out.pixel,
                             .add_pitch = b->add.pixel};
    if (b->out.channel == 1)
        NAME(set_puts)(&put, ending, rows);
    ptrdiff_t pixel = 0;
    for (ptrdiff_t n = 0; n < b->images; n++)
        for (ptrdiff_t z = 0; z < lines_d; z++)
            for (ptrdiff_t y = 0; y < lines_h; y++, pixel += line) {
                const ptrdiff_t image = b->first_image + n, first =
                    ((sd->first + z) * h->feature + sh->first + y) * w->feature + sw->first;
                const real *from = (const real *)sums + (b->sorted ? 0 : pixel * width);
                const ptrdiff_t *order = b->sorted ? b->order + pixel : 0;
                real *to = (real *)out + image * b->out.image + first * b->out.pixel;
                if (ending && ending->add)
                    end.add = (const real *)ending->add + image * b->add.image +
                              first * b->add.pixel;
                if (b->out.channel == 1) {
                    put.sums = from;
                    put.order = order;
                    put.add = end.add;
                    put.out = to;
                    NAME(put_line)(&put, rows);
                } else
                    NAME(turn_line)(from, order, width, rows, line, to, g->pixels,
                                    ending ? &end : 0);
            }
}

static const int NAME(lane_pixels)[] = {FC_LANE_MOST}, NAME(lane_line)[] = {FC_LANE_LINE};

static const struct fc_lanes NAME(kernels) = {
    .size = sizeof(struct fc_lanes),
    .lanes = LANES,
    .vectors_max = FC_LANE_VECTORS,
    .depth_max = FC_LANE_DEPTH,
    .pixels = NAME(lane_pixels),
    .line = NAME(lane_line),
    .plan = NAME(plan_lanes),
    .load_rows = NAME(load_rows),
    .multiply = NAME(multiply_lanes),
    .turn_back = NAME(turn_back),
    .pack = NAME(pack_lanes),
};
