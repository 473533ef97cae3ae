"""Network-style functions with PyTorch's names, argument order and defaults, for NumPy arrays.

=================  ===========================================================================
`convolution`      conv1d, conv2d, conv3d
`transposed`       conv_transpose1d, conv_transpose2d, conv_transpose3d
`unshared`         local_conv1d, local_conv2d, tiled_conv2d
`max_pooling`      max_pool*d
`unpooling`        max_unpool*d
`average_pooling`  avg_pool*d, weighted_pool2d
`adaptive`         adaptive_avg_pool*d, adaptive_max_pool*d
`norms`            lp_pool*d, maxout
`blocks`           unfold, fold
=================  ===========================================================================

Arrays have the shape (N, C, *spatial). An unbatched input of shape (C, *spatial) gives an unbatched
output. Every function passes its arrays and its options, in the order of its signature, to
`fastconv.calls.call`.
"""

from .adaptive import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_avg_pool3d,
    adaptive_max_pool1d,
    adaptive_max_pool2d,
    adaptive_max_pool3d,
)
from .average_pooling import avg_pool1d, avg_pool2d, avg_pool3d, weighted_pool2d
from .blocks import fold, unfold
from .convolution import conv1d, conv2d, conv3d
from .max_pooling import max_pool1d, max_pool2d, max_pool3d
from .norms import lp_pool1d, lp_pool2d, lp_pool3d, maxout
from .transposed import conv_transpose1d, conv_transpose2d, conv_transpose3d
from .unpooling import max_unpool1d, max_unpool2d, max_unpool3d
from .unshared import local_conv1d, local_conv2d, tiled_conv2d

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "adaptive_max_pool3d",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "fold",
    "local_conv1d",
    "local_conv2d",
    "lp_pool1d",
    "lp_pool2d",
    "lp_pool3d",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "max_unpool1d",
    "max_unpool2d",
    "max_unpool3d",
    "maxout",
    "tiled_conv2d",
    "unfold",
    "weighted_pool2d",
]
