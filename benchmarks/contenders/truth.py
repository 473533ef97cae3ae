"""What a case should give, in float64; errors of results.

Small problems are computed whole by `naive` in double precision. Of large convolutions up to
`POINTS` outputs are: drawn at random, besides the first and the last of every axis. The windows
that they read are gathered with the index tables of the stencil, and multiplied by NumPy.
"""

from dataclasses import dataclass
from math import prod

import numpy as np
from scipy import ndimage

from fastconv.algorithms.base import is_pooling
from fastconv.algorithms.registry import lookup
from fastconv.comparison.subject import from_call
from fastconv.planner.choose import tolerance
from fastconv.plans import checked_op, split_arguments

from .cases import WINDOWS

POINTS = 20_000
#: values gathered for all of them, and computed
_GATHERED = 2e7
#: multiply-adds that naive may take
_NAIVE = 1e8
_ACTIVATIONS = {
    None: lambda y: y,
    "relu": lambda y: np.maximum(y, 0),
    "relu6": lambda y: np.clip(y, 0, 6),
    "sigmoid": lambda y: 1 / (1 + np.exp(-y)),
    "silu": lambda y: y / (1 + np.exp(-y)),
    "tanh": np.tanh,
}


@dataclass(frozen=True)
class Truth:
    """Values at flat positions of the output (all of them for None), and what is allowed."""

    shape: tuple
    positions: object
    values: np.ndarray
    bound: float
    steps: int = 0  # what integers may be off by: truncated or rounded, once per pass

    def error(self, result):
        """max|y - y64| / max|y64| of a result, infinite where the shape differs."""
        if result.shape != self.shape:
            return float("inf")
        values = result.reshape(-1)
        if self.positions is not None:
            values = values[self.positions]
        with np.errstate(all="ignore"):
            difference = np.abs(_double(values) - self.values)
        difference[values == self.values] = 0  # infinities
        scale = np.abs(self.values[np.isfinite(self.values)]).max(initial=0.0)
        worst = np.max(difference, initial=0.0)
        return float("inf") if np.isnan(worst) else float(worst / scale if scale else worst)

    def verdict(self, error):
        """One of `report.VERDICTS`: ``inaccurate`` is beyond the accuracy contract."""
        if self.steps:
            return "" if error * np.abs(self.values).max() <= self.steps else "wrong"
        return "" if error <= self.bound else "inaccurate" if error <= 100 * self.bound else "wrong"


def truth(case):
    """The Truth of a case."""
    problem, given = case.problem, {**case.arrays, **case.options}
    if case.kind in WINDOWS:
        return _of_windows(case)
    op = checked_op(case.name)
    shape = op.request(*split_arguments(op, given)).out_shape
    subject = from_call(case.name, (), given)
    double = subject.in_double()
    stencil = None if is_pooling(problem) else problem.stencil
    small = stencil is None or stencil.multiply_adds <= _NAIVE
    if small or subject.restore or any(a.tile != 1 for a in stencil.axes):
        naive = lookup("naive", double.problem)
        naive.bind(double.problem)(double.operands, None, double.out, 1)
        out = double.out[0] if isinstance(double.out, tuple) else double.out
        values = out if subject.restore is None else subject.restore(out)
        positions, values = None, _double(values.reshape(-1))
    else:
        positions, values = _sampled(problem, stencil, double.operands)
    bound = tolerance(problem, "default")
    truncated = problem.dtypes[2][0] in "iu" and problem.compute[0] == "f"
    steps = truncated * max(2, len(problem.axes) if hasattr(problem, "axes") else 0)
    return Truth(shape, positions, values, bound if np.isfinite(bound) else 0.0, steps)


def _of_windows(case):
    """Maxima and minima are the same everywhere: SciPy's."""
    x, w = case.arrays.values()
    function = getattr(ndimage, WINDOWS[case.kind])
    values = function(x, w.shape, **case.options)
    return Truth(x.shape, None, values.ravel().astype(np.float64), 0.0)


def _double(values):
    return values.astype(np.complex128 if values.dtype.kind == "c" else np.float64)


# ---------------------------------------------------------------------------- some of the outputs


def _sampled(problem, s, operands):
    """Flat positions in the stencil's output, and the values there."""
    rng = np.random.default_rng(1)
    if s.role == "weight":
        turned = problem.op == "conv_transpose"
        return _sampled_weight(s, *operands[1::-1] if turned else operands[:2], rng)
    forward, groups, taps = s.role == "fwd", s.groups, prod(a.taps for a in s.axes)
    source, weight = operands[1::-1] if problem.kind == "input" else operands[:2]
    weight = weight.reshape(groups, s.feature_channels // groups, -1, taps)
    sizes = [a.feature if forward else a.image for a in s.axes]
    channels = s.image_channels, s.feature_channels
    read, written = channels if forward else channels[::-1]
    count = min(POINTS, max(64, int(_GATHERED // max(taps * read, written))))
    points = _points(rng, (s.n, *sizes), count)
    met = [
        a.table(index) if forward else _inverse(a)[index]
        for a, index in zip(s.axes, points[1:], strict=True)
    ]
    spatial = [a.image if forward else a.feature for a in s.axes]
    where, inside = _windows(met, spatial)
    flat = source.reshape(s.n, read, -1)
    windows = flat[points[0][:, None], :, np.where(inside, where, 0)]  # (points, taps, channels)
    fill = operands[4] if len(operands) > 4 else 0
    windows[~inside] = fill
    windows = windows.reshape(len(where), taps, groups, -1).transpose(2, 0, 1, 3)
    windows = windows.reshape(groups, len(where), -1)
    turned = weight.transpose(0, 3, 2, 1) if forward else weight.transpose(0, 3, 1, 2)
    values = windows @ turned.reshape(groups, windows.shape[2], -1)  # (groups, points, channels)
    values = values.transpose(1, 0, 2).reshape(len(where), -1)
    channels = values.shape[1]
    pixel = np.ravel_multi_index(points[1:], sizes)
    bias, add = operands[2:4] if problem.kind == "fwd" else (None, None)
    if bias is not None:
        values = values + (bias if bias.ndim == 1 else bias.reshape(channels, -1)[:, pixel].T)
    pixels = prod(sizes)
    first = points[0] * channels * pixels + pixel
    positions = first[:, None] + np.arange(channels) * pixels
    if add is not None:
        values = values + add.reshape(-1)[positions]
    return positions.reshape(-1), _ACTIVATIONS[problem.activation](values).reshape(-1)


def _points(rng, sizes, count):
    """Indices per axis of the corners and of random positions."""
    corners = np.stack(np.meshgrid(*[(0, n - 1) for n in sizes], indexing="ij")).reshape(
        len(sizes), -1
    )
    drawn = np.stack([rng.integers(0, n, count) for n in sizes])
    return np.concatenate([corners, drawn], axis=1)


def _inverse(axis):
    """Feature position that meets each image position under each tap, -1 for none."""
    reach = np.arange(axis.taps) * axis.dilation
    at = np.arange(axis.image)[:, None] + axis.before - reach
    met = (at % axis.stride == 0) & (at >= 0) & (at // axis.stride < axis.feature)
    return np.where(met, at // axis.stride, -1)


def _windows(met, spatial):
    """Flat indices (points, taps) of what each point reads, and whether it is there.

    `met` holds per axis the index that each (point, tap) meets there, -1 for none.
    """
    count = len(met[0])
    where, inside = np.zeros((count, 1), np.int64), True
    for indices, size in zip(met, spatial, strict=True):
        entry = indices[:, None, :]
        where = (where[:, :, None] * size + np.maximum(entry, 0)).reshape(count, -1)
        inside = inside if inside is True else inside[:, :, None]
        inside = np.broadcast_to(inside & (entry >= 0), (count, *_both(inside, entry)))
        inside = inside.reshape(count, -1)
    return where, inside


def _both(inside, entry):
    return (1 if inside is True else inside.shape[1], entry.shape[2])


def _sampled_weight(s, image, feature, rng):
    """The weight gradient at some (input channel, tap), for all output channels of the group."""
    taps = [a.taps for a in s.axes]
    pixels = s.n * prod(a.feature for a in s.axes)
    channels, group = s.image_channels // s.groups, s.feature_channels // s.groups
    count = min(300, max(8, int(_GATHERED // pixels)))
    rows = feature.reshape(s.n, s.groups, group, -1)
    positions, values = [], []
    for _ in range(count):
        c, tap = int(rng.integers(s.image_channels)), [int(rng.integers(t)) for t in taps]
        part = image[:, c]
        for axis, (a, t) in enumerate(zip(s.axes, tap, strict=True), start=1):
            table = a.table()[:, t]
            part = np.take(part, np.maximum(table, 0), axis=axis)
            part[(slice(None),) * axis + (table < 0,)] = 0
        g = c // channels
        values.append(np.einsum("nkp,np->k", rows[:, g], part.reshape(s.n, -1), optimize=True))
        flat = (c % channels) * prod(taps) + np.ravel_multi_index(tap, taps)
        positions.append((g * group + np.arange(group)) * channels * prod(taps) + flat)
    return np.concatenate(positions), np.concatenate(values)
