"""What the planner knows of the host, one of the backends. `fastconv.gpu.backend` has the devices.

A backend says which algorithms there are, what they cost and how long a call takes, and makes
arrays that its algorithms compute with.
"""

import time
from contextlib import nullcontext
from pathlib import Path

from .. import config
from ..algorithms.names import names_for
from ..algorithms.registry import able, lookup, reason_against
from ..problem.limits import total_memory
from . import store
from .machine import cpu_model


class Host:
    """This machine's CPU, and NumPy arrays."""

    #: whether the first call of a kernel compiles it
    compiles = False

    def names(self, problem):
        """Return the names that the problem's tables have a row for."""
        return names_for(problem)

    def lookup(self, name, problem):
        """Return the algorithm of that name for the problem, None for SciPy's own."""
        return lookup(name, problem)

    def reason_against(self, name, problem):
        """Return None if the algorithm called `name` can run the problem, else why not."""
        return reason_against(name, problem)

    def able(self, problem):
        """Return what may run, likely choices first, as `fastconv.algorithms.registry.able`."""
        return able(problem)

    def machine(self):
        """Return the constants of the cost model."""
        return store.machine()

    def threads(self):
        """Return the number of threads that a call may use unless it says otherwise."""
        return config.get_num_threads()

    def limit(self, problem):
        """Return the bytes of workspace that a call may use unless it says otherwise."""
        return max((8 << 20) * config.get_num_threads(), 4 * problem.bytes)

    def most_workspace(self):
        """Return the bytes that a much faster algorithm may use beyond `limit`.

        They depend on the machine's memory, not on what is free of it: the choice must not change
        from call to call.
        """
        return total_memory() // 4

    def identity(self):
        """Return the words of a wisdom entry that say what it is valid for."""
        return f"{config.current_isa()} {config.get_num_threads()}"

    def label(self):
        """Return instruction set and processor, as comparisons show them."""
        return config.current_isa(), cpu_model()

    def current(self):
        """Return a context in which new arrays are made on this backend."""
        return nullcontext()

    def synchronize(self):
        """Wait until arrays made on this backend are complete: on the host they always are."""

    def timed(self, function):
        """Return the seconds of one call of `function`."""
        begin = time.perf_counter()
        function()
        return time.perf_counter() - begin

    def put(self, value):
        """Return NumPy arrays, one or a tuple of them, as arrays of this backend."""
        return value

    def get(self, value):
        """Return arrays of this backend, one or a tuple of them, as NumPy arrays."""
        return value

    def free_memory(self):
        """Return the bytes that a process may still take, None where the system does not say."""
        try:
            for line in Path("/proc/meminfo").read_text().splitlines():
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
        except (OSError, ValueError, IndexError):
            pass
        return None


HOST = Host()
