"""fastconv itself: the call as it is written, with `out=`, and as a plan."""

import fastconv as fc
from fastconv.comparison.subject import public_function

from .timing import Contender

NAME, MODULE = "fastconv", "fastconv"


def contenders(case, threads):
    """The three, and the plan: its algorithm is what `auto` chose.

    The number of threads is the process-wide default, set by `machine.limited`.
    """
    first = next(iter(case.arrays))
    x = case.arrays[first]
    options = case.options
    if case.kind == "gaussian":
        size = case.problem.weights[0]
        given = {"sigma": case.sigma, "radius": size // 2, **options}
        function, arrays = fc.ndimage.gaussian_filter, (x,)
    elif case.kind == "box":
        given = {"size": case.problem.weights, **options}
        function, arrays = fc.ndimage.uniform_filter, (x,)
    else:
        function, given = public_function(case.name), options
        # a gradient's sizes stand between its arrays: everything by name
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


def _output(result):
    return result[0] if isinstance(result, tuple) else result
