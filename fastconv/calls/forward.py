"""Call SciPy's own functions."""

from threading import local

import numpy as np

from ..config import checked_threads
from ..originals import original
from ..problem.arrays import checked_out
from ..recording import note

#: options of `fastconv.convolve` that SciPy's functions do not have
_OURS = ("axes", "boundary", "fillvalue", "stride", "dilation")
#: functions of SciPy that take no keywords
_POSITIONAL = ("sepfir2d",)


class _Handed(local):
    """How many calls SciPy's functions have got, in each thread."""

    count = 0


handed = _Handed()


def scipy_function(package, name):
    """Return the function `name` of ``scipy.<package>`` for a call."""
    handed.count += 1
    return original(f"scipy.{package}", name)


def call_scipy(op, arrays, options):
    """Call SciPy's function and return its result.

    Parameters
    ----------
    op : Op
        An op of a SciPy face.
    arrays : tuple of array_like
        The arrays in the order of the op.
    options : tuple
        The options in the order of the op. The option `output` may be an array here.

    Raises
    ------
    ValueError
        If SciPy's function must not answer the call, because it would stop the process.
    """
    package, name = op.scipy
    given = dict(zip(op.options, options, strict=True))
    if op.guard is not None:
        op.guard(arrays, given)
    if "." not in op.name:
        given = {word: value for word, value in given.items() if word not in _OURS}
    given.pop("lags", None)
    if name in _POSITIONAL:
        return scipy_function(package, name)(*arrays)
    return scipy_function(package, name)(**dict(zip(op.arrays, arrays, strict=True)), **given)


class ForwardCall:
    """A callable like `Executor` that calls SciPy's function.

    Parameters
    ----------
    op : Op
    request : Request
    options : tuple
        The options in the order of the op, as the caller passed them.
    """

    algorithm = None
    forwards = True

    def __init__(self, op, request, options):
        self.op, self.request, self.options = op, request, options

    def __call__(self, arrays, prepared, out, num_threads):
        if num_threads is not None:
            checked_threads(num_threads)
        note(self.request.problem, "scipy")
        result = call_scipy(self.op, arrays, self.options)
        return into_out(result, out, dict(zip(self.op.arrays, arrays, strict=True)))

    def into(self, arrays, output, num_threads):
        """Return SciPy's result. SciPy checks `output`, which may be any object."""
        if num_threads is not None:
            checked_threads(num_threads)
        note(self.request.problem, "scipy")
        options = list(self.options)
        options[list(self.op.options).index("output")] = output
        return call_scipy(self.op, arrays, options)


def into_out(result, out, arrays):
    """Return a result in C order, or write it into `out` and return that.

    Parameters
    ----------
    result : ndarray or NumPy scalar
    out : ndarray or None
        The caller's array, which is checked by `checked_out`.
    arrays : dict
        The call's arrays by name, which `out` must not overlap.
    """
    if isinstance(result, tuple):  # of an output and a final state
        return (into_out(result[0], out, arrays), *result[1:])
    if out is None:
        return np.asarray(result, order="C") if isinstance(result, np.ndarray) else result
    checked_out(out, np.shape(result), result.dtype, arrays)
    out[...] = result
    return out
