/* The rolling stencil: go down a panel of columns, and keep one sum per tap row.
 *
 *     out[r, x] = sum over t, s of  weight[t, s] * input[r + t][x + s * step]
 *
 * Every input row is loaded once per tap column and multiplied by all tap rows, each for another
 * output row. Then the sum of the last tap row is complete, and all sums move on by one tap row. So
 * no rows are loaded twice at the edges of a tile, however few vectors it has.
 *
 * Layout    packed [s][t] holds the weights. Row i of the input is at inputs[i].
 * Loop      panels of columns; input rows; tap columns. At the first and last input rows, some tap
 *           rows belong to output rows of other blocks; these are left out by code of their own.
 *           A panel asks for the values that a panel further to the right will read, because no
 *           processor foresees that from so many rows.
 * Registers taps * vectors sums + vectors of input + 1 coefficient.
 * Order     each output is one chain of multiply-adds over (t, s), as in stencil.h.
 *
 * The last vector of a panel is moved back if it would start after `last`. Its output may lie
 * further away than its input, by `apart`: then the panel joins both ends of the rows.
 */
#ifndef FC_ROLL_H
#define FC_ROLL_H
struct fc_roll {
    const void *const *inputs; /* rows + taps - 1 input rows */
    const void *packed;
    void *out;
    ptrdiff_t out_row, rows; /* at least as many output rows as there are tap rows, less one */
    ptrdiff_t columns, step; /* tap columns; input values from one to the next */
    ptrdiff_t column, panels, last; /* first column; number of panels; column of the last vector */
    ptrdiff_t apart, ahead;
};
#endif

/* Add one input row to the sums of tap rows low..high. */
FC_INLINE void NAME(roll_row)(const struct fc_roll *o, vec sum[][FC_ROLL_VECTORS], const real *x,
                              ptrdiff_t last, const int taps, const int low, const int high,
                              const int vectors)
{
    const real *w = o->packed;
    const ptrdiff_t step = o->step;
UNROLLED
    for (int j = 0; j < vectors; j++)
        __builtin_prefetch(x + o->ahead + j * LANES);
    for (const real *const stop = w + o->columns * taps; w < stop; w += taps, x += step) {
        vec v[FC_ROLL_VECTORS];
UNROLLED
        for (int j = 0; j < vectors; j++)
            v[j] = held(loadu(x + (j < vectors - 1 ? j * LANES : last)));
UNROLLED
        for (int t = low; t < high; t++) {
            const vec c = broadcast(w[t]);
UNROLLED
            for (int j = 0; j < vectors; j++)
                sum[t][j] += c * v[j];
        }
    }
}

/* Pack the weights of one output channel. */
FC_INLINE void NAME(pack_taps)(const real *weight, ptrdiff_t taps, ptrdiff_t columns, real *packed)
{
    for (ptrdiff_t s = 0; s < columns; s++)
        for (ptrdiff_t t = 0; t < taps; t++)
            *packed++ = weight[t * columns + s];
}

/* Let every sum go on to the next tap row. */
FC_INLINE void NAME(roll_on)(vec sum[][FC_ROLL_VECTORS], const int taps, const int vectors)
{
UNROLLED
    for (int t = taps - 1; t > 0; t--) {
UNROLLED
        for (int j = 0; j < vectors; j++)
            sum[t][j] = sum[t - 1][j];
    }
UNROLLED
    for (int j = 0; j < vectors; j++)
        sum[0][j] = (vec){0};
}

/* Store the output row that is complete. */
FC_INLINE void NAME(roll_out)(const vec *sum, real *out, ptrdiff_t last, const int vectors)
{
UNROLLED
    for (int j = 0; j < vectors; j++)
        storeu(out + (j < vectors - 1 ? j * LANES : last), sum[j]);
}

FC_INLINE void NAME(roll)(const struct fc_roll *given, const int taps, const int vectors)
{
    /* Copy the struct, so that the compiler knows that no store changes it. */
    const struct fc_roll copy = *given, *const o = &copy;
    const ptrdiff_t usual = (vectors - 1) * LANES;
    ptrdiff_t column = o->column;
    for (ptrdiff_t p = 0; p < o->panels; p++, column += vectors * LANES) {
        const ptrdiff_t last = o->last - column < usual || o->apart ? o->last - column : usual;
        const void *const *inputs = o->inputs;
        const void *const *const end = inputs + o->rows;
        real *out = (real *)o->out + column;
        vec sum[FC_ROLL_TAPS][FC_ROLL_VECTORS];
UNROLLED
        for (int t = 0; t < taps; t++) {
UNROLLED
            for (int j = 0; j < vectors; j++)
                sum[t][j] = (vec){0};
        }
UNROLLED
        for (int t = 1; t < taps; t++) {
            NAME(roll_row)(o, sum, (const real *)*inputs++ + column, last, taps, 0, t, vectors);
            NAME(roll_on)(sum, taps, vectors);
        }
        while (inputs < end) {
            NAME(roll_row)(o, sum, (const real *)*inputs++ + column, last, taps, 0, taps, vectors);
            NAME(roll_out)(sum[taps - 1], out, last + o->apart, vectors);
            NAME(roll_on)(sum, taps, vectors);
            out += o->out_row;
        }
UNROLLED
        for (int t = 1; t < taps; t++) {
            NAME(roll_row)(o, sum, (const real *)*inputs++ + column, last, taps, t, taps, vectors);
            NAME(roll_out)(sum[taps - 1], out, last + o->apart, vectors);
            NAME(roll_on)(sum, taps, vectors);
            out += o->out_row;
        }
    }
}

typedef void NAME(roll_function)(const struct fc_roll *o);

#ifndef FC_ROLL
#define FC_ROLL(i, j)                                                                              \
    static void NAME(stencil_roll_##i##x##j)(const struct fc_roll *o) { NAME(roll)(o, i, j); }
#define FC_ROLL_ENTRY(i, j) [i - 2][j - 1] = NAME(stencil_roll_##i##x##j),
#endif

FC_ROLLS(FC_ROLL)

/* [taps - 2][vectors - 1] */
static NAME(roll_function) *const NAME(rolls)[FC_ROLL_TAPS - 1][FC_ROLL_VECTORS] = {
    FC_ROLLS(FC_ROLL_ENTRY)};
