"""Eager calls with arrays on a device."""

import numpy as np

from .. import config
from ..loops.entry import described
from ..planner.cache import Cache
from ..planner.choose import check_arguments, choose
from ..planner.traits import BY_VALUES, possible, with_traits
from .arrays import checked, ready
from .executor import DeviceExecutor
from .place import place_of

_cache = Cache(4096)


def executor_of(runtime, op, arrays, options, common):
    """The `DeviceExecutor` of one call: arrays and options in the order of `op`.

    `common` holds algorithm, accuracy, workspace_limit and names that the choice leaves out.
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
    algorithm, accuracy, workspace_limit, exclude = common
    place = place_of(runtime)
    request = op.make(specs, dict(zip(op.options, options, strict=True)))
    check_arguments(algorithm, accuracy, workspace_limit, request.problem, place)
    if algorithm in BY_VALUES and possible(request.problem):
        request = looked_at(runtime, request, arrays)
    candidate = choose(request.problem, algorithm, accuracy, workspace_limit, exclude, place=place)
    return DeviceExecutor(
        place, op, request, candidate, accuracy, workspace_limit, algorithm == "auto"
    )


def looked_at(runtime, request, arrays):
    """The request with the traits of its weight, which alone is copied to the host.

    Only what asks for it by name, and plans, look: a copy waits for the device.
    """
    operands = ready(runtime, arrays, request.operands)
    if request.arrange is not None:
        operands = request.arrange(operands)
    return with_traits(request, np.asarray(runtime.to_host(operands[1])))


def release_memory():
    """Forget the executors, and give the pools' free blocks back."""
    for key in list(_cache.entries):
        key[0].release()
    _cache.clear()
