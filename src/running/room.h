/* running: the value of a given rank in windows along a line, for LANES lines at a time.
 *
 *     to[o] = the rank-th smallest of line[o], ..., line[o + count - 1]
 *
 * Neighbouring windows share most of their values. Those that all windows of a block share are
 * sorted once. A block is then halved again and again: each half shares some more values, which are
 * sorted and merged into what was sorted before. Of b windows, each has b - 1 values that are not
 * shared yet, so that only b of the shared values may still be of the wanted rank, and the others
 * are dropped. In a block of (count + 1) / 2 windows, a value thus takes about log(count)**2
 * comparisons instead of the count * log(count)**2 / 4 of a window that is sorted by itself.
 *
 * Layout    panel[i] is a vector: the values i of LANES lines. In a block that begins at output a,
 *           windows share panel[a + b - 1 ... a + count - 1]. The left half of it shares
 *           panel[a + b / 2 - 1 ... a + b - 2] besides, the right half
 *           panel[a + count ... a + count + b / 2 - 1].
 * Loop      over blocks; both halves of a block in turn, down to single windows.
 * Registers blocks of up to eight windows.
 * A. Adams, "Fast median filters using separable sorting networks", ACM Transactions on Graphics 40,
 * 2021 (sorted values that windows share); K. E. Batcher, 1968 (sort.h).
 */
#include "running/interface.h"
#include "running/sort.h"

/* Merge `half` sorted values into 2 * half sorted candidates, and keep the `half` candidates in the
 * middle, for constant `half`. */
FC_INLINE void NAME(keep_few)(const vec *candidates, const vec *more, vec *kept, const int half)
{
UNROLLED
    for (int i = 0; i < half; i++)
        kept[i] = vmax(candidates[i], more[half - 1 - i]);
    NAME(clean_few)(kept, half);
UNROLLED
    for (int i = 0; i < half; i++)
        kept[i] = vmin(kept[i], candidates[2 * half - 1 - i]);
    NAME(clean_few)(kept, half);
}

/* Compute blocks of 2, 4 and 8 windows from their candidates. `left` and `right` point at the first
 * value that the left half and the right half of the block share besides. */
FC_INLINE void NAME(of_2)(const vec *candidates, const vec *left, const vec *right, vec *to)
{
    to[0] = vmin(vmax(candidates[0], left[0]), candidates[1]);
    to[1] = vmin(vmax(candidates[0], right[0]), candidates[1]);
}

FC_INLINE void NAME(of_4)(const vec *candidates, const vec *left, const vec *right, vec *to)
{
    vec more[2] = {left[0], left[1]}, kept[2];
    NAME(sort_few)(more, 2);
    NAME(keep_few)(candidates, more, kept, 2);
    NAME(of_2)(kept, left - 1, right, to);
    more[0] = right[0], more[1] = right[1];
    NAME(sort_few)(more, 2);
    NAME(keep_few)(candidates, more, kept, 2);
    NAME(of_2)(kept, left + 1, right + 2, to + 2);
}

static void NAME(of_8)(const vec *candidates, const vec *left, const vec *right, vec *to)
{
    vec more[4], kept[4];
UNROLLED
    for (int i = 0; i < 4; i++)
        more[i] = left[i];
    NAME(sort_few)(more, 4);
    NAME(keep_few)(candidates, more, kept, 4);
    NAME(of_4)(kept, left - 2, right, to);
UNROLLED
    for (int i = 0; i < 4; i++)
        more[i] = right[i];
    NAME(sort_few)(more, 4);
    NAME(keep_few)(candidates, more, kept, 4);
    NAME(of_4)(kept, left + 2, right + 4, to + 4);
}

/* As `keep_few`, for `half` from 8 on. `more` is not sorted yet. */
static void NAME(keep)(const vec *candidates, const vec *more, vec *sorted, vec *kept,
                       ptrdiff_t half)
{
    for (ptrdiff_t i = 0; i < half; i++)
        sorted[i] = more[i];
    NAME(sort)(sorted, half);
    for (ptrdiff_t i = 0; i < half; i++)
        kept[i] = vmax(candidates[i], sorted[half - 1 - i]);
    NAME(clean)(kept, half, half);
    for (ptrdiff_t i = 0; i < half; i++)
        kept[i] = vmin(kept[i], candidates[2 * half - 1 - i]);
    NAME(clean)(kept, half, half);
}

/* Compute a block of windows from its sorted candidates. `scratch` has room for 2 * block. */
static void NAME(halve)(const vec *candidates, const vec *left, const vec *right, ptrdiff_t block,
                        vec *scratch, vec *to)
{
    const ptrdiff_t half = block / 2;
    if (block == 8) {
        NAME(of_8)(candidates, left, right, to);
        return;
    }
    vec *kept = scratch + half, *rest = kept + half;
    NAME(keep)(candidates, left, scratch, kept, half);
    NAME(halve)(kept, left - half / 2, right, half, rest, to);
    NAME(keep)(candidates, right, scratch, kept, half);
    NAME(halve)(kept, left + half / 2, right + half, half, rest, to + half);
}

static void NAME(select)(const struct fc_running_window *w, const void *from, ptrdiff_t outputs,
                         void *results, void *space, struct fc_watch *watch)
{
    const vec *panel = from;
    vec *to = results, *scratch = space;
    const ptrdiff_t block = w->block, shared = w->count - block + 1, half = block / 2;
    const ptrdiff_t whole = (shared + 7) / 8 * 8, first = w->rank - block + 1;
    vec *sorted = scratch + 2 * block + block, *candidates = scratch + 2 * block;
    const vec lowest = broadcast((real)FC_LOWEST), highest = broadcast((real)FC_HIGHEST);
    for (ptrdiff_t a = 0; a < outputs; a += block) {
        if (fc_stopped(watch))
            return;
        for (ptrdiff_t i = 0; i < shared; i++)
            sorted[i] = panel[a + block - 1 + i];
        for (ptrdiff_t i = shared; i < whole; i++)
            sorted[i] = highest;
        NAME(sort)(sorted, whole);
        for (ptrdiff_t i = 0; i < block; i++) {
            const ptrdiff_t k = first + i;
            candidates[i] = k < 0 ? lowest : k < shared ? sorted[k] : highest;
        }
        const vec *left = panel + a + half - 1, *right = panel + a + w->count;
        if (block == 4)
            NAME(of_4)(candidates, left, right, to + a);
        else if (block == 2)
            NAME(of_2)(candidates, left, right, to + a);
        else
            NAME(halve)(candidates, left, right, block, scratch, to + a);
    }
}

static void NAME(turn)(const void *const *lines, ptrdiff_t length, void *panel)
{
    vec *to = panel;
    for (ptrdiff_t i = 0; i < length; i += LANES) {
        vec x[LANES];
UNROLLED
        for (int l = 0; l < LANES; l++)
            x[l] = loadu((const real *)lines[l] + i);
        NAME(transpose)(x);
UNROLLED
        for (int l = 0; l < LANES; l++)
            to[i + l] = x[l];
    }
}

static void NAME(turn_back)(const void *panel, const ptrdiff_t *length, void *const *lines)
{
    const vec *from = panel;
    ptrdiff_t most = 0, least = length[0];
    for (int l = 0; l < LANES; l++) {
        most = length[l] > most ? length[l] : most;
        least = length[l] < least ? length[l] : least;
    }
    for (ptrdiff_t i = 0; i < most; i += LANES) {
        vec x[LANES];
UNROLLED
        for (int l = 0; l < LANES; l++)
            x[l] = from[i + l];
        NAME(transpose)(x);
        if (i + LANES <= least) {
UNROLLED
            for (int l = 0; l < LANES; l++)
                storeu((real *)lines[l] + i, x[l]);
            continue;
        }
        for (int l = 0; l < LANES; l++)
            for (ptrdiff_t k = 0; k < LANES && i + k < length[l]; k++)
                ((real *)lines[l])[i + k] = ((const real *)&x[l])[k];
    }
}

static const struct fc_running NAME(kernels) = {
    .size = sizeof(struct fc_running),
    .lanes = LANES,
    .spare = 8,
    .select = NAME(select),
    .turn = NAME(turn),
    .turn_back = NAME(turn_back),
};
