"""Convolution layers: every block is a convolution of the part of the input that it needs.

Padding is written out in blocks at the edges. If the channels of the input are in several chunks,
each chunk is convolved with its part of the weight, and the results are added in pairs; the last
convolution adds bias and the sum of the others, and applies the activation.
"""

import numpy as np

from ..problem.arrays import result_dtype
from .arguments import check_kernel, lazy, request_of, specs_of
from .axes import Take, bounds, everything, extended, pieces, same
from .graph import Source, build
from .sums import output_chunks
from .tasks import Call


def convolved(op, arrays, options, common):
    """Return the result of ``conv1d``, ``conv2d`` or ``conv3d``.

    Parameters
    ----------
    op : Op
    arrays : tuple
        input, weight, bias and add; the last two may be None.
    options : dict
    common : tuple
        algorithm, accuracy and workspace_limit.
    """
    for name, array in zip(("weight", "bias"), arrays[1:3], strict=True):
        check_kernel(name, array)
    specs = specs_of(op, arrays)
    request = request_of(op, specs, options, common)
    layer = _Layer(op, request, specs[0].ndim, options, common)
    x, weight = lazy(arrays[0]), lazy(arrays[1])
    bias = None if arrays[2] is None else lazy(arrays[2])
    channels = x.chunks[layer.lead]
    whole = [(0, sum(channels))]
    parts = bounds(channels) if layer.splits(x, weight) else whole
    *others, last = [p for p in parts if p[1] > p[0]] or whole
    sums = [layer.block(x, weight, None, None, part) for part in others]
    if arrays[3] is not None:
        sums.append(lazy(arrays[3], "auto"))
    while len(sums) > 1:
        pairs = [a + b for a, b in zip(sums[::2], sums[1::2], strict=False)]
        sums = pairs + ([sums[-1]] if len(sums) % 2 else [])
    return layer.block(x, weight, bias, sums[0] if sums else None, last, activation=True)


class _Layer:
    """The blocks of one convolution.

    Parameters
    ----------
    op : Op
    request : Request
    ndim : int
        Number of axes of the input.
    options : dict
    common : tuple
    """

    def __init__(self, op, request, ndim, options, common):
        self.op, self.options, self.common = op, options, common
        self.problem, self.dtype = request.problem, request.out_dtype
        self.lead = ndim - self.problem.dims - 1  # axis of the channels

    def splits(self, x, weight):
        """Return whether to add convolutions of the chunks of channels."""
        exact = self.dtype == result_dtype(x, weight) and self.dtype != np.float16
        return exact and self.problem.groups == 1 and len(x.chunks[self.lead]) > 1

    def block(self, x, weight, bias, add, part, activation=False):
        """Return the convolution of some channels.

        Parameters
        ----------
        x, weight, bias, add : dask.array.Array or None
        part : (int, int)
            Start and stop of the channels.
        activation : bool
            Whether to apply the activation.
        """
        p, lead = self.problem, self.lead
        first, last = part
        axes = [(i, same(c)) for i, c in enumerate(x.chunks[:lead])]
        axes.append((None, [Take(pieces(x.chunks[lead], first, last), first)]))
        chunks = [*x.chunks[:lead], (p.k,)]
        for i, (own, result) in enumerate(spatial(p, x.chunks[lead + 1 :])):
            chunks.append(own)
            axes.append((lead + 1 + i, result))
        kernel = [(None, [everything(c)]) for c in weight.chunks]
        if last - first < sum(x.chunks[lead]):
            kernel[1] = None, [Take(pieces(weight.chunks[1], first, last), first)]
        sources = [Source(x, axes), Source(weight, kernel)]
        if bias is not None:
            places = [(None, [everything(bias.chunks[0])])]
            places += [(lead + i, same(c, chunks[lead + i]))
                       for i, c in enumerate(bias.chunks) if i]  # fmt: skip
            sources.append(Source(bias, places))
        if add is not None:
            add = add.rechunk(tuple(chunks))
            sources.append(Source(add, [(i, same(c)) for i, c in enumerate(chunks)]))
        options = {**self.options, "padding": 0, "padding_mode": "zeros"}
        options |= {} if activation else {"activation": None}
        absent = (False, False, bias is None, add is None)
        call = Call(self.op.name, options, self.common, absent)
        return build(call, sources, tuple(chunks), self.dtype)


def spatial(p, chunks):
    """Yield the chunks of the output along each spatial axis, and the takes of the input.

    Parameters
    ----------
    p : ConvProblem or PoolProblem
    chunks : tuple of tuple of int
        Of the input along its spatial axes.
    """
    boundary = getattr(p, "padding_mode", "zeros")
    rows = zip(chunks, p.output, p.kernel, p.stride, p.dilation, p.padding, strict=True)
    for c, count, taps, stride, dilation, (before, _) in rows:
        extent = (taps - 1) * dilation + 1
        own = output_chunks(c, count, stride, extent - 1 - before, extent)
        takes = [
            extended(c, a * stride - before, (b - 1) * stride - before + extent, boundary)
            for a, b in bounds(own)
        ]  # fmt: skip
        yield own, takes
