"""Kernels of 3 x 3 taps that are differences: slopes, curvature, and what is made of these."""

import operator

import numpy as np

from ..errors import shown
from ..problem.arguments import is_integer


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


def _derivative(axis, smoothing):
    if not is_integer(axis):
        raise TypeError(f"axis is {shown(axis)}; it must be an int")
    if operator.index(axis) not in (-2, -1, 0, 1):
        raise ValueError(f"axis is {axis}; it must be 0 or 1, or -2 or -1 counted from the end")
    slopes = [-1.0, 0.0, 1.0]
    return np.outer(slopes, smoothing) if axis in (0, -2) else np.outer(smoothing, slopes)
