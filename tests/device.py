"""The device for tests of `fastconv.gpu`: a CUDA device if there is one, otherwise an emulation."""

from functools import cache

import emulation
import numpy as np

from fastconv.gpu import arrays


@cache
def cuda():
    """Return CuPy if it finds a device, otherwise None."""
    try:
        import cupy

        return cupy if cupy.cuda.runtime.getDeviceCount() else None
    except Exception:  # without CuPy, driver or device, errors differ
        return None


@cache
def runtime():
    """Return the device's runtime, or None without a device and a compiler for the emulation."""
    if cuda() is not None:
        return arrays.runtime_of(cuda().zeros(1))
    if emulation.COMPILER is None:
        return None
    found = emulation.runtime(0)
    arrays.register(emulation.Array, lambda array: emulation.runtime(array.number))
    return found


def put(value):
    """Copy an array, or the arrays in a tuple, list or dict, to the device."""
    if isinstance(value, np.ndarray):
        return cuda().asarray(value) if cuda() is not None else emulation.on_device(value)
    if isinstance(value, dict):
        return {name: put(v) for name, v in value.items()}
    return type(value)(put(v) for v in value) if type(value) in (tuple, list) else value


def get(value):
    """Copy an array, or the arrays in a tuple, list or dict, to the host."""
    if isinstance(value, tuple):
        return tuple(get(v) for v in value)
    return runtime().to_host(value)


def close(result, expected, bound=2e-5):
    """Assert that a device array holds what the host computed."""
    assert isinstance(result, runtime().array)
    result = get(result)
    assert result.dtype == expected.dtype and result.shape == expected.shape
    assert np.abs(result - expected).max() <= bound * np.abs(expected).max()
