"""Morphological filters: erosions and dilations in turn, on the algorithms for either.

Every algorithm that runs the steps runs the filter. Boolean images are bytes of 0 and 1, whose
minimum and maximum are those of logic.

References
----------
J. Serra, *Image Analysis and Mathematical Morphology*, Academic Press, 1982.
"""

from math import prod

import numpy as np

from ..loops.interrupt import check
from ..loops.morphology import spread
from ..problem.arrays import DTYPES
from .base import Algorithm


class Morphology(Algorithm):
    """One algorithm for every step.

    Parameters
    ----------
    bases : sequence of Algorithm
        Algorithms of one name, for the different problems that steps may be.
    """

    families = ("morphology",)

    def __init__(self, bases):
        self.bases = bases
        self.name = bases[0].name

    def _of(self, step):
        """Return the algorithm for a step, None if there is none of this name."""
        return next((base for base in self.bases if base.serves(step)), None)

    def supports(self, problem):
        for step in _problems(problem):
            base = self._of(step)
            reason = _missing(step) if base is None else base.supports(step)
            if reason is not None:
                return reason
        return None

    def cost(self, problem, machine, threads):
        steps = _problems(problem)
        seconds = sum(self._of(step).cost(step, machine, threads) for step in steps)
        times = problem.assumed_repeats
        passes = (times - 1) * len(steps) * (1 + problem.masked) + _SUBTRACTIONS.get(problem.op, 0)
        passed = passes * (problem.bytes / machine.memory_rate + machine.python_call)
        return seconds * times + passed + machine.python_call * len(steps)

    def error_bound(self, problem):
        return 0.0

    def workspace(self, problem, threads):
        images = 2 if problem.in_turn and problem.repeats == 1 else 3
        between = images * prod(problem.shape) * DTYPES[problem.compute].itemsize
        return between + max(self._of(s).workspace(s, threads) for s in _problems(problem))

    def bind(self, problem):
        steps = [self._bound(problem, name) for name in problem.steps]
        if problem.is_binary:
            return _binary(problem, steps)
        combine = _COMBINE.get(problem.op)

        def run(arrays, prepared, out, threads):
            x, *others = arrays
            between = np.empty_like(x)
            steps[0](x, others, between, threads)
            steps[1](between if problem.in_turn else x, others, out, threads)
            if combine is not None:
                with np.errstate(all="ignore"):
                    combine(x, between, out)

        return run

    def _bound(self, problem, name):
        """Return ``step(x, others, out, threads)`` for an erosion or a dilation.

        `others` are the structure, if there is one, and the value past the edges.
        """
        part = getattr(problem, name)
        run = self._of(part).bind(part)
        if not problem.summed:
            return lambda x, others, out, threads: run((x, others[-1]), None, out, threads)

        def summed(x, others, out, threads):
            structure, fill = others
            reflected = structure[(slice(None, None, -1),) * structure.ndim]
            added = -structure if name == "erosion" else np.ascontiguousarray(reflected)
            run((x, added, fill), None, out, threads)

        return summed


def _problems(problem):
    """Return the problems of the steps of a filter."""
    return [getattr(problem, name) for name in problem.steps]


def _missing(step):
    """Return why no algorithm of a name runs a step."""
    return "windows without gaps only" if step.family == "footprint" else "flat structures only"


# --------------------------------------------------- differences of images, in SciPy's order


def _gradient(x, dilated, out):
    np.subtract(dilated, out, out=out)


def _laplace(x, dilated, out):
    np.add(dilated, out, out=out)
    np.subtract(out, x, out=out)
    np.subtract(out, x, out=out)


def _white(x, between, out):
    np.subtract(x, out, out=out)


def _black(x, between, out):
    np.subtract(out, x, out=out)


_COMBINE = {
    "ndimage.morphological_gradient": _gradient,
    "ndimage.morphological_laplace": _laplace,
    "ndimage.white_tophat": _white,
    "ndimage.black_tophat": _black,
}
_SUBTRACTIONS = {op: 3 if combine is _laplace else 1 for op, combine in _COMBINE.items()}


# --------------------------------------------------------------------------------- boolean images


def _binary(problem, steps):
    """Return `run` of a filter of boolean images, which may be repeated and have a mask."""

    spreads = [None] * len(steps)
    if problem.repeats == 0:
        spreads = [_spread_of(getattr(problem, name), name) for name in problem.steps]

    def run(arrays, prepared, out, threads):
        x, mask, fill = arrays
        x, result = _bytes_of(x), _bytes_of(out)
        fixed = None if mask is None else _bytes_of(mask) ^ 1
        for number, (step, spread_on) in enumerate(zip(steps, spreads, strict=True)):
            target = result if number == len(steps) - 1 else np.empty_like(x)
            if spread_on is None:
                _repeat(step, problem.repeats, x, fixed, fill, target, threads)
            else:
                _once(step, x, fixed, fill, target, threads)  # what borders change, too
                spread_on(x, fixed, target)
            x = target

    return run


def _spread_of(step, name):
    """Return a function that goes on with a step until nothing changes, None if it cannot.

    ``spread_on(x, fixed, out)`` takes an image and the result of the first iteration. If a window
    holds its position, elements change once: a dilation makes them 1, an erosion 0.
    """
    offsets = _offsets_of(step)
    if not (offsets == 0).all(axis=1).any():
        return None
    widths = [(0, 0)] * len(step.shape)
    for axis, column in zip(step.axes, offsets.T, strict=True):
        far = int(np.abs(column).max())
        widths[axis] = far, far
    shape = [n + sum(pair) for n, pair in zip(step.shape, widths, strict=True)]
    inside = tuple(slice(b, b + n) for n, (b, _) in zip(step.shape, widths, strict=True))
    pitch = [prod(shape[axis + 1 :]) for axis in step.axes]
    # a window at p holds p + offset, so that an element q is held by those at q - offset
    jumps = -(offsets @ np.array(pitch, np.intp))
    jumps = np.ascontiguousarray(jumps[jumps != 0], np.intp)
    old = 0 if name == "dilation" else 1

    def spread_on(x, fixed, out):
        state = np.zeros(shape, np.uint8)
        free = out == old
        if fixed is not None:
            free &= fixed == 0
        state[inside] = free
        changed = np.zeros(shape, bool)
        np.not_equal(x.reshape(step.shape), out.reshape(step.shape), out=changed[inside])
        first = np.flatnonzero(changed)
        stack = np.empty(len(first) + int(np.count_nonzero(free)), np.intp)
        stack[: len(first)] = first
        spread(state.reshape(-1), jumps, stack, len(first))
        out[state[inside] == 2] = 1 - old

    return spread_on


def _offsets_of(step):
    """Return the offsets of a window's elements from its position: (elements, axes)."""
    if step.family == "footprint":
        return step.offsets
    before = [b for b, _ in step.reach]
    return np.argwhere(np.ones(step.size, bool)) - before


def _bytes_of(array):
    """Return the bytes of an array of bools."""
    return array.view(np.uint8)


def _repeat(step, times, x, fixed, fill, out, threads):
    """Apply a step `times` times, or until nothing changes for 0.

    Parameters
    ----------
    fixed : ndarray or None
        1 for the elements that do not change.
    """
    if times == 1:
        _once(step, x, fixed, fill, out, threads)
        return
    source, spare = x, np.empty_like(x)
    count = 0
    while True:
        # the last one of a known number writes to `out`
        target = out if (times - count) % 2 else spare
        _once(step, source, fixed, fill, target, threads)
        count += 1
        if count == times:
            return
        if (times == 0 or count % _LOOK == 0) and np.array_equal(source, target):
            break
        check()
        source = target
    if target is not out:
        out[...] = target


def _once(step, x, fixed, fill, out, threads):
    step(x, (fill,), out, threads)
    if fixed is not None:  # three passes over bytes take less time than np.copyto(where=...)
        changed = np.bitwise_xor(out, x)
        np.bitwise_and(changed, fixed, out=changed)
        np.bitwise_xor(out, changed, out=out)


#: after so many iterations of a known number, see whether there was a change at all
_LOOK = 8
