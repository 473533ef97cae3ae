/* Pool small planes, as many of them together as a vector has lanes.
 *
 *     enter    transposes LANES planes to one plane of vectors
 *     leave    transposes the plane of results back
 *
 * Between them the plane is pooled like any other one, with a vector in place of each element. So
 * no lane is unused at the end of a short row, and stride and borders cost nothing. Transposing
 * costs about as much as reading the planes twice.
 */

/* Store the outputs first..first+outputs of `count` rows, from rows that are shifted to each tap:
 *
 *     out[o] = last(rows[0][o * stride] o rows[1][o * stride] o ... )
 */
FC_INLINE void NAME(emit_vectors)(struct work *w, real *out, const real *const *rows,
                                  const ptrdiff_t n, ptrdiff_t first, ptrdiff_t outputs,
                                  ptrdiff_t count, const int how, const int last)
{
    const ptrdiff_t step = w->pool->axis[2].stride * LANES;
    const real *divisors = (const real *)w->pool->divisor + first;
    const real *few[3], **at = n <= 3 ? few : w->shifted;
    for (ptrdiff_t r = 0; r < count; r++) {
        real *to = out + (r * w->outputs + first) * LANES;
UNROLLED
        for (ptrdiff_t i = 0; i < n; i++)
            at[i] = rows[i] + r * w->pitch;
        for (ptrdiff_t o = 0; o < outputs; o++, to += LANES) {
            vec x = load(at[0] + o * step), divisor = x;
UNROLLED
            for (ptrdiff_t i = 1; i < n; i++)
                x = NAME(join)(x, load(at[i] + o * step), how);
            if (last == DIVIDE)
                divisor = broadcast(divisors[o] * w->divisors[r]);
            store(to, NAME(finished)(w, x, divisor, to, LANES, last));
        }
    }
}

FC_INLINE void NAME(emit_few)(struct work *w, real *out, const real *const *rows, ptrdiff_t n,
                              ptrdiff_t first, ptrdiff_t outputs, ptrdiff_t count, const int how,
                              const int last)
{
    if (!FC_THIN && n == 2)
        NAME(emit_vectors)(w, out, rows, 2, first, outputs, count, how, last);
    else if (!FC_THIN && n == 3)
        NAME(emit_vectors)(w, out, rows, 3, first, outputs, count, how, last);
    else
        NAME(emit_vectors)(w, out, rows, n, first, outputs, count, how, last);
}

static void NAME(emit_across)(struct work *w, real *out, const real *const *rows, ptrdiff_t n,
                              ptrdiff_t first, ptrdiff_t outputs, ptrdiff_t count)
{
    if (w->join == MAXIMUM)
        NAME(emit_few)(w, out, rows, n, first, outputs, count, MAXIMUM, NOTHING);
    else if (FC_FLOATING && w->join == CAREFUL)
        NAME(emit_vectors)(w, out, rows, n, first, outputs, count, CAREFUL, NOTHING);
    else if (FC_FLOATING && w->last == DIVIDE)
        NAME(emit_few)(w, out, rows, n, first, outputs, count, SUM, DIVIDE);
    else if (FC_FLOATING && w->last == ROOT)
        NAME(emit_vectors)(w, out, rows, n, first, outputs, count, SUM, ROOT);
    else if (FC_FLOATING)
        NAME(emit_vectors)(w, out, rows, n, first, outputs, count, SUM, NOTHING);
}

/* Store the outputs of windows of any sizes, one column of outputs after another. */
static void NAME(separate_across)(struct work *w, real *out, ptrdiff_t count)
{
    const struct fc_pool_axis *axis = &w->pool->axis[2];
    for (ptrdiff_t o = 0; o < w->outputs; o++) {
        for (ptrdiff_t i = 0; i < axis->count[o]; i++)
            w->rows[i] = w->line + (axis->first[o] + i) * LANES;
        NAME(emit_across)(w, out, w->rows, axis->count[o], o, 1, count);
    }
}

/* Transpose LANES values of each of LANES planes. Return the sum of all planes, to find a NaN. */
FC_INLINE vec NAME(enter_block)(const real *const *planes, ptrdiff_t at, real *to, const int lift,
                                real scale)
{
    vec x[LANES], seen = {0};
UNROLLED
    for (int i = 0; i < LANES; i++) {
        x[i] = NAME(lift)(loadu(planes[i] + at), lift, scale);
        seen += x[i];
    }
    NAME(transpose)(x);
UNROLLED
    for (int i = 0; i < LANES; i++)
        store(to + (at + i) * LANES, x[i]);
    return seen;
}

FC_INLINE void NAME(enter_blocks)(struct work *w, const real *const *planes, ptrdiff_t size,
                                  const int lift)
{
    vec seen = {0};
    ptrdiff_t j = 0;
    for (; j + LANES <= size; j += LANES)
        seen += NAME(enter_block)(planes, j, w->entered, lift, w->scale);
    if (j < size) /* the last block ends where the plane ends, unless the plane is shorter */
        seen += NAME(enter_block)(planes, j ? size - LANES : 0, w->entered, lift, w->scale);
    w->odd |= NAME(nan)(seen);
}

/* Transpose `count` planes of `size` elements to a plane of vectors; count is at most LANES. The
 * last plane is repeated for lanes that have none. */
static void NAME(enter)(struct work *w, const real *input, ptrdiff_t count, ptrdiff_t size)
{
    const real *planes[LANES];
    real copy[LANES][LANES];
    for (ptrdiff_t i = 0; i < LANES; i++)
        planes[i] = input + (i < count ? i : count - 1) * size;
    if (size < LANES && w->input_end - planes[count - 1] < LANES) {
        for (ptrdiff_t i = 0; i < LANES; i++) {
            for (ptrdiff_t j = 0; j < LANES; j++)
                copy[i][j] = j < size ? planes[i][j] : 0;
            planes[i] = copy[i];
        }
    }
    if (!FC_FLOATING || w->inner_lift == AS_IS)
        NAME(enter_blocks)(w, planes, size, AS_IS);
    else if (w->inner_lift == ABSOLUTE)
        NAME(enter_blocks)(w, planes, size, ABSOLUTE);
    else
        NAME(enter_blocks)(w, planes, size, SQUARE);
}

/* Transpose the results back to `count` planes of `size` outputs each. */
static void NAME(leave)(const struct work *w, real *out, ptrdiff_t count, ptrdiff_t size)
{
    if (size == 1) {
        if (count == LANES)
            storeu(out, load(w->leaving));
        else
            NAME(store_part)(out, load(w->leaving), count);
        return;
    }
    for (ptrdiff_t j = 0; j < size; j += LANES) {
        const ptrdiff_t at = j + LANES <= size ? j : size < LANES ? 0 : size - LANES;
        vec x[LANES];
UNROLLED
        for (int i = 0; i < LANES; i++)
            x[i] = load(w->leaving + (at + i) * LANES);
        NAME(transpose)(x);
UNROLLED
        for (int i = 0; i < LANES; i++) {
            real *to = out + i * size + at;
            if (i >= count)
                break;
            if (w->out_end - to >= LANES) /* what it stores past its plane is overwritten later */
                storeu(to, x[i]);
            else
                NAME(store_part)(to, x[i], size - at);
        }
    }
}
