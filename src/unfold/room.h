/* unfold: an image as columns, one per window, and back by sums. */
#include "unfold/interface.h"

#include "implicit_gemm/fill.h"
#include "unfold.h"
#include "fold.h"

static const struct fc_unfold NAME(kernels) = {
    .size = sizeof(struct fc_unfold),
    .plan = NAME(plan_lines),
    .unfold = NAME(unfold),
    .fold = NAME(fold),
};
