/* Weight transform: compute U = G g G^T in float64, and pack it in the layout that register tiles
 * read, U[frequency][strip][row of V][k in strip]. Frequencies are `plane` elements apart.
 *
 * The taps of some rows are first copied to staged[tap][row * strip + k]. From there on, everything
 * is computed in vectors.
 */
#define FC_WEIGHT_CHUNK 64

#ifndef FC_WINOGRAD_WEIGHT_H
#define FC_WINOGRAD_WEIGHT_H
typedef double fc_wide __attribute__((vector_size(FC_VECTOR_BYTES), aligned(8), may_alias));
#define FC_WIDE_LANES (FC_VECTOR_BYTES / 8)

/* Set u[i] to U_i of the taps g. For m = 1 there is a single tap. */
FC_INLINE void winograd_taps(const int m, const fc_wide *g, fc_wide *u)
{
    u[0] = g[0];
    if (m == 1)
        return;
    u[0] = g[0] / winograd_coefficient(m, -1, 0);
    u[m + 1] = g[2];
UNROLLED
    for (int i = 0; i < m / 2; i++) {
        const double p = winograd_point(m, i), square = p * p;
        double n = 0;
UNROLLED
        for (int k = m / 2 - 1; k >= 0; k--)
            n = n * square + winograd_coefficient(m, i, k);
        n *= 2 * square;
        const fc_wide even = g[0] * (1 / n) + g[2] * (square / n), odd = g[1] * (p / n);
        u[1 + 2 * i] = even + odd;
        u[2 + 2 * i] = even - odd;
    }
}
#endif

FC_INLINE void NAME(winograd_weight)(const void *weight, ptrdiff_t rows, ptrdiff_t depth,
                                     void *packed, ptrdiff_t plane, const int m, const int high)
{
    typedef real narrow __attribute__((vector_size(FC_WIDE_LANES * sizeof(real)), aligned(1),
                                       may_alias));
    enum { WIDE = FC_WIDE_LANES };
    const int taps = high == 1 ? 1 : 3, points = high == 1 ? 1 : high + 2, n = m + 2;
    double staged[9][FC_WEIGHT_CHUNK + FC_ROWS_MAX + WIDE];
    const ptrdiff_t chunk = FC_WEIGHT_CHUNK / rows;
    __builtin_memset(staged, 0, sizeof staged);
    for (ptrdiff_t first = 0; first < depth; first += chunk) {
        const ptrdiff_t some = depth - first < chunk ? depth - first : chunk;
        for (ptrdiff_t k = 0; k < rows; k++) {
            const real *from = (const real *)weight + (k * depth + first) * taps * 3;
            for (ptrdiff_t c = 0; c < some; c++)
                for (int t = 0; t < taps * 3; t++)
                    staged[t][c * rows + k] = *from++;
        }
        real *to = (real *)packed + first * rows;
        for (ptrdiff_t e = 0; e < some * rows; e += WIDE) {
            fc_wide g[3], half[FC_POINTS_MAX][3], u[FC_POINTS_MAX];
UNROLLED
            for (int j = 0; j < 3; j++) {
UNROLLED
                for (int i = 0; i < taps; i++)
                    g[i] = *(const fc_wide *)&staged[i * 3 + j][e];
                winograd_taps(high, g, u);
UNROLLED
                for (int i = 0; i < points; i++)
                    half[i][j] = u[i];
            }
            for (int i = 0; i < points; i++) {
                winograd_taps(m, half[i], u);
                for (int j = 0; j < n; j++) {
                    const narrow x = __builtin_convertvector(u[j], narrow);
                    real *at = to + (i * n + j) * plane + e;
                    __builtin_prefetch(at + 64 / sizeof(real), 1);
                    if (e + WIDE <= some * rows)
                        *(narrow *)at = x;
                    else
                        __builtin_memcpy(at, &x, (size_t)(some * rows - e) * sizeof(real));
                }
            }
        }
    }
}
