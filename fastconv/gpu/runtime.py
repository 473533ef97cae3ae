"""CuPy as fastconv uses it. The one module that imports it.

Tests replace it by an emulation on the host with the same methods.
"""

import importlib
from functools import cache, cached_property

import numpy as np

#: shared memory that a block may take without asking
_STATIC_SHARED = 48 << 10


class Runtime:
    """One CUDA device.

    Parameters
    ----------
    number : int
        Ordinal of the device.
    """

    kind = "cuda"

    def __init__(self, number):
        import cupy

        self.xp = cupy
        self.number = number
        self.array = cupy.ndarray
        self.out_of_memory = cupy.cuda.memory.OutOfMemoryError
        self.device = cupy.cuda.Device(number)
        self._functions = {}

    # ------------------------------------------------------------------------------ what it is

    @cached_property
    def properties(self):
        """Name, compute capability, multiprocessors, clocks in Hz, memory in bytes per second."""
        raw = self.xp.cuda.runtime.getDeviceProperties(self.number)
        attributes = self.device.attributes
        # kHz; two transfers per clock. CUDA 13 moved both from the properties to the attributes
        clock = raw.get("clockRate") or attributes["ClockRate"]
        memory = raw.get("memoryClockRate") or attributes["MemoryClockRate"]
        width = raw.get("memoryBusWidth") or attributes["GlobalMemoryBusWidth"]
        return {
            "name": raw["name"].decode(),
            "capability": (raw["major"], raw["minor"]),
            "multiprocessors": raw["multiProcessorCount"],
            "clock": clock * 1e3,
            "bandwidth": memory * 1e3 * 2 * width / 8,
            "cache": raw["l2CacheSize"],
            "shared": raw.get("sharedMemPerBlockOptin", _STATIC_SHARED),
        }

    def free_memory(self):
        """Bytes that an allocation may take: of the device, and free in CuPy's pool."""
        with self.device:
            pool = self.xp.get_default_memory_pool()
            return self.xp.cuda.runtime.memGetInfo()[0] + pool.free_bytes()

    def release(self):
        """Give the pool's free blocks back to the device."""
        with self.device:
            self.xp.get_default_memory_pool().free_all_blocks()

    def reduced_precision(self):
        """Reason why float32 matrix products of this process are not float32, or None."""
        blas = self.xp._core._routines_linalg
        narrow = blas.COMPUTE_TYPE_TF32, blas.COMPUTE_TYPE_BF16, blas.COMPUTE_TYPE_FP16
        with self.device:
            if any(blas.get_compute_type(np.dtype(code)) in narrow for code in "fF"):
                return "CUPY_TF32 or set_compute_type narrow the products of CuPy's cuBLAS"
        return None

    def scipy(self, package):
        """CuPy's own ``scipy.<package>``."""
        return importlib.import_module(f"cupyx.scipy.{package}")

    def sparse(self, matrix):
        """A sparse matrix on the device, in floating point: CuPy has none of integers."""
        if matrix.dtype.kind in "iu":
            matrix = matrix.astype("float64")
        return importlib.import_module("cupyx.scipy.sparse").csr_matrix(matrix)

    # ------------------------------------------------------------------------------ running it

    def current(self):
        """A context in which this device is the current one: CuPy makes new arrays there.

        The stream is the caller's own current stream of this device.
        """
        return self.device

    def pointer(self, array):
        return array.data.ptr

    def function(self, text, name, options):
        """The compiled kernel `name` of a source with these options; compiled once a process."""
        key = (text, name, options)
        found = self._functions.get(key)
        if found is None:
            module = self.xp.RawModule(code=text, options=("-std=c++17", *options))
            found = self._functions[key] = module.get_function(name)
        return found

    def launch(self, text, name, options, grid, block, struct, shared=0):
        """Start a kernel on the current stream; its one parameter is a structure by value."""
        function = self.function(text, name, options)
        if shared > _STATIC_SHARED and function.max_dynamic_shared_size_bytes < shared:
            function.max_dynamic_shared_size_bytes = shared
        function(grid, block, (struct,), shared_mem=shared)

    def timed(self, function):
        """Seconds of one call on the device, between two events of the current stream."""
        events = self.xp.cuda.Event(), self.xp.cuda.Event()
        events[0].record()
        function()
        events[1].record()
        events[1].synchronize()
        return self.xp.cuda.get_elapsed_time(*events) * 1e-3

    def synchronize(self):
        """Wait until what was made on the current stream may be used on any."""
        self.xp.cuda.get_current_stream().synchronize()

    def stream(self):
        """The current stream, as libraries take it."""
        return self.xp.cuda.get_current_stream().ptr

    def to_host(self, array):
        return self.xp.asnumpy(array)


@cache
def of_device(number):
    """The runtime of one device."""
    return Runtime(number)
