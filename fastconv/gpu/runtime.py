"""CuPy as fastconv uses it. No other module imports it.

Tests replace it by an emulation on the host with the same methods (`tests/emulation`).
"""

import importlib
from functools import cache, cached_property

import numpy as np

#: bytes of shared memory that a block may take without asking
_STATIC_SHARED = 48 << 10


class Runtime:
    """One CUDA device.

    Parameters
    ----------
    number : int
        Ordinal of the device.

    Attributes
    ----------
    kind : str
        ``"cuda"``, a word of wisdom entries.
    xp : module
        The array namespace.
    array : type
        Of the arrays.
    out_of_memory : type
        Of the error where an allocation fails.
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

    @cached_property
    def properties(self):
        """A dict that describes the device.

        Its name, compute capability, multiprocessors, clock in Hz, memory bandwidth in bytes per
        second, bytes of memory, and bytes of second-level cache and of shared memory of a block.
        """
        raw = self.xp.cuda.runtime.getDeviceProperties(self.number)
        attributes = self.device.attributes
        # clocks are in kHz; CUDA 13 moved them from the properties to the attributes
        clock = raw.get("clockRate") or attributes["ClockRate"]
        memory = raw.get("memoryClockRate") or attributes["MemoryClockRate"]
        width = raw.get("memoryBusWidth") or attributes["GlobalMemoryBusWidth"]
        return {
            "name": raw["name"].decode(),
            "capability": (raw["major"], raw["minor"]),
            "multiprocessors": raw["multiProcessorCount"],
            "clock": clock * 1e3,
            "bandwidth": memory * 1e3 * 2 * width / 8,  # two transfers per clock
            "memory": raw.get("totalGlobalMem", 0),
            "cache": raw["l2CacheSize"],
            "shared": raw.get("sharedMemPerBlockOptin", _STATIC_SHARED),
        }

    def free_memory(self):
        """Return the bytes that an allocation may take, on the device and in CuPy's pool."""
        with self.device:
            pool = self.xp.get_default_memory_pool()
            return self.xp.cuda.runtime.memGetInfo()[0] + pool.free_bytes()

    def release(self):
        """Give the pool's free blocks back to the device."""
        with self.device:
            self.xp.get_default_memory_pool().free_all_blocks()

    def reduced_precision(self):
        """Return why matrix products of float32 do not compute in float32, or None."""
        blas = self.xp._core._routines_linalg
        narrow = blas.COMPUTE_TYPE_TF32, blas.COMPUTE_TYPE_BF16, blas.COMPUTE_TYPE_FP16
        with self.device:
            if any(blas.get_compute_type(np.dtype(code)) in narrow for code in "fF"):
                return "CUPY_TF32 or set_compute_type make CuPy's cuBLAS less exact than float32"
        return None

    def scipy(self, package):
        """Return CuPy's own ``scipy.<package>``."""
        return importlib.import_module(f"cupyx.scipy.{package}")

    def sparse(self, matrix):
        """Return a sparse matrix on the device; integers become float64, as CuPy lacks them."""
        if matrix.dtype.kind in "iu":
            matrix = matrix.astype("float64")
        return importlib.import_module("cupyx.scipy.sparse").csr_matrix(matrix)

    def current(self):
        """Return a context in which CuPy makes new arrays on this device.

        The stream is the one that the caller has made current for this device.
        """
        return self.device

    def pointer(self, array):
        """Return the address of an array's memory."""
        return array.data.ptr

    def function(self, text, name, options):
        """Return a compiled kernel; each is compiled once in a process.

        Parameters
        ----------
        text : str
            Source with its headers written out.
        name : str
        options : tuple of str
            For the compiler.
        """
        key = (text, name, options)
        found = self._functions.get(key)
        if found is None:
            module = self.xp.RawModule(code=text, options=("-std=c++17", *options))
            found = self._functions[key] = module.get_function(name)
        return found

    def launch(self, text, name, options, grid, block, struct, shared=0):
        """Start a kernel on the current stream.

        Parameters
        ----------
        text, name, options
            As for `function`.
        grid, block : tuple of int
        struct : ndarray
            Its one parameter, a structure that is passed by value.
        shared : int, optional
            Bytes of dynamic shared memory of a block.
        """
        function = self.function(text, name, options)
        if shared > _STATIC_SHARED and function.max_dynamic_shared_size_bytes < shared:
            function.max_dynamic_shared_size_bytes = shared
        function(grid, block, (struct,), shared_mem=shared)

    def timed(self, function):
        """Return the seconds that a call takes on the device, between two events of the stream."""
        events = self.xp.cuda.Event(), self.xp.cuda.Event()
        events[0].record()
        function()
        events[1].record()
        events[1].synchronize()
        return self.xp.cuda.get_elapsed_time(*events) * 1e-3

    def synchronize(self):
        """Wait until arrays made on the current stream are complete, for use on any stream."""
        self.xp.cuda.get_current_stream().synchronize()

    def stream(self):
        """Return the address of the current stream, as libraries take it."""
        return self.xp.cuda.get_current_stream().ptr

    def to_host(self, array):
        """Return a copy as a NumPy array."""
        return self.xp.asnumpy(array)


@cache
def of_device(number):
    """Return the runtime of a device, always the same one."""
    return Runtime(number)
