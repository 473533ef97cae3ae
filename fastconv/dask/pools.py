"""Poolings: padding and overhanging windows are those of blocks at the edges."""

import numpy as np

from .arguments import check_kernel, lazy, request_of, specs_of
from .axes import Take, bounds, everything, pieces, same
from .graph import Source, build, parts, whole
from .layers import spatial
from .sums import output_chunks
from .tasks import Call


class _Pool(Call):
    """A call of a pooling, of which blocks at the edges alone are padded."""

    def __init__(self, name, options, common, sizes):
        super().__init__(name, options, common)
        self.sizes = sizes  # of the whole input, along the spatial axes

    def __call__(self, place, slabs):
        told = [at for at in place.at if at is not None]
        options = {**self.options, "padding": tuple(pads for _, pads in told)}
        result = self.run(slabs, options)
        if not isinstance(result, tuple):
            return result
        output, index = result
        inner = slabs[0].shape[-len(told) :]
        return output, _moved(index, inner, [start for start, _ in told], self.sizes)


def _moved(index, inner, starts, sizes):
    """Return flat positions in a slab as flat positions in the whole input; -1 stays."""
    at = np.unravel_index(np.maximum(index, 0), inner)
    moved = np.zeros_like(index)
    for positions, start, size in zip(at, starts, sizes, strict=True):
        moved = moved * size + positions + start
    return np.where(index < 0, -1, moved)


def pooled(op, arrays, options, common):
    """Return the result of max, average or Lp pooling; the arguments are those of `convolved`."""
    specs = specs_of(op, arrays)
    request = request_of(op, specs, options, common)
    p, x = request.problem, lazy(arrays[0])
    lead = x.ndim - p.dims
    axes = [(i, same(c)) for i, c in enumerate(x.chunks[:lead])]
    chunks, at = list(x.chunks[:lead]), [None] * lead
    rows = zip(x.chunks[lead:], p.output, p.kernel, p.stride, p.dilation, p.padding, strict=True)
    for c, count, taps, stride, dilation, pads in rows:
        own, takes, told = _windows(c, count, (taps - 1) * dilation + 1, stride, pads)
        axes.append((len(chunks), takes))
        chunks.append(own)
        at.append(told)
    call = _Pool(op.name, options, common, tuple(x.shape[lead:]))
    return _with_indices(
        p, build(call, [Source(x, axes)], tuple(chunks), request.out_dtype, None, at)
    )  # fmt: skip


def _windows(chunks, count, extent, stride, pads):
    """Return chunks, takes, and what blocks are told: where they start, and their padding."""
    before, after = pads
    size = sum(chunks)
    own = output_chunks(chunks, count, stride, extent - 1 - before, extent)
    takes, told = [], []
    for a, b in bounds(own):
        first, last = a * stride - before, (b - 1) * stride - before + extent
        start, stop = max(first, 0), min(last, size)
        takes.append(Take(pieces(chunks, start, stop), start))
        told.append((start, (start - first, min(max(last - size, 0), after))))
    return own, takes, told


def _with_indices(problem, result):
    """Return the result, or the arrays of outputs and indices."""
    if not problem.indices:
        return result
    return parts(result, [(result.dtype, result.chunks), (np.dtype(np.int64), result.chunks)])


def weighted(op, arrays, options, common):
    """Return the result of ``weighted_pool2d``."""
    check_kernel("weights", arrays[1])
    specs = specs_of(op, arrays)
    request = request_of(op, specs, options, common)
    p, x, weights = request.problem, lazy(arrays[0]), lazy(arrays[1])
    lead = x.ndim - p.dims
    axes = [(i, same(c)) for i, c in enumerate(x.chunks[:lead])]
    chunks = list(x.chunks[:lead])
    for own, takes in spatial(p, x.chunks[lead:]):
        axes.append((len(chunks), takes))
        chunks.append(own)
    call = Call(op.name, {**options, "padding": 0}, common)
    sources = [Source(x, axes), whole(weights)]
    return build(call, sources, tuple(chunks), request.out_dtype)


def by_image(op, arrays, options, common):
    """Return the result of a pooling whose windows are not alike: a task takes whole images.

    These are adaptive poolings and unpoolings. Blocks are those of the batch and the channels.
    """
    dims = int(op.name[-2])
    return _by_lead(op, arrays, options, common, arrays[0].ndim - dims)


def by_batch(op, arrays, options, common):
    """Return the result of ``unfold`` or ``fold``: a task takes all channels of whole images."""
    (x,) = arrays
    if op.name == "fold":
        return _by_lead(op, arrays, options, common, x.ndim - 2)
    window = options["kernel_size"]
    dims = len(window) if isinstance(window, (tuple, list)) else 2
    return _by_lead(op, arrays, options, common, x.ndim - dims - 1)


def _by_lead(op, arrays, options, common, count):
    """Return a result whose blocks are those of the first `count` axes."""
    specs = specs_of(op, arrays)
    request = request_of(op, specs, options, common)
    lead = lazy(arrays[0]).chunks[:count]
    sources = []
    for array in map(lazy, arrays):
        array = array.rechunk((*lead, *array.chunks[count:]))
        axes = [(i, same(c)) if i < count else (None, [everything(c)])
                for i, c in enumerate(array.chunks)]  # fmt: skip
        sources.append(Source(array, axes))
    chunks = (*lead, *((n,) for n in request.out_shape[count:]))
    result = build(Call(op.name, options, common), sources, chunks, request.out_dtype)
    return _with_indices(request.problem, result)


def maxed_out(op, arrays, options, common):
    """Return the result of ``maxout``: a task takes all channels of a block."""
    specs = specs_of(op, arrays)
    request = request_of(op, specs, options, common)
    x = lazy(arrays[0])
    axis = options["axis"] % x.ndim
    axes = [(None, [everything(c)]) if i == axis else (i, same(c)) for i, c in enumerate(x.chunks)]
    chunks = tuple((request.out_shape[i],) if i == axis else c for i, c in enumerate(x.chunks))
    call = Call(op.name, options, common)
    return build(call, [Source(x, axes)], chunks, request.out_dtype)
