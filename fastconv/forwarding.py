"""The way out to SciPy: calls that it answers itself, and names that only it has.

SciPy's packages are imported by the first call that needs them: `import fastconv` stays cheap.
"""

import importlib
import importlib.util
from functools import update_wrapper

import numpy as np

from . import elsewhere
from .algorithms.base import FILTERS
from .config import checked_threads
from .errors import UnsupportedAlgorithm
from .gpu.arrays import device_of
from .problem.arguments import choice
from .problem.arrays import checked_out

#: type characters of the dtypes that the engine computes with
ENGINE_DTYPES = frozenset("efdFDbBhHiIlLqQ")
#: most dimensions that it takes: NumPy's iterators end at 32, and it adds a batch and a channel
ENGINE_DIMS = 30


def scipy_function(package, name):
    """The function `name` of ``scipy.<package>``."""
    return getattr(importlib.import_module(f"scipy.{package}"), name)


def check_forward(function, algorithm, num_threads, names=FILTERS):
    """Validate our keywords of a call that SciPy alone answers.

    Raises
    ------
    UnsupportedAlgorithm
        `algorithm` is one of `names` other than ``scipy``.
    ValueError, TypeError
        No such algorithm exists, or `num_threads` is not an int of at least 1.
    """
    choice("algorithm", algorithm, ("auto", *names))
    if algorithm not in ("auto", "scipy"):
        raise UnsupportedAlgorithm(
            f"algorithm {algorithm!r} cannot run this problem: {function} with arguments of these "
            "types and shapes is answered by 'scipy' alone"
        )
    if num_threads is not None:
        checked_threads(num_threads)


def deliver(result, out, **arrays):
    """`result` in C order, or `out` holding it after the checks that every function makes.

    Parameters
    ----------
    result : ndarray or NumPy scalar
    out : ndarray or None
        Must have the result's shape and dtype and overlap none of `arrays`.
    **arrays
        The call's arrays by name.
    """
    if out is None:
        return np.asarray(result, order="C") if isinstance(result, np.ndarray) else result
    checked_out(out, np.shape(result), result.dtype, arrays)
    out[...] = result
    return out


def passing_through(package, namespace):
    """Return ``__getattr__`` and ``__dir__`` of a module that stands in for ``scipy.<package>``.

    Every public name that the module lacks is SciPy's, ``__all__`` included, so that a star import
    brings as much as SciPy's own.
    """
    name = namespace["__name__"]

    def __getattr__(attribute):
        if attribute == "__all__" or not attribute.startswith("_"):
            module = importlib.import_module(f"scipy.{package}")
            if hasattr(module, attribute):
                return getattr(module, attribute)
        raise AttributeError(f"module {name!r} has no attribute {attribute!r}")

    def __dir__():
        module = importlib.import_module(f"scipy.{package}")
        return sorted({*namespace, *(n for n in dir(module) if not n.startswith("_"))})

    return __getattr__, __dir__


def for_devices(package, namespace):
    """Let the functions that a module stands in for ``scipy.<package>`` with take device arrays.

    A way in of some 0.2 microseconds, so only where CuPy could make such arrays. `fastconv.nd` has
    its own.
    """
    for name, function in list(namespace.items()):
        own = getattr(function, "__module__", "").startswith(namespace["__name__"] + ".")
        both = package == "signal" and name in ("convolve", "correlate")
        if own and not both and not hasattr(function, "__wrapped__"):
            namespace[name] = update_wrapper(_with_devices(package, function), function)


def cupy_is_there():
    """Whether arrays on a device may come."""
    return importlib.util.find_spec("cupy") is not None


def _with_devices(package, function):
    """`function` for arrays on the host; the device's answer for others."""

    def call(*args, **kwargs):
        if args and type(args[0]) is np.ndarray:
            try:
                return function(*args, **kwargs)
            except TypeError as error:  # NumPy takes no array of a device
                return _elsewhere(package, function, args, kwargs, error)
        return _elsewhere(package, function, args, kwargs, None)

    return call


def _elsewhere(package, function, args, kwargs, error):
    """A call whose first array is not on the host, or that the host's function refused."""
    runtime = device_of((*args, *kwargs.values()))
    if runtime is not None:
        return elsewhere.run(runtime, package, function, args, kwargs)
    if error is not None:
        raise error
    return function(*args, **kwargs)
