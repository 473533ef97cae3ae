"""Test medians, percentiles and other ranks against SciPy."""

import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import scipy.ndimage
from faces import assert_agrees, assert_same, random_array
from hypothesis import given, settings
from hypothesis import strategies as st

import fastconv as fc
from fastconv import config, ndimage
from fastconv.algorithms.sorting import network
from fastconv.problem import parse

NAMES = ("median_filter", "percentile_filter", "rank_filter")
MODES = ("reflect", "constant", "nearest", "mirror", "wrap", "grid-wrap", "grid-constant")
MEDIANS = Path(__file__).parent.parent / "src" / "footprint" / "medians.h"


def both(name):
    return getattr(ndimage, name), getattr(scipy.ndimage, name)


@pytest.fixture
def rng():
    return np.random.default_rng(8)


@pytest.mark.parametrize("count", (2, 3, 5, 8, 9, 16, 25, 31))
def test_networks_sort(count):
    """Test networks on zeros and ones: what sorts these sorts everything."""
    rng = np.random.default_rng(count)
    if count < 10:
        bits = np.array(list(product((0, 1), repeat=count))).T
    else:
        bits = (rng.random((count, 4000)) < rng.random(4000)).astype(int)
    for rank in range(count):
        values = bits.copy()
        for low, high in network(count, rank):
            values[low], values[high] = (
                np.minimum(values[low], values[high]), np.maximum(values[low], values[high]),
            )  # fmt: skip
        np.testing.assert_array_equal(values[rank], np.sort(bits, axis=0)[rank])


@pytest.mark.parametrize("count", (3, 5, 7, 9, 25))
def test_compiled_medians_are_the_networks(count):
    text = re.search(rf"#define FC_MEDIAN_{count} .*?[^\\]\n", MEDIANS.read_text(), re.DOTALL)[0]
    pairs = [(int(a), int(b)) for a, b in re.findall(r"SORT\((\d+), (\d+)\)", text)]
    assert pairs == network(count, count // 2).tolist() or np.array_equal(
        pairs, network(count, count // 2)
    )


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_against_scipy(data):
    draw = data.draw
    ndim = draw(st.integers(1, 3))
    longest = {1: 70, 2: 20, 3: 7}[ndim]
    shape = tuple(draw(st.integers(0, longest)) for _ in range(ndim))
    size = tuple(draw(st.integers(1, 5)) for _ in range(ndim))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    x = random_array(rng, shape, draw(st.sampled_from("fdBbHhiIqe?")))
    marks = rng.random(size) < draw(st.sampled_from([0.5, 1.1]))
    marks.flat[rng.integers(marks.size)] = True
    origin = tuple(draw(st.integers(-(n // 2), (n - 1) // 2)) for n in size)
    options = {"mode": draw(st.sampled_from(MODES)), "cval": draw(st.sampled_from([0.0, 3])),
               "origin": origin}  # fmt: skip
    options |= {"size": size} if draw(st.booleans()) else {"footprint": marks}
    name = draw(st.sampled_from(NAMES))
    if name == "percentile_filter":
        options["percentile"] = draw(st.sampled_from([0, 20, 50.5, 75, 100, -10, 101]))
    elif name == "rank_filter":
        options["rank"] = draw(st.integers(-4, 6))
    if ndim == 1 and (0 in shape or min(shape) < max(size)):
        return  # SciPy's filter of signals reads past the ends of short ones
    assert_agrees(*both(name), x, **options)


@pytest.mark.parametrize("isa", ["baseline", "avx2", "avx512", "neon"])
def test_every_instruction_set_and_thread(rng, isa, always_parallel):
    if isa not in config.available_isas():
        pytest.skip("this machine or this build does not have it")
    with config.isa(isa):
        for dtype, size in product("bBhHiIqQfd", ((3, 3), (5, 5), (1, 7), (2, 3), (9, 9))):
            x = random_array(rng, (23, 150), dtype)
            expected = scipy.ndimage.median_filter(x, size)
            for threads in (1, 2, 3):
                others = ("histogram",) if dtype in "bB" else ()
                for algorithm in ("sorting", "ordinal", *others):
                    result = ndimage.median_filter(
                        x, size, algorithm=algorithm, num_threads=threads
                    )
                    assert_same(result, expected)
            assert_same(ndimage.median_filter(x, size, algorithm="naive"), expected)


@pytest.mark.parametrize("name", NAMES)
def test_arguments(rng, name):
    x = rng.standard_normal((9, 12))
    first = {"percentile_filter": {"percentile": 30}, "rank_filter": {"rank": 2}}.get(name, {})
    for options in (
        {"size": 3}, {"size": (3, 4), "origin": (-1, 1)}, {"size": 3, "axes": 1}, {"size": 17},
        {"size": (2, 3), "axes": (1, 0)}, {"size": (3, 3, 3)}, {"size": 0}, {}, {"size": 1},
        {"size": 3, "footprint": np.ones((2, 2))}, {"footprint": np.zeros((3, 3))},
        {"size": 3, "mode": ["wrap", "wrap"]}, {"size": 3, "output": "f"}, {"size": 3, "cval": 1j},
        {"size": 3, "output": np.zeros((9, 12), "f")}, {"size": 3, "origin": 2}, {"size": 2.5},
        {"footprint": [[1, 0, 1]]}, {"size": 3, "mode": "none"}, {"size": (3, 3), "axes": (0, 0)},
    ):  # fmt: skip
        assert_agrees(*both(name), x, **first, **options)
    gaps = {"footprint": [[1, 1, 1, 0]], "origin": (0, -2)}
    for more in ({"percentile": 101}, {"rank": 9}, {"rank": -10}, {"rank": 1.5}, {"rank": -1}):
        if name.split("_")[0] in more:
            assert_agrees(*both(name), x, size=3, **more)
            if more != {"rank": -1}:  # there, SciPy reads past the image
                assert_agrees(*both(name), np.ones((1, 1)), **gaps, **more)


def test_histograms(rng):
    """Test windows of many bytes, of any form, along any axes."""
    for dtype in "bB?":
        x = random_array(rng, (37, 90), dtype)
        x[:9] = x[0, 0]
        disc = np.hypot(*np.indices((19, 19)) - 9) < 9.2
        gaps = disc & (rng.random(disc.shape) < 0.7)
        for options in ({"size": 17}, {"size": (1, 33)}, {"footprint": disc}, {"footprint": gaps}):
            for rank in (1, 17, -2):
                theirs = scipy.ndimage.rank_filter(x, rank, mode="mirror", **options)
                ours = ndimage.rank_filter(x, rank, mode="mirror", algorithm="histogram", **options)
                assert_same(ours, theirs)
        image = random_array(rng, (24, 31, 3), dtype)
        for axes in ((0, 1), (0,), (1, 2)):
            options = {"size": 3 if 2 in axes else 5, "axes": axes}
            assert_same(
                ndimage.median_filter(image, algorithm="histogram", **options),
                scipy.ndimage.median_filter(image, **options),
            )
    with fc.record() as calls:
        ndimage.median_filter(np.zeros((40, 50), "B"), 21)
    assert [name for _, name in calls] == ["histogram"]
    with pytest.raises(fc.UnsupportedAlgorithm, match="at most 256"):
        ndimage.median_filter(np.zeros((40, 50), "B"), 21, algorithm="sorting")


def test_histograms_of_columns(rng):
    """Test windows of full rows: several strips, several rows of tasks, channels last, origins."""
    for shape, size, axes in (
        ((9, 1100), (4, 9), None), ((150, 20), (33, 8), None), ((36, 40), (30, 35), None),
        ((25, 34, 3), (7, 6), (0, 1)), ((3, 15, 20), (5, 9), (1, 2)), ((21, 6), (3, 11), None),
    ):  # fmt: skip
        x = rng.integers(0, 256, shape).astype("B")
        x[: shape[0] // 3] //= 16
        for rank, mode in ((1, "wrap"), (size[0] * size[1] // 2, "constant"), (-2, "nearest")):
            options = {"size": size, "mode": mode, "origin": (1, -1), "axes": axes, "cval": 200}
            expected = scipy.ndimage.rank_filter(x, rank, **options)
            for threads in (1, 3):
                ours = ndimage.rank_filter(
                    x, rank, algorithm="histogram", num_threads=threads, **options
                )
                assert_same(ours, expected)
            if mode != "constant":
                ours = ndimage.rank_filter(
                    (x ^ 128).view("b"), rank, algorithm="histogram", **options
                )
                assert_same((ours ^ -128).view("B"), expected)


def test_values_are_sorted(rng):
    """Test `ordinal` with keys that agree in part, and windows that move along rows and columns."""
    near = 1 + rng.integers(0, 9, (30, 70)) * 1e-15
    spread = near.copy()
    spread[::9, ::7] = 1e300  # the leading bits of the other keys are the same
    images = [near, spread, -near, rng.integers(-3, 3, (30, 70)) * 1.0, np.zeros((30, 70))]
    images += [np.round(near * 1e6).astype(t) for t in "fiIhHbB"]
    images += [(rng.standard_normal((30, 70)) * 10.0**e).astype(np.int64) for e in (1, 6, 15)]
    for x in images:
        for size in ((7, 6), (1, 31), (29, 1), (2, 3)):
            for rank in (1, size[0] * size[1] // 3):
                ours = ndimage.rank_filter(x, rank, size, algorithm="ordinal", num_threads=2)
                assert_same(ours, scipy.ndimage.rank_filter(x, rank, size))
    volume = rng.standard_normal((9, 11, 40))
    ball = np.hypot(np.hypot(*np.indices((5, 5, 5))[:2] - 2), np.indices((5, 5, 5))[2] - 2) < 2.3
    for options in ({"footprint": ball}, {"size": (7, 1, 5)}, {"size": 5, "axes": (0,)}):
        ours = ndimage.median_filter(volume, algorithm="ordinal", mode="mirror", **options)
        assert_same(ours, scipy.ndimage.median_filter(volume, mode="mirror", **options))


@pytest.mark.parametrize("isa", ["baseline", "avx2", "avx512", "neon"])
def test_windows_along_one_axis(rng, isa):
    """Test windows that share what is sorted: in parts of lines, in columns, and between axes."""
    if isa not in config.available_isas():
        pytest.skip("this machine or this build does not have it")
    with config.isa(isa):
        for shape, axis, sizes in (
            ((2500,), 0, (11, 33, 64, 300, 1200)), ((40, 230), 1, (4, 16, 31, 201)),
            ((230, 40), 0, (10, 35, 150)), ((70, 2, 3), 0, (12, 40)), ((5, 33, 37), 1, (17, 33)),
            ((1, 90), 0, (9,)), ((6, 1, 50), 2, (25,)),
        ):  # fmt: skip
            for count, dtype in product(sizes, "fd"):
                x = random_array(rng, shape, dtype)
                x.flat[::5] = np.round(x.flat[::5])
                x.flat[:: max(7, x.size // 9)] = np.inf
                size = [count if a == axis else 1 for a in range(len(shape))]
                for rank, mode in ((count // 2, "reflect"), (1, "constant"), (-2, "wrap")):
                    shift = 1 - count // 2 if mode == "wrap" else 0
                    origin = [shift if n > 1 else 0 for n in size]
                    options = {"size": size, "mode": mode, "cval": 0.5, "origin": origin}
                    # SciPy's filter of signals reads past the ends of those shorter than windows
                    theirs = scipy.ndimage.rank_filter(np.stack([x, x]), rank, **{
                        **options, "size": [1, *size], "origin": [0, *origin]
                    })[0]  # fmt: skip
                    for threads in (1, 3):
                        ours = ndimage.rank_filter(
                            x, rank, algorithm="sorting", num_threads=threads, **options
                        )
                        assert_same(ours, theirs)


def test_large_windows_are_sorted_once(rng):
    for x, size in (
        (rng.standard_normal((60, 50)), 41), (rng.integers(0, 60000, (50, 60)).astype("H"), 23),
        (rng.integers(0, 60000, 3000).astype("H"), 501),
    ):  # fmt: skip
        with fc.record() as calls:
            ours = ndimage.median_filter(x, size)
        assert [name for _, name in calls] == ["ordinal"]
        assert_same(ours, scipy.ndimage.median_filter(x, size))
    with fc.record() as calls:
        ndimage.median_filter(np.zeros((3, 3)), 257)
    assert [name for _, name in calls] == ["scipy"]


def test_not_a_number_goes_to_scipy(rng):
    x = rng.standard_normal((9, 12))
    x[4, 4] = np.nan
    with fc.record() as calls:
        assert_agrees(*both("median_filter"), x, size=3)
    assert [name for _, name in calls] == ["scipy"]


def test_gaps_of_signals_go_to_scipy(rng):
    x = rng.standard_normal(40)
    with fc.record() as calls:
        assert_agrees(*both("median_filter"), x, footprint=[1, 0, 1, 1, 1])
    assert [name for _, name in calls] == ["scipy"]


def test_keys(rng):
    plan = fc.plan("ndimage.percentile_filter", input=(20, 30), percentile=75, size=3)
    assert plan.key == "ndimage.rank-filter_f32_i20x30_w3x3_marks-ff80_rank6"
    assert parse(plan.key).key() == plan.key
    with pytest.raises(ValueError, match="rank 9 of 9"):
        parse(plan.key.replace("rank6", "rank9"))
