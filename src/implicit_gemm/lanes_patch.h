/* The input values that a block of output pixels reads.
 *
 * In the patch, the value of pixel o under tap t of channel c lies at
 *     place(o) + offset(t, c),
 * whatever stride, dilation, padding and boundary are. Both are sums over the axes.
 *
 * Layout    [image][channel][depth][row][column]. Along an axis, positions are as far apart as
 *           stride and dilation have in common; if windows leave gaps between them, every pixel has
 *           positions of its own.
 */
#ifndef FC_LINES_AHEAD
#define FC_LINES_AHEAD 24 /* cache lines that are on their way at a time */
#endif

FC_INLINE ptrdiff_t NAME(common)(ptrdiff_t a, ptrdiff_t b)
{
    while (b) {
        const ptrdiff_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Return how far apart positions lie for which `size` elements are enough: those a multiple of 512
 * bytes apart would compete for few sets of L1. */
FC_INLINE ptrdiff_t NAME(apart)(ptrdiff_t size)
{
    return size * (ptrdiff_t)sizeof(real) % 512 ? size : size + 64 / (ptrdiff_t)sizeof(real);
}

FC_INLINE void NAME(plan_span)(const struct fc_axis *a, struct fc_span *s, ptrdiff_t first,
                               ptrdiff_t size, int in_place)
{
    const ptrdiff_t apart =
        in_place ? 1 : a->taps == 1 ? a->stride : NAME(common)(a->stride, a->dilation);
    s->first = first;
    s->size = size;
    s->apart = apart;
    s->step = a->stride / apart;
    s->reach = a->taps == 1 ? 0 : a->dilation / apart;
    s->count = (size - 1) * s->step + (a->taps - 1) * s->reach + 1;
    s->start = first * a->stride;
    /* Positions low..high lie inside the image. */
    const ptrdiff_t below = a->before - s->start, end = below + a->image;
    s->low = below > 0 ? (below + apart - 1) / apart : 0;
    s->high = end > 0 ? (end + apart - 1) / apart : 0;
    s->high = s->high < s->count ? s->high : s->count;
    s->low = s->low < s->high ? s->low : s->high;
}

/* Set the range of taps that read inside the image for some of the outputs low..high of a block. */
FC_INLINE void NAME(clip_taps)(const struct fc_axis *a, const struct fc_span *s, ptrdiff_t low,
                               ptrdiff_t high, ptrdiff_t *from, ptrdiff_t *to)
{
    const ptrdiff_t first = a->before - (s->first + high) * a->stride;
    const ptrdiff_t last = a->before + a->image - 1 - (s->first + low) * a->stride;
    *from = first > 0 ? (first + a->dilation - 1) / a->dilation : 0;
    *to = last >= 0 ? last / a->dilation + 1 : 0;
    *to = *to < a->taps ? *to : a->taps;
    *from = *from < *to ? *from : *to;
}

/* Set the runs of taps low..high. */
FC_INLINE void NAME(set_runs)(const struct fc_geometry *g, struct fc_lane_tile *t)
{
    const ptrdiff_t taps[3] = {g->axis[0].taps, g->axis[1].taps, g->axis[2].taps};
    struct fc_lane_runs *r = &t->runs;
    r->first = (t->low[0] * taps[1] + t->low[1]) * taps[2] + t->low[2];
    r->planes = t->high[0] - t->low[0];
    r->rows = t->high[1] - t->low[1];
    r->length = t->high[2] - t->low[2];
    r->skip = taps[2] - r->length;
    r->skip_plane = (taps[1] - r->rows) * taps[2];
    if (r->skip == 0) { /* rows follow each other */
        r->length *= r->rows;
        r->skip = taps[1] * taps[2] - r->length;
        r->rows = 1;
        r->skip_plane = 0;
        if (r->skip == 0) {
            r->length *= r->planes;
            r->planes = 1;
        }
    }
}

/* A box of outputs of all images of a block, and the next pixel of a walk through it. */
struct NAME(walk) {
    ptrdiff_t from[3], to[3], at[4]; /* at: image, depth, row and column */
    ptrdiff_t number;                /* pixels before the next one in all tiles */
};

/* Set the places of the next pixels, and their numbers if they are sorted. */
FC_INLINE void NAME(walk_tile)(const struct fc_lane_block *b, struct NAME(walk) *k,
                               struct fc_lane_tile *t, ptrdiff_t pixels, int lined)
{
    const struct fc_span *d = &b->span[0], *h = &b->span[1], *w = &b->span[2];
    const ptrdiff_t *at = k->at;
    t->pixels = pixels;
    t->lined = lined;
    for (ptrdiff_t j = 0; j < pixels; j++) {
        if (j == 0 || !lined)
            t->place[j] = at[0] * b->image + at[1] * d->step * b->pitch[0] +
                          at[2] * h->step * b->pitch[1] + at[3] * w->step * b->pitch[2];
        if (b->sorted)
            b->order[((at[0] * d->size + at[1]) * h->size + at[2]) * w->size + at[3]] =
                k->number++;
        for (int i = 3; i >= 0; i--) {
            if (++k->at[i] < (i > 0 ? k->to[i - 1] : b->images))
                break;
            k->at[i] = i > 0 ? k->from[i - 1] : 0;
        }
    }
}

/* Cut the pixels of a block into tiles of nearly equal size, in their order in the output. A tile
 * does not cross the end of a `line` of pixels. */
static void NAME(cut_tiles)(const struct fc_geometry *g, struct fc_lane_block *b, ptrdiff_t line)
{
    const ptrdiff_t most = b->lined ? b->most_beside : b->most;
    const ptrdiff_t per_line = (line + most - 1) / most;
    struct NAME(walk) walk = {.to = {b->span[0].size, b->span[1].size, b->span[2].size}};
    ptrdiff_t p = 0;
    b->sorted = 0;
    b->tile_count = b->pixels / line * per_line;
    for (ptrdiff_t i = 0; i < b->tile_count; i++) {
        struct fc_lane_tile *t = &b->tiles[i];
        const ptrdiff_t stop = i / per_line * line + (i % per_line + 1) * line / per_line;
        ptrdiff_t from[4], last[4], rest = stop - 1;
        __builtin_memcpy(from, walk.at, sizeof from);
        NAME(walk_tile)(b, &walk, t, stop - p, b->lined);
        p = stop;
        for (int k = 3; k > 0; k--) {
            last[k] = rest % b->span[k - 1].size;
            rest /= b->span[k - 1].size;
        }
        last[0] = rest;
        int apart = !b->clip || from[0] != last[0]; /* whether all outputs of an axis are met */
        for (int k = 0; k < 3; k++) {
            t->low[k] = 0;
            t->high[k] = g->axis[k].taps;
            if (b->clip)
                NAME(clip_taps)(&g->axis[k], &b->span[k], apart ? 0 : from[k + 1],
                                apart ? b->span[k].size - 1 : last[k + 1], &t->low[k],
                                &t->high[k]);
            apart = apart || from[k + 1] != last[k + 1];
        }
        NAME(set_runs)(g, t);
    }
}

/* Return the end of the outputs from `o` on that have the same taps inside the image. */
FC_INLINE ptrdiff_t NAME(same_taps)(const struct fc_axis *a, const struct fc_span *s, ptrdiff_t o,
                                    ptrdiff_t *low, ptrdiff_t *high)
{
    NAME(clip_taps)(a, s, o, o, low, high);
    for (o++; o < s->size; o++) {
        ptrdiff_t from, to;
        NAME(clip_taps)(a, s, o, o, &from, &to);
        if (from != *low || to != *high)
            break;
    }
    return o;
}

/* Cut the pixels of a block into tiles whose pixels have the same taps inside the image. */
static void NAME(sort_tiles)(const struct fc_geometry *g, struct fc_lane_block *b)
{
    struct NAME(walk) k;
    struct fc_lane_tile *t = b->tiles;
    ptrdiff_t low[3], high[3];
    b->sorted = 1;
    k.number = 0;
    for (k.from[0] = 0; k.from[0] < b->span[0].size; k.from[0] = k.to[0]) {
        k.to[0] = NAME(same_taps)(&g->axis[0], &b->span[0], k.from[0], &low[0], &high[0]);
        for (k.from[1] = 0; k.from[1] < b->span[1].size; k.from[1] = k.to[1]) {
            k.to[1] = NAME(same_taps)(&g->axis[1], &b->span[1], k.from[1], &low[1], &high[1]);
            for (k.from[2] = 0; k.from[2] < b->span[2].size; k.from[2] = k.to[2]) {
                k.to[2] = NAME(same_taps)(&g->axis[2], &b->span[2], k.from[2], &low[2], &high[2]);
                ptrdiff_t pixels = b->images;
                k.at[0] = 0;
                for (int i = 0; i < 3; i++) {
                    pixels *= k.to[i] - k.from[i];
                    k.at[i + 1] = k.from[i];
                }
                /* Rows that are long enough are cut one by one. */
                const ptrdiff_t row = k.to[2] - k.from[2];
                const ptrdiff_t pieces = b->beside ? (row - 1) / b->most_beside + 1 : 1;
                const int lined = b->beside && row / pieces >= b->beside;
                const ptrdiff_t line = lined ? row : pixels;
                const ptrdiff_t tiles = lined ? pieces : (pixels - 1) / b->most + 1;
                for (ptrdiff_t i = 0; i < pixels / line * tiles; i++, t++) {
                    const ptrdiff_t j = i % tiles;
                    __builtin_memcpy(t->low, low, sizeof low);
                    __builtin_memcpy(t->high, high, sizeof high);
                    NAME(set_runs)(g, t);
                    NAME(walk_tile)(b, &k, t, (j + 1) * line / tiles - j * line / tiles, lined);
                }
            }
        }
    }
    b->tile_count = t - b->tiles;
    for (ptrdiff_t i = 0; i < LANES; i++) /* turning back reads whole vectors of pixels */
        b->order[b->pixels + i] = 0;
}

FC_INLINE void NAME(plan_offsets)(const struct fc_geometry *g, struct fc_lane_block *b,
                                  ptrdiff_t channels)
{
    ptrdiff_t *offset = b->offsets;
    for (ptrdiff_t d = 0; d < g->axis[0].taps; d++)
        for (ptrdiff_t h = 0; h < g->axis[1].taps; h++)
            for (ptrdiff_t w = 0; w < g->axis[2].taps; w++)
                for (ptrdiff_t c = 0; c < channels; c++)
                    *offset++ = d * b->span[0].reach * b->pitch[0] +
                                h * b->span[1].reach * b->pitch[1] +
                                w * b->span[2].reach * b->pitch[2] + c * b->channel;
    for (int i = 0; i < FC_LANE_TERMS; i++)
        offset[i] = offset[-1];
    b->offset_channels = channels;
}

static void NAME(plan_lanes)(const struct fc_geometry *g, struct fc_lane_block *b,
                             ptrdiff_t first_image, ptrdiff_t images, const ptrdiff_t first[3],
                             const ptrdiff_t size[3], double fill)
{
    struct fc_span span[3];
    b->first_image = first_image;
    for (int i = 0; i < 3; i++)
        NAME(plan_span)(&g->axis[i], &span[i], first[i], size[i], b->in_place);
    /* A block of the same size whose borders are the same differs in what it reads only. */
    int same = b->planned && images == b->images;
    for (int i = 0; i < 3; i++)
        same = same && size[i] == b->span[i].size && span[i].low == b->span[i].low &&
               span[i].high == b->span[i].high;
    __builtin_memcpy(b->span, span, sizeof span);
    if (same)
        return;
    b->planned = 1;
    b->images = images;
    b->pixels = images * size[0] * size[1] * size[2];
    b->pitch[2] = b->in_place ? b->in.pixel
                  : b->last   ? NAME(apart)((b->channels + LANES - 1) / LANES * LANES)
                              : 1;
    b->pitch[1] = b->pitch[2] * (b->in_place ? g->axis[2].image : span[2].count);
    b->pitch[0] = b->pitch[1] * (b->in_place ? g->axis[1].image : span[1].count);
    b->channel = b->in_place ? b->in.channel
                 : b->last   ? 1
                             : NAME(apart)(b->pitch[0] * span[0].count);
    b->image = b->in_place ? b->in.image
               : b->last   ? b->pitch[0] * span[0].count
                           : b->channels * b->channel;
    b->offset_channels = 0;
    if (b->in_place && b->clip)
        NAME(sort_tiles)(g, b);
    else /* Where borders are left out, tiles of one row miss more of them. */
        NAME(cut_tiles)(g, b, b->lined || (b->clip && size[2] >= b->least) ? size[2] : b->pixels);
    if (!b->in_place) {
        real *patch = b->patch;
        for (ptrdiff_t i = 0; i < images * b->image; i++)
            patch[i] = (real)fill;
    }
}

/* Copy one row with its borders. Those of zeros, and of other fill values, are there already. */
FC_INLINE void NAME(copy_row)(const struct fc_axis *w, const struct fc_span *s, const real *from,
                              real *to)
{
    const ptrdiff_t count = s->high - s->low;
    const real *first = from + s->start - w->before + s->low * s->apart;
    if (s->apart == 1)
        NAME(copy)(to + s->low, first, count);
    else
        NAME(pick)(to + s->low, first, s->apart, 0, count);
    if (w->boundary == FC_FILL)
        return;
    for (ptrdiff_t i = 0; i < s->low; i++)
        to[i] = from[fc_at(w, s->start + i * s->apart)];
    for (ptrdiff_t i = s->high; i < s->count; i++)
        to[i] = from[fc_at(w, s->start + i * s->apart)];
}

#include "implicit_gemm/lanes_last.h"

/* Copy the rows of `channels` channels to the patch. Rows are too short for the processor to see a
 * stream in them, so those of a later channel are prefetched. */
static void NAME(load_rows)(const struct fc_geometry *g, struct fc_lane_block *b,
                             const void *image, ptrdiff_t channel, ptrdiff_t channels)
{
    const struct fc_axis *d = &g->axis[0], *h = &g->axis[1], *w = &g->axis[2];
    const struct fc_span *sd = &b->span[0], *sh = &b->span[1], *sw = &b->span[2];
    if (channels != b->offset_channels)
        NAME(plan_offsets)(g, b, channels);
    if (b->in_place)
        return;
    if (b->last && b->in.channel == 1) {
        NAME(copy_last)(g, b, image, channel, channels);
        return;
    }
    if (b->last) {
        NAME(turn_planes)(g, b, image, channel, channels);
        return;
    }
    const ptrdiff_t per_line = 64 / (ptrdiff_t)sizeof(real);
    const ptrdiff_t length = (sw->high - sw->low) * sw->apart;
    const ptrdiff_t lines = (length / per_line + 2) * sh->count * sd->count;
    const ptrdiff_t ahead = (FC_LINES_AHEAD + lines - 1) / lines;
    for (ptrdiff_t n = 0; n < b->images; n++) {
        const real *from = (const real *)image +
                           ((b->first_image + n) * g->image_channels + channel) * g->plane;
        real *to = (real *)b->patch + n * b->image;
        for (ptrdiff_t c = 0; c < channels; c++, from += g->plane, to += b->channel) {
            const ptrdiff_t later = c + ahead < channels ? ahead * g->plane : 0;
            for (ptrdiff_t z = 0; z < sd->count; z++) {
                const ptrdiff_t plane = fc_at(d, sd->start + z * sd->apart);
                for (ptrdiff_t y = 0; plane >= 0 && y < sh->count; y++) {
                    const ptrdiff_t row = fc_at(h, sh->start + y * sh->apart);
                    if (row < 0)
                        continue;
                    const real *source = from + (plane * h->image + row) * w->image;
                    const real *next = source + later + sw->start - w->before + sw->low * sw->apart;
                    for (ptrdiff_t i = 0; later && i < length; i += per_line)
                        __builtin_prefetch(next + i);
                    NAME(copy_row)(w, sw, source, to + z * b->pitch[0] + y * b->pitch[1]);
                }
            }
        }
    }
}
