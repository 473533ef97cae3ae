/* direct, across channels: filter depthwise layers with lanes that are channels.
 *
 *     out[n, c, o] = sum over t of  weight[c, t] * image[n, c, o * stride + t * dilation]
 *
 * Layout    The rows that a block of outputs reads are transposed to the patch
 *           [row][column][lane], with zeros for borders. Sums are [row][column][lane], and are
 *           transposed back.
 * Loop      planes of input that the depth taps read; rows of outputs; tiles of up to 8 pixels; tap
 *           rows inside the image; tap columns.
 * Registers 8 sums + 1 vector of weights.
 * Order     for each output and depth tap, the products are one chain; the chains are added in
 *           order.
 *
 * No stride, dilation or size of a kernel or of a row costs anything but its products. Transposing
 * costs about as much as 7 taps, so this is for small maps, strides and long kernels.
 */
#include "direct/across_interface.h"
#include "epilogue/interface.h"
FC_OTHER(epilogue);

#include "implicit_gemm/turn.h"

FC_INLINE void NAME(across_tile)(const struct fc_across_tile *o, const int pixels)
{
    const real *x = o->x, *w = o->weight;
    const ptrdiff_t step = o->pixel_step, column_step = o->column_step;
    real *to = o->sums;
    vec sum[FC_ACROSS_PIXELS];
UNROLLED
    for (int i = 0; i < pixels; i++)
        sum[i] = (vec){0};
    for (ptrdiff_t r = 0; r < o->rows; r++, x += o->row_step) {
        const real *at = x;
        for (const real *end = w + o->columns * LANES; w < end; w += LANES, at += column_step) {
            const vec b = load(w);
UNROLLED
            for (int i = 0; i < pixels; i++)
                sum[i] += load(at + i * step) * b;
        }
    }
    if (o->accumulate) {
UNROLLED
        for (int i = 0; i < pixels; i++)
            sum[i] += load(to + i * LANES);
    }
UNROLLED
    for (int i = 0; i < pixels; i++)
        store(to + i * LANES, sum[i]);
}

#ifndef FC_ACROSS_TILES
#define FC_ACROSS_TILES(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8)
#define FC_ACROSS_TILE(i)                                                                          \
    static void NAME(tile_across_##i)(const struct fc_across_tile *o) { NAME(across_tile)(o, i); }
#define FC_ACROSS_ENTRY(i) NAME(tile_across_##i),
#endif

FC_ACROSS_TILES(FC_ACROSS_TILE)

static void (*const NAME(across_tiles)[])(const struct fc_across_tile *o) = {
    FC_ACROSS_TILES(FC_ACROSS_ENTRY)};

static void NAME(pack_across)(const void *weight, ptrdiff_t channels, ptrdiff_t taps, void *packed)
{
    const real *from = weight;
    real *to = packed;
    for (ptrdiff_t c = 0; c < channels; c += LANES, from += LANES * taps, to += LANES * taps)
        for (ptrdiff_t l = 0; l < LANES; l++)
            for (ptrdiff_t t = 0; t < taps; t++)
                to[t * LANES + l] = c + l < channels ? from[l * taps + t] : 0;
}

/* Transpose `some` values of each of `channels` planes, which are `plane` apart, to positions of the
 * patch; `whole` if there are LANES of both. */
FC_INLINE void NAME(enter_square)(const real *from, ptrdiff_t plane, ptrdiff_t channels,
                                  ptrdiff_t some, real *to, const int *places, const int whole)
{
    vec x[LANES];
UNROLLED
    for (int j = 0; j < LANES; j++) {
        if (whole)
            x[j] = loadu(from + j * plane);
        else
            x[j] = j < channels ? NAME(load_first)(from + j * plane, some) : (vec){0};
    }
    NAME(transpose)(x);
UNROLLED
    for (int j = 0; j < LANES; j++)
        if (whole || j < some)
            store(to + (places ? places[j] : j) * LANES, x[j]);
}

/* Transpose `length` values of each plane. Value i goes to position places[i] of the patch, or to
 * position i. */
static void NAME(enter_run)(const real *from, ptrdiff_t plane, ptrdiff_t channels,
                            ptrdiff_t length, real *to, const int *places)
{
    ptrdiff_t i = 0;
    if (channels == LANES && places)
        for (; i + LANES <= length; i += LANES)
            NAME(enter_square)(from + i, plane, LANES, LANES, to, places + i, 1);
    else if (channels == LANES)
        for (; i + LANES <= length; i += LANES)
            NAME(enter_square)(from + i, plane, LANES, LANES, to + i * LANES, 0, 1);
    for (; i < length; i += LANES) {
        const ptrdiff_t some = length - i < LANES ? length - i : LANES;
        NAME(enter_square)(from + i, plane, channels, some, places ? to : to + i * LANES,
                           places ? places + i : 0, 0);
    }
}

/* Set `count` positions of the patch to zeros. */
FC_INLINE void NAME(clear)(real *to, ptrdiff_t count)
{
    for (ptrdiff_t i = 0; i < count; i++)
        store(to + i * LANES, (vec){0});
}

/* Return the quotient of a non-negative number, rounded up; 0 for a negative one. */
FC_INLINE ptrdiff_t NAME(steps)(ptrdiff_t distance, ptrdiff_t step)
{
    return distance > 0 ? (distance + step - 1) / step : 0;
}

/* Load the patch for rows x columns of outputs from planes of LANES channels. */
static void NAME(enter_across)(const struct fc_across_plan *p, const struct fc_across_task *t,
                               const real *planes, ptrdiff_t channels, ptrdiff_t rows,
                               ptrdiff_t columns)
{
    const struct fc_axis *h = &p->geometry.axis[1], *w = &p->geometry.axis[2];
    const ptrdiff_t height = ((rows - 1) * h->stride + (h->taps - 1) * h->dilation) / p->apart + 1;
    const ptrdiff_t width = (columns - 1) * w->stride + (w->taps - 1) * w->dilation + 1;
    const ptrdiff_t top = t->row * h->stride - h->before, left = t->column * w->stride - w->before;
    const ptrdiff_t low = left < 0 ? -left : 0;
    const ptrdiff_t high = w->image - left < width ? w->image - left : width;
    const ptrdiff_t first = NAME(steps)(-top, p->apart);
    const ptrdiff_t inside = NAME(steps)(h->image - top, p->apart);
    const ptrdiff_t stop = inside < height ? inside : height;
    const int none = high <= low || stop <= first; /* whether all of it is border */
    real *to = t->patch;
    NAME(clear)(to, (none ? height : first) * p->pitch);
    if (none)
        return;
    to += first * p->pitch * LANES;
    for (ptrdiff_t i = 0; (low > 0 || high < width) && i < stop - first; i++) {
        NAME(clear)(to + i * p->pitch * LANES, low);
        NAME(clear)(to + (i * p->pitch + high) * LANES, width - high);
    }
    NAME(clear)(to + (stop - first) * p->pitch * LANES, (height - stop) * p->pitch);
    const real *from = planes + (top + first * p->apart) * w->image + left + low;
    to += low * LANES;
    if (p->apart == 1 && high - low == w->image) { /* rows follow each other in the image */
        NAME(enter_run)(from, p->geometry.plane, channels, (stop - first) * w->image, to,
                        p->places);
        return;
    }
    for (ptrdiff_t i = first; i < stop; i++) {
        NAME(enter_run)(from, p->geometry.plane, channels, high - low, to, 0);
        from += p->apart * w->image;
        to += p->pitch * LANES;
    }
}

static void NAME(sum_across)(const struct fc_across_plan *p, const struct fc_across_task *t,
                             const real *weight, ptrdiff_t rows, ptrdiff_t columns, int more)
{
    const struct fc_axis *h = &p->geometry.axis[1], *w = &p->geometry.axis[2];
    const ptrdiff_t tiles = (columns + FC_ACROSS_PIXELS - 1) / FC_ACROSS_PIXELS;
    struct fc_across_tile o = {.columns = w->taps, .sums = t->sums, .accumulate = more,
                               .row_step = h->dilation * p->pitch * LANES / p->apart,
                               .column_step = w->dilation * LANES, .pixel_step = w->stride * LANES};
    for (ptrdiff_t r = 0; r < rows; r++) {
        const ptrdiff_t y = (t->row + r) * h->stride - h->before;
        const ptrdiff_t inside = NAME(steps)(h->image - y, h->dilation);
        const ptrdiff_t low = NAME(steps)(-y, h->dilation);
        const ptrdiff_t high = inside < h->taps ? inside : h->taps;
        const real *x = (const real *)t->patch +
                        (r * h->stride + low * h->dilation) / p->apart * p->pitch * LANES;
        o.rows = high > low ? high - low : 0;
        o.weight = weight + low * w->taps * LANES;
        for (ptrdiff_t i = 0; i < tiles; i++) {
            const ptrdiff_t from = i * columns / tiles, pixels = (i + 1) * columns / tiles - from;
            o.x = x + from * o.pixel_step;
            NAME(across_tiles)[pixels - 1](&o);
            o.sums = (real *)o.sums + pixels * LANES;
        }
    }
}

static void NAME(filter_across)(const struct fc_across_plan *p, const struct fc_across_task *t)
{
    const struct fc_geometry *g = &p->geometry;
    const struct fc_axis *d = &g->axis[0], *h = &g->axis[1], *w = &g->axis[2];
    const ptrdiff_t below = h->feature - t->row, right = w->feature - t->column;
    const ptrdiff_t rows = below < p->rows ? below : p->rows;
    const ptrdiff_t columns = right < p->columns ? right : p->columns;
    const ptrdiff_t rest = g->image_channels - t->channel, channels = rest < LANES ? rest : LANES;
    const ptrdiff_t first = t->n * g->image_channels + t->channel;
    const real *bias = t->bias, *add = t->add;
    int more = 0;
    for (ptrdiff_t tap = 0; tap < d->taps; tap++) {
        const ptrdiff_t z = t->depth * d->stride + tap * d->dilation - d->before;
        if (z < 0 || z >= d->image)
            continue;
        NAME(enter_across)(p, t, (const real *)t->image + first * g->plane +
                           z * h->image * w->image, channels, rows, columns);
        NAME(sum_across)(p, t, (const real *)t->weight + tap * h->taps * w->taps * LANES, rows,
                         columns, more);
        more = 1;
    }
    if (!more)
        __builtin_memset(t->sums, 0, (size_t)(rows * columns * LANES) * sizeof(real));
    const int whole = columns == w->feature; /* rows that follow each other in the output */
    const ptrdiff_t lines = whole ? 1 : rows, line = whole ? rows * columns : columns;
    struct fc_ending end;
    const int ends = fc_set_limits(&end, p->activation) && !p->bias_position && p->has_epilogue;
    end.channel = bias ? bias + t->channel : 0;
    for (ptrdiff_t i = 0; i < lines; i++) {
        const ptrdiff_t pixel = (t->depth * h->feature + t->row + i) * w->feature + t->column;
        const ptrdiff_t element = first * g->pixels + pixel;
        real *out = (real *)t->out + element;
        end.add = add ? add + element : 0;
        NAME(turn_line)((const real *)t->sums + i * line * LANES, 0, LANES, channels, line, out,
                        g->pixels, ends ? &end : 0);
        if (p->has_epilogue && !ends)
            FC_OF(epilogue)->finish(out, channels, line, g->pixels,
                         bias && !p->bias_position ? bias + t->channel : 0,
                         bias && p->bias_position ? bias + t->channel * g->pixels + pixel : 0,
                         add ? add + element : 0, p->activation);
    }
}

static const struct fc_across NAME(kernels) = {
    .size = sizeof(struct fc_across),
    .lanes = LANES,
    .pack = NAME(pack_across),
    .filter = NAME(filter_across),
};
