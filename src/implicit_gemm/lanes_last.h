/* Channels last: patches that have the channels of a position side by side, and such outputs.
 *
 * A tile then reads a few rows of channels from one end to the other, where planes would give it a
 * line of cache per channel, of which it needs a part. Transposing planes costs about as much as
 * reading each value for four output channels; images with channels last are copied, or read in
 * place.
 */

/* Transpose `width` values of each of `some` rows. Rows are `plane` apart, and values `apart`. */
static __attribute__((noinline)) void NAME(turn_values)(const real *from, ptrdiff_t plane,
                                                        ptrdiff_t some, ptrdiff_t width,
                                                        ptrdiff_t apart, real *to, ptrdiff_t pitch)
{
    for (ptrdiff_t j = 0; j < width; j++)
        for (ptrdiff_t i = 0; i < some; i++)
            to[j * pitch + i] = from[i * plane + j * apart];
}

/* Do the same for at most LANES values of at most LANES rows, which are 1 or 2 apart. Whole vectors
 * are read where they end before `end`. */
FC_INLINE void NAME(turn_square)(const real *from, ptrdiff_t plane, ptrdiff_t some,
                                 ptrdiff_t width, const ptrdiff_t apart, const real *end,
                                 real *to, ptrdiff_t pitch)
{
    if (some < LANES || (LANES - 1) * plane + apart * LANES > end - from) {
        NAME(turn_values)(from, plane, some, width, apart, to, pitch);
        return;
    }
    vec x[LANES];
UNROLLED
    for (int i = 0; i < LANES; i++) {
        const real *row = from + i * plane;
        x[i] = apart == 1 ? loadu(row) : even(loadu(row), loadu(row + LANES));
    }
    NAME(transpose)(x);
    if (width == LANES) {
UNROLLED
        for (int j = 0; j < LANES; j++)
            store(to + j * pitch, x[j]);
    } else {
        for (ptrdiff_t j = 0; j < width; j++)
            store(to + j * pitch, x[j]);
    }
}

/* Do the same for `count` values of `channels` rows, which are 1 or 2 apart: two squares of the
 * same rows at a time, as those of planes that compete in L1 stay there no longer. */
FC_INLINE void NAME(turn_row)(const real *from, ptrdiff_t plane, ptrdiff_t channels,
                              ptrdiff_t count, const ptrdiff_t apart, const real *end, real *to,
                              ptrdiff_t pitch)
{
    for (ptrdiff_t i = 0; i < count; i += 2 * LANES)
        for (ptrdiff_t c = 0; c < channels; c += LANES)
            for (ptrdiff_t j = i; j < i + 2 * LANES && j < count; j += LANES)
                NAME(turn_square)(from + c * plane + j * apart, plane,
                                  channels - c < LANES ? channels - c : LANES,
                                  count - j < LANES ? count - j : LANES, apart, end,
                                  to + j * pitch + c, pitch);
}

/* Transpose `channels` planes, from `channel` on, whose rows have no borders. Planes are read from
 * one end to the other, so many at a time that lines of the patch are written as a whole. */
static void NAME(turn_planes)(const struct fc_geometry *g, const struct fc_lane_block *b,
                              const real *image, ptrdiff_t channel, ptrdiff_t channels)
{
    const struct fc_axis *d = &g->axis[0], *h = &g->axis[1], *w = &g->axis[2];
    const struct fc_span *sd = &b->span[0], *sh = &b->span[1], *sw = &b->span[2];
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(real), plane = b->in.channel;
    const real *end = image + g->batch * b->in.image;
    for (ptrdiff_t n = 0; n < b->images; n++)
        for (ptrdiff_t c = 0; c < channels; c += line) {
            const ptrdiff_t some = c + line < channels ? line : channels - c;
            for (ptrdiff_t z = 0; z < sd->count; z++)
                for (ptrdiff_t y = 0; y < sh->count; y++) {
                    const ptrdiff_t row = (sd->start + z * sd->apart - d->before) * h->image +
                                          sh->start + y * sh->apart - h->before;
                    const real *from = image + (b->first_image + n) * b->in.image +
                                       (channel + c) * plane + row * w->image + sw->start -
                                       w->before;
                    real *to = (real *)b->patch + n * b->image + z * b->pitch[0] +
                               y * b->pitch[1] + c;
                    if (sw->apart == 1)
                        NAME(turn_row)(from, plane, some, sw->count, 1, end, to, b->pitch[2]);
                    else if (sw->apart == 2)
                        NAME(turn_row)(from, plane, some, sw->count, 2, end, to, b->pitch[2]);
                    else
                        NAME(turn_values)(from, plane, some, sw->count, sw->apart, to,
                                          b->pitch[2]);
                }
        }
}

/* Copy the channels of each position of a row, from an image with channels last. */
FC_INLINE void NAME(copy_positions)(const struct fc_axis *w, const struct fc_span *s,
                                    const real *row, ptrdiff_t pixel, ptrdiff_t channels,
                                    real *to, ptrdiff_t pitch)
{
    for (ptrdiff_t i = 0; i < s->count; i++) {
        const ptrdiff_t column = fc_at(w, s->start + i * s->apart);
        if (column >= 0)
            NAME(copy)(to + i * pitch, row + column * pixel, channels);
    }
}

/* Copy `channels` channels of an image with channels last, from `channel` on. */
static void NAME(copy_last)(const struct fc_geometry *g, struct fc_lane_block *b,
                            const real *image, ptrdiff_t channel, ptrdiff_t channels)
{
    const struct fc_axis *d = &g->axis[0], *h = &g->axis[1], *w = &g->axis[2];
    const struct fc_span *sd = &b->span[0], *sh = &b->span[1], *sw = &b->span[2];
    for (ptrdiff_t n = 0; n < b->images; n++)
        for (ptrdiff_t z = 0; z < sd->count; z++) {
            const ptrdiff_t plane = fc_at(d, sd->start + z * sd->apart);
            for (ptrdiff_t y = 0; plane >= 0 && y < sh->count; y++) {
                const ptrdiff_t row = fc_at(h, sh->start + y * sh->apart);
                if (row < 0)
                    continue;
                const real *from = image + (b->first_image + n) * b->in.image + channel +
                                   (plane * h->image + row) * w->image * b->in.pixel;
                real *to = (real *)b->patch + n * b->image + z * b->pitch[0] + y * b->pitch[1];
                NAME(copy_positions)(w, sw, from, b->in.pixel, channels, to, b->pitch[2]);
            }
        }
}

/* Sums [pixel][lane] that become an output with channels last: pixels are `pitch` apart there, and
 * `add_pitch` in what is added. If there is an order, pixel i has sums order[i]. */
struct NAME(puts) {
    const real *sums, *add;
    const ptrdiff_t *order;
    ptrdiff_t width, pixels, pitch, add_pitch;
    real *out;
    vec bias[FC_LANE_VECTORS], low, high;
};

/* Set the biases and the limits of `rows` channels, which change nothing without an ending. */
FC_INLINE void NAME(set_puts)(struct NAME(puts) *o, const struct fc_ending *ending, ptrdiff_t rows)
{
    const real *channel = ending ? ending->channel : 0;
    o->low = broadcast(ending ? (real)ending->low : (real)FC_LOWEST);
    o->high = broadcast(ending ? (real)ending->high : (real)FC_HIGHEST);
    for (ptrdiff_t r = 0, v = 0; r < rows; r += LANES, v++) {
        o->bias[v] = broadcast((real)-0.0); /* which leaves a sum of -0 as it is */
        if (channel)
            o->bias[v] = rows - r < LANES ? NAME(load_first)(channel + r, rows - r)
                                          : loadu(channel + r);
    }
}

/* Write `vectors` vectors of each pixel, of which the last one has `some` lanes. */
FC_INLINE void NAME(put_vectors)(const struct NAME(puts) *o, const int vectors, const int adds,
                                 const int whole, ptrdiff_t some)
{
    const real *add = o->add;
    real *to = o->out;
    for (ptrdiff_t p = 0; p < o->pixels; p++, to += o->pitch, add += adds ? o->add_pitch : 0) {
        const real *from = o->sums + (o->order ? o->order[p] : p) * o->width;
UNROLLED
        for (int v = 0; v < vectors; v++) {
            const int full = whole || v < vectors - 1;
            vec x = load(from + v * LANES) + o->bias[v];
            if (adds)
                x += full ? loadu(add + v * LANES) : NAME(load_first)(add + v * LANES, some);
            x = vmin(o->high, vmax(o->low, x));
            if (full)
                storeu(to + v * LANES, x);
            else
                NAME(store_first)(to + v * LANES, x, some);
        }
    }
}

FC_INLINE void NAME(put_line)(const struct NAME(puts) *o, ptrdiff_t rows)
{
    const ptrdiff_t vectors = (rows + LANES - 1) / LANES, some = rows - (vectors - 1) * LANES;
    if (some < LANES) /* vectors whose number is not known cost less than lanes do */
        for (ptrdiff_t v = 0; v < vectors; v++) {
            struct NAME(puts) one = *o;
            one.sums += v * LANES;
            one.out += v * LANES;
            one.bias[0] = o->bias[v];
            if (o->add) {
                one.add += v * LANES;
                NAME(put_vectors)(&one, 1, 1, 0, v < vectors - 1 ? LANES : some);
            } else
                NAME(put_vectors)(&one, 1, 0, 0, v < vectors - 1 ? LANES : some);
        }
    else if (vectors == 1)
        o->add ? NAME(put_vectors)(o, 1, 1, 1, 0) : NAME(put_vectors)(o, 1, 0, 1, 0);
    else if (vectors == 2)
        o->add ? NAME(put_vectors)(o, 2, 1, 1, 0) : NAME(put_vectors)(o, 2, 0, 1, 0);
#if FC_LANE_VECTORS > 2
    else
        o->add ? NAME(put_vectors)(o, 3, 1, 1, 0) : NAME(put_vectors)(o, 3, 0, 1, 0);
#endif
}
