"""Which arrays live on a device, and what is checked of them."""

import numpy as np

from ..problem.arrays import Spec, coerce
from . import runtime as runtimes

#: function from an array to its runtime, by exact type; CuPy's is added when its first array comes
_KINDS = {}


def register(kind, find):
    """Take arrays of a type as arrays on a device.

    Parameters
    ----------
    kind : type
        Exact type of the arrays.
    find : callable
        ``find(array)`` returns the runtime of an array.
    """
    _KINDS[kind] = find


def unregister(kind):
    """Undo `register`."""
    _KINDS.pop(kind, None)


def runtime_of(array):
    """Return the runtime of an array on a device, None for anything else."""
    kind = type(array)
    find = _KINDS.get(kind)
    if find is None:
        if kind.__module__.partition(".")[0] != "cupy" or not hasattr(array, "device"):
            return None
        find = _KINDS[kind] = _of_cupy
    return find(array)


def _of_cupy(array):
    return runtimes.of_device(array.device.id)


def device_of(arrays):
    """Return the runtime of the first array on a device, None if all are on the host."""
    for array in arrays:
        if type(array) is np.ndarray or array is None:
            continue
        found = runtime_of(array)
        if found is not None:
            return found
    return None


def checked(runtime, names, arrays, optional=(), any_dtype=False):
    """Return a `Spec` of each array, None for an absent one.

    Parameters
    ----------
    runtime : Runtime
        Where all arrays must be.
    names, arrays : tuple
        Names of the arguments, and the arrays.
    optional : container of str, optional
        Names of those that may be None.
    any_dtype : bool, optional
        Whether arrays of other dtypes pass, because CuPy's own function may take them.

    Raises
    ------
    TypeError
        An array is on the host, or has a dtype that fastconv does not compute with.
    ValueError
        An array is on another device.
    """
    specs = []
    for name, array in zip(names, arrays, strict=True):
        if array is None and name in optional:
            specs.append(None)
            continue
        found = None if array is None else runtime_of(array)
        if found is None:
            raise TypeError(
                f"{name} is {_described(array)} on the host while other arrays of this call are on "
                "a GPU; move it there with cupy.asarray, or the others back with cupy.asnumpy"
            )
        if found is not runtime:
            raise ValueError(
                f"{name} is on device {found.number} while other arrays of this call are on device "
                f"{runtime.number}; all must be on one"
            )
        spec = Spec(tuple(array.shape), array.dtype, on_device=True)
        specs.append(spec if any_dtype else coerce(name, spec))
    return tuple(specs)


def _described(array):
    kind = type(array)
    return "None" if array is None else f"a {kind.__module__.partition('.')[0]}.{kind.__name__}"


def ready(runtime, arrays, dtypes):
    """Return the arrays C-contiguous and in the dtypes that the engine wants.

    Parameters
    ----------
    runtime : Runtime
    arrays : tuple of array or None
    dtypes : tuple of dtype or None
    """
    return tuple(
        array
        if array is None or (array.dtype == dtype and array.flags.c_contiguous)
        else runtime.xp.ascontiguousarray(array, dtype=dtype)
        for array, dtype in zip(arrays, dtypes, strict=False)
    )


def checked_out(runtime, out, shape, dtype, arrays):
    """Check the caller's `out` and return it.

    Parameters
    ----------
    runtime : Runtime
    out : array
    shape, dtype
        Of the result.
    arrays : dict
        The other arrays of the call by name, which `out` must not overlap.
    """
    if not isinstance(out, runtime.array):
        raise TypeError(
            f"out must be a {runtime.array.__module__.partition('.')[0]}.ndarray or None, like the "
            f"other arrays, got {type(out).__name__}"
        )
    if runtime_of(out) is not runtime:
        raise ValueError(f"out is on device {runtime_of(out).number}, not {runtime.number}")
    if tuple(out.shape) != tuple(shape):
        raise ValueError(f"out has shape {out.shape}; the result has shape {tuple(shape)}")
    if out.dtype != dtype:
        raise ValueError(f"out has dtype {out.dtype}; the result has dtype {dtype}")
    if not out.flags.c_contiguous:
        raise ValueError(f"out has strides {out.strides}; it must be C-contiguous")
    for name, array in arrays.items():
        if array is not None and runtime.xp.may_share_memory(out, array):
            raise ValueError(f"out overlaps {name}; it must not share memory with any argument")
    return out
