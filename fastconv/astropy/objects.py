"""astropy's own objects, which exist only where astropy is imported already."""

import functools
import sys
import warnings

import numpy as np


def find(module, name):
    """Return the class `name` of a module of astropy, None if that is not imported."""
    return getattr(sys.modules.get(module), name, None)


def is_a(value, name):
    """Return whether a value is a kernel of astropy of the class `name`."""
    kind = find("astropy.convolution.core", name)
    return kind is not None and isinstance(value, kind)


def with_nddata(function):
    """Let a function take an `NDData` in place of its array: it is taken apart as astropy does."""

    @functools.wraps(function)
    def taking(array, *args, **kwargs):
        kind = find("astropy.nddata", "NDData")
        if kind is None or not isinstance(array, kind):
            return function(array, *args, **kwargs)
        from astropy.nddata import support_nddata

        return support_nddata(data="array")(function)(array, *args, **kwargs)

    return taking


def warn(message):
    """Warn as astropy does, at the line that called this package."""
    try:
        from astropy.utils.exceptions import AstropyUserWarning as category
    except ImportError:
        category = UserWarning
    level, frame = 1, sys._getframe()
    while frame is not None and frame.f_globals.get("__package__") == __package__:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


def kernel_size_error(message):
    """Return the error that astropy raises for sizes of kernels; a ValueError without astropy."""
    try:
        from astropy.convolution.utils import KernelSizeError
    except ImportError:
        return ValueError(message)
    return KernelSizeError(message)


def refuse_masked_kernel(kernel):
    """Refuse a kernel with masked values."""
    if np.ma.is_masked(kernel):
        raise ValueError(
            "The kernel is a masked array with masked values. Use kernel.filled(fill_value) to "
            "fill masked values before passing to convolve."
        )


def values_of(given, dtype, mask=None, copy=False):
    """Return what a caller passed as an array of numbers, with NaN in place of masked values.

    Parameters
    ----------
    given : array_like, Quantity or Kernel
    dtype : type
        float or complex.
    mask : array_like or None
        Not 0 where a value is masked.
    copy : bool
        Whether the result must not be the caller's array.
    """
    if is_a(given, "Kernel"):
        given = given.array
    if hasattr(given, "unit"):
        given = given.value
    try:
        masked = np.ma.is_masked(given)
        own = np.ma.getmaskarray(given) if masked else None
        values = np.array(given, dtype, copy=True if copy or masked or mask is not None else None,
                          order="C", subok=False)  # fmt: skip
        if masked:
            values[own] = np.nan
        if mask is not None:
            values[np.asarray(mask) != 0] = np.nan
    except (TypeError, ValueError) as error:
        raise TypeError(
            "input should be a Numpy array or something convertible into a float array", error
        ) from None
    return values


def with_unit(result, unit):
    """Return a result with the unit of the array, None for an array without one."""
    if unit is None:
        return result
    from astropy.units import Quantity

    return Quantity(result, unit, copy=False)
