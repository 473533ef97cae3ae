"""SciPy's signal functions on fastconv's algorithms: import this instead of `scipy.signal`.

=================  ===========================================================================
`convolutions`     convolve, correlate, choose_conv_method, correlation_lags
`transforms`       fftconvolve, oaconvolve
`images`           convolve2d, correlate2d
`rates`            upfirdn
=================  ===========================================================================

Signatures, defaults, dtypes, warnings and error types are those of SciPy 1.17; the keywords
`algorithm`, `num_threads` and `out` come after them. Every other public name of `scipy.signal` is
there as well and is SciPy's own.
"""

from ..forwarding import cupy_is_there as _cupy_is_there
from ..forwarding import for_devices as _for_devices
from ..forwarding import passing_through as _passing_through
from .convolutions import choose_conv_method as choose_conv_method
from .convolutions import convolve as convolve
from .convolutions import correlate as correlate
from .convolutions import correlation_lags as correlation_lags
from .images import convolve2d as convolve2d
from .images import correlate2d as correlate2d
from .rates import upfirdn as upfirdn
from .transforms import fftconvolve as fftconvolve
from .transforms import oaconvolve as oaconvolve

if _cupy_is_there():
    _for_devices("signal", globals())
__getattr__, __dir__ = _passing_through("signal", globals())
