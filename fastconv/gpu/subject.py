"""Operands of a call on a device, cast and arranged, for comparisons and plans."""

import numpy as np

from ..planner.traits import possible
from .arrays import checked, ready
from .calls import looked_at
from .place import place_of


def operands_of(runtime, op, arrays, options):
    """(place, request, operands, out) of a call: all that every algorithm takes.

    The weight is looked at, so that algorithms that depend on its values can take part.
    """
    specs = checked(runtime, op.arrays, arrays, op.optional)
    request = op.make(specs, options)
    if possible(request.problem):
        request = looked_at(runtime, request, arrays)
    operands = ready(runtime, arrays, request.operands)
    if request.check is not None:
        request.check(operands)
    if request.arrange is not None:
        operands = request.arrange(operands)
    out = runtime.xp.empty(request.compute_shape, request.compute_dtype)
    if request.indices:
        out = (out, runtime.xp.empty(request.compute_shape, np.int64))
    return place_of(runtime), request, operands, out
