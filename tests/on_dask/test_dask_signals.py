"""Test that filters of signals compute the same of Dask's arrays as of NumPy's."""

import numpy as np
import pytest
from blocks import SETTINGS, agree, arrays, lazy
from hypothesis import given
from hypothesis import strategies as st

from fastconv import signal

DTYPES = ("f4", "f8", "i8", "c16")
EXTENSIONS = (
    "constant", "wrap", "edge", "symmetric", "reflect", "antisymmetric", "antireflect", "smooth",
)  # fmt: skip


def signals(draw, dtypes=DTYPES):
    """Draw a signal and one of its axes."""
    shape = tuple(draw(st.lists(st.integers(1, 60), min_size=1, max_size=2)))
    return draw(arrays(shape, dtypes)), draw(st.integers(0, len(shape) - 1))


@SETTINGS
@given(st.data())
def test_upfirdn(data):
    draw = data.draw
    x, axis = signals(draw)
    h = draw(arrays((draw(st.integers(1, 25)),), ("f8",)))
    up, down = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    mode = draw(st.sampled_from(EXTENSIONS))
    agree(lambda a: signal.upfirdn(h, a, up, down, axis, mode), [x], [lazy(draw, x)])


@SETTINGS
@given(st.data())
def test_resample_poly(data):
    draw = data.draw
    x, axis = signals(draw)
    up, down = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    window = draw(st.sampled_from((("kaiser", 5.0), "hann", np.array([1.0, 3, 2, 1]))))
    padtype = draw(st.sampled_from(EXTENSIONS))

    def call(a):
        return signal.resample_poly(a, up, down, axis, window, padtype)

    agree(call, [x], [lazy(draw, x)], bound=2e-5)


@SETTINGS
@given(st.data())
def test_decimate(data):
    draw = data.draw
    x, axis = signals(draw)
    q, n, zero = draw(st.integers(2, 6)), draw(st.sampled_from((None, 2, 7))), draw(st.booleans())
    agree(lambda a: signal.decimate(a, q, n, "fir", axis, zero), [x], [lazy(draw, x)])


@SETTINGS
@given(st.data())
def test_lfilter(data):
    draw = data.draw
    x, axis = signals(draw, ("f4", "f8", "c16"))
    b = draw(arrays((draw(st.integers(2, 25)),), ("f8",)))
    agree(lambda a: signal.lfilter(b, [2.0], a, axis), [x], [lazy(draw, x)])
    state = [n if i != axis else b.size - 1 for i, n in enumerate(x.shape)]
    if draw(st.booleans()):
        state = [n if i == axis else 1 for i, n in enumerate(state)]
    zi = draw(arrays(state, ("f8",)))
    agree(lambda a: signal.lfilter(b, 2.0, a, axis, zi), [x], [lazy(draw, x)])


@SETTINGS
@given(st.data())
def test_filtfilt(data):
    draw = data.draw
    x, axis = signals(draw)
    b = draw(arrays((draw(st.integers(1, 12)),), ("f8",)))
    padtype = draw(st.sampled_from(("odd", "even", "constant", None)))
    padlen = draw(st.sampled_from((None, 0, 3, 11, 20)))
    agree(lambda a: signal.filtfilt(b, 1, a, axis, padtype, padlen), [x], [lazy(draw, x)])


@SETTINGS
@given(st.data())
def test_savgol_filter(data):
    draw = data.draw
    x, axis = signals(draw, ("f4", "f8", "i8"))
    window = draw(st.integers(1, 15))
    order = draw(st.integers(0, max(min(window - 1, 4), 0)))
    mode = draw(st.sampled_from(("interp", "mirror", "constant", "nearest", "wrap")))

    def call(a):
        return signal.savgol_filter(a, window, order, axis=axis, mode=mode, cval=2.0)

    agree(call, [x], [lazy(draw, x)], bound=2e-5)


@SETTINGS
@given(st.data())
def test_sepfir2d(data):
    draw = data.draw
    shape = draw(st.tuples(st.integers(2, 30), st.integers(2, 30)))
    x = draw(arrays(shape, ("f4", "f8", "u1")))
    row, column = (np.arange(1.0, 2 * draw(st.integers(0, 6)) + 2) for _ in range(2))
    row, column = row.astype("f4"), column.astype("f4")
    agree(lambda a: signal.sepfir2d(a, row, column), [x], [lazy(draw, x)])


@pytest.mark.parametrize("padtype", ("mean", "median", "line"))
def test_extensions_that_need_the_whole_signal(padtype):
    import dask.array as da

    x = np.random.default_rng(0).random((9, 50))
    with pytest.raises(TypeError, match="whole signal"):
        signal.resample_poly(da.from_array(x, chunks=(3, 20)), 3, 2, axis=1, padtype=padtype)

    def call(a):
        return signal.resample_poly(a, 3, 2, axis=1, padtype=padtype)

    agree(call, [x], [da.from_array(x, chunks=(3, -1))])
