"""Kernels that blur: averages."""

import functools
import math

import numpy as np

from .arguments import deviations_of, offsets_of, sizes_of


def gaussian(size, sigma):
    """Return a Gaussian kernel, which blurs.

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
        A kernel that sums to 1. It is the outer product of one vector per axis.

    Raises
    ------
    TypeError
        If a size is not an int, or a sigma is not a real number.
    ValueError
        If a size is less than 1, a sigma is not positive and finite, or the number of sigmas is not
        the number of axes.

    See Also
    --------
    separate : Returns the vectors of a kernel.
    fastconv.ndimage.gaussian_filter : Blurs without a given size.

    Notes
    -----
    The taps are proportional to exp(-sum over axes a of x_a^2 / (2 sigma_a^2)), where x_a is the
    offset from the centre along axis a.

    References
    ----------
    R. C. Gonzalez and R. E. Woods, *Digital Image Processing*, 4th ed., Pearson, 2018, section 3.5.

    Examples
    --------
    >>> from fastconv import kernels
    >>> kernels.gaussian(3, 0.8).round(3)
    array([[0.057, 0.125, 0.057],
           [0.125, 0.272, 0.125],
           [0.057, 0.125, 0.057]])
    >>> kernels.gaussian((1, 5, 7), sigma=(1, 1, 2)).shape
    (1, 5, 7)
    """
    size = sizes_of(size)
    vectors = map(_gaussian_vector, size, deviations_of(sigma, len(size)))
    return functools.reduce(np.multiply.outer, vectors)


def box(size):
    """Return a kernel that computes the mean of a rectangle.

    Parameters
    ----------
    size : int or tuple of int
        Number of taps per axis, at least 1. An int means a square. A tuple may have any number of
        axes.

    Returns
    -------
    ndarray of float64, shape `size`
        Equal taps that sum to 1.

    Raises
    ------
    TypeError
        If a size is not an int.
    ValueError
        If a size is less than 1.

    Notes
    -----
    The algorithm box computes it with running sums, whose cost does not depend on `size`.

    References
    ----------
    R. C. Gonzalez and R. E. Woods, *Digital Image Processing*, 4th ed., Pearson, 2018, section 3.5.

    Examples
    --------
    >>> from fastconv import kernels
    >>> kernels.box((2, 4))
    array([[0.125, 0.125, 0.125, 0.125],
           [0.125, 0.125, 0.125, 0.125]])
    """
    size = sizes_of(size)
    return np.full(size, 1 / math.prod(size))


def _gaussian_vector(taps, deviation):
    offsets = offsets_of(taps)
    # Relative to the innermost tap: an even size and a tiny sigma leave two taps, not 0/0.
    innermost = np.abs(offsets).min()
    with np.errstate(over="ignore"):
        distance = (offsets - innermost) / deviation * ((offsets + innermost) / deviation)
    vector = np.exp(-distance / 2)
    return vector / vector.sum()
