"""Integers, tuples, padding and names as callers write them, checked and made uniform."""

import operator
from collections.abc import Sequence

import numpy as np

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")
ACTIVATIONS = ("relu", "relu6", "silu", "sigmoid", "tanh")
ACCURACIES = ("high", "default", "fast")


def integer(name, value, minimum):
    """`value` as an int of at least `minimum`; bools and floats are refused."""
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be an int, got {value!r}")
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an int, got {value!r}") from None
    if number < minimum:
        raise ValueError(f"{name} must be at least {minimum}, got {number}")
    if number > np.iinfo(np.int64).max:
        raise ValueError(f"{name} must fit in 64 bits, got {number}")
    return number


def integers(name, value, dims, minimum):
    """One int for all axes, or a sequence of one per axis, as a tuple of `dims` ints."""
    if is_sequence(value):
        if len(value) != dims:
            raise ValueError(f"{name} must be an int or {dims} int(s), one per axis, got {value!r}")
        return tuple(integer(name, v, minimum) for v in value)
    return (integer(name, value, minimum),) * dims


def is_sequence(value):
    """Whether `value` counts as one entry per axis."""
    if isinstance(value, np.ndarray):
        return value.ndim > 0
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def boolean(name, value):
    """`value` as a bool; anything but a bool is refused."""
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    raise TypeError(f"{name} must be True or False, got {value!r}")


def choice(name, value, allowed):
    """`value` if it is one of the strings `allowed`."""
    listed = ", ".join(allowed)
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, got {value!r}; allowed: {listed}")
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}; allowed: {listed}")
    return value


def activation(value, dtype):
    """A known activation that exists for results of `dtype`, or None."""
    if value is None:
        return None
    choice("activation", value, ACTIVATIONS)
    if dtype.kind == "c":
        raise TypeError(f"activation {value!r} needs real numbers; the result has dtype {dtype}")
    if dtype.kind in "iu" and value in ("silu", "sigmoid", "tanh"):
        raise TypeError(f"activation {value!r} of integers is not defined; the result is {dtype}")
    return value


def padding_pairs(value, dims, *, limits=None):
    """Ints or (before, after) pairs as a tuple of pairs.

    `limits`: per axis ``(largest int, largest of a pair)`` where a pooling bounds its padding.
    """
    if not is_sequence(value):
        value = (value,) * dims
    elif len(value) != dims:
        raise ValueError(
            f"padding must be an int, or one int or (before, after) pair for each of the {dims} "
            f"axes, got {value!r}"
        )
    pairs = []
    for axis, entry in enumerate(value):
        as_pair = is_sequence(entry)
        if as_pair and len(entry) != 2:
            raise ValueError(f"padding: a pair has two entries (before, after), got {entry!r}")
        before, after = entry if as_pair else (entry, entry)
        pair = (integer("padding", before, 0), integer("padding", after, 0))
        if limits is not None and max(pair) > limits[axis][as_pair]:
            raise ValueError(
                f"padding is {entry!r} on axis {axis}; at most {limits[axis][as_pair]} "
                "is allowed for this window"
            )
        pairs.append(pair)
    return tuple(pairs)


def padding(value, sizes, extents, strides, *, names, limits=None):
    """Padding in any of its forms as a tuple of (before, after) pairs.

    Parameters
    ----------
    value : int, sequence or str
        As the caller gave it.
    sizes, extents, strides : tuples of int
        Input sizes, ``dilation*(k-1)+1`` and strides, per axis.
    names : tuple of str
        The strings that the function allows.
    """
    if not isinstance(value, str):
        return padding_pairs(value, len(sizes), limits=limits)
    choice("padding", value, names)
    if value == "valid":
        return ((0, 0),) * len(sizes)
    if value == "full":
        return tuple((e - 1, e - 1) for e in extents)
    pairs = []
    for n, e, s in zip(sizes, extents, strides, strict=True):
        total = max((-(-n // s) - 1) * s + e - n, 0)
        half = total // 2
        pairs.append((half, total - half) if value == "same" else (total - half, half))
    return tuple(pairs)


def extents(kernel, dilation):
    """Input positions that a window spans, per axis."""
    return tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))


def nonzero(name, shape):
    """Refuse a shape with a zero dimension other than the batch."""
    if 0 in shape:
        raise ValueError(f"{name} has shape {tuple(shape)}; no dimension may be 0")


def fits(name, sizes, pads, spans):
    """Refuse windows larger than the padded input."""
    for axis, (n, (before, after), e) in enumerate(zip(sizes, pads, spans, strict=True)):
        if e > n + before + after:
            raise ValueError(
                f"{name} spans {e} positions on axis {axis}, more than the padded input's "
                f"{n + before + after}"
            )
