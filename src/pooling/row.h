/* Compute rows of outputs from combined rows, for sliding windows.
 *
 *     out[o] = last(line[o * stride] o line[o * stride + dilation] o ... ),     `taps` values
 *
 * First the levels of the row's ladder are computed, each in one pass over the row in L1. Then
 * vectors of outputs are combined from shifted loads; with stride 2, every second lane is kept.
 * With larger strides, all positions are combined and stored, and the outputs are picked from them.
 * Separate windows are reduced one by one (reduce.h).
 */

/* Return the windows of LANES outputs, from output o on. `rows` are pointers to one row, shifted to
 * each tap. */
FC_INLINE vec NAME(slid)(const real *const *rows, const ptrdiff_t n, ptrdiff_t o, const int stride,
                         const int how)
{
    vec a = loadu(rows[0] + o * stride), b = a;
    if (stride == 2)
        b = loadu(rows[0] + o * 2 + LANES);
    for (ptrdiff_t i = 1; i < n; i++) {
        a = NAME(join)(a, loadu(rows[i] + o * stride), how);
        if (stride == 2)
            b = NAME(join)(b, loadu(rows[i] + o * 2 + LANES), how);
    }
    return stride == 2 ? even(a, b) : a;
}

/* Store `count` rows of outputs, from combined rows that are w->pitch apart. */
FC_INLINE void NAME(emit_batch)(struct work *w, real *out, const real *out_end,
                                const real *const *rows, const ptrdiff_t n, const int stride,
                                ptrdiff_t count, const int how, const int last)
{
    const ptrdiff_t outputs = w->outputs, pitch = w->pitch, out_pitch = w->pool->axis[2].output;
    const real *divisor = (const real *)w->pool->divisor + (last == DIVIDE ? w->first : 0);
    const real *few[4], **at = n <= 4 ? few : w->shifted;
    for (ptrdiff_t r = 0; r < count; r++, out += out_pitch) {
        const real row_divisor = last == DIVIDE ? w->divisors[r] : 1;
        const real *end = out_end ? out_end : out + outputs;
UNROLLED
        for (ptrdiff_t i = 0; i < n; i++)
            at[i] = rows[i] + r * pitch;
        for (ptrdiff_t o = 0; o < outputs; o += LANES) {
            const ptrdiff_t here = NAME(vector_start)(o, outputs);
            const ptrdiff_t lanes = outputs < LANES ? outputs : LANES;
            vec x = NAME(slid)(at, n, here, stride, how), divided = x;
            if (last == DIVIDE)
                divided = loadu(divisor + here) * row_divisor;
            x = NAME(finished)(w, x, divided, out + here, lanes, last);
            if (lanes == LANES || end - out >= LANES) /* the next row overwrites what is too much */
                storeu(out + here, x);
            else
                NAME(store_part)(out, x, lanes);
        }
    }
}

FC_INLINE void NAME(emit_some)(struct work *w, real *out, const real *out_end,
                               const real *const *rows, ptrdiff_t n, const int stride,
                               ptrdiff_t count, const int how, const int last)
{
    switch (FC_THIN ? 0 : n) {
    case 1:
        NAME(emit_batch)(w, out, out_end, rows, 1, stride, count, how, last);
        break;
    case 2:
        NAME(emit_batch)(w, out, out_end, rows, 2, stride, count, how, last);
        break;
    case 3:
        NAME(emit_batch)(w, out, out_end, rows, 3, stride, count, how, last);
        break;
    case 4:
        NAME(emit_batch)(w, out, out_end, rows, 4, stride, count, how, last);
        break;
    default:
        NAME(emit_batch)(w, out, out_end, rows, n, stride, count, how, last);
    }
}

static void NAME(emit)(struct work *w, real *out, const real *out_end, const real *const *rows,
                       ptrdiff_t n, ptrdiff_t stride, ptrdiff_t count)
{
    if (w->join == MAXIMUM && stride == 2)
        NAME(emit_some)(w, out, out_end, rows, n, 2, count, MAXIMUM, NOTHING);
    else if (w->join == MAXIMUM)
        NAME(emit_some)(w, out, out_end, rows, n, 1, count, MAXIMUM, NOTHING);
    else if (w->join == MINIMUM)
        NAME(emit_some)(w, out, out_end, rows, n, 1, count, MINIMUM, NOTHING);
    else if (FC_FLOATING && w->last == DIVIDE && stride == 2)
        NAME(emit_some)(w, out, out_end, rows, n, 2, count, SUM, DIVIDE);
    else if (FC_FLOATING && w->last == DIVIDE)
        NAME(emit_some)(w, out, out_end, rows, n, 1, count, SUM, DIVIDE);
    else if (FC_FLOATING && w->last == ROOT && stride == 2)
        NAME(emit_batch)(w, out, out_end, rows, n, 2, count, SUM, ROOT);
    else if (FC_FLOATING && w->last == ROOT)
        NAME(emit_batch)(w, out, out_end, rows, n, 1, count, SUM, ROOT);
    else if (FC_FLOATING && w->join == SUM && stride == 2)
        NAME(emit_batch)(w, out, out_end, rows, n, 2, count, SUM, NOTHING);
    else if (FC_FLOATING && w->join == SUM)
        NAME(emit_batch)(w, out, out_end, rows, n, 1, count, SUM, NOTHING);
    else if (FC_FLOATING && stride == 2)
        NAME(emit_batch)(w, out, out_end, rows, n, 2, count, CAREFUL, NOTHING);
    else if (FC_FLOATING)
        NAME(emit_batch)(w, out, out_end, rows, n, 1, count, CAREFUL, NOTHING);
}

/* Compute sliding windows over the `count` rows at w->bordered. A short row may be stored as a
 * whole vector up to out_end, because the rows behind it are stored later. If out_end is NULL,
 * nothing may be stored past the end of a row. */
static void NAME(slide)(struct work *w, real *out, const real *out_end, ptrdiff_t count)
{
    const struct fc_ladder *ladder = &w->pool->row_ladder;
    const struct fc_pool_axis *axis = &w->pool->axis[2];
    const ptrdiff_t positions = ((w->outputs - 1) * axis->stride + 1) * w->unit;
    const ptrdiff_t size = w->batch * w->pitch;
    real *const levels = w->scratch; /* level l is at levels + l * size, picked rows at level 0 */
    ptrdiff_t shift = axis->dilation * w->unit;
    for (ptrdiff_t l = 1; l <= ladder->levels; l++) {
        const real *below = l == 1 ? w->bordered : levels + (l - 1) * size;
        for (ptrdiff_t i = 0; i < ladder->radix; i++)
            w->rows[i] = below + i * shift;
        NAME(pool_combine)(w, levels + l * size, w->rows, ladder->radix, positions + ladder->reach[l] * w->unit, count);
        shift *= ladder->radix;
    }
    for (ptrdiff_t i = 0; i < ladder->taps; i++) {
        const ptrdiff_t l = ladder->tap[i][0];
        w->rows[i] = (l ? levels + l * size : w->bordered) + ladder->tap[i][1] * w->unit;
    }
#if FC_REAL_BYTES >= 4
    if (w->unit > 1) {
        NAME(emit_across)(w, out, w->rows, ladder->taps, 0, w->outputs, count);
        return;
    }
#endif
    if (axis->stride <= 2) {
        NAME(emit)(w, out, out_end, w->rows, ladder->taps, axis->stride, count);
        return;
    }
    NAME(pool_combine)(w, levels, w->rows, ladder->taps, positions, count);
    for (ptrdiff_t r = 0; r < count; r++) {
        real *row = levels + r * w->pitch;
        NAME(pick)(row, row, axis->stride, 1, w->outputs);
    }
    w->rows[0] = levels;
    NAME(emit)(w, out, out_end, w->rows, 1, 1, count);
}
