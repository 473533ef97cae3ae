/* separable: apply a filter that is an outer product axis by axis, while rows are in cache.
 *
 * The caller filters columns of the image into a few rows of scratch (columns.h), fills in the
 * values past the edges, and filters those rows along themselves into the output (row.h). So every
 * input value is read from memory once and every output value is written once. Longer sums are
 * computed in blocks, which `accumulate` adds up.
 */
#include "separable/interface.h"

#include "columns.h"
#include "row.h"
#include "folded.h"

static void NAME(columns)(const void *const *rows, ptrdiff_t at, const void *c, ptrdiff_t taps,
                          void *out, ptrdiff_t pitch, ptrdiff_t count, ptrdiff_t length,
                          int accumulate)
{
    if (count == 4 && taps == 3)
        NAME(columns_4_3)(rows, at, c, taps, out, pitch, length, accumulate);
    else if (count == 4 && taps == 5)
        NAME(columns_4_5)(rows, at, c, taps, out, pitch, length, accumulate);
    else if (count == 4 && taps > 3)
        NAME(columns_4)(rows, at, c, taps, out, pitch, length, accumulate);
    else
        for (ptrdiff_t i = 0; i < count; i++)
            NAME(columns_1)(rows + i, at, c, taps, (real *)out + i * pitch, 0, length, accumulate);
}

static const struct fc_separable NAME(kernels) = {
    .size = sizeof(struct fc_separable),
    .lanes = LANES,
    .rows = 4,
    .taps_max = FC_COLUMN_ROWS,
    .folded_taps = FOLDED_TAPS,
    .slack = (FC_ROW_VECTORS + 1) * LANES,
    .columns = NAME(columns),
    .lines = NAME(lines),
    .split = NAME(split),
    .folded_columns = NAME(folded_columns),
    .folded_lines = NAME(folded_lines),
};
