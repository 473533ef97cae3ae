"""The planner's view of a device. The host's is `fastconv.planner.place`."""

from functools import cache

import numpy as np

from . import registry
from .device import from_properties

#: reason of a permanent name that has no room here
_NOT_BUILT = "not built for GPUs"
_SCIPY_ALONE = "CuPy's own functions: algorithm='scipy' of convolve, correlate, signal and ndimage"
#: workspace that a call may use on any device
_LEAST_LIMIT = 256 << 20


class Place:
    """One device.

    Parameters
    ----------
    runtime : Runtime
    """

    def __init__(self, runtime):
        self.runtime = runtime
        self.compiles = True  # kernels at their first call
        self._machine = from_properties(runtime.properties)

    def names(self, problem):
        return registry.names(problem)

    def lookup(self, name, problem):
        return registry.lookup(self.runtime, name, problem)

    def reason_against(self, name, problem):
        algorithm = self.lookup(name, problem)
        if algorithm is None:
            return _SCIPY_ALONE if name == "scipy" else _NOT_BUILT
        return algorithm.supports(problem)

    def machine(self):
        return self._machine

    def threads(self):
        return 1

    def limit(self, problem):
        """Workspace of a call that does not say."""
        return max(_LEAST_LIMIT, 4 * problem.bytes)

    def identity(self):
        """What wisdom is valid for, as a word of its entries."""
        name = self.runtime.properties["name"].replace(" ", "-")
        major, minor = self.runtime.properties["capability"]
        return f"{self.runtime.kind} {name} sm_{major}{minor}"

    def label(self):
        """Architecture and device, as comparisons show them."""
        major, minor = self.runtime.properties["capability"]
        return f"sm_{major}{minor}", self.runtime.properties["name"]

    def current(self):
        """A context in which new arrays are made here."""
        return self.runtime.current()

    def settle(self):
        """Wait until what was made here on the current stream may be used on any."""
        self.runtime.settle()

    def timed(self, function):
        """Seconds of one call, between two events of the current stream."""
        return self.runtime.timed(function)

    def put(self, value):
        """NumPy arrays, alone or in a tuple, as arrays of this place."""
        if isinstance(value, tuple):
            return tuple(self.put(v) for v in value)
        return self.runtime.xp.asarray(value) if isinstance(value, np.ndarray) else value

    def get(self, value):
        """Arrays of this place as NumPy arrays."""
        if isinstance(value, tuple):
            return tuple(self.get(v) for v in value)
        return self.runtime.to_host(value) if isinstance(value, self.runtime.array) else value

    def free_memory(self):
        return self.runtime.free_memory()


@cache
def place_of(runtime):
    """The place of a runtime."""
    return Place(runtime)
