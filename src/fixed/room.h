/* fixed: filter images of 8-bit and 16-bit integers in fixed point, with SciPy's very integers.
 *
 * SciPy sums in float64 and truncates after each axis. Sums in fixed point settle nearly all
 * results, as it is known how far off they may be; the others are added up in float64.
 *
 * Layout    The pass down the columns reads rows of the image in place and writes one row of scratch,
 *           whose ends are padded by copies of its values or by the fill value. The pass along this
 *           row writes the output. Images narrower than a block are copied to rows that are longer.
 * Loop      over the output rows of a task, over blocks of FC_VECTOR_BYTES pixels. The last block of
 *           a row overlaps the one before.
 */
#include "fixed/interface.h"

#include "fixed/vectors.h"
#include "sums.h"
#include "store.h"
#include "again.h"
#include "ties.h"
#include "settle.h"
#include "pairs.h"
#include "prepare.h"
#include "windows.h"

#define PLAN const struct fc_fixed_plan
#define PASS const struct fc_fixed_pass
#define TASK const struct fc_fixed_task

/* `count` results, of which there is at least one block, or room for one. */
FC_INLINE void NAME(sum_row)(PASS *p, struct NAME(known) *known, const void *const *in,
                             ptrdiff_t count, const int from, const int digits,
                             const int truncates, char *to, int into_values)
{
    const ptrdiff_t item = NAME(item)(into_values);
    const struct NAME(constants) k = NAME(constants_of)(p);
    for (ptrdiff_t i = 0; i < count; i += BLOCK) {
        const ptrdiff_t x = NAME(block_at)(i, count);
        fc_words v[4], result[4];
        void *at = to + x * item;
        if (known->level && NAME(put_level)(p, known, in, x, from, at, into_values))
            continue;
        NAME(sum_block)(p, &k, in, x, from, digits, truncates, v);
        if (truncates == FC_AVERAGES) {
            NAME(divide_block)(p, v);
            NAME(put_block)(v, from, FC_REAL_BYTES == 1, at, into_values);
            continue;
        }
UNROLLED
        for (int q = 0; q < 4; q++)
            result[q] = NAME(rounded)(&k, truncates, v[q]);
        NAME(put_block)(result, from, truncates == FC_FITS, at, into_values);
        if (__builtin_expect(NAME(any_doubt)(&k, truncates, v), 0))
            NAME(settle)(p, &k, known, in, x, from, truncates, v, result, at, into_values);
    }
}

static void NAME(sum_rows)(PASS *p, struct NAME(known) *known, const void *const *in,
                           ptrdiff_t count, char *to, int into)
{
    if (NAME(paired_row)(p, in, count, FC_OF_ROWS, to, into))
        return;
#define FC_CASE(d, t)                                                                              \
    if (p->digits == d && p->truncates == t)                                                       \
        NAME(sum_row)(p, known, in, count, FC_OF_ROWS, d, t, to, into);
    FC_CASE(1, 0) FC_CASE(1, 1) FC_CASE(2, 0) FC_CASE(2, 1) FC_CASE(3, 0) FC_CASE(3, 1)
#undef FC_CASE
}

static void NAME(sum_line)(PASS *p, struct NAME(known) *known, const void *const *in,
                           ptrdiff_t count, char *to)
{
    if (NAME(paired_row)(p, in, count, FC_OF_LINE, to, 0))
        return;
#define FC_CASE(d, t)                                                                              \
    if (p->digits == d && p->truncates == t)                                                       \
        NAME(sum_row)(p, known, in, count, FC_OF_LINE, d, t, to, 0);
    FC_CASE(1, 0) FC_CASE(1, 1) FC_CASE(2, 0) FC_CASE(2, 1) FC_CASE(3, 0) FC_CASE(3, 1)
    FC_CASE(1, FC_AVERAGES)
#undef FC_CASE
}

static void NAME(sum_values)(PASS *p, struct NAME(known) *known, const void *const *in,
                             ptrdiff_t count, char *to)
{
    if (NAME(paired_row)(p, in, count, FC_OF_VALUES, to, 0))
        return;
#define FC_CASE(d, t)                                                                              \
    if (p->digits == d && p->truncates == t)                                                       \
        NAME(sum_row)(p, known, in, count, FC_OF_VALUES, d, t, to, 0);
    FC_CASE(1, 0) FC_CASE(1, 1) FC_CASE(2, 0) FC_CASE(2, 1) FC_CASE(3, 0) FC_CASE(3, 1)
    FC_CASE(1, FC_AVERAGES)
#undef FC_CASE
}

/* The part of a padded row that a task needs. */
struct NAME(span) {
    ptrdiff_t count;     /* padded columns that the task reads */
    ptrdiff_t low, from; /* padded column `low` of the task is column `from` of the image */
    ptrdiff_t inside;    /* columns of the image in the task */
};

FC_INLINE struct NAME(span) NAME(span_of)(PLAN *p, TASK *t)
{
    struct NAME(span) s;
    s.count = t->columns + (p->along.taps - 1) * p->unit;
    s.from = t->column > p->before ? t->column - p->before : 0;
    s.low = s.from + p->before - t->column;
    s.low = s.low < s.count ? s.low : s.count;
    s.inside = p->width - s.from < s.count - s.low ? p->width - s.from : s.count - s.low;
    return s;
}

/* Put what lies past both ends of the image into a row of values. */
FC_INLINE void NAME(pad)(PLAN *p, TASK *t, const struct NAME(span) *s, value *mid)
{
    const ptrdiff_t *line = p->column_line + t->column, stop = s->low + s->inside;
    const value fill = (value)(p->fill - FC_OFFSET);
    for (ptrdiff_t i = 0; i < s->low; i++)
        mid[i] = line[i] < 0 ? fill : mid[s->low + line[i] - s->from];
    for (ptrdiff_t i = stop; i < s->count; i++)
        mid[i] = line[i] < 0 ? fill : mid[s->low + line[i] - s->from];
}

/* A row of the image as values. */
FC_INLINE void NAME(enter)(const real *row, value *to, ptrdiff_t count)
{
    if (sizeof(value) == sizeof(real) && !FC_OFFSET)
        __builtin_memcpy(to, row, (size_t)count * sizeof(real));
    else
        for (ptrdiff_t i = 0; i < count; i++)
            to[i] = (value)(row[i] - FC_OFFSET);
}

/* A padded row of the image, from a column on. */
FC_INLINE const real *NAME(row_at)(PLAN *p, const real *image, ptrdiff_t padded, ptrdiff_t from,
                                   const real *filled)
{
    const ptrdiff_t y = p->row_line[padded];
    return y < 0 ? filled : image + y * p->width + from;
}

static void NAME(filter)(PLAN *p, TASK *t)
{
    const struct NAME(span) s = NAME(span_of)(p, t);
    const ptrdiff_t row_taps = p->down.taps, padded = (row_taps + 3) & ~3;
    const int down = row_taps > 1, along = p->along.taps > 1;
    const int slides = down && p->down.truncates == FC_AVERAGES;
    const int narrow = down && !slides && s.inside < BLOCK;
    const ptrdiff_t item = sizeof(real);
    const void **in = t->scratch, **shifted = in + padded;
    char *room = (char *)(((uintptr_t)(shifted + ((p->along.taps + 3) & ~3)) + 63) & ~(uintptr_t)63);
    value *mid = (value *)(room + 64);
    mid[-1] = 0; /* before the first sum along a row, nothing leaves it */
    char *spare = room + p->pitch;
    real *filled = (real *)(spare + p->pitch), *none = (real *)((char *)filled + p->pitch);
    running *sums = (running *)((char *)none + p->pitch);
    real *copies = (real *)((char *)filled + (FC_FIXED_ROWS - 2) * p->pitch);
    const real *image = t->image;
    ptrdiff_t entered = t->row;
    struct NAME(known) known[2];
    NAME(forget)(&p->down, &known[0], FC_OF_ROWS, along);
    NAME(forget)(&p->along, &known[1], FC_OF_VALUES, 0);
    for (ptrdiff_t i = 0; i < s.inside; i++) {
        filled[i] = (real)p->fill;
        none[i] = (real)FC_OFFSET;
    }
    for (ptrdiff_t i = 0; i < ((p->along.taps + 3) & ~3); i++)
        shifted[i] = mid + (i < p->along.taps ? i : p->along.taps - 1) * p->unit;
    for (ptrdiff_t r = t->row; r < t->row + t->rows; r++) {
        if (fc_stopped(t->watch))
            return;
        char *out = (char *)t->out + (r * p->width + t->column) * item;
        char *to = t->columns < BLOCK ? spare : out;
        for (; narrow && entered < r + row_taps; entered++) {
            const real *row = NAME(row_at)(p, image, entered, s.from, filled);
            __builtin_memcpy((char *)copies + entered % row_taps * p->pitch, row,
                             (size_t)s.inside * sizeof(real));
        }
        for (ptrdiff_t i = 0; i < padded && (!slides || r == t->row); i++) {
            const ptrdiff_t at = r + (i < row_taps ? i : row_taps - 1);
            in[i] = NAME(row_at)(p, image, at, s.from, filled);
            if (narrow)
                in[i] = (char *)copies + at % row_taps * p->pitch;
        }
        char *first = along ? (char *)(mid + s.low) : to;
        if (slides && r == t->row) {
            __builtin_memset(sums, 0, (size_t)(2 * p->pitch));
            for (ptrdiff_t i = 0; i < row_taps - 1; i++)
                NAME(slide)(&p->down, in[i], none, s.inside, sums, 0, 0, 0);
        }
        if (slides)
            NAME(slide)(&p->down, NAME(row_at)(p, image, r + row_taps - 1, s.from, filled),
                        r == t->row ? none : NAME(row_at)(p, image, r - 1, s.from, filled), s.inside,
                        sums, first, along ? (ptrdiff_t)sizeof(value) : item, along);
        else if (down)
            NAME(sum_rows)(&p->down, &known[0], in, s.inside, first, along);
        else
            NAME(enter)(in[0], mid + s.low, s.inside);
        if (along) {
            NAME(pad)(p, t, &s, mid);
#if FC_REAL_BYTES == 1
            if (p->unit == 1 && p->along.truncates == FC_AVERAGES) {
                if (p->along.taps > 4 * FC_GROUP)
                    NAME(slide_along)(&p->along, mid, t->columns, (uint8_t *)to);
                else
                    NAME(average_line)(&p->along, shifted, t->columns, (uint8_t *)to);
            } else
#else
            if (p->unit == 1 && p->along.truncates == FC_AVERAGES && p->along.taps > 16)
                NAME(slide_along)(&p->along, mid, t->columns, (value *)to);
            else
#endif
            if (p->unit == 1)
                NAME(sum_line)(&p->along, &known[1], shifted, t->columns, to);
            else
                NAME(sum_values)(&p->along, &known[1], shifted, t->columns, to);
        }
        if (to != out)
            __builtin_memcpy(out, to, (size_t)(t->columns * item));
    }
}

static const struct fc_fixed NAME(kernels) = {
    .size = sizeof(struct fc_fixed),
    .slack = 8 * BLOCK,
    .item = sizeof(value) > sizeof(real) ? sizeof(value) : sizeof(real),
    .prepare = NAME(prepare),
    .prepare_window = NAME(prepare_window),
    .filter = NAME(filter),
};
#undef PLAN
#undef PASS
#undef TASK
#undef running
#undef FC_QUADS
#undef FC_GROUP
#undef FC_DIGIT
#undef FC_OFFSET
#undef BLOCK
#undef value
#undef operand
