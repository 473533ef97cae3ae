/* The stencil tile: compute `rows` output rows x `vectors` vectors directly from rows of the input.
 *
 *     out[r, x] = sum over runs, t, s of  weight[run, t, s] * input[run, r + t][x + offset[s]]
 *
 * Layout    a run is a set of tap rows whose input rows neighbouring output rows share: output row
 *           r reads the input row at pointer r + t for tap row t. Every channel, depth tap and
 *           residue of the stride has a separate run. Coefficients are broadcast from the caller's
 *           weight, which is not packed.
 * Loop      panels of columns; blocks of the sum; runs; input rows. Each input row is loaded once
 *           per tap column and used for every output row that reads it. Fewer output rows read the
 *           first and last rows of a run, so separate loops handle those rows.
 * Registers rows * vectors sums + vectors of input + 1 coefficient.
 * Order     each output is one chain of multiply-adds per block of the sum, over (run, t, s). This
 *           order is the same for every tile, so results do not depend on how rows and columns were
 *           cut.
 *
 * The last vector of a panel is moved back if it would start after `last`. A column that two
 * vectors hold gets the same value from both.
 */
#ifndef FC_STENCIL_H
#define FC_STENCIL_H
struct fc_stencil {
    const void *const *inputs; /* rows + taps - 1 input rows per run, from its `first` on */
    const struct fc_run *runs;
    ptrdiff_t run_count;
    const ptrdiff_t *offsets; /* one per tap column */
    const void *weight;
    void *out;
    ptrdiff_t out_row;
    ptrdiff_t column, panels, last; /* first column; number of panels; column of the last vector */
};
#endif

/* Add one tap of one input row to the sums of output rows low..high. */
FC_INLINE void NAME(tap)(vec sum[][FC_LINE_VECTORS], const real *x, ptrdiff_t last, const real *w,
                         ptrdiff_t step, const int low, const int high, const int vectors)
{
    vec v[FC_LINE_VECTORS];
UNROLLED
    for (int j = 0; j < vectors - 1; j++)
        v[j] = loadu(x + j * LANES);
    v[vectors - 1] = loadu(x + last);
UNROLLED
    for (int r = low; r < high; r++) {
        const vec c = broadcast(w[-r * step]);
UNROLLED
        for (int j = 0; j < vectors; j++)
            sum[r][j] += c * v[j];
    }
}

/* Add all taps of one input row. w points to the tap row that output row 0 applies to this row. */
FC_INLINE void NAME(input_row)(vec sum[][FC_LINE_VECTORS], const real *x, ptrdiff_t last,
                               const real *w, const struct fc_run *run, const ptrdiff_t *offsets,
                               const int constant, const int low, const int high,
                               const int vectors)
{
    const ptrdiff_t step = constant ? constant : run->step;
    if (constant) {
        /* Otherwise the compiler keeps broadcast values for the next row and lacks registers. */
        __asm__("" : "+r"(w));
UNROLLED
        for (int s = 0; s < constant; s++)
            NAME(tap)(sum, x + s, last, w + s, step, low, high, vectors);
    } else {
        for (ptrdiff_t s = 0; s < run->columns; s++)
            NAME(tap)(sum, x + offsets[s], last, w + s, step, low, high, vectors);
    }
}

/* Add all input rows of one run. Every output row has `taps` tap rows. If `taps` is 0, the number
 * of tap rows is that of `constant` or of the run, and is at least the number of output rows. */
FC_INLINE void NAME(input_rows)(vec sum[][FC_LINE_VECTORS], const void *const *inputs,
                                ptrdiff_t column, ptrdiff_t last, const real *w,
                                const struct fc_run *run, const ptrdiff_t *offsets,
                                const int constant, const int taps, const int rows,
                                const int vectors)
{
    const ptrdiff_t step = constant ? constant : run->step;
    if (taps) {
UNROLLED
        for (int i = 0; i < rows + taps - 1; i++)
            NAME(input_row)(sum, (const real *)inputs[i] + column, last, w + i * step, run, offsets,
                            constant, i < taps ? 0 : i - taps + 1, i < rows ? i + 1 : rows,
                            vectors);
        return;
    }
    const ptrdiff_t count = constant ? constant : run->taps;
UNROLLED
    for (int i = 0; i < rows - 1; i++)
        NAME(input_row)(sum, (const real *)inputs[i] + column, last, w + i * step, run, offsets,
                        constant, 0, i + 1, vectors);
    for (ptrdiff_t i = rows - 1; i < count; i++)
        NAME(input_row)(sum, (const real *)inputs[i] + column, last, w + i * step, run, offsets,
                        constant, 0, rows, vectors);
UNROLLED
    for (int i = 1; i < rows; i++)
        NAME(input_row)(sum, (const real *)inputs[count - 1 + i] + column, last,
                        w + (count - 1 + i) * step, run, offsets, constant, i, rows, vectors);
}

/* Compute the tile for all panels. constant > 0: every run has constant x constant contiguous taps.
 * constant = -1: every run has one row of contiguous taps. constant = 0: the run gives its taps. */
FC_INLINE void NAME(stencil)(const struct fc_stencil *o, const int constant, const int rows,
                             const int vectors)
{
    const struct fc_run *const end = o->runs + o->run_count;
    const ptrdiff_t *offsets = o->offsets;
    ptrdiff_t column = o->column;
    for (ptrdiff_t p = 0; p < o->panels; p++, column += vectors * LANES) {
        const struct fc_run *run = o->runs;
        const ptrdiff_t usual = (vectors - 1) * LANES;
        const ptrdiff_t last = o->last - column < usual ? o->last - column : usual;
        real *out = (real *)o->out + column;
        while (run < end) {
            const int first = run == o->runs;
            vec sum[FC_STENCIL_ROWS][FC_LINE_VECTORS];
UNROLLED
            for (int r = 0; r < rows; r++) {
UNROLLED
                for (int j = 0; j < vectors; j++)
                    sum[r][j] = (vec){0};
            }
            int ends;
            do {
                const void *const *inputs = o->inputs + run->first;
                const real *w = (const real *)o->weight + run->weight;
                const ptrdiff_t *column_offsets = offsets + run->offset;
                if (constant < 0 && last == usual)
                    NAME(line_taps)(sum[0], (const real *)inputs[0] + column + run->offset, last,
                                    w, run->columns, vectors, 1);
                else if (constant < 0)
                    NAME(line_taps)(sum[0], (const real *)inputs[0] + column + run->offset, last,
                                    w, run->columns, vectors, 0);
                else if (constant)
                    NAME(input_rows)(sum, inputs, column, last, w, run, column_offsets, constant,
                                     constant < rows ? constant : 0, rows, vectors);
                else if (run->taps == 1)
                    NAME(input_rows)(sum, inputs, column, last, w, run, column_offsets, 0, 1, rows,
                                     vectors);
                else if (rows > 2 && run->taps == 2)
                    NAME(input_rows)(sum, inputs, column, last, w, run, column_offsets, 0, 2, rows,
                                     vectors);
                else if (rows > 3 && run->taps == 3)
                    NAME(input_rows)(sum, inputs, column, last, w, run, column_offsets, 0, 3, rows,
                                     vectors);
                else
                    NAME(input_rows)(sum, inputs, column, last, w, run, column_offsets, 0, 0, rows,
                                     vectors);
                ends = run->ends;
                run++;
            } while (!ends);
            if (!first) {
UNROLLED
                for (int r = 0; r < rows; r++) {
UNROLLED
                    for (int j = 0; j < vectors - 1; j++)
                        sum[r][j] += loadu(out + r * o->out_row + j * LANES);
                    sum[r][vectors - 1] += loadu(out + r * o->out_row + last);
                }
            }
UNROLLED
            for (int r = 0; r < rows; r++) {
UNROLLED
                for (int j = 0; j < vectors - 1; j++)
                    storeu(out + r * o->out_row + j * LANES, sum[r][j]);
                storeu(out + r * o->out_row + last, sum[r][vectors - 1]);
            }
        }
    }
}

typedef void NAME(stencil_function)(const struct fc_stencil *o);

#ifndef FC_STENCIL
#define FC_S const struct fc_stencil
#define FC_STENCIL(name, k, i, j) static void name(FC_S *o) { NAME(stencil)(o, k, i, j); }
#define FC_STENCIL_0(i, j) FC_STENCIL(NAME(stencil_##i##x##j), 0, i, j)
#define FC_STENCIL_L(i, j) FC_STENCIL(NAME(stencil_line_##i##x##j), -1, i, j)
#define FC_STENCIL_3(i, j) FC_STENCIL(NAME(stencil_3_##i##x##j), 3, i, j)
#define FC_STENCIL_5(i, j) FC_STENCIL(NAME(stencil_5_##i##x##j), 5, i, j)
#define FC_STENCIL_7(i, j) FC_STENCIL(NAME(stencil_7_##i##x##j), 7, i, j)
#define FC_STENCIL_ENTRY_0(i, j) [0][i - 1][j - 1] = NAME(stencil_##i##x##j),
#if FC_VECTOR_BYTES > 16
#define FC_STENCIL_ENTRY_L(i, j) [4][i - 1][j - 1] = NAME(stencil_line_##i##x##j),
#else
#define FC_STENCIL_ENTRY_L(i, j) [4][i - 1][j - 1] = NAME(stencil_##i##x##j),
#endif
#define FC_STENCIL_ENTRY_3(i, j) [1][i - 1][j - 1] = NAME(stencil_3_##i##x##j),
#define FC_STENCIL_ENTRY_5(i, j) [2][i - 1][j - 1] = NAME(stencil_5_##i##x##j),
#define FC_STENCIL_ENTRY_7(i, j) [3][i - 1][j - 1] = NAME(stencil_7_##i##x##j),
#endif

FC_LINES(FC_STENCIL_0)
#if FC_VECTOR_BYTES > 16 /* with 16 bytes, taps_apart() needs more registers than there are */
FC_LINES(FC_STENCIL_L)
#endif
FC_STENCILS(FC_STENCIL_0)
FC_CONSTANTS(FC_STENCIL_3)
FC_CONSTANTS(FC_STENCIL_5)
FC_CONSTANTS(FC_STENCIL_7)

/* [constant][rows - 1][vectors - 1]. Tiles with constant taps have at least two rows, and line
 * tiles have exactly one. */
static NAME(stencil_function) *const NAME(stencils)[5][FC_STENCIL_ROWS][FC_LINE_VECTORS] = {
    FC_LINES(FC_STENCIL_ENTRY_0) FC_LINES(FC_STENCIL_ENTRY_L)
        FC_STENCILS(FC_STENCIL_ENTRY_0) FC_CONSTANTS(FC_STENCIL_ENTRY_3)
        FC_CONSTANTS(FC_STENCIL_ENTRY_5) FC_CONSTANTS(FC_STENCIL_ENTRY_7)};
