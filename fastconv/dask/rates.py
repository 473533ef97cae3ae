"""Filters along one axis that change the sampling rate, and FIR filters with a state.

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
from .axes import Reach, assigned, bounds, everything, interval, same
from .graph import Source, build, whole
from .tasks import Call, cropped

#: values of `mode` and `padtype` that depend on samples far from the end, or on all of them
_GLOBAL = ("line", "mean", "median", "minimum", "maximum")


def upsampled(op, arrays, options, common):
    """Return the result of ``upfirdn``."""
    check_kernel("h", arrays[1])
    specs = specs_of(op, arrays)
    x, h = specs
    request = request_of(op, specs, options)
    dtype = request.out_dtype
    if forwards(request):
        dtype = _small(op, options, specs, (_one_by(x, options["axis"]), h.shape)).dtype
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
    request = request_of(op, specs, options)
    dtype = request.out_dtype
    if forwards(request):
        dtype = _small(op, options, specs, (_one_by(x, options["axis"]),)).dtype
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
    request = request_of(op, specs, options)
    if options["ftype"] != "fir":
        raise impossible(
            op, "a filter with feedback depends on all samples before; give ftype='fir'"
        )  # fmt: skip
    dtype = request.out_dtype
    if forwards(request):
        dtype = _small(op, options, specs, (_one_by(x, options["axis"]),)).dtype
    axis, q = axis_of(options["axis"], x.ndim), int(options["q"])
    n = 20 * q if options["n"] is None else int(options["n"])
    first = n // 2 if options["zero_phase"] else 0
    rate = 1, q, n + 1, first, -(-x.shape[axis] // q)
    call = Call(op.name, options, common)
    return _at_rate(op, call, [lazy(arrays[0])], axis, rate, "constant", dtype)


def _one_by(spec, axis):
    """Return a shape of one element per axis, but a few along `axis`, for a small result."""
    shape = [1] * spec.ndim
    if isinstance(axis, (int, np.integer)) and -spec.ndim <= axis < spec.ndim:
        shape[axis] = max(1, min(spec.shape[axis], 4))
    return tuple(shape)


def _small(op, options, specs, shapes):
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


# ------------------------------------------------------------------------------ the same rate


class _Filter(Call):
    """A call of ``lfilter`` with an initial state, whose blocks at the start see that."""

    def __init__(self, name, options, common, axis):
        super().__init__(name, options, common)
        self.axis = axis

    def __call__(self, place, slabs):
        x, b, a, zi = slabs
        if place.at[self.axis] == "start":
            result, _ = self.run((x, b, a, zi), self.options)
        elif place.at[self.axis] == "final":
            return self.run((x, b, a, zi * 0), self.options)[1]
        elif place.at[self.axis] == "both":
            return self.run((x, b, a, zi), self.options)[1]
        else:
            result = self.run((x, b, a, None), self.options)
            result = result.astype(np.result_type(result, zi), copy=False)
        return cropped(result, place.crop)


def filtered(op, arrays, options, common):
    """Return the result of ``lfilter``, and the final state if there is an initial one."""
    for name, array in zip(("b", "a", "zi"), arrays[1:], strict=True):
        if name != "zi":
            check_kernel(name, array)
    specs = specs_of(op, arrays)
    x, b, a, zi = specs
    request = request_of(op, specs, options)
    if a.shape not in ((), (1,)):
        raise impossible(
            op, f"a has shape {a.shape}: a filter with feedback depends on all samples before"
        )
    dtype = request.out_dtype
    axis = axis_of(options["axis"], x.ndim)
    if forwards(request):
        shapes = (_one_by(x, axis), b.shape, a.shape, None)
        dtype = _small(op, options, (*specs[:3], None), shapes).dtype
        if zi is not None:
            raise impossible(op, f"SciPy alone computes it, since {request.problem.reason}")
    taps = b.shape[0] if b.shape else 1
    signal, b_, a_ = (lazy(v) for v in arrays[:3])
    chunks, size = signal.chunks[axis], signal.shape[axis]
    takes, crops = _around(chunks, Reach(taps - 1, 0))
    axes = [(i, takes if i == axis else same(c)) for i, c in enumerate(signal.chunks)]
    crop = [crops if i == axis else None for i in range(signal.ndim)]
    if zi is None:
        call = Call(op.name, options, common, (False, False, False, True))
        sources = [Source(signal, axes), whole(b_), whole(a_)]
        return build(call, sources, signal.chunks, dtype, crop)
    call = _Filter(op.name, options, common, axis)
    state = lazy(arrays[3])
    at = [None] * signal.ndim
    at[axis] = ["start" if take.start == 0 else "inside" for take in takes]
    sources = [Source(signal, axes), whole(b_), whole(a_), _state(state, signal, axis)]
    result = build(call, sources, signal.chunks, dtype, crop, at)
    last = interval(chunks, (max(size - taps + 1, 0), size), Reach(0, 0), size)
    axes = [(i, [last] if i == axis else same(c)) for i, c in enumerate(signal.chunks)]
    at[axis] = ["both" if last.start == 0 else "final"]
    ends = tuple((taps - 1,) if i == axis else c for i, c in enumerate(signal.chunks))
    sources = [Source(signal, axes), whole(b_), whole(a_), _state(state, signal, axis)]
    return result, build(call, sources, ends, dtype, None, at)


def _state(zi, signal, axis):
    """Return the `Source` of an initial state, which may have one element along other axes."""
    axes = []
    for i, chunks in enumerate(zi.chunks):
        along = i != axis and zi.shape[i] == signal.shape[i]
        axes.append((i, same(chunks, signal.chunks[i])) if along else (None, [everything(chunks)]))
    return Source(zi, axes)


def _around(chunks, reach):
    """Return the takes and the crops of blocks with their surroundings along an axis."""
    takes, crops, size = [], [], sum(chunks)
    for a, b in bounds(chunks):
        take = interval(chunks, (a - reach.before, b + reach.after), reach, size)
        takes.append(take)
        crops.append((a - take.start, b - take.start))
    return takes, crops


def filtered_twice(op, arrays, options, common):
    """Return the result of ``filtfilt`` with a filter without feedback."""
    check_kernel("b", arrays[1])
    check_kernel("a", arrays[2])
    specs = specs_of(op, arrays)
    x, b, a = specs
    request = request_of(op, specs, options)
    if a.shape not in ((), (1,)) or options["method"] != "pad":
        raise impossible(
            op, "a filter with feedback, or the method 'gust', depends on the whole signal"
        )
    axis = axis_of(options["axis"], x.ndim)
    taps = b.shape[0] if b.shape else 1
    padlen = 3 * max(taps, 1) if options["padlen"] is None else int(options["padlen"])
    padlen = 0 if options["padtype"] is None else padlen
    dtype = request.out_dtype
    if forwards(request):
        shape = list(_one_by(x, axis))
        shape[axis] = x.shape[axis] if x.shape[axis] <= padlen else padlen + 1
        dtype = _small(op, options, specs, (tuple(shape), b.shape, a.shape)).dtype
    # the extension of a slab takes padlen samples from its ends, which must be there
    reach = Reach(taps - 1, taps - 1, edge=padlen + 2 * taps)
    arrays = [lazy(v) for v in arrays]
    return _on_slabs(Call(op.name, options, common), arrays, {axis: (reach, padlen + 1)}, dtype)


def smoothed(op, arrays, options, common):
    """Return the result of ``savgol_filter``."""
    specs = specs_of(op, arrays)
    (x,) = specs
    request = request_of(op, specs, options)
    dtype = request.out_dtype
    axis, window, mode = axis_of(options["axis"], x.ndim), options["window_length"], options["mode"]
    if forwards(request):
        shape = list(_one_by(x, axis))
        shape[axis] = min(x.shape[axis], max(window, 1))
        dtype = _small(op, options, specs, (tuple(shape),)).dtype
    half = window // 2
    reach = Reach(half, half, mode == "wrap", edge=window)
    least = window if mode == "interp" else 1
    return _on_slabs(
        Call(op.name, options, common), [lazy(arrays[0])], {axis: (reach, least)}, dtype
    )  # fmt: skip


def planar(op, arrays, options, common):
    """Return the result of ``sepfir2d``."""
    check_kernel("hrow", arrays[1])
    check_kernel("hcol", arrays[2])
    specs = specs_of(op, arrays)
    request = request_of(op, specs, options)
    dtype = request.out_dtype
    if forwards(request):
        shapes = (tuple(min(n, 2 * m) for n, m in zip(
            specs[0].shape, (specs[2].shape[0], specs[1].shape[0]), strict=True
        )), specs[1].shape, specs[2].shape)  # fmt: skip
        dtype = _small(op, options, specs, shapes).dtype
    row, column = specs[1].shape[0], specs[2].shape[0]
    reaches = {0: (Reach(column // 2, column // 2), column), 1: (Reach(row // 2, row // 2), row)}
    return _on_slabs(Call(op.name, options, common), [lazy(v) for v in arrays], reaches, dtype)


def _on_slabs(call, arrays, reaches, dtype):
    """Return the result of a filter that continues the array by itself.

    Parameters
    ----------
    call : Call
    arrays : list of dask.array.Array
        The array, and filters that every block needs as a whole.
    reaches : dict
        The `Reach` along each filtered axis, and the least length of a slab there.
    dtype : dtype
        Of the result.
    """
    x, *filters = arrays
    axes, crop = [], []
    for i, chunks in enumerate(x.chunks):
        if i not in reaches:
            axes.append((i, same(chunks)))
            crop.append(None)
            continue
        reach, least = reaches[i]
        takes, crops, size = [], [], x.shape[i]
        for a, b in bounds(chunks):
            start, stop = a - reach.before, b + reach.after
            if stop - start < least:
                start = max(min(start, size - least), 0) if not reach.wraps else start
                stop = start + least
            take = interval(chunks, (start, stop), reach, size)
            takes.append(take)
            crops.append((a - take.start, b - take.start))
        axes.append((i, takes))
        crop.append(crops)
    return build(call, [Source(x, axes), *map(whole, filters)], x.chunks, dtype, crop)

