"""Test that the algorithm that runs is the one that `explain` and `compare` name as chosen.

The tests call all functions of nn, grad and the SciPy faces with every family of dtypes.
"""

import inspect
import threading
from operator import attrgetter

import numpy as np
import pytest
from cases import CASES, accepts, build
from faces import random_array

import fastconv as fc
from fastconv.problem import OPS, parse

FAMILIES = ("float16", "float32", "float64", "complex64", "int64", "uint8", "int16", "bool")
QUICK = {"time_limit": 0.01, "repeat": 1, "reference": False}

#: arguments for functions of the SciPy faces: shapes of arrays, then options
FACES = {
    "convolve": ({"in1": (12, 9), "in2": (3, 4)}, {"boundary": "symm"}),
    "correlate": ({"in1": (40,), "in2": (5,)}, {}),
    "signal.convolve": ({"in1": (12, 9), "in2": (3, 4)}, {}),
    "signal.correlate": ({"in1": (40,), "in2": (5,)}, {"mode": "same"}),
    "signal.fftconvolve": ({"in1": (12, 9), "in2": (3, 4)}, {"axes": 1}),
    "signal.oaconvolve": ({"in1": (60,), "in2": (5,)}, {}),
    "signal.convolve2d": ({"in1": (12, 9), "in2": (3, 4)}, {"boundary": "wrap"}),
    "signal.correlate2d": ({"in1": (12, 9), "in2": (3, 4)}, {"mode": "same"}),
    "signal.upfirdn": ({"h": (7,), "x": (3, 30)}, {"up": 3, "down": 2}),
    "match_template": ({"image": (12, 9), "template": (3, 4)}, {}),
    "signal.lfilter": ({"b": (7,), "a": (1,), "x": (3, 30), "zi": (3, 6)}, {}),
    "signal.filtfilt": ({"b": (7,), "a": (1,), "x": (3, 30)}, {"padtype": "even"}),
    "signal.savgol_filter": ({"x": (3, 30)}, {"window_length": 7, "polyorder": 2}),
    "signal.resample_poly": ({"x": (30,)}, {"up": 3, "down": 2}),
    "signal.decimate": ({"x": (3, 30)}, {"q": 3, "ftype": "fir"}),
    "signal.sepfir2d": ({"input": (12, 9), "hrow": (3,), "hcol": (5,)}, {}),
    "ndimage.convolve": ({"input": (12, 9), "weights": (3, 4)}, {"mode": "wrap"}),
    "ndimage.correlate": ({"input": (12, 9), "weights": (3, 3)}, {"cval": 2.0}),
    "ndimage.convolve1d": ({"input": (12, 9), "weights": (4,)}, {"axis": 0}),
    "ndimage.correlate1d": ({"input": (12, 9), "weights": (3,)}, {}),
    "ndimage.gaussian_filter": ({"input": (12, 9)}, {"sigma": (1.0, 2)}),
    "ndimage.gaussian_filter1d": ({"input": (12, 9)}, {"sigma": 1.5, "order": 1}),
    "ndimage.uniform_filter": ({"input": (12, 9)}, {"size": 4}),
    "ndimage.uniform_filter1d": ({"input": (12, 9)}, {"size": 5, "mode": "nearest"}),
    "ndimage.sobel": ({"input": (12, 9)}, {"axis": 0}),
    "ndimage.prewitt": ({"input": (12, 9)}, {}),
    "ndimage.laplace": ({"input": (12, 9)}, {}),
    "ndimage.gaussian_laplace": ({"input": (12, 9)}, {"sigma": 1.0}),
    "ndimage.gaussian_gradient_magnitude": ({"input": (12, 9)}, {"sigma": 1.0}),
    "ndimage.maximum_filter": ({"input": (12, 9)}, {"size": (3, 4)}),
    "ndimage.minimum_filter": ({"input": (12, 9)}, {"size": 3, "mode": "constant"}),
    "ndimage.maximum_filter1d": ({"input": (12, 9)}, {"size": 5}),
    "ndimage.minimum_filter1d": ({"input": (12, 9)}, {"size": 5, "axis": 0}),
    "ndimage.grey_erosion": ({"input": (12, 9)}, {"size": (3, 4)}),
    "ndimage.grey_dilation": ({"input": (12, 9), "structure": (3, 2)}, {}),
    "ndimage.grey_opening": ({"input": (12, 9)}, {"size": 3}),
    "ndimage.grey_closing": ({"input": (12, 9), "structure": (3, 2)}, {"mode": "constant"}),
    "ndimage.morphological_gradient": ({"input": (12, 9)}, {"size": (3, 4)}),
    "ndimage.morphological_laplace": ({"input": (12, 9)}, {"footprint": ((1, 0), (1, 1))}),
    "ndimage.white_tophat": ({"input": (12, 9)}, {"size": 4}),
    "ndimage.black_tophat": ({"input": (12, 9)}, {"size": 4, "origin": 1}),
    "ndimage.binary_erosion": ({"input": (12, 9)}, {}),
    "ndimage.median_filter": ({"input": (12, 9)}, {"size": 3}),
    "ndimage.percentile_filter": ({"input": (12, 9)}, {"percentile": 20, "size": (3, 2)}),
    "ndimage.rank_filter": ({"input": (12, 9)}, {"rank": 2, "footprint": ((1, 0), (1, 1))}),
    "ndimage.binary_dilation": ({"input": (12, 9), "mask": (12, 9)}, {"iterations": 0}),
    "ndimage.binary_opening": ({"input": (12, 9)}, {"iterations": 2}),
    "ndimage.binary_closing": ({"input": (12, 9)}, {"structure": ((1, 1), (1, 1))}),
}


def first_cases():
    """Return one case of every op of nn and grad."""
    found = {}
    for case in CASES:
        if case.op.removeprefix("grad.") not in FACES:
            found.setdefault(case.op, case)
    return found


NETWORK = first_cases()


def example(name, dtype):
    """Return a function, and its arrays and options by name."""
    rng = np.random.default_rng(len(name))
    if name in NETWORK:
        args, kwargs = build(NETWORK[name], dtype, rng)
        bound = inspect.signature(attrgetter(name)(fc)).bind(*args, **kwargs)
        return attrgetter(name)(fc), dict(bound.arguments)
    shapes, options = FACES[name]
    arrays = {word: random_array(rng, shape, dtype) for word, shape in shapes.items()}
    return attrgetter(name)(fc), {**arrays, **options}


def test_every_op_has_an_example():
    assert {n.removeprefix("grad.") for n in (*NETWORK, *FACES)} == set(OPS)


@pytest.mark.parametrize("dtype", FAMILIES)
@pytest.mark.parametrize("name", [*NETWORK, *FACES])
def test_what_runs_is_what_is_named(name, dtype):
    op = name.removeprefix("grad.")
    if name in NETWORK and (dtype == "bool" or not accepts(NETWORK[name], dtype)):
        return  # other tests check that it is refused
    function, arguments = example(name, dtype)
    with fc.record() as calls:
        try:
            function(**arguments)
        except (TypeError, ValueError, RuntimeError) as error:
            assert name in FACES, error  # SciPy refuses some dtypes
            return
    (key, algorithm), = calls
    assert parse(key).key() == key
    plan = fc.plan(op, **arguments)
    comparison = fc.compare(op, **arguments, **QUICK)
    assert comparison.chosen == algorithm, key
    # a plan has a prepared weight, so it may choose another algorithm than an eager call
    prepares = name in NETWORK or "weights" in arguments or plan.prepared is not None
    assert plan.algorithm == algorithm or prepares, key
    assert f"* {plan.algorithm} " in plan.explain() + " "
    row = comparison.row(algorithm)
    assert row.seconds is not None and row.reason is None
    with fc.record() as planned:
        plan(*(arguments[word] for word in OPS[op].arrays[:1]))
    assert [c[1] for c in planned] == [plan.algorithm]


def test_forced_algorithms_are_recorded():
    x, w = np.ones((1, 4, 8, 8), np.float32), np.ones((4, 4, 3, 3), np.float32)
    with fc.record() as calls:
        fc.conv2d(x, w, algorithm="im2col")
        fc.ndimage.gaussian_filter(x, 1, algorithm="naive")
        fc.ndimage.gaussian_filter(x, 1, algorithm="scipy")
    assert [name for _, name in calls] == ["im2col", "naive", "scipy"]


def test_a_nan_that_scipy_answers_is_visible():
    x = np.ones((8, 8))
    fc.ndimage.maximum_filter(x, 3)
    x[2, 3] = np.nan
    with fc.record() as calls:
        fc.ndimage.maximum_filter(x, 3)
    assert [name for _, name in calls] == ["scipy"]


def test_blocks_nest_and_threads_count():
    x, w = np.ones(9), np.ones(3)
    with fc.record() as outer:
        with fc.record() as inner:
            thread = threading.Thread(target=fc.convolve, args=(x, w))
            thread.start()
            thread.join()
        fc.convolve(x, w)
    fc.convolve(x, w)
    assert (len(inner), len(outer)) == (1, 2)
