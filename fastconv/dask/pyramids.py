"""Pyramids: the levels of a multiscale image, each one blurred and decimated in one convolution."""

import math

import numpy as np

from ..errors import shown
from ..nd import correlate
from ..problem.arguments import integer, integers, is_sequence
from .arguments import check_array, device_kind, lazy

#: standard deviations of the Gaussian on each side of its centre
_TRUNCATE = 3


def pyramid(array, levels, factor=2, sigma=None):
    """Return the levels of a multiscale image, from the array itself to the smallest one.

    Every level is the level before it, blurred by a Gaussian, at every `factor`-th position. Blur
    and decimation are one convolution with a stride, which computes only the elements that stay.

    Parameters
    ----------
    array : dask.array.Array or array_like
        The image, of real numbers.
    levels : int
        Number of levels, with the array itself.
    factor : int or sequence of int, default 2
        How many elements of a level become one of the next, for all axes or for each one. An axis
        of factor 1 is not blurred, as channels should not be.
    sigma : float or sequence of float, optional
        Standard deviation of the Gaussian along the axes of a factor above 1, in elements of the
        level that is blurred. The default is ``factor / 3``.

    Returns
    -------
    list of dask.array.Array
        `levels` arrays in the array's dtype. Along an axis of `n` elements, the next level has
        ``ceil(n / factor)``. Its chunks are no larger than those of the array.

    Raises
    ------
    ValueError, TypeError
        If `levels` or a factor is not an int of at least 1, a sigma is not a positive number, their
        number does not fit the axes, or the array has unknown chunk sizes or no numbers.

    See Also
    --------
    fastconv.correlate : Convolves with a stride.

    Notes
    -----
    The Gaussian is centred on the middle of the elements that become one, so that element `i` of
    the next level lies at ``i * factor + (factor - 1) / 2``. This is what OME-Zarr calls a scale of
    `factor` and a translation of ``(factor - 1) / 2``. Past the edges, the image is reflected.
    Integers are rounded.

    References
    ----------
    P. J. Burt and E. H. Adelson, "The Laplacian pyramid as a compact image code", IEEE Transactions
    on Communications 31, 1983, 532-540.

    Examples
    --------
    >>> import dask.array as da
    >>> import fastconv.dask
    >>> image = da.arange(16, chunks=5, dtype=float)
    >>> [level.shape for level in fastconv.dask.pyramid(image, 3)]
    [(16,), (8,), (4,)]
    >>> fastconv.dask.pyramid(image, 2)[1].compute().round(2)[2:5]
    array([4.5, 6.5, 8.5])
    """
    array = lazy(array)
    check_array("array", array)
    if array.dtype.kind == "c":
        raise TypeError(f"array has dtype {array.dtype}; a pyramid needs real numbers")
    levels = integer("levels", levels, 1)
    factors = integers("factor", factor, array.ndim, 1)
    sigmas = _sigmas(sigma, factors)
    axes = [axis for axis, f in enumerate(factors) if f > 1]
    result = [array]
    while len(result) < levels:
        result.append(_next(result[-1], factors, sigmas, axes) if axes else array)
    return result


def _sigmas(sigma, factors):
    """Return a standard deviation for each axis, which is not used where the factor is 1."""
    if sigma is None:
        return [f / 3 for f in factors]
    values = list(sigma) if is_sequence(sigma) else [sigma] * len(factors)
    if len(values) != len(factors):
        raise ValueError(f"sigma has {len(values)} entries; the array has {len(factors)} axes")
    for value in values:
        real = isinstance(value, (int, float, np.integer, np.floating))
        if not real or not 0 < value < math.inf:
            raise ValueError(f"sigma is {shown(sigma)}; positive numbers are allowed")
    return [float(v) for v in values]


def _next(array, factors, sigmas, axes):
    """Return the next level of a pyramid."""
    kernel = np.ones((1,) * array.ndim)
    for axis in axes:
        shape = [1] * array.ndim
        shape[axis] = -1
        kernel = kernel * _gaussian(factors[axis], sigmas[axis]).reshape(shape)
    if array.dtype == np.float32 or array.dtype == np.float16:
        kernel = kernel.astype(array.dtype)
    stride = tuple(factors[axis] for axis in axes)
    given = array.astype(np.uint8) if array.dtype.kind == "b" else array
    runtime, _ = device_kind([array])
    whole = {}
    if runtime is not None:
        kernel = runtime.xp.asarray(kernel)
    elif given.dtype.kind in "iu":
        whole = {"output_dtype": given.dtype, "rounding": "nearest", "saturate": True}
    level = correlate(
        given, kernel, "same", axes=tuple(axes), boundary="symm", stride=stride, **whole
    )
    if runtime is not None and given.dtype.kind in "iu":
        level = level.round()
    chunks = tuple(min(max(own), n) for own, n in zip(array.chunks, level.shape, strict=True))
    return level.astype(array.dtype, copy=False).rechunk(chunks)


def _gaussian(factor, sigma):
    """Return a Gaussian that is centred ``(factor - 1) / 2`` after the middle of its array."""
    centre = (factor - 1) / 2
    reach = math.ceil(centre + _TRUNCATE * sigma)
    at = np.arange(-reach, reach + 1) - centre
    weights = np.exp(-0.5 * (at / sigma) ** 2)
    weights[np.abs(at) > _TRUNCATE * sigma + 0.5] = 0
    return weights / weights.sum()
