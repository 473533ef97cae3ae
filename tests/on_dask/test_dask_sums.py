"""Test that convolutions compute the same of Dask's arrays as of NumPy's."""

import dask.array as da
import numpy as np
import pytest
from blocks import SETTINGS, agree, arrays, lazy
from hypothesis import given
from hypothesis import strategies as st

import fastconv as fc
from fastconv import signal

DTYPES = ("f4", "f8", "i8", "u1", "c16")
PARTS = ("full", "same", "valid")
BOUNDARIES = ("fill", "wrap", "symm", "mirror", "nearest")


def shapes(draw, ndim=None):
    """Draw the shapes of an array and of a kernel that is often smaller."""
    ndim = ndim or draw(st.sampled_from((1, 2, 2, 3)))
    shape = tuple(draw(st.integers(1, (60, 18, 9)[ndim - 1])) for _ in range(ndim))
    most = draw(st.sampled_from((3, 12)))
    return shape, tuple(draw(st.integers(1, most)) for _ in range(ndim))


def fitting(mode, shape, kernel):
    """Return a shape of a kernel that the mode takes."""
    return tuple(map(min, shape, kernel)) if mode == "valid" else kernel


def keywords(draw, mode):
    """Draw the keywords of `fastconv.convolve`."""
    found = {
        "boundary": draw(st.sampled_from(BOUNDARIES)), "stride": draw(st.integers(1, 4)),
    }  # fmt: skip
    if mode != "valid":
        found["dilation"] = draw(st.integers(1, 3))
    if found["boundary"] == "fill":
        found["fillvalue"] = draw(st.sampled_from((0, 3, 300, np.nan)))
    return found


@pytest.mark.parametrize("name", ("convolve", "correlate"))
@SETTINGS
@given(st.data())
def test_array_style(name, data):
    draw = data.draw
    mode = draw(st.sampled_from(PARTS))
    shape, kernel = shapes(draw)
    x, w = draw(arrays(shape, DTYPES)), draw(arrays(fitting(mode, shape, kernel), DTYPES))
    options = keywords(draw, mode)
    agree(lambda a: getattr(fc, name)(a, w, mode, **options), [x], [lazy(draw, x)])


@SETTINGS
@given(st.data())
def test_some_axes(data):
    draw = data.draw
    mode = draw(st.sampled_from(PARTS))
    shape, kernel = shapes(draw, draw(st.integers(2, 3)))
    axis = draw(st.integers(0, len(shape) - 1))
    sizes = shape if draw(st.booleans()) else (1,) * len(shape)
    sizes = tuple(min(kernel[a], shape[a]) if a == axis else n for a, n in enumerate(sizes))
    x, w = draw(arrays(shape, DTYPES)), draw(arrays(sizes, DTYPES))
    options = keywords(draw, mode)
    agree(lambda a: fc.convolve(a, w, mode, axes=axis, **options), [x], [lazy(draw, x)])
    agree(lambda a: signal.fftconvolve(a, w, mode, axes=axis), [x], [lazy(draw, x)])


@SETTINGS
@given(st.data())
def test_missing_values(data):
    draw = data.draw
    mode = draw(st.sampled_from(PARTS))
    shape, kernel = shapes(draw)
    x, w = draw(arrays(shape, ("f8",))), abs(draw(arrays(fitting(mode, shape, kernel), ("f8",))))
    mask = draw(arrays(shape, ("u1",))) > 35
    options = keywords(draw, mode) | {"normalize": draw(st.booleans())}

    def masked(a, m):
        return fc.correlate(a, w, mode, mask=m, **options)

    agree(masked, [x, mask], [lazy(draw, x), lazy(draw, mask)])
    agree(lambda a: masked(a, mask[:1]), [x], [lazy(draw, x)])
    x[mask] = np.nan

    def omitting(a):
        return fc.convolve(a, w, mode, nan_policy="omit", **options)

    agree(omitting, [x], [lazy(draw, x)])


@SETTINGS
@given(st.data())
def test_results_of_integers(data):
    draw = data.draw
    mode = draw(st.sampled_from(PARTS))
    shape, kernel = shapes(draw)
    x = draw(arrays(shape, ("u1", "i2", "f4")))
    w = draw(arrays(fitting(mode, shape, kernel), ("f8", "u1", "i2")))
    options = keywords(draw, mode) | {
        "output_dtype": draw(st.sampled_from(("u1", "i2", "f4"))),
    }  # fmt: skip
    if options["output_dtype"] != "f4":
        options |= {"rounding": "nearest", "saturate": draw(st.booleans())}
    if "fillvalue" in options:
        options["fillvalue"] = draw(st.sampled_from((0, 300)))
    agree(lambda a: fc.correlate(a, w, mode, **options), [x], [lazy(draw, x)])


@pytest.mark.parametrize("name", ("convolve", "correlate", "fftconvolve", "oaconvolve"))
@SETTINGS
@given(st.data())
def test_signal(name, data):
    draw = data.draw
    mode = draw(st.sampled_from(PARTS))
    shape, kernel = shapes(draw)
    if mode == "valid" and draw(st.booleans()):
        kernel = tuple(map(max, shape, kernel))
    else:
        kernel = fitting(mode, shape, kernel)
    x, w = draw(arrays(shape, DTYPES)), draw(arrays(kernel, DTYPES))
    agree(lambda a: getattr(signal, name)(a, w, mode), [x], [lazy(draw, x)])


@SETTINGS
@given(st.data())
def test_lags(data):
    draw = data.draw
    shape, kernel = shapes(draw)
    x, w = draw(arrays(shape, DTYPES)), draw(arrays(kernel, DTYPES))
    first = draw(st.integers(-15, 10))
    lags = first, first + draw(st.integers(0, 30))
    agree(lambda a: signal.correlate(a, w, lags=lags), [x], [lazy(draw, x)])


@pytest.mark.parametrize("name", ("fftconvolve", "oaconvolve", "convolve", "correlate"))
@pytest.mark.parametrize("shapes", (((9, 9), (3, 4)), ((9, 9), (1, 1)), ((1, 9), (3, 1))))
def test_dtypes_of_what_scipy_computes(name, shapes):
    for first, second in (("u1", "?"), ("?", "i8"), ("c8", "u1"), ("f2", "u1")):
        x, w = (np.arange(np.prod(s)).reshape(s).astype(d)
                for s, d in zip(shapes, (first, second), strict=True))  # fmt: skip
        lazy_x = da.from_array(x, chunks=(4, 5))
        agree(lambda a, w=w: getattr(signal, name)(a, w), [x], [lazy_x], bound=1e-4)


@pytest.mark.parametrize("name", ("convolve2d", "correlate2d"))
@SETTINGS
@given(st.data())
def test_planar(name, data):
    draw = data.draw
    mode = draw(st.sampled_from(PARTS))
    shape, kernel = shapes(draw, 2)
    x, w = draw(arrays(shape, DTYPES)), draw(arrays(fitting(mode, shape, kernel), DTYPES))
    boundary, fill = draw(st.sampled_from(("fill", "wrap", "symm"))), draw(st.integers(0, 2))
    agree(lambda a: getattr(signal, name)(a, w, mode, boundary, fill), [x], [lazy(draw, x)])


@SETTINGS
@given(st.data())
def test_template(data):
    draw = data.draw
    shape, kernel = shapes(draw, draw(st.integers(2, 3)))
    kernel = tuple(map(min, shape, kernel))
    x, w = draw(arrays(shape, ("f8", "f4"))), draw(arrays(kernel, ("f8",)))
    options = {"pad_input": draw(st.booleans())}
    if options["pad_input"]:
        options["mode"] = draw(st.sampled_from(("constant", "edge", "reflect", "wrap")))
    if w.std() < 1e-3:
        return

    def call(a):
        return fc.match_template(a, w, **options)

    right = call(x)
    found = call(lazy(draw, x))
    assert found.shape == right.shape and found.dtype == right.dtype
    # windows of one element, or nearly constant ones, divide rounding errors by each other
    variances = [np.var(x), np.var(w)]
    if min(kernel) > 2 and min(variances) > 1e-3:
        np.testing.assert_allclose(found.compute(scheduler="sync"), right, atol=2e-3)


def test_kernels_of_dask_and_other_orders():
    rng = np.random.default_rng(0)
    x, w = rng.random((20, 30)), rng.random((3, 4))
    kernel = da.from_array(w, chunks=-1)
    agree(fc.convolve, [x, w], [x, kernel])
    agree(fc.convolve, [x, w], [da.from_array(x, chunks=7), kernel])
    agree(fc.convolve, [w, x], [kernel, da.from_array(x, chunks=-1)])
    swapped = x.astype(">f8")
    agree(lambda a: fc.convolve(a, w), [swapped], [da.from_array(swapped, chunks=7)])


def test_methods_and_algorithms_reach_the_tasks():
    x = np.random.default_rng(0).random((64, 64))
    lazy_x = da.from_array(x, chunks=40)
    with fc.record() as calls:
        fc.convolve(lazy_x, np.ones((3, 3)), algorithm="naive").compute(scheduler="sync")
        fc.signal.convolve(lazy_x, np.ones((3, 3)), method="fft").compute(scheduler="sync")
    assert [name for _, name in calls[:4]] == ["naive"] * 4
    assert all(name.startswith("fft") for _, name in calls[4:]) and len(calls) == 8


def test_nan_stays_within_its_windows():
    x = np.ones((40, 40))
    x[20, 20] = np.nan
    found = fc.convolve(da.from_array(x, chunks=9), np.ones((5, 5)), "same").compute()
    assert np.isnan(found).sum() == 25
