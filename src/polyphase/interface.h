/* The interface of polyphase. */
#ifndef FC_POLYPHASE_INTERFACE_H
#define FC_POLYPHASE_INTERFACE_H

#include <stddef.h>

/* Outputs of lines side by side that are computed while they stay in cache. */
#define FC_POLYPHASE_OUTPUTS 128

/* Vectors of values side by side that are computed together. */
#define FC_POLYPHASE_VECTORS 8

/* A change of the sampling rate of lines (n, inner). Output m is at position offset + m * down of the
 * signal with up - 1 zeros after each value: between value `at` and the next one, `phase` positions
 * behind the first. down = whole * up + part, offset = first_at * up + first_phase. With an offset,
 * up and down have no common divisor. */
struct fc_polyphase {
    ptrdiff_t n, inner, pitch; /* values of an output begin `pitch` behind those of the one before */
    ptrdiff_t taps, up, down, whole, part, first_at, first_phase;
    ptrdiff_t common; /* the common divisor of up and down: phases are multiples of it */
    ptrdiff_t most;   /* the largest number of taps of a phase, ceil(taps / up) */
    /* whether inner is 2, and these values and pairs of real taps are complex numbers */
    ptrdiff_t is_complex;
};

/* One line. Behind its ends there are zeros, or, where `head` and `tail` are not NULL, the values
 * that these hold for the positions -most .. most - 1 and n - most .. n + most - 1. */
struct fc_polyphase_line {
    const void *x, *head, *tail;
    void *out;
};

/* Neighbouring lines that are resampled together. Behind their ends there are zeros, or, where
 * `before` and `after` are not NULL, the values at these positions of the line, `most` on each side;
 * at -1 there is the value `fill`. */
struct fc_polyphase_lines {
    const void *x, *fill;
    const ptrdiff_t *before, *after;
    void *out;
    ptrdiff_t count, length; /* number of lines, and outputs of each */
    /* inner * count values for each of the n values of a line, 2 * most more if there is `before`,
     * and FC_POLYPHASE_OUTPUTS more for each part of the taps, real and imaginary */
    void *work;
};

struct fc_polyphase_kernels {
    size_t size;
    /* Store the taps of each phase, the last one first. Phase p begins at
     * bank[p / common * most]. */
    void (*sort)(const struct fc_polyphase *p, const void *h, void *bank);
    /* Compute the outputs first .. stop of one line; `out` is that of the first one. `bank` may be NULL; it is for inner = 1. */
    void (*resample)(const struct fc_polyphase *p, const struct fc_polyphase_line *line,
                     const void *h, const void *bank, ptrdiff_t first, ptrdiff_t stop);
    /* Copy `count` values of each of some rows, which are `apart` values apart, to rows without gaps,
     * and ask for as many that follow them. */
    void (*take)(const void *from, ptrdiff_t apart, void *to, ptrdiff_t count, ptrdiff_t rows);
    /* Compute all outputs of some lines. Without imaginary parts of the taps, `imaginary` is NULL;
     * with them, inner is 2, and values are complex numbers. */
    void (*together)(const struct fc_polyphase *p, const struct fc_polyphase_lines *lines,
                     const void *h, const void *imaginary);
};

#endif
