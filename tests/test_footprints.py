"""Test maximum and minimum filters: footprints with gaps, 64-bit integers, and odd arguments."""

from itertools import product

import numpy as np
import pytest
import scipy.ndimage
from faces import assert_agrees, outcome

import fastconv as fc
from fastconv import config, ndimage
from fastconv.algorithms.registry import lookup
from fastconv.loops import footprint_layout
from fastconv.problem import footprint as footprints
from fastconv.problem import parse

NAMES = ("maximum_filter", "minimum_filter")
MODES = ("reflect", "constant", "nearest", "mirror", "wrap", "grid-wrap", "grid-constant")
#: the mode of `numpy.pad` for each mode of SciPy's
PADS = {
    "reflect": "symmetric", "constant": "constant", "nearest": "edge", "mirror": "reflect",
    "wrap": "wrap", "grid-wrap": "wrap", "grid-constant": "constant", "grid-mirror": "symmetric",
}  # fmt: skip
CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], bool)
LARGE = np.array([2**53 + 1, 5, 2**63 - 1, -(2**63) + 1, 2**62 + 1, -(2**53) - 1])


@pytest.fixture
def rng():
    return np.random.default_rng(77)


def both(name):
    return getattr(ndimage, name), getattr(scipy.ndimage, name)


def whole_range(rng, shape, dtype):
    """Return numbers of a dtype's whole range."""
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return rng.random(shape) < 0.5
    if dtype.kind == "f":
        return (100 * rng.standard_normal(shape)).astype(dtype)
    limits = np.iinfo(dtype)
    return rng.integers(limits.min, limits.max, shape, dtype, endpoint=True)


def exactly(name, x, footprint, mode="reflect", cval=0, origin=0):
    """Return the extrema over a footprint by their definition, in the image's dtype."""
    footprint = np.asarray(footprint, bool)
    origin = (origin,) * x.ndim if np.ndim(origin) == 0 else origin
    before = [n // 2 + o for n, o in zip(footprint.shape, origin, strict=True)]
    pads = [(b, n - 1 - b) for b, n in zip(before, footprint.shape, strict=True)]
    values = {"constant_values": cval} if PADS[mode] == "constant" else {}
    padded = np.pad(x, pads, PADS[mode], **values)
    join = np.minimum if name.startswith("min") else np.maximum
    result = None
    for index in np.argwhere(footprint):
        part = padded[tuple(slice(i, i + n) for i, n in zip(index, x.shape, strict=True))]
        result = part.copy() if result is None else join(result, part)
    return result


def disc(diameter, ndim=2):
    """Return a disc or a ball."""
    offsets = np.indices((diameter,) * ndim) - (diameter - 1) / 2
    return (offsets**2).sum(axis=0) <= (diameter / 2) ** 2


def same(result, expected):
    return result.dtype == expected.dtype and np.array_equal(result, expected)


# --------------------------------------------------------------------------- footprints with gaps


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", list("?bBhHiIqQfd"))
def test_footprints_against_scipy(rng, name, mode, dtype):
    ours, theirs = both(name)
    for shape, sizes in (
        ((40,), ((5,), (2,), (9,))), ((9, 30), ((3, 3), (2, 5), (6, 1))),
        ((4, 1, 17), ((2, 1, 4), (3, 3, 3))), ((1, 70), ((1, 12), (3, 2))),
    ):  # fmt: skip
        x = whole_range(rng, shape, dtype)
        for size in sizes:
            footprint = rng.random(size) < 0.6
            footprint.flat[rng.integers(footprint.size)] = True
            options = {"mode": mode, "cval": 1, "footprint": footprint}
            expected = exactly(name, x, footprint, mode, 1)
            if dtype not in "qQ":  # SciPy rounds them to double
                assert same(theirs(x, **options), expected)
            for algorithm in ("auto", "direct", "doubling", "naive"):
                if algorithm != "auto" and footprint.all():
                    continue
                assert same(ours(x, algorithm=algorithm, **options), expected), algorithm


@pytest.mark.parametrize("isa", ["baseline", "avx2", "avx512", "neon"])
def test_every_instruction_set_and_thread(rng, isa, always_parallel):
    if isa not in config.available_isas():
        pytest.skip("this machine or this build does not have it")
    with config.isa(isa):
        gaps = disc(21) & ~np.eye(21, dtype=bool)
        for dtype, footprint in product("bHiQfd", (CROSS, disc(7), gaps)):
            for shape in ((3, 5), (50, 33), (33, 200)):
                x = whole_range(rng, shape, dtype)
                for name, algorithm in product(NAMES, ("direct", "doubling")):
                    expected = exactly(name, x, footprint)
                    for threads in (1, 2, 3):
                        result = getattr(ndimage, name)(
                            x, footprint=footprint, algorithm=algorithm, num_threads=threads
                        )
                        assert same(result, expected)


@pytest.mark.parametrize("name", NAMES)
def test_origins_and_axes(rng, name):
    x = rng.standard_normal((8, 6, 7))
    footprint = rng.random((3, 4)) < 0.6
    footprint[0, 0], footprint[1, 1] = True, False
    for axes in ((0, 1), (1, 2), (0, 2), (2, 0), (-1, -2), [0, 2]):
        for origin in (0, -1, (1, -2), (-1, 1), [0, 1], (0, 5)):
            assert_agrees(*both(name), x, footprint=footprint, axes=axes, origin=origin)
    cube = rng.random((2, 3, 3)) < 0.4
    cube[0, 1, 2] = True
    for axes in (None, (0, 1, 2), (2, 1, 0)):
        assert_agrees(*both(name), x, footprint=cube, axes=axes, origin=(0, 1, -1))
    for axes in ((0, 1), 1, (0, 0), (0, 3), ()):
        assert_agrees(*both(name), x, footprint=cube, axes=axes)
    # an axis that is filtered by one element
    for footprint in (CROSS[..., None], CROSS[None], CROSS[:, None]):
        assert_agrees(*both(name), x, footprint=footprint, mode="wrap")


def test_rows_of_several_axes(rng):
    """Test images whose last axes are not filtered, of a few values and of many."""
    for channels in (1, 3, 64, 700):
        x = whole_range(rng, (12, 9, channels), "h")
        for axes, footprint in (((0, 1), disc(5)), ((1,), np.array([1, 0, 1, 1])), ((0,), [1, 0])):
            where = np.expand_dims(footprint, [a for a in range(3) if a not in axes])
            for name, algorithm in product(NAMES, ("direct", "doubling", "naive")):
                result = getattr(ndimage, name)(
                    x, footprint=footprint, axes=axes, mode="mirror", algorithm=algorithm
                )
                assert same(result, exactly(name, x, where, "mirror"))
    long = whole_range(rng, (60, 300), "f")
    footprint = np.array([True] * 40 + [False, True, True, False, True])
    for name, algorithm in product(NAMES, ("direct", "doubling")):
        result = getattr(ndimage, name)(long, footprint=footprint, axes=0, algorithm=algorithm)
        assert same(result, exactly(name, long, footprint[:, None]))


def test_footprints_longer_than_the_image(rng):
    """Test reaches over several periods, where SciPy's own function reads past the array."""
    for shape, size in (((3, 20), (40, 3)), ((2, 2), (5, 90)), ((1, 1), (9, 9)), ((7,), (100,))):
        x = whole_range(rng, shape, "i")
        footprint = rng.random(size) < 0.2
        footprint[(0,) * len(size)], footprint[(-1,) * len(size)] = True, False
        for name, mode in product(NAMES, MODES):
            for algorithm in ("direct", "doubling", "naive"):
                result = getattr(ndimage, name)(
                    x, footprint=footprint, mode=mode, cval=7, algorithm=algorithm
                )
                assert same(result, exactly(name, x, footprint, mode, 7))


def test_strips_and_blocks(rng, monkeypatch):
    """Test that outputs do not depend on how they are cut into tasks."""
    x = whole_range(rng, (45, 190), "H")
    footprint = disc(11) & (rng.random((11, 11)) < 0.8)
    expected = {name: exactly(name, x, footprint, "wrap") for name in NAMES}
    for kept, strip, tasks in ((1, 8, 1), (4096, 64, 1000), (1 << 16, 512, 3), (1 << 24, 4, 1)):
        monkeypatch.setattr(footprint_layout, "KEPT_BYTES", kept)
        monkeypatch.setattr(footprint_layout, "_STRIP", strip)
        monkeypatch.setattr(footprint_layout, "_TASKS", tasks)
        fc.release_memory()
        for name, algorithm, threads in product(NAMES, ("direct", "doubling"), (1, 2)):
            result = getattr(ndimage, name)(
                x, footprint=footprint, mode="wrap", algorithm=algorithm, num_threads=threads
            )
            assert same(result, expected[name])
    fc.release_memory()


def test_joined_values():
    """Test that an output joins two values of each run of neighbouring elements."""
    key = "ndimage.maximum-filter_f32_i64x64_w{}_marks-{}"
    for footprint, direct, doubling in (
        (CROSS, 5, 4), (disc(15), 177, 30), (np.array([[1, 1, 1, 1, 0, 1]]), 5, 2),
        (np.array([[1, 1, 1, 1, 1, 0, 1, 1]]), 7, 3), (disc(31), 749, 62),
    ):  # fmt: skip
        marks = np.packbits(footprint).tobytes().hex()
        problem = parse(key.format("x".join(map(str, footprint.shape)), marks))
        assert len(footprint_layout.laid_out(problem, False, 4).runs.taps) == direct
        assert len(footprint_layout.laid_out(problem, True, 4).runs.taps) == doubling


def test_a_nan_gives_what_scipy_gives(rng):
    x = rng.standard_normal((20, 30))
    x[4, 5] = x[10, 29] = np.nan
    for name, footprint in product(NAMES, (CROSS, disc(5), [[1, 0, 1]])):
        assert_agrees(*both(name), x, footprint=footprint)
        assert_agrees(*both(name), x.astype("f"), footprint=footprint, mode="wrap")


def test_infinities(rng):
    x = rng.standard_normal((20, 30))
    x[4, 5:9], x[10, 3] = np.inf, -np.inf
    for name, cval in product(NAMES, (0.0, np.inf, -np.inf)):
        for options in ({"footprint": CROSS}, {"size": 3}):
            assert_agrees(*both(name), x, mode="constant", cval=cval, **options)


# -------------------------------------------------------------------------- integers of 64 bits


@pytest.mark.parametrize("dtype", [np.int64, np.uint64, ">i8"])
def test_windows_of_one_element_copy(dtype):
    x = LARGE.astype(dtype) if dtype != np.uint64 else LARGE.astype(dtype) + np.uint64(2**62)
    native = x.astype(x.dtype.newbyteorder("="))
    for name in (*NAMES, "maximum_filter1d", "minimum_filter1d"):
        function = getattr(ndimage, name)
        for algorithm in ("auto", "naive", "direct", "doubling"):
            assert same(function(x, 1, algorithm=algorithm), native)
            assert same(function(x.reshape(2, 3), 1, algorithm=algorithm), native.reshape(2, 3))
    for name in NAMES:
        for footprint in ([True], [[True]], np.ones((1, 1), bool)):
            image = x.reshape((2, 3) if np.ndim(footprint) == 2 else (6,))
            result = getattr(ndimage, name)(image, footprint=footprint)
            assert same(result, image.astype(native.dtype))
    with fc.record() as calls:
        ndimage.maximum_filter1d(native, 1)
    assert [algorithm for _, algorithm in calls] == ["direct"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ["q", "Q"])
def test_64_bits_are_exact(rng, name, dtype):
    """Test windows of all kinds: SciPy computes in double, where 2**63 - 1 becomes -2**63."""
    function = getattr(ndimage, name)
    limits = np.iinfo(dtype)
    full = np.full((5, 6), limits.max if name.startswith("max") else limits.min, dtype)
    assert same(function(full, footprint=CROSS), full)
    x = whole_range(rng, (9, 20), dtype)
    near = (np.arange(180).reshape(9, 20) + 2**53).astype(dtype)  # neighbours in double are equal
    for image, footprint in product((x, near), (CROSS, disc(5), [[1, 0, 1]], np.ones((2, 3)))):
        for mode, cval in product(MODES, (0, 2**53 + 1, 2**62 + 1)):
            result = function(image, footprint=footprint, mode=mode, cval=cval)
            assert same(result, exactly(name, image, footprint, mode, cval))
    four = whole_range(rng, (3, 4, 5, 6), dtype)
    for size in (3, (2, 3, 1, 2), (3, 1, 2, 3)):
        window = np.ones((size,) * 4 if size == 3 else size, bool)
        for mode in MODES:
            result = function(four, size, mode=mode, cval=2**53 + 1)
            assert same(result, exactly(name, four, window, mode, 2**53 + 1))
    assert same(function(four, 3, axes=(0, 2)), exactly(name, four, np.ones((3, 1, 3, 1))))


@pytest.mark.parametrize("dtype", ["q", "Q"])
def test_64_bits_with_any_cval(dtype):
    """Test that a `cval` that is no integer of the dtype counts as the nearest towards zero."""
    x = np.array([2**53 + 1, 3, 2**62 + 1, 0], dtype)
    limits = np.iinfo(dtype)
    for cval, stands_for in (
        (0.5, 0), (-0.5, 0), (2.75, 2), (np.float32(1.5), 1), (np.inf, limits.max),
        (-np.inf, limits.min), (1e30, limits.max), (-1e30, limits.min), (10**30, limits.max),
        (True, 1), (np.int8(3), 3), (2**62 + 1, 2**62 + 1),
    ):  # fmt: skip
        for name, options in product(NAMES, ({"size": 3}, {"footprint": [1, 0, 1]})):
            window = options.get("footprint", np.ones(3))
            result = getattr(ndimage, name)(x, mode="constant", cval=cval, **options)
            assert same(result, exactly(name, x, window, "constant", stands_for))


def test_64_bits_never_go_to_scipy(rng):
    x = whole_range(rng, (4, 5, 3, 4), "q")
    calls = (
        {"size": 1}, {"size": 3}, {"size": (1, 1, 1, 9)}, {"size": 200}, {"footprint": disc(3, 4)},
        {"size": 3, "axes": (0, 2)}, {"size": 2, "mode": "constant", "cval": 0.5},
        {"footprint": disc(3), "axes": (1, 3)}, {"size": 3, "output": float},
    )  # fmt: skip
    for name, options in product(NAMES, calls):
        with fc.record() as recorded:
            getattr(ndimage, name)(x, **options)
        assert "scipy" not in [algorithm for _, algorithm in recorded], options
    plan = fc.plan("ndimage.maximum_filter", input=x, footprint=disc(3, 4))
    assert "does not hold all integers of 64 bits" in plan.explain()


# ------------------------------------------------------------------- windows of any length


@pytest.mark.parametrize("name", NAMES)
def test_windows_longer_than_the_image(rng, name):
    """Test that a window counts only as far as the image's continuation repeats."""
    for shape in ((5,), (1, 4), (3, 2)):
        for dtype in ("B", "q", "f"):
            x = whole_range(rng, shape, dtype)
            for mode, length in product(MODES, (4, 7, 11, 40)):
                size = (length,) * len(shape)
                for origin in (0, -(length // 2), (length - 1) // 2, 1):
                    result = getattr(ndimage, name)(x, size, mode=mode, cval=9, origin=origin)
                    assert same(result, exactly(name, x, np.ones(size), mode, 9, origin))
    plan = fc.plan("ndimage.maximum_filter", input=(50, 40), size=10**6, dtype="f4")
    assert plan.workspace_bytes < 1 << 20


def test_large_borders_come_one_axis_after_the_other(rng):
    x = whole_range(rng, (60, 70, 80), "i")
    for mode in ("constant", "wrap"):
        plan = fc.plan("ndimage.maximum_filter", input=x, size=(61, 55, 71), mode=mode)
        assert len(plan.problem.stages) > 1
        result = plan(x)
        assert np.array_equal(
            result, scipy.ndimage.maximum_filter(x, (61, 55, 71), mode=mode)
        )  # fmt: skip


# ------------------------------------------------------------------------- arguments, names


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mode", ["reflect", "constant", ("constant", "wrap")], ids=str)
def test_cvals_are_scipys(name, mode):
    x = np.arange(12).reshape(3, 4)
    values = (
        0, 1.5, -1.5, 1j, complex(2), np.complex64(3), "1", None, np.float32(2), True, [1],
        np.array(2), np.bool_(True), object(),
    )  # fmt: skip
    for dtype, cval in product("?Bihfd", values):
        for options in ({"size": 3}, {"size": 1}, {"size": (1, 2)}, {"footprint": CROSS}):
            if dtype in "?B" and not isinstance(cval, complex) and cval in (1.5, -1.5):
                continue  # C does not define the cast
            assert_agrees(*both(name), x.astype(dtype), mode=mode, cval=cval, **options)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("window", [{"size": 3}, {"size": 1}, {"footprint": CROSS}], ids=str)
def test_outputs_are_scipys(name, window):
    ours, theirs = both(name)
    outputs = (
        "?", "bool", bool, "e", np.float16, "g", "F", complex, "O", object, "S3", "U3", str,
        "M8[s]", "V4", "nonsense", 3, "B", "h", ">i4", "d", float,
    )  # fmt: skip
    for dtype in "?Bhqefd":
        x = (np.arange(12) % 2).reshape(3, 4).astype(dtype)
        for output in outputs:
            result, error, _ = outcome(ours, x, output=output, **window)
            expected, wanted, _ = outcome(theirs, x, output=output, **window)
            assert type(error) is type(wanted), (dtype, output, error, wanted)
            if wanted is None:
                assert same(result, expected)
        for kind in "eFgO":
            pair = [np.zeros((3, 4), kind) for _ in range(2)]
            _, error, _ = outcome(ours, x, output=pair[0], **window)
            _, wanted, _ = outcome(theirs, x, output=pair[1], **window)
            assert type(error) is type(wanted) and np.array_equal(*pair)


def test_footprints_that_scipy_refuses():
    x = np.ones((4, 5))
    for name in NAMES:
        for options in (
            {"footprint": np.zeros((3, 3))}, {"footprint": [1, 0, 1]}, {"footprint": []},
            {"footprint": CROSS, "mode": ("wrap", "wrap")}, {"footprint": CROSS, "mode": "edge"},
            {"footprint": CROSS, "origin": 2}, {"footprint": CROSS, "origin": 0.5},
            {"footprint": CROSS, "origin": (0, 0, 0)}, {"footprint": "abc"}, {},
        ):  # fmt: skip
            assert_agrees(*both(name), x, **options)


def test_a_size_beside_a_footprint_is_ignored_with_a_warning():
    x = LARGE.reshape(2, 3)
    for name, footprint in product(NAMES, (CROSS, np.ones((1, 1)))):
        with pytest.warns(UserWarning, match="ignoring size") as caught:
            result = getattr(ndimage, name)(x, 5, footprint)
        assert [w.filename for w in caught] == [__file__]
        assert same(result, exactly(name, x, footprint))
        assert_agrees(*both(name), x.astype("f"), 5, footprint)


def test_names_and_keys(rng):
    x = whole_range(rng, (30, 40), "f")
    for footprint, options in (
        (CROSS, {}), (disc(9), {"mode": "wrap"}), (CROSS, {"origin": (1, -1), "mode": "constant"}),
        (np.array([True, False, True]), {"axes": (1,), "output": np.float64}),
    ):  # fmt: skip
        with fc.record() as calls:
            ndimage.minimum_filter(x, footprint=footprint, **options)
        ((key, algorithm),) = calls
        plan = fc.plan("ndimage.minimum_filter", input=x, footprint=footprint, **options)
        comparison = fc.compare(
            "ndimage.minimum_filter", x, footprint=footprint, repeat=1, time_limit=0.2, **options
        )
        assert (plan.key, plan.algorithm) == (key, algorithm)
        assert (comparison.problem.key(), comparison.chosen) == (key, algorithm)
        assert parse(key) == plan.problem and parse(key).key() == key
        assert np.array_equal(plan(x), ndimage.minimum_filter(x, footprint=footprint, **options))
        assert lookup("van_herk", plan.problem) is None
        with pytest.raises(fc.UnsupportedAlgorithm, match="without gaps"):
            ndimage.minimum_filter(x, footprint=footprint, algorithm="van_herk", **options)


@pytest.mark.parametrize("wrong", ["marks-ff", "marks-00", "marks-4b81", "marks-zz", "marks-"])
def test_wrong_marks_are_refused(wrong):
    with pytest.raises(ValueError, match="is not a problem key"):
        parse(f"ndimage.maximum-filter_f32_i8x9_w2x2_{wrong}")


def test_outputs_in_place(rng):
    for dtype, footprint in product("Bqf", (CROSS, disc(7))):
        x = whole_range(rng, (20, 30), dtype)
        expected = exactly("maximum_filter", x, footprint)
        again = x.copy()
        assert ndimage.maximum_filter(again, footprint=footprint, output=again) is again
        assert same(again, expected)
        out = np.empty((30, 20), dtype).T
        assert ndimage.maximum_filter(x, footprint=footprint, out=out) is out
        assert same(np.ascontiguousarray(out), expected)


def test_equal_footprints_are_one_option(rng):
    """Test that keys of many calls share a footprint, and that `release_memory` drops it."""
    first, again = (footprints.as_option(np.array(CROSS)) for _ in range(2))
    assert first is again == ((False, True, False), (True, True, True), (False, True, False))
    assert footprints.as_option(np.array([1, 0, 2.5])) == (True, False, True)
    assert footprints.as_option(np.array(True)) is True
    assert footprints.packed(CROSS) is footprints.packed(CROSS.copy())
    fc.release_memory()
    assert not footprints._options.entries and not footprint_layout._known.entries


def test_no_key_holds_a_very_large_footprint(rng, monkeypatch):
    monkeypatch.setattr(footprints._options, "most_bytes", 32 * 15 * 15 - 1)
    x = whole_range(rng, (40, 50), "h")
    assert isinstance(footprints.as_option(disc(15)), np.ndarray)
    for name in NAMES:
        for _ in range(2):
            result = getattr(ndimage, name)(x, footprint=disc(15))
            assert same(result, exactly(name, x, disc(15)))
    assert_agrees(*both(NAMES[0]), x, footprint=disc(15), mode="edge")
