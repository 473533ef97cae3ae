"""Peak rates of this machine, versions of the libraries, and their numbers of threads."""

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
    """Return whether a peer can be imported, and onnx if the peer needs it to make models."""
    needs = [peer.MODULE] + ["onnx"] * (peer.NAME in ("onnxruntime", "openvino"))
    return all(importlib.util.find_spec(name) for name in needs)


def describe():
    """Return CPU, ISA and versions as a dict."""
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
    """Return the version of an installed package, or None."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _threadpoolctl():
    return importlib.util.find_spec("threadpoolctl")


@contextmanager
def limited(threads, peers=PEERS):
    """Run a block with this number of threads in fastconv, NumPy, SciPy and these peers.

    Sessions of ONNX Runtime and OpenVINO take the number as an argument instead.
    """
    import scipy.fft

    with ExitStack() as stack:
        stack.enter_context(fc.threads(threads))
        stack.enter_context(scipy.fft.set_workers(threads))
        if pytorch in peers and installed(pytorch):
            import torch

            stack.callback(torch.set_num_threads, torch.get_num_threads())
            torch.set_num_threads(threads)
            stack.enter_context(torch.no_grad())
        if opencv in peers and installed(opencv):
            import cv2

            stack.callback(cv2.setNumThreads, cv2.getNumThreads())
            cv2.setNumThreads(threads)
        if _threadpoolctl():
            from threadpoolctl import threadpool_limits

            np.dot(np.ones((2, 2)), np.ones((2, 2)))  # loads BLAS, so that it is limited, too
            stack.enter_context(threadpool_limits(threads, "blas"))
        yield


@functools.cache
def peak_flops(dtype):
    """Return floating-point operations per second of one core."""
    return peak.flops(fc.config.current_isa(), dtype, 1, repeat=15)


@functools.cache
def copy_rate(threads):
    """Return bytes per second of a large copy. Bytes read and bytes written both count."""
    return peak.bandwidth(fc.config.current_isa(), threads, repeat=5)[1]
