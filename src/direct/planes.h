/* direct, one channel at a time: compute each plane of outputs from the planes of input that its
 * depth taps read.
 *
 *     out[n, k, z] = sum over t of  weight[k, t] * image[n, k / group_features, z s + t d]
 *
 * A unit is one plane of outputs. Units are numbered in memory order. A task consists of some
 * units, or of some rows of one unit. For each column of vectors, the planes of input are added one
 * by one.
 */
#include "direct/planes_interface.h"
#include "epilogue/interface.h"
FC_OTHER(epilogue);

#include "plane.h"
/* Plan how columns of vectors are read, and make the masks of lanes that lie inside the row. */
static void NAME(plan_planes)(const struct fc_planes_plan *p, struct fc_plane_column *column,
                              void *masks)
{
    const struct fc_axis *w = &p->geometry.axis[2];
    const ptrdiff_t s = w->stride, reach = (w->taps - 1) * w->dilation + s * LANES;
    ints *inside = masks;
    for (ptrdiff_t o = 0; o < w->feature; o += LANES, column++, inside += FC_PLANE_MASKS) {
        const ptrdiff_t whole = o + LANES <= w->feature || o == 0;
        column->here = whole ? o : w->feature - LANES;
        column->first = column->here * s - w->before;
        column->before = column->first < 0 ? -column->first : 0;
        column->behind = column->first + reach > w->image ? column->first + reach - w->image : 0;
        column->inside = inside;
        column->reach = reach;
        for (ptrdiff_t i = 0; i < w->taps; i += s) {
            for (ptrdiff_t j = 0; j < s * LANES; j++) {
                const ptrdiff_t at = column->first + i * w->dilation + j;
                const int kept = !p->zeros_beyond || (at >= 0 && at < w->image);
                inside[i + j / LANES][j % LANES] = -(real_int)kept;
            }
        }
    }
}

/* Compute rows of one column, and sum over all planes of input of the unit. */
static void NAME(sum_planes)(const struct fc_planes_plan *p, const struct fc_planes_task *t,
                             struct column *c, const struct fc_plane_column *edge,
                             const real *channel, ptrdiff_t depth)
{
    const struct fc_axis *d = &p->geometry.axis[0], *h = &p->geometry.axis[1];
    const struct fc_axis *w = &p->geometry.axis[2];
    const ptrdiff_t plane = h->image * w->image, area = h->taps * h->taps;
    const real *weight = c->weight, *begin = t->image, *end = t->image_end;
    const ptrdiff_t *slots = c->slots, even_end = h->before + h->image - h->stride + 1;
    int more = 0;
    for (ptrdiff_t tap = 0; tap < d->taps; tap++) {
        const ptrdiff_t z = fc_at(d, depth * d->stride + tap * d->dilation);
        const real *first = channel + (z < 0 ? 0 : z) * plane;
        int how = edge->before || edge->behind ? BLENDED : INSIDE;
        if (how == BLENDED && (!p->zeros_beyond || first - begin < edge->before ||
                               end - (first + plane) < edge->behind))
            how = COLLECTED;
        c->plane = first + edge->first;
        c->slots = z < 0 ? p->nothing : slots;
        c->even_end = z < 0 ? c->even : p->slots + even_end;
        NAME(plane_functions)[h->taps - 2][h->stride - 1][how](c, more);
        c->weight += area;
        c->bias = 0;
        more = 1;
    }
    c->weight = weight;
    c->slots = slots;
}

static void NAME(filter_planes)(const struct fc_planes_plan *p, const struct fc_planes_task *t)
{
    const struct fc_geometry *g = &p->geometry;
    const struct fc_axis *h = &g->axis[1];
    const ptrdiff_t depth = g->axis[0].feature, width = g->axis[2].feature;
    const ptrdiff_t area = h->feature * width, features = g->feature_channels * g->pixels;
    const ptrdiff_t first = t->row * width, count = (t->row_stop - t->row) * width;
    const real *bias = t->bias, *add = t->add;
    const ptrdiff_t block = p->rows < h->feature ? p->rows * h->stride * g->axis[2].image : 0;
    const ptrdiff_t ahead = block / p->column_count;
    struct column c = {.plan = p, .width = width, .pitch = g->axis[2].image,
                       .dilation = g->axis[2].dilation, .classes = h->dilation};
    ptrdiff_t od = t->unit % depth, channel = t->unit / depth % g->feature_channels;
    ptrdiff_t n = t->unit / depth / g->feature_channels;
    c.even = p->slots + (h->before > 0 ? h->before : 0);
    c.out_end = (real *)t->out + (t->unit_stop - 1) * area + first + count;
    for (ptrdiff_t unit = t->unit; unit < t->unit_stop; unit++) {
        const ptrdiff_t from = p->group_features == 1 ? channel : channel / p->group_features;
        const real *image = (const real *)t->image + (n * g->image_channels + from) * g->plane;
        const ptrdiff_t element = unit * area + first;
        real *out = (real *)t->out + element;
        c.weight = (const real *)t->weight + channel * g->taps;
        for (ptrdiff_t row = t->row; row < t->row_stop; row += p->rows) {
            if (fc_stopped(t->watch))
                return;
            c.rows = t->row_stop - row < p->rows ? t->row_stop - row : p->rows;
            c.slots = p->slots + row * h->stride;
            /* Prefetch the next input rows in memory order. Columns read them in another order. */
            const real *next = image + ((row + p->rows) * h->stride - h->before) * g->axis[2].image;
            for (ptrdiff_t i = 0; i < p->column_count; i++) {
                const struct fc_plane_column *edge = &p->columns[i];
                for (ptrdiff_t j = 0; j < ahead; j += 64 / (ptrdiff_t)sizeof(real))
                    __builtin_prefetch(next + j);
                next += ahead;
                c.here = edge->here;
                c.first = edge->first;
                c.inside = edge->inside;
                c.zeros = (const real *)p->zeros + c.first;
                c.begin = p->zeros_beyond ? t->image : t->image_end;
                c.end = (const real *)t->image_end - edge->reach + 1;
                c.out = out + (row - t->row) * width + c.here;
                c.bias = bias && !p->bias_position ? bias[channel] : 0;
                NAME(sum_planes)(p, t, &c, edge, image, od);
            }
        }
        if (p->has_epilogue)
            FC_OF(epilogue)->finish(out, 1, count, 0, 0,
                         bias && p->bias_position ? bias + element % features : 0,
                         add ? add + element : 0, p->activation);
        if (++od < depth)
            continue;
        od = 0;
        if (++channel == g->feature_channels)
            channel = 0, n++;
    }
}

static const struct fc_planes NAME(kernels) = {
    .size = sizeof(struct fc_planes),
    .lanes = LANES,
    .plan = NAME(plan_planes),
    .filter = NAME(filter_planes),
};

#undef column
