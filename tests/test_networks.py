"""Test layers of well-known networks at their real sizes, by random samples."""

import numpy as np
import oracle
import pytest
from numpy.testing import assert_allclose
from oracle import assert_matches

import fastconv as fc

LAYERS = [
    ("lenet", (1, 1, 28, 28), (6, 1, 5, 5), {"padding": 2, "activation": "sigmoid"}),
    ("alexnet-1", (1, 3, 224, 224), (64, 3, 11, 11), {"stride": 4, "padding": 2}),
    ("alexnet-2", (1, 64, 27, 27), (192, 64, 5, 5), {"padding": 2, "activation": "relu"}),
    ("vgg", (1, 64, 56, 56), (128, 64, 3, 3), {"padding": 1, "activation": "relu"}),
    ("nin", (1, 96, 27, 27), (96, 96, 1, 1), {"activation": "relu"}),
    ("googlenet-5x5", (1, 16, 28, 28), (32, 16, 5, 5), {"padding": 2}),
    ("resnet-1", (1, 3, 224, 224), (64, 3, 7, 7), {"stride": 2, "padding": 3}),
    ("resnet-3x3", (1, 128, 28, 28), (128, 128, 3, 3), {"padding": 1}),
    ("resnet-shortcut", (1, 128, 28, 28), (256, 128, 1, 1), {"stride": 2}),
    ("densenet", (1, 128, 28, 28), (32, 128, 3, 3), {"padding": 1}),
    ("senet-squeezed", (1, 256, 1, 1), (16, 256, 1, 1), {"activation": "relu"}),
    ("senet-excited", (1, 16, 1, 1), (256, 16, 1, 1), {"activation": "sigmoid"}),
    ("shufflenet-1x1", (1, 240, 28, 28), (60, 80, 1, 1), {"groups": 3}),
    ("shufflenet-depthwise", (1, 60, 28, 28), (60, 1, 3, 3), {"groups": 60, "stride": 2,
     "padding": 1}),
]  # fmt: skip


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize(
    ("shape", "weight", "options"), [line[1:] for line in LAYERS], ids=[line[0] for line in LAYERS]
)
def test_convolutions_of_networks(rng, shape, weight, options):
    x = rng.standard_normal(shape).astype("f4")
    w = (rng.standard_normal(weight) / np.sqrt(np.prod(weight[1:]))).astype("f4")
    y = fc.conv2d(x, w, **options)
    options = dict(options)
    pad, stride = options.pop("padding", 0), options.pop("stride", 1)
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    groups = options.pop("groups", 1)
    taps = weight[2]
    for _ in range(25):
        k, i, j = (rng.integers(n) for n in y.shape[1:])
        first = k // (weight[0] // groups) * weight[1]
        window = padded[
            :, first : first + weight[1], i * stride : i * stride + taps,
            j * stride : j * stride + taps,
        ]  # fmt: skip
        expected = oracle.conv2d(window, w[k : k + 1], **options)
        assert_allclose(y[0, k, i, j], expected[0, 0, 0, 0], atol=5e-5)


POOLINGS = [
    ("lenet", "avg_pool2d", (1, 6, 28, 28), {"kernel_size": 2, "stride": 2}),
    ("alexnet", "max_pool2d", (1, 8, 55, 55), {"kernel_size": 3, "stride": 2}),
    ("vgg", "max_pool2d", (1, 8, 28, 28), {"kernel_size": 2, "stride": 2}),
    ("nin", "adaptive_avg_pool2d", (1, 10, 5, 5), {"output_size": 1}),
    ("googlenet-inception", "max_pool2d", (1, 4, 28, 28), {"kernel_size": 3, "stride": 1,
     "padding": 1}),
    ("googlenet-ceil", "max_pool2d", (1, 4, 56, 56), {"kernel_size": 3, "stride": 2,
     "ceil_mode": True}),
    ("resnet", "max_pool2d", (1, 4, 56, 56), {"kernel_size": 3, "stride": 2, "padding": 1}),
    ("resnet-global", "avg_pool2d", (1, 32, 7, 7), {"kernel_size": 7}),
    ("densenet-transition", "avg_pool2d", (1, 16, 28, 28), {"kernel_size": 2, "stride": 2}),
    ("senet-squeeze", "adaptive_avg_pool2d", (1, 32, 14, 14), {"output_size": 1}),
    ("shufflenet", "avg_pool2d", (1, 8, 28, 28), {"kernel_size": 3, "stride": 2, "padding": 1}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("op", "shape", "options"), [line[1:] for line in POOLINGS], ids=[p[0] for p in POOLINGS]
)
def test_poolings_of_networks(rng, op, shape, options):
    x = rng.standard_normal(shape).astype("f4")
    assert_matches(getattr(fc, op)(x, **options), getattr(oracle, op)(x, **options), dtype="f4")
