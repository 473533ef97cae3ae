/* polyphase: resample neighbouring lines side by side, so that vectors hold values of many lines.
 *
 * One output of a short line is not worth a call, and lines of a few values have no vectors. So some
 * lines are transposed, resampled as one line of many values side by side, and transposed back.
 *
 * Layout    In `work`: the positions of the lines, then those of the outputs. Each has the real
 *           values of all lines, then the imaginary ones.
 * Loop      Some outputs after the other: those of real taps, then those of imaginary ones.
 * Registers LANES vectors while squares are transposed; `room.h` has those of the sums.
 */

/* Write to[c * apart + r] = from[r * step + c]. */
FC_INLINE void NAME(turn)(const real *from, ptrdiff_t step, ptrdiff_t rows, ptrdiff_t columns,
                          real *to, ptrdiff_t apart)
{
    ptrdiff_t r = 0;
    for (; r + LANES <= rows; r += LANES) {
        ptrdiff_t c = 0;
        for (; c + LANES <= columns; c += LANES) {
            vec x[LANES];
UNROLLED
            for (int j = 0; j < LANES; j++)
                x[j] = loadu(from + (r + j) * step + c);
            NAME(transpose)(x);
UNROLLED
            for (int j = 0; j < LANES; j++)
                storeu(to + (c + j) * apart + r, x[j]);
        }
        for (; c < columns; c++)
            for (int j = 0; j < LANES; j++)
                to[c * apart + r + j] = from[(r + j) * step + c];
    }
    for (; r < rows; r++)
        for (ptrdiff_t c = 0; c < columns; c++)
            to[c * apart + r] = from[r * step + c];
}

/* Store what all lines have at positions past an end. */
FC_INLINE void NAME(past_end)(real *to, const real *inside, const ptrdiff_t *index,
                              const struct fc_polyphase_lines *lines, ptrdiff_t most,
                              ptrdiff_t inner)
{
    const real *fill = lines->fill;
    const ptrdiff_t width = inner * lines->count;
    for (ptrdiff_t i = 0; i < most; i++, to += width) {
        if (index[i] >= 0) {
            NAME(copy)(to, inside + index[i] * width, width);
            continue;
        }
        for (ptrdiff_t j = 0; j < width; j++)
            to[j] = fill[j / lines->count];
    }
}

static void NAME(together)(const struct fc_polyphase *p, const struct fc_polyphase_lines *lines,
                           const void *h, const void *imaginary)
{
    const ptrdiff_t inner = p->inner, count = lines->count, width = inner * count;
    struct fc_polyphase rates = *p;
    real *x = lines->work, *made = x + (p->n + (lines->before ? 2 * p->most : 0)) * width;
    real *turned = made + FC_POLYPHASE_OUTPUTS * width;
    struct fc_polyphase_line line = {.x = x};
    rates.inner = rates.pitch = width;
    rates.is_complex = 0;
    if (lines->before) {
        real *inside = x + p->most * width;
        /* the first and the last positions of one row of them */
        line = (struct fc_polyphase_line){.x = inside, .head = x, .tail = x + p->n * width};
        NAME(turn)(lines->x, p->n * inner, count, p->n * inner, inside, count);
        NAME(past_end)(x, inside, lines->before, lines, p->most, inner);
        NAME(past_end)(inside + p->n * width, inside, lines->after, lines, p->most, inner);
    } else {
        NAME(turn)(lines->x, p->n * inner, count, p->n * inner, x, count);
    }
    for (ptrdiff_t first = 0; first < lines->length; first += FC_POLYPHASE_OUTPUTS) {
        const ptrdiff_t left = lines->length - first;
        const ptrdiff_t some = left < FC_POLYPHASE_OUTPUTS ? left : FC_POLYPHASE_OUTPUTS;
        real *out = (real *)lines->out + first * inner;
        line.out = made;
        NAME(resample)(&rates, &line, h, NULL, first, first + some);
        if (imaginary) {
            line.out = turned;
            NAME(resample)(&rates, &line, imaginary, NULL, first, first + some);
            for (ptrdiff_t i = 0; i < some * width; i += width) {
                for (ptrdiff_t j = 0; j < count; j++) {
                    made[i + j] -= turned[i + count + j];
                    made[i + count + j] += turned[i + j];
                }
            }
        }
        NAME(turn)(made, count, some * inner, count, out, lines->length * inner);
    }
}
