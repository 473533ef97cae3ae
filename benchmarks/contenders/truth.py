"""Compute the expected result of a case in float64, and errors of results.

For small problems, `naive` computes the whole result in double precision. For large convolutions,
up to `POINTS` outputs are computed: the corners, and others at random. NumPy gathers the windows
that they read with the index tables of the stencil, and multiplies them by the weight. For filters
without an array of weights, SciPy's function computes the result in double precision.
"""

from dataclasses import dataclass
from importlib import import_module
from math import prod

import numpy as np
from fastconv.loops.operands import ready

from fastconv.comparison.subject import from_call
from fastconv.planner.choose import LEVELS, tolerance
from fastconv.plans import split_arguments
from fastconv.problem import OPS, FilterProblem
from fastconv.problem.ops import op_for

#: largest number of outputs that are computed for a large convolution
POINTS = 20_000
#: about so many values are gathered for all of these outputs
_GATHERED = 2e7
#: `naive` computes the whole result if it needs at most so many multiply-adds
_NAIVE = 1e8
_ACTIVATIONS = {
    None: lambda y: y,
    "relu": lambda y: np.maximum(y, 0),
    "relu6": lambda y: np.clip(y, 0, 6),
    "sigmoid": lambda y: 1 / (1 + np.exp(-y)),
    "silu": lambda y: y / (1 + np.exp(-y)),
    "tanh": np.tanh,
    "hardswish": lambda y: y * np.clip(y / 6 + 0.5, 0, 1),
    "hardsigmoid": lambda y: np.clip(y / 6 + 0.5, 0, 1),
    "leaky_relu": lambda y: np.where(y < 0, y / 100, y),
}


@dataclass(frozen=True)
class Truth:
    """Expected values at some positions of the output, and the allowed error.

    Parameters
    ----------
    shape : tuple of int
        Shape of the output.
    positions : ndarray of int or None
        Flat positions in the output. None stands for all.
    values : ndarray
        The expected values there.
    bound : float
        Largest allowed error, relative to the largest value.
    steps : int
        For integers computed in floating point: largest allowed difference, because each pass may
        round or truncate. 0 for other results.
    """

    shape: tuple
    positions: object
    values: np.ndarray
    bound: float
    steps: int = 0

    def error(self, result):
        """Return max|y - y64| / max|y64| of a result y, or infinity if its shape is wrong."""
        if result.shape != self.shape:
            return float("inf")
        values = result.reshape(-1)
        if self.positions is not None:
            values = values[self.positions]
        with np.errstate(all="ignore"):
            difference = np.abs(_double(values) - self.values)
        difference[values == self.values] = 0  # for equal infinities, which gave NaN
        scale = np.abs(self.values[np.isfinite(self.values)]).max(initial=0.0)
        worst = np.max(difference, initial=0.0)
        return float("inf") if np.isnan(worst) else float(worst / scale if scale else worst)

    def verdict(self, error):
        """Return one of `report.VERDICTS`. ``inaccurate`` exceeds the bound up to 100 times."""
        if self.steps:
            return "" if error * np.abs(self.values).max() <= self.steps else "wrong"
        return "" if error <= self.bound else "inaccurate" if error <= 100 * self.bound else "wrong"


#: families of problems whose function is SciPy's
_FACES = (
    "separable", "extremum", "footprint", "structure", "morphology", "rank", "resampling",
    "integer",
)  # fmt: skip


def truth(case):
    """Return the `Truth` of a case."""
    problem = case.problem
    if problem.family in _FACES:
        values = _by_scipy(case)
        shape, positions, values = values.shape, None, _double(values.reshape(-1))
    else:
        shape, positions, values = _of_definition(case)
    return Truth(shape, positions, values, _bound(problem), _steps(case))


def _bound(problem):
    """Return the largest allowed error, for images of integers that of their results' dtype."""
    bound = tolerance(problem, "default")
    return bound if np.isfinite(bound) else LEVELS["default"].get(problem.dtypes[2], 0.0)


def _by_scipy(case):
    """Return the result of SciPy's function; images of integers keep their dtype."""
    package, name = OPS[case.name].scipy
    function = getattr(import_module(f"scipy.{package}"), name)
    integers = case.problem.family == "integer"
    options = {n: v for n, v in case.options.items() if n != "output" or integers}
    given = {n: a for n, a in case.arrays.items() if a is not None}
    arrays = {n: a if a.dtype.kind in "iu" else _double(a) for n, a in given.items()}
    return function(**arrays, **options)


def _steps(case):
    """Return the largest allowed difference of integers.

    SciPy truncates after every axis, where other libraries round.
    """
    p = case.problem
    if p.family not in ("integer", "rounded") or p.dtypes[2][0] not in "iu":
        return 0
    if isinstance(p, FilterProblem):
        weights, passes = list(case.arrays.values())[1:], 1
    else:
        weights = [q.kernel.weights for term in p.terms for q in term]
        passes = len(weights)
    whole = all(np.array_equal(w, np.rint(w)) for w in weights)
    return 0 if whole else max(2, passes)


def _of_definition(case):
    """Return the result's shape, positions of some of its elements, and their values.

    The positions are None if the values are those of all elements.
    """
    double = {n: a if a.dtype.kind in "iu" else _double(a) for n, a in case.arrays.items()}
    given = {**double, **case.options}
    op = op_for(case.name, given)
    arrays, options = split_arguments(op, given)
    request = op.request(arrays, options)
    problem = request.problem
    stencil = problem.stencil if problem.family == "convolution" else None
    small = stencil is None or stencil.multiply_adds <= _NAIVE
    if small or request.restore is not None or any(a.tile != 1 for a in stencil.axes):
        run, _ = from_call(case.name, (), {**case.arrays, **case.options}).reference()
        result = run(1)
        values = result[0] if isinstance(result, tuple) else result
        return values.shape, None, _double(values.reshape(-1))
    operands = request.operands(ready, op.coerce(arrays))
    return request.out_shape, *_sampled(problem, stencil, operands)


def _double(values):
    """Return values in double precision."""
    return values.astype(np.complex128 if values.dtype.kind == "c" else np.float64)


# ---------------------------------------------------------------------------- some of the outputs


def _sampled(problem, s, operands):
    """Return random flat positions in the output of a stencil, and the values there.

    Parameters
    ----------
    problem : ConvProblem or FilterProblem
    s : Stencil
    operands : tuple of ndarray
        The operands of an algorithm, in double precision.
    """
    rng = np.random.default_rng(1)
    if s.role == "weight":
        transposed = problem.op == "conv_transpose"
        return _sampled_weight(s, *operands[1::-1] if transposed else operands[:2], rng)
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
    matrices = weight.transpose(0, 3, 2, 1) if forward else weight.transpose(0, 3, 1, 2)
    values = windows @ matrices.reshape(groups, windows.shape[2], -1)  # (groups, points, channels)
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
    """Return indices, one row per axis, of the corners and of `count` random positions."""
    corners = np.stack(np.meshgrid(*[(0, n - 1) for n in sizes], indexing="ij")).reshape(
        len(sizes), -1
    )
    random = np.stack([rng.integers(0, n, count) for n in sizes])
    return np.concatenate([corners, random], axis=1)


def _inverse(axis):
    """Return the feature position whose tap reads an image position, -1 if there is none.

    The result has one row per image position and one column per tap.
    """
    reach = np.arange(axis.taps) * axis.dilation
    at = np.arange(axis.image)[:, None] + axis.before - reach
    met = (at % axis.stride == 0) & (at >= 0) & (at // axis.stride < axis.feature)
    return np.where(met, at // axis.stride, -1)


def _windows(met, spatial):
    """Return the flat positions that each point reads, and whether they lie inside the array.

    Parameters
    ----------
    met : list of ndarray, shape (points, taps)
        Per axis, the index that each point reads with each tap, -1 for none.
    spatial : list of int
        Sizes of the array that is read.

    Returns
    -------
    where, inside : ndarray, shape (points, taps of all axes)
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
    """Return the numbers of taps of the axes before, and of this axis."""
    return (1 if inside is True else inside.shape[1], entry.shape[2])


def _sampled_weight(s, image, feature, rng):
    """Return random flat positions in a weight gradient, and the values there.

    Pairs of an input channel and a tap are random. All output channels of the group are computed.
    """
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
