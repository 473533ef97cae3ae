"""Test Dask's arrays with dask-image, xarray and zarr, blocks on a device, and pyramids."""

import sys
from pathlib import Path

import dask.array as da
import numpy as np
import pytest
from blocks import same

import fastconv as fc
import fastconv.dask
from fastconv import ndimage

RNG = np.random.default_rng(0)
IMAGE = RNG.random((60, 50)).astype("f4")


def test_dask_image():
    filters = pytest.importorskip("dask_image.ndfilters")
    fastconv.dask.register()
    lazy = da.from_array(IMAGE, chunks=25)
    for name, args in (
        ("gaussian_filter", (1.5,)), ("uniform_filter", (5,)), ("maximum_filter", (5,)),
        ("median_filter", (3,)), ("sobel", (0,)), ("laplace", ()),
        ("correlate", (np.ones((3, 3)),)),
    ):  # fmt: skip
        with fc.record() as calls:
            found = getattr(filters, name)(lazy, *args).compute(scheduler="sync")
        assert len(calls) >= lazy.npartitions, name
        np.testing.assert_allclose(found, getattr(ndimage, name)(IMAGE, *args), atol=1e-5)


@pytest.mark.parametrize("name", ("gaussian_filter", "uniform_filter", "maximum_filter", "sobel"))
def test_wrap_goes_around_the_whole_image(name):
    lazy = da.from_array(IMAGE, chunks=(7, 11))
    args = () if name == "sobel" else (3,)
    call = getattr(ndimage, name)
    same(call(lazy, *args, mode="wrap"), call(IMAGE, *args, mode="wrap"))


def test_xarray():
    xarray = pytest.importorskip("xarray")
    lazy = xarray.DataArray(da.from_array(IMAGE, chunks=20), dims=("y", "x"))
    found = xarray.apply_ufunc(
        ndimage.gaussian_filter, lazy, kwargs={"sigma": 2.0}, dask="allowed"
    )  # fmt: skip
    assert found.dims == ("y", "x") and isinstance(found.data, da.Array)
    same(found.data, ndimage.gaussian_filter(IMAGE, 2.0))


def test_zarr(tmp_path):
    pytest.importorskip("zarr")
    da.to_zarr(da.from_array(IMAGE, chunks=16), str(tmp_path / "image.zarr"))
    stored = da.from_zarr(str(tmp_path / "image.zarr"))
    result = ndimage.gaussian_filter(stored, 2)
    result.to_zarr(str(tmp_path / "blurred.zarr"))
    same(da.from_zarr(str(tmp_path / "blurred.zarr")), ndimage.gaussian_filter(IMAGE, 2))


@pytest.fixture
def device():
    """Return the module `device`, whose `put` makes arrays on a device."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    import device

    if device.runtime() is None:
        pytest.skip("there is neither a device nor a compiler for its emulation")
    return device


def test_blocks_on_a_device(device):
    kernel = RNG.random((3, 4)).astype("f4")
    kind = device.runtime().array
    lazy = da.from_array(device.put(IMAGE), chunks=25, asarray=False)
    assert isinstance(lazy._meta, kind)
    for made, right in (
        (fc.convolve(lazy, device.put(kernel), "same"), fc.convolve(IMAGE, kernel, "same")),
        (fc.max_pool2d(lazy[None], 3), fc.max_pool2d(IMAGE[None], 3)),
        (fc.conv1d(lazy, device.put(np.ones((2, 60, 3), "f4")), padding=1),
         fc.conv1d(IMAGE, np.ones((2, 60, 3), "f4"), padding=1)),
    ):  # fmt: skip
        assert isinstance(made._meta, kind)
        first = made.blocks[(0,) * made.ndim].compute(scheduler="sync")
        assert isinstance(first, kind)  # of several blocks of the emulation, Dask makes NumPy's
        np.testing.assert_allclose(np.asarray(made.compute(scheduler="sync")), right, rtol=1e-4)


def test_kinds_of_blocks_are_not_mixed(device):
    kernel = np.ones((3, 4), "f4")
    lazy = da.from_array(device.put(IMAGE), chunks=25, asarray=False)
    for words, call in (
        ("in2 is a numpy.ndarray on the host", lambda: fc.convolve(lazy, kernel)),
        ("in1 is a numpy.ndarray on the host", lambda: fc.convolve(
            da.from_array(IMAGE, chunks=25), device.put(kernel))),
        ("weights is a numpy.ndarray on the host", lambda: ndimage.correlate(
            lazy, da.from_array(kernel, chunks=-1))),
        ("h is a builtins.list on the host", lambda: fc.signal.upfirdn([1.0, 2.0], lazy)),
        ("image lies on a device", lambda: fc.match_template(lazy, device.put(kernel))),
        ("not arrays on a device", lambda: fc.convolve(lazy, device.put(kernel), mask=IMAGE > 0)),
    ):  # fmt: skip
        with pytest.raises(TypeError, match=words):
            call()
    for image in (IMAGE, (100 * IMAGE).astype("i4")):
        whole = da.from_array(device.put(image), chunks=-1, asarray=False)
        made = fastconv.dask.pyramid(whole, 2)[1].compute(scheduler="sync")
        right = fastconv.dask.pyramid(image, 2)[1].compute(scheduler="sync")
        assert isinstance(made, device.runtime().array)
        np.testing.assert_allclose(np.asarray(made), right, rtol=1e-5)


@pytest.mark.parametrize("factor", (2, 3, (1, 2), (4, 2)))
def test_pyramid_is_a_blur_and_a_slice(factor):
    levels = fastconv.dask.pyramid(da.from_array(IMAGE, chunks=(20, 17)), 3, factor)
    factors = factor if isinstance(factor, tuple) else (factor, factor)
    expected = IMAGE
    for level in levels[1:]:
        wide = np.asarray(expected, float)
        for axis, f in enumerate(factors):
            if f == 1:
                continue
            # the Gaussian lies between two elements if the factor is even
            at = np.arange(-3 * f, 3 * f + 1) - (f - 1) / 2
            weights = np.exp(-0.5 * (at / (f / 3)) ** 2) * (np.abs(at) <= f + 0.5)
            wide = ndimage.correlate1d(wide, weights / weights.sum(), axis)
        expected = wide[:: factors[0], :: factors[1]].astype("f4")
        same(level, expected, bound=1e-4)


def test_pyramid_of_integers_and_means():
    ramp = np.arange(64, dtype="u1")
    first, second = fastconv.dask.pyramid(da.from_array(ramp, chunks=9), 2)
    assert second.dtype == np.uint8 and max(second.chunks[0]) <= 9
    middles = np.arange(2, 30) * 2 + 0.5
    assert np.abs(second.compute()[2:-2] - middles).max() <= 0.5
    assert first.compute().tolist() == ramp.tolist()
    largest = da.full((40, 30), 2**64 - 1, dtype="u8", chunks=7)
    assert fastconv.dask.pyramid(largest, 2)[1].compute().min() >= 2**64 - 2**12
    flags = fastconv.dask.pyramid(da.from_array(ramp > 30, chunks=9), 3)[-1]
    assert flags.dtype == bool and flags.compute().sum() == 8


@pytest.mark.parametrize(("words", "options"), [
    ("levels", {"levels": 0}), ("factor", {"factor": 0}), ("factor", {"factor": (2, 2, 2)}),
    ("sigma", {"sigma": -1.0}), ("sigma", {"sigma": (1.0,)}),
])  # fmt: skip
def test_pyramid_refuses(words, options):
    with pytest.raises(ValueError, match=words):
        fastconv.dask.pyramid(da.zeros((8, 8)), **{"levels": 2, **options})
