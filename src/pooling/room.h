/* pooling: windows of one plane after another, joined down the columns and then along the row. */
#if FC_REAL_BYTES == 4
#define SCALE 0x1p100f
#define ROOT_LOW 0x1p-50f
#define ROOT_MOST 3.402823466e38f
#else
#define SCALE 0x1p600
#define ROOT_LOW 0x1p-450
#define ROOT_MOST 1.7976931348623157e308
#endif

#define BATCH_BYTES 8192

#include "combine.h"
#include "gather.h"
#include "result.h"
#if FC_REAL_BYTES >= 4
#include "transpose.h"
#include "across.h"
#endif
#include "row.h"
#include "reduce.h"
#include "column.h"

/* Columns that outputs first..first+count read: of the bordered row, or of the input itself. */
static ptrdiff_t NAME(pool_columns)(const struct fc_pool *p, ptrdiff_t first, ptrdiff_t count)
{
    const struct fc_pool_axis *a = &p->axis[2];
    const ptrdiff_t last = first + count - 1;
    if (p->along == FC_SEPARATE)
        return a->first[last] + a->count[last] - a->first[first];
    return (count - 1) * a->stride + (a->taps - 1) * a->dilation + 1;
}

/* Whether windows are reduced in the input itself. */
FC_INLINE int NAME(alone)(const struct fc_pool *p)
{
    return p->along == FC_SEPARATE && !p->across && p->axis[0].taps == 1 && p->axis[1].taps == 1;
}

/* Vectors of a plane of `size`, at least as many as a block has. */
FC_INLINE ptrdiff_t NAME(block_rows)(ptrdiff_t size)
{
    return size < LANES ? LANES : size;
}

static void NAME(measure_ladder)(struct fc_ladder *ladder, ptrdiff_t dilation)
{
    ptrdiff_t shift = dilation;
    for (ptrdiff_t l = 0; l <= ladder->levels; l++)
        ladder->reach[l] = 0;
    for (ptrdiff_t i = 0; i < ladder->taps; i++) {
        ptrdiff_t *reach = &ladder->reach[ladder->tap[i][0]];
        *reach = ladder->tap[i][1] > *reach ? ladder->tap[i][1] : *reach;
    }
    for (ptrdiff_t l = 1; l < ladder->levels; l++)
        shift *= ladder->radix;
    for (ptrdiff_t l = ladder->levels; l > 0; l--) {
        const ptrdiff_t below = ladder->reach[l] + (ladder->radix - 1) * shift;
        ladder->reach[l - 1] = below > ladder->reach[l - 1] ? below : ladder->reach[l - 1];
        shift /= ladder->radix;
    }
}

static size_t NAME(measure)(struct fc_pool *p)
{
    const struct fc_pool_axis *d = &p->axis[0], *h = &p->axis[1], *c = &p->axis[2];
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(real), unit = p->across ? LANES : 1;
    ptrdiff_t span = 0, rows = 0, most = h->taps, planes = 0;
    for (ptrdiff_t o = 0; !NAME(alone)(p) && o < c->output; o += p->strip) {
        const ptrdiff_t rest = c->output - o;
        const ptrdiff_t columns = NAME(pool_columns)(p, o, rest < p->strip ? rest : p->strip);
        span = columns > span ? columns : span;
    }
    /* a vector in front for alignment, three behind that loads of stride 2 reach */
    p->pitch = (span * unit + 4 * LANES + line - 1) / line * line;
    if (p->pitch % (4096 / (ptrdiff_t)sizeof(real)) == 0)
        p->pitch += line;
    NAME(measure_ladder)(&p->row_ladder, c->dilation);
    NAME(measure_ladder)(&p->ladder, h->dilation);
    if (p->columns == FC_VAN_HERK) {
        rows += h->taps + 1;
    } else if (p->columns == FC_LADDER) {
        const int lifted = p->kind != FC_MAXIMUM && p->kind != FC_AVERAGE && !p->across;
        for (ptrdiff_t l = 0; l <= p->ladder.levels; l++) {
            p->ring[l] = l > 0 || lifted || d->taps > 1;
            while (p->ring[l] && p->ring[l] <= p->ladder.reach[l])
                p->ring[l] *= 2;
            rows += p->ring[l];
        }
        most = p->ladder.radix > p->ladder.taps ? p->ladder.radix : p->ladder.taps;
    }
    /* batches of joined rows, picked ones, and each level */
    const ptrdiff_t kinds = 2 + p->row_ladder.levels;
    p->batch = BATCH_BYTES / (kinds * p->pitch * (ptrdiff_t)sizeof(real));
    p->batch = p->batch < 1 ? 1 : p->batch > BATCH_ROWS ? BATCH_ROWS : p->batch;
    rows += kinds * p->batch;
    most = d->taps * most + 1;
    p->list = (c->taps > most ? c->taps : most) + p->row_ladder.radix;
    if (p->across)
        planes = NAME(block_rows)(d->input * h->input * c->input) +
                 NAME(block_rows)(d->output * h->output * c->output);
    return (size_t)(rows * p->pitch + planes * LANES) * sizeof(real) +
           (size_t)(2 * p->list + h->taps) * sizeof(real *) + 64;
}

/* `count` rows of the batch, of n input rows each where those are evenly spaced, to the output. */
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

/* Rows first..first+rows of each of some planes, to `out`. Those of equally many input rows are
 * joined in batches, of several planes if need be. */
static void NAME(pass)(struct work *w, const real *input, real *out, ptrdiff_t planes,
                       ptrdiff_t first, ptrdiff_t rows)
{
    const struct fc_pool *p = w->pool;
    const struct fc_pool_axis *d = &p->axis[0], *h = &p->axis[1];
    const ptrdiff_t row = p->axis[2].input * w->unit, plane = h->input * row;
    const int even = p->columns == FC_ALL_ROWS && d->taps == 1;
    ptrdiff_t count = 0, n = -1;
    for (ptrdiff_t i = 0; i < planes; i++, input += d->input * plane) {
        ptrdiff_t od = first / h->output, oh = first % h->output;
        w->plane = input;
        for (ptrdiff_t k = 0; k < rows; k++, oh++) {
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

FC_INLINE int NAME(any)(ints mask)
{
    real_int all = 0;
    for (int i = 0; i < LANES; i++)
        all |= mask[i];
    return all != 0;
}

/* Where the strip's columns and the scratch lie. */
static void NAME(prepare)(struct work *w, const struct fc_pool *p, const struct fc_pool_task *t)
{
    const struct fc_pool_axis *a = &p->axis[2];
    const ptrdiff_t size = p->axis[0].input * p->axis[1].input * a->input;
    w->pool = p;
    w->input_end = t->input_end;
    w->unit = p->across ? LANES : 1;
    w->pitch = p->pitch;
    w->batch = p->batch;
    w->first = t->strip * p->strip;
    w->outputs = a->output - w->first < p->strip ? a->output - w->first : p->strip;

    const ptrdiff_t start =
        p->along == FC_SEPARATE ? a->first[w->first] : w->first * a->stride - a->before;
    const ptrdiff_t stop = start + NAME(pool_columns)(p, w->first, w->outputs);
    const ptrdiff_t from = start > 0 ? start : 0, last = stop < a->input ? stop : a->input;
    const ptrdiff_t lead = last > from ? (from - start) * w->unit : 0;
    w->from = from * w->unit;
    w->width = last > from ? (last - from) * w->unit : 0;

    w->rows = t->scratch;
    w->shifted = w->rows + p->list;
    w->suffix = w->shifted + p->list;
    real *rows = (real *)(((uintptr_t)(w->suffix + p->axis[1].taps) + 63) & ~(uintptr_t)63);
    w->line = rows + (lead + LANES - 1) / LANES * LANES;
    w->bordered = w->line - lead;
    w->scratch = rows + p->batch * p->pitch;
    w->entered = w->scratch + (p->row_ladder.levels + 1) * p->batch * p->pitch;
    w->leaving = w->entered + (p->across ? NAME(block_rows)(size) * LANES : 0);
    w->rings = w->leaving;
    if (p->across)
        w->rings += NAME(block_rows)(p->axis[0].output * p->axis[1].output * a->output) * LANES;

    const int lift = p->kind == FC_MAXIMUM || p->kind == FC_AVERAGE ? AS_IS
                     : p->kind == FC_ROOT                           ? SQUARE
                                                                    : ABSOLUTE;
    w->join = p->kind == FC_MAXIMUM || p->kind == FC_LARGEST ? MAXIMUM : SUM;
    w->inner_lift = p->across ? lift : AS_IS;
    w->lift = p->across ? AS_IS : lift;
    w->last = p->kind == FC_AVERAGE ? DIVIDE : p->kind == FC_ROOT ? ROOT : NOTHING;
    w->neutral = p->kind == FC_MAXIMUM ? (real)FC_LOWEST : 0;
}

/* One pass over some planes of the task, in the way and at the scale that w says. */
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
    NAME(pass)(w, input, out + w->first, planes, t->first_row, t->rows);
}

static void NAME(run)(const struct fc_pool *p, const struct fc_pool_task *t)
{
    const ptrdiff_t planes = p->across ? LANES : t->planes;
    struct work w;
    NAME(prepare)(&w, p, t);
    for (ptrdiff_t r = 0; r < w.batch && r < t->planes * t->rows; r++)
        NAME(clear)(&w, w.bordered + r * w.pitch, w.pitch - LANES);
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

static const struct fc_pooling NAME(pooling) = {
    .size = sizeof(struct fc_pooling),
    .lanes = LANES,
    .measure = NAME(measure),
    .run = NAME(run),
};

#undef BATCH_BYTES
#undef SCALE
#undef ROOT_LOW
#undef ROOT_MOST
#undef work
