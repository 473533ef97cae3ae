"""The device that tests of `fastconv.gpu` run on: CUDA where there is one, else its emulation."""

from functools import cache

import emulation
import numpy as np

from fastconv.gpu import arrays


@cache
def cuda():
    """CuPy if it finds a device, else None."""
    try:
        import cupy

        return cupy if cupy.cuda.runtime.getDeviceCount() else None
    except Exception:  # no CuPy, no driver, no device: each has an error of its own
        return None


@cache
def runtime():
    """The device's runtime; None where there is neither a device nor a compiler to emulate one."""
    if cuda() is not None:
        return arrays.runtime_of(cuda().zeros(1))
    if emulation.COMPILER is None:
        return None
    found = emulation.runtime(0)
    arrays.register(emulation.Array, lambda array: emulation.runtime(array.number))
    return found


def put(value):
    """An array, or the arrays in a tuple, list or dictionary, on the device."""
    if isinstance(value, np.ndarray):
        return cuda().asarray(value) if cuda() is not None else emulation.on_device(value)
    if isinstance(value, dict):
        return {name: put(v) for name, v in value.items()}
    return type(value)(put(v) for v in value) if type(value) in (tuple, list) else value


def get(value):
    """The same on the host."""
    if isinstance(value, tuple):
        return tuple(get(v) for v in value)
    return runtime().to_host(value)


def close(result, expected, bound=2e-5):
    """Assert that a device array holds what the host computed."""
    assert isinstance(result, runtime().array)
    result = get(result)
    assert result.dtype == expected.dtype and result.shape == expected.shape
    assert np.abs(result - expected).max() <= bound * np.abs(expected).max()
