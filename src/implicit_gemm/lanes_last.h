/* Channels last: patches that have the channels of a position side by side, and such outputs.
 *
 * A tile then reads a few rows of channels from one end to the other, where planes would give it a
 * line of cache per channel, of which it needs a part. Transposing planes costs about as much as
 * reading each value for four output channels; images with channels last are copied, or read in
 * place.
 */

/* Transpose `width` values of each of `some` rows, which are `plane` apart, at most LANES of both, and
 * store every `apart`th of them from `first` on. */
FC_INLINE void NAME(turn_square)(const real *from, ptrdiff_t plane, ptrdiff_t some,
                                 ptrdiff_t width, ptrdiff_t first, ptrdiff_t apart, real *to,
                                 ptrdiff_t pitch)
{
    vec x[LANES];
    if (some == LANES && width == LANES && apart == 1) {
UNROLLED
        for (int j = 0; j < LANES; j++)
            x[j] = loadu(from + j * plane);
        NAME(transpose)(x);
UNROLLED
        for (int j = 0; j < LANES; j++)
            store(to + j * pitch, x[j]);
        return;
    }
    for (int j = 0; j < LANES; j++) {
        x[j] = (vec){0};
        if (j < some)
            x[j] = NAME(load_first)(from + j * plane, width);
    }
    NAME(transpose)(x);
    for (ptrdiff_t j = first; j < width; j += apart, to += pitch)
        store(to, x[j]);
}

/* Transpose every `apart`th value of each of `channels` rows, which are `plane` apart, `count` of
 * them: so many rows at a time that lines of the patch are written as a whole. */
FC_INLINE void NAME(turn_row)(const real *from, ptrdiff_t plane, ptrdiff_t channels,
                              ptrdiff_t count, ptrdiff_t apart, real *to, ptrdiff_t pitch)
{
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(real), length = (count - 1) * apart + 1;
    for (ptrdiff_t c = 0; c < channels; c += line) {
        const ptrdiff_t end = c + line < channels ? c + line : channels;
        for (ptrdiff_t i = 0; i < length; i += LANES) {
            const ptrdiff_t next = (i + apart - 1) / apart, width = length - i;
            for (ptrdiff_t r = c; r < end; r += LANES)
                NAME(turn_square)(from + r * plane + i, plane, end - r < LANES ? end - r : LANES,
                                  width < LANES ? width : LANES, next * apart - i, apart,
                                  to + next * pitch + r, pitch);
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

/* Load `channels` channels of the image, from `channel` on. Planes are transposed; their rows have
 * no borders. */
static void NAME(load_last)(const struct fc_geometry *g, struct fc_lane_block *b,
                            const void *image, ptrdiff_t channel, ptrdiff_t channels)
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
                const real *from = (const real *)image + (b->first_image + n) * b->in.image +
                                   channel * b->in.channel +
                                   (plane * h->image + row) * w->image * b->in.pixel;
                real *to = (real *)b->patch + n * b->image + z * b->pitch[0] + y * b->pitch[1];
                if (b->in.channel == 1)
                    NAME(copy_positions)(w, sw, from, b->in.pixel, channels, to, b->pitch[2]);
                else if (sw->apart == 1)
                    NAME(turn_row)(from + sw->start - w->before, b->in.channel, channels,
                                   sw->count, 1, to, b->pitch[2]);
                else
                    NAME(turn_row)(from + sw->start - w->before, b->in.channel, channels,
                                   sw->count, sw->apart, to, b->pitch[2]);
            }
        }
}

/* Write the sums [pixel][lane] of `rows` channels to an output with channels last, in which pixels
 * are `pitch` apart, with the ending unless it is NULL; `add` is its place. */
FC_INLINE void NAME(put_line)(const real *sums, const ptrdiff_t *order, ptrdiff_t width,
                              ptrdiff_t rows, ptrdiff_t count, real *out, ptrdiff_t pitch,
                              const struct fc_ending *ending, const real *add,
                              ptrdiff_t add_pitch)
{
    const real *channel = ending ? ending->channel : 0;
    const vec low = broadcast(ending ? (real)ending->low : 0);
    const vec high = broadcast(ending ? (real)ending->high : 0);
    for (ptrdiff_t p = 0; p < count; p++, out += pitch, add += add ? add_pitch : 0) {
        const real *from = sums + (order ? order[p] : p) * width;
        for (ptrdiff_t r = 0; r < rows; r += LANES) {
            const ptrdiff_t some = rows - r < LANES ? rows - r : LANES;
            vec x = load(from + r);
            if (channel)
                x += some < LANES ? NAME(load_first)(channel + r, some) : loadu(channel + r);
            if (add)
                x += some < LANES ? NAME(load_first)(add + r, some) : loadu(add + r);
            if (ending)
                x = vmin(high, vmax(low, x));
            if (some < LANES)
                NAME(store_first)(out + r, x, some);
            else
                storeu(out + r, x);
        }
    }
}
