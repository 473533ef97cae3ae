"""Filters along one axis that change the sampling rate.

Output `m` is the sum over `k` of ``h[first + m * down - k * up] * x[k]``. A block is a call on the
samples that its outputs read, from a sample that lies on an output: a multiple of `down`. The
samples before it that the filter reaches are the filter's state.
"""

from math import gcd

import numpy as np

from ..problem.scipy_arguments import axis_of
from .arguments import (
    check_kernel,
    forwards,
    impossible,
    lazy,
    request_of,
    small_result,
    specs_of,
)
from .axes import Reach, assigned, bounds, interval, same
from .graph import Source, build, whole
from .tasks import Call

#: values of `mode` and `padtype` that depend on samples far from the end, or on all of them
_GLOBAL = ("line", "mean", "median", "minimum", "maximum")


def upsampled(op, arrays, options, common):
    """Return the result of ``upfirdn``."""
    check_kernel("h", arrays[1])
    specs = specs_of(op, arrays)
    x, h = specs
    request = request_of(op, specs, options, common)
    dtype = request.out_dtype
    if forwards(request):
        dtype = small(op, options, specs, (one_by(x, options["axis"]), h.shape)).dtype
    axis = axis_of(options["axis"], x.ndim)
    up, down, taps, n = int(options["up"]), int(options["down"]), h.shape[0], x.shape[axis]
    count = ((n - 1) * up + taps - 1) // down + 1
    sources = [lazy(arrays[0]), lazy(arrays[1])]
    mode = str(options["mode"]).lower()
    call = Call(op.name, options, common)
    return _at_rate(op, call, sources, axis, (up, down, taps, 0, count), mode, dtype)


def resampled(op, arrays, options, common):
    """Return the result of ``resample_poly``."""
    specs = specs_of(op, arrays)
    (x,) = specs
    request = request_of(op, specs, options, common)
    dtype = request.out_dtype
    if forwards(request):
        dtype = small(op, options, specs, (one_by(x, options["axis"]),)).dtype
    axis = axis_of(options["axis"], x.ndim)
    up, down = int(options["up"]), int(options["down"])
    common_factor = gcd(up, down)
    up, down = up // common_factor, down // common_factor
    if up == down:
        return lazy(arrays[0])
    window = options["window"]
    taps = len(window) if isinstance(window, (list, np.ndarray)) else 20 * max(up, down) + 1
    count = -(-x.shape[axis] * up // down)
    rate = up, down, taps, (taps - 1) // 2, count
    call = Call(op.name, options, common)
    return _at_rate(op, call, [lazy(arrays[0])], axis, rate, options["padtype"], dtype)


def decimated(op, arrays, options, common):
    """Return the result of ``decimate`` with a FIR filter."""
    specs = specs_of(op, arrays)
    (x,) = specs
    request = request_of(op, specs, options, common)
    if options["ftype"] != "fir":
        raise impossible(
            op, "a filter with feedback depends on all samples before; give ftype='fir'"
        )  # fmt: skip
    dtype = request.out_dtype
    if forwards(request):
        dtype = small(op, options, specs, (one_by(x, options["axis"]),)).dtype
    axis, q = axis_of(options["axis"], x.ndim), int(options["q"])
    n = 20 * q if options["n"] is None else int(options["n"])
    first = n // 2 if options["zero_phase"] else 0
    rate = 1, q, n + 1, first, -(-x.shape[axis] // q)
    call = Call(op.name, options, common)
    return _at_rate(op, call, [lazy(arrays[0])], axis, rate, "constant", dtype)


def one_by(spec, axis):
    """Return a shape of one element per axis, but a few along `axis`, for a small result."""
    shape = [1] * spec.ndim
    if isinstance(axis, (int, np.integer)) and -spec.ndim <= axis < spec.ndim:
        shape[axis] = max(1, min(spec.shape[axis], 4))
    return tuple(shape)


def small(op, options, specs, shapes):
    """Return `small_result` as an array."""
    return np.asarray(small_result(op, options, shapes, specs))


def _at_rate(op, call, arrays, axis, rate, mode, dtype):
    """Return a signal at another rate.

    Parameters
    ----------
    op : Op
    call : Call
    arrays : list of dask.array.Array
        The signal, and the filter if it is an array.
    axis : int
    rate : tuple of int
        up, down, number of taps, position of the first output in the full output, and number of
        outputs.
    mode : str
        How the signal continues past its ends.
    dtype : dtype
        Of the result.
    """
    x, *filter_ = arrays
    up, down, taps, first, count = rate
    factor = gcd(up, down)
    up, down, stretch = up // factor, down // factor, factor
    chunks, size = x.chunks[axis], x.shape[axis]
    if mode in _GLOBAL and len(chunks) > 1:
        raise impossible(
            op, f"the extension {mode!r} depends on the whole signal; use one chunk along axis "
            f"{axis}, or another extension"
        )  # fmt: skip
    # in units of the samples' spacing after upsampling by `up` alone
    span, ahead = -(-taps // stretch), first // stretch
    own = assigned(chunks, count, (down, up))
    reach = Reach(-(-span // up) + 1, -(-ahead // up) + 1, mode == "wrap", whole=mode in _GLOBAL)
    takes, crops = [], []
    for a, b in bounds(own):
        start = -((span - 1 - ahead - a * down) // up)
        stop = max(((b - 1) * down + ahead) // up, -(-b * down // up)) + 1
        start = min(start, a * down // up, size - 1)
        take = interval(chunks, (start - start % down, stop), reach, size)
        if take.start % down:  # an edge moved its start
            moved = take.start - take.start % down
            take = interval(chunks, (moved, take.start + take.length), reach, size)
        offset = take.start * up // down
        takes.append(take)
        crops.append((a - offset, b - offset))
    axes, crop, result = [], [], []
    for i, c in enumerate(x.chunks):
        axes.append((i, takes if i == axis else same(c)))
        crop.append(crops if i == axis else None)
        result.append(own if i == axis else c)
    sources = [Source(x, axes), *map(whole, filter_)]
    return build(call, sources, tuple(result), dtype, crop)
