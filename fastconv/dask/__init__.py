"""The functions of fastconv on arrays of Dask: larger than memory, and on several machines.

Nothing here computes. The functions of `fastconv`, `fastconv.ndimage`, `fastconv.signal` and
`fastconv.grad` recognise an array of Dask and ask this package for the blocks of the result: which
parts of which blocks of the input each one needs, and which call makes it. Dask runs these calls.

Modules, each of which imports from those above it only:

axes          Intervals of one axis: what a block needs, in which chunk an output lies.
slabs         Joining parts of blocks into one array, and extending it past the edges.
graph         The graph of a result, with one task per block, and cuts of large blocks.
tasks         The calls that tasks make, and their number of threads.
arguments     Checks of arrays; the call as a problem.
images        `fastconv.ndimage`.
sums          `fastconv.convolve`, `correlate` and the same of `fastconv.signal`.
templates     `fastconv.match_template`.
rates         `upfirdn`, `resample_poly`, `decimate`.
filters       `lfilter`, `filtfilt`, `savgol_filter`, `sepfir2d`.
layers        `conv1d`, `conv2d`, `conv3d`.
pools         Poolings, `unfold`, `fold`, `maxout`.
gradients     The gradients of convolutions.
pyramids      `pyramid`.
registration  `register`.
handling      The handler with which the public functions find all this.
"""

try:
    import dask.array as _array  # noqa: F401 - asked for here, so that the message names the extra
except ImportError as error:
    raise ImportError(
        "fastconv.dask needs the package dask: pip install 'fastconv[dask]'"
    ) from error

from ..calls.kinds import register as _register_kind
from .handling import Handler as _Handler
from .pyramids import pyramid
from .registration import register

_register_kind("dask", _Handler)

__all__ = ["pyramid", "register"]
