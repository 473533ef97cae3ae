"""Where a problem is computed, as the planner sees it: the host. See `fastconv.gpu.place` too."""

import time
from contextlib import nullcontext
from pathlib import Path

from .. import config
from ..algorithms.base import names_for
from ..algorithms.registry import lookup, reason_against
from . import store
from .machine import cpu_model


class Host:
    """This machine's CPU, and NumPy arrays."""

    compiles = False  # kernels at their first call

    def names(self, problem):
        """The names that a problem's tables have a row for."""
        return names_for(problem)

    def lookup(self, name, problem):
        return lookup(name, problem)

    def reason_against(self, name, problem):
        return reason_against(name, problem)

    def machine(self):
        """Constants of the cost model."""
        return store.machine()

    def threads(self):
        return config.get_num_threads()

    def limit(self, problem):
        """Workspace that a call may use unless it says otherwise."""
        return max((8 << 20) * config.get_num_threads(), 4 * problem.bytes)

    def identity(self):
        """What wisdom is valid for, as a word of its entries."""
        return f"{config.current_isa()} {config.get_num_threads()}"

    def label(self):
        """Instruction set and processor, as comparisons show them."""
        return config.current_isa(), cpu_model()

    def current(self):
        """A context in which new arrays are made here."""
        return nullcontext()

    def settle(self):
        """Wait until what was made here may be used: it may be at once."""

    def timed(self, function):
        """Seconds of one call."""
        begin = time.perf_counter()
        function()
        return time.perf_counter() - begin

    def put(self, value):
        """NumPy arrays, alone or in a tuple, as arrays of this place."""
        return value

    def get(self, value):
        """Arrays of this place as NumPy arrays."""
        return value

    def free_memory(self):
        """Bytes that a process may still take, None where the system does not say."""
        try:
            for line in Path("/proc/meminfo").read_text().splitlines():
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
        except (OSError, ValueError, IndexError):
            pass
        return None


HOST = Host()
