/* The interface of fixed. */
#ifndef FC_FIXED_INTERFACE_H
#define FC_FIXED_INTERFACE_H

#include <stddef.h>
#include <stdint.h>

#include "watch.h"

enum { FC_FIXED_TAPS = 128, FC_FIXED_POINT = 23 };

/* The orders in which SciPy adds up the taps of a kernel along one axis, see again.h. */
enum fc_fixed_order { FC_ENDS_FIRST, FC_PAIRS_EQUAL, FC_PAIRS_OPPOSITE };

/* Bits of a sum; shifts of its highest digit, and of the rest. The true sum lies at most `width`
 * below the biased one. */
struct fc_fixed_scale {
    int fraction, up, down;
    int32_t bias, width;
};

/* multiplier = 2^(16 + shift) / taps */
struct fc_fixed_divisor {
    uint16_t multiplier;
    int shift;
};

/* The weights along one axis in fixed point, see sums.h. `prepare` fills in all of it. */
struct fc_fixed_pass {
    ptrdiff_t taps, groups;
    enum fc_fixed_order order;
    int digits;             /* of a weight: 1 to 3 */
    struct fc_fixed_scale scale;
    /* Whether sums may be negative or exceed what the type holds, or are averaged: windows.h. */
    enum { FC_FITS, FC_TRUNCATES, FC_AVERAGES } truncates;
    uint32_t multiplier;    /* of averages: 2^FC_FIXED_POINT / taps */
    struct fc_fixed_divisor divisor;
    float inverse, half;
    /* Symmetric kernels of bytes, see pairs.h: sums of pairs, their differences from the centre, or
     * three taps of which all results were tried. */
    enum { FC_NOT_PAIRED, FC_PAIRS, FC_DIFFERENCES, FC_THREE } paired;
    int cuts;               /* whether a flat image of c becomes c or c - 1, by `below` */
    uint8_t below[32];      /* bit c / 16 % 8 of byte c / 128 * 16 + c % 16: c becomes c - 1 */
    int32_t flat[256];      /* what a flat image of c becomes, of 8-bit images */
    int32_t words[FC_FIXED_TAPS / 2 * 3]; /* the digits of a group of taps, lowest digit first */
    double weights[FC_FIXED_TAPS];
};

/* A filter down the columns, along the rows, or both, see room.h. */
struct fc_fixed_plan {
    struct fc_fixed_pass down, along;
    ptrdiff_t width; /* elements of a row of the image and of the output */
    ptrdiff_t height; /* rows of a plane */
    ptrdiff_t unit;  /* elements from one tap along a row to the next */
    ptrdiff_t before; /* padded columns before the image */
    const ptrdiff_t *row_line, *column_line; /* image index of each padded one, -1 for the fill */
    int32_t fill;
    ptrdiff_t pitch; /* bytes of a row of scratch */
    ptrdiff_t lines; /* rows that go through one pass before they go through the next */
};

/* One task: some output rows and columns of one plane. The caller provides the scratch: pointers
 * for the taps down, and for those along each line; aligned to 64 bytes, lines + down.taps +
 * FC_FIXED_ROWS rows. */
struct fc_fixed_task {
    const void *image;
    void *out, *scratch;
    ptrdiff_t row, rows, column, columns;
    struct fc_watch *watch;
};

enum { FC_FIXED_ROWS = 6 };

struct fc_fixed {
    size_t size;
    int slack; /* bytes that a row of scratch has beyond the values that it holds */
    int item;  /* bytes of a value in scratch */
    /* Fill in `pass`, whose taps and order are set, from the weights of a correlation.
     * Return 0 if fixed point does not hold these sums. */
    int (*prepare)(struct fc_fixed_pass *pass, const double *weights);
    /* The same for an average. */
    int (*prepare_window)(struct fc_fixed_pass *pass);
    void (*filter)(const struct fc_fixed_plan *plan, const struct fc_fixed_task *task);
};

#endif
