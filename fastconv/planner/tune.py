"""Measures the constants of the cost model on this machine, in less than 5 seconds."""

import time
from dataclasses import fields, replace
from math import log2

import numpy as np
import scipy.fft

from .. import config
from ..algorithms.registry import lookup
from ..algorithms.separable import passes_work
from ..loops.fft import contract
from ..problem import parse
from . import store
from .machine import Machine, to_dict
from .measure import sample_arrays

# the problems on which constants are measured
#: a large matrix product
_GEMM = "conv2d_fwd_f32_n1_g1_c128_k128_i28x28_w3x3_s1x1_p1.1x1.1_d1x1"
#: sums by the definition
_NAIVE = "conv2d_fwd_f32_n1_g1_c16_k16_i28x28_w3x3_s1x1_p1.1x1.1_d1x1"
#: windows by the definition
_POOL = "max_pool2d_fwd_f32_n1_c16_i56x56_w3x3_s2x2_p1.1x1.1_d1x1_o28x28"
#: windows of 7 x 7 on a plane that stays in cache
_WIDE_POOL = "max_pool2d_fwd_f32_n1_c1_i64x512_w7x7_s1x1_p0.0x0.0_d1x1_o58x506"
#: rows of one vector
_NARROW_POOL = "max_pool2d_fwd_f32_n1_c64_i32x4_w2x2_s1x1_p0.0x0.0_d1x1_o31x3"
#: hardly any work
_SMALL = "conv2d_fwd_f32_n1_g1_c1_k1_i8x8_w3x3_s1x1_p0.0x0.0_d1x1"
#: a kernel of rank one
_SEPARABLE = "conv2d_fwd_f32_n1_g1_c1_k1_i480x640_w9x9_s1x1_p4.4x4.4_d1x1_traits-r1"
#: a large kernel
_TILED = "conv2d_fwd_f32_n1_g1_c1_k1_i480x640_w25x25_s1x1_p12.12x12.12_d1x1"
#: few channels, so that Winograd's transforms take most of the time
_TRANSFORMS = "conv2d_fwd_f32_n1_g1_c8_k8_i64x64_w3x3_s1x1_p1.1x1.1_d1x1"
#: seconds for measuring one constant
_BUDGET = 0.25
#: largest value of the constant `fork`, in seconds
_FORK_AT_MOST = 2e-5


def calibrate(progress=None):
    """Measure the constants of the cost model for the current ISA, use them and save them.

    Parameters
    ----------
    progress : callable, optional
        Function that is called as ``progress(name, done, total)`` before each constant.

    Returns
    -------
    dict
        The constants by name: rates in units per second, delays in seconds.

    Raises
    ------
    OSError
        If the file in the cache directory cannot be written.

    See Also
    --------
    show_config : Shows whether measured constants are in use, and in which file they are.

    Notes
    -----
    The measurement takes less than 5 seconds. The constants are saved in the user's cache directory
    and apply to this processor, ISA and version. ``python -m fastconv tune`` does the same.

    Examples
    --------
    >>> import fastconv as fc
    >>> constants = fc.calibrate()
    >>> constants["gemm_rate"] > 0
    True
    >>> fc.wisdom.forget()  # back to the shipped constants
    """
    names = [f.name for f in fields(Machine)]
    constants = store.machine()
    for done, name in enumerate(names):
        if progress is not None:
            progress(name, done, len(names))
        constants = replace(constants, **{name: _MEASURES[name]()})
    store.remember_machine(config.current_isa(), constants)
    store.save()
    return to_dict(constants)


def _best(function):
    """Return the least seconds of a call, because noise only adds to them."""
    function()
    best, start = float("inf"), time.perf_counter()
    while True:
        begin = time.perf_counter()
        function()
        end = time.perf_counter()
        best = min(best, end - begin)
        if end - start > _BUDGET:
            return best


def _call(name, key, threads=1):
    """Return the problem of a key, and a function that runs it on the algorithm `name`."""
    problem = parse(key)
    algorithm = lookup(name, problem)
    run = algorithm.bind(problem)
    arrays, out = sample_arrays(problem)
    return problem, lambda: run(arrays, None, out, threads)


def _gemm_rate():
    problem, run = _call("implicit_gemm", _GEMM)
    return problem.stencil.multiply_adds / _best(run)


def _naive_rate():
    problem, run = _call("naive", _NAIVE)
    return problem.stencil.multiply_adds / _best(run)


def _naive_pool_rate():
    problem, run = _call("naive", _POOL)
    return problem.flops / _best(run)


def _pool_rate():
    problem, run = _call("direct", _WIDE_POOL)
    work = problem.output[0] * problem.input[1] * sum(problem.kernel) * 4
    return work / _best(run)


def _pool_step():
    problem, run = _call("direct", _NARROW_POOL)
    return _best(run) / (2 * problem.c * problem.output[0])


def _fft_rate():
    image = np.random.default_rng(0).standard_normal((512, 512)).astype(np.float32)
    seconds = _best(lambda: scipy.fft.rfftn(image, workers=1))
    return 2.5 * image.size * log2(image.size) / seconds


def _spectrum_rate():
    rng = np.random.default_rng(0)
    x = (rng.standard_normal((1, 4, 16, 2145)) + 1j).astype(np.complex64)
    w = (rng.standard_normal((1, 16, 16, 2145)) + 1j).astype(np.complex64)
    y = np.empty((1, 4, 16, 2145), np.complex64)
    return y.size * x.shape[2] / _best(lambda: contract(x, w, y, 1))


def _tile_rate():
    problem, run = _call("fft_tiled", _TILED)
    return lookup("fft_tiled", problem).work(problem)[0] / _best(run)


def _separable_rate():
    problem, run = _call("separable", _SEPARABLE)
    return passes_work(problem, sum(problem.kernel)) / _best(run)


def _transform_rate():
    problem, run = _call("winograd_f4", _TRANSFORMS)
    tiles = problem.n * 16 * 16
    products = 36 * tiles * problem.c * problem.k / store.machine().gemm_rate
    return 36 * tiles * (problem.c + problem.k) / max(_best(run) - products, 1e-9)


def _memory_rate():
    source = np.zeros(1 << 23, np.float32)  # 32 MiB, more than most caches hold
    target = np.empty_like(source)
    return 2 * source.nbytes / _best(lambda: np.copyto(target, source))


def _call_seconds():
    return _best(_call("implicit_gemm", _SMALL)[1])


def _python_call():
    array = np.zeros((1, 1, 8, 8), np.float32)

    def steps():
        for _ in range(50):
            np.take(array, (0, 1), axis=3)
            array[..., ::2] = 0

    return _best(steps) / 100


def _fork():
    if config.run_threads() < 2:
        return store.machine().fork
    alone = _best(_call("naive", _SMALL, 1)[1])
    # a team waits for its slowest thread, so that a busy machine would give absurd values
    return min(_FORK_AT_MOST, max(5e-7, _best(_call("naive", _SMALL, 2)[1]) - alone))


_MEASURES = {
    "gemm_rate": _gemm_rate,
    "naive_rate": _naive_rate,
    "naive_pool_rate": _naive_pool_rate,
    "pool_rate": _pool_rate,
    "pool_step": _pool_step,
    "fft_rate": _fft_rate,
    "spectrum_rate": _spectrum_rate,
    "tile_rate": _tile_rate,
    "separable_rate": _separable_rate,
    "transform_rate": _transform_rate,
    "memory_rate": _memory_rate,
    "call": _call_seconds,
    "python_call": _python_call,
    "fork": _fork,
}
