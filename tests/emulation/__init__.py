"""Emulate a device on the host: NumPy takes the place of CuPy, and g++ compiles the kernels.

`runtime()` returns an object with the methods of `fastconv.gpu.runtime.Runtime`. `Array` takes the
place of a CuPy array. Blocks of a kernel run one after the other, and its threads are coroutines
(`cuda_on_host.h`).
"""

import ctypes
import hashlib
import importlib
import re
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np

_SHIM = Path(__file__).with_name("cuda_on_host.h")
_KERNEL = re.compile(
    r'extern "C" __global__ void (?:__launch_bounds__\([^)]*\)\s*)?(\w+)\(const (\w+) p\)'
)  # noqa: E501
COMPILER = shutil.which("g++")
#: compiled libraries by the hash of their source
_libraries = {}
_CACHE = Path(__file__).parents[2] / "build" / "emulation"


class Array(np.ndarray):
    """An array on an emulated device, which is that of its base, or the current one."""

    def __array_finalize__(self, source):
        shares = self.base is not None and isinstance(source, Array)
        self.number = source.number if shares else _current[-1]

    @property
    def device(self):
        return f"emulated {self.number}"


#: numbers of the devices that context managers made current; the last one counts
_current = [0]


class OutOfMemory(MemoryError):
    """The error that takes the place of the one of CuPy's allocator."""


class _Namespace:
    """NumPy, or a part of it, whose functions return arrays on the device."""

    def __init__(self, module):
        self._module = module

    def __getattr__(self, name):
        found = getattr(self._module, name)
        if name in ("fft",):
            return _Namespace(found)
        if isinstance(found, type) or not callable(found):
            return found

        def call(*args, **kwargs):
            given = [a for a in (*args, *kwargs.values()) if isinstance(a, Array)]
            assert {a.number for a in given} <= {_current[-1]}, f"{name}: not the current device"
            return on_device(found(*args, **kwargs))

        return call


def on_device(value):
    """Return arrays, also those in sequences, as arrays on the device."""
    if isinstance(value, np.ndarray):
        return value.view(Array)
    if type(value) in (tuple, list):
        return type(value)(on_device(v) for v in value)
    return value


class Emulated:
    """An emulated device with the methods of `fastconv.gpu.runtime.Runtime`."""

    kind = "emulated"
    array = Array
    out_of_memory = OutOfMemory
    properties = {
        "name": "host", "capability": (9, 0), "multiprocessors": 132, "clock": 1.7e9,
        "bandwidth": 3.3e12, "memory": 80 << 30, "cache": 50 << 20, "shared": 227 << 10,
    }  # fmt: skip

    def __init__(self, number):
        self.number = number
        self.xp = _Namespace(np)
        _CACHE.mkdir(parents=True, exist_ok=True)
        self.launched, self.synchronized = [], 0

    def free_memory(self):
        return 8 << 30

    def release(self):
        pass

    def reduced_precision(self):
        return None

    def sparse(self, matrix):
        return matrix

    def scipy(self, package):
        return _Namespace(importlib.import_module(f"scipy.{package}"))

    @contextmanager
    def current(self):
        _current.append(self.number)
        try:
            yield
        finally:
            _current.pop()

    def pointer(self, array):
        # functions of NumPy, unlike CuPy's, may return arrays of the host
        assert getattr(array, "number", self.number) == self.number, "an array of another device"
        return array.__array_interface__["data"][0]

    def to_host(self, array):
        return np.asarray(array).view(np.ndarray)

    def synchronize(self):
        self.synchronized += 1

    def stream(self):
        return 0

    def timed(self, function):
        begin = time.perf_counter()
        function()
        return time.perf_counter() - begin

    def launch(self, text, name, options, grid, block, struct, shared=0):
        assert _current[-1] == self.number, f"{name}: not the current device"
        library = self._compiled(text, options)
        size = getattr(library, f"sizeof_{name}")()
        assert size == struct.dtype.itemsize, f"{name}: {size} bytes in C++, {struct.dtype}"
        assert shared <= 227 << 10, f"{name}: {shared} bytes of shared memory"
        threads = np.prod([*block, 1, 1][:3])
        assert threads <= 1024 and max((*grid, 1)[1:]) <= 65535, f"{name}: {grid} x {block}"
        self.launched.append(name)
        sizes = [ctypes.c_uint(n) for n in (*(*grid, 1, 1)[:3], *(*block, 1, 1)[:3])]
        getattr(library, f"launch_{name}")(*sizes, ctypes.c_void_p(struct.ctypes.data))

    def _compiled(self, text, options):
        key = text, options
        if key not in _libraries:
            source = f"{_SHIM.read_text()}\n{_with_launchers(text)}"
            digest = hashlib.sha256(repr((source, options)).encode()).hexdigest()[:24]
            target = _CACHE / f"{digest}.so"
            if not target.exists():
                _compile(source, options, target)
            _libraries[key] = ctypes.CDLL(str(target))
        return _libraries[key]


def _compile(source, options, target):
    """Build a library. Another test process may build it at the same time."""
    with tempfile.TemporaryDirectory(dir=_CACHE) as folder:
        result = Path(folder, "kernels.so")
        command = [COMPILER, "-std=c++17", "-O1", "-w", "-shared", "-fPIC", "-x", "c++", "-"]
        done = subprocess.run(
            [*command, *options, "-o", str(result)], input=source, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        result.replace(target)


def _with_launchers(text):
    """Return a source with C functions after every kernel that launch and describe it."""
    assert _KERNEL.search(text), "no kernels"
    parts, done = [], 0
    for match in _KERNEL.finditer(text):
        name, struct = match.groups()
        end = text.index("\n}\n", match.end()) + 3
        barriers = "true" if "__syncthreads" in text[match.start() : end] else "false"
        parts.append(text[done:end])
        parts.append(
            f'extern "C" int sizeof_{name}() {{ return sizeof({struct}); }}\n'
            f'extern "C" void launch_{name}(unsigned a, unsigned b, unsigned c, unsigned x, '
            f"unsigned y, unsigned z, const {struct} *p)\n"
            f"{{ launch({{a, b, c}}, {{x, y, z}}, {barriers}, [p] {{ {name}(*p); }}); }}\n"
        )
        done = end
    return "".join((*parts, text[done:]))


@cache
def runtime(number):
    """Return the runtime of an emulated device."""
    return Emulated(number)
