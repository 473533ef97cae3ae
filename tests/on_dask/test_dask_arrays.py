"""Test that what Dask computes is refused by name, before NumPy computes all of it."""

from operator import attrgetter

import numpy as np
import pytest
from cases import oracle_function
from refusals import OPERATIONS, named_arguments

import fastconv as fc
from fastconv import kernels, linalg, ndimage, signal


class Lazy:
    """A class with the protocols of Dask's collections: a graph, and NumPy's `__array__`."""

    __module__ = "dask.array.core"

    def __init__(self, shape, graph=True):
        self.shape, self.ndim, self.dtype = shape, len(shape), np.dtype(float)
        self.graph = {"name": None} if graph else None

    def __dask_graph__(self):
        return self.graph

    def __array__(self, dtype=None, copy=None):
        if self.graph is not None:
            raise AssertionError("it was computed")
        return np.ones(self.shape)


@pytest.mark.parametrize("op", OPERATIONS)
def test_functions(op):
    good = named_arguments(op)
    arrays = [n for n in oracle_function(op)[1] if isinstance(good.get(n), np.ndarray)]
    for name in arrays:
        lazy = Lazy(good[name].shape)
        with pytest.raises(TypeError, match=rf"^{name} is a dask Lazy .*{name}\.compute\(\)"):
            attrgetter(op)(fc)(**good | {name: lazy})


IMAGE, LINE, KERNEL = np.ones((9, 8)), np.ones(9), np.ones((3, 3))
FACES = [
    ("in1", lambda a: fc.convolve(a, KERNEL), (9, 8)),
    ("in2", lambda a: fc.correlate(IMAGE, a, method="fft"), (3, 3)),
    ("in1", lambda a: fc.convolve(a, KERNEL, algorithm="scipy"), (9, 8)),
    ("image", lambda a: fc.match_template(a, KERNEL), (9, 8)),
    ("template", lambda a: fc.match_template(IMAGE, a), (3, 3)),
    ("in1", lambda a: signal.convolve(a, KERNEL), (9, 8)),
    ("in2", lambda a: signal.fftconvolve(IMAGE, a), (3, 3)),
    ("in1", lambda a: signal.oaconvolve(a, KERNEL), (9, 8)),
    ("in1", lambda a: signal.convolve2d(a, KERNEL), (9, 8)),
    ("in2", lambda a: signal.correlate2d(IMAGE, a), (3, 3)),
    ("h", lambda a: signal.upfirdn(a, LINE, 2), (3,)),
    ("x", lambda a: signal.upfirdn(np.ones(3), a, 2, 3), (9,)),
    ("b", lambda a: signal.lfilter(a, 1, LINE), (3,)),
    ("x", lambda a: signal.filtfilt([1, 2], 1, a), (9,)),
    ("x", lambda a: signal.savgol_filter(a, 5, 2), (9,)),
    ("x", lambda a: signal.resample_poly(a, 3, 2), (9,)),
    ("x", lambda a: signal.decimate(a, 2), (9,)),
    ("input", lambda a: signal.sepfir2d(a, [1], [1]), (9, 8)),
    ("input", lambda a: ndimage.correlate(a, KERNEL), (9, 8)),
    ("weights", lambda a: ndimage.convolve(IMAGE, a), (3, 3)),
    ("weights", lambda a: ndimage.convolve1d(IMAGE, a), (3,)),
    ("output", lambda a: ndimage.correlate(IMAGE, KERNEL, output=a), (9, 8)),
    ("input", lambda a: ndimage.gaussian_filter(a, 1), (9, 8)),
    ("input", lambda a: ndimage.gaussian_filter(a, 1, algorithm="scipy"), (9, 8)),
    ("input", lambda a: ndimage.gaussian_filter1d(a, 1), (9, 8)),
    ("input", lambda a: ndimage.uniform_filter(a, 3), (9, 8)),
    ("input", lambda a: ndimage.uniform_filter1d(a, 3), (9, 8)),
    ("input", ndimage.sobel, (9, 8)),
    ("input", ndimage.prewitt, (9, 8)),
    ("input", ndimage.laplace, (9, 8)),
    ("input", lambda a: ndimage.gaussian_laplace(a, 1), (9, 8)),
    ("input", lambda a: ndimage.gaussian_gradient_magnitude(a, 1), (9, 8)),
    ("input", lambda a: ndimage.maximum_filter(a, 3), (9, 8)),
    ("footprint", lambda a: ndimage.minimum_filter(IMAGE, footprint=a), (3, 3)),
    ("input", lambda a: ndimage.minimum_filter1d(a, 3), (9, 8)),
    ("kernel", lambda a: linalg.toeplitz(a, 5), (3,)),
    ("weight", lambda a: linalg.linear_operator(a, (1, 9)), (1, 1, 3)),
    ("kernel", kernels.separate, (3, 3)),
    ("input", lambda a: fc.plan("conv1d", input=a, weight=(1, 1, 3)), (1, 1, 9)),
    ("weight", lambda a: fc.plan("conv1d", input=(1, 1, 9), weight=a), (1, 1, 3)),
    ("weight", lambda a: fc.compare("conv1d", np.ones((1, 1, 9)), a), (1, 1, 3)),
]


@pytest.mark.parametrize(("name", "call", "shape"), FACES, ids=range(len(FACES)))
def test_faces(name, call, shape):
    with pytest.raises(TypeError, match=rf"^{name} is a dask Lazy .*map_overlap"):
        call(Lazy(shape))


def test_what_holds_no_graph_is_an_array():
    """Containers of other arrays have Dask's protocol, too, but return None."""
    line = Lazy((9,), graph=False)
    assert fc.convolve(line, [1.0, 1.0]).sum() == 18
    assert ndimage.uniform_filter(line, 3).sum() == 9
    assert fc.max_pool1d(Lazy((1, 9), graph=False), 3).shape == (1, 3)


def test_dask_itself():
    """Test what takes no arrays of Dask; `tests/on_dask` tests what does."""
    dask = pytest.importorskip("dask.array")
    x = dask.ones((1, 2, 9), chunks=3)
    with pytest.raises(TypeError, match="input is a dask Array"):
        fc.plan("conv1d", input=x, weight=(1, 2, 3))
    with pytest.raises(TypeError, match="conv_transpose1d of an array of Dask"):
        fc.conv_transpose1d(x, np.ones((2, 1, 3)))
