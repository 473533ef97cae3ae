/* pooling: compute pooling windows plane by plane. The rows of a window are combined to one row,
 * and then the columns of this row are combined. */
#include "pooling/interface.h"

#if FC_REAL_BYTES == 4
#define SCALE 0x1p100f
#define ROOT_LOW 0x1p-50f
#define ROOT_MOST 3.402823466e38f
#else
#define SCALE 0x1p600
#define ROOT_LOW 0x1p-450
#define ROOT_MOST 1.7976931348623157e308
#endif

#include "combine.h"
#include "gather.h"
#include "result.h"
#if FC_REAL_BYTES >= 4
#include "across.h"
#endif
#include "row.h"
#include "reduce.h"
#include "column.h"
#include "edges.h"
#if !FC_THIN
#include "at_once.h"
#include "shared.h"
#endif
#include "layout.h"

/* Store the outputs of `count` rows of the batch. If n >= 0, the batch has no combined rows yet,
 * and each row first combines n evenly spaced input rows from its start on; n = -1 means that the
 * rows are combined already. */
static void NAME(flush)(struct work *w, real *out, ptrdiff_t count, ptrdiff_t n)
{
    const struct fc_pool *p = w->pool;
    const int whole = w->outputs == p->axis[2].output && w->pass == PLAIN;
    if (NAME(alone)(p) && n > 0) {
        NAME(separate)(w, out, count, w->lift);
        return;
    }
    if (n > 0 && w->width)
        NAME(gather_rows)(w, n, p->axis[1].dilation * p->axis[2].input * w->unit, count);
    for (ptrdiff_t r = 0; r < count; r++) {
        if (n == 0)
            NAME(clear)(w, w->line + r * w->pitch, w->width);
        w->starts[r] = w->line + r * w->pitch;
        if (p->along == FC_SLIDE)
            storeu(w->line + r * w->pitch + w->width, broadcast(w->neutral));
    }
    if (p->along == FC_SLIDE)
        NAME(slide)(w, out, whole ? w->out_end : 0, count);
    else if (w->unit == 1)
        NAME(separate)(w, out, count, AS_IS);
#if FC_REAL_BYTES >= 4
    else
        NAME(separate_across)(w, out, count);
#endif
}

/* Compute the rows first..first+rows of each of some planes and store them at `out`. Rows whose
 * windows have the same number of input rows are combined in batches, which may extend over several
 * planes. */
static void NAME(pass)(struct work *w, const real *input, real *out, ptrdiff_t planes,
                       ptrdiff_t first, ptrdiff_t rows)
{
    const struct fc_pool *p = w->pool;
    const struct fc_pool_axis *d = &p->axis[0], *h = &p->axis[1];
    const ptrdiff_t row = p->axis[2].input * w->unit, plane = h->input * row;
    const int even = p->columns == FC_ALL_ROWS && d->taps == 1;
    const ptrdiff_t first_od = first / h->output, first_oh = first % h->output;
    ptrdiff_t count = 0, n = -1;
    for (ptrdiff_t i = 0; i < planes; i++, input += d->input * plane) {
        ptrdiff_t od = first_od, oh = first_oh;
        w->plane = input;
        for (ptrdiff_t k = 0; k < rows; k++, oh++) {
            if (fc_stopped(w->watch))
                return;
            if (oh == h->output)
                od++, oh = 0;
            const ptrdiff_t inside = d->count[od] && w->width ? h->count[oh] : 0;
            if (count == w->batch || (even && count && n != inside)) {
                NAME(flush)(w, out, count, n);
                out += count * p->axis[2].output * w->unit;
                count = 0;
            }
            if (w->last == DIVIDE)
                w->divisors[count] = (real)(p->row_divisor[0][od] * p->row_divisor[1][oh]);
            if (even) {
                n = inside;
                w->starts[count++] = input + d->first[od] * plane + h->first[oh] * row + w->from;
                continue;
            }
            if (k == 0 || oh == 0) {
                const ptrdiff_t y = oh * h->stride - h->before;
                for (ptrdiff_t l = 0; l <= p->ladder.levels; l++)
                    w->next[l] = y;
                w->block = y - h->taps;
            }
            real *line = w->line + count++ * w->pitch;
            if (inside == 0)
                NAME(clear)(w, line, w->width);
            else if (p->columns == FC_LADDER)
                NAME(climbed_rows)(w, line, od, oh);
            else if (p->columns == FC_VAN_HERK)
                NAME(blocked_rows)(w, line, od, oh);
            else
                NAME(joined_rows)(w, line, od, oh);
        }
    }
    NAME(flush)(w, out, count, n);
}

#if !FC_THIN
/* Compute the same rows, several rows of outputs that share input rows together (shared.h). */
static void NAME(pass_shared)(struct work *w, const real *input, real *out, ptrdiff_t planes,
                              ptrdiff_t first, ptrdiff_t rows)
{
    const struct fc_pool *p = w->pool;
    for (ptrdiff_t i = 0; i < planes; i++, input += p->axis[1].input * p->axis[2].input) {
        w->plane = input;
        for (ptrdiff_t oh = first; oh < first + rows; oh += p->share) {
            if (fc_stopped(w->watch))
                return;
            const ptrdiff_t left = first + rows - oh, count = left < p->share ? left : p->share;
            NAME(shared_rows)(w, oh);
            for (ptrdiff_t r = 0; w->last == DIVIDE && r < count; r++)
                w->divisors[r] = (real)(p->row_divisor[0][0] * p->row_divisor[1][oh + r]);
            NAME(flush)(w, out, count, -1);
            out += count * p->axis[2].output;
        }
    }
}
#endif

/* Compute planes of which each is one window. */
static void NAME(pass_whole)(struct work *w, const real *input, real *out, ptrdiff_t planes)
{
    const struct fc_pool *p = w->pool;
    for (ptrdiff_t r = 0; w->last == DIVIDE && r < BATCH_ROWS; r++)
        w->divisors[r] = (real)(p->row_divisor[0][0] * p->row_divisor[1][0]);
    for (ptrdiff_t i = 0; i < planes; i += BATCH_ROWS) {
        const ptrdiff_t count = planes - i < BATCH_ROWS ? planes - i : BATCH_ROWS;
        for (ptrdiff_t r = 0; r < count; r++)
            w->starts[r] = input + (i + r) * p->axis[2].input;
        NAME(separate)(w, out + i, count, w->lift);
    }
}

FC_INLINE int NAME(any)(ints mask)
{
    real_int all = 0;
    for (int i = 0; i < LANES; i++)
        all |= mask[i];
    return all != 0;
}

/* Set the state of a task: its strip, its operations and its scratch. */
static void NAME(prepare)(struct work *w, const struct fc_pool *p, const struct fc_pool_task *t)
{
    w->pool = p;
    w->input = t->input;
    w->input_end = t->input_end;
    w->watch = t->watch;
    w->first = t->strip * p->strip;
    w->outputs = p->axis[2].output - w->first;
    w->outputs = w->outputs < p->strip ? w->outputs : p->strip;

    const int selects = p->kind == FC_MAXIMUM || p->kind == FC_MINIMUM;
    const int lift = selects || p->kind == FC_AVERAGE ? AS_IS
                     : p->kind == FC_ROOT             ? SQUARE
                                                      : ABSOLUTE;
    w->join = p->kind == FC_MINIMUM                            ? MINIMUM
              : p->kind == FC_MAXIMUM || p->kind == FC_LARGEST ? MAXIMUM
                                                               : SUM;
    w->inner_lift = p->across ? lift : AS_IS;
    w->lift = p->across ? AS_IS : lift;
    w->last = p->kind == FC_AVERAGE ? DIVIDE : p->kind == FC_ROOT ? ROOT : NOTHING;
    w->neutral = p->kind == FC_MAXIMUM   ? (real)FC_LOWEST
                 : p->kind == FC_MINIMUM ? (real)FC_HIGHEST
                                         : 0;

    if (p->columns == FC_AT_ONCE)
        NAME(prepare_edges)(w, t->scratch);
    else
        NAME(set_scratch)(w, t);
}

/* Compute some planes of the task in one pass, with the join, the kind of pass and the scale that
 * are set in w. */
static void NAME(once)(struct work *w, const struct fc_pool_task *t, ptrdiff_t plane,
                       ptrdiff_t planes)
{
    const struct fc_pool *p = w->pool;
    const ptrdiff_t size = p->axis[0].input * p->axis[1].input * p->axis[2].input;
    const ptrdiff_t rows = p->axis[0].output * p->axis[1].output, columns = p->axis[2].output;
    const real *input = (const real *)t->input + (t->first_plane + plane) * size;
    real *out = (real *)t->output + ((t->first_plane + plane) * rows + t->first_row) * columns;
    w->odd = w->small = w->large = (ints){0};
    w->out_end = out + ((planes - 1) * rows + t->rows) * columns;
#if FC_REAL_BYTES >= 4
    if (p->across) {
        NAME(enter)(w, input, planes, size);
        NAME(pass)(w, w->entered, w->leaving, 1, 0, rows);
        NAME(leave)(w, out, planes, rows * columns);
        return;
    }
#endif
    if (NAME(alone)(p) && size == p->axis[2].taps && rows * columns == 1)
        NAME(pass_whole)(w, input, out, planes);
#if !FC_THIN
    else if (p->columns == FC_AT_ONCE)
        NAME(at_once)(w, input, out, planes, t->first_row, t->rows);
    else if (p->columns == FC_SHARED && w->width >= LANES)
        NAME(pass_shared)(w, input, out + w->first, planes, t->first_row, t->rows);
#endif
    else
        NAME(pass)(w, input, out + w->first, planes, t->first_row, t->rows);
}

/* Compute one task. The results of a plain pass decide whether a pass that lets every NaN win, or a
 * pass with scaled values, is needed as well. */
static void NAME(run)(const struct fc_pool *p, const struct fc_pool_task *t)
{
    const ptrdiff_t planes = p->across ? LANES : t->planes;
    struct work w;
    NAME(prepare)(&w, p, t);
    for (ptrdiff_t i = 0; i < t->planes; i += planes) {
        const ptrdiff_t count = t->planes - i < planes ? t->planes - i : planes;
        w.pass = PLAIN;
        w.scale = 1;
        NAME(once)(&w, t, i, count);
#if FC_FLOATING
        const ints small = w.small, large = w.large;
        if (w.join == MAXIMUM && NAME(any)(w.odd)) {
            w.join = CAREFUL;
            NAME(once)(&w, t, i, count);
            w.join = MAXIMUM;
        }
        if (NAME(any)(small)) {
            w.pass = SCALED_UP;
            w.scale = SCALE;
            NAME(once)(&w, t, i, count);
        }
        if (NAME(any)(large)) {
            w.pass = SCALED_DOWN;
            w.scale = 1 / SCALE;
            NAME(once)(&w, t, i, count);
        }
#endif
    }
}

static const struct fc_pooling NAME(kernels) = {
    .size = sizeof(struct fc_pooling),
    .lanes = LANES,
    .measure = NAME(measure),
    .run = NAME(run),
};

#undef SCALE
#undef ROOT_LOW
#undef ROOT_MOST
#undef FC_THIN
#undef work
#undef edge
