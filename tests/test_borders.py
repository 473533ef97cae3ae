"""Test `Borders` against `numpy.pad`, and borders that are many times as long as the image."""

import numpy as np
import pytest
import scipy.signal

import fastconv as fc
from fastconv.algorithms.borders import Borders


@pytest.mark.parametrize("modes", [("symmetric", "wrap"), ("reflect", "edge"), ("constant", "wrap"),
                                   ("wrap", "constant"), ("edge", "symmetric")])  # fmt: skip
@pytest.mark.parametrize("order", [(0, 2), (2, 0)])
def test_as_numpy(modes, order):
    x = np.arange(60.0).reshape(3, 4, 5)
    for left in range(7):
        for right in (0, 1, 2, 3, 5, 11):
            borders, expected = [], x
            for axis, mode in zip(order, modes, strict=True):
                widths = [(0, 0)] * 3
                widths[axis] = (left, right)
                borders.append((widths, mode))
                values = {"constant_values": 7} if mode == "constant" else {}
                expected = np.pad(expected, widths, mode, **values)
            np.testing.assert_array_equal(Borders(x.shape, borders)(x, 7), expected)


@pytest.mark.parametrize("boundary, pad", [("wrap", "wrap"), ("symm", "symmetric"),
                                           ("mirror", "reflect"), ("nearest", "edge"),
                                           ("fill", "constant")])  # fmt: skip
@pytest.mark.parametrize("algorithm", ["direct", "im2col", "implicit_gemm"])
def test_images_that_are_repeated_many_times(boundary, pad, algorithm):
    rng = np.random.default_rng(0)
    for shape, taps in (((7,), (5,)), ((5, 6), (3, 4)), ((4, 5, 3), (3, 4, 1)), ((1, 9), (2, 3))):
        for dilation in (1, 23):
            x, w = rng.standard_normal(shape), rng.standard_normal(taps)
            spread = np.zeros([(t - 1) * dilation + 1 for t in taps])
            spread[tuple(slice(None, None, dilation) for _ in taps)] = w
            wide = np.pad(x, [(n - 1, n - 1) for n in spread.shape], pad)
            expected = scipy.signal.convolve(wide, spread, "valid", method="direct")
            options = {"boundary": boundary, "dilation": dilation, "algorithm": algorithm}
            result = fc.convolve(x, w, **options)
            np.testing.assert_allclose(result, expected, atol=1e-12)
