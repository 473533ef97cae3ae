"""The way in of `scipy.ndimage`'s functions, whose `output=` is an array, a dtype or None."""

import numpy as np

from .. import config
from ..gpu.arrays import device_of
from ..problem import OPS
from ..problem.arrays import as_array
from .eager import AUTO, found, recent
from .forward import ForwardCall


def filtered(name, arrays, options, output=None, out=None, algorithm="auto", num_threads=None,
             valued=-1):  # fmt: skip
    """Run a function of `scipy.ndimage`.

    Parameters
    ----------
    name : str
        Of the op.
    arrays, options : tuple
        In the op's order, without its last option, `output`.
    output : ndarray, dtype_like or None
        As SciPy takes it: an array of any layout, which may overlap the input.
    out : ndarray or None
        The same as an array for `output`.
    algorithm, num_threads
        As in every function.
    valued : int
        Position of the weights, by whose values calls are known again; -1 for none.
    """
    if valued >= 0 and isinstance(arrays[valued], (list, tuple, int, float)):
        arrays = (arrays[0], np.asarray(arrays[valued]))  # so that its values are known again
    if output is None and out is None and algorithm is AUTO[0]:
        options = (*options, None)
        executor = recent.find(name, arrays, options, AUTO, config.epoch(), valued)
        if executor is None:
            executor, arrays = found(name, arrays, options, AUTO, valued)
        return executor(arrays, None, None, num_threads)
    output = _chosen(arrays[0], output, out)
    if device_of((*arrays, output)) is not None:
        return _on_device(name, arrays, options, output, algorithm, num_threads)
    common = (algorithm, "default", None)
    target, known = _dtype_of(output)
    if not known or not _shaped(output, arrays[0]):
        return _by_scipy(name, arrays, options, output, algorithm, num_threads)
    executor, arrays = found(name, arrays, (*options, target), common, valued)
    if executor.forwards:
        return executor.into(arrays, output, num_threads)
    if not _is_array(output):
        return _as_dtype(executor(arrays, None, None, num_threads), output)
    output = np.asarray(output)
    overlaps = any(np.may_share_memory(output, a) for a in arrays)
    if overlaps and executor.request.rereads:
        return _by_scipy(name, arrays, options, output, algorithm, num_threads)
    fits = output.dtype == executor.request.out_dtype and output.dtype.isnative
    if fits and not overlaps and output.flags.carray:
        return executor(arrays, None, output, num_threads)
    result = executor(arrays, None, None, num_threads)
    with np.errstate(all="ignore"):
        np.copyto(output, result, casting="unsafe")
    return output


def _chosen(input, output, out):
    """Return the one of `output` and `out` that is given: an array, a dtype or None.

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
    return output is not None and not isinstance(output, (type, np.dtype, str))


def _dtype_of(output):
    """Return the native dtype that `output` asks for or None, and whether there is such a dtype."""
    if output is None:
        return None, True
    if _is_array(output):
        return as_array("output", output).dtype.newbyteorder("="), True
    try:
        return np.dtype(output).newbyteorder("="), True
    except TypeError:
        return None, False


def _shaped(output, x):
    """Return whether SciPy has no error for the shape of an `output` that is an array."""
    return not _is_array(output) or np.shape(output) == np.shape(x)


def _as_dtype(result, output):
    """Return a result in the byte order of the dtype `output`."""
    return result if output is None else result.astype(output, copy=False)


def _by_scipy(name, arrays, options, output, algorithm, num_threads):
    """Return what SciPy itself answers for an `output` that it is to judge."""
    op = OPS[name]
    arrays = op.coerce(arrays)
    request = op.forwarded(arrays, "SciPy is to judge the output")
    forward = ForwardCall(op, request, (*options, None))
    if algorithm not in ("auto", "scipy"):
        found(name, arrays, (*options, None), (algorithm, "default", None))  # raises if need be
    return forward.into(arrays, output, num_threads)


def _on_device(name, arrays, options, output, algorithm, num_threads):
    """Return the result for arrays on a device, whose `output` is an array there or a dtype."""
    target = output.dtype if hasattr(output, "dtype") and hasattr(output, "shape") else output
    executor, arrays = found(name, arrays, (*options, target), (algorithm, "default", None))
    if executor.forwards:
        return executor.into(arrays, output, num_threads)
    if target is output:
        return executor(arrays, None, None, num_threads)
    return executor(arrays, None, output, num_threads)
