"""fastconv.ndimage against scipy.ndimage in corners: axes of one element."""

import numpy as np
import pytest
import scipy.ndimage
from faces import assert_same, random_array

from fastconv import ndimage

MODES = ("reflect", "constant", "nearest", "mirror", "wrap", "grid-wrap")


@pytest.fixture
def rng():
    return np.random.default_rng(31)


def both(name):
    return getattr(ndimage, name), getattr(scipy.ndimage, name)


# ------------------------------------------------------------------------- maxima and minima


@pytest.mark.parametrize("name", ["minimum_filter", "maximum_filter"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", ["b", "H", "i", "Q", "f", "d"])
def test_ranks_along_an_axis_of_one_element(rng, name, mode, dtype):
    ours, theirs = both(name)
    for shape in ((8, 1), (1, 8), (4, 1, 5)):
        x = np.abs(random_array(rng, shape, dtype))
        for size in ((3, 2, 3), (2, 3, 2), (3, 4, 1)):
            window = size[: x.ndim]
            for keywords in ({"size": window}, {"footprint": np.ones(window, bool)}):
                keywords |= {"mode": mode, "cval": 100}
                expected = theirs(x, **keywords)
                for algorithm in ("auto", "direct", "doubling", "naive"):
                    assert_same(ours(x, algorithm=algorithm, **keywords), expected)


@pytest.mark.parametrize("dtype", ["b", "B", "h", "H", "i", "I", "q", "Q", "f", "d"])
def test_naive_minima(rng, dtype):
    x = random_array(rng, (7, 9), dtype)
    if x.dtype.kind in "iu":
        x[2, 3:5] = np.iinfo(dtype).min, np.iinfo(dtype).max
    for mode in MODES:
        for size in (5, (2, 3)):
            expected = scipy.ndimage.minimum_filter(x, size, mode=mode)
            assert_same(ndimage.minimum_filter(x, size, mode=mode, algorithm="naive"), expected)
