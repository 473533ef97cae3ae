/* probe: measure the peak rates of this core, for multiply-adds in registers and for reads from
 * memory. */
#include "probe/interface.h"

/* The number of independent sums. They hide the latency of a multiply-add, and fit 16 registers
 * together with the two operands. */
#define CHAINS 10

static double NAME(multiply_add)(ptrdiff_t iterations, void *result)
{
    const real *seed = result;
    const vec x = broadcast(seed[0]), y = broadcast(seed[1]);
    vec sum[CHAINS];
UNROLLED
    for (int i = 0; i < CHAINS; i++)
        sum[i] = y * (real)i;
    for (ptrdiff_t n = 0; n < iterations; n++) {
UNROLLED
        for (int i = 0; i < CHAINS; i++)
            sum[i] = sum[i] * x + y;
    }
    vec all = sum[0];
UNROLLED
    for (int i = 1; i < CHAINS; i++)
        all += sum[i];
    *(real *)result = all[0];
    return (double)iterations * CHAINS * LANES;
}

static void NAME(read)(const void *values, ptrdiff_t count, void *result)
{
    const real *x = values;
    vec sum[4] = {{0}, {0}, {0}, {0}};
    for (ptrdiff_t i = 0; i + 4 * LANES <= count; i += 4 * LANES)
        for (int j = 0; j < 4; j++)
            sum[j] += loadu(x + i + j * LANES);
    *(real *)result = (sum[0] + sum[1] + (sum[2] + sum[3]))[0];
}

static const struct fc_probe NAME(kernels) = {
    .size = sizeof(struct fc_probe),
    .multiply_add = NAME(multiply_add),
    .read = NAME(read),
};
#undef CHAINS
