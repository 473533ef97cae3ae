"""SciPy's signal functions on fastconv's algorithms: import this instead of `scipy.signal`.

=================  ===========================================================================
`convolutions`     convolve, correlate, choose_conv_method, correlation_lags
`transforms`       fftconvolve, oaconvolve
`images`           convolve2d, correlate2d
`filters`          lfilter, filtfilt, savgol_filter, sepfir2d
`resampling`       upfirdn, resample_poly, decimate
=================  ===========================================================================

Signatures, defaults, dtypes, warnings and error types are those of SciPy 1.17; the keywords
`algorithm`, `num_threads` and `out` come after them. All other public names of `scipy.signal` are
SciPy's own.
"""

from ..scipy_names import scipy_fallback as _scipy_fallback
from .convolutions import choose_conv_method as choose_conv_method
from .convolutions import convolve as convolve
from .convolutions import correlate as correlate
from .convolutions import correlation_lags as correlation_lags
from .filters import filtfilt as filtfilt
from .filters import lfilter as lfilter
from .filters import savgol_filter as savgol_filter
from .filters import sepfir2d as sepfir2d
from .images import convolve2d as convolve2d
from .images import correlate2d as correlate2d
from .resampling import decimate as decimate
from .resampling import resample_poly as resample_poly
from .resampling import upfirdn as upfirdn
from .transforms import fftconvolve as fftconvolve
from .transforms import oaconvolve as oaconvolve

__getattr__, __dir__ = _scipy_fallback("signal", globals())
