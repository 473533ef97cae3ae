"""Compare registry x problems x dtypes on a device with the oracle, for the CPU's test problems.

The tests run on CUDA if CuPy finds a device. Otherwise the same host code runs with NumPy in place
of CuPy, and with kernels that are compiled for the host (`emulation`).
"""

from operator import attrgetter
from zlib import crc32

import device
import numpy as np
import pytest
from cases import CASES, accepts, build, reference, result_dtype
from test_registry import check, first, problem_of

import fastconv as fc
from fastconv.gpu.backend import backend_of
from fastconv.gpu.registry import registry

pytestmark = pytest.mark.skipif(
    device.runtime() is None, reason="neither a CUDA device nor g++, which emulates one"
)

DTYPES = ("float32", "float64", "complex64", "complex128", "int64", "uint8", "float16")


#: the emulation runs all cases in float32, and one of so many in the other dtypes
EVERY = {"float32": 1, "float64": 4, "complex64": 4, "int64": 4}


def lines():
    """Yield (case, dtype). Without a device, yield only some of the cases."""
    step = {dtype: 1 if device.cuda() else EVERY.get(dtype, 16) for dtype in DTYPES}
    return [
        pytest.param(case, dtype, id=f"{case}-{dtype}")
        for i, case in enumerate(CASES)
        for j, dtype in enumerate(DTYPES)
        if (i + j) % step[dtype] == 0
    ]


@pytest.mark.parametrize("case, dtype", lines())
def test_algorithms_against_the_oracle(case, dtype):
    function = attrgetter(case.op)(fc)
    args, kwargs = build(case, dtype, np.random.default_rng(crc32(case.id.encode())))
    on_device = device.put(args), device.put(kwargs)
    if not accepts(case, dtype):
        with pytest.raises(TypeError):
            function(*on_device[0], **on_device[1])
        return
    expected = reference(case, args, kwargs)
    problem = problem_of(case, args, kwargs)
    backend = backend_of(device.runtime())
    ran = 0
    for algorithm in registry(device.runtime()):
        if backend.lookup(algorithm.name, problem) is not algorithm:
            continue
        if algorithm.name not in backend.names(problem):
            assert algorithm.supports(problem)
            continue
        reason = algorithm.supports(problem)
        if reason is not None:
            assert reason and "\n" not in reason
            with pytest.raises(fc.UnsupportedAlgorithm, match=algorithm.name):
                function(*on_device[0], **on_device[1], algorithm=algorithm.name)
            continue
        label = f"{case.id} {dtype} {algorithm.name}"
        result = function(*on_device[0], **on_device[1], algorithm=algorithm.name)
        assert isinstance(first(result), device.runtime().array), label
        result = device.get(result)
        assert first(result).dtype == result_dtype(case, dtype), label
        check(result, expected, algorithm.error_bound(problem), label)
        if isinstance(expected, tuple):
            assert np.array_equal(result[1], expected[1]), label
        ran += 1
    assert ran, "naive supports everything"
