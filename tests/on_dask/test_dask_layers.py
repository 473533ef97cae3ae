"""Test that layers, poolings and gradients compute the same of Dask's arrays as of NumPy's."""

import numpy as np
import pytest
from blocks import SETTINGS, agree, arrays, lazy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import fastconv as fc

DTYPES = ("f4", "f8", "i8", "f2", "c16")


class Layer:
    """A random layer: arrays of input and weight, and its options."""

    def __init__(self, draw, dims):
        self.dims = dims
        groups = draw(st.sampled_from((1, 1, 1, 2)))
        self.channels = groups * draw(st.integers(1, 3))
        sizes = [draw(st.integers(1, (40, 15, 8)[dims - 1])) for _ in range(dims)]
        self.kernel = [draw(st.integers(1, 4)) for _ in range(dims)]
        batch = [draw(st.integers(0, 3))] if draw(st.integers(0, 4)) else []
        self.x = draw(arrays((*batch, self.channels, *sizes), DTYPES))
        weight = (2 * groups, self.channels // groups, *self.kernel)
        self.weight = draw(arrays(weight, ("f4", "f8", "i8")))
        self.options = {
            "stride": [draw(st.integers(1, 3)) for _ in range(dims)],
            "padding": draw(st.sampled_from((
                0, 1, "same", "full", "valid", [(draw(st.integers(0, 3)), 2)] * dims,
            ))),
            "dilation": draw(st.integers(1, 2)), "groups": groups,
            "padding_mode": draw(st.sampled_from(("zeros", "reflect", "replicate", "circular"))),
        }  # fmt: skip

    def __call__(self, x, bias=None, **more):
        return getattr(fc, f"conv{self.dims}d")(x, self.weight, bias, **self.options, **more)


@pytest.mark.parametrize("dims", (1, 2, 3))
@SETTINGS
@given(st.data())
def test_convolution(dims, data):
    draw = data.draw
    layer = Layer(draw, dims)
    bias = draw(st.sampled_from((None, np.arange(len(layer.weight), dtype="f4"))))
    activation = draw(st.sampled_from((None, None, "tanh")))

    def call(a, add=None):
        return layer(a, bias, activation=activation, add=add)

    agree(call, [layer.x], [lazy(draw, layer.x)], bound=2e-5)
    try:
        y = layer(layer.x, bias)
    except ValueError:
        assume(False)
    agree(call, [layer.x, y], [lazy(draw, layer.x), lazy(draw, y)], bound=2e-5)


@pytest.mark.parametrize("dims", (1, 2, 3))
@settings(SETTINGS, max_examples=SETTINGS.max_examples // 3)  # graphs of folded borders are large
@given(st.data())
def test_gradients(dims, data):
    draw = data.draw
    layer = Layer(draw, dims)
    try:
        y = layer(layer.x)
    except ValueError:
        assume(False)
    grad = draw(arrays(y.shape, ("f4", "f8", "i8")))

    def of_weight(x, g):
        function = getattr(fc.grad, f"conv{dims}d_weight")
        return function(x, layer.weight.shape, g, **layer.options)

    def of_input(g):
        function = getattr(fc.grad, f"conv{dims}d_input")
        return function(layer.x.shape, layer.weight, g, **layer.options)

    agree(of_weight, [layer.x, grad], [lazy(draw, layer.x), lazy(draw, grad)], bound=3e-5)
    agree(of_weight, [layer.x, grad], [layer.x, lazy(draw, grad)], bound=3e-5)
    agree(of_input, [grad], [lazy(draw, grad)], bound=3e-5)


@pytest.mark.parametrize("dims", (1, 2, 3))
@pytest.mark.parametrize("name", ("max", "avg", "lp"))
@SETTINGS
@given(st.data())
def test_poolings(name, dims, data):
    draw = data.draw
    layer = Layer(draw, dims)
    options = {
        "stride": draw(st.sampled_from((None, layer.options["stride"]))),
        "padding": draw(st.sampled_from((0, 1, "same", [(0, 1)] * dims))),
        "dilation": layer.options["dilation"], "ceil_mode": draw(st.booleans()),
    }  # fmt: skip
    if name == "avg":
        options["count_include_pad"] = draw(st.booleans())
    if name == "max":
        options["return_indices"] = draw(st.booleans())
    first = (2.5,) if name == "lp" else ()

    def call(a):
        return getattr(fc, f"{name}_pool{dims}d")(a, *first, layer.kernel, **options)

    agree(call, [layer.x], [lazy(draw, layer.x)], exact=name == "max")


@pytest.mark.parametrize("dims", (1, 2, 3))
@SETTINGS
@given(st.data())
def test_other_poolings(dims, data):
    draw = data.draw
    layer = Layer(draw, dims)
    x, size = layer.x, draw(st.integers(1, 4))

    def averages(a):
        return getattr(fc, f"adaptive_avg_pool{dims}d")(a, size)

    def maxima(a):
        return getattr(fc, f"adaptive_max_pool{dims}d")(a, size, True)

    def most(a):
        return fc.maxout(a, layer.channels, axis=-dims - 1)

    for call in (averages, maxima, most):
        agree(call, [x], [lazy(draw, x)])
    outcome = [2] * dims
    if min(x.shape[-dims:]) < 2 or x.dtype.kind == "c":
        return
    pooled, index = getattr(fc, f"max_pool{dims}d")(x, outcome, return_indices=True)

    def back(a, i):
        return getattr(fc, f"max_unpool{dims}d")(a, i, outcome, output_size=x.shape[-dims:])

    agree(back, [pooled, index], [lazy(draw, pooled), lazy(draw, index)], exact=True)


@SETTINGS
@given(st.data())
def test_planar_poolings(data):
    draw = data.draw
    layer = Layer(draw, 2)
    x, kernel = layer.x, layer.kernel
    weights = np.arange(1.0, 1 + np.prod(kernel)).reshape(kernel)
    agree(lambda a: fc.weighted_pool2d(a, weights, 1, "full"), [x], [lazy(draw, x)])
    agree(lambda a: fc.unfold(a, kernel), [x], [lazy(draw, x)])
    try:
        blocks = fc.unfold(x, kernel)
    except ValueError:
        return
    agree(lambda a: fc.fold(a, x.shape[-2:], kernel), [blocks], [lazy(draw, blocks)])
