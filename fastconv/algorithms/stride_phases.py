"""Input gradients and transposed convolutions, by the algorithms for forward convolutions.

    image[c, x] = sum over k, o, t with o*s + t*d = x + before of feature[k, o] * weight[k, c, t]

With stride 1 this is a convolution of the feature with the weight's taps reversed and its channels
exchanged. With stride s, write the padded position as x + before = s*Q + R. Only the taps t with
t*d = R modulo s meet residue R, every s/gcd(s, d)-th one, and so the phase R is a convolution of
stride 1 with these taps. No zeros are inserted. Phases that have as many taps, and read the feature
at the same offset, become output channels of one convolution: stride 2 with 2 x 2 or 4 x 4 taps
takes one, with 3 x 3 taps four. A last pass interleaves their outputs in the image; where the
padding is not zeros, it also adds the gradient of the padding to the pixels that it came from.

References
----------
V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning", arXiv:1603.07285,
2016 (the transposed convolution); W. Shi et al., "Is the deconvolution layer the same as a
convolutional layer?", arXiv:1609.07009, 2016 (phases as channels).
"""

from dataclasses import replace
from itertools import product
from math import prod

import numpy as np

from .. import config
from ..caches import TableCache
from ..loops.stride_phases import Interleaving, Lease, transposed
from ..problem.arrays import DTYPES
from ..problem.convolution import ConvProblem
from ..problem.gaps import compacted
from ..problem.geometry import Axis, Stencil, without_single
from ..problem.records import record
from .base import Algorithm, Latest, c_axis, in_forward_order, refuses_axes, rounding
from .phases import Phase, phases

#: bytes of the parts' outputs that are interleaved at a time, so that they stay in cache
_BUFFER_BYTES = 2 << 20
#: seconds to move one value of a weight
_MOVE = 0.7e-9


@record
class Part:
    """One dense convolution.

    Parameters
    ----------
    problem : ConvProblem
    axes : tuple of Phase
    """

    problem: ConvProblem
    axes: tuple[Phase, ...]

    @property
    def sizes(self):
        """Outputs along each axis."""
        return self.problem.output

    @property
    def phases(self):
        """Phases along each axis."""
        return tuple(len(a.residues) for a in self.axes)


@record
class Parts:
    """The dense convolutions of one problem.

    Parameters
    ----------
    parts : tuple of Part
    axes : tuple of tuple of Phase
    whole : bool
        Whether a single part writes the image itself.
    batch : int
        Images that are computed at a time.
    buffer : int
        Bytes of the parts' outputs.
    """

    parts: tuple[Part, ...]
    axes: tuple[tuple[Phase, ...], ...]
    whole: bool
    batch: int
    buffer: int


def _parts_of(problem):
    """Return the `Parts` of a problem whose stencil has the role ``input``."""
    s = problem.stencil
    axes = tuple([tuple(phases(a)) for a in s.axes])
    whole = all([a.stride == 1 and a.boundary == "zeros" for a in s.axes])
    made, ones, dtypes, values = [], (1,) * len(axes), (problem.compute,) * 3, []
    sizes = tuple([a.feature for a in s.axes])
    # as the problems' own stencils, but of axes that several parts share
    along = [
        [
            (c, compacted(Axis(a.feature, c.size, len(c.taps[0]), 1, c.dilation, c.padding[0])))
            for c in classes
        ]
        for a, classes in zip(s.axes, axes, strict=True)
    ]
    for chosen in product(*along):
        classes = tuple([c for c, _ in chosen])
        channels = s.image_channels * prod([len(c.residues) for c in classes])
        own = ConvProblem(
            "conv", "fwd", dtypes, s.n, s.groups, s.feature_channels, channels,
            sizes, tuple([len(c.taps[0]) for c in classes]), ones,
            tuple([c.padding for c in classes]), tuple([c.dilation for c in classes]),
            bias=problem.bias if whole else None,
            activation=problem.activation if whole else None,
        )  # fmt: skip
        own.output = tuple([c.size for c in classes])
        own.stencil = Stencil(
            "fwd", s.n, s.groups, s.feature_channels, channels,
            without_single([axis for _, axis in chosen]),
        )  # fmt: skip
        values.append(channels * prod(own.output))
        made.append(Part(own, classes))
    item = DTYPES[problem.compute].itemsize
    batch = max(1, min(s.n, _BUFFER_BYTES // max(sum(values) * item, 1)))
    batch = -(-s.n // -(-s.n // batch)) if s.n else 1
    buffer = 0 if whole else sum([64 + batch * v * item for v in values])
    return Parts(tuple(made), axes, whole, batch, buffer)


#: bytes of the numbers of taps that are kept for images of all sizes
_tables = TableCache(1 << 22)
#: the parts of a problem, for which all algorithms ask
parts_of = Latest(_parts_of)


def _weight_bytes(parts, item):
    return sum(64 + prod(p.problem.weight_shape) * item for p in parts.parts)


class StridePhases(Algorithm):
    """A forward algorithm on the phases of a problem.

    Parameters
    ----------
    forward : Algorithm
    """

    roles = ("input",)
    dtypes = ("f32", "f64")

    def __init__(self, forward):
        self.forward = forward
        self.name = forward.name
        self.spreads_nan, self.growth = forward.spreads_nan, forward.growth
        self.sized = forward.sized  # parts of problems of a pattern differ in sizes only

    def refuses(self, problem):
        s = problem.stencil
        reason = refuses_axes(s)
        if reason is not None:
            return reason
        for part in parts_of(problem).parts:
            reason = self.forward.supports(part.problem)
            if reason is not None:
                if max(a.stride for a in s.axes) == 1:
                    return reason
                taps = "x".join(map(str, part.problem.kernel))
                return f"{reason}; a phase of the stride has {taps} taps"
        return None

    def floor(self, problem, machine, threads):
        parts = parts_of(problem)
        seconds = sum([self.forward.floor(p.problem, machine, threads) for p in parts.parts])
        return seconds + _besides(problem, machine, threads)

    def cost(self, problem, machine, threads):
        parts = parts_of(problem)
        seconds = sum([self.forward.cost(p.problem, machine, threads) for p in parts.parts])
        return seconds + _besides(problem, machine, threads)

    def error_bound(self, problem):
        parts = parts_of(problem).parts
        bounds = [self.forward.error_bound(p.problem) for p in parts]
        return max(bounds, default=0.0) + rounding(problem)

    def workspace(self, problem, threads):
        parts = parts_of(problem)
        inner = [self.forward.workspace(p.problem, threads) for p in parts.parts]
        weights = _weight_bytes(parts, DTYPES[problem.compute].itemsize)
        return weights + parts.buffer + max(inner, default=0)

    def preparation(self, problem, machine, threads):
        parts = parts_of(problem)
        inner = [self.forward.preparation(p.problem, machine, threads) for p in parts.parts]
        seconds = sum(i[0] for i in inner) + _weights_cost(problem, machine, threads)
        weights = _weight_bytes(parts, DTYPES[problem.compute].itemsize)
        return seconds, weights + min((i[1] for i in inner), default=0)

    def prepare(self, problem, weight):
        return Prepared(self.forward, problem, np.ascontiguousarray(weight))

    def bind(self, problem):
        return in_forward_order(problem, _Bound(self.forward, problem).run)


def _besides(problem, machine, threads):
    """Return the seconds of what is done besides the forward convolutions of all parts."""
    parts, seconds = parts_of(problem), _weights_cost(problem, machine, threads)
    if parts.whole:
        return seconds
    calls = len(parts.parts) * (-(-problem.n // parts.batch) - 1)
    seconds += calls * (machine.call + (machine.fork if threads > 1 else 0.0))
    image = prod(problem.stencil.image_shape) * DTYPES[problem.compute].itemsize
    return seconds + machine.python_call + 3 * image / machine.memory_rate / threads


def _weights_cost(problem, machine, threads):
    """Return the seconds to rearrange the weight for all parts."""
    values = prod(problem.stencil.weight_shape)
    return machine.python_call + values * _MOVE / threads


class Prepared:
    """The weight of every part, rearranged, and as the forward algorithm prepares it."""

    def __init__(self, forward, problem, weight):
        self.weights = [
            _rearranged(problem, _taps(problem, part), weight, _empty(part, problem), 1)
            for part in parts_of(problem).parts
        ]
        parts = parts_of(problem).parts
        self.prepared = [
            forward.prepare(part.problem, w) for part, w in zip(parts, self.weights, strict=True)
        ]

    @property
    def nbytes(self):
        """Bytes that a plan keeps."""
        return sum(a.nbytes for a in (*self.weights, *self.prepared) if a is not None)


def _empty(part, problem):
    return np.empty(part.problem.weight_shape, DTYPES[problem.compute])


def _taps(problem, part):
    """Return the flat numbers of the taps that each phase of a part takes of the weight.

    Returns
    -------
    ndarray of intp, shape (phases, taps of a phase)
    """
    axes = zip(problem.stencil.axes, part.axes, strict=True)
    key = tuple([(axis.taps, phase.taps) for axis, phase in axes])
    numbers = _tables.entries.get(key)
    if numbers is None:
        numbers = np.zeros((1, 1), np.intp)
        for size, ranges in key:
            along = np.array(ranges, np.intp)
            numbers = numbers[:, None, :, None] * size + along[None, :, None, :]
            numbers = numbers.reshape(numbers.shape[0] * numbers.shape[1], -1)
        _tables.insert(key, numbers)
    return numbers


def _rearranged(problem, taps, weight, out, threads):
    """Write the weight of a part to `out`: its taps reversed, its channels exchanged."""
    s = problem.stencil
    rows, columns = s.feature_channels // s.groups, s.image_channels // s.groups
    transposed(
        config.current_isa(), problem.compute, weight, s.groups, rows, columns,
        taps, out, threads,
    )  # fmt: skip
    return out


class _Bound:
    """What a call needs, made once for a problem."""

    def __init__(self, forward, problem):
        self.problem = problem
        self.cut = cut = parts_of(problem)
        self.weight_bytes = _weight_bytes(cut, DTYPES[problem.compute].itemsize)
        self.taps = [_taps(problem, part) for part in cut.parts]
        self.runs = {}
        for n in {cut.batch, problem.n % cut.batch or cut.batch}:
            size = problem.n if cut.whole else n
            self.runs[n] = [forward.bind(_of_batch(p.problem, size)) for p in cut.parts]
        self.interleave = None if cut.whole else _interleaving(problem, cut)

    def run(self, arrays, prepared, out, threads):
        """Rearrange the weight unless that is done, run every part, interleave their outputs."""
        feature, weight, bias = arrays[:3]
        p, cut = self.problem, self.cut
        lease = Lease(cut.buffer + (self.weight_bytes if prepared is None else 0))
        if prepared is None:
            dtype = DTYPES[p.compute]
            weights = [
                _rearranged(p, taps, weight, lease.array(q.problem.weight_shape, dtype), threads)
                for q, taps in zip(cut.parts, self.taps, strict=True)
            ]
            ready = [None] * len(weights)
        else:
            weights, ready = prepared.weights, prepared.prepared
        if cut.whole:
            run = self.runs[cut.batch][0]
            run((feature, weights[0], bias, None), ready[0], out, threads)
            return
        shape = (p.n, p.stencil.feature_channels, *(a.feature for a in p.stencil.axes))
        feature = feature.reshape(shape)
        image = out.reshape(p.stencil.image_shape)
        buffers = [
            lease.array((cut.batch, q.problem.k, *q.sizes), DTYPES[p.compute]) for q in cut.parts
        ]
        for first in range(0, p.n, cut.batch):
            n = min(cut.batch, p.n - first)
            some = feature[first : first + n]
            made = [b[:n] for b in buffers]
            for run, w, own, part in zip(self.runs[n], weights, ready, made, strict=True):
                run((some, w, None, None), own, part, threads)
            self.interleave(made, bias, image[first : first + n], threads)


def _of_batch(problem, n):
    return problem if n == problem.n else replace(problem, n=n)


def _interleaving(problem, cut):
    """Return the loop that interleaves the parts' outputs."""
    s = problem.stencil
    axes, residues = [], []
    for axis, classes in zip(s.axes, cut.axes, strict=True):
        # where the image begins behind the first taps, go on by whole strides: nothing is negative
        steps = max(0, -(axis.before // axis.stride))
        table = [
            (residue, number, channel, phase.first + steps)
            for number, phase in enumerate(classes)
            for channel, residue in enumerate(phase.residues)
        ]
        table.sort()
        residues.append(table)
        if steps:
            axis = replace(axis, before=axis.before + steps * axis.stride)
        axes.append(c_axis(axis))
    return Interleaving(
        config.current_isa(), problem.compute, s.image_channels, axes,
        all([a.boundary == "zeros" for a in s.axes]), residues, [len(c) for c in cut.axes],
        [(p.sizes, p.phases) for p in cut.parts], problem.bias, problem.activation,
    )  # fmt: skip
