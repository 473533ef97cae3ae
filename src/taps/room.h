/* taps: filter images by a list of taps, and convert the sums to integers.
 *
 *     out[z, y, x] = convert(sum over t of w[t] * image[z + dz[t], y + dy[t], x + dx[t]])
 *
 * Rows of a strip, with the padding at both ends, are converted to the type of the sums and kept in
 * rings that stay in cache. In double, sums add their taps in the given order, and each product is
 * rounded, as in scipy.ndimage. In int16_t and int32_t, sums are taken modulo 2^16 and 2^32. In
 * float, they are only as exact as float is, or those of double where that makes a difference.
 *
 * Layout    A ring for each plane that a window reads. Padded row y is row y % ring of its ring. If
 *           the rows of a window lie far apart, each has a row of scratch of its own.
 *           With a stride s along the row, a row is stored in s phases: padded column c is element
 *           c / s of phase c % s, so that taps read neighbouring elements.
 * Loop      The loop is over the output rows of a task, from top to bottom. Before an output row is
 *           computed, the rows that its window reads and that are not in the rings are converted.
 */
#include "taps/interface.h"

#include "enter.h"
#include "leave.h"
#include "sums.h"
#include "flat.h"
#include "doubt.h"
#include "outer.h"

/* The rows of scratch of a task. */
struct NAME(rows) {
    const real **lines;    /* the rows of a window */
    ptrdiff_t *held_rows;  /* the padded row in each slot of the rings */
    real *ring, *spare;
};

/* Convert the rows that the windows of an output row read, unless they are in the rings. */
static void NAME(enter_lines)(PLAN *p, TASK *t, ptrdiff_t r, const struct NAME(rows) *rows)
{
    for (ptrdiff_t i = 0; i < p->line_count; i++) {
        const ptrdiff_t z = t->plane * p->plane_stride + p->line_planes[i];
        const ptrdiff_t y = r * p->row_stride + p->line_rows[i];
        const ptrdiff_t slot = p->ring ? p->line_rings[i] * p->ring + y % p->ring : i;
        real *to = rows->ring + slot * p->pitch;
        if (rows->held_rows[slot] != y)
            NAME(enter_row)(p, t, z, y, to, rows->spare);
        rows->held_rows[slot] = y;
        rows->lines[i] = to;
    }
}

#include "together.h"

static void NAME(filter_taps)(PLAN *p, TASK *t)
{
    const real **in = t->scratch, **lines = in + p->tap_count;
    const real **across = lines + p->line_count + p->together - 1;
    ptrdiff_t *held_rows = (ptrdiff_t *)(across + p->along_count);
    real *ring = (real *)(((uintptr_t)(held_rows + p->slots) + 63) & ~(uintptr_t)63);
    real *sums = ring + p->slots * p->pitch, *spare = sums + p->pitch;
    const struct NAME(rows) rows = {lines, held_rows, ring, spare};
#if FC_FLOATING && FC_REAL_BYTES == 8
    struct NAME(flat_sums) known;
    NAME(forget_flat)(&known);
#endif
    for (ptrdiff_t i = 0; i < p->slots; i++)
        held_rows[i] = -1;
    for (ptrdiff_t r = t->row; r < t->row + t->rows; r++) {
        if (fc_stopped(t->watch))
            return;
#if FC_FLOATING && FC_REAL_BYTES == 8
        if (t->known) {
            const real *from = t->known + r * p->out_width + t->column;
            __builtin_memcpy(sums, from, (size_t)t->columns * sizeof(real));
            if (NAME(any_in_doubt)(p, sums, t->columns)) {
                struct NAME(row) row = {in, lines, across, spare + p->pitch, spare, 0, 0, 1};
                NAME(enter_lines)(p, t, r, &rows);
                NAME(settle_row)(p, &row, &known, sums, t->columns);
            }
            NAME(leave_row)(p, t, r, sums);
            continue;
        }
#endif
#if FC_FLOATING && FC_REAL_BYTES == 8
        const int together = p->together == FC_TAPS_TOGETHER && p->stride == 1 && p->row_stride == 1;
        if (together && r + FC_TAPS_TOGETHER <= t->row + t->rows) {
            NAME(rows_together)(p, t, r, &rows, in, across, &known);
            r += FC_TAPS_TOGETHER - 1;
            continue;
        }
#endif
        NAME(enter_lines)(p, t, r, &rows);
#if FC_FLOATING && FC_REAL_BYTES == 4
        if (p->error > 0) {
            struct NAME(row) row = {in, lines, across, spare + p->pitch, spare, 0, 0, 1};
            NAME(certain_sums)(p, &row, sums, t->columns);
            NAME(leave_row)(p, t, r, sums);
            continue;
        }
#elif FC_FLOATING
        if (p->error > 0) {
            struct NAME(row) row = {in, lines, across, spare + p->pitch, spare, 0, 0, 1};
            NAME(outer_sums)(p, &row, &known, sums, t->columns);
            NAME(leave_row)(p, t, r, sums);
            continue;
        }
#endif
        for (ptrdiff_t i = 0; i < p->tap_count; i++)
            in[i] = lines[p->tap_lines[i]] + p->tap_offsets[i];
        NAME(sum_taps)(in, p->weights, p->tap_count, sums, t->columns);
        NAME(leave_row)(p, t, r, sums);
    }
}

static const struct fc_taps NAME(kernels) = {
    .size = sizeof(struct fc_taps),
    .slack = FC_TAPS_VECTORS * LANES,
    .filter = NAME(filter_taps),
};
