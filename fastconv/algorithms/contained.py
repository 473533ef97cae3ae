"""Keep a NaN or an infinity in the windows that hold it, for algorithms that would spread it.

The algorithm computes the image with 0 in place of numbers that are not finite. Outputs whose
windows hold a NaN are NaN, whatever else the windows hold: a mask is dilated by the kernel, along
one axis after the other. `infinities` finds what the others become.
"""

from math import prod

import numpy as np

from ..loops.contained import clean, dilated, mark
from ..loops.epilogue import any_nonfinite, finish
from ..loops.stride_phases import Lease
from .infinities import Infinities

#: bytes between two arrays of a lease
_APART = 64
#: outputs that are written together, so that they stay in cache
_BLOCK = 1 << 15
#: what an output becomes, by the kinds of products that reach it
_VALUES = np.array([0, np.inf, -np.inf, *[np.nan] * 5])


def contains(problem):
    """Return whether `Contained` knows which outputs of a problem a NaN reaches."""
    if problem.family == "convolution":
        return problem.stencil.role in ("fwd", "input")
    return problem.family == "separable"


class Contained:
    """What repeats the calls of a problem in which an algorithm spread a NaN.

    Parameters
    ----------
    problem : ConvProblem, FilterProblem or SeparableProblem
        One for which `contains` returns True.
    algorithm : Algorithm
    run : callable
        What `bind` of the algorithm returned.
    machine : Machine
        Constants of the cost model.
    """

    def __init__(self, problem, algorithm, run, machine):
        self.problem, self.algorithm, self.run, self.machine = problem, algorithm, run, machine
        self.at = 1 if problem.kind == "input" else 0
        self.infinities = None
        self.backwards = False
        self.has_weight = problem.family != "separable"
        if not self.has_weight:
            self.shape = (1, *problem.shape)
            self.channels = 1, 1
            self.paths = [
                [along for step, _ in term for along in zip(step.axes, step.filtered, strict=True)]
                for term in problem.steps
            ]
            return
        s = problem.stencil
        self.backwards = s.role == "input"
        images = s.image_channels // s.groups, [a.image for a in s.axes]
        features = s.feature_channels // s.groups, [a.feature for a in s.axes]
        source, target = (features, images) if self.backwards else (images, features)
        self.channels = source[0], target[0]
        self.shape = (s.n * s.groups, *source[1])
        self.paths = [list(enumerate(s.axes))]

    def __call__(self, operands, prepared, out, threads, most, skips=False):
        """Compute the problem; return whether the image was not finite, None if this failed.

        Parameters
        ----------
        operands, prepared, out, threads
            As for `run`.
        most : callable
            ``most()`` returns how many seconds it may take to find what infinities reach.
        skips : bool
            Whether weights of 0 take no part in the result, not even where they meet a NaN.
        """
        if not np.isfinite(self._fill(operands)):
            return None
        spoiled = None
        if self.has_weight and any_nonfinite(operands[1 - self.at], threads):
            spoiled = self._spoiled_features(operands[1 - self.at])
            if spoiled is None:
                return None
            weight = np.nan_to_num(operands[1 - self.at], nan=0.0)
            operands, prepared = _with(operands, 1 - self.at, weight), None
        image = operands[self.at]
        entries, (sources, targets) = self.shape[0], self.channels
        pixels = prod(self.shape[1:])
        lease = Lease(image.nbytes + entries * pixels + 2 * _APART)
        cleaned = lease.array((entries, sources, pixels), image.dtype)
        mask = lease.array((entries, pixels), np.uint8)
        nan, infinite = clean(image.reshape(cleaned.shape), cleaned, mask, threads)
        kinds = None
        if infinite or skips:
            kinds = self._kinds(operands, skips, threads, most)
            if kinds is None:
                return None
        self.run(_with(operands, self.at, cleaned.reshape(image.shape)), prepared, out, threads)
        if any_nonfinite(out, threads):
            return None
        if kinds is not None and not infinite:
            reached = (kinds != 0).view(np.uint8)
            mark(out.reshape(1, 1, -1), reached.reshape(1, -1), threads)
        elif kinds is not None:
            self._write(kinds, operands, out)
            mask = np.isnan(image).reshape(entries, sources, -1).any(1).view(np.uint8)
        if nan and not skips:
            reached = self._dilated(mask, threads).reshape(entries, -1)
            mark(out.reshape(entries, targets, -1), reached, threads)
        if spoiled is not None:
            out.reshape(*self.problem.stencil.feature_shape[:2], -1)[:, spoiled] = out.dtype.type(
                complex(np.nan, np.nan) if out.dtype.kind == "c" else np.nan
            )
        return nan or infinite or spoiled is not None

    def _fill(self, operands):
        """Return the value past the edges."""
        filled = self.problem.kind == "fwd" and len(operands) in (2, 5)
        return operands[-1] if filled else 0

    def _spoiled_features(self, weight):
        """Return which features have a NaN among their weights, and so are NaN everywhere.

        Return None for a weight with infinities, and where not all outputs meet all weights.
        """
        s = self.problem.stencil
        if self.backwards or any(a.tile != 1 for a in s.axes) or np.isinf(weight).any():
            return None
        return np.isnan(weight).reshape(s.feature_channels, -1).any(1)

    def _dilated(self, mask, threads):
        """Return a mask of the outputs whose windows hold a number of a mask."""
        reached = None
        for path in self.paths:
            found = mask.reshape(self.shape)
            for i, a in path:
                numbers = (a.image, a.feature, a.taps, a.stride, a.dilation, a.before)
                found = dilated(found, i + 1, numbers, a.line(), self.backwards, threads)
            reached = found if reached is None else reached | found
        return reached

    def _kinds(self, operands, skips, threads, most):
        """Return the kinds of products that reach each output, None if they are not known."""
        p = self.problem
        if operands[self.at].dtype.kind == "c" or not self.has_weight:
            return None
        if any(a.tile != 1 for a in p.stencil.axes):
            return None
        if self.infinities is None:
            self.infinities = Infinities(p, self.algorithm, self.machine)
        return self.infinities.kinds(operands, skips, threads, most())

    def _write(self, kinds, operands, out):
        """Write the outputs that infinities reach."""
        p, flat = self.problem, kinds.reshape(-1)
        features, *sizes = kinds.shape[1:]
        known = _VALUES.astype(out.dtype)
        bias, add = operands[2:4] if p.kind == "fwd" else (None, None)
        for start in range(0, flat.size, _BLOCK):
            at = start + np.flatnonzero(flat[start : start + _BLOCK].view(bool))
            values = known[flat[at]]
            if bias is not None:
                own = at // prod(sizes) % features if p.bias == "channel" else at % bias.size
                values += bias.reshape(-1)[own]
            if add is not None:
                values += add.reshape(-1)[at]
            finish(values.reshape(1, 1, -1), activation=p.activation)
            out.reshape(-1)[at] = values


def _with(operands, position, array):
    """Return operands with another array at a position."""
    return tuple(array if i == position else a for i, a in enumerate(operands))
