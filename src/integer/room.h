/* integer: filter integer images, in reals that hold the sums exactly or round them as SciPy does.
 *
 * Rows of a strip, with the padding at both ends, are converted to a ring of rows that stays in L1.
 * A row of the output is summed down the columns of the ring, then along itself, and converted
 * back. Between these two passes it is rounded to integers, as between SciPy's passes.
 *
 * Layout    The ring has one row more than the window. Padded row y is row y % (taps + 1) of the
 *           ring, and a row has `pitch` reals.
 * Loop      The loop is over the output rows of a task, from top to bottom. Before an output row is
 *           computed, the padded rows that its window adds are converted.
 */
#include "integer/interface.h"

#include "convert.h"
#include "sums.h"

#define PLAN const struct fc_integer_plan

#define FC_BORDER 128 /* values of a border that are converted together */

/* Set to[i] = from[line[i]] for values of the integer type `type`, and 0 for those of padding. */
#define FC_PICK(type)                                                                              \
    for (ptrdiff_t i = 0; i < count; i++)                                                          \
        ((type *)to)[i] = line[i] < 0 ? 0 : ((const type *)from)[line[i]];

FC_INLINE void NAME(pick_values)(const void *from, const ptrdiff_t *line, ptrdiff_t count,
                                 ptrdiff_t item, void *to)
{
    if (item == 1) {
        FC_PICK(uint8_t)
    } else if (item == 2) {
        FC_PICK(uint16_t)
    } else {
        FC_PICK(uint32_t)
    }
}
#undef FC_PICK

/* Convert the padded columns low..high of a row. */
static void NAME(enter_border)(PLAN *p, const char *row, const ptrdiff_t *line, ptrdiff_t low,
                               ptrdiff_t high, real *to)
{
    uint32_t picked[FC_BORDER];
    for (ptrdiff_t i = low; i < high; i += FC_BORDER) {
        const ptrdiff_t count = high - i < FC_BORDER ? high - i : FC_BORDER;
        NAME(pick_values)(row, line + i, count, fc_integer_item[p->source], picked);
        NAME(widenings)[p->source](picked, to + i, count);
        for (ptrdiff_t j = i; j < i + count; j++)
            if (line[j] < 0)
                to[j] = (real)p->fill;
    }
}
#undef FC_BORDER

static void NAME(enter_row)(PLAN *p, const struct fc_integer_task *t, ptrdiff_t padded, real *to)
{
    const ptrdiff_t item = fc_integer_item[p->source], y = p->row_line[padded];
    const ptrdiff_t *line = p->column_line + t->column;
    const ptrdiff_t count = t->columns + (p->column_taps - 1) * p->unit;
    /* `inside` columns, from column `low` on, are those of the image from column `from` on. */
    const ptrdiff_t from = t->column > p->before ? t->column - p->before : 0;
    const ptrdiff_t low = from + p->before - t->column < count ? from + p->before - t->column : count;
    const ptrdiff_t inside = p->width - from < count - low ? p->width - from : count - low;
    const char *row = (const char *)t->image + y * p->width * item;
    if (y < 0) {
        for (ptrdiff_t i = 0; i < count; i++)
            to[i] = (real)p->fill;
        return;
    }
    if (inside > 0)
        NAME(widenings)[p->source](row + from * item, to + low, inside);
    NAME(enter_border)(p, row, line, 0, low, to);
    NAME(enter_border)(p, row, line, inside > 0 ? low + inside : low, count, to);
}

/* Convert a row between the two passes: round its values to the type of the result, and set the
 * padding to the fill value again if the plan says so. */
static void NAME(convert_between)(PLAN *p, const struct fc_integer_task *t, real *row,
                                  ptrdiff_t count, void *spare)
{
    if (p->conversion == FC_TRUNCATES)
        NAME(truncate)(row, count);
    else if (p->conversion == FC_WRAPS) {
        NAME(narrowings)[p->target](row, spare, count);
        NAME(widenings)[p->target](spare, row, count);
    }
    if (p->fills && p->column_taps > 1)
        for (ptrdiff_t i = 0; i < count; i++)
            if (p->column_line[t->column + i] < 0)
                row[i] = (real)p->fill;
}

/* Write a row of results from column `done` on. */
static void NAME(leave_row)(PLAN *p, const struct fc_integer_task *t, ptrdiff_t row, const real *from,
                            ptrdiff_t done)
{
    const ptrdiff_t at = row * p->width + t->column + done, count = t->columns - done;
    if (p->target == FC_REAL_TARGET)
        __builtin_memcpy((real *)t->out + at, from + done, (size_t)count * sizeof(real));
    else
        NAME(narrowings)[p->target](from + done, (char *)t->out + at * fc_integer_item[p->target],
                                    count);
}

/* Sum a row along itself; write the sums to `line`, or as far as they fill vectors to the output if
 * they are its values. Return how many are there. */
static ptrdiff_t NAME(sum_along)(PLAN *p, const struct fc_integer_task *t, ptrdiff_t row,
                                 const real *from, const real **in, real *line)
{
    const ptrdiff_t step = FC_SUM_VECTORS * LANES, count = t->columns;
    const ptrdiff_t whole = p->target == FC_REAL_TARGET ? count - count % step : 0;
    real *out = whole ? (real *)t->out + row * p->width + t->column : 0;
    for (ptrdiff_t i = 0; i < p->column_taps; i++)
        in[i] = from + i * p->unit;
    NAME(sum_taps)(in, p->column_weights, p->column_taps, p->column_order, out, whole);
    for (ptrdiff_t i = 0; i < p->column_taps; i++)
        in[i] += whole;
    NAME(sum_taps)(in, p->column_weights, p->column_taps, p->column_order, line + whole,
                   count - whole);
    return whole;
}

static void NAME(filter_integers)(PLAN *p, const struct fc_integer_task *t)
{
    const ptrdiff_t slots = p->row_taps + 1, pitch = p->pitch;
    const ptrdiff_t count = t->columns + (p->column_taps - 1) * p->unit;
    const real **in = t->scratch;
    real *ring = (real *)(((uintptr_t)(in + p->list) + 63) & ~(uintptr_t)63);
    real *mid = ring + slots * pitch, *line = mid + pitch, *levels = line + pitch;
    real *spare = levels + 2 * pitch;
    ptrdiff_t entered = t->row;
    for (ptrdiff_t r = t->row; r < t->row + t->rows; r++) {
        if (fc_stopped(t->watch))
            return;
        for (; entered < r + p->row_taps; entered++)
            NAME(enter_row)(p, t, entered, ring + entered % slots * pitch);
        const real *from = ring + r % slots * pitch;
        ptrdiff_t done = 0;
        if (p->kind == FC_WINDOW && p->row_taps > 1) {
            if (r == t->row) {
                for (ptrdiff_t i = 0; i < p->row_taps; i++)
                    in[i] = ring + (r + i) % slots * pitch;
                NAME(sum_rows)(in, p->row_taps, spare, count);
            } else {
                NAME(slide_sum)(spare, ring + (r + p->row_taps - 1) % slots * pitch,
                                ring + (r - 1) % slots * pitch, count);
            }
            NAME(scale_row)(spare, (real)p->row_scale, mid, count);
        } else if (p->row_taps > 1) {
            for (ptrdiff_t i = 0; i < p->row_taps; i++)
                in[i] = ring + (r + i) % slots * pitch;
            NAME(sum_taps)(in, p->row_weights, p->row_taps, p->row_order, mid, count);
        }
        if (p->row_taps > 1) {
            if (p->column_taps > 1)
                NAME(convert_between)(p, t, mid, count, levels);
            from = mid;
        }
        if (p->kind == FC_WINDOW && p->column_taps > 1) {
            NAME(window_sums)(from, p->column_taps, p->unit, (real)p->column_scale, line, levels,
                             pitch, t->columns);
            from = line;
        } else if (p->column_taps > 1) {
            done = NAME(sum_along)(p, t, r, from, in, line);
            from = line;
        }
        NAME(leave_row)(p, t, r, from, done);
    }
}

static const struct fc_integer NAME(kernels) = {
    .size = sizeof(struct fc_integer),
    .slack = FC_SUM_VECTORS * LANES,
    .filter = NAME(filter_integers),
};
#undef PLAN
