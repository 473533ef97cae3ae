/* The interface of separable. */
#ifndef FC_SEPARABLE_INTERFACE_H
#define FC_SEPARABLE_INTERFACE_H

#include <stddef.h>

/* out[i, x] (+)= sum_t c[t] * line[i, x + offset[t]], i < rows; offset NULL: tap t is t values on */
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
    int rows;     /* outputs of `columns` that share their rows */
    int taps_max; /* terms per sum */
    int slack;    /* values that `lines` and `split` may read past the end of a line */
    /* out[i, x] (+)= sum_u c[u] * rows[i + u][at + x], i < count <= rows; out rows `pitch` apart */
    void (*columns)(const void *const *rows, ptrdiff_t at, const void *c, ptrdiff_t taps, void *out,
                    ptrdiff_t pitch, ptrdiff_t count, ptrdiff_t length, int accumulate);
    void (*lines)(const struct fc_lines *l);
    /* out[phase * pitch + x] = line[x * stride + phase] */
    void (*split)(const void *line, ptrdiff_t length, ptrdiff_t stride, void *out, ptrdiff_t pitch);
};

#endif
