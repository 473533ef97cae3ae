"""Contenders of fastconv: the plain call, the call with `out=`, and a plan."""

from functools import partial

import numpy as np

import fastconv as fc
from fastconv.comparison.subject import public_function

from .cases import WINDOWS
from .timing import Contender

NAME, MODULE = "fastconv", "fastconv"


def contenders(case, threads):
    """Return the plan of a case and its contenders. Without a plan, return None and two contenders.

    The plan has the algorithm that `auto` chooses. The number of threads is the default of the
    process, which `machine.limited` sets.
    """
    first = next(iter(case.arrays))
    x = case.arrays[first]
    options = case.options
    if case.kind in (*WINDOWS, "integer"):
        return None, _without_plan(case, x)
    if case.kind == "gaussian":
        size = case.problem.weights[0]
        given = {"sigma": case.sigma, "radius": size // 2, **options}
        function, arrays = fc.ndimage.gaussian_filter, (x,)
    elif case.kind == "box":
        given = {"size": case.arrays["weights"].shape, **options}
        function, arrays = fc.ndimage.uniform_filter, (x,)
    else:
        function, given = public_function(case.name), options
        # in signatures of gradients, a size comes between the arrays: pass all by name
        sized = {"input_size", "weight_size"} & set(options)
        arrays = () if sized else tuple(a for n, a in case.arrays.items() if n != "add")
        given = {**options, **{n: a for n, a in case.arrays.items() if sized or n == "add"}}
    plan = fc.plan(case.name, dtype=x.dtype, **{**case.arrays, first: x.shape}, **options)
    result = plan(x)
    out = result[0] if isinstance(result, tuple) else result
    target = out.copy()
    return plan, [
        Contender(
            "eager", lambda: function(*arrays, **given), array=_output, ours=True
        ),
        Contender(
            "out", lambda: function(*arrays, **given, out=target),
            preallocated=True, array=_output, ours=True,
        ),
        Contender(
            "plan", lambda: plan(x, out=out),
            prepared=True, preallocated=True, array=_output, ours=True,
        ),
    ]  # fmt: skip


def _without_plan(case, x):
    """Return the contenders of a maximum or minimum filter, or of one with int16 results."""
    given = dict(case.options)
    if case.kind in WINDOWS:
        function, arrays = getattr(fc.ndimage, WINDOWS[case.kind]), (x,)
        given["size"] = case.arrays["weights"].shape
        target = np.empty_like(x)
        eager = partial(function, *arrays, **given)
    else:
        function, arrays = public_function(case.name), tuple(case.arrays.values())
        target = np.empty(x.shape, np.int16)
        eager = partial(function, *arrays, **given, output=np.int16)
    return [
        Contender("eager", eager, ours=True),
        Contender(
            "out", lambda: function(*arrays, **given, output=target), preallocated=True, ours=True
        ),
    ]  # fmt: skip


def _output(result):
    """Return a result, or the first of several."""
    return result[0] if isinstance(result, tuple) else result
