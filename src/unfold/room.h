/* unfold: write an image as columns, one for each window (unfold.h), and add such columns up to an
 * image (fold.h). */
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
