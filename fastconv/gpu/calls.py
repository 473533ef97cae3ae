"""Calls with arrays on a device: eager ones, and what plans and comparisons ask of such arrays."""

from functools import partial

import numpy as np

from .. import config
from ..caches import Cache
from ..loops.operands import described
from ..planner.choose import check_arguments, check_method, choose
from ..planner.traits import BY_VALUES, possible, weight_position, with_traits
from ..problem.arrays import Spec
from .arrays import checked, ready
from .backend import backend_of
from .cupyx import DeviceForwardCall
from .executor import DeviceExecutor

_cache = Cache(4096)


def executor_of(runtime, op, arrays, options, common):
    """Return the `DeviceExecutor` of one eager call, kept or new.

    Parameters
    ----------
    runtime : Runtime
    op : Op
    arrays, options : tuple
        Both in the order of `op`.
    common : tuple
        algorithm, accuracy and workspace_limit.
    """
    calls = DeviceCalls(runtime)
    specs = calls.specs(op, arrays)
    key = (runtime, op.name, repr(options), repr(common), config.epoch(), described(specs))
    executor = _cache.entries.get(key) if common[0] not in BY_VALUES else None
    if executor is None:
        with runtime.current():
            executor = calls.executor_for(op, arrays, options, common)
        _cache.insert(key, executor)
    return executor


class DeviceCalls:
    """What plans and comparisons ask of arrays on a device.

    `fastconv.calls.host` has the same for NumPy arrays.

    Parameters
    ----------
    runtime : Runtime

    Attributes
    ----------
    backend : Device
    array : type
        Of the arrays.
    ready : callable
        As `Request.operands` takes it.
    """

    def __init__(self, runtime):
        self._runtime = runtime
        self.backend = backend_of(runtime)
        self.array = runtime.array
        self.ready = partial(ready, runtime)

    def specs(self, op, arrays):
        """Return a `Spec` of every array; refuse those that are not on this device by name."""
        _refuse_host_only(op)
        return checked(self._runtime, op.arrays, arrays, op.optional, op.scipy is not None)

    def request(self, op, arrays, options):
        """Return the request of a call with these arrays."""
        return op.validated(self.specs(op, arrays), options)

    def coerce(self, op, name, value):
        """Return `value`, an array of this device or a `Spec`; refuse anything else by name."""
        _refuse_host_only(op)
        if not isinstance(value, Spec):
            checked(self._runtime, (name,), (value,), any_dtype=op.scipy is not None)
        return value

    def copy(self, op, name, value):
        """Return a copy of an array of this device; refuse anything else by name."""
        with self._runtime.current():
            return self.coerce(op, name, value).copy()

    def zeros(self, shape, dtype):
        """Return an array of zeros on this device."""
        return self._runtime.xp.zeros(shape, dtype)

    def executor_for(self, op, arrays, options, common):
        """Return a new executor of a call."""
        given = dict(zip(op.options, options, strict=True))
        check_method(op, given, common[0])
        request = self.request(op, arrays, given)
        check_arguments(*common, request.problem, self.backend)
        if common[0] in BY_VALUES and possible(request.problem):
            request = self.with_traits(request, arrays)
        return self.chosen_executor(op, options, common, request)

    def executor(self, op, options, request, candidate, accuracy, workspace_limit, may_redo):
        """Return the executor of a request with the algorithm of `candidate`."""
        if candidate.name == "scipy":
            return DeviceForwardCall(self._runtime, op, request, options)
        return DeviceExecutor(
            self.backend, op, request, candidate, accuracy, workspace_limit, may_redo
        )

    def chosen_executor(self, op, options, common, request):
        """Return the executor of a request with the algorithm that `common` asks for."""
        algorithm, accuracy, workspace_limit = common
        candidate = choose(
            request.problem, algorithm, accuracy, workspace_limit, backend=self.backend
        )
        return self.executor(
            op, options, request, candidate, accuracy, workspace_limit, algorithm == "auto"
        )

    def looks(self, problem, common, chosen):
        """Return whether a plan looks at a known weight: wherever that may help."""
        return possible(problem)

    def with_traits(self, request, arrays, structure=True):
        """Return the request with the traits of its weight, which alone is copied to the host.

        Only plans, comparisons and calls that ask for it by name look: a copy waits for the device.
        """
        weight = request.operands(self.ready, arrays, only=weight_position(request))[1]
        return with_traits(request, np.asarray(self._runtime.to_host(weight)))

    def by_values(self, op, options, common, general_request, structure=True):
        """Return the executor that looks at the weight of every call."""
        return _ByValues(self, op, options, common, general_request)


def _refuse_host_only(op):
    """Refuse a function that takes no arrays on a device."""
    if op.host_only:
        raise TypeError(
            f"{op.name} with mask, nan_policy, normalize or output_dtype takes NumPy arrays, not "
            "arrays on a device"
        )


class _ByValues:
    """Looks at the weight of every call, as `fastconv.calls.by_values` does for the host."""

    forwards = False

    def __init__(self, calls, op, options, common, general_request):
        self._calls, self._op, self._options = calls, op, options
        self._common, self._general_request = common, general_request
        self._executors = {}

    def __call__(self, arrays, prepared, out, num_threads):
        with self._calls.backend.current():
            executor = self._executor(arrays)
        return executor(arrays, None, out, num_threads)

    def _executor(self, arrays):
        request = self._calls.with_traits(self._general_request, arrays)
        found = request.problem.traits
        if found not in self._executors:
            self._executors[found] = self._calls.chosen_executor(
                self._op, self._options, self._common, request
            )
        return self._executors[found]


def release_memory():
    """Forget the executors, and give the pools' free blocks back."""
    for key in list(_cache.entries):
        key[0].release()
    _cache.clear()
