"""Read problem keys from problems/*.txt, and make the calls that they name."""

import functools
import itertools
import os
from pathlib import Path

import fastconv as fc
from fastconv.comparison.rebuilt import call_of
from fastconv.comparison.subject import public_function
from fastconv.planner.choose import table
from fastconv.problem import parse
from fastconv.problem.ops import op_of

PROBLEMS = Path(__file__).parent / "problems"
#: words of the environment variable FASTCONV_BENCH, which says what to run (see `problems`)
WANTED = os.environ.get("FASTCONV_BENCH", "").replace(",", " ").split()
#: whether each suite runs one problem only, with the automatic choice
SMOKE = WANTED == ["smoke"]
#: whether few measurements are made, because each needs a new process, which takes a second
QUICK = SMOKE or WANTED == ["quick"]
#: number of algorithms that a quick pass times besides the automatic choice
_FEW = 0 if SMOKE else 1
#: one thread, and as many as fastconv uses by default; only the latter in a quick pass
THREADS = sorted({fc.get_num_threads()} if QUICK else {1, fc.get_num_threads()})


# ------------------------------------------------------------------------------------ parameters


def read(name):
    """Return the keys of one file of problems, in order."""
    lines = (PROBLEMS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()]


def problems(*names):
    """Return the keys that a suite runs: those of the files `names` that are in quick.txt.

    If the environment variable FASTCONV_BENCH names files, or is ``all``, all keys of these files
    run instead. If it is ``smoke``, each suite runs the first of its keys that is in quick.txt.
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
    """Return the names of the algorithms to time; naive is one only if no other can run.

    In a quick pass, they are the ones that the cost model predicts to be fastest.
    """
    names = [row.name for row in table(parse(key)) if row.runs]
    names = [name for name in names if name != "naive"] or ["naive"]
    return names[:_FEW] if QUICK else names


def matrix(*names):
    """Return the parameters of a suite over the files `names`.

    Returns
    -------
    params : tuple of list
        Problems; ``auto`` and algorithms; numbers of threads.
    skip_params : list of tuple
        Combinations of these that are not run.
    """
    keys = problems(*names)
    runs = {key: {"auto", *runnable(key)} for key in keys}
    found = sorted(set().union(*runs.values()), key=lambda name: (name != "auto", name))
    combinations = itertools.product(keys, found, THREADS)
    return (keys, found, THREADS), [c for c in combinations if c[1] not in runs[c[0]]]


# ----------------------------------------------------------------------- public calls from a key


class Call:
    """The call of a public function that poses the problem `key`, on arrays of noise.

    Attributes
    ----------
    problem : ConvProblem, PoolProblem, FilterProblem, ...
        The problem.
    name : str
        Name of the function, as `fastconv.plan` takes it.
    arrays, options : dict
        Arguments of the function by name.
    """

    def __init__(self, key):
        self.problem = parse(key)
        found = call_of(self.problem)
        if found is None:
            raise ValueError(f"no function poses the problem {key}")
        self.name, arrays, self.options = found
        named = zip(op_of(self.name, arrays).arrays, arrays, strict=True)
        self.arrays = {word: array for word, array in named if array is not None}

    def eager(self, **common):
        """Return the call as a function without arguments."""
        function = public_function(self.name)
        return functools.partial(function, **self.arrays, **self.options, **common)

    def planned(self, algorithm, threads):
        """Return a call of a plan with a prepared weight and an existing `out`."""
        first, *_ = self.arrays
        x = self.arrays[first]
        given = {**self.arrays, first: x.shape}
        plan = fc.plan(self.name, dtype=x.dtype, algorithm=algorithm, **given, **self.options)
        result = plan(x)
        out = result[0] if isinstance(result, tuple) else result
        return functools.partial(plan, x, out=out, num_threads=threads)


# ------------------------------------------------------------------------------------- the suites


@functools.cache
def planned(key, algorithm, threads):
    """Return the call of a plan that has run once, ready to be timed.

    It is kept between the repeated set-ups of one benchmark. With new arrays before every sample,
    caches would be cold and making the arrays would take most of the time.
    """
    run = Call(key).planned(algorithm, threads)
    run()
    return run


@functools.cache
def eager(key, threads):
    """Return a call without a plan that has run once, ready to be timed."""
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
