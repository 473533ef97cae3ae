"""What the suites share: keys from problems/*.txt, and public calls rebuilt from a key."""

import functools
import itertools
import math
import os
from pathlib import Path

import numpy as np

import fastconv as fc
from fastconv.algorithms.base import is_filter, is_pooling
from fastconv.comparison.subject import public_function
from fastconv.planner.choose import table
from fastconv.planner.measure import noise
from fastconv.problem import OPS, parse
from fastconv.problem.arrays import DTYPES
from fastconv.problem.scipy_arguments import IMAGE_BOUNDARIES
from fastconv.problem.validate_filtering import SIGNAL_BOUNDARIES

PROBLEMS = Path(__file__).parent / "problems"
#: words of the environment variable FASTCONV_BENCH: what to run, see `problems`
WANTED = os.environ.get("FASTCONV_BENCH", "").replace(",", " ").split()
#: whether one problem of each suite is all that runs, with the automatic choice
SMOKE = WANTED == ["smoke"]
#: whether few measurements are made: each takes a process, and that more than a second
QUICK = SMOKE or WANTED == ["quick"]
#: algorithms of a problem that a quick pass times besides the automatic choice
_FEW = 0 if SMOKE else 2
#: one thread, and as many as fastconv uses by default; the latter alone in a quick pass
THREADS = sorted({fc.get_num_threads()} if QUICK else {1, fc.get_num_threads()})


# ------------------------------------------------------------------------------------ parameters


def read(name):
    """The keys of one file of problems, in order."""
    lines = (PROBLEMS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()]


def problems(*names):
    """Keys that a suite runs: those of the files `names` that are in quick.txt.

    The environment variable FASTCONV_BENCH names files to run whole instead, or is ``all``. With
    ``smoke`` each suite runs the first of its keys that is in quick.txt. ``quick``, and no value,
    change nothing here.
    """
    files = {path.stem for path in PROBLEMS.glob("*.txt")} - {"quick"}
    unknown = set(WANTED) - files - (set(WANTED) if QUICK else {"all"})
    if unknown:
        raise ValueError(
            f"FASTCONV_BENCH names {sorted(unknown)}; allowed: smoke or quick alone, or all, or "
            f"files of problems/: {', '.join(sorted(files))}"
        )
    quick = set(read("quick")) if QUICK or not WANTED else set()
    keys = {}
    for name in names:
        for key in read(name):
            if key in quick or "all" in WANTED or name in WANTED:
                keys[key] = None
    return list(keys)[:1] if SMOKE else list(keys)


def runnable(key):
    """Names of the algorithms to time: naive, which is there to be right, only where alone.

    Of many, a quick pass takes those that the cost model expects to be fastest.
    """
    names = [row.name for row in table(parse(key)) if row.runs]
    names = [name for name in names if name != "naive"] or ["naive"]
    return names[:_FEW] if QUICK else names


def matrix(*names):
    """Parameters of a suite over the files `names`, and the combinations of them to skip.

    Returns
    -------
    params : tuple of list
        Problems; ``auto`` and algorithms; threads.
    skip_params : list of tuple
    """
    keys = problems(*names)
    runs = {key: {"auto", *runnable(key)} for key in keys}
    found = sorted(set().union(*runs.values()), key=lambda name: (name != "auto", name))
    combinations = itertools.product(keys, found, THREADS)
    return (keys, found, THREADS), [c for c in combinations if c[1] not in runs[c[0]]]


# ----------------------------------------------------------------------- public calls from a key


class Call:
    """A call of the public API that poses the problem `key`, on arrays of noise.

    Attributes
    ----------
    name : str
        The function, as `fastconv.plan` takes it.
    arrays, options : dict
        Its arguments by name.
    """

    def __init__(self, key):
        self.problem = problem = parse(key)
        self.name = problem.function
        op = OPS[self.name]
        rng = np.random.default_rng(0)
        if is_pooling(problem):
            self.arrays, values = _pooling(problem, rng)
        elif is_filter(problem):
            self.arrays, values = _filter(problem, rng)
        else:
            self.arrays, values = _convolution(problem, rng)
        self.options = {word: values[word] for word in op.options if word in values}

    def eager(self, **common):
        """The call itself, as a function without arguments."""
        function = public_function(self.name)
        return functools.partial(function, **self.arrays, **self.options, **common)

    def planned(self, algorithm, threads):
        """A plan with its weight prepared, called with an `out` that is there already."""
        first, *_ = self.arrays
        x = self.arrays[first]
        given = {**self.arrays, first: x.shape}
        plan = fc.plan(self.name, dtype=x.dtype, algorithm=algorithm, **given, **self.options)
        result = plan(x)
        out = result[0] if isinstance(result, tuple) else result
        return functools.partial(plan, x, out=out, num_threads=threads)


def _operand(problem, position, shape, rng):
    return noise(rng, shape, DTYPES[problem.dtypes[position]])


def _weight(problem, position, shape, rng):
    """Noise with the structure that the problem's traits promise."""
    traits = problem.traits
    if traits is None:
        return _operand(problem, position, shape, rng)
    terms = 1 if traits == "box" else int(traits[1:])
    vectors = [
        [np.ones(n) if traits == "box" else rng.standard_normal(n) for n in shape]
        for _ in range(terms)
    ]
    total = sum(functools.reduce(np.multiply.outer, term) for term in vectors)
    return total.astype(DTYPES[problem.dtypes[position]])


def _convolution(problem, rng):
    p = problem
    x, y = (p.n, p.c, *p.input), (p.n, p.k, *p.output)
    biases = {"channel": (p.k,), "position": y[1:], "tile": (p.k, *p.tiles)}
    values = {
        "stride": p.stride, "padding": p.padding, "dilation": p.dilation, "groups": p.groups,
        "padding_mode": p.padding_mode, "output_padding": p.output_padding,
        "activation": p.activation, "input_size": x, "weight_size": p.weight_shape,
        "per_position": p.bias == "position", "tiles": p.tiles or None,
    }  # fmt: skip
    if p.kind == "fwd":
        arrays = {
            "input": _operand(p, 0, x, rng),
            "weight": _weight(p, 1, p.weight_shape, rng),
        }
        if p.bias:
            arrays["bias"] = _operand(p, 2, biases[p.bias], rng)
        if p.add:
            arrays["add"] = _operand(p, 2, y, rng)
    elif p.kind == "input":
        arrays = {
            "weight": _weight(p, 0, p.weight_shape, rng),
            "grad_output": _operand(p, 1, y, rng),
        }
    elif p.kind == "weight":
        arrays = {"input": _operand(p, 0, x, rng), "grad_output": _operand(p, 1, y, rng)}
    else:
        arrays = {"grad_output": _operand(p, 0, y, rng)}
    return arrays, values


def _filter(problem, rng):
    p = problem
    image = _operand(p, 0, p.shape, rng)
    values = {"axes": p.axes, "stride": p.stride, "dilation": p.dilation, "origin": p.origin}
    if p.op.startswith("ndimage"):
        names = {ours: theirs for theirs, ours in reversed(IMAGE_BOUNDARIES.items())}
        modes = [names[b] for b in p.boundary]
        values["mode"] = modes if len(set(modes)) > 1 else modes[0]
        taps = tuple(p.weights[a] for a in p.axes)
        return {"input": image, "weights": _weight(p, 1, taps, rng)}, values
    names = {ours: theirs for theirs, ours in SIGNAL_BOUNDARIES.items()}
    values |= {"mode": p.mode, "boundary": names.get(p.boundary[0], "fill")}
    values["fillvalue"] = int(p.boundary[0] == "constant")
    return {"in1": image, "in2": _weight(p, 1, p.weights, rng)}, values


def _pooling(problem, rng):
    p = problem
    x, y = (p.n, p.c, *p.input), (p.n, p.c, *p.output)
    if p.op == "unfold":
        y = (p.n, p.c * math.prod(p.kernel), math.prod(p.output))
    elif p.op == "fold":
        x = (p.n, p.c * math.prod(p.kernel), math.prod(p.input))
    elif p.op == "maxout":
        y = (p.n, p.groups, *p.output)
    values = {
        "kernel_size": p.kernel, "stride": p.stride, "padding": p.padding, "dilation": p.dilation,
        "ceil_mode": p.ceil_mode, "count_include_pad": p.count_include_pad,
        "divisor_override": p.divisor, "norm_type": p.norm, "return_indices": p.indices,
        "groups": p.groups, "output_size": p.output, "input_size": x,
    }  # fmt: skip
    if p.op == "max_unpool":  # its key has no window: the output's size says it all
        step = tuple(o // i for i, o in zip(p.input, p.output, strict=True))
        values |= {"kernel_size": step, "stride": step, "padding": 0}
    shapes = {
        "input": x, "grad_output": y, "weights": p.kernel,
        "indices": x if p.op == "max_unpool" else y,
    }  # fmt: skip
    arrays = {}
    for name in OPS[p.function].arrays:
        if name == "indices":
            sides = (p.output, p.input) if p.op == "max_unpool" else (p.input, p.output)
            arrays[name] = _indices(shapes[name], *sides, rng)
        else:
            arrays[name] = _operand(p, 0, shapes[name], rng)
    return arrays, values


def _indices(shape, sizes, grid, rng):
    """Where the maxima of windows side by side were, `grid` of them in planes of `sizes`."""
    flat = np.zeros(shape, np.int64)
    for axis, (size, outputs) in enumerate(zip(sizes, grid, strict=True)):
        first = np.arange(outputs) * size // outputs
        first = first.reshape(-1, *(1,) * (len(sizes) - axis - 1))
        flat = flat * size + first + rng.integers(0, max(1, size // outputs), shape)
    return flat


# ------------------------------------------------------------------------------------- the suites


@functools.cache
def planned(key, algorithm, threads):
    """A plan that has run once, ready to be timed.

    Kept between the repeated set-ups of one benchmark: with new arrays before every sample the
    caches would be cold and most of the time would go into noise.
    """
    run = Call(key).planned(algorithm, threads)
    run()
    return run


@functools.cache
def eager(key, threads):
    """The same for a call without a plan, the algorithm chosen for it."""
    run = Call(key).eager(num_threads=threads)
    run()
    return run


class Plans:
    """Set-up of the suites that time plans: weights prepared, `out` there already."""

    timeout = 300
    param_names = ("problem", "algorithm", "threads")

    def setup(self, key, algorithm, threads):
        self.run = planned(key, algorithm, threads)


class Calls:
    """Set-up of the suites that time calls as a user writes them."""

    timeout = 300
    param_names = ("problem", "threads")

    def setup(self, key, threads):
        self.run = eager(key, threads)
