"""Kernels of integers on images of integers: modulo 2**16 or 2**32, with SciPy's very results."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from oracle.rounded import rounded_correlate
from scipy import ndimage

import fastconv as fc
from fastconv import config
from fastconv.algorithms.doubt import doubt_of
from fastconv.algorithms.integer_sums import modulus
from fastconv.loops import simd

MODES = ("reflect", "constant", "nearest", "mirror", "wrap")
SOURCES, TARGETS = "bBhH", "bBhHi"


def picture(rng, shape, dtype, kind):
    limits = np.iinfo(dtype)
    if kind == "saturated":
        return rng.choice([limits.min, limits.max], shape).astype(dtype)
    if kind == "ramp":
        return (np.arange(np.prod(shape)) * 7 % 100).reshape(shape).astype(dtype)
    return rng.integers(limits.min, limits.max, shape, dtype=dtype, endpoint=True)


@st.composite
def calls(draw):
    """Draw (function, arrays, keywords) of a filter with weights that are integers."""
    ndim = draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    long = draw(st.integers(0, ndim - 1))
    shape = [draw(st.integers(1, 8)) for _ in range(ndim)]
    shape[long] = draw(st.sampled_from([1, 20, 150]))
    dtype = draw(st.sampled_from(SOURCES))
    kind = draw(st.sampled_from(["noise", "saturated", "ramp"]))
    x = picture(rng, shape, dtype, kind)
    keywords = {
        "mode": draw(st.sampled_from(MODES)), "cval": draw(st.sampled_from([0, 0, 9, -3, 70000])),
        "output": np.dtype(draw(st.sampled_from(TARGETS + "d"))),
    }  # fmt: skip
    name = draw(
        st.sampled_from(["correlate", "convolve", "correlate1d", "sobel", "prewitt", "laplace"])
    )
    if name in ("sobel", "prewitt"):
        return name, (x,), {**keywords, "axis": draw(st.integers(0, ndim - 1))}
    if name == "laplace":
        return name, (x,), keywords
    largest = draw(st.sampled_from([1, 3, 300]))
    if name == "correlate1d":
        n = draw(st.integers(1, 9))
        axis, origin = draw(st.integers(0, ndim - 1)), draw(st.integers(-(n // 2), (n - 1) // 2))
        weights = rng.integers(-largest, largest + 1, n)
        return name, (x, weights), {**keywords, "axis": axis, "origin": origin}
    axes = draw(st.permutations(range(ndim)))[: draw(st.integers(1, ndim))]
    sizes = [draw(st.integers(1, 5)) for _ in axes]
    weights = rng.integers(-largest, largest + 1, sizes)
    if len(axes) < ndim:
        keywords["axes"] = tuple(axes)
    return name, (x, weights), keywords


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(call=calls(), isa=st.sampled_from(simd.runnable_isas()), threads=st.sampled_from([1, 2]))
def test_any_call(call, isa, threads):
    name, arrays, keywords = call
    expected = getattr(ndimage, name)(*arrays, **keywords)
    with config.isa(isa):
        result = getattr(fc.ndimage, name)(*arrays, **keywords, num_threads=threads)
    assert_array_equal(result, expected)


@pytest.mark.parametrize("name", ["sobel", "prewitt", "laplace"])
@pytest.mark.parametrize("target", TARGETS)
def test_derivatives_are_computed_at_once(name, target):
    x = np.random.default_rng(1).integers(0, 256, (70, 90), dtype=np.uint8)
    result = getattr(fc.ndimage, name)(x, output=target)
    assert_array_equal(result, getattr(ndimage, name)(x, output=target))
    plan = fc.plan(f"ndimage.{name}", input=x.shape, dtype=x.dtype, output=target)
    assert plan.algorithm == "direct"


@pytest.mark.parametrize("size", [3, 5, 12, 31])
def test_dense_kernels(size):
    rng = np.random.default_rng(size)
    x = rng.integers(0, 256, (50, 333), dtype=np.uint8)
    w = rng.integers(-3, 4, (size, size))
    for target in ("u1", "i2", "i4", "f4"):
        expected = ndimage.correlate(x, w, output=target)
        assert_array_equal(fc.ndimage.correlate(x, w, output=target), expected)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 2**32 - 1), name=st.sampled_from(["correlate", "convolve"]),
    dtype=st.sampled_from(SOURCES), mode=st.sampled_from(MODES),
    cval=st.sampled_from([0, -3, 0.5, 70000]), shape=st.sampled_from(["2", "2", "colour", "3"]),
    whole=st.booleans(), isa=st.sampled_from(simd.runnable_isas()), threads=st.sampled_from([1, 2]),
)  # fmt: skip
def test_many_taps_with_results_in_float32(
    seed, name, dtype, mode, cval, shape, whole, isa, threads
):
    """Sums that float32 holds are SciPy's, and others are near."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(4, 12, 3 if shape == "3" else 2)
    x = picture(rng, rng.integers(1, 40 if shape == "3" else 150, sizes.size), dtype, "noise")
    x = np.stack([x, x[::-1], x[::-1, ::-1]], -1) if shape == "colour" else x
    w = rng.integers(-1, 2, sizes) if whole else rng.standard_normal(sizes)
    w = w.reshape(*sizes, 1) if shape == "colour" else w
    # SciPy reads in front of the array where a kernel reaches over four times a reflected axis
    assume(mode != "reflect" or all(m < 4 * n for m, n in zip(w.shape, x.shape, strict=True)))
    origin = tuple(int(rng.integers(-(n // 2), (n - 1) // 2 + 1)) for n in w.shape)
    keywords = {"mode": mode, "cval": cval, "origin": origin, "output": np.float32}
    expected = getattr(ndimage, name)(x, w, **keywords)
    with config.isa(isa):
        result = getattr(fc.ndimage, name)(x, w, **keywords, num_threads=threads)
    largest = max(np.abs(x.astype(float)).max(), abs(cval)) * np.abs(w).sum()
    if whole and cval == int(cval) and largest < 2**24:
        assert_array_equal(result, expected)
    np.testing.assert_allclose(result, expected, rtol=0, atol=2e-6 * largest)


def test_volumes_are_filtered_by_us():
    x = np.random.default_rng(2).integers(0, 256, (9, 20, 30), dtype=np.uint8)
    for weights in (np.arange(27).reshape(3, 3, 3) - 13, np.full((2, 3, 4), 1 / 24)):
        with fc.record() as seen:
            result = fc.ndimage.correlate(x, weights)
        assert [name for _, name in seen] == ["direct"]
        assert_array_equal(result, ndimage.correlate(x, weights))


def test_bounds_of_sums():
    """Modulo 2**16 only where no sum leaves int32, from which SciPy takes the low bits."""
    byte, short, int_ = (np.dtype(d) for d in ("u1", "i2", "i4"))
    most = (2**31 - 1) // 255
    assert modulus(byte, byte, np.array([float(most)]), 0.0) == "i16"
    assert modulus(byte, int_, np.array([float(most)]), 0.0) == "i32"
    assert modulus(byte, byte, np.array([most + 256.0]), 0.0) is None
    assert modulus(byte, byte, np.array([1.0, 2.0]), 2.0**30) is None
    assert modulus(byte, short, np.array([1.0]), 0.5) is None
    assert modulus(byte, short, np.array([1.5]), 0.0) is None
    assert modulus(byte, np.dtype("f4"), np.array([1.0]), 0.0) is None
    assert modulus(byte, short, np.array([2.0**16]), 0.0, 2.0**15) is None


# ------------------------------------------------------- kernels of real numbers on images of bytes


def bytes_of(rng, shape, dtype, kind):
    """Return a picture of bytes: noise, flat areas, a ramp, both ends, or smooth with noise."""
    low = np.iinfo(dtype).min
    y, x = np.indices(shape)
    if kind == "flat":
        picture = rng.integers(0, 256, (4, 4))[y * 4 // shape[0], x * 4 // shape[1]]
    elif kind == "ramp":
        picture = (x + 2 * y) % 256
    elif kind == "binary":
        picture = rng.choice([0, 255], shape)
    elif kind == "smooth":
        picture = 120 + 80 * np.sin(x / 17) * np.cos(y / 23) + rng.normal(0, 2, shape)
    else:
        picture = rng.integers(0, 256, shape)
    return (np.clip(picture, 0, 255) + low).astype(dtype)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 2**32 - 1),
    kind=st.sampled_from(["noise", "flat", "ramp", "binary", "smooth"]),
    weights=st.sampled_from(["average", "binomial", "box", "any", "tenths", "sharp"]),
    dtypes=st.sampled_from(["BB", "bb", "BH", "Bi", "Bb", "bB"]),
    mode=st.sampled_from(MODES), cval=st.sampled_from([0, 255, -7, 1000, 0.5]),
    isa=st.sampled_from(simd.runnable_isas()),
)  # fmt: skip
def test_real_kernels_on_bytes(seed, kind, weights, dtypes, mode, cval, isa):
    """Sums in float32 are certain, or added up again: SciPy's integers in every case."""
    rng = np.random.default_rng(seed)
    x = bytes_of(rng, (int(rng.integers(1, 60)), int(rng.integers(1, 200))), dtypes[0], kind)
    n, m = rng.integers(1, 14, 2)
    w = rng.random((n, m))
    if weights == "binomial":
        w = np.outer(np.poly1d([1, 1]) ** (n - 1), np.poly1d([1, 1]) ** (m - 1))
    elif weights == "box":
        w[...] = 1
    elif weights == "tenths":
        w = rng.integers(-9, 10, (n, m)) / 10
    elif weights in ("any", "sharp"):
        w = rng.standard_normal((n, m)) / 4
    if weights in ("average", "binomial", "box"):
        w = w / w.sum()
    elif weights == "sharp":
        w[n // 2, m // 2] += 1 - w.sum()
    expected = ndimage.correlate(x, w, mode=mode, cval=cval, output=dtypes[1])
    with config.isa(isa):
        assert_array_equal(
            fc.ndimage.correlate(x, w, mode=mode, cval=cval, output=dtypes[1]), expected
        )
        for rounding in ("truncate", "nearest"):
            how = {"output_dtype": dtypes[1], "rounding": rounding, "saturate": True}
            sums = ndimage.correlate(x.astype(float), w, mode="mirror")
            result = fc.correlate(x, w, "same", boundary="mirror", **how)
            whole = np.rint(sums) if rounding == "nearest" else np.trunc(sums)
            limits = np.iinfo(dtypes[1])
            assert_array_equal(result, np.clip(whole, limits.min, limits.max))


def test_errors_of_sums_of_bytes():
    """The bound holds for the worst of many sums, and is no larger than it has to be."""
    rng, byte = np.random.default_rng(3), np.dtype("u1")
    for n in (3, 9, 40, 400):
        w = rng.standard_normal(n) / n
        bound = doubt_of(byte, np.arange(n)[:, None], w, 0.0).error
        x = rng.choice([0, 255], (2000, n))
        blocks = [slice(i, i + 32) for i in range(0, n, 32)]
        w32, x32 = w.astype(np.float32), x.astype(np.float32)
        parts = [np.add.accumulate(x32[:, b] * w32[b], axis=1)[:, -1] for b in blocks]
        sums = np.add.accumulate(np.stack(parts, 1), axis=1)[:, -1]
        error = np.abs(sums - (x * w).sum(1)).max()
        assert bound / 300 < error < bound
    taps = np.arange(n)[:, None]
    assert doubt_of(np.dtype("u2"), taps, w, 0.0).error == 0
    for weights, fill in ((w, 0.5), (1e3 * w, 0.0), (1e300 * w, 0.0), (np.nan * w, 0.0)):
        assert doubt_of(byte, taps, weights, fill).error == 0


def test_outer_products_are_found():
    rng = np.random.default_rng(4)
    for shape in ((5, 7), (12, 12), (3, 3, 9)):
        vectors = [rng.random(n) for n in shape]
        w = vectors[0] / vectors[0].sum()
        for v in vectors[1:]:
            w = np.multiply.outer(w, v / v.sum())
        taps = np.argwhere(w)
        error, (down, along), again = doubt_of(np.dtype("u1"), taps, w.ravel(), 0.0)
        assert down.size == w.size // shape[-1] and along.size == shape[-1]
        assert 0 < again < error < 4e-3
        assert np.allclose(np.multiply.outer(down, along).ravel(), w.ravel(), rtol=1e-6)
        w.flat[3] += 0.01  # no outer product any more
        for dtype in ("u1", "u2"):
            assert doubt_of(np.dtype(dtype), taps, w.ravel(), 0.0).vectors is None


@pytest.mark.parametrize("dtype", ["B", "h", "H"])
@pytest.mark.parametrize("kind", ["noise", "flat", "ramp", "smooth", "binary"])
@pytest.mark.parametrize("isa", simd.runnable_isas())
def test_outer_products(isa, kind, dtype):
    rng = np.random.default_rng(5)
    for shape, sizes, stride, dilation in (
        ((70, 260), (9, 11), 1, 1), ((70, 131), (31, 40), 1, 1), ((90, 200), (7, 9), 3, 2),
        ((40, 50, 3), (6, 8), 1, 1), ((9, 20, 40), (3, 4, 9), 1, 1),
    ):  # fmt: skip
        x = bytes_of(rng, shape[:2], "B", kind)
        if dtype != "B":
            x = (x * 257.0 + np.iinfo(dtype).min).astype(dtype)
        x = x if len(shape) == 2 else np.stack([np.roll(x, i, 0) for i in range(shape[2])], 2)
        w = rng.random(sizes[0])
        for n in sizes[1:]:
            w = np.multiply.outer(w, rng.random(n))
        w = (w / w.sum()).reshape(*w.shape, *(1,) * (len(shape) - w.ndim))
        how = {
            "mode": "same", "boundary": "symm", "stride": stride, "dilation": dilation,
            "axes": tuple(range(len(sizes))), "output_dtype": dtype,
        }  # fmt: skip
        for rounding in ("truncate", "nearest"):
            with config.isa(isa):
                result = fc.correlate(x, w, **how, rounding=rounding)
            assert_array_equal(result, rounded_correlate(x, w, **how, rounding=rounding))


@pytest.mark.parametrize("shape", [(56, 1), (1, 40), (5, 56, 1), (7, 1, 9)])
def test_outer_products_on_images_with_axes_of_one_element(shape):
    x = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    line = np.array([1, 8, 28, 56, 70, 56, 28, 8, 1]) / 256
    w = np.multiply.outer(line, line[2:7])
    w = w.reshape((1,) * (x.ndim - 2) + w.shape)
    assert_array_equal(fc.ndimage.correlate(x, w), ndimage.correlate(x, w))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 2**32 - 1), dtype=st.sampled_from("bBhH"),
    sizes=st.sampled_from([(3, 3), (1, 5), (4, 1), (5, 7), (9, 8)]), outer=st.booleans(),
    colour=st.booleans(), mode=st.sampled_from(MODES), cval=st.sampled_from([0, 70, -9, 1000]),
    isa=st.sampled_from(simd.runnable_isas()), threads=st.sampled_from([1, 2]),
)  # fmt: skip
def test_wide_flat_areas(seed, dtype, sizes, outer, colour, mode, cval, isa, threads):
    """Blocks all of whose windows are flat are found before they are summed."""
    rng = np.random.default_rng(seed)
    limits = np.iinfo(dtype)
    shape = (30, 500, *([3] if colour else []))
    x = np.empty(shape, dtype)
    for left in (0, 170, 300):
        x[:, left:] = rng.integers(limits.min, limits.max, shape[2:], dtype, endpoint=True)
    x[rng.integers(0, 30), rng.integers(0, 500)] += 1
    x[20:] = rng.integers(limits.min, limits.max, shape[2:], dtype, endpoint=True)
    w = np.multiply.outer(*map(rng.random, sizes)) if outer else rng.random(sizes)
    w = (w / w.sum()).reshape(*sizes, *([1] if colour else []))
    expected = ndimage.correlate(x, w, mode=mode, cval=cval)
    with config.isa(isa):
        result = fc.ndimage.correlate(x, w, mode=mode, cval=cval, num_threads=threads)
        assert_array_equal(result, expected)
        dilated = {"dilation": (2, 3), "axes": (0, 1), "mode": "same", "output_dtype": dtype}
        plain = w.reshape(sizes) if not colour else w
        result = fc.correlate(x, plain, **dilated, rounding="nearest", num_threads=threads)
    assert_array_equal(result, rounded_correlate(x, plain, **dilated, rounding="nearest"))


@pytest.mark.parametrize("dtype", [np.uint8, np.int16])
@pytest.mark.parametrize("shape", [(40, 50, 3), (90, 70, 4), (60, 9, 1)])
def test_colours_with_weights_of_three_axes(dtype, shape):
    """Test kernels of one tap along the colours, which are not an axis of their own then."""
    rng = np.random.default_rng(len(shape))
    image = np.repeat(rng.integers(0, 200, (shape[0], 1, shape[2]), dtype), shape[1], axis=1)
    image[10:20] = 7
    for size in (1, 3, 5, 17):
        for weights in (rng.random((size, size, 1)), rng.integers(-3, 4, (size, size, 1)) * 1.0):
            weights /= max(1.0, abs(weights).sum())
            for options in ({}, {"mode": "constant", "cval": 3}, {"mode": "wrap"}):
                expected = ndimage.correlate(image, weights, **options)
                assert_array_equal(fc.ndimage.correlate(image, weights, **options), expected)
