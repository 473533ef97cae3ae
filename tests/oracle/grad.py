"""The functions of fastconv.grad, made from those in conv_grad and pool_grad."""

from functools import partial

from .conv_grad import (
    by_position_input,
    by_position_weight,
    conv_bias,
    conv_input,
    conv_transpose_bias,
    conv_transpose_input,
    conv_transpose_weight,
    conv_weight,
    tiled_conv2d_bias,
)
from .pool_grad import (
    adaptive_avg_pool_input,
    at_indices,
    avg_pool_input,
    from_indices,
    lp_pool_input,
    maxout_input,
    weighted_pool2d_input,
)

__all__ = ["maxout_input", "tiled_conv2d_bias", "weighted_pool2d_input"]

conv1d_input, conv2d_input, conv3d_input = (partial(conv_input, d) for d in (1, 2, 3))
conv1d_weight, conv2d_weight, conv3d_weight = (partial(conv_weight, d) for d in (1, 2, 3))
conv1d_bias, conv2d_bias, conv3d_bias = (partial(conv_bias, d) for d in (1, 2, 3))
conv_transpose1d_input, conv_transpose2d_input, conv_transpose3d_input = (
    partial(conv_transpose_input, d) for d in (1, 2, 3)
)
conv_transpose1d_weight, conv_transpose2d_weight, conv_transpose3d_weight = (
    partial(conv_transpose_weight, d) for d in (1, 2, 3)
)
conv_transpose1d_bias, conv_transpose2d_bias, conv_transpose3d_bias = (
    partial(conv_transpose_bias, d) for d in (1, 2, 3)
)
local_conv1d_input, local_conv2d_input = (partial(by_position_input, d) for d in (1, 2))
local_conv1d_weight, local_conv2d_weight = (partial(by_position_weight, d) for d in (1, 2))
local_conv1d_bias, local_conv2d_bias = (partial(conv_bias, d) for d in (1, 2))
tiled_conv2d_input, tiled_conv2d_weight = (
    partial(by_position_input, 2),
    partial(by_position_weight, 2),
)
max_pool1d_input, max_pool2d_input, max_pool3d_input = (partial(at_indices, d) for d in (1, 2, 3))
adaptive_max_pool1d_input, adaptive_max_pool2d_input, adaptive_max_pool3d_input = (
    partial(at_indices, d) for d in (1, 2, 3)
)
max_unpool1d_input, max_unpool2d_input, max_unpool3d_input = (
    partial(from_indices, d) for d in (1, 2, 3)
)
avg_pool1d_input, avg_pool2d_input, avg_pool3d_input = (
    partial(avg_pool_input, d) for d in (1, 2, 3)
)
adaptive_avg_pool1d_input, adaptive_avg_pool2d_input, adaptive_avg_pool3d_input = (
    partial(adaptive_avg_pool_input, d) for d in (1, 2, 3)
)
lp_pool1d_input, lp_pool2d_input, lp_pool3d_input = (partial(lp_pool_input, d) for d in (1, 2, 3))
