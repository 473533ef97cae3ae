/* The value of a given rank among bytes at any set of offsets, by a running histogram.
 *
 * From one output of a row to the next, what a window holds changes at both ends of its runs of
 * neighbouring offsets: one value of each run enters, and one leaves. The wanted value is kept with
 * the number of values below it, and moves by a few steps (T. S. Huang, G. J. Yang and G. Y. Tang,
 * "A fast two-dimensional median filtering algorithm", IEEE Transactions on Acoustics, Speech, and
 * Signal Processing, 1979).
 *
 * Layout    what has entered and what has left is counted in two tables of 256, of which the
 *           difference is the histogram: an update then does not wait for the one before.
 * Loop      over rows, then over outputs. Each row begins with all values of a window.
 */
#if FC_REAL_BYTES == 1
FC_INLINE unsigned NAME(histogram_bin)(real value)
{
    return (unsigned)((int)value - ((real)-1 < 0 ? -128 : 0));
}

static void NAME(footprint_count)(void *to, ptrdiff_t to_pitch, const void *const *from,
                                  ptrdiff_t pitch, ptrdiff_t n, const ptrdiff_t *enters,
                                  const ptrdiff_t *leaves, ptrdiff_t runs, ptrdiff_t rank,
                                  ptrdiff_t rows, ptrdiff_t width, struct fc_watch *watch)
{
    const real *const *values = (const real *const *)from;
    for (ptrdiff_t r = 0; r < rows; r++) {
        unsigned in[256] = {0}, out[256] = {0}, at = 0;
        ptrdiff_t below = 0, place = r * pitch;
        real *row = (real *)to + r * to_pitch;
        if (fc_stopped(watch))
            return;
        for (ptrdiff_t i = 0; i < n; i++)
            in[NAME(histogram_bin)(values[i][place])]++;
        for (ptrdiff_t j = 0; j < width; j++) {
            for (ptrdiff_t i = 0; j > 0 && i < runs; i++) {
                const unsigned a = NAME(histogram_bin)(values[enters[i]][place + j]);
                const unsigned b = NAME(histogram_bin)(values[leaves[i]][place + j - 1]);
                in[a]++;
                out[b]++;
                below += (a < at) - (b < at);
            }
            while (below > rank) {
                at--;
                below -= in[at] - out[at];
            }
            while (below + (ptrdiff_t)(in[at] - out[at]) <= rank) {
                below += in[at] - out[at];
                at++;
            }
            row[j] = (real)((int)at + ((real)-1 < 0 ? -128 : 0));
        }
    }
}
#endif
