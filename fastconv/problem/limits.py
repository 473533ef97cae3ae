"""Arrays that cannot exist, refused by name before anything is made.

Linux promises any amount of memory and ends the process that touches more than there is. So the
sizes that a call asks for are compared with the machine's memory beforehand.
"""

import functools
import os
import sys
from dataclasses import replace
from math import prod
from types import SimpleNamespace

import numpy as np

from ..errors import shown
from .arrays import Spec

#: options that say nothing about sizes
_VALUES = frozenset((
    "activation", "padding_mode", "boundary", "fillvalue", "cval", "ceil_mode",
    "count_include_pad", "divisor_override", "norm_type", "return_indices",
))  # fmt: skip
#: bytes of tables and buffers for one position that windows reach over
_TABLE = 128
_NO_AXES = SimpleNamespace(axes=())
#: positions of a padded axis
_POSITIONS = sys.maxsize // 2
_HOST = (np.ndarray, Spec, type(None))
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


@functools.cache
def total_memory():
    """Return the bytes of memory that this machine has, `sys.maxsize` if it does not say."""
    try:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):  # Windows; a system that lacks the names
        return sys.maxsize
    return min(size, sys.maxsize) if size > 0 else sys.maxsize


def checked_size(shape, dtype, what, reason, memory=None):
    """Refuse an array that is larger than the memory.

    Parameters
    ----------
    shape : sequence of int
    dtype : dtype_like
    what : str
        What the array is: ``the output``.
    reason : str or callable
        Where its size comes from, the arguments by name: ``size is 5``. A callable is only called
        if the array is refused.
    memory : int, optional
        Bytes that are allowed, by default `total_memory`.

    Raises
    ------
    ValueError
        The message names `what`, `reason` and both sizes.
    """
    memory = total_memory() if memory is None else memory
    size = prod(map(int, shape)) * np.dtype(dtype).itemsize
    if size <= memory:
        return
    reason = reason() if callable(reason) else reason
    raise ValueError(
        f"{reason}; {what} of shape {shown(tuple(map(int, shape)))} would take "
        f"{_bytes_text(size)} of {np.dtype(dtype)}; at most {_bytes_text(memory)} are allowed here"
    )


def checked_window(length, reason):
    """Refuse a window along one axis whose weights, in float64, take over a quarter of the memory.

    Parameters
    ----------
    length : int
    reason : str
        Where its length comes from, as in `checked_size`.
    """
    checked_size((length,), np.float64, "a window", reason, total_memory() // 4)


def checked_span(name, padding, sizes, pads):
    """Refuse padded axes whose positions cannot be numbered with room to spare.

    Parameters
    ----------
    name : str
        Argument that `sizes` come from.
    padding : int, sequence or str
        As the caller gave it.
    sizes : tuple of int
        Of the input.
    pads : tuple of (int, int)
    """
    for axis, (size, pair) in enumerate(zip(sizes, pads, strict=True)):
        if size + sum(pair) > _POSITIONS:
            raise ValueError(
                f"padding is {shown(padding)} and {name} has {size} positions on axis {axis}; at "
                f"most {_POSITIONS} together are allowed"
            )


def within_memory(op):
    """Return an `Op` that refuses calls whose output cannot exist."""
    return replace(op, make=functools.partial(_checked_request, op))


def _checked_request(op, arrays, options):
    """`op.make(arrays, options)`, a `Request`, if what it computes fits in the memory."""
    request = op.make(arrays, options)
    # a device refuses by itself what its memory does not hold
    on_device = any(getattr(a, "on_device", not isinstance(a, _HOST)) for a in arrays)
    memory = sys.maxsize if on_device else None
    reason = functools.partial(_sizes_given, op, arrays, options)
    checked_size(request.out_shape, request.out_dtype, "the output", reason, memory)
    checked_size(request.compute_shape, request.compute_dtype, "the output", reason, memory)
    if request.indices:
        checked_size(request.out_shape, np.int64, "the array of indices", reason, memory)
    for axis in getattr(request.problem, "stencil", _NO_AXES).axes:
        # long signals are no gaps
        if axis.read > 4 * (axis.image + axis.used) and _TABLE * axis.read > total_memory():
            raise ValueError(
                f"{reason()}; windows reach over {axis.read} positions of the padded input, more "
                f"than tables in a memory of {_bytes_text(total_memory())} can describe"
            )
    return request


def _sizes_given(op, arrays, options):
    """Shapes of the arrays, and the options with a part in sizes that are not at their default."""
    parts = [
        f"{word} has shape {shown(tuple(array.shape))}"
        for word, array in zip(op.arrays, arrays, strict=True)
        if array is not None and word not in ("bias", "add", "indices")
    ]
    for word, value in options.items():
        if word not in _VALUES and not _is_default(value, op.options.get(word)):
            parts.append(f"{word} is {shown(value)}")
    return ", ".join(parts)


def _is_default(value, default):
    return value is default or (type(value) is type(default) and value == default)


def _bytes_text(size):
    """Bytes in binary units: ``1.5 TiB``."""
    power = max(size.bit_length() - 1, 0) // 10
    if power >= len(_UNITS):
        return f"2**{size.bit_length() - 1} bytes"
    return f"{size / (1 << 10 * power):.3g} {_UNITS[power]}"
