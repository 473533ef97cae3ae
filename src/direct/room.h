/* direct: compute a convolution as stencils over rows, for one channel or a few.
 *
 *     feature[k, o] = sum over (c, t) of weight[k, c, t] * image[c, o * stride + t * dilation]
 *
 * One call computes some units (image, group, output depth) x a block of output rows x some spans
 * of columns. For each unit and span, input rows are found once and serve all output channels of
 * the group. The epilogue is applied while the block is in cache.
 */
#include "direct/interface.h"
#include "epilogue/interface.h"
FC_OTHER(epilogue);

#include "implicit_gemm/fill.h"
#include "line.h"
#include "stencil.h"
#include "roll.h"
#include "rows.h"
/* Compute the output rows of one tile on one span. The span is cut into panels whose numbers of
 * vectors differ by at most one. */
FC_INLINE void NAME(tile_rows)(const struct fc_direct_plan *p, const struct fc_span *span,
                               struct fc_stencil *o, ptrdiff_t rows, real *out, real *tile)
{
    const ptrdiff_t columns = span->stop - span->start, total = (columns + LANES - 1) / LANES;
    const ptrdiff_t most = rows == 1 ? FC_LINE_VECTORS : FC_STENCIL_VECTORS;
    const ptrdiff_t panels = (total + most - 1) / most, vectors = (total + panels - 1) / panels;
    const ptrdiff_t narrower = panels * vectors - total;
    NAME(stencil_function) *const *functions =
        NAME(stencils)[p->constant < 4 && (rows == 1 || span->line_count > 1) ? 0 : p->constant]
                      [rows - 1];
    const ptrdiff_t out_row = o->out_row;
    if (columns < LANES) {
        o->out = tile - span->start;
        o->out_row = LANES;
        o->column = o->last = span->start;
        o->panels = 1;
        functions[0](o);
        o->out_row = out_row;
        for (ptrdiff_t r = 0; r < rows; r++)
            for (ptrdiff_t i = 0; i < columns; i++)
                out[r * out_row + span->start + i] = tile[r * LANES + i];
        return;
    }
    o->out = out;
    o->last = span->stop - LANES;
    o->column = span->start;
    if (narrower) {
        o->panels = narrower;
        functions[vectors - 2](o);
        o->column += narrower * (vectors - 1) * LANES;
    }
    o->panels = panels - narrower;
    functions[vectors - 1](o);
}

/* Compute output rows of one span by a rolling stencil. The panels are as those of tile_rows().
 * `before` columns to the left of the span are computed already, and may be computed once more, so
 * that vectors of outputs start at cache lines. */
FC_INLINE void NAME(roll_rows)(const struct fc_direct_plan *p, const struct fc_span *span,
                               struct fc_roll *o, ptrdiff_t before)
{
    NAME(roll_function) *const *functions = NAME(rolls)[p->rolls - 2];
    o->column = span->start;
    o->step = o->columns > 1 ? span->offsets[1] : 0;
    o->ahead = o->apart = 0;
    if (span->far) {
        o->last = span->lines[1].position;
        o->apart = span->far - o->last;
        o->panels = 1;
        functions[1](o);
        return;
    }
    if (o->out_row % LANES == 0) {
        const ptrdiff_t past = (ptrdiff_t)((uintptr_t)((real *)o->out + o->column) / sizeof(real)
                                           % LANES);
        o->column -= past <= before ? past : 0;
    }
    const ptrdiff_t total = (span->stop - o->column + LANES - 1) / LANES;
    ptrdiff_t most = FC_ROLL_VECTORS;
    while (!functions[most - 1])
        most--;
    const ptrdiff_t panels = (total + most - 1) / most, vectors = (total + panels - 1) / panels;
    const ptrdiff_t narrower = panels * vectors - total;
    o->last = span->stop - LANES;
    o->ahead = (FC_ROLL_AHEAD + vectors - 1) / vectors * vectors * LANES;
    /* No panel asks for what the first ones read. */
    for (ptrdiff_t i = 0; i < o->rows + p->rolls - 1; i++)
        for (ptrdiff_t x = 0; x < o->ahead; x += LANES)
            __builtin_prefetch((const real *)o->inputs[i] + o->column + x);
    if (narrower) {
        o->panels = narrower;
        functions[vectors - 2](o);
        o->column += narrower * (vectors - 1) * LANES;
    }
    o->panels = panels - narrower;
    functions[vectors - 1](o);
}

static void NAME(filter)(const struct fc_direct_plan *p, const struct fc_direct_task *task)
{
    const struct fc_geometry *g = &p->geometry;
    const ptrdiff_t depth = g->axis[0].feature, width = g->axis[2].feature;
    const ptrdiff_t class_inputs = p->group_channels * g->axis[0].taps * p->entries;
    real *const fill = task->fill_row, *const patch = task->patch;
    ptrdiff_t planned = -1;
    struct fc_stencil o = {.runs = p->runs, .run_count = p->run_count};
    real packed[FC_CHAIN_MAX];
    struct fc_roll roll = {.packed = packed, .columns = p->runs->columns};

    for (ptrdiff_t i = 0; i < p->fill_count; i++)
        fill[i] = (real)task->fill;
    /* Lanes behind the end of a short row read what lies behind it in the patch. Their results are
     * left out, but operations on denormal numbers, as which small integers appear, are slow. */
    for (ptrdiff_t s = task->span; s < task->span_stop; s++)
        if (p->spans[s].pitch && p->spans[s].stop - p->spans[s].start < LANES)
            __builtin_memset(patch, 0, (size_t)(p->classes * class_inputs * p->spans[s].pitch + LANES)
                                       * sizeof(real));
    for (ptrdiff_t unit = task->unit; unit < task->unit_stop; unit++) {
        const ptrdiff_t od = unit % depth, group = unit / depth % p->groups;
        const ptrdiff_t n = unit / depth / p->groups, channel = group * p->group_features;
        const real *image = (const real *)task->image +
                            (n * p->groups + group) * p->group_channels * g->plane;
        const real *weight = (const real *)task->weight + channel * p->kernel;
        const ptrdiff_t element = (n * g->feature_channels + channel) * g->pixels +
                                (od * g->axis[1].feature + task->row) * width;
        real *out = (real *)task->out + element;
        if (od != planned)
            NAME(plan_slots)(p, od, task->row, task->slots);
        planned = od;
        for (ptrdiff_t s = task->span; s < task->span_stop; s++) {
            const struct fc_span *span = &p->spans[s];
            /* Windows from column `before` on lie inside the rows. */
            const ptrdiff_t before = g->axis[2].before > 0 ? g->axis[2].before : 0;
            const ptrdiff_t again = span->pitch || s == task->span ? 0 : span->start - before;
            NAME(find_rows)(p, span, task->slots, image, fill, patch, task->inputs);
            o.offsets = span->offsets;
            o.out_row = p->classes * width;
            for (ptrdiff_t b = 0; b < p->classes; b++) {
                const ptrdiff_t rows = (task->row_stop - task->row - b + p->classes - 1) / p->classes;
                if (p->rolls) {
                    roll.inputs = task->inputs + b * class_inputs;
                    roll.out_row = o.out_row;
                    roll.rows = rows;
                    for (ptrdiff_t k = 0; k < p->group_features; k++) {
                        if (fc_stopped(task->watch))
                            return;
                        NAME(pack_taps)(weight + k * p->kernel, p->rolls, roll.columns, packed);
                        roll.out = out + k * g->pixels + b * width;
                        NAME(roll_rows)(p, span, &roll, again);
                    }
                    continue;
                }
                const ptrdiff_t tiles = (rows + p->tile_rows - 1) / p->tile_rows;
                for (ptrdiff_t i = 0; i < tiles; i++) {
                    const ptrdiff_t first = i * rows / tiles, stop = (i + 1) * rows / tiles;
                    o.inputs = task->inputs + b * class_inputs + first;
                    for (ptrdiff_t k = 0; k < p->group_features; k++) {
                        if (fc_stopped(task->watch))
                            return;
                        o.weight = weight + k * p->kernel;
                        NAME(tile_rows)(p, span, &o, stop - first,
                                        out + k * g->pixels + (b + first * p->classes) * width,
                                        task->tile);
                    }
                }
            }
        }
        if (!p->has_epilogue)
            continue;
        /* Whole rows are contiguous in memory, so they are one line. */
        const ptrdiff_t start = p->spans[task->span].start;
        const ptrdiff_t far = p->spans[task->span].far;
        const ptrdiff_t columns = (far ? far + LANES : p->spans[task->span_stop - 1].stop) - start;
        const ptrdiff_t lines = columns == width ? 1 : task->row_stop - task->row;
        const ptrdiff_t count = columns == width ? (task->row_stop - task->row) * width : columns;
        for (ptrdiff_t k = 0; k < p->group_features; k++) {
            for (ptrdiff_t r = 0; r < lines; r++) {
                const ptrdiff_t at = k * g->pixels + r * width + start;
                const ptrdiff_t position = element + at - n * g->feature_channels * g->pixels;
                const real *bias = task->bias, *add = task->add;
                FC_OF(epilogue)->finish(out + at, 1, count, 0,
                             bias && !p->bias_position ? bias + channel + k : 0,
                             bias && p->bias_position ? bias + position : 0,
                             add ? add + element + at : 0, p->activation);
            }
        }
    }
}

static const struct fc_direct NAME(kernels) = {
    .size = sizeof(struct fc_direct),
    .lanes = LANES,
    .tile_rows = FC_STENCIL_ROWS,
    .constant_rows = FC_CONSTANT_ROWS,
    .roll_taps = FC_ROLL_TAPS,
    .depth_max = FC_CHAIN_MAX,
    .patch_bytes = FC_ROWS_BYTES,
    .filter = NAME(filter),
};
