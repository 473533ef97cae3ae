/* Compute some rows of outputs of an outer product together, as they share most rows of the image: each
 * of these is loaded once for all of them. See outer.h; the sums are the same.
 *
 * Layout    The rows of the windows of all these outputs follow each other in a list. Weights have as
 *           many zeros at both ends as there are other rows of outputs.
 * Registers down the columns, FC_TAPS_TOGETHER rows of 2 sums, 2 values, one weight; along the rows,
 *           2 FC_TAPS_VECTORS sums and one weight.
 */
#if FC_FLOATING && FC_REAL_BYTES == 8
FC_INLINE void NAME(down_together)(const real *const *in, const real *weights, ptrdiff_t count,
                                   ptrdiff_t x, real *out, ptrdiff_t pitch)
{
    vec sum[FC_TAPS_TOGETHER][2];
UNROLLED
    for (int j = 0; j < FC_TAPS_TOGETHER; j++)
        sum[j][0] = sum[j][1] = (vec){0};
    for (ptrdiff_t k = 0; k < count; k++) {
        const vec a = loadu(in[k] + x), b = loadu(in[k] + x + LANES);
UNROLLED
        for (int j = 0; j < FC_TAPS_TOGETHER; j++) {
            const vec weight = broadcast(weights[k - j]);
            sum[j][0] += a * weight;
            sum[j][1] += b * weight;
        }
    }
UNROLLED
    for (int j = 0; j < FC_TAPS_TOGETHER; j++) {
        storeu(out + j * pitch + x, sum[j][0]);
        storeu(out + j * pitch + x + LANES, sum[j][1]);
    }
}

static void NAME(along_together)(const real *const *in, const real *w, ptrdiff_t count,
                                 real *out, ptrdiff_t length)
{
    const ptrdiff_t step = FC_TAPS_VECTORS * LANES;
    ptrdiff_t x = 0;
    for (; x + step < length; x += 2 * step) {
        vec sum[2 * FC_TAPS_VECTORS];
UNROLLED
        for (int j = 0; j < 2 * FC_TAPS_VECTORS; j++)
            sum[j] = (vec){0};
        for (ptrdiff_t t = 0; t < count; t++) {
            const vec weight = broadcast(w[t]);
UNROLLED
            for (int j = 0; j < 2 * FC_TAPS_VECTORS; j++)
                sum[j] += loadu(in[t] + x + j * LANES) * weight;
        }
UNROLLED
        for (int j = 0; j < 2 * FC_TAPS_VECTORS; j++)
            storeu(out + x + j * LANES, sum[j]);
    }
    for (; x < length; x += step) {
        vec sum[FC_TAPS_VECTORS];
        NAME(outer_block)(in, w, count, x, sum);
UNROLLED
        for (int j = 0; j < FC_TAPS_VECTORS; j++)
            storeu(out + x + j * LANES, sum[j]);
    }
}

/* Write output rows r, ..., r + FC_TAPS_TOGETHER - 1. */
static void NAME(rows_together)(PLAN *p, TASK *t, ptrdiff_t r, const struct NAME(rows) *rows,
                                const real **in, const real **across, struct NAME(flat_sums) *known)
{
    const ptrdiff_t width = t->columns + p->reach - 1, count = p->line_count;
    const int others = FC_TAPS_TOGETHER - 1;
    const ptrdiff_t z = t->plane * p->plane_stride + p->line_planes[0];
    real *sums = rows->spare - p->pitch, *middle = rows->spare + p->pitch;
    ptrdiff_t y = r + p->line_rows[0], slot = y % p->ring;
    for (ptrdiff_t i = 0; i < count + others; i++, y++) {
        real *to = rows->ring + slot * p->pitch;
        if (rows->held_rows[slot] != y)
            NAME(enter_row)(p, t, z, y, to, rows->spare);
        rows->held_rows[slot] = y;
        rows->lines[i] = to;
        slot = slot + 1 < p->ring ? slot + 1 : 0;
    }
    for (ptrdiff_t x = 0; x < width; x += 2 * LANES)
        NAME(down_together)(rows->lines, p->down_together + others, count + others, x, middle, p->pitch);
    for (int j = 0; j <= others; j++) {
        const real *from = middle + j * p->pitch;
        struct NAME(row) row = {in, rows->lines + j, across, 0, rows->spare, 0, 0, 1};
        for (ptrdiff_t i = 0; i < p->along_count; i++)
            across[i] = from + p->along_offsets[i];
        NAME(along_together)(across, p->exact_along, p->along_count, sums, t->columns);
        NAME(settle_row)(p, &row, known, sums, t->columns);
        NAME(leave_row)(p, t, r + j, sums);
    }
}
#endif
