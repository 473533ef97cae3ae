/* Filter whole planes of one channel with k x k taps, k = 2, 3, 5 or 7, for depthwise layers.
 *
 *     out[y, x] = sum over t, i < k of  weight[t, i] * plane[y s + t d, x s + i e]
 *
 * Loop      columns of LANES outputs, from top to bottom. A step reads the next s input rows, each
 *           once per tap column, and adds them to every output row whose window contains them. The
 *           partial sums of the output rows below stay in (k - 1) / s registers.
 * Registers for k < 4: the weights, the partial sums, the sums of one step, one vector of input.
 *           For larger k, weights are loaded when they are used.
 * Order     for each output, the products of s rows are one chain. These chains are added from the
 *           first rows to the last. The order is the same for every column and every task.
 *
 * The last column is moved back so that it ends with the row. Columns that read beyond the ends of
 * the row blend in zeros. If the border is not zeros, or the array ends there, they collect values
 * one by one.
 */
#define column NAME(plane_column_of)

#ifndef FC_PLANE_H
#define FC_PLANE_H
enum { INSIDE, BLENDED, COLLECTED }; /* how a column reads its input */
#endif

/* One column of one plane, or of one of the planes that are summed. */
struct column {
    const struct fc_planes_plan *plan;
    const real *plane, *zeros; /* the column's first value in row 0, and in a row of zeros */
    const real *begin, *end;   /* range of positions of this value at which rows may be loaded */
    const ptrdiff_t *slots;    /* per padded row: element of the plane; negative: in the border */
    const ptrdiff_t *even, *even_end; /* range of slots whose rows are consecutive in the image */
    const real *weight;
    real *out, *out_end; /* first row of outputs; end of the task's outputs */
    real bias;
    ptrdiff_t here, first, rows;        /* output column, input column, output rows */
    ptrdiff_t width, pitch; /* length of a row of outputs, of a row of input */
    ptrdiff_t dilation, classes; /* dilation along a row, and from row to row */
    const ints *inside;                 /* masks by tap column and half */
};

/* Load the values that tap column i reads of a row and, with stride 2, those of tap column i +
 * 1. */
FC_INLINE void NAME(plane_values)(const struct column *c, const real *row, int i, vec x[2],
                                  const int s, const int how)
{
    const ptrdiff_t dilation = s == 1 ? c->dilation : 1;
    vec v[2];
UNROLLED
    for (int half = 0; half < s; half++) {
        v[half] = loadu(row + i * dilation + half * LANES);
        if (how != INSIDE)
            v[half] = (vec)((ints)v[half] & c->inside[i + half]);
    }
    x[0] = s == 2 ? evens(v[0], v[1]) : v[0];
    if (s == 2)
        x[1] = odds(v[0], v[1]);
}

/* Copy the values of a row that the column reads, one by one. */
static __attribute__((noinline)) void NAME(collect)(const struct column *c, const real *row,
                                                    real *values, int k, int s)
{
    const struct fc_axis *w = &c->plan->geometry.axis[2];
    const ptrdiff_t count = (k - 1) * c->dilation + s * LANES;
    for (ptrdiff_t j = 0; j < count; j++) {
        const ptrdiff_t at = c->here * s + j < w->extent ? fc_at(w, c->here * s + j) : -1;
        values[j] = at < 0 ? 0 : row[at];
    }
}

/* Compute the sums of one step. sum[m] is the contribution of s input rows, starting at `at`, to
 * the m-th output row above their own, for m in least..most. If `listed`, the rows are those that
 * `slots` gives. */
FC_INLINE void NAME(plane_step)(const struct column *c, const real *at, const int listed,
                                const ptrdiff_t *slots, const vec *weights, vec *sum, int least,
                                int most, const int k, const int s, const int how)
{
    const real *weight = c->weight, *bias = &c->bias;
    real values[FC_PLANE_REACH + 2 * LANES];
    /* Otherwise the compiler keeps broadcast values for the next row and runs out of registers. */
    if (k > 3 || s > 1)
        __asm__("" : "+r"(weight), "+r"(bias));
UNROLLED
    for (int r = 0; r < s; r++) {
        const real *row = at + r * c->pitch;
        if (listed)
            row = slots[r] < 0 ? c->zeros : c->plane + slots[r];
        if (how == COLLECTED && (row < c->begin || row >= c->end)) {
            NAME(collect)(c, row - c->first, values, k, s);
            row = values;
        }
        __asm__("" : "+r"(row)); /* use one address register, not one per position in the row */
UNROLLED
        for (int i = 0; i < k; i += s) {
            vec x[2];
            NAME(plane_values)(c, row, i, x, s, how);
UNROLLED
            for (int e = 0; e < s; e++) {
UNROLLED
                for (int m = least; m <= most; m++) {
                    const int tap = (m * s + r) * k + i + e;
                    if (i + e >= k || m * s + r >= k)
                        continue;
                    const vec w = k < 4 ? weights[tap] : broadcast(weight[tap]);
                    if (m == 0 && tap == 0)
                        sum[m] = broadcast(*bias) + w * x[e];
                    else if (r == 0 && i + e == 0)
                        sum[m] = w * x[e];
                    else
                        sum[m] += w * x[e];
                }
            }
        }
    }
}

/* Complete and store one row of outputs, and add the step to the partial sums of the rows below. Of
 * the output rows m that plane_step() numbers, only those with m >= least exist. */
FC_INLINE void NAME(plane_row)(const struct column *c, const real *at, const int listed,
                               const ptrdiff_t *slots, const vec *weights, vec *part, real *out,
                               int whole, int more, const int least, const int k, const int s,
                               const int how)
{
    const int most = (k - 1) / s;
    const ptrdiff_t lanes = c->width - c->here;
    vec sum[7];
    NAME(plane_step)(c, at, listed, slots, weights, sum, least, most, k, s, how);
    vec x = part[most - 1] + sum[most];
UNROLLED
    for (int m = most - 1; m > 0; m--) {
        if (m >= least)
            part[m] = part[m - 1] + sum[m];
    }
    if (least == 0)
        part[0] = sum[0];
    if (s == 2)
        x = in_order(x);
    if (whole) {
        if (more)
            x += loadu(out);
        storeu(out, x);
    } else {
        if (more)
            x += NAME(load_part)(out, lanes);
        NAME(store_part)(out, x, lanes);
    }
}

/* Compute one column. If `more`, add to the values that the output holds. */
FC_INLINE void NAME(plane_column)(const struct column *given, int more, const int k, const int s,
                                  const int how)
{
    /* Copy the struct, so that the compiler knows that no store changes it. */
    const struct column copy = *given, *const c = &copy;
    const int most = (k - 1) / s;
    const ptrdiff_t width = c->width, lanes = width - c->here, classes = c->classes;
    const ptrdiff_t next = s * classes, next_out = classes * width, pitch = c->pitch;
    vec weights[9], part[6], sum[7];
    for (int i = 0; k < 4 && i < k * k; i++)
        weights[i] = broadcast(c->weight[i]);
    for (ptrdiff_t b = 0; b < classes && b < c->rows; b++) {
        const ptrdiff_t *slots = c->slots + b;
        real *out = c->out + b * width;
        const ptrdiff_t rows = classes == 1 ? c->rows : (c->rows - b + classes - 1) / classes;
        /* Values that a vector writes past the row are overwritten later, except those past the end
         * of the task's outputs. */
        const int whole =
            lanes >= LANES ||
            (!more && classes == 1 && c->out_end - (out + (rows - 1) * width) >= LANES);
        /* The last input rows contribute to no output row below the last one. */
        const int tail = how != COLLECTED && rows >= most;
UNROLLED
        for (int n = 0; n < most; n++, slots += next) {
            NAME(plane_step)(c, 0, 1, slots, weights, sum, 0, n, k, s, how);
UNROLLED
            for (int m = n; m > 0; m--)
                part[m] = part[m - 1] + sum[m];
            part[0] = sum[0];
        }
        const ptrdiff_t *const stop = slots + (tail ? rows - most : rows) * next;
        while (slots < stop) {
            if (how == COLLECTED || !whole || slots < c->even || slots >= c->even_end) {
                NAME(plane_row)(c, 0, 1, slots, weights, part, out, whole, more, 0, k, s, how);
                slots += next;
                out += next_out;
                continue;
            }
            const ptrdiff_t *const even_end = c->even_end < stop ? c->even_end : stop;
            const real *at = c->plane + *slots;
            for (; slots < even_end; slots += next, out += next_out, at += next * pitch)
                NAME(plane_row)(c, at, 0, 0, weights, part, out, 1, more, 0, k, s, how);
        }
UNROLLED
        for (int n = 1; n <= most; n++) {
            if (!tail)
                continue;
            NAME(plane_row)(c, 0, 1, slots, weights, part, out, whole, more, n, k, s, how);
            slots += next;
            out += next_out;
        }
    }
}

typedef void NAME(plane_function)(const struct column *c, int more);

#ifndef FC_PLANE
#define FC_PLANE(name, k, s, how)                                                                  \
    static void name(const struct column *c, int more) { NAME(plane_column)(c, more, k, s, how); }
#define FC_PLANE_MODES(k, s)                                                                       \
    FC_PLANE(NAME(plane_##k##x##s##_inside), k, s, INSIDE)                                         \
    FC_PLANE(NAME(plane_##k##x##s##_blended), k, s, BLENDED)                                       \
    FC_PLANE(NAME(plane_##k##x##s##_collected), k, s, COLLECTED)
#define FC_PLANE_ENTRY(k, s)                                                                       \
    [k - 2][s - 1] = {NAME(plane_##k##x##s##_inside), NAME(plane_##k##x##s##_blended),         \
                          NAME(plane_##k##x##s##_collected)},
#define FC_PLANES(X) X(2, 1) X(3, 1) X(3, 2) X(5, 1) X(5, 2) X(7, 1) X(7, 2)
#endif

FC_PLANES(FC_PLANE_MODES)

/* [k][s][how] */
static NAME(plane_function) *const NAME(plane_functions)[6][2][3] = {FC_PLANES(FC_PLANE_ENTRY)};
