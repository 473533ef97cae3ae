/* ordinal: the value of a given rank in a window, among values that were sorted beforehand.
 *
 *     to[i] = sorted[m],   m = the rank-th smallest of numbers[i * step + all[0]], ...
 *
 * The values of a tile are numbered in ascending order (sort.h). A window then is a set of numbers,
 * one bit each, and a step to the next output takes some numbers out and puts others in. The wanted
 * number lies in the word `at` of the set; `below` counts the numbers in the words before it. From
 * output to output it moves by a few words, each of which is counted by one instruction.
 *
 * Layout    words of 64 bits, number n is bit n % 64 of word n / 64.
 * Loop      over the outputs of a line, then over the numbers that enter and leave.
 * J. Suomela, "Median filtering is equivalent to sorting", arXiv:1406.1717, 2014 (sorting blocks
 * before filtering them, for one axis); T. S. Huang, G. J. Yang and G. Y. Tang, "A fast
 * two-dimensional median filtering algorithm", IEEE Transactions on Acoustics, Speech, and Signal
 * Processing, 1979 (the value that moves from output to output).
 */
#include "ordinal/interface.h"
#include "ordinal/sort.h"

#ifndef FC_ORDINAL_H
#define FC_ORDINAL_H
/* Outputs between two questions for signals. */
enum { ORDINAL_ASKS = 256 };

/* Return the position of the bit of a word before which there are `before` ones. */
static inline int fc_bit_of(uint64_t word, ptrdiff_t before)
{
    for (; before > 0; before--)
        word &= word - 1;
    return __builtin_ctzll(word);
}
#endif

static void NAME(walk)(const struct fc_ordinal_window *w, const uint32_t *numbers, ptrdiff_t outputs,
                       const void *sorted, uint64_t *bits, ptrdiff_t words, void *to,
                       ptrdiff_t to_step, struct fc_watch *watch)
{
    const ptrdiff_t rank = w->rank, ends = w->ends, step = w->step;
    const ptrdiff_t *enters = w->enters, *leaves = w->leaves;
    uint32_t at = (uint32_t)(words * rank / w->count);
    ptrdiff_t below = 0;
    __builtin_memset(bits, 0, (size_t)words * sizeof *bits);
    for (ptrdiff_t i = 0; i < w->count; i++) {
        const uint32_t in = numbers[w->all[i]];
        bits[in >> 6] |= (uint64_t)1 << (in & 63);
        below += in >> 6 < at;
    }
    for (ptrdiff_t j = 0; j < outputs; j++, numbers += step) {
        if (j % ORDINAL_ASKS == 0 && fc_stopped(watch))
            return;
        for (ptrdiff_t i = 0; j && i < ends; i++) {
            const uint32_t in = numbers[enters[i]], out = numbers[leaves[i] - step];
            bits[in >> 6] ^= (uint64_t)1 << (in & 63);
            bits[out >> 6] ^= (uint64_t)1 << (out & 63);
            below += (in >> 6 < at) - (out >> 6 < at);
        }
        while (below > rank)
            below -= __builtin_popcountll(bits[--at]);
        for (ptrdiff_t here; below + (here = __builtin_popcountll(bits[at])) <= rank; at++)
            below += here;
        const ptrdiff_t number = (ptrdiff_t)at * 64 + fc_bit_of(bits[at], rank - below);
        ((real *)to)[j * to_step] = ((const real *)sorted)[number];
    }
}

static const struct fc_ordinal NAME(kernels) = {
    .size = sizeof(struct fc_ordinal),
    .number = NAME(number),
    .walk = NAME(walk),
};
