"""Plans for nodes: one problem of the registry, with weights that plans of all shapes share."""

import numpy as np

from ..plans import Plan, shared, split_arguments
from ..problem import OPS
from ..problem.arrays import Spec

#: dtypes that plans compute
DTYPES = tuple(np.dtype(t) for t in ("float16", "float32", "float64"))


class Planned:
    """A plan as a step of a network runs it.

    Parameters
    ----------
    context : Context
    name : str
        Name of the op, such as ``"conv2d"``.
    **arguments
        Its options, and its arrays: each a `Value`, which is planned with its constant array if it
        has one, or None.

    Attributes
    ----------
    run : callable
        ``run(arrays, out, threads)``, for arrays in the op's order. Those that were planned as
        constants may be None.
    outputs : list of (shape, dtype)
    """

    def __init__(self, context, name, **arguments):
        op = OPS[name]
        given, options = split_arguments(op, arguments)
        arrays = tuple(
            None if v is None else Spec(v.shape, v.dtype) if v.constant is None else v.constant
            for v in given
        )
        self.plan = Plan(op, arrays, options, "auto", context.accuracy, None, context.effort, None)
        self.prepared = shared(self.plan, context.weights)
        self.run = self.plan.runner()
        self.outputs = [self.plan.result()]
        stencil = getattr(self.plan.problem, "stencil", None)
        self.multiply_adds = 0 if stencil is None else stencil.multiply_adds
        self.algorithm, self.seconds = self.plan.algorithm, self.plan.predicted_seconds
