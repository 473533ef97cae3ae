"""What the planner knows of a device. `fastconv.planner.backend` has the same for the host."""

from functools import cache

import numpy as np

from ..algorithms.scipy import Scipy
from . import registry
from .machine import from_properties

#: why a permanent name without a module here cannot run
_NOT_BUILT = "not built for GPUs"
#: why no algorithm here runs a problem of the SciPy faces that CuPy alone computes
_CUPYX_ALONE = "answered by 'scipy' alone, which is cupyx here"
#: families of problems that have algorithms here
_BUILT = ("convolution", "pooling")
#: stands for the call of CuPy's function, which `fastconv.gpu.cupyx` makes
_CUPYX = Scipy()
#: bytes of workspace that a call may use on any device
_LEAST_LIMIT = 256 << 20


class Device:
    """One device, and CuPy arrays on it.

    Parameters
    ----------
    runtime : Runtime
    """

    #: whether the first call of a kernel compiles it
    compiles = True

    def __init__(self, runtime):
        self.runtime = runtime
        self._machine = from_properties(runtime.properties)

    def names(self, problem):
        """Return the names that the problem's tables have a row for."""
        return registry.names(problem)

    def lookup(self, name, problem):
        """Return the algorithm of that name for the problem, None for a name without a module."""
        if name == _CUPYX.name:
            return _CUPYX if _CUPYX.serves(problem) else None
        return registry.lookup(self.runtime, name, problem)

    def reason_against(self, name, problem):
        """Return None if the algorithm called `name` can run the problem, else why not."""
        algorithm = self.lookup(name, problem)
        if algorithm is None:
            return _NOT_BUILT if problem.family in _BUILT else _CUPYX_ALONE
        return algorithm.supports(problem)

    def able(self, problem):
        """Return all algorithms for the problem, as `fastconv.algorithms.registry.able`."""
        found = enumerate(self.lookup(name, problem) for name in self.names(problem))
        return [(i, algorithm, True) for i, algorithm in found if algorithm is not None]

    def machine(self):
        """Return the constants of the cost model."""
        return self._machine

    def threads(self):
        """Return 1: a device has threads of its own."""
        return 1

    def limit(self, problem):
        """Return the bytes of workspace that a call may use unless it says otherwise."""
        return max(_LEAST_LIMIT, 4 * problem.bytes)

    def most_workspace(self):
        """Return the bytes that a much faster algorithm may use beyond `limit`."""
        return self.runtime.properties["memory"] // 4

    def identity(self):
        """Return the words of a wisdom entry that say what it is valid for."""
        name = self.runtime.properties["name"].replace(" ", "-")
        major, minor = self.runtime.properties["capability"]
        return f"{self.runtime.kind} {name} sm_{major}{minor}"

    def label(self):
        """Return architecture and device, as comparisons show them."""
        major, minor = self.runtime.properties["capability"]
        return f"sm_{major}{minor}", self.runtime.properties["name"]

    def current(self):
        """Return a context in which new arrays are made on this backend."""
        return self.runtime.current()

    def synchronize(self):
        """Wait until arrays made on the current stream are complete, for use on any stream."""
        self.runtime.synchronize()

    def timed(self, function):
        """Return the seconds of one call of `function`, between two events of the stream."""
        return self.runtime.timed(function)

    def put(self, value):
        """Return NumPy arrays, one or a tuple of them, as arrays of this backend."""
        if isinstance(value, tuple):
            return tuple(self.put(v) for v in value)
        return self.runtime.xp.asarray(value) if isinstance(value, np.ndarray) else value

    def get(self, value):
        """Return arrays of this backend, one or a tuple of them, as NumPy arrays."""
        if isinstance(value, tuple):
            return tuple(self.get(v) for v in value)
        return self.runtime.to_host(value) if isinstance(value, self.runtime.array) else value

    def free_memory(self):
        """Return the bytes that an allocation on the device may still take."""
        return self.runtime.free_memory()


@cache
def backend_of(runtime):
    """Return the `Device` of a runtime, always the same one."""
    return Device(runtime)
