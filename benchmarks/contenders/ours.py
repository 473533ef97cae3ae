"""Contenders of fastconv: the plain call, the call with `out=`, and a plan."""

import fastconv as fc
from fastconv.comparison.subject import public_function

from .timing import Contender

NAME, MODULE = "fastconv", "fastconv"


def plan_of(case):
    """Return the plan of a case, with the algorithm that `auto` chooses.

    The number of threads is the default of the process, which `machine.limited` sets.
    """
    first, x = next(iter(case.arrays.items()))
    return fc.plan(case.name, dtype=x.dtype, **{**case.arrays, first: x.shape}, **case.options)


def contenders(case, threads):
    """Return the contenders of a case."""
    x, options = next(iter(case.arrays.values())), case.options
    function = public_function(case.name)
    # in signatures of gradients a size comes between the arrays, in that of upfirdn the filter
    # comes before the signal: pass all by name
    by_name = {"input_size", "weight_size"} & set(options)
    by_name = by_name or case.name in ("signal.upfirdn", "signal.lfilter")
    arrays = () if by_name else tuple(a for n, a in case.arrays.items() if n != "add")
    given = {**options, **{n: a for n, a in case.arrays.items() if by_name or n == "add"}}
    plan = plan_of(case)
    result = plan(x)
    out = result[0] if isinstance(result, tuple) else result
    target = out.copy()
    into = {n: v for n, v in given.items() if n != "output"}  # `out` has that dtype
    return [
        Contender("eager", lambda: function(*arrays, **given), array=_output, ours=True),
        Contender(
            "out", lambda: function(*arrays, **into, out=target),
            preallocated=True, array=_output, ours=True,
        ),
        Contender(
            "plan", lambda: plan(x, out=out),
            prepared=True, preallocated=True, array=_output, ours=True,
        ),
    ]  # fmt: skip


def _output(result):
    """Return a result, or the first of several."""
    return result[0] if isinstance(result, tuple) else result
