"""Times candidates for a problem, and remembers the winner."""

import contextlib
import math
import statistics
import time
from functools import partial
from math import prod

import numpy as np

from .. import config
from ..algorithms.kinds import is_filter, is_pooling
from ..problem.arrays import DTYPES
from ..problem.channels_last import as_last, empty_last
from ..problem.filter_requests import filter_request
from . import store
from .backend import HOST
from .choose import choose, table

#: seconds that measuring a problem may take unless the caller says otherwise
TIME_LIMIT = 10.0
#: `effort="measure"` times candidates whose predicted time is within this factor of the best
_PROMISING = 4.0
#: families of filters that take the image as it is
_IMAGES = ("separable", "extremum", "footprint", "structure", "morphology", "rank", "integer")
#: share of a call's time below which preparing the weight does not change the choice
_NEGLIGIBLE = 0.02
#: share of the elements of a sample that are missing
_MISSING = 0.02


def time_interleaved(functions, *, repeat=None, time_limit=TIME_LIMIT, backend=HOST):
    """Time functions in turn, A B C A B C, so that a drift of the machine affects all of them.

    Parameters
    ----------
    functions : sequence of callable
    repeat : int, optional
        Number of rounds; by default as many as fit into `time_limit`, from 1 to 50.
    time_limit : float, optional
        Seconds for all rounds together. A function that takes longer by itself is timed once.
    backend : Host or Device, optional
        Has the clock.

    Returns
    -------
    list of float
        Median seconds of one call of each function, infinite for one that ran out of memory.
    """
    start = time.perf_counter()
    samples = [[] for _ in functions]
    first = []
    for function in functions:  # once before, so that pages, plans and caches are warm
        try:
            if backend.compiles:
                function()
            first.append(backend.timed(function))
        except MemoryError:
            first.append(math.inf)
    inner = [max(1, min(1000, int(2e-4 / max(t, 1e-7)))) for t in first]
    rounds = 50 if repeat is None else repeat
    for _ in range(rounds):
        for i, function in enumerate(functions):
            if first[i] == math.inf:
                continue
            spent = time.perf_counter() - start
            slow = repeat is None and samples[i] and spent + first[i] * inner[i] > time_limit
            if slow or (repeat is None and spent > time_limit):
                continue
            seconds = backend.timed(partial(_repeat, function, inner[i]))
            samples[i].append(seconds / inner[i])
        if repeat is None and time.perf_counter() - start > time_limit:
            break
    return [statistics.median(s) if s else t for s, t in zip(samples, first, strict=True)]


def _repeat(function, times):
    for _ in range(times):
        function()


def measured_choice(problem, accuracy, workspace_limit, exhaustive, time_limit, prepare=None,
                    backend=HOST):  # fmt: skip
    """Time candidates, remember the winner as wisdom, and return its name.

    Parameters
    ----------
    problem : ConvProblem, FilterProblem, PoolProblem, ...
    accuracy : str
    workspace_limit : int or None
    exhaustive : bool
        Whether all candidates are timed, not only the promising ones.
    time_limit : float or None
        Seconds; None for `TIME_LIMIT`.
    prepare : int, optional
        Position of an array that is transformed before the call. The winner is then remembered for
        prepared weights, and for other calls only if preparing takes a negligible time.
    backend : Host or Device, optional

    Returns
    -------
    str
    """
    prepared = prepare is not None
    rows = table(problem, accuracy, workspace_limit, prepared, backend)
    rows = [c for c in rows if c.reason is None and c.seconds is not None]  # SciPy predicts none
    if not exhaustive and rows:
        rows = [c for c in rows if c.seconds <= _PROMISING * rows[0].seconds]
    if len(rows) < 2:
        return choose(problem, "auto", accuracy, workspace_limit, prepared, backend).name
    arrays, out = backend.put(sample_arrays(problem))
    threads = config.run_threads()
    calls = []
    for row in rows:
        algorithm = backend.lookup(row.name, problem)
        weight = algorithm.prepare(problem, arrays[prepare]) if prepared else None
        given, made = taken(algorithm, problem, arrays, out)
        calls.append(_call(algorithm.bind(problem), given, weight, made, threads))
    seconds = time_interleaved(calls, time_limit=time_limit or TIME_LIMIT, backend=backend)
    fastest, best = min(zip(seconds, rows, strict=True), key=lambda pair: pair[0])
    if fastest == math.inf:
        return best.name
    where, algorithm = backend.identity(), backend.lookup(best.name, problem)
    known = best.name, algorithm.layout
    store.remember(problem.key(), accuracy, *known, prepared, where)
    if prepared:
        preparing, _ = algorithm.preparation(problem, backend.machine(), threads)
        if preparing <= _NEGLIGIBLE * fastest:
            store.remember(problem.key(), accuracy, *known, where=where)
    with contextlib.suppress(OSError):  # a folder that cannot be written spoils no plan
        store.save()
    return best.name


def _call(run, arrays, prepared, out, threads):
    return lambda: run(arrays, prepared, out, threads)


# --------------------------------------------------------------------------------- sample operands


def sample_arrays(problem, seed=0):
    """Return operands of a problem as the engine takes them, filled with noise, and an output."""
    rng = np.random.default_rng(seed)
    if problem.family == "forwarded":
        owner = "torch" if problem.to == "torch" else "SciPy"
        raise ValueError(f"problem {problem.key()} is {owner}'s; there are no operands to sample")
    dtype = DTYPES[problem.compute]
    if is_pooling(problem):
        return _pooling_arrays(problem, dtype, rng)
    if problem.family == "resampling":
        h = noise(rng, (problem.taps,), DTYPES[problem.dtypes[1]]).astype(dtype)
        return (noise(rng, problem.shape, dtype), h, 0), np.empty(problem.output, dtype)
    if problem.family == "matching":
        template = noise(rng, problem.weights, np.float64)
        template -= template.mean()
        arrays = noise(rng, problem.shape, np.float64), template, float(np.sum(template**2))
        return arrays, np.empty(problem.output, dtype)
    if problem.family in _IMAGES:
        return _image_arrays(problem, dtype, rng)
    stencil = problem.stencil
    if problem.family == "missing":
        return _missing_arrays(problem, dtype, rng)
    if problem.family == "rounded":
        x = noise(rng, stencil.image_shape, DTYPES[problem.dtypes[0]])
        weight = noise(rng, stencil.weight_shape, np.float64)
        return (x, weight, None, None, problem.fill), np.empty(stencil.feature_shape, dtype)
    if is_filter(problem):
        arrays = [
            noise(rng, stencil.image_shape, dtype),
            _weight(rng, stencil.weight_shape, dtype, problem.traits),
        ]
        return (*arrays, None, None, 0), np.empty(stencil.feature_shape, dtype)
    x = (problem.n, problem.c, *problem.input)
    y = (problem.n, problem.k, *problem.output)
    biases = {
        "channel": (problem.k,),
        "position": (problem.k, *problem.output),
        "tile": (problem.k, *problem.tiles),
    }
    shapes, result = {
        "fwd": ([x, problem.weight_shape, biases.get(problem.bias), y if problem.add else None], y),
        "input": ([problem.weight_shape, y], x),
        "weight": ([x, y], problem.weight_shape),
        "bias": ([y], biases.get(problem.bias)),
    }[problem.kind]
    arrays = [None if shape is None else noise(rng, shape, dtype) for shape in shapes]
    if problem.traits is not None:
        arrays[1] = _weight(rng, problem.weight_shape, dtype, problem.traits)
    out = np.empty(result, dtype)
    if problem.channels_last in ("input", "both"):
        arrays[0] = as_last(arrays[0], dtype)
    if problem.channels_last in ("output", "both"):
        arrays[3] = None if arrays[3] is None else as_last(arrays[3], dtype)
        out = empty_last(result, dtype)
    return tuple(arrays), out


def taken(algorithm, problem, arrays, out):
    """Return operands and output of `sample_arrays` in the dtype that an algorithm takes."""
    own = algorithm.takes(problem)
    if own is None:
        return arrays, out
    old, new = DTYPES[problem.compute], DTYPES[own]

    def cast(array):
        return array.astype(new) if array.dtype == old else array

    return tuple(map(cast, arrays)), tuple(map(cast, out)) if type(out) is tuple else cast(out)


def _weight(rng, shape, dtype, traits):
    """Return a weight of noise that has the traits."""
    if traits is None:
        return noise(rng, shape, dtype)
    if traits == "box":
        ones = np.ones(shape[2:], dtype)
        return noise(rng, shape[:2], dtype).reshape(*shape[:2], *(1,) * ones.ndim) * ones
    total = 0
    for _ in range(int(traits[1:])):
        term = np.ones(shape[:2])
        for taps in shape[2:]:
            vector = rng.standard_normal((*shape[:2], *(1,) * (term.ndim - 2), taps))
            term = term[..., None] * vector
        total = total + term
    return total.astype(dtype)


def _image_arrays(problem, dtype, rng):
    """Return the operands of a filter that takes the image as it is, and their output."""
    integers = problem.family == "integer"
    out = np.empty(problem.shape, DTYPES[problem.dtypes[2]] if integers else dtype)
    x = noise(rng, problem.shape, dtype)
    if integers and hasattr(problem, "weights"):
        sizes = [problem.weights[a] for a in problem.axes]
        return (x, noise(rng, sizes, np.float64), None, None, problem.fill), out
    if problem.family in ("structure", "morphology"):
        return _morphology_arrays(problem, x, rng), out
    return (x, 0), out


def _missing_arrays(problem, dtype, rng):
    """Return the operands of a filter of an image with missing elements, and their output."""
    x = noise(rng, problem.shape, dtype)
    absent = rng.random(problem.shape) < _MISSING
    mask = None if problem.missing == "nan" else absent.view(np.uint8)
    if problem.missing != "mask":
        x[absent] = np.nan
    weight = _weight(rng, problem.stencil.weight_shape, dtype, problem.traits)
    kernel = weight.reshape(-1)[: prod(problem.weights)].reshape(problem.weights)
    shape = filter_request(problem.both_sums, dtype, 0).out_shape[1:]
    return (x, weight, mask, kernel, 0), np.empty(shape, dtype)


def _morphology_arrays(problem, x, rng):
    """Return the operands of a morphological filter of the image `x`."""
    if problem.family == "structure" or problem.summed:
        return x, noise(rng, problem.size, np.float64), 0
    if problem.is_binary:
        x = x & 1
        return x, rng.random(problem.shape) < 0.5 if problem.masked else None, 0
    return x, 0


def _pooling_arrays(problem, dtype, rng):
    x = (problem.n, problem.c, *problem.input)
    y = (problem.n, problem.c, *problem.output)
    if problem.op == "unfold":
        y = (problem.n, problem.c * prod(problem.kernel), prod(problem.output))
    elif problem.op == "fold":
        x = (problem.n, problem.c * prod(problem.kernel), prod(problem.input))
    elif problem.op == "maxout":
        y = (problem.n, problem.groups, *problem.output)
    forward = problem.kind == "fwd"
    arrays = [noise(rng, x if forward else y, dtype)]
    if problem.op == "weighted_pool":
        arrays.append(noise(rng, problem.kernel, dtype))
    elif problem.op == "max_unpool" or (not forward and problem.op.endswith("max_pool")):
        unpooling = problem.op == "max_unpool"
        limit = prod(problem.output if unpooling else problem.input)
        arrays.append(rng.integers(0, limit, x if unpooling else y))
    elif not forward and problem.op in ("lp_pool", "maxout"):
        arrays.append(noise(rng, x, dtype))
    out = np.empty(y if forward else x, dtype)
    if problem.indices:
        out = (out, np.empty(y, np.int64))
    return tuple(arrays), out


def noise(rng, shape, dtype):
    """Return samples of N(0, 1), or small integers for integer dtypes."""
    dtype = np.dtype(dtype)
    if dtype.kind in "iu":
        return rng.integers(0 if dtype.kind == "u" else -100, 100, shape).astype(dtype)
    values = rng.standard_normal(shape)
    if dtype.kind == "c":
        values = values + 1j * rng.standard_normal(shape)
    return values.astype(dtype)
