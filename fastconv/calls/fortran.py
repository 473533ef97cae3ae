"""Calls on arrays in Fortran's order, as calls on their transposes, which are in C order."""

import numpy as np

#: functions of images whose axes may be taken in another order
_FUNCTIONS = frozenset(
    f"ndimage.{name}"
    for name in (
        "gaussian_filter", "gaussian_filter1d", "uniform_filter", "uniform_filter1d", "sobel",
        "prewitt", "laplace", "gaussian_laplace", "convolve1d", "correlate1d", "maximum_filter",
        "maximum_filter1d", "minimum_filter", "minimum_filter1d", "median_filter",
        "percentile_filter", "rank_filter",
    )
)  # fmt: skip
#: options that may have one value for each axis
_EACH = ("sigma", "order", "mode", "radius", "size", "origin")


def in_c_order(op, image, options, output):
    """Return the options of the same call on the transposes of an image and an output, or None.

    Parameters
    ----------
    op : Op
    image, output : object
        The call's image, and the array for its result.
    options : tuple
        The options in the order of the op, without the last one, `output`.

    Returns
    -------
    tuple or None
        None if the arrays are in C order or in no order, or if the call is not known to have the
        same result.
    """
    if op.name not in _FUNCTIONS or not (_is_turned(image) and _is_turned(output)):
        return None
    if image.shape != output.shape:
        return None
    given = dict(zip(op.options, options, strict=False))
    if given.get("footprint") is not None or given.get("axes") is not None or _fills(given):
        return None
    ndim = image.ndim
    if "axis" in given:
        axis = given["axis"]
        if type(axis) is not int or not -ndim <= axis < ndim:
            return None
        given["axis"] = ndim - 1 - axis % ndim
    for name in _EACH:
        value = given.get(name)
        if isinstance(value, (list, tuple)):
            if len(value) != ndim:
                return None
            given[name] = value[::-1]
    return tuple(given.values())


def _is_turned(array):
    """Return whether an array is contiguous in Fortran's order, but not in C order."""
    return type(array) is np.ndarray and array.flags.fnc


def _fills(given):
    """Return whether a value past the edges may enter anew at every axis, so that order counts."""
    mode = given.get("mode")
    constant = {"constant", "grid-constant"}
    modes = mode if isinstance(mode, (list, tuple)) else (mode,)
    try:
        return not constant.isdisjoint(modes) and given.get("cval") != 0
    except TypeError:
        return True
