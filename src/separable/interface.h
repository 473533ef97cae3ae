/* The interface of separable. */
#ifndef FC_SEPARABLE_INTERFACE_H
#define FC_SEPARABLE_INTERFACE_H

#include <stddef.h>

/* The operands of `lines`: out[i, x] (+)= sum_t c[t] * line[i, x + offset[t]] for i < rows. If
 * offset is NULL, offset[t] counts as t. */
struct fc_lines {
    const void *line, *c;
    void *out;
    const ptrdiff_t *offset;
    ptrdiff_t taps, rows, pitch, out_pitch, length;
    int accumulate;
};

struct fc_separable {
    size_t size;
    int lanes;
    int rows;     /* the number of output rows that `columns` computes together */
    int taps_max; /* the largest number of terms of a sum in one call */
    int folded_taps;
    int slack;    /* how many values `lines` and `split` may read past the end of a line */
    /* Compute out[i, x] (+)= sum_u c[u] * rows[i + u][at + x] for i < count <= rows. The rows of
     * out are `pitch` elements apart. */
    void (*columns)(const void *const *rows, ptrdiff_t at, const void *c, ptrdiff_t taps, void *out,
                    ptrdiff_t pitch, ptrdiff_t count, ptrdiff_t length, int accumulate);
    /* Filter rows along themselves, see struct fc_lines. */
    void (*lines)(const struct fc_lines *l);
    /* Store out[phase * pitch + x] = line[x * stride + phase] for each phase < stride. */
    void (*split)(const void *line, ptrdiff_t length, ptrdiff_t stride, void *out, ptrdiff_t pitch);
    /* As `columns` and `lines`, in SciPy's order, for an odd number of at most `folded_taps` taps, of
     * which those on both sides of the middle one are the same (sign 1), or the same with the other
     * sign (-1). */
    void (*folded_columns)(const void *const *rows, ptrdiff_t at, const void *c, ptrdiff_t taps,
                           int sign, void *out, ptrdiff_t pitch, ptrdiff_t count, ptrdiff_t length);
    void (*folded_lines)(const struct fc_lines *l, int sign);
};

#endif
