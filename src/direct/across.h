/* direct, across channels: filter depthwise layers with lanes that are channels.
 *
 *     out[n, c, o] = sum over t of  weight[c, t] * image[n, c, o * stride + t * dilation]
 *
 * Layout    An image with channels last is read in place. Of planes, the rows that a block of
 *           outputs reads are transposed to the patch [row][column][lane], with zeros for borders.
 *           Outputs with channels last are stored by the tiles, with bias, residual and limits. For
 *           planes, sums are [strip][row][column][lane], and are transposed back.
 * Loop      strips of LANES channels, some or all of them together if the image has channels last;
 *           planes of input that the depth taps read; then as in direct/across_sums.h.
 * Registers those of direct/across_tile.h.
 * Order     for each output and depth tap, the products are one chain; the chains are added in
 *           order.
 *
 * No stride, dilation or size of a kernel or of a row costs anything but its products. Transposing
 * one array costs about as much as 4 taps, so among planes this is for small maps, strides and long
 * kernels.
 */
#include "direct/across_interface.h"
#include "epilogue/interface.h"
FC_OTHER(epilogue);

#include "direct/across_tile.h"
#include "implicit_gemm/turn.h"

/* Return the first channel of the strip at channel c; strips that overlap end with the last one. */
FC_INLINE ptrdiff_t NAME(first_channel)(ptrdiff_t c, ptrdiff_t channels, int overlap)
{
    return overlap && c + LANES > channels && channels > LANES ? channels - LANES : c;
}

static void NAME(pack_across)(const void *weight, ptrdiff_t channels, ptrdiff_t taps, int overlap,
                              void *packed)
{
    real *to = packed;
    for (ptrdiff_t c = 0; c < channels; c += LANES, to += LANES * taps) {
        const ptrdiff_t first = NAME(first_channel)(c, channels, overlap);
        const real *from = (const real *)weight + first * taps;
        for (ptrdiff_t l = 0; l < LANES; l++)
            for (ptrdiff_t t = 0; t < taps; t++)
                to[t * LANES + l] = first + l < channels ? from[l * taps + t] : 0;
    }
}

/* Transpose `some` values of each of `channels` planes, which are `plane` apart, to positions of
 * the patch; `whole` if there are LANES of both. */
FC_INLINE void NAME(enter_square)(const real *from, ptrdiff_t plane, ptrdiff_t channels,
                                  ptrdiff_t some, real *to, const int *places, const int whole)
{
    vec x[LANES];
UNROLLED
    for (int j = 0; j < LANES; j++, from += plane) {
        __asm__("" : "+r"(from)); /* else all addresses are kept, most of them in memory */
        if (whole)
            x[j] = loadu(from);
        else
            x[j] = j < channels ? NAME(load_first)(from, some) : (vec){0};
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
    const int whole = channels == LANES && length >= LANES;
    for (ptrdiff_t p = 0; p < length && whole; p += LANES) {
        /* the last square overlaps the one before */
        const ptrdiff_t i = p + LANES <= length ? p : length - LANES;
        if (places)
            NAME(enter_square)(from + i, plane, LANES, LANES, to, places + i, 1);
        else
            NAME(enter_square)(from + i, plane, LANES, LANES, to + i * LANES, 0, 1);
    }
    for (ptrdiff_t i = 0; i < length && !whole; i += LANES) {
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

#include "direct/across_sums.h"

/* Transpose the sums of a strip to planes of the output, and apply what comes after them. */
static void NAME(leave_across)(const struct fc_across_plan *p, const struct fc_across_task *t,
                               const real *sums, ptrdiff_t channel, ptrdiff_t channels,
                               ptrdiff_t rows, ptrdiff_t columns)
{
    const struct fc_geometry *g = &p->geometry;
    const struct fc_axis *h = &g->axis[1], *w = &g->axis[2];
    const ptrdiff_t first = t->n * g->image_channels + channel;
    const real *bias = t->bias, *add = t->add;
    const int whole = columns == w->feature; /* rows that follow each other in the output */
    const ptrdiff_t lines = whole ? 1 : rows, line = whole ? rows * columns : columns;
    struct fc_ending end;
    const int ends = fc_set_limits(&end, p->activation) && !p->bias_position && p->has_epilogue;
    end.channel = bias ? bias + channel : 0;
    for (ptrdiff_t i = 0; i < lines; i++) {
        const ptrdiff_t pixel = (t->depth * h->feature + t->row + i) * w->feature + t->column;
        const ptrdiff_t element = first * g->pixels + pixel;
        real *out = (real *)t->out + element;
        end.add = add ? add + element : 0;
        NAME(turn_line)(sums + i * line * LANES, 0, LANES, channels, line, out, g->pixels,
                        ends ? &end : 0);
        if (p->has_epilogue && !ends)
            FC_OF(epilogue)->finish(out, channels, line, g->pixels,
                         bias && !p->bias_position ? bias + channel : 0,
                         bias && p->bias_position ? bias + channel * g->pixels + pixel : 0,
                         add ? add + element : 0, p->activation);
    }
}

/* Compute the sums of the channels of a task, of one strip if the image consists of planes. */
static void NAME(sum_strips)(const struct fc_across_plan *p, const struct fc_across_task *t,
                             ptrdiff_t rows, ptrdiff_t columns)
{
    const struct fc_geometry *g = &p->geometry;
    const struct fc_axis *d = &g->axis[0], *h = &g->axis[1], *w = &g->axis[2];
    const ptrdiff_t z = t->depth * d->stride - d->before;
    const ptrdiff_t inside = NAME(steps)(d->image - z, d->dilation);
    struct fc_across_depths depths = {.low = NAME(steps)(-z, d->dilation),
                                      .high = inside < d->taps ? inside : d->taps};
    if (p->input_last || depths.high <= depths.low) {
        NAME(sum_across)(p, t, &depths, depths.low, depths.high, rows, columns);
        return;
    }
    const ptrdiff_t rest = g->image_channels - t->channel, channels = rest < LANES ? rest : LANES;
    for (ptrdiff_t tap = depths.low; tap < depths.high; tap++) {
        NAME(enter_across)(p, t, (const real *)t->image +
                           (t->n * g->image_channels + t->channel) * g->plane +
                           (z + tap * d->dilation) * h->image * w->image, channels, rows, columns);
        if (p->output_last)
            NAME(sum_across)(p, t, &depths, tap, tap + 1, rows, columns);
        else
            NAME(sum_patch)(p, t, (const real *)t->weight + tap * h->taps * w->taps * LANES, rows,
                            columns, tap > depths.low);
    }
}

static void NAME(filter_across)(const struct fc_across_plan *p, const struct fc_across_task *task)
{
    const struct fc_geometry *g = &p->geometry;
    const struct fc_axis *h = &g->axis[1], *w = &g->axis[2];
    const ptrdiff_t below = h->feature - task->row, right = w->feature - task->column;
    const ptrdiff_t rows = below < p->rows ? below : p->rows;
    const ptrdiff_t columns = right < p->columns ? right : p->columns;
    const int overlap = p->input_last || p->output_last;
    const ptrdiff_t together = p->input_last ? p->strips * LANES : LANES;
    struct fc_across_task t = *task;
    for (ptrdiff_t c = task->channel; c < task->stop; c += together) {
        t.stop = c + together < task->stop ? c + together : task->stop;
        t.weight = (const real *)task->weight + c * g->taps;
        t.channel = c;
        if (!p->input_last)
            t.channel = NAME(first_channel)(c, g->image_channels, overlap);
        NAME(sum_strips)(p, &t, rows, columns);
        const real *sums = t.sums;
        for (ptrdiff_t s = c; !p->output_last && s < t.stop; s += LANES) {
            const ptrdiff_t first = NAME(first_channel)(s, g->image_channels, overlap);
            const ptrdiff_t rest = g->image_channels - first;
            NAME(leave_across)(p, task, sums, first, rest < LANES ? rest : LANES, rows, columns);
            sums += rows * columns * LANES;
        }
    }
    struct fc_ending end;
    if (!p->output_last || fc_set_limits(&end, p->activation))
        return;
    const ptrdiff_t first = NAME(first_channel)(task->channel, g->image_channels, 1);
    for (ptrdiff_t r = 0; r < rows; r++) {
        const ptrdiff_t depth = task->n * g->axis[0].feature + task->depth;
        const ptrdiff_t line = (depth * h->feature + task->row + r) * w->feature + task->column;
        real *out = (real *)task->out + line * task->out_pixel + first;
        FC_OF(epilogue)->finish(out, columns, task->stop - first, task->out_pixel, 0, 0, 0,
                                p->activation);
    }
}

static const struct fc_across NAME(kernels) = {
    .size = sizeof(struct fc_across),
    .lanes = LANES,
    .pack = NAME(pack_across),
    .filter = NAME(filter_across),
};
