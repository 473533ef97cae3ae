"""Make arrays of noise for a call: inputs from N(0, 1), weights that give outputs of variance 1."""

import numpy as np

from ..planner.measure import noise

#: largest absolute value of weights that are integers
_LARGEST_TAP = 3
#: factor of weights whose sums over an image of integers exceed int32
_LARGE = 2.0**40
#: share of the elements that are missing
_MISSING = 0.02
#: names of arrays of weights
_WEIGHTS = ("weight", "weights", "in2", "h", "b")


def sample(problem, op, specs, seed):
    """Return arrays of the shapes and dtypes `specs`, in the order of the op.

    Parameters
    ----------
    problem : ConvProblem, PoolProblem, FilterProblem, ...
        What the arrays are for.
    op : Op
        The function.
    specs : tuple of Spec or None
        Shapes and dtypes; None for an absent array.
    seed : int
        Seed of the noise.
    """
    rng = np.random.default_rng(seed)
    weights = ("in1",) if getattr(problem, "swapped", False) else _WEIGHTS
    arrays = []
    for name, spec in zip(op.arrays, specs, strict=True):
        if spec is None:
            arrays.append(None)
        elif name == "a":  # a divisor
            arrays.append(np.ones(spec.shape, spec.dtype))
        elif name == "mask":
            arrays.append(rng.random(spec.shape) < _MISSING)
        elif name == "indices":
            arrays.append(_indices(problem, spec.shape, rng))
        elif name in weights and problem.family != "pooling":
            arrays.append(_weight(problem, spec, rng))
        else:
            arrays.append(_image(problem, rng, spec))
    return tuple(arrays)


def _image(problem, rng, spec):
    """Return an array that is no weight, with NaN if the problem leaves it out."""
    values = noise(rng, spec.shape, spec.dtype)
    if getattr(problem, "missing", "") in ("nan", "both") and values.dtype.kind in "fc":
        values[rng.random(spec.shape) < _MISSING] = np.nan
    return values


def _weight(problem, spec, rng):
    """Return a weight with the structure that the problem's traits promise."""
    traits = problem.traits
    if traits == "box" or (traits or "").startswith("r"):
        values = _structured(traits, spec.shape, _filtered(problem, spec.shape), rng)
    else:
        values = noise(rng, spec.shape, spec.dtype)
    if problem.family in ("integer", "rounded"):
        values = _of_integers(problem, values)
    elif spec.dtype.kind in "fc":
        values = values / _terms(problem, spec.shape) ** 0.5
    elif values.dtype.kind == "f":
        values = np.rint(values)
    if traits == "whole":
        values = np.rint(8 * values / max(1e-300, np.abs(values).max()))
    if traits == "large":
        values = values * _LARGE
    values = values.astype(spec.dtype)
    if traits == "nonfinite":
        values.flat[0] = np.nan
    return values


def _filtered(problem, shape):
    """Return the axes of a weight of this shape that are taps of one kernel."""
    if not hasattr(problem, "axes"):
        return range(2, 2 + problem.dims)
    return problem.axes if len(shape) == len(problem.shape) else range(len(shape))


def _structured(traits, shape, axes, rng):
    """Return kernels that are constant, or sums of outer products of vectors along `axes`.

    Parameters
    ----------
    traits : str
        ``box``, or ``r`` and the number of outer products.
    shape : tuple of int
        Shape of the weight.
    axes : sequence of int
        Axes of one kernel; along the others there are different kernels.
    rng : Generator
        Source of the noise.
    """
    rest = [1 if a in axes else n for a, n in enumerate(shape)]
    if traits == "box":
        return np.ones(shape)
    total = np.zeros(shape)
    for _ in range(int(traits[1:])):
        term = np.ones(rest)
        for a in axes:
            sizes = list(rest)
            sizes[a] = shape[a]
            term = term * rng.standard_normal(sizes)
        total += term
    return total


def _of_integers(problem, values):
    """Return weights for an image of integers that keep results in the range of their dtype.

    The weights are an average if the result has the image's dtype. They are small integers, like
    those of derivatives, if the result has another dtype of integers.
    """
    source, _, target = problem.dtypes
    if target == source:
        values = np.abs(values)
        return values / values.sum()
    if target[0] in "iu":
        return np.rint(np.clip(values, -_LARGEST_TAP, _LARGEST_TAP))
    return values / values.size**0.5


def _terms(problem, shape):
    """Return the number of products in one output of a forward problem, otherwise 1."""
    if problem.family == "resampling":
        return max(1, problem.taps // problem.up)
    if problem.family not in ("convolution", "missing") or problem.kind != "fwd":
        return 1
    stencil = problem.stencil
    return max(1, stencil.multiply_adds / max(1, np.prod(stencil.feature_shape)))


def _indices(problem, shape, rng):
    """Return the indices that a max pooling with adjoining windows could have returned."""
    sizes, grid = problem.input, problem.output
    if problem.op == "max_unpool":
        sizes, grid = grid, sizes
    flat = np.zeros(shape, np.int64)
    for axis, (size, outputs) in enumerate(zip(sizes, grid, strict=True)):
        first = np.arange(outputs) * size // outputs
        first = first.reshape(-1, *(1,) * (len(sizes) - axis - 1))
        flat = flat * size + first + rng.integers(0, max(1, size // outputs), shape)
    return flat
