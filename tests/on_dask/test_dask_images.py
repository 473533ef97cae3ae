"""Test that filters of `fastconv.ndimage` compute the same of Dask's arrays as of NumPy's."""

import numpy as np
import pytest
from blocks import FLOATS, INTEGERS, MODES, SETTINGS, agree, arrays, lazy
from hypothesis import given
from hypothesis import strategies as st

from fastconv import ndimage

LINEAR = (
    "gaussian_filter", "gaussian_filter1d", "uniform_filter", "uniform_filter1d", "sobel",
    "prewitt", "laplace", "gaussian_laplace", "gaussian_gradient_magnitude", "correlate",
    "convolve", "correlate1d", "convolve1d",
)  # fmt: skip
ORDER = (
    "maximum_filter", "minimum_filter", "maximum_filter1d", "minimum_filter1d", "median_filter",
    "percentile_filter", "rank_filter", "grey_erosion", "grey_dilation", "grey_opening",
    "grey_closing", "morphological_gradient", "morphological_laplace", "white_tophat",
    "black_tophat",
)  # fmt: skip
BINARY = ("binary_erosion", "binary_dilation", "binary_opening", "binary_closing")


def shapes():
    return st.sampled_from((1, 2, 2, 3)).flatmap(
        lambda ndim: st.tuples(*[st.integers(1, (60, 18, 8)[ndim - 1])] * ndim)
    )


def origin_of(draw, size):
    """Draw an origin that a window of this size may have."""
    return draw(st.integers(-(size // 2), (size - 1) // 2))


def options_of(draw, name, shape):
    """Draw the options of a linear filter."""
    ndim, axis = len(shape), draw(st.integers(0, len(shape) - 1))
    options = {"mode": draw(st.sampled_from(MODES)), "cval": draw(st.sampled_from((0.0, 2.5)))}
    size = draw(st.integers(1, 30))
    if name.endswith("1d") or name in ("sobel", "prewitt"):
        options["axis"] = axis
    if name.startswith(("gaussian",)):
        options["sigma"] = draw(st.floats(0.3, 4))
        if name in ("gaussian_filter", "gaussian_filter1d"):
            options["order"] = draw(st.integers(0, 3))
            options["radius"] = draw(st.sampled_from((None, 0, 3, 25)))
    elif name.startswith("uniform"):
        options |= {"size": size, "origin": origin_of(draw, size)}
    if name in ("gaussian_filter", "uniform_filter") and draw(st.booleans()):
        options["axes"] = (axis,)
    if name in ("laplace", "gaussian_filter", "sobel") and "axes" not in options:
        options["mode"] = [draw(st.sampled_from(MODES)) for _ in range(ndim)]
    return options


@pytest.mark.parametrize("name", LINEAR)
@SETTINGS
@given(st.data())
def test_linear(name, data):
    draw = data.draw
    shape = draw(shapes())
    x = draw(arrays(shape))
    options = options_of(draw, name, shape)
    weights = ()
    if "correlate" in name or "convolve" in name:
        one = name.endswith("1d")
        sizes = [draw(st.integers(1, 12)) for _ in range(1 if one else len(shape))]
        weights = (draw(arrays(sizes, FLOATS)),)
        flipped = name.startswith("convolve")
        origins = [origin_of(draw, n) for n in sizes]
        origins = [-o - (n % 2 == 0) for o, n in zip(origins, sizes, strict=True)] if flipped \
            else origins  # fmt: skip
        options["origin"] = origins[0] if one else origins

    def call(image):
        return getattr(ndimage, name)(image, *weights, **options)

    agree(call, [x], [lazy(draw, x)])


@pytest.mark.parametrize("name", ORDER)
@SETTINGS
@given(st.data())
def test_order(name, data):
    draw = data.draw
    shape = draw(shapes())
    x = draw(arrays(shape))
    options = {"mode": draw(st.sampled_from(MODES)), "cval": 3}
    structure = name.startswith(("grey", "morph", "white", "black"))
    if name.endswith("1d"):
        size = draw(st.integers(1, 30))
        options |= {"size": size, "axis": -1, "origin": origin_of(draw, size)}
    elif draw(st.booleans()):
        sizes = [draw(st.integers(1, 6)) for _ in shape]
        options |= {"size": sizes, "origin": [origin_of(draw, n) for n in sizes]}
    else:
        sizes = [draw(st.integers(1, 4)) for _ in shape]
        marks = draw(arrays(sizes, ("u1",))) > 15
        marks.flat[0] = True
        options |= {"footprint": marks}
        if structure and draw(st.booleans()):
            options["structure"] = draw(arrays(sizes, ("i2",)))
            options["footprint"] = None
    if name == "percentile_filter":
        options["percentile"] = draw(st.integers(0, 100))
    if name == "rank_filter":
        options["rank"] = 0 if draw(st.booleans()) else -1

    def call(image):
        return getattr(ndimage, name)(image, **options)

    agree(call, [x], [lazy(draw, x)], exact=True)


@pytest.mark.parametrize("name", BINARY)
@SETTINGS
@given(st.data())
def test_binary(name, data):
    draw = data.draw
    shape = draw(shapes())
    x = draw(arrays(shape, ("u1",))) > 20
    sizes = [draw(st.integers(1, 4)) for _ in shape]
    marks = draw(arrays(sizes, ("u1",))) > 10
    marks.flat[-1] = True
    options = {
        "structure": draw(st.sampled_from((None, marks))),
        "iterations": draw(st.integers(1, 4)), "border_value": draw(st.integers(0, 1)),
    }  # fmt: skip
    masks = [draw(arrays(shape, ("u1",))) > 5] if draw(st.booleans()) else []

    def call(image, mask=None):
        return getattr(ndimage, name)(image, mask=mask, **options)

    agree(call, [x, *masks], [lazy(draw, a) for a in (x, *masks)])


def test_dtype_of_the_result():
    x = np.arange(200, dtype="u1").reshape(10, 20)
    for output in (float, "float32", np.dtype("f4")):
        def call(image, output=output):
            return ndimage.sobel(image, output=output)

        agree(call, [x], [lazy_in(x, 6)])


def lazy_in(array, size):
    import dask.array as da

    return da.from_array(array, chunks=size)


@pytest.mark.parametrize("dtype", [*INTEGERS, "c16", "f8"])
def test_dtypes_that_scipy_filters(dtype):
    x = (np.arange(600) % 77).reshape(20, 30).astype(dtype)
    names = ("gaussian_filter",) if dtype == "c16" else ("gaussian_filter", "maximum_filter")
    for name in names:
        agree(lambda a, name=name: getattr(ndimage, name)(a, 3), [x], [lazy_in(x, 7)])
