"""Kernels that respond to blobs and stripes of a given width."""

import math

import numpy as np

from .arguments import deviations_of, number, offsets_of, sizes_of
from .blurs import gaussian


def log(size, sigma):
    """Return the Laplacian of a Gaussian, which responds to blobs.

    Zero crossings of the response are edges.

    Parameters
    ----------
    size : int or tuple of int
        Number of taps per axis, at least 1. An int means a square. A tuple may have any number of
        axes.
    sigma : float or sequence of float
        Standard deviation in pixels, positive and finite: one number for all axes, or one per axis.

    Returns
    -------
    ndarray of float64, shape `size`
        A kernel that sums to 0 and is negative in the centre, as `laplacian` is.

    Raises
    ------
    TypeError
        If a size is not an int, or a sigma is not a real number.
    ValueError
        If a size is less than 1, a sigma is not positive and finite, or the number of sigmas is not
        the number of axes.

    See Also
    --------
    fastconv.ndimage.gaussian_laplace : Applies the filter without a given size.

    Notes
    -----
    With G = ``gaussian(size, sigma)``, the taps are G times the sum over axes a of x_a^2 /
    sigma_a^4 - 1 / sigma_a^2, minus their mean. Subtracting the mean makes the response to a
    constant image 0. For sigma >= 1 and at least 8 sigma + 1 taps, the result of the kernel is
    close to that of `scipy.ndimage.gaussian_laplace`.

    References
    ----------
    D. Marr and E. Hildreth, "Theory of edge detection", *Proceedings of the Royal Society of
    London B* 207, 1980, 187-217.

    Examples
    --------
    >>> from fastconv import kernels
    >>> kernels.log(9, sigma=1)[4, 3:6].round(2)
    array([-0.1 , -0.32, -0.1 ])
    """
    size = sizes_of(size)
    deviations = deviations_of(sigma, len(size))
    offsets = np.meshgrid(*map(offsets_of, size), indexing="ij", sparse=True)
    factors = [(x / s - 1) * (x / s + 1) / s**2 for x, s in zip(offsets, deviations, strict=True)]
    kernel = gaussian(size, deviations) * sum(factors)
    return kernel - kernel.mean()


def gabor(size, frequency, theta, sigma, phase=0, aspect=1):
    """Return a Gabor kernel, which is an oriented wave under a Gaussian.

    It models the simple cells of the visual cortex.

    Parameters
    ----------
    size : int or tuple of two ints
        Number of taps, at least 1: an int for a square, or (rows, columns).
    frequency : float
        Periods per pixel along x' (see Notes).
    theta : float
        Direction of the wave in radians. 0 is along the x axis, which gives vertical stripes.
        Positive angles turn from the x axis towards the y axis, which is clockwise if rows are
        drawn downwards.
    sigma : float
        Standard deviation of the Gaussian along x' in pixels, positive.
    phase : float, default 0
        Phase at the centre in radians. 0 gives an even kernel, -pi/2 an odd one (a sine).
    aspect : float, default 1
        Width of the Gaussian along x' divided by that along y', positive. A value less than 1 makes
        long stripes.

    Returns
    -------
    ndarray of float64, shape (rows, columns)
        A kernel that is not scaled. The centre of an odd size is cos(phase).

    Raises
    ------
    TypeError
        If a size is not an int, or another argument is not a real number.
    ValueError
        If `size` does not have one or two positive entries, `sigma` or `aspect` is not positive, or
        a number is not finite.

    Notes
    -----
    The taps are::

        exp(-(x'^2 + aspect^2 y'^2) / (2 sigma^2)) cos(2 pi frequency x' + phase)
        x' = x cos(theta) + y sin(theta)
        y' = -x sin(theta) + y cos(theta)

    where x is the column offset and y the row offset (downwards) from the centre, in pixels.

    References
    ----------
    D. Gabor, "Theory of communication", *Journal of the IEE* 93, 1946, 429-457. J. G. Daugman,
    "Uncertainty relation for resolution in space, spatial frequency, and orientation optimized by
    two-dimensional visual cortical filters", *JOSA A* 2, 1985, 1160-1169. I. Goodfellow,
    Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.10.

    Examples
    --------
    >>> from fastconv import kernels
    >>> kernels.gabor((1, 5), frequency=0.25, theta=0, sigma=2).round(3) + 0
    array([[-0.607,  0.   ,  1.   ,  0.   , -0.607]])
    """
    rows, columns = sizes_of(size, ndim=2)
    frequency, theta = number("frequency", frequency), number("theta", theta)
    phase, sigma = number("phase", phase), number("sigma", sigma, positive=True)
    aspect = number("aspect", aspect, positive=True)
    y, x = offsets_of(rows)[:, None], offsets_of(columns)
    along = x * math.cos(theta) + y * math.sin(theta)
    across = -x * math.sin(theta) + y * math.cos(theta)
    envelope = np.exp(-(along**2 + (aspect * across) ** 2) / (2 * sigma**2))
    return envelope * np.cos(2 * math.pi * frequency * along + phase)
