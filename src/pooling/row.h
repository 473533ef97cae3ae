/* One row of outputs from one joined row.
 *
 *     out[o] = last(line[o * stride] o line[o * stride + dilation] o ... )      taps of them
 *
 * Sliding windows: levels of the row's ladder, each one pass over the row in L1; then vectors of
 * outputs straight from shifted loads, every second lane for stride 2. For larger strides all
 * positions are joined and the outputs picked. Separate windows: each one reduced by itself.
 */

/* A vector of which the first `count` lanes are written. */
FC_INLINE void NAME(store_part)(real *to, vec x, ptrdiff_t count)
{
    const char *from = (const char *)&x;
    char *at = (char *)to;
    ptrdiff_t bytes = count * (ptrdiff_t)sizeof(real), piece = FC_VECTOR_BYTES / 2;
    while (piece > bytes)
        piece /= 2;
    /* two pieces that overlap */
    switch (piece) {
#if FC_VECTOR_BYTES > 32
    case 32:
        __builtin_memcpy(at, from, 32);
        __builtin_memcpy(at + bytes - 32, from + bytes - 32, 32);
        break;
#endif
#if FC_VECTOR_BYTES > 16
    case 16:
        __builtin_memcpy(at, from, 16);
        __builtin_memcpy(at + bytes - 16, from + bytes - 16, 16);
        break;
#endif
    case 8:
        __builtin_memcpy(at, from, 8);
        __builtin_memcpy(at + bytes - 8, from + bytes - 8, 8);
        break;
    case 4:
        __builtin_memcpy(at, from, 4);
        __builtin_memcpy(at + bytes - 4, from + bytes - 4, 4);
        break;
    case 2:
        __builtin_memcpy(at, from, 2);
        __builtin_memcpy(at + bytes - 2, from + bytes - 2, 2);
        break;
    default:
        *at = *from;
    }
}

/* A result in place of a joined window; `divisor` and `old` are those of its outputs. */
FC_INLINE vec NAME(finished)(struct work *w, vec x, const real *divisor, real row_divisor,
                             const real *out, ptrdiff_t count, const int last)
{
#if FC_FLOATING
    if (last == DIVIDE)
        return x / (loadu(divisor) * row_divisor);
    if (last == ROOT) {
        vec root, old = {0};
        ints used;
        for (int i = 0; i < LANES; i++) {
            root[i] = sizeof(real) == 4 ? (real)__builtin_sqrtf((float)x[i])
                                        : (real)__builtin_sqrt((double)x[i]);
            used[i] = -(i < count);
        }
        if (w->pass == PLAIN) {
            w->small |= used & (ints)(x < ROOT_LOW * ROOT_LOW);
            w->large |= used & (ints)(x > ROOT_MOST);
            return root;
        }
        __builtin_memcpy(&old, out, (size_t)(count < LANES ? count : LANES) * sizeof(real));
        const ints wrong =
            w->pass == SCALED_UP ? (ints)(old <= ROOT_LOW) : (ints)(old > ROOT_MOST);
        return choose(wrong, root / w->scale, old);
    }
#else
    (void)w, (void)divisor, (void)row_divisor, (void)out, (void)count, (void)last;
#endif
    return x;
}

/* The window of LANES outputs from o on: rows are the row, shifted to each tap. */
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

FC_INLINE void NAME(emit_row)(struct work *w, real *out, const real *out_end,
                              const real *const *rows, const ptrdiff_t n, const int stride,
                              real row_divisor, const int how, const int last)
{
    const ptrdiff_t count = w->outputs;
    const real *divisor = last == DIVIDE ? (const real *)w->pool->divisor + w->first : out;
    ptrdiff_t o = 0;
    for (; o + LANES <= count; o += LANES)
        storeu(out + o, NAME(finished)(w, NAME(slid)(rows, n, o, stride, how), divisor + o,
                                       row_divisor, out + o, LANES, last));
    if (o == count)
        return;
    if (o)
        o = count - LANES;
    const vec x = NAME(finished)(w, NAME(slid)(rows, n, o, stride, how), divisor + o, row_divisor,
                                 out + o, count, last);
    if (out_end - (out + o) >= LANES) /* what it writes too much is written again */
        storeu(out + o, x);
    else
        NAME(store_part)(out, x, count);
}

FC_INLINE void NAME(emit_rows)(struct work *w, real *out, const real *out_end,
                               const real *const *rows, ptrdiff_t n, const int stride,
                               real row_divisor, const int how, const int last)
{
    switch (n) {
    case 1:
        NAME(emit_row)(w, out, out_end, rows, 1, stride, row_divisor, how, last);
        break;
    case 2:
        NAME(emit_row)(w, out, out_end, rows, 2, stride, row_divisor, how, last);
        break;
    case 3:
        NAME(emit_row)(w, out, out_end, rows, 3, stride, row_divisor, how, last);
        break;
    default:
        NAME(emit_row)(w, out, out_end, rows, n, stride, row_divisor, how, last);
    }
}

static void NAME(emit)(struct work *w, real *out, const real *out_end, const real *const *rows,
                       ptrdiff_t n, ptrdiff_t stride, real row_divisor)
{
    if (w->join == MAXIMUM && stride == 2)
        NAME(emit_rows)(w, out, out_end, rows, n, 2, 0, MAXIMUM, NOTHING);
    else if (w->join == MAXIMUM)
        NAME(emit_rows)(w, out, out_end, rows, n, 1, 0, MAXIMUM, NOTHING);
    else if (FC_FLOATING && w->last == DIVIDE && stride == 2)
        NAME(emit_rows)(w, out, out_end, rows, n, 2, row_divisor, SUM, DIVIDE);
    else if (FC_FLOATING && w->last == DIVIDE)
        NAME(emit_rows)(w, out, out_end, rows, n, 1, row_divisor, SUM, DIVIDE);
    else if (FC_FLOATING && w->last == ROOT && stride == 2)
        NAME(emit_row)(w, out, out_end, rows, n, 2, 0, SUM, ROOT);
    else if (FC_FLOATING && w->last == ROOT)
        NAME(emit_row)(w, out, out_end, rows, n, 1, 0, SUM, ROOT);
    else if (FC_FLOATING && w->join == SUM && stride == 2)
        NAME(emit_row)(w, out, out_end, rows, n, 2, 0, SUM, NOTHING);
    else if (FC_FLOATING && w->join == SUM)
        NAME(emit_row)(w, out, out_end, rows, n, 1, 0, SUM, NOTHING);
    else if (FC_FLOATING && stride == 2)
        NAME(emit_row)(w, out, out_end, rows, n, 2, 0, CAREFUL, NOTHING);
    else if (FC_FLOATING)
        NAME(emit_row)(w, out, out_end, rows, n, 1, 0, CAREFUL, NOTHING);
}

/* Sliding windows over w->bordered. */
static void NAME(slide)(struct work *w, real *out, const real *out_end, real row_divisor)
{
    const struct fc_ladder *ladder = &w->pool->row_ladder;
    const struct fc_pool_axis *axis = &w->pool->axis[2];
    const ptrdiff_t positions = (w->outputs - 1) * axis->stride + 1;
    real *const levels = w->scratch; /* level l at levels + l * pitch; the picked row at level 0 */
    ptrdiff_t shift = axis->dilation;
    for (ptrdiff_t l = 1; l <= ladder->levels; l++) {
        const real *below = l == 1 ? w->bordered : levels + (l - 1) * w->pitch;
        for (ptrdiff_t i = 0; i < ladder->radix; i++)
            w->rows[i] = below + i * shift;
        NAME(pool_combine)(w, levels + l * w->pitch, w->rows, ladder->radix,
                      positions + ladder->reach[l]);
        shift *= ladder->radix;
    }
    for (ptrdiff_t i = 0; i < ladder->taps; i++) {
        const ptrdiff_t l = ladder->tap[i][0];
        w->rows[i] = (l ? levels + l * w->pitch : w->bordered) + ladder->tap[i][1];
    }
    if (axis->stride <= 2) {
        NAME(emit)(w, out, out_end, w->rows, ladder->taps, axis->stride, row_divisor);
        return;
    }
    NAME(pool_combine)(w, levels, w->rows, ladder->taps, positions);
    for (ptrdiff_t o = 1; o < w->outputs; o++)
        levels[o] = levels[o * axis->stride];
    w->rows[0] = levels;
    NAME(emit)(w, out, out_end, w->rows, 1, 1, row_divisor);
}
