"""Calls with arrays on a device: eager ones, and what plans and comparisons ask of such arrays."""

from functools import partial

import numpy as np

from .. import config
from ..loops.operands import described
from ..planner.cache import Cache
from ..planner.choose import check_arguments, choose
from ..planner.traits import BY_VALUES, possible, weight_position, with_traits
from ..problem.arrays import Spec
from .arrays import checked, ready
from .backend import backend_of
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
        algorithm, accuracy, workspace_limit, and names that the automatic choice leaves out.
    """
    specs = checked(runtime, op.arrays, arrays, op.optional)
    key = (runtime, op.name, repr(options), repr(common), config.epoch(), described(specs))
    algorithm = common[0]
    executor = _cache.entries.get(key) if algorithm not in BY_VALUES else None
    if executor is None:
        with runtime.current():
            executor = _made(runtime, op, arrays, specs, options, common)
        _cache.insert(key, executor)
    return executor


def _made(runtime, op, arrays, specs, options, common):
    algorithm, accuracy, workspace_limit, _ = common
    calls = DeviceCalls(runtime)
    request = op.make(specs, dict(zip(op.options, options, strict=True)))
    check_arguments(algorithm, accuracy, workspace_limit, request.problem, calls.backend)
    if algorithm in BY_VALUES and possible(request.problem):
        request = calls.with_traits(request, arrays)
    return calls.chosen_executor(op, common, request)


class DeviceCalls:
    """What plans and comparisons ask of arrays on a device.

    `fastconv.plans` has the same for NumPy arrays.

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

    def coerce(self, name, value):
        """Return `value`, an array of this device or a `Spec`; refuse anything else by name."""
        if not isinstance(value, Spec):
            checked(self._runtime, (name,), (value,))
        return value

    def copy(self, name, value):
        """Return a copy of an array of this device; refuse anything else by name."""
        with self._runtime.current():
            return self.coerce(name, value).copy()

    def executor(self, op, request, candidate, accuracy, workspace_limit, may_redo):
        """Return the `DeviceExecutor` of a request with the algorithm of `candidate`."""
        return DeviceExecutor(
            self.backend, op, request, candidate, accuracy, workspace_limit, may_redo
        )

    def chosen_executor(self, op, common, request):
        """Return the `DeviceExecutor` of a request with the algorithm that `common` asks for."""
        algorithm, accuracy, workspace_limit, exclude = common
        candidate = choose(
            request.problem, algorithm, accuracy, workspace_limit, exclude, backend=self.backend
        )
        return self.executor(op, request, candidate, accuracy, workspace_limit, algorithm == "auto")

    def looks(self, problem, common, chosen):
        """Return whether a plan looks at a known weight: always, it can afford the copy."""
        return possible(problem)

    def with_traits(self, request, arrays):
        """Return the request with the traits of its weight, which alone is copied to the host.

        Only plans, comparisons and calls that ask for it by name look: a copy waits for the device.
        """
        weight = request.operands(self.ready, arrays, only=weight_position(request))[1]
        return with_traits(request, np.asarray(self._runtime.to_host(weight)))

    def by_traits(self, op, common, blind):
        """Return the executor for other weights than the one that a plan looked at."""
        return _ByTraits(self, op, common, blind)

    def compared(self, op, arrays, options):
        """Return request, operands and room for the output, as every algorithm takes them.

        The weight is looked at, so that algorithms that depend on its values can take part.

        Parameters
        ----------
        op : Op
        arrays : tuple
            In the order of `op`.
        options : dict
            All options of `op`.
        """
        specs = checked(self._runtime, op.arrays, arrays, op.optional)
        request = op.make(specs, options)
        if possible(request.problem):
            request = self.with_traits(request, arrays)
        xp = self._runtime.xp
        operands = request.operands(self.ready, arrays)
        out = xp.empty(request.compute_shape, request.compute_dtype)
        if request.indices:
            out = (out, xp.empty(request.compute_shape, np.int64))
        return request, operands, out


class _ByTraits:
    """Looks at the weight of every call, as `planner.traits.ByTraits` does for the host."""

    def __init__(self, calls, op, common, blind):
        self._calls, self._op, self._common, self._blind = calls, op, common, blind
        self._executors = {}

    def __call__(self, arrays, prepared, out, num_threads):
        with self._calls.backend.current():
            executor = self._executor(arrays)
        return executor(arrays, None, out, num_threads)

    def _executor(self, arrays):
        request = self._calls.with_traits(self._blind, arrays)
        found = request.problem.traits
        if found not in self._executors:
            self._executors[found] = self._calls.chosen_executor(self._op, self._common, request)
        return self._executors[found]


def release_memory():
    """Forget the executors, and give the pools' free blocks back."""
    for key in list(_cache.entries):
        key[0].release()
    _cache.clear()
