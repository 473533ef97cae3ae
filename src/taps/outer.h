/* Compute sums in double of a kernel that is nearly an outer product: the rows of a window first, and
 * then along the row that results, with fused multiply-adds. Or take sums that are known, from Fourier
 * transforms.
 *
 * Such a sum differs from that of all taps in their order by at most p->error. Where a number at which
 * the result changes lies that near, as in flat places, a vector of sums is added up from all taps; so
 * all sums become the very integers that those of all taps become.
 *
 * Registers FC_TAPS_VECTORS sums, one value, one weight.
 */
#if FC_FLOATING && FC_REAL_BYTES == 8
/* Sums of windows that hold one value, by some of its bits. */
enum { FC_FLAT_SUMS = 64 };
struct NAME(flat_sums) {
    real value[FC_FLAT_SUMS], sum[FC_FLAT_SUMS];
};

static void NAME(forget_flat)(struct NAME(flat_sums) *known)
{
    for (int i = 0; i < FC_FLAT_SUMS; i++)
        known->value[i] = __builtin_nan("");
}

static real NAME(flat_sum)(PLAN *p, struct NAME(flat_sums) *known, real value)
{
    const int at = (int)((int64_t)value & (FC_FLAT_SUMS - 1));
    if (known->value[at] != value) {
        vec sum = {0};
        const vec values = broadcast(value);
        for (ptrdiff_t t = 0; t < p->tap_count; t++)
            sum += held(values * broadcast(p->exact_weights[t]));
        known->value[at] = value;
        known->sum[at] = sum[0];
    }
    return known->sum[at];
}

/* Write the sums of those windows of some vectors that hold one value each. */
FC_INLINE void NAME(put_flat)(PLAN *p, struct NAME(flat_sums) *known, const real *at, ints *same,
                              const int vectors, real *out)
{
    for (const real *one; (one = NAME(first_of)(at, same, vectors)) != 0;) { /* of few values */
        const vec sum = broadcast(NAME(flat_sum)(p, known, *one));
        for (int j = 0; j < vectors; j++) {
            const ints equal = same[j] & (ints)(loadu(at + j * LANES) == broadcast(*one));
            storeu(out + j * LANES, choose(equal, sum, loadu(out + j * LANES)));
            same[j] &= ~equal;
        }
    }
}

/* Add up a vector of sums from all taps. */
static void NAME(add_all)(PLAN *p, struct NAME(row) *row, struct NAME(flat_sums) *known,
                          ptrdiff_t x, ints doubt, real *out)
{
    const real *at;
    if (!p->along_count && !row->pointed)
        NAME(point)(p, row);
    ints same = NAME(flat)(p, row, x, doubt, &at);
    row->run = !NAME(any)(~same);
    doubt &= ~same;
    if (NAME(any)(same))
        NAME(put_flat)(p, known, at, &same, 1, out);
    if (!NAME(any)(doubt))
        return;
    if (!row->pointed)
        NAME(point)(p, row);
    NAME(sum_block)(row->in, x, p->exact_weights, p->tap_count, 1, out - x);
}

/* Return where sums are not certain. Of those from 2^50 on, nothing is known. */
FC_INLINE ints NAME(in_doubt)(PLAN *p, vec sum)
{
    const vec push = broadcast(0x1.8p52), sign = broadcast(-0.0);
    const vec whole = held(sum + push) - push;
    const vec off = (vec)((ints)(sum - whole) & ~(ints)sign);
    const ints held_ones = (ints)((vec)((ints)sum & ~(ints)sign) < broadcast(0x1p50));
    if (p->nearest)
        return (ints)(off >= broadcast(0.5 - p->error)) | ~held_ones;
    return ((ints)(off <= broadcast(p->error)) & (ints)(whole != (vec){0})) | ~held_ones;
}

/* Write the sums of a block if all of its windows are flat, and return whether they are. */
FC_INLINE int NAME(flat_block)(PLAN *p, struct NAME(row) *row, struct NAME(flat_sums) *known,
                               ptrdiff_t x, real *out)
{
    ints same[FC_TAPS_VECTORS];
    row->run = NAME(all_flat)(p, row, x);
    for (int j = 0; j < FC_TAPS_VECTORS; j++)
        same[j] = row->run ? ~(ints){0} : (ints){0};
    NAME(put_flat)(p, known, row->lines[0] + x, same, FC_TAPS_VECTORS, out);
    return row->run;
}

/* Look at a block of sums, which are stored. */
FC_INLINE void NAME(settle_block)(PLAN *p, struct NAME(row) *row, struct NAME(flat_sums) *known,
                                  const vec *sum, ptrdiff_t x, ptrdiff_t length, real *out)
{
    ints doubt[FC_TAPS_VECTORS], all = {0};
UNROLLED
    for (int j = 0; j < FC_TAPS_VECTORS; j++) {
        doubt[j] = NAME(in_doubt)(p, sum[j]);
        all |= doubt[j];
    }
    if (!NAME(any)(all))
        return;
    if (row->run && NAME(flat_block)(p, row, known, x, out + x))
        return;
    row->run = 0;
    for (int j = 0; j < FC_TAPS_VECTORS; j++)
        if (x + j * LANES < length && NAME(any)(doubt[j]))
            NAME(add_all)(p, row, known, x + j * LANES, doubt[j], out + x + j * LANES);
}

/* Return whether any of a row of known sums is not certain; those behind its end may be. */
static int NAME(any_in_doubt)(PLAN *p, const real *sums, ptrdiff_t length)
{
    ints all = {0};
    for (ptrdiff_t x = 0; x < length; x += LANES)
        all |= NAME(in_doubt)(p, loadu(sums + x));
    return NAME(any)(all);
}

/* Replace those of a row of known sums that are not certain. */
static void NAME(settle_row)(PLAN *p, struct NAME(row) *row, struct NAME(flat_sums) *known,
                             real *out, ptrdiff_t length)
{
    for (ptrdiff_t x = 0; x < length; x += FC_TAPS_VECTORS * LANES) {
        vec sum[FC_TAPS_VECTORS];
UNROLLED
        for (int j = 0; j < FC_TAPS_VECTORS; j++)
            sum[j] = loadu(out + x + j * LANES);
        NAME(settle_block)(p, row, known, sum, x, length, out);
    }
}

FC_INLINE void NAME(outer_block)(const real *const *in, const real *w, ptrdiff_t count, ptrdiff_t x,
                                 vec *sum)
{
UNROLLED
    for (int j = 0; j < FC_TAPS_VECTORS; j++)
        sum[j] = (vec){0};
    for (ptrdiff_t t = 0; t < count; t++) {
        const vec weight = broadcast(w[t]);
UNROLLED
        for (int j = 0; j < FC_TAPS_VECTORS; j++)
            sum[j] += loadu(in[t] + x + j * LANES) * weight;
    }
}

/* Write sums of a row of outputs that become the right integers. */
static void NAME(outer_sums)(PLAN *p, struct NAME(row) *row, struct NAME(flat_sums) *known,
                             real *out, ptrdiff_t length)
{
    const ptrdiff_t step = FC_TAPS_VECTORS * LANES;
    const ptrdiff_t width = p->stride == 1 ? length + p->reach - 1 : p->phase * p->stride;
    vec sum[FC_TAPS_VECTORS];
    for (ptrdiff_t x = 0; x < width; x += step) {
        NAME(outer_block)(row->lines, p->exact_down, p->line_count, x, sum);
UNROLLED
        for (int j = 0; j < FC_TAPS_VECTORS; j++)
            storeu(row->middle + x + j * LANES, sum[j]);
    }
    for (ptrdiff_t i = 0; i < p->along_count; i++)
        row->across[i] = row->middle + p->along_offsets[i];
    for (ptrdiff_t x = 0; x < length; x += step) {
        if (row->run && NAME(flat_block)(p, row, known, x, out + x))
            continue;
        NAME(outer_block)(row->across, p->exact_along, p->along_count, x, sum);
UNROLLED
        for (int j = 0; j < FC_TAPS_VECTORS; j++)
            storeu(out + x + j * LANES, sum[j]);
        NAME(settle_block)(p, row, known, sum, x, length, out);
    }
}
#endif
