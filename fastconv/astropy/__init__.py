"""The functions `convolve` and `convolve_fft` of `astropy.convolution`, computed by fastconv.

They have the signatures, results, warnings and errors of astropy's functions. astropy is needed
only for its own objects: kernels, quantities and `NDData`.

=========  ===============================
`objects`  objects of astropy, as arrays
`direct`   `convolve`
`fourier`  `convolve_fft`
=========  ===============================
"""

from .direct import convolve
from .fourier import convolve_fft

__all__ = ["convolve", "convolve_fft"]
