"""Convolution kernels as float64 arrays, and their factors.

Every function returns a new array, which every convolution of the package takes as a weight. Some
kernels are not symmetric (`sobel`, `prewitt`, `scharr`, `emboss`). They are made for correlation,
which `conv2d` and `fastconv.correlate` compute; `fastconv.convolve` reverses them.

A `size` is an int, which means a square, or a tuple with one entry per axis. The centre of a kernel
lies at (size - 1)/2, which for an even size is between two taps. Where no other source is named,
it is R. C. Gonzalez and R. E. Woods, *Digital Image Processing*, 4th ed., Pearson, 2018, chapter 3.

=============  =====================================================
`arguments`    checks of sizes and numbers
`blurs`        gaussian, box
`derivatives`  sobel, prewitt, scharr, laplacian, sharpen, emboss
`bands`        log, gabor
=============  =====================================================
"""

from ..problem.traits import separate
from .bands import gabor, log
from .blurs import box, gaussian
from .derivatives import emboss, laplacian, prewitt, scharr, sharpen, sobel

__all__ = [
    "box",
    "emboss",
    "gabor",
    "gaussian",
    "laplacian",
    "log",
    "prewitt",
    "scharr",
    "separate",
    "sharpen",
    "sobel",
]
