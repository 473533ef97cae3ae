/* The transforms of Winograd's convolution F(m, 3) along one axis: m outputs from m + 2 inputs.
 *
 *     y[j] = sum_k g[k] d[j + k] = sum_i p_i^j V_i U_i (+ V_inf U_inf for j = m - 1)
 *
 * This is the transposed Cook-Toom algorithm, which evaluates polynomials at the points p = 0,
 * +-p_1 .. +-p_h, infinity (h = m / 2) and interpolates the product. With
 * M(x) = x prod_i (x^2 - p_i^2) and N(p) = (M(x) / (x - p))(p):
 *
 *     V(p)   = coefficients of M(x) / (x - p) times d      V(inf) = coefficients of M times d
 *     U(p)   = (g0 + p g1 + p^2 g2) / N(p)                 U(inf) = g2
 *
 * M(x) / (x -+ p_i) = x (x +- p_i) Q_i(x^2) with Q_i(z) = prod_{j != i} (z - p_j^2). The rows of p
 * and -p therefore share their even and their odd half, which also halves the work for U.
 *
 * The points determine the accuracy: large points have large powers, and points close to each other
 * make 1 / N large. Measured max error / max output in float32 with 64 channels: 5e-6 for m = 4
 * with {1, 2}, 1.5e-6 for m = 4 with {3/4, 3/2}, and 8e-6 for m = 6 with {1/2, 1, 2}, the best of
 * 90 triples.
 *
 * S. Winograd, "Arithmetic Complexity of Computations", 1980; A. Lavin and S. Gray, "Fast
 * Algorithms for Convolutional Neural Networks", 2016; B. Barabasz et al., "Error Analysis and
 * Improving the Accuracy of Winograd Convolution for Deep Neural Networks", 2020.
 */
#ifndef FC_WINOGRAD_POINTS_H
#define FC_WINOGRAD_POINTS_H
#define FC_POINTS_MAX 8 /* m + 2 */

FC_INLINE double winograd_point(const int m, const int i)
{
    const double points[3][3] = {{1}, {0.75, 1.5}, {0.5, 1, 2}};
    return points[m / 2 - 1][i];
}

/* Return the coefficient of z^k in prod_{j != skip} (z - p_j^2). */
FC_INLINE double winograd_coefficient(const int m, const int skip, const int k)
{
    double c[4] = {1, 0, 0, 0};
UNROLLED
    for (int j = 0; j < m / 2; j++) {
        const double square = winograd_point(m, j) * winograd_point(m, j);
        if (j != skip) {
            c[3] = c[2] - square * c[3];
            c[2] = c[1] - square * c[2];
            c[1] = c[0] - square * c[1];
            c[0] = -square * c[0];
        }
    }
    return c[k];
}
#endif

/* Set v[i] to V_i of the values d. For m = 1 copy the single value. */
FC_INLINE void NAME(winograd_forward)(const int m, const vec *d, vec *v)
{
    const int h = m / 2;
    v[0] = d[2 * h];
    if (m == 1)
        return;
    v[m + 1] = d[2 * h + 1];
UNROLLED
    for (int k = h - 1; k >= 0; k--) {
        v[0] += (real)winograd_coefficient(m, -1, k) * d[2 * k];
        v[m + 1] += (real)winograd_coefficient(m, -1, k) * d[2 * k + 1];
    }
UNROLLED
    for (int i = 0; i < h; i++) {
        const real p = (real)winograd_point(m, i);
        vec even = d[2 * h], odd = d[2 * h - 1];
UNROLLED
        for (int k = h - 2; k >= 0; k--) {
            even += (real)winograd_coefficient(m, i, k) * d[2 * k + 2];
            odd += (real)winograd_coefficient(m, i, k) * d[2 * k + 1];
        }
        v[1 + 2 * i] = even + p * odd;
        v[2 + 2 * i] = even - p * odd;
    }
}

/* Compute y[j] from the products x[i] = V_i U_i. */
FC_INLINE void NAME(winograd_inverse)(const int m, const vec *x, vec *y)
{
    const int h = m / 2;
    real power[3] = {1, 1, 1};
    vec sum[3], difference[3];
    y[0] = x[0];
    if (m == 1)
        return;
UNROLLED
    for (int i = 0; i < h; i++) {
        sum[i] = x[1 + 2 * i] + x[2 + 2 * i];
        difference[i] = x[1 + 2 * i] - x[2 + 2 * i];
    }
UNROLLED
    for (int j = 0; j < m; j++) {
        vec total = j == 0 ? x[0] : j == m - 1 ? x[m + 1] : (vec){0};
UNROLLED
        for (int i = 0; i < h; i++) {
            const vec term = j % 2 ? difference[i] : sum[i];
            total = i == 0 && j > 0 && j < m - 1 ? power[i] * term : total + power[i] * term;
            power[i] *= (real)winograd_point(m, i);
        }
        y[j] = total;
    }
}
