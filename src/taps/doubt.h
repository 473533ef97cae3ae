/* Compute sums in float that become the very integers that sums in double become.
 *
 * A sum in float differs from that in double by at most p->error. It is certain unless a number at
 * which the result changes lies that near: an integer other than 0, or, if sums are rounded to the
 * nearest integer, the middle between two. What is not certain is looked up in a table if the window
 * holds one value only, as in flat places; otherwise it is added up again in double, a whole vector
 * at a time, in the order of the taps. After windows that all hold one value each, a block is looked
 * at before its taps are added.
 *
 * If the kernel is nearly an outer product, the rows of a window are added first, and then the taps
 * along the row that results. What is not certain is added up again in the same way in double, and
 * only then from all taps.
 *
 * Loop      Taps are added in blocks, so that the error grows with the length of a block and with
 *           their number, not with the number of taps.
 * Registers FC_TAPS_VECTORS sums of all blocks, and as many of one, one value, and one weight.
 */
#define FC_BLOCK 32
#define FC_FEW_VALUES 4 /* most different values of flat windows side by side that are looked up */
#define FC_REACH 256 /* longest window along a row of which an outer product is added up again */

/* In double: sums of 2 * LANES neighbouring outputs from rows of float. */
#if FC_FLOATING && FC_REAL_BYTES == 8
static void NAME(add_again)(const float *const *in, ptrdiff_t x, const double *w, ptrdiff_t taps,
                            double *out)
{
    typedef float floats __attribute__((vector_size(FC_VECTOR_BYTES / 2), aligned(4), may_alias));
    vec low = {0}, high = {0};
    for (ptrdiff_t t = 0; t < taps; t++) {
        const floats *values = (const floats *)(in[t] + x);
        const vec weight = broadcast(w[t]);
        low += held(__builtin_convertvector(values[0], vec) * weight);
        high += held(__builtin_convertvector(values[1], vec) * weight);
    }
    storeu(out, low);
    storeu(out + LANES, high);
}

/* The same for the outer product that a kernel nearly is. `lines` are the rows of a window. */
static void NAME(add_outer)(const struct fc_taps_plan *p, const float *const *lines, ptrdiff_t x,
                            double *out)
{
    double middle[FC_REACH + 4 * LANES];
    vec low = {0}, high = {0};
    for (ptrdiff_t i = 0; i < p->reach - 1 + 2 * LANES; i += 2 * LANES)
        NAME(add_again)(lines, x + i, p->exact_down, p->line_count, middle + i);
    for (ptrdiff_t i = 0; i < p->along_count; i++) {
        const vec weight = broadcast(p->exact_along[i]);
        low += loadu(middle + p->along_offsets[i]) * weight;
        high += loadu(middle + p->along_offsets[i] + LANES) * weight;
    }
    storeu(out, low);
    storeu(out + LANES, high);
}
#endif

#if FC_FLOATING && FC_REAL_BYTES == 4
static void FC_NAME(add_again, _f64, FC_ISA)(const float *const *in, ptrdiff_t x, const double *w,
                                             ptrdiff_t taps, double *out);
static void FC_NAME(add_outer, _f64, FC_ISA)(const struct fc_taps_plan *p,
                                             const float *const *lines, ptrdiff_t x, double *out);

/* Return where sums are not certain, and the results of all others. */
FC_INLINE ints NAME(round_sums)(PLAN *p, vec *sum)
{
    /* No sum reaches 2^22, so that an integer is left when its last bit is pushed out. */
    const vec push = broadcast(0x1.8p23f), sign = broadcast(-0.0f);
    const vec whole = held(*sum + push) - push;
    const vec off = (vec)((ints)(*sum - whole) & ~(ints)sign);
    if (p->nearest) {
        *sum = whole;
        return (ints)(off >= broadcast((float)(0.5 - p->error)));
    }
    *sum = __builtin_convertvector(__builtin_convertvector(*sum, ints), vec);
    return (ints)(off <= broadcast((float)p->error)) & (ints)(whole != (vec){0});
}

/* Write the results of those windows of some vectors that hold one value each, which depend on it
 * alone. Leave those that the table does not have, and what is left after some different values: to
 * sum is faster then. */
FC_INLINE void NAME(put_flat)(PLAN *p, const real *at, ints *same, const int vectors, real *out)
{
    ints rest[FC_TAPS_VECTORS];
    for (int j = 0; j < vectors; j++) {
        const vec values = loadu(at + j * LANES);
        rest[j] = same[j] & (ints)(values >= broadcast((real)p->flat_first));
        rest[j] &= (ints)(values < broadcast((real)(p->flat_first + 256)));
        same[j] &= ~rest[j];
    }
    for (int i = 0; i < FC_FEW_VALUES; i++) {
        const real *one = NAME(first_of)(at, rest, vectors);
        if (!one)
            return;
        const vec result = broadcast(p->flat_results[(int)*one - p->flat_first]);
        for (int j = 0; j < vectors; j++) {
            const ints equal = rest[j] & (ints)(loadu(at + j * LANES) == broadcast(*one));
            storeu(out + j * LANES, choose(equal, result, loadu(out + j * LANES)));
            rest[j] &= ~equal;
        }
    }
    for (int j = 0; j < vectors; j++)
        same[j] |= rest[j];
}

/* Do so for those of a vector of outputs in doubt, and return which others are left. */
static ints NAME(look_up)(PLAN *p, struct NAME(row) *row, ptrdiff_t x, ints doubt, real *out)
{
    const real *at;
    ints same = NAME(flat)(p, row, x, doubt, &at);
    row->run = !NAME(any)(~same);
    if (!NAME(any)(same))
        return doubt;
    doubt &= ~same;
    NAME(put_flat)(p, at, &same, 1, out);
    return doubt | same;
}

/* Write the results of a block if all of its windows are flat, and return whether they are. */
static int NAME(flat_block)(PLAN *p, struct NAME(row) *row, ptrdiff_t x, real *out)
{
    ints same[FC_TAPS_VECTORS], left = {0};
    row->run = NAME(all_flat)(p, row, x);
    if (!row->run)
        return 0;
    for (int j = 0; j < FC_TAPS_VECTORS; j++)
        same[j] = ~(ints){0};
    NAME(put_flat)(p, row->lines[0] + x, same, FC_TAPS_VECTORS, out);
    for (int j = 0; j < FC_TAPS_VECTORS; j++)
        left |= same[j];
    row->run = !NAME(any)(left);
    return row->run;
}

typedef double NAME(doubles) __attribute__((vector_size(2 * FC_VECTOR_BYTES)));
typedef int64_t NAME(longs) __attribute__((vector_size(2 * FC_VECTOR_BYTES)));
typedef double NAME(loose_doubles)
    __attribute__((vector_size(2 * FC_VECTOR_BYTES), aligned(8), may_alias));

/* Write the results of sums in double that are certain with an error, of those in doubt. Return
 * which are left. */
static ints NAME(round_doubles)(PLAN *p, const double *sums, double error, ints doubt, real *out)
{
    const NAME(doubles) sum = *(const NAME(loose_doubles) *)sums;
    const NAME(doubles) whole = (sum + 0x1.8p52) - 0x1.8p52, rest = sum - whole;
    const NAME(doubles) off = (NAME(doubles))((NAME(longs))rest & INT64_MAX);
    ints certain;
    vec result;
    if (p->nearest) {
        certain = __builtin_convertvector(off <= 0.5 - error, ints);
        result = __builtin_convertvector(whole, vec);
    } else {
        certain = __builtin_convertvector((off >= error) | (whole == 0), ints);
        result = __builtin_convertvector(__builtin_convertvector(sum, ints), vec);
    }
    certain &= doubt;
    storeu(out, choose(certain, result, loadu(out)));
    return doubt & ~certain;
}

/* Write the results of those outputs of a vector that are in doubt. */
static void NAME(settle_again)(PLAN *p, struct NAME(row) *row, ptrdiff_t x, ints doubt, real *out)
{
    double sums[LANES];
    doubt = NAME(look_up)(p, row, x, doubt, out);
    if (!NAME(any)(doubt))
        return;
    if (p->along_count && p->stride == 1 && p->reach <= FC_REACH) {
        FC_NAME(add_outer, _f64, FC_ISA)(p, row->lines, x, sums);
        doubt = NAME(round_doubles)(p, sums, p->outer_error, doubt, out);
        if (!NAME(any)(doubt))
            return;
    }
    if (!row->pointed)
        NAME(point)(p, row);
    FC_NAME(add_again, _f64, FC_ISA)(row->in, x, p->exact_weights, p->tap_count, sums);
    NAME(round_doubles)(p, sums, 0, doubt, out);
}

/* Add up taps in blocks. */
FC_INLINE void NAME(add_blocks)(const real *const *in, const real *w, ptrdiff_t taps, ptrdiff_t x,
                                const int vectors, vec *sum)
{
UNROLLED
    for (int j = 0; j < vectors; j++)
        sum[j] = (vec){0};
    for (ptrdiff_t first = 0; first < taps; first += FC_BLOCK) {
        const ptrdiff_t rest = taps - first;
        vec part[FC_TAPS_VECTORS];
UNROLLED
        for (int j = 0; j < vectors; j++)
            part[j] = (vec){0};
        for (ptrdiff_t t = first; t < first + (rest < FC_BLOCK ? rest : FC_BLOCK); t++) {
            const vec weight = broadcast(w[t]);
UNROLLED
            for (int j = 0; j < vectors; j++)
                part[j] += loadu(in[t] + x + j * LANES) * weight;
        }
UNROLLED
        for (int j = 0; j < vectors; j++)
            sum[j] += part[j];
    }
}

/* Write sums of rows. */
static void NAME(add_rows)(const real *const *in, const real *w, ptrdiff_t taps, real *out,
                           ptrdiff_t length)
{
    vec sum[FC_TAPS_VECTORS];
    for (ptrdiff_t x = 0; x < length; x += FC_TAPS_VECTORS * LANES) {
        NAME(add_blocks)(in, w, taps, x, FC_TAPS_VECTORS, sum);
UNROLLED
        for (int j = 0; j < FC_TAPS_VECTORS; j++)
            storeu(out + x + j * LANES, sum[j]);
    }
}

/* Write the results of sums of the rows `from`. */
FC_INLINE void NAME(certain_block)(PLAN *p, struct NAME(row) *row, const real *const *from,
                                   const real *w, ptrdiff_t taps, ptrdiff_t x, const int vectors,
                                   real *out)
{
    vec sum[FC_TAPS_VECTORS];
    ints doubt[FC_TAPS_VECTORS], all = {0};
    if (vectors > 1 && row->run && NAME(flat_block)(p, row, x, out + x))
        return;
    NAME(add_blocks)(from, w, taps, x, vectors, sum);
UNROLLED
    for (int j = 0; j < vectors; j++) {
        doubt[j] = NAME(round_sums)(p, &sum[j]);
        all |= doubt[j];
        storeu(out + x + j * LANES, sum[j]);
    }
    if (!NAME(any)(all))
        return;
UNROLLED
    for (int j = 0; j < vectors; j++)
        if (NAME(any)(doubt[j]))
            NAME(settle_again)(p, row, x + j * LANES, doubt[j], out + x + j * LANES);
}

/* Write the integers that sums become. */
static void NAME(certain_sums)(PLAN *p, struct NAME(row) *row, real *out, ptrdiff_t length)
{
    const real *const *from = row->in;
    const real *w = p->weights;
    ptrdiff_t taps = p->tap_count, x = 0;
    if (p->along_count) {
        NAME(add_rows)(row->lines, p->down, p->line_count, row->middle,
                       p->stride == 1 ? length + p->reach - 1 : p->phase * p->stride);
        for (ptrdiff_t i = 0; i < p->along_count; i++)
            row->across[i] = row->middle + p->along_offsets[i];
        from = row->across, w = p->along, taps = p->along_count;
    } else {
        NAME(point)(p, row);
    }
    for (; x + (FC_TAPS_VECTORS - 1) * LANES < length; x += FC_TAPS_VECTORS * LANES)
        NAME(certain_block)(p, row, from, w, taps, x, FC_TAPS_VECTORS, out);
    for (; x < length; x += LANES)
        NAME(certain_block)(p, row, from, w, taps, x, 1, out);
}
#endif
#undef FC_BLOCK
#undef FC_REACH
#undef FC_FEW_VALUES
