"""Functions with which plans handle NumPy arrays.

`fastconv.gpu.calls.DeviceCalls` has the same functions for arrays on a device.
"""

from functools import partial

import numpy as np

from ..gpu.arrays import device_of
from ..loops.operands import ready
from ..planner.backend import HOST
from ..planner.traits import engine_weight, looks, with_traits
from ..problem.arrays import Spec, any_array, coerce
from .by_values import ByValues
from .eager import chosen_executor
from .executor import Executor
from .forward import ForwardCall


class HostCalls:
    """Functions with which a plan handles NumPy arrays.

    `fastconv.gpu.calls.DeviceCalls` has the same functions for arrays on a device.

    Attributes
    ----------
    backend : Host
    array : type
        The class of the arrays.
    ready : callable
        As in `Request.operands`.
    """

    backend = HOST
    array = np.ndarray
    ready = staticmethod(ready)

    @staticmethod
    def coerce(op, name, value):
        """Return the argument `name` as an array, and refuse dtypes that the op does not take."""
        return any_array(name, value) if op.checks_dtypes else coerce(name, value)

    @staticmethod
    def copy(op, name, value):
        """Return a copy of the argument `name` as an array."""
        return np.array(HostCalls.coerce(op, name, value))

    @staticmethod
    def executor(op, options, request, candidate, accuracy, workspace_limit, may_redo):
        """Return a new executor of a request; the parameters are those of `Executor`."""
        if candidate.name == "scipy":
            return ForwardCall(op, request, options)
        return Executor(op, options, request, candidate, accuracy, workspace_limit, may_redo)

    @staticmethod
    def looks(problem, common, chosen):
        """Return whether to look for structure in the values of a weight.

        Parameters
        ----------
        problem : ConvProblem, FilterProblem, ...
        common : tuple
            algorithm, accuracy and workspace_limit.
        chosen : str or None
            Algorithm of a plan that was pickled.
        """
        return looks(problem, *common) or looks(problem, chosen or "auto")

    @staticmethod
    def with_traits(request, arrays, structure):
        """Return the request with the traits of its weight, which is among `arrays`."""
        return with_traits(request, engine_weight(request, arrays), structure)

    @staticmethod
    def by_values(op, options, common, general_request, structure):
        """Return the executor that inspects the weight of every call.

        Parameters
        ----------
        op : Op
        options : tuple
            The options in the order of the op.
        common : tuple
            algorithm, accuracy and workspace_limit.
        general_request : Request
            The request, whose problem has no traits.
        structure : bool
            As in `ByValues`.
        """
        return ByValues(general_request, partial(chosen_executor, op, options, common), structure)


def calls_of(arrays):
    """Return `HostCalls`, or `DeviceCalls` if an array is on a device. Shapes do not count."""
    runtime = device_of(a for a in arrays if not isinstance(a, (tuple, list, Spec)))
    if runtime is None:
        return HostCalls
    from ..gpu.calls import DeviceCalls

    return DeviceCalls(runtime)
