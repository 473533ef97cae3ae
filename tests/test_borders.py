"""Test `Borders` against `numpy.pad`."""

import numpy as np
import pytest

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
