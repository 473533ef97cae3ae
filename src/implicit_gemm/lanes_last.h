/* A patch that has the channels of a position side by side: rows of LANES channels are transposed.
 *
 * A tile then reads a few rows of channels from one end to the other, where planes would give it a
 * line of cache per channel, of which it needs a part. Transposing costs about as much as reading
 * each value for four output channels.
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

/* Load `channels` channels of the image, from `channel` on. */
static void NAME(turn_rows)(const struct fc_geometry *g, struct fc_lane_block *b,
                            const void *image, ptrdiff_t channel, ptrdiff_t channels)
{
    const struct fc_axis *d = &g->axis[0], *h = &g->axis[1], *w = &g->axis[2];
    const struct fc_span *sd = &b->span[0], *sh = &b->span[1], *sw = &b->span[2];
    for (ptrdiff_t n = 0; n < b->images; n++) {
        const real *from = (const real *)image +
                           ((b->first_image + n) * g->image_channels + channel) * g->plane;
        real *to = (real *)b->patch + n * b->image;
        for (ptrdiff_t z = 0; z < sd->count; z++) {
            const ptrdiff_t plane = fc_at(d, sd->start + z * sd->apart);
            for (ptrdiff_t y = 0; plane >= 0 && y < sh->count; y++) {
                const ptrdiff_t row = fc_at(h, sh->start + y * sh->apart);
                if (row < 0)
                    continue;
                const real *source = from + (plane * h->image + row) * w->image;
                real *target = to + z * b->pitch[0] + y * b->pitch[1];
                source += sw->start - w->before;
                if (sw->apart == 1)
                    NAME(turn_row)(source, g->plane, channels, sw->count, 1, target, b->pitch[2]);
                else
                    NAME(turn_row)(source, g->plane, channels, sw->count, sw->apart, target,
                                   b->pitch[2]);
            }
        }
    }
}
