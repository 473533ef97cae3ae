"""Refuse calls whose arrays are larger than the memory, before any array is made.

Linux grants any amount of memory, and kills the process when it uses more than there is. So these
functions compare the sizes that a call needs with the memory of the machine.
"""

import functools
import os
import sys
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from math import prod
from types import SimpleNamespace

import numpy as np

from ..errors import shown
from .arrays import Spec

#: options on which no size depends
_VALUES = frozenset((
    "activation", "padding_mode", "boundary", "fillvalue", "cval", "ceil_mode",
    "count_include_pad", "divisor_override", "norm_type", "return_indices",
))  # fmt: skip
#: bytes of tables and buffers per position that windows span
_TABLE = 128
#: bytes that every machine has, and of the largest element
_SMALL, _LARGEST_ITEM = 1 << 24, 16
#: stands for the stencil of a problem that has none
_NO_AXES = SimpleNamespace(axes=())
#: largest allowed number of positions of a padded axis
POSITIONS = sys.maxsize // 2
#: types of arrays that are in the memory of the host
_HOST = (np.ndarray, Spec, type(None))
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


#: whether the arrays of the calls that are validated never lie in memory as a whole
_in_parts = ContextVar("in_parts", default=False)


@contextmanager
def in_parts():
    """Validate calls whose arrays never lie in memory as a whole: no size is refused."""
    token = _in_parts.set(True)
    try:
        yield
    finally:
        _in_parts.reset(token)


def total_memory():
    """Return the bytes of memory of this machine, or `sys.maxsize` if they do not matter.

    They do not if they are unknown, or within `in_parts`.
    """
    return sys.maxsize if _in_parts.get() else _physical_memory()


@functools.cache
def _physical_memory():
    """Return the bytes of memory of this machine, or `sys.maxsize` if they are unknown."""
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
        The arguments that its size depends on: ``size is 5``. A callable returns this text. It is
        called only if the array is refused.
    memory : int, optional
        Number of bytes that are allowed. The default is `total_memory`.

    Raises
    ------
    ValueError
        The message names `what`, `reason` and both sizes.
    """
    memory = total_memory() if memory is None else memory
    size = prod(shape) * np.dtype(dtype).itemsize  # of Python's ints, which do not overflow
    if size <= memory:
        return
    reason = reason() if callable(reason) else reason
    raise ValueError(
        f"{reason}; {what} of shape {shown(tuple(map(int, shape)))} would take "
        f"{_bytes_text(size)} of {np.dtype(dtype)}; at most {_bytes_text(memory)} are allowed here"
    )


def checked_window(length, reason):
    """Refuse a 1-D window whose weights, in float64, need more than a quarter of the memory.

    Parameters
    ----------
    length : int
        Number of taps of the window.
    reason : str
        The arguments that its length depends on, as in `checked_size`.
    """
    if 32 * length > total_memory():
        checked_size((length,), np.float64, "a window", reason, total_memory() // 4)


def checked_span(name, padding, sizes, pads):
    """Refuse padded axes whose positions do not fit in an index.

    Parameters
    ----------
    name : str
        Name of the argument that gives `sizes`.
    padding : int, sequence or str
        Padding as the caller passed it.
    sizes : tuple of int
        Sizes of the input, per axis.
    pads : tuple of (int, int)
        Padding before and after, per axis.
    """
    for axis, (size, pair) in enumerate(zip(sizes, pads, strict=True)):
        if size + sum(pair) > POSITIONS:
            raise ValueError(
                f"padding is {shown(padding)} and {name} has {size} positions on axis {axis}; at "
                f"most {POSITIONS} together are allowed"
            )


def on_device(array):
    """Return whether an array, or what its `Spec` describes, lies in the memory of a device."""
    return getattr(array, "on_device", not isinstance(array, _HOST))


def within_memory(op):
    """Return a copy of `op` that refuses calls whose arrays are larger than the memory."""
    return replace(op, make=functools.partial(_checked_request, op))


def _checked_request(op, arrays, options):
    """Return ``op.make(arrays, options)`` if the arrays that it computes fit in the memory."""
    request = op.make(arrays, options)
    if surely_small(request):
        return request
    # devices check their own memory
    memory = total_memory()
    for array in arrays:
        if type(array) is not np.ndarray and on_device(array):
            memory = sys.maxsize
    reason = functools.partial(_sizes_given, op, arrays, options)
    checked_size(request.out_shape, request.out_dtype, "the output", reason, memory)
    if request.compute_dtype is not request.out_dtype or request.compute_shape != request.out_shape:
        checked_size(request.compute_shape, request.compute_dtype, "the output", reason, memory)
    if request.indices:
        checked_size(request.out_shape, np.int64, "the array of indices", reason, memory)
    for axis in getattr(request.problem, "stencil", _NO_AXES).axes:
        # refuse only axes with large gaps between windows: long signals are allowed
        read = axis.read
        if _TABLE * read > total_memory() and read > 4 * (axis.image + axis.used):
            raise ValueError(
                f"{reason()}; windows reach over {axis.read} positions of the padded input, more "
                f"than tables in a memory of {_bytes_text(total_memory())} can describe"
            )
    return request


def surely_small(request):
    """Return whether nothing that a call needs can be too large, whatever the memory."""
    bytes_ = _LARGEST_ITEM * (prod(request.out_shape) + prod(request.compute_shape))
    for axis in getattr(request.problem, "stencil", _NO_AXES).axes:
        bytes_ += _TABLE * (axis.feature * axis.stride + axis.taps * axis.dilation)
    return bytes_ < _SMALL


def _sizes_given(op, arrays, options):
    """Return a text with the shapes of arrays and the options that sizes depend on."""
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
    """Return a number of bytes in binary units: ``1.5 TiB``."""
    power = max(size.bit_length() - 1, 0) // 10
    if power >= len(_UNITS):
        return f"2**{size.bit_length() - 1} bytes"
    return f"{size / (1 << 10 * power):.3g} {_UNITS[power]}"
