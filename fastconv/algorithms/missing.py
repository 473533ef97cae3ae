"""Filters of arrays with missing elements, on the algorithms for convolution.

    y = sum(w) * conv(valid * x, w) / conv(valid, w)

is the normalised convolution of H. Knutsson and C.-F. Westin, "Normalized and differential
convolution", CVPR 1993, where a window holds missing elements. Elsewhere it is the sum itself. Both
sums are one filter of two images. Which windows hold missing elements, and which hold valid ones,
is found by a dilation of marks, for weights may cancel each other, and transforms are not exact.
"""

from math import prod

import numpy as np

from ..loops.contained import dilated
from ..loops.epilogue import any_nonfinite
from ..loops.missing import combine, split
from ..loops.stride_phases import Lease
from ..problem.arrays import DTYPES
from ..problem.filter_requests import filter_request
from ..problem.filtering import SPECTRAL_METHODS
from ..problem.geometry import Axis
from .base import SPECTRAL, Algorithm
from .contained import Contained
from .windows import Windows

#: calls of Python functions that a call makes besides its algorithm's
_CALLS = 30
#: elements of an image from which on more threads than one pay
_PARALLEL = 1 << 16
#: bytes between arrays of a lease
_APART = 64
#: algorithms whose sums have errors as large as those of the largest sum, and the share of a
#: kernel's weight below which that is too much
_COARSE = (*SPECTRAL, "low_rank", "winograd_f2", "winograd_f4", "winograd_f6")
_LEAST = 2.0**-5
#: what marks say of a window that holds missing elements and valid ones
_BOTH = 3


class Missing(Algorithm):
    """One algorithm for both sums.

    Parameters
    ----------
    base : Algorithm
        An algorithm for convolutions.
    others : sequence of Algorithm
        What may take over if a NaN spreads, or where sums are too small for an algorithm's errors.
        They keep a NaN in its windows.
    """

    families = ("missing",)

    def __init__(self, base, others):
        self.base = base
        self.name = base.name
        self.others = others

    def serves(self, problem):
        return problem.family == "missing" and self.base.serves(problem.both_sums)

    def suits(self, problem):
        return self.base.suits(problem.both_sums)

    def supports(self, problem):
        reason = self.base.supports(problem.both_sums)
        return self.base.supports(problem.plain) if reason is None else reason

    def hesitates(self, problem):
        return self.base.hesitates(problem.both_sums)

    def floor(self, problem, machine, threads):
        return self.base.floor(problem.both_sums, machine, threads)

    def cost(self, problem, machine, threads):
        seconds = self.base.cost(problem.both_sums, machine, threads)
        return seconds + 2 * problem.bytes / machine.memory_rate + _CALLS * machine.python_call

    def error_bound(self, problem):
        return self.base.error_bound(problem.both_sums)

    def workspace(self, problem, threads):
        both = problem.both_sums
        return self.base.workspace(both, threads) + _buffers(both)

    def preparation(self, problem, machine, threads):
        return self.base.preparation(problem.both_sums, machine, threads)

    def prepare(self, problem, weight):
        both = self.base.prepare(problem.both_sums, weight)
        plain = problem.plain
        alone = None
        if not plain.swapped:
            alone = self.base.prepare(plain, plain_weight(plain, weight))
        return None if both is None and alone is None else _Prepared(both, alone)

    def bind(self, problem):
        return _Call(self.base, problem, None, ())

    def bind_automatic(self, problem, machine):
        return _Call(self.base, problem, machine, self.others)


class _Prepared:
    """What `prepare` returns: the weight for both sums, and for a filter without missing elements.

    Attributes
    ----------
    nbytes : int
    """

    def __init__(self, both, alone):
        self.both, self.alone = both, alone
        self.nbytes = sum(p.nbytes for p in (both, alone) if p is not None)


class _Call:
    """``run(arrays, prepared, out, threads)`` of a problem.

    Parameters
    ----------
    base : Algorithm
    problem : FilterProblem
    machine : Machine or None
        Constants of the cost model; None if no other algorithm may take over.
    others : sequence of Algorithm
    """

    def __init__(self, base, problem, machine, others):
        self.problem = problem
        both = self.both = problem.both_sums
        self.dtype = DTYPES[problem.compute]
        spectral = problem.method in SPECTRAL_METHODS
        if spectral:  # a NaN spreads over the whole result, as the caller asks
            others = [a for a in others if a.name == "fft"]
        else:
            others = [a for a in others if a.name != "fft"]
        self.plain_sum = _Sum(base, problem.plain, machine, others)
        self.both_sums = _Sum(base, both, machine, others)
        self.coarse = machine is not None and base.name in _COARSE and not spectral
        self.buffers = _buffers(both)
        self.edges = _edges(problem)
        self.starts = _starts(problem)
        self.along = []
        for a, own in zip(problem.axes, _axes(both), strict=True):
            numbers = own.image, own.feature, own.taps, own.stride, own.dilation, own.before
            self.along.append((a, numbers, own.line()))
        self.windows = Windows(both, self.along) if both.one_kernel else None
        self.finds_small = False  # the last call did: the next one does not run in vain

    def __call__(self, arrays, prepared, out, threads):
        x, weight, mask, kernel, fill = arrays
        marked = mask is not None and bool(mask.any())
        nan = self.problem.missing != "mask" and any_nonfinite(x, threads)
        if not nan and not marked:
            self._plain(x, weight, kernel, fill, prepared, out, threads)
            return
        own = threads if x.size >= _PARALLEL else 1
        lease = Lease(self.buffers)
        images = lease.array(self.both.shape, self.dtype)
        sums = lease.array(self.both_sums.shape, self.dtype)
        kinds = self._split(x, mask if marked else None, nan, fill, images, own)
        if kinds is None:  # of what is not finite, nothing is NaN
            self._plain(x, weight, kernel, fill, prepared, out, threads)
            return
        reached = self._dilated(kinds, own)
        shape = self.both_sums.shape[1:]
        if reached.shape != shape:
            reached = np.ascontiguousarray(np.broadcast_to(reached, shape))
        totals, least = self._totals(kernel, shape)
        flat = out.reshape(-1)
        algorithm = self.both_sums
        prepared = None if prepared is None else prepared.both
        if self.coarse and self.finds_small:
            algorithm, prepared = algorithm.other(), None
        found = algorithm(images, kernel[None], weight, 0, prepared, sums, threads)
        joined = reached.reshape(-1), totals, least, flat, own
        small = combine(found[0].reshape(-1), found[1].reshape(-1), *joined)
        if not self.coarse or algorithm is not self.both_sums:
            self.finds_small = small > 0
            return
        other = algorithm.other()
        self.finds_small = not self._few(small, other, threads)
        if self.finds_small:
            found = other(images, kernel[None], weight, 0, None, sums, threads)
            combine(found[0].reshape(-1), found[1].reshape(-1), *joined)
        elif small:
            weights = np.abs(found[1].reshape(-1))
            at = np.flatnonzero((reached.reshape(-1) == _BOTH) & (weights < least))
            top, bottom = self.windows(images, kernel, shape, at)
            with np.errstate(all="ignore"):
                flat[at] = top * (totals if totals.size == 1 else totals[at]) / bottom

    def _few(self, small, other, threads):
        """Return whether so few results are coarse that they are best summed one by one."""
        if not small:
            return True
        if self.windows is None:
            return False
        seconds = other.algorithm.cost(self.both, self.both_sums.machine, threads)
        return self.windows.seconds(small) < seconds

    def _plain(self, x, weight, kernel, fill, prepared, out, threads):
        """Filter an image in which nothing is missing."""
        prepared = None if prepared is None else prepared.alone
        plain = self.problem.plain
        weight = None if plain.swapped else plain_weight(plain, weight)
        own = self.plain_sum
        found = own(x.reshape(plain.shape), kernel, weight, fill, prepared, out, threads)
        if not np.may_share_memory(found, out):
            out[...] = found.reshape(out.shape)

    def _split(self, x, mask, nan, fill, images, threads):
        """Write both images, and return the kinds of their elements, None if none is missing."""
        kinds = np.empty(self.both.shape[1:], np.uint8)
        for edge in self.edges:
            images[0][edge], images[1][edge], kinds[edge] = fill, 1, 2
        found = split(x, mask, nan, images[0], images[1], kinds, self.starts, threads)
        return kinds if found else None

    def _dilated(self, kinds, threads):
        """Return what the windows of a result hold, as the union of what `_split` returned."""
        for axis, numbers, line in self.along:
            kinds = dilated(kinds, axis, numbers, line, False, threads)
        return kinds

    def _totals(self, kernel, shape):
        """Return the sum of the kernel of each result, and what is little of its weight."""
        axes = self.problem.axes
        wide = np.complex128 if kernel.dtype.kind == "c" else np.float64
        totals = kernel.sum(axes, wide, keepdims=True)
        if self.problem.op == "correlate":
            totals = totals.conj()
        sizes = np.abs(kernel).sum(axes, np.float64, keepdims=True)
        totals = totals.astype(self.dtype)
        if totals.size > 1:
            totals = np.ascontiguousarray(np.broadcast_to(totals, shape))
        return totals.reshape(-1), _LEAST * float(sizes.max())


class _Sum:
    """One filter, bound to an algorithm.

    Parameters
    ----------
    algorithm : Algorithm
    problem : FilterProblem
    machine : Machine or None
        As in `_Call`.
    others : sequence of Algorithm
    """

    def __init__(self, algorithm, problem, machine, others):
        self.algorithm, self.problem = algorithm, problem
        self.machine, self.others = machine, others
        dtype = DTYPES[problem.compute]
        self.request = filter_request(problem, dtype, 0)
        self.shape = self.request.out_shape
        self.run = algorithm.bind(problem)
        self.contained = self.instead = None

    def __call__(self, x, kernel, weight, fill, prepared, out, threads):
        """Filter `x` and return the result, which is written into `out` if its axes are in order.

        Parameters
        ----------
        x, kernel : ndarray
            in1 and in2.
        weight : ndarray or None
            The kernel as an operand, None if this filter swaps in1 and in2.
        fill : scalar
        prepared : object
            What the algorithm made of the weight, or None.
        out : ndarray
        threads : int
        """
        request = self.request
        given = (x, kernel if weight is None else None)
        image, swapped = request.arrange(given)[:2]
        operands = (image, swapped if weight is None else weight, None, None, fill)
        feature = out
        if request.restore is not None:
            feature = np.empty(request.compute_shape, out.dtype)
        self.run(operands, prepared, feature, threads)
        contains = self.machine is not None and self.algorithm.spreads_nan
        if contains and any_nonfinite(feature, threads):
            self._contain(operands, prepared, feature, threads)
        if request.restore is None:
            return feature.reshape(self.shape)
        return request.restore(feature).reshape(self.shape)

    def _contain(self, operands, prepared, feature, threads):
        """Compute a result again so that a NaN or an infinity stays in its windows."""
        if self.problem.method not in SPECTRAL_METHODS:
            if self.contained is None:
                self.contained = Contained(self.problem, self.algorithm, self.run, self.machine)
            found = self.contained(operands, prepared, feature, threads, lambda: np.inf)
            if found is not None:
                return
        self.other().run(operands, None, feature, threads)

    def other(self):
        """Return the filter by the fastest other algorithm, or this one if there is none."""
        if self.instead is None:
            able = [a for a in self.others if a.serves(self.problem) and _runs(a, self.problem)]
            self.instead = self
            if able:
                best = min(able, key=lambda a: a.cost(self.problem, self.machine, 1))
                self.instead = _Sum(best, self.problem, None, ())
        return self.instead


def _runs(algorithm, problem):
    """Return whether an algorithm can run a problem."""
    return algorithm.suits(problem) and algorithm.supports(problem) is None


def plain_weight(plain, weight):
    """Return the weight of both sums as an operand of the filter without missing elements."""
    shape = plain.stencil.weight_shape
    return weight.reshape(-1)[: prod(shape)].reshape(shape)


def _buffers(both):
    """Return the bytes of both images and of both sums."""
    item = DTYPES[both.compute].itemsize
    sizes = prod(both.shape), 2 * prod(both.batch[1:]) * prod(both.output)
    return sum(n * item + _APART for n in sizes)


def _axes(both):
    """Return the `Axis` of each filtered axis, as windows move over it."""
    rows = zip(both.axes, both.windows, both.output, both.stride, both.dilation, both.boundary,
               strict=True)  # fmt: skip
    for a, (start, _), output, stride, dilation, boundary in rows:
        taps = both.weights[a]
        before = (taps - 1) * dilation - start
        yield Axis(both.shape[a], output, taps, stride, dilation, before, boundary)


def _starts(problem):
    """Return where each row of an image begins in the image with its borders."""
    starts = np.zeros((), np.int64)
    rows = zip(problem.bordered, problem.borders, problem.shape, strict=True)
    for size, (before, _), n in rows:
        starts = starts[..., None] * size + before + np.arange(n)
    return starts[..., 0].reshape(-1).copy()


def _edges(problem):
    """Return the places of the borders in an image, as tuples of slices."""
    edges = []
    ndim = len(problem.shape)
    for a, ((before, after), n) in enumerate(zip(problem.borders, problem.shape, strict=True)):
        for place in (slice(0, before), slice(before + n, before + n + after)):
            if place.stop > place.start:
                edges.append((slice(None),) * a + (place,) + (slice(None),) * (ndim - a - 1))
    return edges
