/* The patch of a block: every input value of one channel that a range of taps reads, with borders
 * filled in.
 *
 * In the patch, the value of pixel o under tap t lies at
 *     position(o) + offset(t).
 * Packing therefore only copies vectors. It does not depend on padding, stride, dilation or
 * boundary mode.
 *
 * Layout    slots [group][depth tap][row]. Each slot is one row of the patch, and rows are `pitch`
 *           apart. A group is one pair (image, output depth). Along height, neighbouring taps share
 *           rows: (oh, th) reads row oh * stride + th * dilation. If this needs more rows than one
 *           row per (oh, th), they are not shared. Along width, a row is split into lines, one per
 *           residue of the stride, so that each tap reads consecutive values. If shared lines would
 *           be longer in total, there is one line per tap.
 */
FC_INLINE ptrdiff_t NAME(gcd)(ptrdiff_t a, ptrdiff_t b)
{
    while (b) {
        const ptrdiff_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Set to 0 what is read of the patch but never written: lanes of vectors that lie behind the end of a
 * line. Numbers that are left there may be denormal, and arithmetic with those takes a hundred times
 * as long. */
FC_INLINE void NAME(clear_gaps)(const struct fc_block *block)
{
    real *row = block->patch;
    for (ptrdiff_t i = 0; i < block->channels * block->slot_count; i++, row += block->pitch) {
        const int unused = block->slots[i % block->slot_count] == -2;
        for (ptrdiff_t l = 0; l < block->line_count; l++) {
            const struct fc_line *line = &block->lines[l];
            const ptrdiff_t end = l + 1 < block->line_count ? line[1].position : block->pitch;
            for (ptrdiff_t x = line->position + (unused ? 0 : line->count); x < end; x++)
                row[x] = 0;
        }
    }
    for (ptrdiff_t x = 0; x < block->panels[0].vectors * LANES; x++)
        row[x] = 0;
}

/* Compute where the values of taps low..high of a block's pixels lie: set slots, lines, offsets and
 * piece->position, for `channels` channels. If `channels` is 0, choose as many as fit into
 * FC_PATCH_BYTES and FC_DEPTH_MAX. */
static void NAME(plan_patch)(const struct fc_geometry *g, struct fc_block *block,
                           const ptrdiff_t low[3], const ptrdiff_t high[3], ptrdiff_t channels)
{
    const struct fc_axis *d = &g->axis[0], *h = &g->axis[1], *w = &g->axis[2];
    const ptrdiff_t last_pixel = block->first_pixel + block->pixel_count - 1;
    const ptrdiff_t first_row = block->first_pixel / w->feature;
    const ptrdiff_t last_row = last_pixel / w->feature;
    const ptrdiff_t first_group = first_row / h->feature, last_group = last_row / h->feature;
    const ptrdiff_t groups = last_group - first_group + 1;
    const ptrdiff_t taps_d = high[0] - low[0], taps_h = high[1] - low[1], taps_w = high[2] - low[2];

    block->source = FC_PATCH;
    for (int i = 0; i < 3; i++) {
        block->low[i] = low[i];
        block->high[i] = high[i];
    }

    /* Width: choose the columns, and how a row is split into lines. */
    const ptrdiff_t column = first_row == last_row ? block->first_pixel % w->feature : 0;
    const ptrdiff_t columns =
        first_row == last_row ? block->pixel_count : w->feature;
    const ptrdiff_t common = NAME(gcd)(w->stride, w->dilation), residues = w->stride / common;
    const ptrdiff_t shared = columns + (taps_w - 1) * w->dilation / w->stride;
    const int share_w = residues * shared <= columns * taps_w;
    const ptrdiff_t length = share_w ? shared : columns;
    block->line_count = share_w ? residues : taps_w;
    block->pitch = block->line_count * length;
    /* Avoid a pitch near a multiple of 256 bytes: rows would compete for few sets of L1. */
    if ((block->pitch * (ptrdiff_t)sizeof(real) + 32) % 256 < 64)
        block->pitch += 64 / (ptrdiff_t)sizeof(real);
    for (ptrdiff_t i = 0; i < block->line_count; i++) {
        const ptrdiff_t apart = share_w ? i * common : (low[2] + i) * w->dilation;
        const ptrdiff_t first = share_w ? low[2] * w->dilation : 0;
        NAME(plan_line)(w, &block->lines[i], column * w->stride + first + apart, i * length, length);
    }

    /* Height: every group has the same number of rows, so offsets do not depend on the group. */
    ptrdiff_t rows = 0;
    for (ptrdiff_t i = 0; i < groups; i++) {
        const ptrdiff_t top = i == 0 ? first_row % h->feature : 0;
        const ptrdiff_t bottom = i == groups - 1 ? last_row % h->feature : h->feature - 1;
        rows = bottom - top + 1 > rows ? bottom - top + 1 : rows;
    }
    const ptrdiff_t between = (rows - 1) * h->stride + (taps_h - 1) * h->dilation + 1;
    const int share_h = between <= rows * taps_h;
    const ptrdiff_t step_o = share_h ? h->stride : taps_h, step_t = share_h ? h->dilation : 1;
    const ptrdiff_t height = share_h ? between : rows * taps_h;
    block->slot_count = groups * taps_d * height;
    for (ptrdiff_t i = 0; i < block->slot_count; i++)
        block->slots[i] = -2;
    for (ptrdiff_t i = 0; i < groups; i++) {
        const ptrdiff_t n = (first_group + i) / d->feature, od = (first_group + i) % d->feature;
        const ptrdiff_t top = i == 0 ? first_row % h->feature : 0;
        const ptrdiff_t bottom = i == groups - 1 ? last_row % h->feature : h->feature - 1;
        for (ptrdiff_t td = 0; td < taps_d; td++) {
            const ptrdiff_t z = fc_at(d, od * d->stride + (low[0] + td) * d->dilation);
            ptrdiff_t *slots = block->slots + (i * taps_d + td) * height;
            for (ptrdiff_t oh = top; oh <= bottom; oh++) {
                for (ptrdiff_t th = 0; th < taps_h; th++) {
                    const ptrdiff_t y = fc_at(h, oh * h->stride + (low[1] + th) * h->dilation);
                    slots[(oh - top) * step_o + th * step_t] =
                        z < 0 || y < 0 ? -1
                                       : n * g->image_channels * g->plane +
                                             (z * h->image + y) * w->image;
                }
            }
        }
    }

    ptrdiff_t *offset = block->offsets;
    for (ptrdiff_t td = 0; td < taps_d; td++) {
        for (ptrdiff_t th = 0; th < taps_h; th++) {
            for (ptrdiff_t tw = 0; tw < taps_w; tw++) {
                const ptrdiff_t apart = tw * w->dilation;
                const ptrdiff_t line = share_w ? apart % w->stride / common : tw;
                const ptrdiff_t position = share_w ? apart / w->stride : 0;
                *offset++ = (td * height + th * step_t) * block->pitch + line * length + position;
            }
        }
    }
    const ptrdiff_t taps = taps_d * taps_h * taps_w, size = block->slot_count * block->pitch;
    const ptrdiff_t fit = FC_PATCH_BYTES / (size * (ptrdiff_t)sizeof(real));
    const ptrdiff_t most = FC_DEPTH_MAX / taps;
    block->channels = channels ? channels : fit < 1 || taps < g->taps ? 1 : fit < most ? fit : most;
    for (ptrdiff_t i = taps; i < block->channels * taps; i++)
        block->offsets[i] = block->offsets[i - taps] + size;

    const struct fc_panel *last = &block->panels[block->panel_count - 1];
    for (ptrdiff_t i = 0; i < last->first_piece + last->pieces; i++) {
        struct fc_piece *piece = &block->pieces[i];
        const ptrdiff_t group = piece->row / h->feature - first_group;
        const ptrdiff_t top = group == 0 ? first_row % h->feature : 0;
        piece->position = (group * taps_d * height + (piece->row % h->feature - top) * step_o) *
                           block->pitch +
                       piece->column - column;
    }
    NAME(clear_gaps)(block);
}

/* Copy one channel of the image to `patch`. `channel` points to that channel of the image array.
 * Also prefetch the rows of the next channel. */
FC_INLINE void NAME(fill_patch)(const struct fc_geometry *g, const struct fc_block *block,
                              const real *channel, real fill, real *patch)
{
    const struct fc_axis *w = &g->axis[2];
    const struct fc_line *last = &block->lines[block->line_count - 1];
    const ptrdiff_t start = block->lines[0].start - w->before;
    const ptrdiff_t stop = last->start - w->before + last->count * w->stride;
    const ptrdiff_t from = start > 0 ? start : 0, to = stop < w->image ? stop : w->image;
    for (ptrdiff_t slot = 0; slot < block->slot_count; slot++) {
        real *row = patch + slot * block->pitch;
        if (block->slots[slot] == -1) {
            for (ptrdiff_t i = 0; i < block->pitch; i++)
                row[i] = fill;
        } else if (block->slots[slot] >= 0) {
            const real *source = channel + block->slots[slot];
            for (ptrdiff_t i = from; i < to; i += 64 / (ptrdiff_t)sizeof(real))
                __builtin_prefetch(source + g->plane + i);
            for (ptrdiff_t i = 0; i < block->line_count; i++) {
                const struct fc_line *line = &block->lines[i];
                NAME(fill_line)(w, line, source, fill, row + line->position);
            }
        }
    }
}

/* Find the largest range of taps that starts at tap `from` of a channel and ends at or before `to`.
 * It consists of whole planes, or of whole rows of one plane, or of a part of one row. Return its
 * number of taps. */
static ptrdiff_t NAME(tap_range)(const struct fc_geometry *g, ptrdiff_t from, ptrdiff_t to,
                               ptrdiff_t low[3], ptrdiff_t high[3])
{
    const ptrdiff_t row = g->axis[2].taps, plane = row * g->axis[1].taps;
    low[0] = from / plane;
    low[1] = from % plane / row;
    low[2] = from % row;
    high[0] = low[0] + 1;
    high[1] = low[1] + 1;
    high[2] = row;
    if (low[2] != 0 || to - from < row) {
        high[2] = to - from < row - low[2] ? low[2] + to - from : row;
        return high[2] - low[2];
    }
    if (low[1] != 0 || to - from < plane) {
        const ptrdiff_t rows = (to - from) / row, left = g->axis[1].taps - low[1];
        high[1] = low[1] + (rows < left ? rows : left);
        return (high[1] - low[1]) * row;
    }
    high[0] = low[0] + (to - from) / plane;
    high[1] = g->axis[1].taps;
    return (high[0] - low[0]) * plane;
}
