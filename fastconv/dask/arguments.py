"""Check the arrays of a call before any task runs, and describe the call as a problem."""

import math

import dask.array as da
import numpy as np

from ..calls.eager import AUTO
from ..calls.forward import call_scipy
from ..errors import shown
from ..gpu.arrays import device_of
from ..gpu.calls import DeviceCalls
from ..planner.choose import check_arguments, check_method
from ..problem.arrays import Spec, any_array, coerce
from ..problem.forwarded import ForwardedProblem
from ..problem.limits import in_parts


def is_dask(value):
    """Return whether a value is an array of Dask."""
    return isinstance(value, da.Array)


def check_array(name, array):
    """Refuse an array of Dask that cannot be taken block by block."""
    if any(math.isnan(n) for n in array.shape):
        raise ValueError(
            f"{name} has unknown chunk sizes, shape {array.shape}; compute them first: "
            f"{name}.compute_chunk_sizes()"
        )
    if array.dtype.kind not in "biufc":
        raise TypeError(f"{name} has dtype {array.dtype}; blocks of numbers are needed")
    if isinstance(array._meta, np.ma.MaskedArray):
        raise TypeError(
            f"{name} has blocks of numpy.ma; pass dask.array.ma.getdata({name}), and its mask as "
            "mask= where there is one"
        )


def check_kernel(name, array):
    """Refuse a kernel of many chunks."""
    if is_dask(array) and math.prod(array.numblocks) > 1:
        raise ValueError(
            f"{name} has {math.prod(array.numblocks)} chunks; it is a kernel, which must be an "
            f"array of NumPy, or of Dask in one chunk: {name}.rechunk(-1)"
        )


def lazy(array, chunks=-1):
    """Return an array of NumPy, or a list, as an array of Dask in these chunks.

    Chunks of no elements, such as a selection leaves, are taken out.
    """
    if not is_dask(array):
        return da.from_array(_host(array), chunks=chunks)
    if any(0 in own and len(own) > 1 for own in array.chunks):
        return array.rechunk(tuple(tuple(n for n in own if n) or (0,) for own in array.chunks))
    return array


def _host(array):
    return array if hasattr(array, "dtype") else np.asarray(array)


def device_kind(arrays):
    """Return the runtime of the device on which arrays, or blocks of Dask's arrays, lie, or None.

    Return also these arrays, and empty blocks of those of Dask.
    """
    kinds = tuple(array._meta if is_dask(array) else array for array in arrays)
    return device_of(kinds), kinds


def specs_of(op, arrays):
    """Return a `Spec` of each array in the order of an op, None for absent ones."""
    runtime, kinds = device_kind(arrays)
    if runtime is not None:
        DeviceCalls(runtime).specs(op, kinds)  # refuses arrays that lie elsewhere
    specs = []
    for name, array in zip(op.arrays, arrays, strict=True):
        if array is None and name in op.optional:
            specs.append(None)
            continue
        if is_dask(array):
            check_array(name, array)
            shape = tuple(int(n) for n in array.shape)
            spec = Spec(shape, array.dtype, on_device=runtime is not None)
        else:
            if runtime is None:
                array = any_array(name, array)
            spec = Spec(tuple(array.shape), array.dtype, on_device=runtime is not None)
        specs.append(spec if op.checks_dtypes else coerce(name, spec))
    return tuple(specs)


def request_of(op, specs, options, common=AUTO):
    """Return the `Request` of a call on whole arrays, which refuses bad arguments.

    Parameters
    ----------
    op : Op
    specs : tuple of Spec or None
    options : dict
    common : tuple, optional
        algorithm, accuracy and workspace_limit.
    """
    check_method(op, options, common[0])
    with in_parts():
        request = op.validated(specs, options)
    check_arguments(*common, request.problem)
    return request


def forwards(request):
    """Return whether only SciPy's function can compute a call."""
    return isinstance(request.problem, ForwardedProblem)


def impossible(op, reason):
    """Return the error for what cannot be computed block by block."""
    return TypeError(f"{op.name} of an array of Dask: {reason}")


def small_result(op, options, shapes, specs):
    """Return what SciPy's function returns for zeros of the same dtypes, or raise its error.

    Parameters
    ----------
    op : Op
    options : dict
    shapes : tuple of tuple of int
        Shapes of the zeros.
    specs : tuple of Spec or None
    """
    zeros = tuple(
        None if s is None else np.zeros(shape, s.dtype)
        for s, shape in zip(specs, shapes, strict=True)
    )  # fmt: skip
    return call_scipy(op, zeros, tuple(options.values()))


def check_out(out):
    """Refuse an array that is to receive the result: there is no memory to write it to yet."""
    if out is not None:
        raise TypeError(
            f"out is {shown(out)}; an array of Dask has no memory to write to: give no out, and "
            "store the result with dask.array.store or to_zarr"
        )


def check_output(output):
    """Refuse an `output` that is an array; a dtype is allowed."""
    if output is not None and not isinstance(output, (type, np.dtype, str)):
        raise TypeError(
            f"output is an array, {type(output).__name__}; with an array of Dask it can only be a "
            "dtype: store the result with dask.array.store or to_zarr"
        )
