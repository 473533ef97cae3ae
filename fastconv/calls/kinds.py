"""Which kinds of arrays a package above the public functions computes with, such as Dask's.

The package registers a handler here when it is imported. It is imported by its name when the first
array of its library arrives, because imports within fastconv go one way only.
"""

import sys
from importlib import import_module

import numpy as np

#: the package of fastconv that computes with the arrays of a library
_PACKAGES = {"dask": "fastconv.dask"}
_HANDLERS = {}


def register(library, handler):
    """Take the arrays of a library.

    Parameters
    ----------
    library : str
        First part of the name of the module that defines the class of the arrays.
    handler : object
        ``handler.takes(array)`` tells whether it takes an array. ``handler.executor_of(op, arrays,
        options, common)`` returns the executor of a call; the arguments are those of
        `fastconv.gpu.calls.executor_of`.
    """
    _HANDLERS[library] = handler


def handler_of(arrays):
    """Return the handler that takes one of the arrays, or None."""
    for array in arrays:
        kind = type(array)
        if kind is np.ndarray or array is None:
            continue
        library = kind.__module__.partition(".")[0]
        package = _PACKAGES.get(library)
        if package is None or library not in sys.modules:
            continue
        if library not in _HANDLERS:
            import_module(package)
        if _HANDLERS[library].takes(array):
            return _HANDLERS[library]
    return None
