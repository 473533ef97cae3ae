"""Test erosions, dilations and what is made of them against SciPy."""

from itertools import product

import numpy as np
import pytest
import scipy.ndimage
from faces import assert_agrees, assert_same, random_array
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fastconv as fc
from fastconv import config, ndimage
from fastconv.algorithms.registry import lookup
from fastconv.problem import parse

GREY = (
    "grey_erosion", "grey_dilation", "grey_opening", "grey_closing", "morphological_gradient",
    "morphological_laplace", "white_tophat", "black_tophat",
)  # fmt: skip
BINARY = ("binary_erosion", "binary_dilation", "binary_opening", "binary_closing")
MODES = ("reflect", "constant", "nearest", "mirror", "wrap")
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def both(name):
    """Return our function and SciPy's.

    SciPy's binary functions look at every element: their lists of elements that have changed
    overrun memory in some calls, and the process ends later, at a place that has no fault.
    """
    ours, theirs = getattr(ndimage, name), getattr(scipy.ndimage, name)
    if name not in BINARY:
        return ours, theirs
    return ours, lambda x, **options: theirs(x, **(options | {"brute_force": True}))


@pytest.fixture
def rng():
    return np.random.default_rng(5)


@st.composite
def shapes(draw, least=0):
    ndim = draw(st.integers(1, 3))
    longest = {1: 40, 2: 14, 3: 6}[ndim]
    return tuple(draw(st.integers(least, longest)) for _ in range(ndim))


@st.composite
def windows(draw, ndim):
    """Return a footprint that marks at least one element, and an origin inside of it."""
    size = tuple(draw(st.integers(1, 5)) for _ in range(ndim))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    marks = rng.random(size) < draw(st.sampled_from([0.4, 0.9, 1.1]))
    marks.flat[rng.integers(marks.size)] = True
    origin = tuple(draw(st.integers(-(n // 2), (n - 1) // 2)) for n in size)
    return marks, origin


@QUICK
@given(st.data())
def test_grey_images(data):
    draw = data.draw
    shape = draw(shapes())
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    x = random_array(rng, shape, draw(st.sampled_from("fdBbHhiIqe?")))
    marks, origin = draw(windows(len(shape)))
    form = draw(st.sampled_from(["size", "footprint", "structure", "both"]))
    options = {"mode": draw(st.sampled_from(MODES)), "cval": draw(st.sampled_from([0.0, 3])),
               "origin": origin}  # fmt: skip
    if form == "size":
        options["size"] = marks.shape
    if form in ("footprint", "both"):
        options["footprint"] = marks
    if form in ("structure", "both"):
        options["structure"] = 3 * rng.standard_normal(marks.shape)
    assert_agrees(*both(draw(st.sampled_from(GREY))), x, **options)


@QUICK
@given(st.data())
def test_boolean_images(data):
    draw = data.draw
    shape = draw(shapes())
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    x = rng.random(shape) < draw(st.sampled_from([0.2, 0.5, 0.8]))
    if draw(st.booleans()):
        x = x.astype(draw(st.sampled_from("fdBhi")))
    marks, origin = draw(windows(len(shape)))
    centre = marks[tuple(n // 2 + o for n, o in zip(marks.shape, origin, strict=True))]
    times = draw(st.integers(0 if centre else 1, 4))  # others may never be stable
    options = {"iterations": times, "border_value": draw(st.integers(0, 1))}
    if draw(st.booleans()):
        options |= {"structure": marks, "origin": origin}
    if draw(st.booleans()):
        options["mask"] = rng.random(shape) < 0.7
    if draw(st.booleans()):
        options["brute_force"] = True
    if draw(st.booleans()):
        options["output"] = np.zeros(shape, draw(st.sampled_from("?Bhd")))
    assert_agrees(*both(draw(st.sampled_from(BINARY))), x, **options)


@pytest.mark.parametrize("name", GREY)
def test_axes_and_sizes(rng, name):
    x = rng.standard_normal((5, 7, 6))
    for options in (
        {"size": 3, "axes": (0, 2)}, {"size": (2, 3), "axes": (1, 2), "origin": (-1, 1)},
        {"size": 4, "axes": (2, 0)}, {"size": 1}, {"size": (3, 1, 2)}, {"size": 3, "axes": 1},
        {"footprint": [[1, 0], [1, 1]], "axes": (0, 2)}, {"size": (3, 2)}, {"size": 0}, {},
        {"structure": np.ones((2, 3)), "axes": (-3, -1)}, {"footprint": np.zeros((3, 3, 3))},
        {"size": 3, "footprint": np.ones((2, 2, 3))}, {"size": 3, "mode": ["wrap"] * 3},
        {"structure": np.ones((2, 2, 2)), "mode": ["wrap"] * 3}, {"size": 3, "origin": 2},
        {"structure": np.ones((3, 3))}, {"size": 3, "output": np.float32},
        {"structure": np.ones((3, 3, 3)), "output": np.float32}, {"size": 3, "mode": "none"},
        {"size": 3, "cval": 1j}, {"structure": np.ones((2, 2, 2)), "cval": 1j},
    ):  # fmt: skip
        assert_agrees(*both(name), x, **options)


@pytest.mark.parametrize("name", BINARY)
def test_arguments_of_boolean_filters(rng, name):
    x = rng.random((6, 9)) < 0.6
    functions = getattr(ndimage, name), getattr(scipy.ndimage, name)
    for options in (
        {"axes": 0}, {"axes": (1,), "structure": [1, 0, 1]}, {"structure": np.ones((3, 3, 3))},
        {"structure": np.zeros((3, 3))}, {"structure": np.ones((0, 3))}, {"iterations": 1.5},
        {"mask": np.ones((6, 8))}, {"mask": np.full((6, 9), 0.5), "iterations": 2},
        {"iterations": np.int64(2)}, {"iterations": -3}, {"border_value": True},
        {"border_value": 0.5}, {"origin": (1, -1)}, {"output": np.float32},
        {"output": np.zeros((6, 9), complex)}, {"output": np.zeros((6, 8), bool)},
        {"axes": (1, 0), "structure": np.ones((2, 3))},
    ):  # fmt: skip
        assert_agrees(*functions, x, **options)
    assert_agrees(*functions, x + 1j)
    assert_agrees(*functions, np.array(True))


@pytest.mark.parametrize("name", BINARY)
def test_origins_outside_of_the_structure(name):
    x = np.ones((6, 9), bool)
    reflects = name in ("binary_dilation", "binary_closing")
    before, after = (2, -2) if reflects else (-2, 2)
    with pytest.raises(ValueError, match="origin is .* must reach"):  # SciPy stops the process
        getattr(ndimage, name)(x, origin=before)
    assert_agrees(*both(name), x, origin=after)


@pytest.mark.parametrize("name", ("white_tophat", "black_tophat"))
def test_tophats_of_booleans(rng, name):
    for mode in MODES:
        assert_agrees(*both(name), rng.random((9, 14)) < 0.5, size=(2, 3), mode=mode, cval=1)


@pytest.mark.parametrize("name", GREY + BINARY)
def test_the_output_may_be_the_input(rng, name):
    ours, theirs = both(name)
    x = rng.standard_normal((7, 9))
    options = {"size": 3} if name in GREY else {"iterations": 2}
    mine, peer = x.copy(), x.copy()
    ours(mine, output=mine, **options)
    theirs(peer, output=peer, **options)
    assert_same(mine, peer)


@pytest.mark.parametrize("name", GREY)
def test_not_a_number(rng, name):
    x = rng.standard_normal((8, 9))
    structure = rng.standard_normal((2, 3))
    x[3, 4] = np.nan
    structure[0, 1] = np.nan
    for options in ({"size": 3}, {"structure": np.ones((3, 3))}, {"structure": structure}):
        assert_agrees(*both(name), x, **options)
        assert_agrees(*both(name), np.nan_to_num(x), **options)


@pytest.mark.parametrize("algorithm", ("naive", "direct", "doubling", "van_herk"))
def test_every_algorithm_and_thread(rng, algorithm, always_parallel):
    x = rng.standard_normal((33, 70))
    cases = [(name, x, {"size": (4, 7)}) for name in GREY]
    cases += [(n, x > 0, {"structure": np.ones((3, 4)), "iterations": 3}) for n in BINARY]
    if algorithm != "van_herk":
        cases += [(n, x > 0, {"iterations": 0, "mask": x < 1}) for n in BINARY]
    for name, image, options in cases:
        ours, theirs = both(name)
        expected = theirs(image, **options)
        for threads in (1, 2, 3):
            assert_same(ours(image, algorithm=algorithm, num_threads=threads, **options), expected)


@pytest.mark.parametrize("isa", ["baseline", "avx2", "avx512", "neon"])
def test_structures_on_every_instruction_set(rng, isa, always_parallel):
    if isa not in config.available_isas():
        pytest.skip("this machine or this build does not have it")
    with config.isa(isa):
        shapes = (
            ((70,), (9,)), ((23, 150), (3, 4)), ((4, 9, 37), (2, 1, 3)), ((9, 40, 2), (3, 3, 1)),
        )  # fmt: skip
        for dtype, (shape, size) in product("fdbBhHi", shapes):
            x, structure = random_array(rng, shape, dtype), rng.standard_normal(size)
            structure *= 1 if dtype in "fd" else 9
            footprint = rng.random(size) < 0.8
            footprint.flat[0] = True
            options = {"structure": structure, "footprint": footprint, "mode": "nearest"}
            for name in ("grey_erosion", "grey_dilation", "black_tophat"):
                ours, theirs = both(name)
                expected = theirs(x, **options)
                for algorithm, threads in product(("naive", "direct"), (1, 2, 3)):
                    result = ours(x, algorithm=algorithm, num_threads=threads, **options)
                    np.testing.assert_array_equal(result, expected)


def test_structures_of_integers(rng):
    """Integers wrap, but not at the first element of a window."""
    for dtype in "bBhHiI":
        limits = np.iinfo(dtype)
        x = rng.integers(limits.min, limits.max, (9, 14), dtype, endpoint=True)
        structure = rng.integers(0, 9, (3, 3)) + 0.5
        for name in GREY:
            ours, theirs = both(name)
            expected = theirs(x >> 2, structure=structure)
            np.testing.assert_array_equal(ours(x >> 2, structure=structure), expected)
            if dtype == "I":  # casts of negative doubles differ between machines
                continue
            for some in (structure, 100 - structure, structure[:1, :1]):
                expected = theirs(x, structure=some)
                np.testing.assert_array_equal(
                    ours(x, structure=some, algorithm="direct"), expected
                )
            some[0, 0] = np.nan  # has no integer: NumPy's cast is SciPy's
            np.testing.assert_array_equal(
                ours(x, structure=structure, algorithm="direct"),
                ours(x, structure=structure, algorithm="naive"),
            )


def test_iterations_of_a_box_are_one_window(rng):
    x = rng.random((40, 50)) < 0.5
    for border in (0, 1):
        for name in ("binary_erosion", "binary_dilation"):
            options = {"structure": np.ones((2, 3)), "origin": (-1, 1), "border_value": border}
            assert_agrees(*both(name), x, iterations=30, **options)
    plan = fc.plan("ndimage.binary_erosion", input=x.shape, dtype="u1", structure=((1, 1, 1),) * 3,
                   iterations=4)  # fmt: skip
    assert parse(plan.key).erosion.size == (9, 9)


def test_keys_plans_and_records(rng):
    x = rng.random((20, 30)) < 0.5
    with fc.record() as calls:
        ndimage.binary_opening(x, iterations=2)
    ((key, name),) = calls
    problem = parse(key)
    assert problem.key() == key
    assert lookup(name, problem).supports(problem) is None
    assert key == "ndimage.binary-opening_u8_i20x30_w3x3_marks-5d00_times2_mode-constant"
    comparison = fc.compare("ndimage.white_tophat", x.astype("f"), size=5, time_limit=0.2)
    assert comparison.chosen in ("direct", "doubling", "van_herk")
    for wrong in ("_masked", "_times3", "_summed"):
        with pytest.raises(ValueError, match="structures are grey"):
            parse("ndimage.grey-opening_f32_i9x9_w3x3" + wrong)


def test_small_images_of_integers_with_a_structure_go_to_scipy(rng):
    x = rng.integers(0, 99, (20, 30))
    with fc.record() as calls:
        assert_agrees(*both("grey_opening"), x, structure=np.ones((3, 3)))
        assert_agrees(*both("grey_erosion"), np.tile(x, (4, 4)), structure=np.ones((3, 3)))
    assert [name for _, name in calls] == ["scipy", "naive"]


def test_structures_of_other_algorithms_are_refused(rng):
    with pytest.raises(fc.UnsupportedAlgorithm, match="flat structures only"):
        ndimage.grey_opening(np.ones((9, 9)), structure=np.ones((3, 3)), algorithm="doubling")
    with pytest.raises(fc.UnsupportedAlgorithm, match="without gaps"):
        ndimage.binary_erosion(np.ones((9, 9)), algorithm="van_herk")
