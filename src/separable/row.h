/* row: a weighted sum of one row with itself, shifted.
 *
 *     out[x] (+)= sum_t c[t] * line[x + offset[t]]
 *
 * Layout    line: scratch, readable a vector past its end; out: any alignment.
 * Loop      x in blocks of FC_LINE_VECTORS vectors, over all taps in each.
 * Registers the accumulators, and the coefficients: all of them where their number is a constant
 *           (and neighbouring taps are neighbours), else one at a time. Values are memory operands.
 * Order     each sum is one chain of multiply-adds over t.
 */
FC_INLINE void NAME(row_tile)(const real *line, const ptrdiff_t *offset, const real *c,
                              const ptrdiff_t taps, const int vectors, real *out, int accumulate,
                              ptrdiff_t lanes)
{
    const size_t bytes = (size_t)lanes * sizeof(real);
    vec sum[FC_LINE_VECTORS];
UNROLLED
    for (int j = 0; j < vectors; j++)
        sum[j] = (vec){0};
    for (ptrdiff_t t = 0; t < taps; t++) {
        const real *from = line + (offset ? offset[t] : t);
        const vec w = broadcast(c[t]);
UNROLLED
        for (int j = 0; j < vectors; j++)
            sum[j] += w * loadu(from + j * LANES);
    }
    if (vectors == 1) { /* as many lanes as there are */
        vec all = {0};
        if (accumulate)
            __builtin_memcpy(&all, out, bytes);
        all += sum[0];
        __builtin_memcpy(out, &all, bytes);
        return;
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

FC_INLINE void NAME(row_of)(const real *line, const ptrdiff_t *offset, const real *c,
                            const ptrdiff_t taps, real *out, ptrdiff_t length, int accumulate)
{
    const ptrdiff_t block = FC_LINE_VECTORS * LANES;
    ptrdiff_t x = 0;
    for (; x + block <= length; x += block)
        NAME(row_tile)(line + x, offset, c, taps, FC_LINE_VECTORS, out + x, accumulate, LANES);
    for (; x + LANES <= length; x += LANES)
        NAME(row_tile)(line + x, offset, c, taps, 1, out + x, accumulate, LANES);
    if (x < length)
        NAME(row_tile)(line + x, offset, c, taps, 1, out + x, accumulate, length - x);
}

static void NAME(row)(const void *line, const ptrdiff_t *offset, const void *c, ptrdiff_t taps,
                      void *out, ptrdiff_t length, int accumulate)
{
    if (offset)
        NAME(row_of)(line, offset, c, taps, out, length, accumulate);
    else
        NAME(row_of)(line, 0, c, taps, out, length, accumulate);
}

static void NAME(row_3)(const void *line, const ptrdiff_t *offset, const void *c, ptrdiff_t taps,
                        void *out, ptrdiff_t length, int accumulate)
{
    real own[3];
    (void)offset, (void)taps;
    __builtin_memcpy(own, c, sizeof own);
    NAME(row_of)(line, 0, own, 3, out, length, accumulate);
}

static void NAME(row_5)(const void *line, const ptrdiff_t *offset, const void *c, ptrdiff_t taps,
                        void *out, ptrdiff_t length, int accumulate)
{
    real own[5];
    (void)offset, (void)taps;
    __builtin_memcpy(own, c, sizeof own);
    NAME(row_of)(line, 0, own, 5, out, length, accumulate);
}

static void NAME(row_7)(const void *line, const ptrdiff_t *offset, const void *c, ptrdiff_t taps,
                        void *out, ptrdiff_t length, int accumulate)
{
    real own[7];
    (void)offset, (void)taps;
    __builtin_memcpy(own, c, sizeof own);
    NAME(row_of)(line, 0, own, 7, out, length, accumulate);
}

/* Every stride-th value of a line, for each of the `stride` places to begin at. */
static void NAME(split)(const void *line, ptrdiff_t length, ptrdiff_t stride, void *out,
                        ptrdiff_t pitch)
{
    for (ptrdiff_t phase = 0; phase < stride; phase++) {
        const real *from = (const real *)line + phase;
        real *to = (real *)out + phase * pitch;
        ptrdiff_t x = 0;
        if (stride == 2) /* the last vector read may hang over the end of the line: it is scratch */
            for (; 2 * x + phase < length; x += LANES)
                storeu(to + x, even(loadu(from + 2 * x), loadu(from + 2 * x + LANES)));
        for (; x * stride + phase < length; x++)
            to[x] = from[x * stride];
    }
}
