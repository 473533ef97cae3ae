"""SciPy's `output=`, our `out=` beside it, and calls that SciPy answers."""

import numpy as np

from ..algorithms.base import FILTERS
from ..forwarding import check_forward, scipy_function

__all__ = ["answer", "by_scipy", "chosen", "target_dtype"]


def chosen(input, output, out):
    """The one of `output` and `out` that is given: an array, a dtype or None.

    Raises
    ------
    ValueError
        Both are given, or `out` is not of the input's shape or read-only.
    TypeError
        `out` is no array.
    """
    if out is None:
        return output
    if output is not None:
        raise ValueError("out and output are both given; give one of them")
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out must be a numpy.ndarray or None, got {type(out).__name__}")
    if out.shape != np.shape(input):
        raise ValueError(f"out has shape {out.shape}; the result has shape {np.shape(input)}")
    if not out.flags.writeable:
        raise ValueError("out is read-only; it must be writeable")
    return out


def target_dtype(output, default):
    """dtype of a result that goes to `output`, None where SciPy has an error for it."""
    if output is None:
        return default
    if isinstance(output, (type, np.dtype, str)):
        try:
            return np.dtype(output)
        except TypeError:
            return None
    return np.asarray(output).dtype


def answer(result, output):
    """`result` as SciPy returns it for `output`: an array to write into, a dtype or None."""
    if output is None:
        return result
    if isinstance(output, (type, np.dtype, str)):
        with np.errstate(all="ignore"):
            return result.astype(output, copy=False)
    output = np.asarray(output)
    if output is not result:
        with np.errstate(all="ignore"):
            np.copyto(output, result, casting="unsafe")
    return output


def by_scipy(name, arguments, algorithm, num_threads, names=FILTERS, /, **keywords):
    """Let ``scipy.ndimage.<name>`` answer a call, after our own keywords were validated."""
    check_forward(f"scipy.ndimage.{name}", algorithm, num_threads, names)
    return scipy_function("ndimage", name)(*arguments, **keywords)
