"""Arrays and dtypes: which arrays functions accept, and which dtype their results have."""

from dataclasses import dataclass

import numpy as np

from ..errors import shown
from .channels_last import is_last

_SHORT = {
    np.dtype(long): short
    for short, long in {
        "f16": "float16", "f32": "float32", "f64": "float64", "c64": "complex64",
        "c128": "complex128", "i8": "int8", "i16": "int16", "i32": "int32", "i64": "int64",
        "u8": "uint8", "u16": "uint16", "u32": "uint32", "u64": "uint64",
    }.items()
}  # fmt: skip
DTYPES = {short: dtype for dtype, short in _SHORT.items()}
ALLOWED_DTYPES = "float16/32/64, complex64/128, int8-64, uint8-64"


@dataclass(frozen=True)
class Spec:
    """Shape and dtype of an array whose values are not known yet or lie on a device.

    Parameters
    ----------
    shape : tuple of int
    dtype : dtype
    on_device : bool
        Whether the array lies in the memory of a device.
    """

    shape: tuple[int, ...]
    dtype: np.dtype
    on_device: bool = False

    @property
    def ndim(self) -> int:
        return len(self.shape)


def short(dtype) -> str:
    """Return the name that a dtype has in problem keys: ``f32``."""
    return _SHORT[np.dtype(dtype)]


def as_array(name, value):
    """Return the argument called `name` as an ndarray. A Dask array is refused."""
    if type(value) is not np.ndarray:
        check_computed(name, value)
    return np.asarray(value)


def check_computed(name, value):
    """Refuse a Dask array, because NumPy would compute all of it at once and in one array."""
    graph = getattr(type(value), "__dask_graph__", None)  # the protocol of Dask's collections
    if graph is not None and graph(value) is not None:
        kind = type(value)
        raise TypeError(
            f"{name} is a {kind.__module__.partition('.')[0]} {kind.__name__} that Dask computes; "
            f"a NumPy array is needed: pass {name}.compute(), or call this function block by "
            "block through dask.array.map_overlap"
        )


def any_array(name, value):
    """Return `value` as an ndarray of any dtype. A `Spec` is returned as it is."""
    if type(value) is np.ndarray or isinstance(value, Spec):
        return value
    check_computed(name, value)
    try:
        return np.asarray(value)
    except (ValueError, TypeError) as error:
        raise type(error)(f"{name} must be an array of numbers, got {shown(value)}") from None


def coerce(name, value):
    """Return `value` as an ndarray of any layout, and refuse dtypes that fastconv lacks."""
    if type(value) is np.ndarray and value.dtype in _SHORT:
        return value
    array = any_array(name, value)
    if array.dtype.newbyteorder("=") not in _SHORT:
        raise TypeError(f"{name} has dtype {array.dtype}; allowed: {ALLOWED_DTYPES}")
    return array


def native(array):
    """Return the dtype of `array` in native byte order.

    For numbers it is NumPy's built-in dtype object, which can be compared by identity.
    """
    dtype = array.dtype
    return np.dtype(dtype.type) if dtype.kind in "biufc" else dtype.newbyteorder("=")


def result_dtype(*arrays):
    """Return the dtype of a network-style result.

    It is what NumPy promotes the arrays to. If all arrays hold integers, it is int64, or uint64 if
    one of them is uint64.
    """
    dtypes = [native(a) for a in arrays if a is not None]
    if all(d.kind in "iu" for d in dtypes):
        return np.dtype(np.uint64 if np.dtype(np.uint64) in dtypes else np.int64)
    return np.result_type(*dtypes)


def inexact(dtype):
    """Return the dtype of averages: float64 for integers, otherwise the dtype itself."""
    return np.dtype(np.float64) if np.dtype(dtype).kind in "iu" else np.dtype(dtype)


def compute_name(name) -> str:
    """Return the short name of the dtype in which a result of dtype `name` is computed."""
    if name == "f16":
        return "f32"
    if name[0] == "u":
        return "u64"
    return "i64" if name[0] == "i" else name


def real_only(name, array, what):
    """Refuse a complex array for an operation `what` that is only defined for real numbers."""
    if native(array).kind == "c":
        raise TypeError(f"{name} has dtype {array.dtype}; {what} needs real numbers")


def checked_out(out, shape, dtype, arrays, last=False):
    """Return the caller's `out` if a result may be written into it.

    Parameters
    ----------
    out : ndarray
        What the caller passed.
    shape, dtype
        Shape and dtype of the result.
    arrays : dict
        Input arrays by name. None of them may overlap `out`.
    last : bool, default False
        Whether the result has channels last. It is C-contiguous otherwise.

    Raises
    ------
    TypeError, ValueError
        If `out` is no writeable ndarray of this shape and dtype, lies otherwise in memory, or
        overlaps an input.
    """
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out must be a numpy.ndarray or None, got {type(out).__name__}")
    if out.shape != tuple(shape):
        raise ValueError(f"out has shape {out.shape}; the result has shape {tuple(shape)}")
    if out.dtype != dtype or not out.dtype.isnative:
        raise ValueError(f"out has dtype {out.dtype}; the result has dtype {dtype}")
    if not out.flags.writeable:
        raise ValueError("out is read-only; it must be writeable")
    if not (is_last(out) if last else out.flags.c_contiguous):
        wanted = "have channels last" if last else "be C-contiguous"
        raise ValueError(f"out has strides {out.strides}; it must {wanted}")
    for name, array in arrays.items():
        if isinstance(array, np.ndarray) and np.may_share_memory(out, array):
            raise ValueError(f"out overlaps {name}; it must not share memory with any argument")
    return out
