"""Arrays with channels last: shape (N, C, ...), and the channels of a pixel side by side in memory.

Pixels may be further apart than they have channels: such an array is a part of one with more
channels, as a concatenation has them. Networks keep images between their layers in this form.
"""

import numpy as np


def strides_of(shape, itemsize, pixel=None):
    """Return the strides of an array with channels last.

    Parameters
    ----------
    shape : tuple of int
        (N, C, spatial sizes).
    itemsize : int
        Bytes of an element.
    pixel : int, optional
        Elements from one pixel to the next, C by default.
    """
    n, channels, *sizes = shape
    step, strides = itemsize * (channels if pixel is None else pixel), []
    for size in reversed(sizes):
        strides.append(step)
        step *= size
    return (step, itemsize, *reversed(strides))


def pixel_of(array):
    """Return the elements from one pixel of an array with channels last to the next."""
    return array.strides[-1] // array.itemsize


def is_last(array):
    """Return whether an array has channels last, as kernels take it."""
    pixel, rest = divmod(array.strides[-1], array.itemsize)
    return (
        rest == 0
        and pixel >= array.shape[1]
        and array.strides == strides_of(array.shape, array.itemsize, pixel)
        and array.flags.aligned
    )


def empty_last(shape, dtype):
    """Return a new array with channels last."""
    n, channels, *sizes = shape
    return np.moveaxis(np.empty((n, *sizes, channels), dtype), -1, 1)


def as_last(array, dtype):
    """Return an array of this dtype with channels last; the array itself if it has them."""
    if array.dtype == dtype and is_last(array):
        return array
    result = empty_last(array.shape, dtype)
    result[...] = array
    return result
