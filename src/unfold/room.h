/* unfold: an image as columns, one per window, and back by sums. */
static const struct fc_unfold NAME(unfolding) = {
    .size = sizeof(struct fc_unfold),
    .plan = NAME(plan_lines),
    .unfold = NAME(unfold),
    .fold = NAME(fold),
};
