"""The independent reference that every test compares with.

It imports nothing of fastconv and is not meant to be fast: it builds the padded array by index
maps, and loops over kernel taps and windows. The public functions have the signatures of the
functions in fastconv with the same names, without the keywords that only say how to compute
(algorithm, accuracy, out, workspace_limit, num_threads, method).

Results are float64, or complex128 if an operand is complex. If all operands are integers,
arithmetic is exact modulo 2**64 and the result is int64, or uint64 if one operand is uint64. A cast
to a narrower integer dtype then gives the result modulo 2**bits. Averages of integers are float64.
Max pooling of integers returns int64 or uint64; the maximum of a window that holds only padding is
the smallest integer of the *input's* dtype.
"""

from . import grad
from .accuracy import LEVELS, assert_matches, relative_error
from .conv import (
    conv1d,
    conv2d,
    conv3d,
    conv_transpose1d,
    conv_transpose2d,
    conv_transpose3d,
    local_conv1d,
    local_conv2d,
    tiled_conv2d,
)
from .filters import convolve, correlate
from .pool import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_avg_pool3d,
    adaptive_max_pool1d,
    adaptive_max_pool2d,
    adaptive_max_pool3d,
    avg_pool1d,
    avg_pool2d,
    avg_pool3d,
    lp_pool1d,
    lp_pool2d,
    lp_pool3d,
    max_pool1d,
    max_pool2d,
    max_pool3d,
    max_unpool1d,
    max_unpool2d,
    max_unpool3d,
)
from .reshaping import fold, maxout, unfold, weighted_pool2d

__all__ = [
    "LEVELS",
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "adaptive_max_pool3d",
    "assert_matches",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "convolve",
    "correlate",
    "fold",
    "grad",
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
    "relative_error",
    "tiled_conv2d",
    "unfold",
    "weighted_pool2d",
]
