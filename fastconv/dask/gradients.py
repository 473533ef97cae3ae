"""Gradients of convolution layers: sums over blocks, and convolutions that go the other way.

The gradient of the weight is a sum over all outputs. A task sums over one block of `grad_output`,
with the part of the input that its outputs read, and Dask adds the results in a tree.

Element `i` of the input is read by the outputs `j` with ``j * stride - before + t * dilation == i``
for some tap t. A task takes the block of `grad_output` that holds all of them. Their gradient
reaches past the block, and is cut.
"""

from itertools import product

import dask.array as da
import numpy as np

from ..problem.geometry import continued
from .arguments import check_kernel, is_dask, lazy, request_of, specs_of
from .axes import Take, bounds, everything, extended, pieces, same
from .graph import Source, build, whole
from .tasks import Call

# --------------------------------------------------------------------------------- of the weight


class _OfWeight(Call):
    """A call of the gradient of a weight, for one block of `grad_output`."""

    def __call__(self, place, slabs):
        gradient = self.run(slabs, self.options)
        return gradient[None]


def of_weight(op, arrays, options, common):
    """Return the gradient of a convolution with respect to its weight.

    Parameters
    ----------
    op : Op
    arrays : tuple
        input and grad_output.
    options : dict
    common : tuple
        algorithm, accuracy and workspace_limit.
    """
    specs = specs_of(op, arrays)
    request = request_of(op, specs, options, common)
    p, dtype = request.problem, request.out_dtype
    size = tuple(int(n) for n in options["weight_size"])
    grad = lazy(arrays[1])
    batched = grad.ndim == p.dims + 2
    x = lazy(arrays[0], _chunks_for(arrays[0], grad) if batched else -1)
    if p.n == 0:
        return da.zeros(size, dtype=dtype, chunks=size)
    spatial = grad.chunks[grad.ndim - p.dims :]
    rows = []
    if batched:
        lead = bounds(grad.chunks[0])
        rows.append([(Take(pieces(x.chunks[0], a, b)), Take(pieces(grad.chunks[0], a, b)))
                     for a, b in lead if b > a])  # fmt: skip
    columns = zip(
        x.chunks[x.ndim - p.dims :], spatial, p.kernel, p.stride, p.dilation, p.padding, strict=True
    )  # fmt: skip
    for c, g, taps, stride, dilation, (before, _) in columns:
        extent = (taps - 1) * dilation + 1
        rows.append([
            (extended(c, a * stride - before, (b - 1) * stride - before + extent, p.padding_mode),
             Take(pieces(g, a, b)))
            for a, b in bounds(g) if b > a
        ])  # fmt: skip
    cells = list(product(*rows))
    takes = [list(zip(*cell, strict=True)) for cell in cells]
    lead = 1 if batched else 0
    image = [(0, [t[0][i] for t in takes]) for i in range(len(rows))]
    outputs = [(0, [t[1][i] for t in takes]) for i in range(len(rows))]
    image.insert(lead, (None, [everything(x.chunks[lead])]))
    outputs.insert(lead, (None, [everything(grad.chunks[lead])]))
    call = _OfWeight(op.name, {**options, "padding": 0, "padding_mode": "zeros"}, common)
    chunks = ((1,) * len(cells), *((n,) for n in size))
    sources = [Source(x, image), Source(grad, outputs)]
    partial = build(call, sources, chunks, dtype)
    return partial.sum(axis=0, dtype=dtype)


def _chunks_for(x, grad):
    """Return the chunks of a NumPy input: those of the batch, and whole images."""
    if is_dask(x):
        return -1
    return (grad.chunks[0], *((n,) for n in np.shape(x)[1:]))


# ---------------------------------------------------------------------------------- of the input


class _OfInput(Call):
    """A call of the gradient of an input, for the outputs that read one block of it."""

    def __call__(self, place, slabs):
        weight, grad = slabs
        told = [at for at in place.at if at is not None]
        lead = grad.ndim - len(told)
        channels = weight.shape[1] * self.options["groups"]
        head = (*grad.shape[: lead - 1], channels)
        shape = (*head, *(b - a for (_, _), (a, b) in told))
        if 0 in grad.shape:
            return np.zeros_like(grad, shape=shape, dtype=np.result_type(grad, weight))
        size = (*head, *(length for (_, length), _ in told))
        gradient = self.run(slabs, {**self.options, "input_size": size})
        inside = (slice(None),) * lead
        source, target = inside, inside
        for (first, length), (a, b) in told:
            start, stop = max(a, first), min(b, first + length)
            stop = max(stop, start)
            source += (slice(start - first, stop - first),)
            target += (slice(start - a, stop - a),)
        if gradient[source].shape == shape:
            return gradient[source] if gradient.shape == shape else gradient[source].copy()
        result = np.zeros_like(gradient, shape=shape)
        result[target] = gradient[source]
        return result


def of_input(op, arrays, options, common):
    """Return the gradient of a convolution with respect to its input.

    The blocks follow those of `grad_output`. With another padding mode than "zeros", the gradient
    of the padding is added to the elements that it repeats.

    Parameters
    ----------
    op : Op
    arrays : tuple
        weight and grad_output.
    options, common
        As in `of_weight`.
    """
    check_kernel("weight", arrays[0])
    specs = specs_of(op, arrays)
    request = request_of(op, specs, options, common)
    p, dtype = request.problem, request.out_dtype
    weight, grad = lazy(arrays[0]), lazy(arrays[1])
    lead = grad.ndim - p.dims
    folds = p.padding_mode != "zeros" and any(map(any, p.padding))
    axes = [(i, same(c)) for i, c in enumerate(grad.chunks[: lead - 1])]
    axes.append((None, [everything(grad.chunks[lead - 1])]))
    chunks, at = [*grad.chunks[: lead - 1], (p.c,)], [None] * lead
    rows = zip(grad.chunks[lead:], p.input, p.kernel, p.stride, p.dilation, p.padding, strict=True)
    for g, size, taps, stride, dilation, (before, after) in rows:
        # with folds, the padded input takes the place of the input
        pad = 0 if folds else before
        size += before + after if folds else 0
        own, takes, told = _reading(g, size, taps, stride, dilation, pad)
        axes.append((len(chunks), takes))
        chunks.append(own)
        at.append(told)
    given = {**options, "padding": 0, "padding_mode": "zeros"}
    call = _OfInput(op.name, given, common)
    sources = [whole(weight), Source(grad, axes)]
    result = build(call, sources, tuple(chunks), dtype, None, at)
    if folds:
        for i, (n, pads) in enumerate(zip(p.input, p.padding, strict=True)):
            result = _folded(result, lead + i, n, pads, p.padding_mode)
    return result


def _reading(chunks, size, taps, stride, dilation, before):
    """Return chunks and takes of an axis of the input, and what blocks are told.

    Blocks are told where the gradient of their outputs starts, how long it is, and their interval.
    """
    count, extent = sum(chunks), (taps - 1) * dilation + 1
    ends = [min(max((stop * stride) - before + extent // 2, 0), size) for _, stop in bounds(chunks)]
    ends[-1] = size
    own = tuple(b - a for a, b in zip([0, *ends[:-1]], ends, strict=True) if b > a)
    takes, told = [], []
    for a, b in bounds(own):
        first = max(-((extent - 1 - a - before) // stride), 0)
        last = min((b - 1 + before) // stride + 1, count)
        first = min(first, count)
        last = max(first, last)
        takes.append(Take(pieces(chunks, first, last), first))
        length = max((last - first - 1) * stride + extent, 0)
        told.append(((first * stride - before, length), (a, b)))
    return own, takes, told


def _folded(padded, axis, size, pads, mode):
    """Return the gradient of an input from that of the padded input, along one axis.

    Parameters
    ----------
    padded : dask.array.Array
    axis, size : int
        The axis, and the length of the input along it.
    pads : (int, int)
        Padding before and after.
    mode : str
        The padding mode, as a boundary.
    """
    before, after = pads
    if not before and not after:
        return padded

    def part(first, last):
        """Return an interval of positions of the input."""
        cut = [slice(None)] * padded.ndim
        cut[axis] = slice(first + before, last + before)
        return padded[tuple(cut)]

    result = part(0, size)
    chunks = result.chunks
    # positions past an edge, in pieces that each read consecutive elements, in one direction
    for first, last in ((-before, 0), (size, size + after)):
        for a, b, start, step in _runs(first, last, size, mode):
            piece = part(a, b)
            if step == 0:
                piece = piece.sum(axis=axis, keepdims=True, dtype=padded.dtype)
            elif step < 0:
                piece = da.flip(piece, axis)
            widths = [(0, 0)] * padded.ndim
            length = piece.shape[axis]
            widths[axis] = start, size - start - length
            result = result + da.pad(piece, widths).rechunk(chunks)
    return result


def _runs(first, last, size, mode):
    """Yield the pieces of an interval past an edge: start, stop, first element read, direction.

    The direction is 1 or -1 for elements in turn, 0 for one element that repeats.
    """
    at = continued(np.arange(first, last), size, mode).tolist()
    start = 0
    while start < len(at):
        stop, step = start + 1, 1
        if stop < len(at) and abs(at[stop] - at[start]) <= 1:
            step = at[stop] - at[start]
            while stop < len(at) and at[stop] - at[stop - 1] == step:
                stop += 1
        yield first + start, first + stop, min(at[start], at[stop - 1]), step
        start = stop
