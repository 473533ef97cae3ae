"""Compare registry x problems x ISA x threads with the oracle.

A new algorithm needs no test code. It runs on every problem that it supports, must stay within its
own error bound, and must give the same bits on 1, 2 and 3 threads. If it does not support a
problem, it must say why.
"""

from operator import attrgetter
from zlib import crc32

import numpy as np
import pytest
from cases import CASES, accepts, build, reference, result_dtype

import fastconv as fc
from fastconv import config
from fastconv.algorithms.names import names_for
from fastconv.algorithms.registry import REGISTRY, lookup
from fastconv.plans import checked_op
from fastconv.problem import OPS

THREADS = (1, 2, 3)
DTYPES = ("float32", "float64", "complex64", "complex128", "int64", "uint8", "float16")

pytestmark = pytest.mark.usefixtures("always_parallel")


def first(result):
    return result[0] if isinstance(result, tuple) else result


def same_bits(a, b):
    a, b = (x if isinstance(x, tuple) else (x,) for x in (a, b))
    return all(
        np.array_equal(p, q, equal_nan=p.dtype.kind in "fc") for p, q in zip(a, b, strict=True)
    )


def problem_of(case, args, kwargs):
    """Return the problem of a public call."""
    import inspect

    op = checked_op(case.op.removeprefix("grad."))
    bound = inspect.signature(attrgetter(case.op)(fc)).bind(*args, **kwargs)
    bound.apply_defaults()
    arrays = tuple(bound.arguments.get(name) for name in op.arrays)
    return op.request(arrays, {name: bound.arguments[name] for name in op.options}).problem


def check(result, expected, bound, label):
    result = first(result)
    expected = np.asarray(first(expected))
    assert result.shape == expected.shape, label
    if result.dtype.kind in "iu":
        assert np.array_equal(result, expected.astype(result.dtype)), label
        return
    finite = np.isfinite(expected)
    assert np.array_equal(np.isfinite(result), finite), label
    scale = np.abs(expected[finite]).max(initial=0.0)
    error = np.abs(result[finite].astype(expected.dtype) - expected[finite]).max(initial=0.0)
    assert error <= bound * scale, f"{label}: error {error / (scale or 1):.2e}, bound {bound:.2e}"


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_algorithms_against_the_oracle(case, dtype):
    if not accepts(case, dtype):
        args, kwargs = build(case, dtype, np.random.default_rng(1))
        with pytest.raises(TypeError):
            attrgetter(case.op)(fc)(*args, **kwargs)
        return
    function = attrgetter(case.op)(fc)
    args, kwargs = build(case, dtype, np.random.default_rng(crc32(case.id.encode())))
    expected = reference(case, args, kwargs)
    problem = problem_of(case, args, kwargs)
    ran = 0
    for algorithm in REGISTRY:
        if lookup(algorithm.name, problem) is not algorithm:
            continue  # in this family, another algorithm has the name
        if algorithm.name == "scipy":
            continue  # SciPy has its own results; tests of the faces compare ours with them
        reason = algorithm.supports(problem)
        if algorithm.name not in names_for(problem):  # an algorithm for maxima, and another pooling
            assert reason
            continue
        if reason is not None:
            assert reason and "\n" not in reason
            with pytest.raises(fc.UnsupportedAlgorithm, match=algorithm.name):
                function(*args, **kwargs, algorithm=algorithm.name)
            continue
        bound = algorithm.error_bound(problem)
        for isa in config.available_isas():
            with config.isa(isa):
                results = [
                    function(*args, **kwargs, algorithm=algorithm.name, num_threads=threads)
                    for threads in THREADS
                ]
            label = f"{case.id} {dtype} {algorithm.name} {isa}"
            assert first(results[0]).dtype == result_dtype(case, dtype), label
            check(results[0], expected, bound, label)
            assert all(same_bits(results[0], r) for r in results[1:]), f"{label}: bits"
            ran += 1
    assert ran, "naive supports everything"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_auto_keeps_the_contract(case):
    """Test that the choice of `auto` is within the bound of the accuracy level."""
    function = attrgetter(case.op)(fc)
    args, kwargs = build(case, "float32", np.random.default_rng(2))
    expected = reference(case, args, kwargs)
    problem = problem_of(case, args, kwargs)
    levels = {"high": 2e-6, "default": 1e-5, "fast": 5e-5}
    if not hasattr(problem, "stencil") or problem.op in ("convolve", "correlate"):
        check(function(*args, **kwargs), expected, levels["default"], case.id)
        return
    for level, bound in levels.items():
        check(function(*args, **kwargs, accuracy=level), expected, bound, f"{case.id} {level}")


def test_every_name_has_a_room():
    x, w = np.ones((1, 1, 8, 8), np.float32), np.ones((1, 1, 3, 3), np.float32)
    problem = OPS["conv2d"].request((x, w, None, None), OPS["conv2d"].options).problem
    assert all(lookup(name, problem) is not None for name in names_for(problem))


def test_unknown_names_are_refused():
    x, w = np.ones((1, 1, 8, 8), np.float32), np.ones((1, 1, 3, 3), np.float32)
    with pytest.raises(ValueError, match="algorithm"):
        fc.conv2d(x, w, algorithm="fastest")
    with pytest.raises(TypeError, match="algorithm"):
        fc.conv2d(x, w, algorithm=3)
    with pytest.raises(ValueError, match="algorithm"):
        fc.conv2d(x, w, algorithm="van_herk")  # the name of an algorithm for poolings


def test_forced_algorithms_obey_the_workspace_limit():
    x, w = np.ones((1, 4, 64, 64), np.float32), np.ones((4, 4, 3, 3), np.float32)
    with pytest.raises(fc.UnsupportedAlgorithm, match="workspace"):
        fc.conv2d(x, w, algorithm="fft", workspace_limit=1000)
    assert fc.conv2d(x, w, algorithm="naive", workspace_limit=0).shape == (1, 4, 62, 62)
    assert fc.conv2d(x, w, workspace_limit=0).shape == (1, 4, 62, 62)
