"""Filters of integer images along axes give SciPy's very integers, on every instruction set.

Fixed point leaves a few sums in doubt, and flat places and ramps are full of them: images are of
all kinds, and a single wrong pixel fails.
"""

import numpy as np
import pytest
from fastconv.loops.fixed import Fixed
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import ndimage as scipy_ndimage

from fastconv import config, ndimage
from fastconv.algorithms.integer_sums import order_of
from fastconv.loops import simd
from fastconv.problem.geometry import Axis

#: tables of kernels, with those that add few instructions to another
TABLES = [name for isa in config.available_isas() for name in simd.extended(isa)]
MODES = {
    "reflect": "symmetric", "mirror": "reflect", "nearest": "replicate", "wrap": "circular",
    "constant": "constant",
}  # fmt: skip
DTYPES = {"u8": np.uint8, "i16": np.int16, "u16": np.uint16}
IMAGES = ("photograph", "noise", "flat", "ramp", "binary", "saturated", "faint", "patches")
WEIGHTS = (
    "gaussian", "any", "gain", "signed", "symmetric", "opposite", "no sum", "integers", "dyadic",
)  # fmt: skip


def image_of(rng, kind, shape, dtype):
    """Return an image of a kind in the whole range of its dtype."""
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    if kind == "noise":
        return rng.integers(low, high, shape, dtype, endpoint=True)
    if kind == "flat":
        return np.full(shape, rng.integers(low, high, endpoint=True), dtype)
    if kind == "binary":
        return np.where(rng.random(shape) > 0.5, high, low).astype(dtype)
    if kind == "patches":  # each with another value in every channel
        places = [np.sort(rng.integers(0, 5, n)) for n in shape[:2]]
        values = rng.integers(low, high, (5, 5, *shape[2:]), dtype, endpoint=True)
        return values[np.ix_(*places)] if len(shape) > 1 else values[places[0], 0]
    steps = sum(rng.integers(0, 3) * i for i in np.indices(shape))
    if kind == "ramp":
        return (steps + rng.integers(0, 300)).astype(dtype)
    if kind == "faint":
        return (steps // 8 % 5 + rng.integers(0, 2, shape)).astype(dtype)
    smooth = scipy_ndimage.gaussian_filter(rng.normal(size=shape), 3)
    smooth = (smooth - smooth.min()) / max(np.ptp(smooth), 1e-9)
    if kind == "saturated":
        smooth = np.clip(3 * smooth - 1, 0, 1)
    return np.rint(low + smooth * (float(high) - low)).astype(dtype)


def weights_of(rng, kind, size):
    """Return the weights of a correlation along one axis."""
    if kind == "gaussian":
        squares = (np.arange(size) - (size - 1) / 2) ** 2
        weights = np.exp(-squares / (2 * (size / rng.uniform(3, 9)) ** 2))
        return weights / weights.sum()
    if kind in ("any", "gain"):
        weights = rng.random(size)
        return weights / (weights.sum() if kind == "any" else rng.uniform(0.2, 3))
    if kind == "integers":
        return rng.integers(-3, 4, size).astype(float)
    if kind == "dyadic":
        return rng.integers(-8, 9, size) / 16
    weights = rng.normal(size=size)
    if kind == "symmetric":
        return weights + weights[::-1]
    if kind == "opposite":
        return weights - weights[::-1]
    return weights - weights.mean() if kind == "no sum" else weights


@st.composite
def passes(draw):
    """Draw what one filter needs, and its seed."""
    axes = draw(st.sampled_from([(0,), (1,), (0, 1), (0, 1)]))
    length = st.one_of(st.integers(1, 9), st.integers(1, 150))
    shape = (draw(length), draw(length), draw(st.sampled_from([1, 1, 1, 3])))
    size = st.one_of(st.sampled_from([3, 5, 7]), st.integers(2, 60))
    taps = [draw(size) if axis in axes else 1 for axis in (0, 1)]
    origins = [draw(st.integers(-(n // 2), (n - 1) // 2)) for n in taps]
    return {
        "dtype": draw(st.sampled_from(["u8", "u8", "u16", "i16"])), "shape": shape,
        "taps": taps, "origins": origins, "fill": draw(st.integers(0, 120)),
        "image": draw(st.sampled_from(IMAGES)), "weights": draw(st.sampled_from(WEIGHTS)),
        "mode": draw(st.sampled_from(list(MODES))), "seed": draw(st.integers(0, 2**32 - 1)),
        "averages": draw(st.sampled_from([False, False, True])),
    }  # fmt: skip


def fixed_of(case, table, weights):
    """Return the filter of the kernels, None where fixed point does not hold the sums."""
    *shape, unit = case["shape"]
    rows, columns = (
        Axis(n, n, taps, 1, 1, taps // 2 + origin, MODES[case["mode"]])
        for n, taps, origin in zip(shape, case["taps"], case["origins"], strict=True)
    )
    columns = columns.interleaved(unit) if unit > 1 else columns
    try:
        return Fixed(
            table, case["dtype"], 1, rows.image, columns.image, unit,
            rows.line(), columns.line(), columns.before, *weights,
            [order_of(w) for w in weights], case["fill"], case["averages"],
        )  # fmt: skip
    except ValueError:
        return None


def of_scipy(case, image, weights):
    """Return SciPy's result."""
    for axis, (w, origin) in enumerate(zip(weights, case["origins"], strict=True)):
        keywords = {
            "axis": axis, "output": DTYPES[case["dtype"]], "mode": case["mode"],
            "cval": case["fill"], "origin": origin,
        }  # fmt: skip
        if w.size > 1 and case["averages"]:
            image = scipy_ndimage.uniform_filter1d(image, w.size, **keywords)
        elif w.size > 1:
            image = scipy_ndimage.correlate1d(image, w, **keywords)
    return image


@pytest.mark.parametrize("table", TABLES)
@settings(max_examples=400, deadline=None)
@given(passes())
def test_kernels_give_scipys_integers(table, case):
    rng = np.random.default_rng(case["seed"])
    image = image_of(rng, case["image"], case["shape"], DTYPES[case["dtype"]])
    weights = [
        np.full(n, 1 / n) if case["averages"] or n == 1 else weights_of(rng, case["weights"], n)
        for n in case["taps"]
    ]
    fixed = fixed_of(case, table, weights)
    if fixed is None:  # only long kernels, or large ones, are too much for it
        assert max(case["taps"]) > 24 or case["weights"] not in ("gaussian", "any")
        return
    expected = of_scipy(case, image, weights)
    for threads in (1, 2):
        found = np.empty(case["shape"], DTYPES[case["dtype"]])
        fixed(image, found, threads)
        assert_array_equal(found, expected)


FACES = {
    "gaussian_filter": lambda m, x, n, **kw: m.gaussian_filter(x, n / 6, **kw),
    "uniform_filter": lambda m, x, n, **kw: m.uniform_filter(x, n, **kw),
    "sobel": lambda m, x, n, **kw: m.sobel(x, n % x.ndim, **kw),
    "prewitt": lambda m, x, n, **kw: m.prewitt(x, n % x.ndim, **kw),
    "gaussian_laplace": lambda m, x, n, **kw: m.gaussian_laplace(x, n / 6, **kw),
    "gaussian_filter1d": lambda m, x, n, **kw: m.gaussian_filter1d(x, n / 6, n % x.ndim, **kw),
    "uniform_filter1d": lambda m, x, n, **kw: m.uniform_filter1d(x, n, n % x.ndim, **kw),
    "convolve1d": lambda m, x, n, **kw: m.convolve1d(x, np.arange(1.0, n + 1) / n**2, 0, **kw),
}


@pytest.mark.parametrize("isa", config.available_isas())
@pytest.mark.parametrize("face", list(FACES))
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_faces_give_scipys_integers(isa, face, data):
    shape = data.draw(st.sampled_from([(50, 70), (40, 90, 3), (9, 20, 33), (70,), (4, 5, 6, 40)]))
    dtype = data.draw(st.sampled_from([np.uint8, np.uint8, np.uint16, np.int16]))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    image = image_of(rng, data.draw(st.sampled_from(IMAGES)), shape, dtype)
    size, mode = data.draw(st.integers(2, 30)), data.draw(st.sampled_from(list(MODES)))
    keywords = {"mode": mode, "cval": 7} if mode == "constant" else {"mode": mode}
    expected = FACES[face](scipy_ndimage, image, size, **keywords)
    with config.isa(isa):
        for threads in (1, 2):
            found = FACES[face](ndimage, image, size, num_threads=threads, **keywords)
            assert_array_equal(found, expected)


def test_strips_of_wide_images_meet():
    rng = np.random.default_rng(5)
    image = image_of(rng, "photograph", (7, 9001), np.uint8)
    for mode in MODES:
        for sigma in (0.6, 5):
            expected = scipy_ndimage.gaussian_filter(image, sigma, mode=mode)
            assert_array_equal(ndimage.gaussian_filter(image, sigma, mode=mode), expected)
        for origin in (0, 4, -4):
            expected = scipy_ndimage.uniform_filter(image, 9, mode=mode, origin=origin)
            assert_array_equal(ndimage.uniform_filter(image, 9, mode=mode, origin=origin), expected)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16])
@pytest.mark.parametrize("size", [2, 3, 31, 60, 61, 127, 128])
def test_averages_of_the_largest_and_smallest_values(dtype, size):
    limits = np.iinfo(dtype)
    for value in (limits.min, limits.max):
        image = np.full((140, 140), value, dtype)
        image[:, ::2] -= 1 if value > 0 else 0
        found = ndimage.uniform_filter(image, size)
        assert_array_equal(found, scipy_ndimage.uniform_filter(image, size))


@pytest.mark.parametrize("isa", config.available_isas())
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16])
def test_averages_of_all_remainders(isa, dtype):
    """Test large sums near all multiples of their count, where a quotient is wrong first."""
    limits = np.iinfo(dtype)
    with config.isa(isa):
        for size in range(2, 129):
            steps = np.arange(3 * size) // size
            for values in (limits.max - steps, limits.min + steps, abs(steps - 1)):
                image = np.repeat(values.astype(dtype)[:, None], 3, axis=1)
                for axis, picture in ((0, image), (1, image.T.copy())):
                    expected = scipy_ndimage.uniform_filter1d(picture, size, axis, mode="nearest")
                    found = ndimage.uniform_filter1d(picture, size, axis, mode="nearest")
                    assert_array_equal(found, expected)


@pytest.mark.parametrize("isa", config.available_isas())
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16])
@pytest.mark.parametrize("channels", [2, 3, 4, 5, 7, 8, 9, 16, 17, 32, 33])
def test_averages_of_interleaved_channels(isa, dtype, channels):
    rng = np.random.default_rng(channels)
    for width in (1, 5, 24, 67):
        image = image_of(rng, "noise", (20, width, channels), dtype)
        for size, mode in ((3, "reflect"), (6, "constant"), (31, "wrap"), (90, "mirror")):
            expected = scipy_ndimage.uniform_filter(image, size, axes=(0, 1), mode=mode)
            with config.isa(isa):
                found = ndimage.uniform_filter(image, size, axes=(0, 1), mode=mode)
            assert_array_equal(found, expected)
