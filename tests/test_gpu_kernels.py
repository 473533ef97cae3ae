"""Test that kernels compile for real devices without spilling registers.

The compiler is NVRTC from a Python package, or nvcc.
"""

import ctypes
import importlib.util
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from fastconv.gpu import source

#: for each module, the dtypes of its kernels and the options that they need
REALS = ("f32", "f64")
COMPUTED = (*REALS, "c64", "c128", "i64", "u64")
NARROW = ("i8", "u16")
ROOMS = {
    "naive": (COMPUTED, [()]),
    "pooling": ((*REALS, "c64", "i64", *NARROW), [("-DSMALL",), ("-DNARROW",)]),
    "pool_backward": (("f32", "c128", "u64", *NARROW), [()]),
    "unfold": (("f32", "c128", *NARROW), [()]),
    "implicit_gemm": (REALS, [
        ("-DNARROW", f"-DSIDE={side}", *own)
        for side in (64, 128)
        for own in (("-DPLAIN", "-DZERO_PADDED"), ("-DPLAIN",), ("-DZERO_PADDED",))
    ]),
    "direct": (REALS, [
        ("-DNARROW", "-DCHANNELS=1", "-DROWS=8", "-DCHUNK=5", "-DSTEP=1"),
        ("-DNARROW", "-DCHANNELS=1", "-DROWS=8", "-DCHUNK=8", "-DSTEP=2"),
        ("-DNARROW", "-DCHANNELS=4", "-DROWS=4", "-DCHUNK=0"),
        ("-DNARROW", "-DCHANNELS=1", "-DROWS=8", "-DCHUNK=7", "-DSTEP=1", "-DONE_ROW"),
    ]),
    "winograd": (REALS, [
        ("-DNARROW", "-DSMALL", f"-DMB={b}", f"-DMC={c}")
        for b, c in ((2, 2), (4, 4), (1, 2), (1, 4))
    ]),
    "fft": (("c64", "c128"), [("-DNARROW",)]),
}  # fmt: skip


class Nvrtc:
    """NVIDIA's run-time compiler through its C interface."""

    def __init__(self, path):
        self.library = ctypes.CDLL(str(path))

    def compile(self, text, options):
        """Return the machine code of a source, and the messages of the assembler.

        If it does not compile, raise AssertionError with the log.
        """
        program, lib = ctypes.c_void_p(), self.library
        assert lib.nvrtcCreateProgram(
            ctypes.byref(program), text.encode(), b"kernels.cu", 0, None, None
        ) == 0  # fmt: skip
        encoded = [o.encode() for o in (*options, "--ptxas-options=-v")]
        status = lib.nvrtcCompileProgram(
            program, len(encoded), (ctypes.c_char_p * len(encoded))(*encoded)
        )
        assert status == 0, self._text(program, "ProgramLog")
        size = ctypes.c_size_t()
        assert lib.nvrtcGetCUBINSize(program, ctypes.byref(size)) == 0
        code = ctypes.create_string_buffer(size.value)
        assert lib.nvrtcGetCUBIN(program, code) == 0
        log = self._text(program, "ProgramLog")
        lib.nvrtcDestroyProgram(ctypes.byref(program))
        return code.raw, log

    def _text(self, program, what):
        size = ctypes.c_size_t()
        getattr(self.library, f"nvrtcGet{what}Size")(program, ctypes.byref(size))
        text = ctypes.create_string_buffer(size.value)
        getattr(self.library, f"nvrtcGet{what}")(program, text)
        return text.value.decode()


class Nvcc:
    """The compiler of the CUDA toolkit."""

    def __init__(self, path):
        self.path = path

    def compile(self, text, options):
        architecture = next(o for o in options if "arch" in o).partition("=")[2]
        own = [o for o in options if "arch" not in o]
        command = [self.path, *own, "-arch", architecture, "-cubin", "-Xptxas", "-v", "-x", "cu"]
        done = subprocess.run(
            [*command, "-o", "/dev/stdout", "-"], input=text.encode(), capture_output=True
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout, done.stderr.decode()


@cache
def compiler():
    """Return NVRTC of an installed package, nvcc of the PATH, or None."""
    spec = importlib.util.find_spec("nvidia")
    for folder in spec.submodule_search_locations if spec else ():
        for path in sorted(Path(folder).rglob("libnvrtc.so.*")):
            if "alt" not in path.name:
                return Nvrtc(path)
    nvcc = shutil.which("nvcc")
    return Nvcc(nvcc) if nvcc else None


def variants():
    """Yield (module, dtype, options, architecture): all dtypes for sm_90, the first for sm_80."""
    return [
        pytest.param(room, dtype, own, architecture, id="-".join((room, dtype, *own, architecture)))
        for room, (dtypes, options) in ROOMS.items()
        for architecture, chosen in (("sm_90", dtypes), ("sm_80", dtypes[:1]))
        for dtype in chosen
        for own in options
        if dtype != "f64" or "-DSIDE=128" not in own  # float64 has only tiles of 64
    ]


@pytest.mark.skipif(compiler() is None, reason="neither NVRTC (nvidia-cuda-nvrtc) nor nvcc")
@pytest.mark.parametrize("room, dtype, options, architecture", variants())
def test_kernels_compile(room, dtype, options, architecture):
    text = source.text(room)
    code, log = compiler().compile(
        text, ("-std=c++17", f"--gpu-architecture={architecture}", f"-DVALUE_{dtype}", *options)
    )
    kernels = re.findall(r'extern "C" __global__ void (?:__launch_bounds__\(.*?\) )?(\w+)\(', text)
    found = [name for name in kernels if name.encode() in code]
    real_only = {"pool_lp", "pool_lp_input"} if dtype not in REALS else set()
    ordered = {"pool_max", "maxout", "maxout_input"} if dtype[0] == "c" else set()
    assert set(kernels) - real_only - ordered <= set(found)
    assert not re.findall(r".*[1-9]\d* bytes spill.*", log), log
    assert "bytes spill stores" in log


def test_every_room_is_compiled():
    assert set(ROOMS) == set(source.rooms())


def test_sources_have_no_includes_left():
    for room in source.rooms():
        assert "#include" not in source.text(room), room
