"""Which arrays live on a device, and what a call checks of them."""

import numpy as np

from ..problem.arrays import Spec, coerce
from . import runtime as runtimes

#: exact array type -> function from an array to its runtime; CuPy's enters at first sight
_KINDS = {}


def register(kind, find):
    """Let arrays of type `kind` be computed by ``find(array)``."""
    _KINDS[kind] = find


def unregister(kind):
    _KINDS.pop(kind, None)


def runtime_of(array):
    """The runtime of an array that lives on a device, else None."""
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
    """The runtime of the first array on a device, None if all are on the host."""
    for array in arrays:
        if type(array) is np.ndarray or array is None:
            continue
        found = runtime_of(array)
        if found is not None:
            return found
    return None


def checked(runtime, names, arrays, optional=()):
    """`Spec` of every array, None where one may be absent.

    Raises
    ------
    TypeError
        One is on the host, or has a dtype that fastconv does not compute with.
    ValueError
        One is on another device.
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
        specs.append(coerce(name, Spec(tuple(array.shape), array.dtype)))
    return tuple(specs)


def _described(array):
    kind = type(array)
    return "None" if array is None else f"a {kind.__module__.partition('.')[0]}.{kind.__name__}"


def ready(runtime, arrays, dtypes):
    """The arrays C-contiguous and in the dtypes that the engine wants, on their device."""
    return tuple(
        array
        if array is None or (array.dtype == dtype and array.flags.c_contiguous)
        else runtime.xp.ascontiguousarray(array, dtype=dtype)
        for array, dtype in zip(arrays, dtypes, strict=False)
    )


def checked_out(runtime, out, shape, dtype, arrays):
    """Validate the caller's `out` against the result's shape and dtype and its inputs."""
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
