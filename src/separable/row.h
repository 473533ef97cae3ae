/* lines: compute weighted sums of shifted copies of a row.
 *
 *     out[i][x] (+)= sum_t c[t] * line[i][x + offset[t]]
 *
 * Layout    `line` lies in scratch and may be read one block past its end; out has any alignment.
 * Loop      The outer loop is over blocks of vectors, the inner one over all taps. If offset[t] is
 *           t, then taps that are LANES apart read the same vectors, for output vectors that are
 *           next to each other. Up to four such taps are computed together, and a vector is loaded
 *           once for all of them. Most of these loads touch two cache lines, so the loads determine
 *           the time.
 * Registers the accumulators, up to four coefficients and one vector of values. With three or five
 *           taps, all coefficients are in registers and the values are memory operands.
 * Order     Each sum is one chain of multiply-adds, in the same order for every x.
 */
FC_INLINE void NAME(row_taps)(const real *line, const real *c, const int taps, const int vectors,
                              vec *sum)
{
    vec w[4];
UNROLLED
    for (int q = 0; q < taps; q++)
        w[q] = broadcast(c[q * LANES]);
UNROLLED
    for (int j = 0; j < vectors + taps - 1; j++) {
        const vec value = held(loadu(line + j * LANES));
UNROLLED
        for (int q = 0; q < taps; q++)
            if (j - q >= 0 && j - q < vectors)
                sum[j - q] += w[q] * value;
    }
}

FC_INLINE void NAME(row_block)(const real *line, const ptrdiff_t *offset, const real *c,
                               const ptrdiff_t taps, const int vectors, real *out, int accumulate)
{
    vec sum[FC_ROW_VECTORS];
    ptrdiff_t t = 0;
UNROLLED
    for (int j = 0; j < vectors; j++)
        sum[j] = (vec){0};
    if (!offset && !__builtin_constant_p(taps)) {
        for (; t + 3 * LANES < taps; t += 4 * LANES) {
            const ptrdiff_t left = taps - t - 3 * LANES, whole = left < LANES ? left : LANES;
            for (ptrdiff_t s = 0; s < whole; s++)
                NAME(row_taps)(line + t + s, c + t + s, 4, vectors, sum);
            for (ptrdiff_t s = whole; s < LANES; s++)
                NAME(row_taps)(line + t + s, c + t + s, 3, vectors, sum);
        }
        for (; t + LANES < taps; t += 2 * LANES) {
            const ptrdiff_t left = taps - t - LANES, whole = left < LANES ? left : LANES;
            for (ptrdiff_t s = 0; s < whole; s++)
                NAME(row_taps)(line + t + s, c + t + s, 2, vectors, sum);
            for (ptrdiff_t s = whole; s < LANES; s++)
                NAME(row_taps)(line + t + s, c + t + s, 1, vectors, sum);
        }
    }
    for (; t < taps; t++) {
        const real *from = line + (offset ? offset[t] : t);
        const vec w = broadcast(c[t]);
UNROLLED
        for (int j = 0; j < vectors; j++)
            sum[j] += w * loadu(from + j * LANES);
    }
    if (accumulate) {
UNROLLED
        for (int j = 0; j < vectors; j++)
            sum[j] += loadu(out + j * LANES);
    }
UNROLLED
    for (int j = 0; j < vectors; j++)
        storeu(out + j * LANES, sum[j]);
}

/* Compute the last `length` values of a row in a buffer, with blocks of which only a part may be
 * needed: large ones or ones of three vectors. */
static __attribute__((noinline)) void NAME(end_of_row)(const real *line, const ptrdiff_t *offset,
                                                       const real *c, ptrdiff_t taps, real *out,
                                                       ptrdiff_t length, int accumulate)
{
    const ptrdiff_t few = 3 * LANES;
    real last[FC_ROW_VECTORS * LANES];
    while (length > 0) {
        const ptrdiff_t count = length > 2 * few || length < few ? length : few;
        const size_t bytes = (size_t)count * sizeof(real);
        if (accumulate)
            __builtin_memcpy(last, out, bytes);
        if (count > few)
            NAME(row_block)(line, offset, c, taps, FC_ROW_VECTORS, last, accumulate);
        else
            NAME(row_block)(line, offset, c, taps, 3, last, accumulate);
        __builtin_memcpy(out, last, bytes);
        line += count;
        out += count;
        length -= count;
    }
}

FC_INLINE void NAME(rows_of)(const struct fc_lines *l, const ptrdiff_t *offset, const real *c,
                             const ptrdiff_t taps)
{
    const ptrdiff_t block = FC_ROW_VECTORS * LANES;
    for (ptrdiff_t i = 0; i < l->rows; i++) {
        const real *line = (const real *)l->line + i * l->pitch;
        real *out = (real *)l->out + i * l->out_pitch;
        ptrdiff_t x = 0;
        for (; x + block <= l->length; x += block)
            NAME(row_block)(line + x, offset, c, taps, FC_ROW_VECTORS, out + x, l->accumulate);
        if (x < l->length)
            NAME(end_of_row)(line + x, offset, c, taps, out + x, l->length - x, l->accumulate);
    }
}

static void NAME(rows_3)(const struct fc_lines *l)
{
    real own[3];
    __builtin_memcpy(own, l->c, sizeof own);
    NAME(rows_of)(l, 0, own, 3);
}

static void NAME(rows_5)(const struct fc_lines *l)
{
    real own[5];
    __builtin_memcpy(own, l->c, sizeof own);
    NAME(rows_of)(l, 0, own, 5);
}

static void NAME(lines)(const struct fc_lines *l)
{
    if (l->offset)
        NAME(rows_of)(l, l->offset, l->c, l->taps);
    else if (l->taps == 3 && LANES >= 3)
        NAME(rows_3)(l);
    else if (l->taps == 5 && LANES >= 5)
        NAME(rows_5)(l);
    else
        NAME(rows_of)(l, 0, l->c, l->taps);
}

/* Split a line into its phases: phase p has every stride-th value, from value p on. */
static void NAME(split)(const void *line, ptrdiff_t length, ptrdiff_t stride, void *out,
                        ptrdiff_t pitch)
{
    for (ptrdiff_t phase = 0; phase < stride; phase++) {
        const real *from = (const real *)line + phase;
        real *to = (real *)out + phase * pitch;
        ptrdiff_t x = 0;
        if (stride == 2) /* the last load may go past the end of the line, which is in scratch */
            for (; 2 * x + phase < length; x += LANES)
                storeu(to + x, even(loadu(from + 2 * x), loadu(from + 2 * x + LANES)));
        for (; x * stride + phase < length; x++)
            to[x] = from[x * stride];
    }
}
