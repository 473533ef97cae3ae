"""The cost model's constants of this machine: rates in units per second, delays in seconds."""

import contextlib
import platform
import subprocess
import sys
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from pathlib import Path

from .. import config
from ..loops.simd import splits


@dataclass(frozen=True)
class Machine:
    """Constants of the cost model, for one thread and for float32 unless a line says otherwise.

    Parameters
    ----------
    gemm_rate : float
        Multiply-adds per second of a large matrix product by implicit_gemm.
    naive_rate : float
        Multiply-adds per second of the naive loops.
    naive_pool_rate : float
        Window elements per second of the naive poolings.
    pool_rate : float
        Bytes per second that a pooling in cache reads and joins, or writes.
    pool_step : float
        Seconds to begin joining rows of a pooling, however short these are.
    fft_rate : float
        Operations per second of the transform of an image; one of N points counts
        ``2.5 N log2 N``.
    spectrum_rate : float
        Complex multiply-adds per second of a product of spectra.
    tile_rate : float
        Steps of fft_tiled per second, as loops/fft_tiled_work.pyx counts them.
    separable_rate : float
        Multiply-adds per second of a filter along one axis after the other, and of the steps
        between its passes, as algorithms/separable.py counts them.
    transform_rate : float
        Values per second into and out of Winograd's products.
    memory_rate : float
        Bytes per second that memory reads or writes.
    call : float
        Seconds of a call into a compiled kernel.
    python_call : float
        Seconds of one step of an algorithm written with NumPy.
    fork : float
        Seconds to start and join a team of threads.
    """

    gemm_rate: float
    naive_rate: float
    naive_pool_rate: float
    pool_rate: float
    pool_step: float
    fft_rate: float
    spectrum_rate: float
    tile_rate: float
    separable_rate: float
    transform_rate: float
    memory_rate: float
    call: float
    python_call: float
    fork: float


_COMMON = Machine(
    gemm_rate=12e9, naive_rate=1.5e9, naive_pool_rate=0.3e9, pool_rate=40e9, pool_step=8e-9,
    fft_rate=5e9, spectrum_rate=1e9, tile_rate=2e9, separable_rate=11e9, transform_rate=1e9,
    memory_rate=10e9, call=1.5e-6, python_call=4e-6, fork=3e-6,
)  # fmt: skip
#: constants that are shipped for each ISA; `python -m fastconv tune` replaces them by measured ones
DEFAULTS = {
    "baseline": _COMMON,
    "neon": replace(_COMMON, gemm_rate=20e9, separable_rate=18e9),
    "avx2": replace(
        _COMMON,
        gemm_rate=44e9,
        separable_rate=45e9,
        pool_rate=75e9,
        pool_step=2e-9,
        transform_rate=2.7e9,
        fft_rate=8e9,
        spectrum_rate=1.7e9,
        tile_rate=3.3e9,
        memory_rate=20e9,
        call=0.8e-6,
        python_call=1.5e-6,
        fork=2e-6,
    ),
    "avx512": replace(
        _COMMON,
        gemm_rate=60e9,
        separable_rate=45e9,
        pool_rate=100e9,
        pool_step=1e-9,
        transform_rate=4.5e9,
        fft_rate=10e9,
        spectrum_rate=0.8e9,
        tile_rate=3e9,
        memory_rate=25e9,
        call=0.8e-6,
        python_call=1e-6,
    ),
}
if not splits("avx512"):
    DEFAULTS["avx512"] = replace(
        DEFAULTS["avx512"],
        gemm_rate=115e9,
        separable_rate=55e9,
        pool_rate=120e9,
        pool_step=0.7e-9,
        transform_rate=6e9,
        fft_rate=20e9,
        tile_rate=4.5e9,
        memory_rate=28e9,
        call=0.6e-6,
        python_call=0.8e-6,
    )


@cache
def cpu_model():
    """Return the name of the processor, as the operating system knows it.

    Linux does not know the names of Arm's cores. Their implementers and parts tell them apart.
    """
    if sys.platform == "darwin":
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            command = ["sysctl", "-n", "machdep.cpu.brand_string"]
            found = subprocess.run(command, capture_output=True, text=True, check=True)
            return found.stdout.strip()
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        text = ""
    return _cpu_of(text) or platform.processor() or platform.machine()


def _cpu_of(cpuinfo):
    """Return the name of the processor in the text of ``/proc/cpuinfo``, or an empty string."""
    found = {}
    for line in cpuinfo.splitlines():
        name, _, value = line.partition(":")
        found.setdefault(name.strip(), set()).add(value.strip())
    if "model name" in found:
        return sorted(found["model name"])[0]
    if "CPU part" not in found:
        return ""
    makers, parts = (", ".join(sorted(found.get(n, ()))) for n in ("CPU implementer", "CPU part"))
    return f"{platform.machine()} implementer {makers} part {parts}"


def identity():
    """Return what constants and wisdom are valid for: CPU, ISA and default number of threads."""
    return {
        "cpu": cpu_model(),
        "isa": config.current_isa(),
        "threads": config.get_num_threads(),
    }


def to_dict(machine):
    """Return the constants as a dictionary that JSON can hold."""
    return asdict(machine)


def from_dict(values):
    """Return the `Machine` that `to_dict` turned into a dictionary.

    Raises
    ------
    ValueError
        If constants are missing, unknown or absurd.
    """
    names = {f.name for f in fields(Machine)}
    if not isinstance(values, dict) or set(values) != names:
        raise ValueError(f"machine constants must be exactly {sorted(names)}")
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1e18:
            raise ValueError(f"machine constant {name} is {value!r}; a positive number is needed")
    return Machine(**{name: float(value) for name, value in values.items()})
