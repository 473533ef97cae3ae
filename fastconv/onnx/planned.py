"""Plans for nodes: one problem of the registry, with weights that plans of all shapes share."""

from dataclasses import replace
from math import inf

import numpy as np

from ..planner.backend import HOST
from ..planner.choose import choose
from ..plans import Plan, shared, split_arguments
from ..problem import OPS
from ..problem.arrays import Spec

#: dtypes that plans compute
DTYPES = tuple(np.dtype(t) for t in ("float16", "float32", "float64"))


class Packed:
    """A weight of which a network keeps nothing but its prepared form.

    `array` computes it, to pickle the network or to plan another shape of the input.

    Parameters
    ----------
    plan : Plan
        One whose `forget_weight` returned True.
    shape, dtype
        Those of the weight.
    """

    def __init__(self, plan, shape, dtype):
        self.plan, self.shape, self.dtype = plan, shape, dtype

    @staticmethod
    def fits(weight):
        """Return whether the dtype of a weight holds the numbers of its rows and columns."""
        exact = {2: 2**11, 4: 2**24, 8: 2**53}[weight.dtype.itemsize]
        return weight.size > 0 and max(len(weight), weight.size // len(weight)) < exact

    def array(self):
        """Return the weight: numbers of rows and columns, prepared, tell where each value is."""
        rows, values = self.shape[0], self.plan.prepared.reshape(-1)
        columns = int(np.prod(self.shape[1:], dtype=np.int64))
        result = np.empty(rows * columns, self.dtype)
        number = np.arange(1, rows + 1, dtype=self.dtype).reshape(-1, 1)
        row = self._prepared(np.broadcast_to(number, (rows, columns)))
        column = self._prepared(
            np.broadcast_to(np.arange(columns, dtype=self.dtype), (rows, columns))
        )
        filled = row != 0  # zeros lie between
        place = (row[filled] - 1).astype(np.int64) * columns + column[filled].astype(np.int64)
        result[place] = values[filled]
        return result.reshape(self.shape)

    def _prepared(self, numbers):
        return self.plan.prepare(np.ascontiguousarray(numbers).reshape(self.shape)).reshape(-1)


class Planned:
    """A plan as a step of a network runs it.

    Parameters
    ----------
    context : Context
    name : str
        Name of the op, such as ``"conv2d"``.
    channels_last : str, optional
        Which arrays of a convolution have channels last.
    **arguments
        Its options, and its arrays: each a `Value`, which is planned with its constant array if it
        has one, or None.

    Attributes
    ----------
    run : callable
        ``run(arrays, out, threads)``, for arrays in the op's order. Those that were planned as
        constants may be None.
    outputs : list of (shape, dtype)
    prepared : tuple of ndarray
        Prepared weights, for the count of bytes.
    weight_bytes : int
        Size of the constant weight.
    """

    def __init__(self, context, name, channels_last=None, **arguments):
        op = OPS[name]
        given, options = split_arguments(op, arguments)
        arrays = tuple(
            None if v is None else Spec(v.shape, v.dtype) if v.constant is None else v.constant
            for v in given
        )
        self.plan = plan = Plan(
            op, arrays, options, "auto", context.accuracy, None, context.effort, None,
            prepares=False, channels_last=channels_last,
        )  # fmt: skip
        self.weight = arrays[1] if len(arrays) > 1 and isinstance(arrays[1], np.ndarray) else None
        self.weight_bytes = 0 if self.weight is None else self.weight.nbytes
        self.weights, self.store, self.prepared = context.weights, context.store, ()
        self._direct = None
        self.outputs = [plan.result()]
        stencil = getattr(plan.problem, "stencil", None)
        self.multiply_adds = 0 if stencil is None else stencil.multiply_adds
        self.algorithm, self.seconds = plan.algorithm, plan.predicted_seconds

    def seconds_with(self, channels_last, accuracy):
        """Return the predicted seconds of the problem with some arrays that have channels last.

        Infinity stands for a problem that no algorithm runs. Nothing may be prepared yet.
        """
        problem = replace(self.plan.problem, channels_last=channels_last)
        if not HOST.able(problem):
            return inf
        found = choose(problem, "auto", accuracy, None, self.weight is not None)
        if found is None or found.reason is not None or found.seconds is None:
            return inf
        return found.seconds

    def prepare(self):
        """Prepare the weight; return the `Packed` that replaces it, or None if calls read it."""
        plan, weight, weights, packed = self.plan, self.weight, self.weights, None
        if weights is None:  # another thread has done it
            return None
        plan.prepare_weight()
        self.prepared = shared(plan, weights, self.store.placed)
        if weight is not None and Packed.fits(weight) and plan.forget_weight():
            packed = Packed(plan, weight.shape, weight.dtype)
        self.run, self._direct = plan.runner(), plan.direct
        self.weights = self.plan = self.weight = None
        return packed

    def run(self, arrays, out, threads):
        """Prepare the weight at the first call; see the attribute that replaces this method."""
        self.prepare()
        return self.run(arrays, out, threads)

    def direct(self, arrays, out):
        """Return ``call(threads)`` that computes these very arrays, or None; see `Plan.direct`."""
        self.prepare()
        return self._direct(arrays, out)
