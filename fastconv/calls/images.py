"""Run calls of `scipy.ndimage`'s functions, whose `output=` is an array, a dtype or None."""

from math import prod

import numpy as np

from .. import config
from ..gpu.arrays import device_of
from ..loops.copies import copy
from ..loops.stride_phases import Lease
from ..problem import OPS
from ..problem.arrays import as_array
from .eager import AUTO, find_executor, last_calls
from .fortran import in_c_order
from .forward import ForwardCall
from .kinds import handler_of

#: bytes by which an array on a lease may be longer
_LINE = 128


def filtered(name, arrays, options, output=None, out=None, algorithm="auto", num_threads=None,
             valued=-1):  # fmt: skip
    """Run a function of `scipy.ndimage`.

    Parameters
    ----------
    name : str
        Name of the op.
    arrays, options : tuple
        The arrays and options in the order of the op, without its last option, `output`.
    output : ndarray, dtype_like or None
        As in SciPy. An array may have any layout and overlap the input.
    out : ndarray or None
        An array has the same effect as for `output`.
    algorithm, num_threads
        As in the public functions.
    valued : int
        Position of the weights, or -1 if the function has none. The call cache compares their
        values.

    Returns
    -------
    ndarray
    """
    if valued >= 0 and isinstance(arrays[valued], (list, tuple, int, float)):
        arrays = (arrays[0], np.asarray(arrays[valued]))  # the call cache compares arrays
    if output is None and out is None and algorithm is AUTO[0]:
        options = (*options, None)
        executor = last_calls.find(name, arrays, options, AUTO, config.epoch(), valued)
        if executor is None:
            executor, arrays = find_executor(name, arrays, options, AUTO, valued)
        return executor(arrays, None, None, num_threads)
    handler = handler_of((*arrays, output, out))
    if handler is not None:
        return _handled(handler, name, arrays, options, output, out, algorithm, num_threads)
    output = _chosen(arrays[0], output, out)
    if device_of((*arrays, output)) is not None:
        return _on_device(name, arrays, options, output, algorithm, num_threads)
    common = (algorithm, "default", None)
    target, known = _dtype_of(output)
    if not known or not _shaped(output, arrays[0]):
        return _by_scipy(name, arrays, options, output, algorithm, num_threads)
    executor, arrays = find_executor(name, arrays, (*options, target), common, valued)
    if executor.forwards:
        return executor.into(arrays, output, num_threads)
    if not _is_array(output):
        return _as_dtype(executor(arrays, None, None, num_threads), output)
    output = np.asarray(output)
    overlaps = any(np.may_share_memory(output, a) for a in arrays)
    if overlaps and executor.request.rereads:
        return _by_scipy(name, arrays, options, output, algorithm, num_threads)
    turned = in_c_order(OPS[name], arrays[0], options, output)
    if turned is not None:
        arrays = (arrays[0].T, *arrays[1:])
        filtered(name, arrays, turned, output.T, None, algorithm, num_threads, valued)
        return output
    fits = output.dtype == executor.request.out_dtype and output.dtype.isnative
    if fits and not overlaps and output.flags.carray:
        return executor(arrays, None, output, num_threads)
    spare = _spare(executor.request) if fits else None
    result = executor(arrays, None, spare, num_threads)
    with np.errstate(all="ignore"):
        copy(output, result)
    return output


def _spare(request):
    """Return an array for a result that is copied; new memory costs more than filling it."""
    size = prod(request.out_shape) * request.out_dtype.itemsize
    return Lease(size + _LINE).array(request.out_shape, request.out_dtype) if size else None


def _chosen(input, output, out):
    """Return `output` or `out`, whichever the caller passed: an array, a dtype or None.

    Raises
    ------
    ValueError
        If both are given, or `out` has another shape than the input or is read-only.
    TypeError
        If `out` is not an array.
    """
    if out is None:
        return output
    if output is not None:
        raise ValueError("out and output are both given; give one of them")
    if device_of((out,)) is not None:
        return out
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out must be a numpy.ndarray or None, got {type(out).__name__}")
    if out.shape != np.shape(input):
        raise ValueError(f"out has shape {out.shape}; the result has shape {np.shape(input)}")
    if not out.flags.writeable:
        raise ValueError("out is read-only; it must be writeable")
    return out


def _is_array(output):
    """Return whether `output` is an array, or is taken for one, rather than a dtype."""
    return output is not None and not isinstance(output, (type, np.dtype, str))


def _dtype_of(output):
    """Return the dtype that `output` asks for, in native byte order, and whether it is valid.

    The dtype is None if `output` is None or not valid.
    """
    if output is None:
        return None, True
    if _is_array(output):
        return as_array("output", output).dtype.newbyteorder("="), True
    try:
        dtype = np.dtype(output).newbyteorder("=")
    except TypeError:
        return None, False
    if isinstance(output, str) and not issubclass(dtype.type, np.number):
        return None, False  # SciPy takes such dtypes, but not their names
    return dtype, True


def _shaped(output, x):
    """Return whether an `output` that is an array has the shape of the input."""
    return not _is_array(output) or np.shape(output) == np.shape(x)


def _as_dtype(result, output):
    """Return a result with the dtype `output`, which may have another byte order."""
    return result if output is None else result.astype(output, copy=False)


def _by_scipy(name, arrays, options, output, algorithm, num_threads):
    """Call SciPy's function, which writes into `output` or raises its own error."""
    op = OPS[name]
    arrays = op.coerce(arrays)
    request = op.forwarded(arrays, "SciPy is to judge the output")
    forward = ForwardCall(op, request, (*options, None))
    if algorithm not in ("auto", "scipy"):
        # raises an error if `algorithm` cannot run the call
        find_executor(name, arrays, (*options, None), (algorithm, "default", None))
    return forward.into(arrays, output, num_threads)


def _handled(handler, name, arrays, options, output, out, algorithm, num_threads):
    """Return the result for arrays that a handler takes. It refuses arrays for the result."""
    target = output if _is_array(output) else _dtype_of(output)[0]
    executor = handler.executor_of(
        OPS[name], arrays, (*options, target), (algorithm, "default", None)
    )  # fmt: skip
    return executor(arrays, None, out, num_threads)


def _on_device(name, arrays, options, output, algorithm, num_threads):
    """Return the result for arrays on a device. `output` is an array there or a dtype."""
    target = output.dtype if hasattr(output, "dtype") and hasattr(output, "shape") else output
    executor, arrays = find_executor(name, arrays, (*options, target), (algorithm, "default", None))
    if executor.forwards:
        return executor.into(arrays, output, num_threads)
    if target is output:
        return executor(arrays, None, None, num_threads)
    return executor(arrays, None, output, num_threads)
