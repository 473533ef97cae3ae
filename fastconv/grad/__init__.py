"""Gradients of the network-style functions, each as a function of the arrays that it needs.

===================  ===================================================
`convolution`        conv*d_input
`weight`             conv*d_weight
`transposed`         conv_transpose*d_input
`transposed_weight`  conv_transpose*d_weight
`bias`               conv*d_bias, conv_transpose*d_bias
`unshared`           local_conv*d_input, local_conv*d_weight
`tiled`              tiled_conv2d_input, tiled_conv2d_weight
`unshared_bias`      local_conv*d_bias, tiled_conv2d_bias
`max_pooling`        max_pool*d_input
`average_pooling`    avg_pool*d_input, weighted_pool2d_input
`adaptive`           adaptive_avg_pool*d_input, adaptive_max_pool*d_input
`unpooling`          max_unpool*d_input
`norms`              lp_pool*d_input, maxout_input
===================  ===================================================

Let y be the output of a forward function and J a number that depends on y. Then `grad_output` is
dJ/dy, and the result is dJ/d(input), dJ/d(weight) or dJ/d(bias). Sizes are full shapes, (N, C,
*spatial) or (C, *spatial). For complex numbers, the other factor is conjugated, as in PyTorch.

`unfold` and `fold` are the gradients of each other.
"""

from .adaptive import (
    adaptive_avg_pool1d_input,
    adaptive_avg_pool2d_input,
    adaptive_avg_pool3d_input,
    adaptive_max_pool1d_input,
    adaptive_max_pool2d_input,
    adaptive_max_pool3d_input,
)
from .average_pooling import (
    avg_pool1d_input,
    avg_pool2d_input,
    avg_pool3d_input,
    weighted_pool2d_input,
)
from .bias import (
    conv1d_bias,
    conv2d_bias,
    conv3d_bias,
    conv_transpose1d_bias,
    conv_transpose2d_bias,
    conv_transpose3d_bias,
)
from .convolution import conv1d_input, conv2d_input, conv3d_input
from .max_pooling import max_pool1d_input, max_pool2d_input, max_pool3d_input
from .norms import lp_pool1d_input, lp_pool2d_input, lp_pool3d_input, maxout_input
from .tiled import tiled_conv2d_input, tiled_conv2d_weight
from .transposed import conv_transpose1d_input, conv_transpose2d_input, conv_transpose3d_input
from .transposed_weight import (
    conv_transpose1d_weight,
    conv_transpose2d_weight,
    conv_transpose3d_weight,
)
from .unpooling import max_unpool1d_input, max_unpool2d_input, max_unpool3d_input
from .unshared import (
    local_conv1d_input,
    local_conv1d_weight,
    local_conv2d_input,
    local_conv2d_weight,
)
from .unshared_bias import local_conv1d_bias, local_conv2d_bias, tiled_conv2d_bias
from .weight import conv1d_weight, conv2d_weight, conv3d_weight

__all__ = [
    "adaptive_avg_pool1d_input",
    "adaptive_avg_pool2d_input",
    "adaptive_avg_pool3d_input",
    "adaptive_max_pool1d_input",
    "adaptive_max_pool2d_input",
    "adaptive_max_pool3d_input",
    "avg_pool1d_input",
    "avg_pool2d_input",
    "avg_pool3d_input",
    "conv1d_bias",
    "conv1d_input",
    "conv1d_weight",
    "conv2d_bias",
    "conv2d_input",
    "conv2d_weight",
    "conv3d_bias",
    "conv3d_input",
    "conv3d_weight",
    "conv_transpose1d_bias",
    "conv_transpose1d_input",
    "conv_transpose1d_weight",
    "conv_transpose2d_bias",
    "conv_transpose2d_input",
    "conv_transpose2d_weight",
    "conv_transpose3d_bias",
    "conv_transpose3d_input",
    "conv_transpose3d_weight",
    "local_conv1d_bias",
    "local_conv1d_input",
    "local_conv1d_weight",
    "local_conv2d_bias",
    "local_conv2d_input",
    "local_conv2d_weight",
    "lp_pool1d_input",
    "lp_pool2d_input",
    "lp_pool3d_input",
    "max_pool1d_input",
    "max_pool2d_input",
    "max_pool3d_input",
    "max_unpool1d_input",
    "max_unpool2d_input",
    "max_unpool3d_input",
    "maxout_input",
    "tiled_conv2d_bias",
    "tiled_conv2d_input",
    "tiled_conv2d_weight",
    "weighted_pool2d_input",
]
