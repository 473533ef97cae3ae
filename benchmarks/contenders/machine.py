"""What this machine can do at most, and the libraries on it: versions, threads."""

import functools
import importlib.util
import platform
from contextlib import ExitStack, contextmanager
from importlib.metadata import PackageNotFoundError, version

import numpy as np

import fastconv as fc
from fastconv.planner.machine import cpu_model

from .. import peak
from . import onnx_runtimes, opencv, pytorch, with_numpy, with_scipy

PEERS = (pytorch, onnx_runtimes, onnx_runtimes.openvino, opencv, with_scipy, with_numpy)
HOW_TO_INSTALL = 'pip install ".[peers]"'


def installed(peer):
    """Whether a peer can be imported, and with it what makes the models it runs."""
    needs = [peer.MODULE] + ["onnx"] * (peer.NAME in ("onnxruntime", "openvino"))
    return all(importlib.util.find_spec(name) for name in needs)


def describe():
    """CPU, ISA and versions, as a dictionary."""
    names = ("numpy", "scipy", *(p.NAME for p in PEERS))
    return {
        "cpu": cpu_model(),
        "isa": fc.config.current_isa(),
        "cores": fc.get_num_threads(),
        "python": platform.python_version(),
        "versions": {"fastconv": fc.__version__} | {n: v for n in names if (v := _version(n))},
        "missing": [p.NAME for p in PEERS if not installed(p)],
        "blas_bound": _threadpoolctl() is not None,
    }


def _version(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _threadpoolctl():
    return importlib.util.find_spec("threadpoolctl")


@contextmanager
def limited(threads):
    """Every library on so many threads; sessions of ONNX Runtime and OpenVINO get theirs."""
    import scipy.fft

    with ExitStack() as stack:
        stack.enter_context(fc.threads(threads))
        stack.enter_context(scipy.fft.set_workers(threads))
        if installed(pytorch):
            import torch

            stack.callback(torch.set_num_threads, torch.get_num_threads())
            torch.set_num_threads(threads)
            stack.enter_context(torch.no_grad())
        if installed(opencv):
            import cv2

            stack.callback(cv2.setNumThreads, cv2.getNumThreads())
            cv2.setNumThreads(threads)
        if _threadpoolctl():
            from threadpoolctl import threadpool_limits

            np.dot(np.ones((2, 2)), np.ones((2, 2)))  # BLAS must be loaded to be limited
            stack.enter_context(threadpool_limits(threads, "blas"))
        yield


@functools.cache
def peak_flops(dtype):
    """Operations per second of one core."""
    return peak.flops(fc.config.current_isa(), dtype, 1, repeat=15)


@functools.cache
def copy_rate(threads):
    """Bytes per second of a large copy, read and written ones."""
    return peak.bandwidth(fc.config.current_isa(), threads, repeat=5)[1]
