"""Calls that SciPy's own function answers.

SciPy's packages are imported by the first call that needs them: `import fastconv` stays cheap.
"""

from importlib import import_module

import numpy as np

from ..config import checked_threads
from ..problem.arrays import checked_out
from ..recording import note

#: options of ours that SciPy's functions lack; they are at their defaults where SciPy answers
_OURS = ("axes", "boundary", "fillvalue", "stride", "dilation")


def scipy_function(package, name):
    """Return the function `name` of ``scipy.<package>``."""
    return getattr(import_module(f"scipy.{package}"), name)


def answer(op, arrays, options):
    """Return what SciPy's function returns.

    Parameters
    ----------
    op : Op
        Of a SciPy face.
    arrays : tuple of array_like
        In the op's order.
    options : tuple
        The op's options, in its order. `output` may be an array here.
    """
    package, name = op.scipy
    given = dict(zip(op.options, options, strict=True))
    if "." not in op.name:
        given = {word: value for word, value in given.items() if word not in _OURS}
    return scipy_function(package, name)(**dict(zip(op.arrays, arrays, strict=True)), **given)


class ForwardCall:
    """Stands for an `Executor` where SciPy answers.

    Parameters
    ----------
    op : Op
    request : Request
    options : tuple
        The op's options in its order, as the caller gave them.
    """

    algorithm = None
    forwards = True

    def __init__(self, op, request, options):
        self.op, self.request, self.options = op, request, options

    def __call__(self, arrays, prepared, out, num_threads):
        if num_threads is not None:
            checked_threads(num_threads)
        note(self.request.problem, "scipy")
        result = answer(self.op, arrays, self.options)
        return delivered(result, out, dict(zip(self.op.arrays, arrays, strict=True)))

    def into(self, arrays, output, num_threads):
        """Return SciPy's result for any `output`, which SciPy takes or refuses."""
        if num_threads is not None:
            checked_threads(num_threads)
        note(self.request.problem, "scipy")
        options = list(self.options)
        options[list(self.op.options).index("output")] = output
        return answer(self.op, arrays, options)


def delivered(result, out, arrays):
    """Return a result in C order, or `out` holding it after the checks that every function makes.

    Parameters
    ----------
    result : ndarray or NumPy scalar
    out : ndarray or None
        Must have the result's shape and dtype and overlap none of `arrays`.
    arrays : dict
        The call's arrays by name.
    """
    if out is None:
        return np.asarray(result, order="C") if isinstance(result, np.ndarray) else result
    checked_out(out, np.shape(result), result.dtype, arrays)
    out[...] = result
    return out
