"""Convolution kernels as float64 arrays, and their factors.

Every function returns a new array, which every convolution of the package takes as a weight. Some
kernels are not symmetric (`sobel`, `prewitt`, `scharr`, `emboss`). They are made for correlation,
which `conv2d` and `fastconv.correlate` compute; `fastconv.convolve` reverses them.

A `size` is an int, which means a square, or a tuple with one entry per axis. The centre of a kernel
lies at (size - 1)/2, which for an even size is between two taps. Where no other source is named,
it is R. C. Gonzalez and R. E. Woods, *Digital Image Processing*, 4th ed., Pearson, 2018, chapter 3.
"""

import functools
import math
import operator
from numbers import Real

import numpy as np

from .errors import shown
from .problem.arguments import is_integer
from .problem.limits import checked_size, total_memory
from .problem.traits import separate

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
    size = _sizes(size)
    vectors = map(_gaussian_vector, size, _deviations(sigma, len(size)))
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
    size = _sizes(size)
    return np.full(size, 1 / math.prod(size))


def sobel(axis):
    """Return a Sobel kernel, which computes a smoothed first derivative.

    It is [-1, 0, 1] along `axis` and [1, 2, 1] along the other axis, not scaled.

    Parameters
    ----------
    axis : int
        The axis of the derivative: 0 or -2 for rows (which finds horizontal edges), 1 or -1 for
        columns (which finds vertical edges).

    Returns
    -------
    ndarray of float64, shape (3, 3)
        A kernel for correlation. On a plane, it gives 8 times the slope.

    Raises
    ------
    TypeError
        If `axis` is not an int.
    ValueError
        If `axis` is not 0, 1, -1 or -2.

    Notes
    -----
    The smoothing weights approximate a Gaussian. `scharr` has less error in the direction of the
    gradient.

    References
    ----------
    I. Sobel and G. Feldman, "A 3x3 isotropic gradient operator for image processing", Stanford
    Artificial Intelligence Project, 1968.

    Examples
    --------
    >>> from fastconv import kernels
    >>> kernels.sobel(1)
    array([[-1.,  0.,  1.],
           [-2.,  0.,  2.],
           [-1.,  0.,  1.]])
    """
    return _derivative(axis, [1.0, 2.0, 1.0])


def prewitt(axis):
    """Return a Prewitt kernel, which computes a smoothed first derivative.

    It is [-1, 0, 1] along `axis` and [1, 1, 1] along the other axis, not scaled.

    Parameters
    ----------
    axis : int
        The axis of the derivative: 0 or -2 for rows (which finds horizontal edges), 1 or -1 for
        columns (which finds vertical edges).

    Returns
    -------
    ndarray of float64, shape (3, 3)
        A kernel for correlation. On a plane, it gives 6 times the slope.

    Raises
    ------
    TypeError
        If `axis` is not an int.
    ValueError
        If `axis` is not 0, 1, -1 or -2.

    Notes
    -----
    The smoothing is a plain mean of three rows or columns.

    References
    ----------
    J. M. S. Prewitt, "Object enhancement and extraction", in *Picture Processing and
    Psychopictorics*, Academic Press, 1970, 75-149.

    Examples
    --------
    >>> from fastconv import kernels
    >>> kernels.prewitt(0)
    array([[-1., -1., -1.],
           [ 0.,  0.,  0.],
           [ 1.,  1.,  1.]])
    """
    return _derivative(axis, [1.0, 1.0, 1.0])


def scharr(axis):
    """Return a Scharr kernel, which computes a smoothed first derivative.

    It is [-1, 0, 1] along `axis` and [3, 10, 3] along the other axis, not scaled.

    Parameters
    ----------
    axis : int
        The axis of the derivative: 0 or -2 for rows (which finds horizontal edges), 1 or -1 for
        columns (which finds vertical edges).

    Returns
    -------
    ndarray of float64, shape (3, 3)
        A kernel for correlation. On a plane, it gives 32 times the slope.

    Raises
    ------
    TypeError
        If `axis` is not an int.
    ValueError
        If `axis` is not 0, 1, -1 or -2.

    Notes
    -----
    Its error in the direction of the gradient is smaller than that of `sobel`.

    References
    ----------
    H. Scharr, *Optimale Operatoren in der digitalen Bildverarbeitung*, dissertation, Heidelberg,
    2000.

    Examples
    --------
    >>> from fastconv import kernels
    >>> kernels.scharr(1)
    array([[ -3.,   0.,   3.],
           [-10.,   0.,  10.],
           [ -3.,   0.,   3.]])
    """
    return _derivative(axis, [3.0, 10.0, 3.0])


def laplacian(diagonal=False):
    """Return a Laplacian kernel, which is a sum of second differences.

    Parameters
    ----------
    diagonal : bool, default False
        Whether to add the second differences along both diagonals to those along both axes.

    Returns
    -------
    ndarray of float64, shape (3, 3)
        A kernel that sums to 0. Its centre is -4, or -8 with the diagonals; the neighbours that
        count are 1.

    Notes
    -----
    The kernel is even, so that convolution and correlation agree.

    References
    ----------
    R. C. Gonzalez and R. E. Woods, *Digital Image Processing*, 4th ed., Pearson, 2018, section 3.6.

    Examples
    --------
    >>> from fastconv import kernels
    >>> kernels.laplacian()
    array([[ 0.,  1.,  0.],
           [ 1., -4.,  1.],
           [ 0.,  1.,  0.]])
    """
    corner = 1.0 if diagonal else 0.0
    return np.array([[corner, 1, corner], [1, -4 - 4 * corner, 1], [corner, 1, corner]])


def sharpen():
    """Return a sharpening kernel, which subtracts the Laplacian from the image.

    Returns
    -------
    ndarray of float64, shape (3, 3)
        A unit impulse minus `laplacian()`, which sums to 1.

    Notes
    -----
    Edges gain contrast, and constant regions keep their value.

    References
    ----------
    R. C. Gonzalez and R. E. Woods, *Digital Image Processing*, 4th ed., Pearson, 2018, section 3.6.

    Examples
    --------
    >>> from fastconv import kernels
    >>> kernels.sharpen()
    array([[ 0., -1.,  0.],
           [-1.,  5., -1.],
           [ 0., -1.,  0.]])
    """
    return np.array([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]])


def emboss():
    """Return an embossing kernel, which shows the image as a relief with light from the upper left.

    Returns
    -------
    ndarray of float64, shape (3, 3)
        A kernel for correlation that sums to 1.

    Notes
    -----
    The kernel is a derivative along the diagonal plus the image itself. Constant regions keep their
    value.

    Examples
    --------
    >>> from fastconv import kernels
    >>> kernels.emboss()
    array([[-2., -1.,  0.],
           [-1.,  1.,  1.],
           [ 0.,  1.,  2.]])
    """
    return np.array([[-2.0, -1, 0], [-1, 1, 1], [0, 1, 2]])


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
    size = _sizes(size)
    deviations = _deviations(sigma, len(size))
    offsets = np.meshgrid(*map(_offsets, size), indexing="ij", sparse=True)
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
    rows, columns = _sizes(size, ndim=2)
    frequency, theta = _number("frequency", frequency), _number("theta", theta)
    phase, sigma = _number("phase", phase), _number("sigma", sigma, positive=True)
    aspect = _number("aspect", aspect, positive=True)
    y, x = _offsets(rows)[:, None], _offsets(columns)
    along = x * math.cos(theta) + y * math.sin(theta)
    across = -x * math.sin(theta) + y * math.cos(theta)
    envelope = np.exp(-(along**2 + (aspect * across) ** 2) / (2 * sigma**2))
    return envelope * np.cos(2 * math.pi * frequency * along + phase)


def _offsets(taps):
    return np.arange(taps) - (taps - 1) / 2


def _gaussian_vector(taps, deviation):
    offsets = _offsets(taps)
    # Relative to the innermost tap: an even size and a tiny sigma leave two taps, not 0/0.
    innermost = np.abs(offsets).min()
    with np.errstate(over="ignore"):
        distance = (offsets - innermost) / deviation * ((offsets + innermost) / deviation)
    vector = np.exp(-distance / 2)
    return vector / vector.sum()


def _derivative(axis, smoothing):
    if not is_integer(axis):
        raise TypeError(f"axis is {shown(axis)}; it must be an int")
    if operator.index(axis) not in (-2, -1, 0, 1):
        raise ValueError(f"axis is {axis}; it must be 0 or 1, or -2 or -1 counted from the end")
    slopes = [-1.0, 0.0, 1.0]
    return np.outer(slopes, smoothing) if axis in (0, -2) else np.outer(smoothing, slopes)


def _sizes(size, ndim=None):
    """Return `size` as a tuple, which must have `ndim` entries if `ndim` is given."""
    sizes = tuple(size) if isinstance(size, (tuple, list)) else (size, size)
    if not all(map(is_integer, sizes)):
        raise TypeError(f"size is {shown(size)}; it must be an int or a tuple of ints")
    if not sizes or min(sizes) < 1 or len(sizes) != (ndim or len(sizes)):
        entries = f"tuple of {ndim or 'any number'} of such"
        raise ValueError(f"size is {shown(size)}; it must be 1 or more, or a {entries}")
    sizes = tuple(map(operator.index, sizes))
    # a quarter of the memory, because functions need more arrays of the kernel's size
    checked_size(sizes, np.float64, "the kernel", f"size is {shown(size)}", total_memory() // 4)
    return sizes


def _deviations(sigma, ndim):
    """Return one positive standard deviation per axis."""
    deviations = tuple(sigma) if np.ndim(sigma) else (sigma,) * ndim
    if len(deviations) != ndim:
        allowed = f"one number, or {ndim} for {ndim} axes"
        raise ValueError(f"sigma is {shown(sigma)}; it must be {allowed}")
    return tuple(_number("sigma", deviation, positive=True) for deviation in deviations)


def _number(name, value, positive=False):
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} is {shown(value)}; it must be a real number")
    if not math.isfinite(value) or (positive and value <= 0):
        raise ValueError(f"{name} is {shown(value)}; it must be {'positive and ' * positive}finite")
    return float(value)
