"""The independent reference that every test compares with.

Nothing of fastconv is imported here, and nothing here is meant to be fast: the padded array is
built explicitly by index maps, and plain loops run over kernel taps and windows. The public
functions have the signatures of their namesakes in fastconv, without the keywords that only say
how to compute (algorithm, accuracy, out, workspace_limit, num_threads, method).

Results are float64, or complex128 where an operand is complex. If all operands are integers the
arithmetic is exact modulo 2**64: int64, or uint64 if one operand is uint64; casting that to a
narrower integer type gives the result modulo 2**bits. Poolings that average are float64 for
integers; max pooling of integers gives int64 (uint64), where a window of nothing but padding holds
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
