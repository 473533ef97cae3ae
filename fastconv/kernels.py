"""Convolution kernels as float64 arrays, and their factors.

Every function returns a new array that any convolution of the package takes. Kernels without mirror
symmetry (`sobel`, `prewitt`, `scharr`, `emboss`) are written for correlation, which is what
`conv2d` and `fastconv.correlate` compute; `fastconv.convolve` turns them round.

A `size` is an int, which means a square, or a tuple with one entry per axis. The centre of a kernel
lies at (size - 1)/2, so that of an even size lies between two taps. Where no other source is named:
R. C. Gonzalez and R. E. Woods, *Digital Image Processing*, 4th ed., Pearson, 2018, chapter 3.
"""

import functools
import math
import operator
from numbers import Real

import numpy as np

from .errors import shown
from .problem.arguments import is_integer
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
    """Gaussian blur: exp(-sum over axes of x_a^2 / (2 sigma_a^2)), scaled to sum to 1.

    Parameters
    ----------
    size : int or tuple of int
        Taps per axis; an int means a square, a tuple any number of axes.
    sigma : float or sequence of float
        Standard deviation in pixels, one for all axes or one per axis.

    Returns
    -------
    ndarray of float64, shape `size`
        An outer product of one vector per axis (see `separate`). Its taps are samples of the
        Gaussian at the offsets from the centre.

    Raises
    ------
    TypeError, ValueError
        If a size is no int or below 1, a sigma is no positive, finite number, or their counts
        differ.

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
    """Mean of a rectangle: equal taps that sum to 1.

    Parameters
    ----------
    size : int or tuple of int
        Taps per axis; an int means a square, a tuple any number of axes. A number below 1 is a
        ValueError, anything else a TypeError.

    Returns
    -------
    ndarray of float64, shape `size`

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
    """First derivative [-1, 0, 1] along `axis`, smoothed by [1, 2, 1] across it; unscaled.

    Parameters
    ----------
    axis : int
        The axis of the derivative: 0 or -2 for rows (horizontal edges), 1 or -1 for columns.
        Another int is a ValueError, anything else a TypeError.

    Returns
    -------
    ndarray of float64, shape (3, 3)
        For correlation; 8 times the slope of a plane.

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
    """First derivative [-1, 0, 1] along `axis`, smoothed by [1, 1, 1] across it; unscaled.

    Parameters
    ----------
    axis : int
        The axis of the derivative, as for `sobel`.

    Returns
    -------
    ndarray of float64, shape (3, 3)
        For correlation; 6 times the slope of a plane.

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
    """First derivative [-1, 0, 1] along `axis`, smoothed by [3, 10, 3] across it; unscaled.

    Parameters
    ----------
    axis : int
        The axis of the derivative, as for `sobel`.

    Returns
    -------
    ndarray of float64, shape (3, 3)
        For correlation; 32 times the slope of a plane. The direction of the gradient errs less
        than with `sobel`.

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
    """Sum of second differences along both axes, or along both axes and both diagonals.

    Parameters
    ----------
    diagonal : bool, default False
        Count the diagonals.

    Returns
    -------
    ndarray of float64, shape (3, 3)
        -4 (or -8 with the diagonals) in the centre, 1 at the neighbours; sums to 0.

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
    """The image minus its Laplacian: edges gain contrast, flat regions stay as they are.

    Returns
    -------
    ndarray of float64, shape (3, 3)
        A unit impulse minus `laplacian()`; sums to 1.

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
    """Relief lit from the upper left: a derivative along the diagonal plus the image itself.

    Returns
    -------
    ndarray of float64, shape (3, 3)
        For correlation; sums to 1.

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
    """Laplacian of a Gaussian: finds blobs and, at its zero crossings, edges.

    With G = ``gaussian(size, sigma)``, the taps are G times the sum over axes of
    x_a^2 / sigma_a^4 - 1 / sigma_a^2, minus their mean, so that a constant image gives zero.
    Negative in the centre, as `laplacian`; where the size holds the Gaussian (8 sigma + 1 taps) and
    sigma is at least 1, the kernel does what `scipy.ndimage.gaussian_laplace` does.

    Parameters
    ----------
    size : int or tuple of int
        Taps per axis; an int means a square, a tuple any number of axes.
    sigma : float or sequence of float
        Standard deviation in pixels, one for all axes or one per axis.

    Returns
    -------
    ndarray of float64, shape `size`
        Sums to 0.

    Raises
    ------
    TypeError, ValueError
        If a size is no int or below 1, a sigma is no positive, finite number, or their counts
        differ.

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
    """Oriented wave under a Gaussian: a model of simple cells of the visual cortex.

    exp(-(x'^2 + aspect^2 y'^2) / (2 sigma^2)) cos(2 pi frequency x' + phase), where
    x' = x cos(theta) + y sin(theta) and y' = -x sin(theta) + y cos(theta), with x the column
    offset and y the row offset (downwards) from the centre, in pixels.

    Parameters
    ----------
    size : int or tuple of two ints
        An int means a square, a tuple (rows, columns).
    frequency : float
        Periods per pixel along x'.
    theta : float
        Direction of the wave in radians: 0 along the columns (vertical stripes), growing from the
        x axis towards the y axis, so clockwise where rows are drawn downwards.
    sigma : float
        Standard deviation of the Gaussian along x', in pixels.
    phase : float, default 0
        Phase at the centre in radians: 0 is even, -pi/2 odd (a sine).
    aspect : float, default 1
        Ratio of the Gaussian's widths, along x' to along y'; below 1 the stripes are long.

    Returns
    -------
    ndarray of float64, shape (rows, columns)
        Not scaled: 1 times cos(phase) in the centre of an odd size.

    Raises
    ------
    TypeError, ValueError
        If `size` is not one or two positive ints, `sigma` or `aspect` is not positive, or an
        argument is no finite real number.

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
    """The tuple that `size` means, with `ndim` entries where that is asked for."""
    sizes = tuple(size) if isinstance(size, (tuple, list)) else (size, size)
    if not all(map(is_integer, sizes)):
        raise TypeError(f"size is {shown(size)}; it must be an int or a tuple of ints")
    if not sizes or min(sizes) < 1 or len(sizes) != (ndim or len(sizes)):
        entries = f"tuple of {ndim or 'any number'} of such"
        raise ValueError(f"size is {shown(size)}; it must be 1 or more, or a {entries}")
    return tuple(map(operator.index, sizes))


def _deviations(sigma, ndim):
    """One positive standard deviation per axis."""
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
