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

#include "combine.h"
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
    return p->along == FC_SEPARATE && p->axis[0].taps == 1 && p->axis[1].taps == 1;
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
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(real);
    ptrdiff_t span = 0, rows = 2, most;
    for (ptrdiff_t o = 0; !NAME(alone)(p) && o < p->axis[2].output; o += p->strip) {
        const ptrdiff_t rest = p->axis[2].output - o;
        const ptrdiff_t columns = NAME(pool_columns)(p, o, rest < p->strip ? rest : p->strip);
        span = columns > span ? columns : span;
    }
    /* a vector in front for alignment, three behind that loads of stride 2 reach */
    p->pitch = (span + 4 * LANES + line - 1) / line * line;
    if (p->pitch % (4096 / (ptrdiff_t)sizeof(real)) == 0)
        p->pitch += line;
    NAME(measure_ladder)(&p->row_ladder, p->axis[2].dilation);
    NAME(measure_ladder)(&p->ladder, p->axis[1].dilation);
    rows += p->row_ladder.levels;
    most = p->axis[1].taps;
    if (p->columns == FC_VAN_HERK) {
        rows += p->axis[1].taps + 1;
    } else if (p->columns == FC_LADDER) {
        for (ptrdiff_t l = 0; l <= p->ladder.levels; l++) {
            const int input = p->axis[0].taps == 1 &&
                              (p->kind == FC_MAXIMUM || p->kind == FC_AVERAGE);
            p->ring[l] = l > 0 || !input;
            while (p->ring[l] && p->ring[l] <= p->ladder.reach[l])
                p->ring[l] *= 2;
            rows += p->ring[l];
        }
        most = p->ladder.radix > p->ladder.taps ? p->ladder.radix : p->ladder.taps;
    }
    p->list = p->axis[0].taps * most + 1 + p->row_ladder.radix + p->row_ladder.taps;
    return (size_t)(rows * p->pitch) * sizeof(real) +
           (size_t)(p->list + p->axis[1].taps) * sizeof(real *) + 64;
}

/* The rows of one task in one plane. */
static void NAME(pass)(struct work *w, const struct fc_pool_task *t, real *out, const real *out_end)
{
    const struct fc_pool *p = w->pool;
    const struct fc_pool_axis *d = &p->axis[0], *h = &p->axis[1];
    const ptrdiff_t stop = t->first_row + t->rows;
    const int alone = NAME(alone)(p);
    const int bordered = p->along == FC_SLIDE;
    w->odd = w->small = w->large = (ints){0};
    NAME(clear)(w, w->bordered, w->pitch - LANES);
    for (ptrdiff_t row = t->first_row; row < stop; row++) {
        const ptrdiff_t od = row / h->output, oh = row % h->output;
        const int whole = w->outputs == p->axis[2].output;
        if (row == t->first_row || oh == 0) {
            const ptrdiff_t y = oh * h->stride - h->before;
            for (ptrdiff_t l = 0; l <= p->ladder.levels; l++)
                w->next[l] = y;
            w->block = y - h->taps;
        }
        real divisor = 1;
        if (w->last == DIVIDE)
            divisor = (real)(p->row_divisor[0][od] * p->row_divisor[1][oh]);
        if (alone && d->count[od] && h->count[oh]) {
            const ptrdiff_t y = d->first[od] * h->input + h->first[oh];
            NAME(separate)(w, out, w->plane + y * p->axis[2].input + w->from, 1, divisor);
        } else {
            if (w->width == 0 || d->count[od] == 0)
                NAME(clear)(w, w->line, w->width);
            else if (p->columns == FC_LADDER)
                NAME(climbed_rows)(w, od, oh);
            else if (p->columns == FC_VAN_HERK)
                NAME(blocked_rows)(w, od, oh);
            else
                NAME(joined_rows)(w, od, oh);
            if (bordered) {
                storeu(w->line + w->width, broadcast(NAME(neutral)(w)));
                NAME(slide)(w, out, whole && w->pass == PLAIN ? out_end : out + w->outputs,
                            divisor);
            } else {
                NAME(separate)(w, out, w->line, 0, divisor);
            }
        }
        out += p->axis[2].output;
    }
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
    ptrdiff_t start, stop;
    w->pool = p;
    w->input_end = t->input_end;
    w->pitch = p->pitch;
    w->first = t->strip * p->strip;
    w->outputs = a->output - w->first < p->strip ? a->output - w->first : p->strip;
    start = p->along == FC_SEPARATE ? a->first[w->first] : w->first * a->stride - a->before;
    stop = start + NAME(pool_columns)(p, w->first, w->outputs);
    w->from = start > 0 ? start : 0;
    w->width = (stop < a->input ? stop : a->input) - w->from;
    if (w->width < 0)
        w->width = 0;

    w->rows = t->scratch;
    w->suffix = w->rows + p->list;
    real *rows = (real *)(((uintptr_t)(w->suffix + p->axis[1].taps) + 63) & ~(uintptr_t)63);
    const ptrdiff_t lead = w->width ? w->from - start : 0;
    w->line = rows + (lead + LANES - 1) / LANES * LANES;
    w->bordered = w->line - lead;
    w->scratch = rows + p->pitch;
    w->rings = w->scratch + (p->row_ladder.levels + 1) * p->pitch;

    w->join = p->kind == FC_MAXIMUM || p->kind == FC_LARGEST ? MAXIMUM : SUM;
    w->lift = p->kind == FC_MAXIMUM || p->kind == FC_AVERAGE ? AS_IS
              : p->kind == FC_ROOT                           ? SQUARE
                                                             : ABSOLUTE;
    w->last = p->kind == FC_AVERAGE ? DIVIDE : p->kind == FC_ROOT ? ROOT : NOTHING;
    w->scale = 1;
}

static void NAME(run)(const struct fc_pool *p, const struct fc_pool_task *t)
{
    const ptrdiff_t plane = p->axis[0].input * p->axis[1].input * p->axis[2].input;
    const ptrdiff_t rows = p->axis[0].output * p->axis[1].output, columns = p->axis[2].output;
    const ptrdiff_t last = t->first_plane + t->planes - 1;
    const real *out_end =
        (const real *)t->output + (last * rows + t->first_row + t->rows) * columns;
    struct work w;
    NAME(prepare)(&w, p, t);
    for (ptrdiff_t i = t->first_plane; i <= last; i++) {
        real *out = (real *)t->output + (i * rows + t->first_row) * columns + w.first;
        w.plane = (const real *)t->input + i * plane;
        w.pass = PLAIN;
        NAME(pass)(&w, t, out, out_end);
#if FC_FLOATING
        const ints small = w.small, large = w.large;
        if (NAME(any)(w.odd)) {
            w.join = CAREFUL;
            NAME(pass)(&w, t, out, out_end);
            w.join = MAXIMUM;
        }
        if (NAME(any)(small)) {
            w.pass = SCALED_UP;
            w.scale = SCALE;
            NAME(pass)(&w, t, out, out_end);
        }
        if (NAME(any)(large)) {
            w.pass = SCALED_DOWN;
            w.scale = 1 / SCALE;
            NAME(pass)(&w, t, out, out_end);
        }
        w.scale = 1;
#endif
    }
}

static const struct fc_pooling NAME(pooling) = {
    .size = sizeof(struct fc_pooling),
    .lanes = LANES,
    .measure = NAME(measure),
    .run = NAME(run),
};

#undef SCALE
#undef ROOT_LOW
#undef ROOT_MOST
#undef work
