/* fixed: filter images of 8-bit and 16-bit integers in fixed point, with SciPy's very integers.
 *
 * SciPy sums in float64 and truncates after each axis. Sums in fixed point settle nearly all
 * results, as it is known how far off they may be; the others are added up in float64.
 *
 * Layout    The pass down the columns reads rows of the image in place and writes one row of scratch,
 *           whose ends are padded by copies of its values or by the fill value. The pass along this
 *           row writes the output. Images narrower than a block are copied to rows that are longer.
 * Loop      over the output rows of a task, over blocks of FC_VECTOR_BYTES pixels. The last block of
 *           a row overlaps the one before. Several short rows go through the first pass before they go
 *           through the second, as a load of what was stored in parts just before has to wait.
 */
#include "fixed/interface.h"

#include "fixed/vectors.h"
#include "fixed/strides.h"
#include "sums.h"
#include "store.h"
#include "again.h"
#include "ties.h"
#include "settle.h"
#include "pairs.h"
#include "prepare.h"
#include "windows.h"
#include "along.h"

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

/* What one task works with. Rows of scratch lie `pitch` bytes apart. */
struct NAME(desk) {
    const void **in;    /* the rows that the pass down the columns reads */
    const void **shifted; /* for every line, where the taps along it begin */
    value *mid;         /* the first line: rows between the passes, from padded column 0 on */
    char *spare;        /* a row of results of narrow images */
    real *filled, *none; /* rows of the fill value, and of zeros */
    real *copies;       /* of narrow images, the rows of a window */
    running *sums;
    ptrdiff_t lines, entered;
    int narrow;
    struct NAME(known) known[2];
};

FC_INLINE value *NAME(line_at)(PLAN *p, const struct NAME(desk) *d, ptrdiff_t line)
{
    return (value *)((char *)d->mid + line * p->pitch);
}

static void NAME(lay_out)(PLAN *p, TASK *t, const struct NAME(span) *s, struct NAME(desk) *d)
{
    const ptrdiff_t row_taps = p->down.taps, along_taps = (p->along.taps + 3) & ~3;
    d->lines = p->along.taps > 1 ? p->lines : 1;
    d->entered = t->row;
    d->narrow = row_taps > 1 && p->down.truncates != FC_AVERAGES && s->inside < BLOCK;
    d->in = t->scratch;
    d->shifted = d->in + ((row_taps + 3) & ~3);
    uintptr_t at = ((uintptr_t)(d->shifted + d->lines * along_taps) + 63) & ~(uintptr_t)63;
    for (ptrdiff_t j = 0; j < d->lines; j++) /* before the first sums along a row, nothing leaves them */
        __builtin_memset((char *)at + j * p->pitch, 0, 64);
    d->mid = (value *)((char *)at + 64);
    at += (uintptr_t)(d->lines * p->pitch);
    d->spare = (char *)at;
    d->filled = (real *)(d->spare + p->pitch);
    d->none = (real *)(d->spare + 2 * p->pitch);
    d->sums = (running *)(d->spare + 3 * p->pitch);
    d->copies = (real *)(d->spare + 5 * p->pitch);
    for (ptrdiff_t i = 0; i < s->inside; i++) {
        d->filled[i] = (real)p->fill;
        d->none[i] = (real)FC_OFFSET;
    }
    for (ptrdiff_t j = 0; j < d->lines; j++)
        for (ptrdiff_t i = 0; i < along_taps; i++)
            d->shifted[j * along_taps + i] =
                NAME(line_at)(p, d, j) + (i < p->along.taps ? i : p->along.taps - 1) * p->unit;
    NAME(forget)(&p->down, &d->known[0], FC_OF_ROWS, p->along.taps > 1);
    NAME(forget)(&p->along, &d->known[1], FC_OF_VALUES, 0);
}

/* Averages down the columns: one row enters, one leaves. */
static void NAME(slide_down)(PLAN *p, TASK *t, const struct NAME(span) *s, struct NAME(desk) *d,
                             ptrdiff_t r, char *to, int into_values)
{
    const ptrdiff_t last = p->down.taps - 1, stop = p->height * p->width;
    const ptrdiff_t item = into_values ? (ptrdiff_t)sizeof(value) : (ptrdiff_t)sizeof(real);
    const real *image = t->image;
    if (r == t->row) {
        __builtin_memset(d->sums, 0, (size_t)(2 * p->pitch));
        for (ptrdiff_t i = 0; i < last; i++)
            NAME(slide)(&p->down, NAME(row_at)(p, image, r + i, s->from, d->filled), d->none,
                        s->inside, 0, d->sums, 0, 0, 0);
    }
    const real *enters = NAME(row_at)(p, image, r + last, s->from, d->filled);
    const real *leaves = r == t->row ? d->none : NAME(row_at)(p, image, r - 1, s->from, d->filled);
    /* What lies behind a row may be read but behind the last one of the image. */
    const ptrdiff_t more = s->inside + BLOCK;
    const int whole = (enters == d->filled || enters + more <= image + stop) &&
                      (leaves == d->filled || leaves == d->none || leaves + more <= image + stop);
    NAME(slide)(&p->down, enters, leaves, s->inside, whole, d->sums, to, item, into_values);
}

/* The pass down the columns, of output row r. */
static void NAME(pass_down)(PLAN *p, TASK *t, const struct NAME(span) *s, struct NAME(desk) *d,
                            ptrdiff_t r, char *to, int into_values)
{
    const ptrdiff_t row_taps = p->down.taps, padded = (row_taps + 3) & ~3;
    if (row_taps > 1 && p->down.truncates == FC_AVERAGES) {
        NAME(slide_down)(p, t, s, d, r, to, into_values);
        return;
    }
    for (; d->narrow && d->entered < r + row_taps; d->entered++) {
        const real *row = NAME(row_at)(p, t->image, d->entered, s->from, d->filled);
        __builtin_memcpy((char *)d->copies + d->entered % row_taps * p->pitch, row,
                         (size_t)s->inside * sizeof(real));
    }
    for (ptrdiff_t i = 0; i < padded; i++) {
        const ptrdiff_t at = r + (i < row_taps ? i : row_taps - 1);
        d->in[i] = NAME(row_at)(p, t->image, at, s->from, d->filled);
        if (d->narrow)
            d->in[i] = (char *)d->copies + at % row_taps * p->pitch;
    }
    if (row_taps > 1)
        NAME(sum_rows)(&p->down, &d->known[0], d->in, s->inside, to, into_values);
    else
        NAME(enter)(d->in[0], (value *)to, s->inside);
}

/* The pass along a padded row. */
static void NAME(pass_along)(PLAN *p, TASK *t, struct NAME(desk) *d, ptrdiff_t line, char *to)
{
    const void *const *in = d->shifted + line * ((p->along.taps + 3) & ~3);
    if (p->along.truncates == FC_AVERAGES &&
        NAME(average_along)(&p->along, p->unit, in, t->columns, (real *)to))
        return;
    if (p->unit == 1)
        NAME(sum_line)(&p->along, &d->known[1], in, t->columns, to);
    else
        NAME(sum_values)(&p->along, &d->known[1], in, t->columns, to);
}

static void NAME(filter)(PLAN *p, TASK *t)
{
    const struct NAME(span) s = NAME(span_of)(p, t);
    const int along = p->along.taps > 1;
    const size_t bytes = (size_t)t->columns * sizeof(real);
    struct NAME(desk) d;
    NAME(lay_out)(p, t, &s, &d);
    for (ptrdiff_t r = t->row; r < t->row + t->rows; r += d.lines) {
        const ptrdiff_t left = t->row + t->rows - r, lines = d.lines < left ? d.lines : left;
        if (fc_stopped(t->watch))
            return;
        for (ptrdiff_t j = 0; along && j < lines; j++)
            NAME(pass_down)(p, t, &s, &d, r + j, (char *)(NAME(line_at)(p, &d, j) + s.low), 1);
        for (ptrdiff_t j = 0; along && j < lines; j++)
            NAME(pad)(p, t, &s, NAME(line_at)(p, &d, j));
        for (ptrdiff_t j = 0; j < lines; j++) {
            real *out = (real *)t->out + (r + j) * p->width + t->column;
            char *to = t->columns < BLOCK ? d.spare : (char *)out;
            if (along)
                NAME(pass_along)(p, t, &d, j, to);
            else
                NAME(pass_down)(p, t, &s, &d, r + j, to, 0);
            if (t->columns < BLOCK)
                __builtin_memcpy(out, to, bytes);
        }
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
