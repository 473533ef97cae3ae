"""Filters of signals that keep the sampling rate: each block with the samples that it reaches.

A block at an end of the signal stops there, so that the function continues the signal by itself.
The initial state of ``lfilter`` is seen by the blocks at the start. The blocks at the ends hold the
windows from which ``savgol_filter`` interpolates, and the samples of which ``filtfilt`` makes its
extension.
"""

import numpy as np

from ..problem.scipy_arguments import axis_of
from .arguments import check_kernel, forwards, impossible, lazy, request_of, specs_of
from .axes import Reach, bounds, everything, interval, same
from .graph import Source, build, whole
from .rates import one_by, small
from .tasks import Call, cropped


class _WithState(Call):
    """A call of ``lfilter`` with an initial state, of which only blocks at the start see that.

    Parameters
    ----------
    name : str
    options : dict
    common : tuple
    axis : int
    final : bool
        Whether the block is the final state, and not a part of the signal.
    """

    def __init__(self, name, options, common, axis, final=False):
        super().__init__(name, options, common)
        self.axis, self.final = axis, final

    def __call__(self, place, slabs):
        x, b, a, zi = slabs
        at_start = place.at[self.axis]
        state = zi if at_start else np.zeros_like(zi)
        result, final = self.run((x, b, a, state), self.options)
        return final if self.final else cropped(result, place.crop)


def filtered(op, arrays, options, common):
    """Return the result of ``lfilter``, and the final state if there is an initial one."""
    for name, array in zip(("b", "a", "zi"), arrays[1:], strict=True):
        if name != "zi":
            check_kernel(name, array)
    specs = specs_of(op, arrays)
    x, b, a, zi = specs
    request = request_of(op, specs, options, common)
    if a.shape not in ((), (1,)):
        raise impossible(
            op, f"a has shape {a.shape}: a filter with feedback depends on all samples before"
        )
    dtype = request.out_dtype
    axis = axis_of(options["axis"], x.ndim)
    if forwards(request):
        shapes = (one_by(x, axis), b.shape, a.shape, None)
        dtype = small(op, options, (*specs[:3], None), shapes).dtype
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
    state = lazy(arrays[3])
    filters = [whole(b_), whole(a_), _state(state, signal, axis)]

    def filtered_by(call, takes, chunks, crop):
        """Return the blocks that a call makes of some intervals of the signal."""
        axes = [(i, takes if i == axis else same(c)) for i, c in enumerate(signal.chunks)]
        at = [[take.start == 0 for take in takes] if i == axis else None for i in range(x.ndim)]
        return build(call, [Source(signal, axes), *filters], chunks, dtype, crop, at)

    call = _WithState(op.name, options, common, axis)
    result = filtered_by(call, takes, signal.chunks, crop)
    last = interval(chunks, (max(size - taps + 1, 0), size), Reach(0, 0), size)
    ends = tuple((taps - 1,) if i == axis else c for i, c in enumerate(signal.chunks))
    final = _WithState(op.name, options, common, axis, final=True)
    return result, filtered_by(final, [last], ends, None)


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
    request = request_of(op, specs, options, common)
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
        shape = list(one_by(x, axis))
        shape[axis] = x.shape[axis] if x.shape[axis] <= padlen else padlen + 1
        dtype = small(op, options, specs, (tuple(shape), b.shape, a.shape)).dtype
    # the extension of a slab takes padlen samples from its ends, which must be there
    reach = Reach(taps - 1, taps - 1, edge=padlen + 2 * taps)
    arrays = [lazy(v) for v in arrays]
    return _on_slabs(Call(op.name, options, common), arrays, {axis: (reach, padlen + 1)}, dtype)


def smoothed(op, arrays, options, common):
    """Return the result of ``savgol_filter``."""
    specs = specs_of(op, arrays)
    (x,) = specs
    request = request_of(op, specs, options, common)
    dtype = request.out_dtype
    axis, window, mode = axis_of(options["axis"], x.ndim), options["window_length"], options["mode"]
    if forwards(request):
        shape = list(one_by(x, axis))
        shape[axis] = min(x.shape[axis], max(window, 1))
        dtype = small(op, options, specs, (tuple(shape),)).dtype
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
    request = request_of(op, specs, options, common)
    dtype = request.out_dtype
    if forwards(request):
        shapes = (tuple(min(n, 2 * m) for n, m in zip(
            specs[0].shape, (specs[2].shape[0], specs[1].shape[0]), strict=True
        )), specs[1].shape, specs[2].shape)  # fmt: skip
        dtype = small(op, options, specs, shapes).dtype
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

