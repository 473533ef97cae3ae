"""Check ints, tuples, padding and names that callers pass, and bring them to one form."""

import numbers
import operator
from collections.abc import Sequence

import numpy as np

from ..errors import shown

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")
ACTIVATIONS = (
    "relu", "relu6", "silu", "sigmoid", "tanh", "hardswish", "hardsigmoid", "leaky_relu",
)  # fmt: skip
ACCURACIES = ("high", "default", "fast")
#: largest int that sizes may have
_LARGEST = 2**63 - 1


def integer(name, value, minimum, allowed="an int"):
    """Return `value` as an int of at least `minimum`. Bools and floats are refused.

    Parameters
    ----------
    name : str
        Name of the argument, for error messages.
    value : object
        What the caller passed.
    minimum : int
        Smallest allowed value.
    allowed : str
        All forms that the argument may have, for error messages.
    """
    if type(value) is int and minimum <= value <= _LARGEST:
        return value
    if not is_integer(value):
        raise TypeError(f"{name} must be {allowed}, got {shown(value)}")
    number = operator.index(value)
    if number < minimum:
        raise ValueError(f"{name} must be at least {minimum}, got {shown(number)}")
    if number > _LARGEST:
        raise ValueError(f"{name} must fit in 64 bits, got {shown(number)}")
    return number


def is_integer(value):
    """Return whether `value` is an int or converts to one exactly. Bools and floats do not."""
    if isinstance(value, (bool, np.bool_)):
        return False
    try:
        operator.index(value)
    except TypeError:
        return False
    return True


def integers(name, value, dims, minimum):
    """Return a tuple of `dims` ints, from one int for all axes or a sequence with one per axis.

    Parameters
    ----------
    name : str
        Name of the argument, for error messages.
    value : int or sequence of int
        What the caller passed.
    dims : int
        Number of axes.
    minimum : int
        Smallest allowed value.
    """
    if type(value) is int and minimum <= value <= _LARGEST:
        return (value,) * dims
    allowed = f"an int or a sequence of {counted(dims, 'int')}, one per axis"
    if not is_sequence(value):
        return (integer(name, value, minimum, allowed),) * dims
    if len(value) != dims:
        raise ValueError(f"{name} must be {allowed}, got {shown(value)}")
    return tuple(integer(f"{name}[{i}]", v, minimum) for i, v in enumerate(value))


def counted(number, what):
    """Return a number with its noun: ``1 int``, ``2 ints``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def is_sequence(value):
    """Return whether `value` is a sequence, which then has one entry per axis. A str is not."""
    if isinstance(value, np.ndarray):
        return value.ndim > 0
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def boolean(name, value):
    """Return `value` as a bool. Anything but a bool is refused."""
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    raise TypeError(f"{name} must be True or False, got {shown(value)}")


def duration(name, value):
    """Return a number of seconds as a positive float. Bools are refused."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be a number of seconds, got {shown(value)}")
    if not value > 0:
        raise ValueError(f"{name} is {shown(value)}; a positive number of seconds is needed")
    return float(value)


def is_word(value, word):
    """Return whether `value` is the string `word`. `value` may also be an array."""
    return isinstance(value, str) and value == word


def choice(name, value, allowed):
    """Return `value` if it is one of the strings `allowed`, otherwise raise an error."""
    if type(value) is str and value in allowed:
        return value
    listed = ", ".join(allowed)
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, got {shown(value)}; allowed: {listed}")
    if value not in allowed:
        raise ValueError(f"{name} is {shown(value)}; allowed: {listed}")
    return value


def activation(value, dtype):
    """Return the activation `value` if it is None or defined for results of `dtype`."""
    if value is None:
        return None
    choice("activation", value, ACTIVATIONS)
    if dtype.kind == "c":
        raise TypeError(f"activation {value!r} needs real numbers; the result has dtype {dtype}")
    if dtype.kind in "iu" and value not in ("relu", "relu6"):
        raise TypeError(f"activation {value!r} of integers is not defined; the result is {dtype}")
    return value


def padding_pairs(value, dims, *, limits=None, names=()):
    """Return padding as a tuple of one (before, after) pair per axis.

    Parameters
    ----------
    value : int or sequence
        One int for all axes, or per axis an int or a pair.
    dims : int
        Number of axes.
    limits : sequence of (int, int), optional
        Per axis, the largest int and the largest entry of a pair that are allowed. Poolings bound
        their padding; None means no bound.
    names : tuple of str
        Strings that the function also allows, for error messages.
    """
    if type(value) is int and 0 <= value <= (_LARGEST if limits is None else min(limits)[0]):
        return ((value, value),) * dims
    allowed = _padding_forms(dims, names)
    if not is_sequence(value):
        value = (integer("padding", value, 0, allowed),) * dims
    elif len(value) != dims:
        raise ValueError(f"padding must be {allowed}, got {shown(value)}")
    pairs = []
    for axis, entry in enumerate(value):
        name = f"padding[{axis}]"
        as_pair = is_sequence(entry)
        if as_pair and len(entry) != 2:
            raise ValueError(f"{name} must be an int or a (before, after) pair, got {shown(entry)}")
        before, after = entry if as_pair else (entry, entry)
        each = "an int" if as_pair else "an int or a (before, after) pair"
        pair = (integer(name, before, 0, each), integer(name, after, 0, each))
        if limits is not None and max(pair) > limits[axis][as_pair]:
            raise ValueError(
                f"padding is {shown(entry)} on axis {axis}; at most {limits[axis][as_pair]} "
                "is allowed for this window"
            )
        pairs.append(pair)
    return tuple(pairs)


def _padding_forms(dims, names):
    axes = "the axis" if dims == 1 else f"each of the {dims} axes"
    forms = f"an int, or a sequence with an int or a (before, after) pair for {axes}"
    return f"{forms}, or one of {', '.join(names)}" if names else forms


def padding(value, sizes, extents, strides, *, names, limits=None):
    """Return padding, given in any of its forms, as a tuple of one (before, after) pair per axis.

    Parameters
    ----------
    value : int, sequence or str
        Padding as the caller passed it.
    sizes, extents, strides : tuples of int
        Per axis: the input's size, the extent ``dilation*(k-1)+1`` of a window, and the stride.
    names : tuple of str
        Strings that the function allows.
    limits : sequence of (int, int), optional
        Bounds on the padding, as in `padding_pairs`.
    """
    if not isinstance(value, str):
        return padding_pairs(value, len(sizes), limits=limits, names=names)
    if value not in names:
        forms = _padding_forms(len(sizes), names)
        raise ValueError(f"padding is {shown(value)}; it must be {forms}")
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
    """Return the number of input positions that a window spans, per axis."""
    return tuple([d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)])


def nonzero(name, shape, batch=False):
    """Refuse a shape with a dimension of 0. With `batch`, the first dimension may be 0."""
    if 0 in shape[batch:]:
        other = " but the first" if batch else ""
        raise ValueError(f"{name} has shape {tuple(shape)}; no dimension{other} may be 0")


def fits(name, sizes, pads, spans):
    """Refuse windows that are larger than the padded input.

    Parameters
    ----------
    name : str
        Name of the argument that gives the window, for error messages.
    sizes : tuple of int
        Sizes of the input, per axis.
    pads : tuple of (int, int)
        Padding before and after, per axis.
    spans : tuple of int
        Extents of the window, per axis.
    """
    for axis, (n, (before, after), e) in enumerate(zip(sizes, pads, spans, strict=True)):
        if e > n + before + after:
            raise ValueError(
                f"{name} spans {e} positions on axis {axis}, more than the padded input's "
                f"{n + before + after}"
            )
