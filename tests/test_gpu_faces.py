"""Test the SciPy faces with arrays on a device.

The tests run on CUDA if there is a device, otherwise on its emulation (see `device`).
"""

import device
import numpy as np
import pytest
from device import close

import fastconv as fc
from fastconv import ndimage, signal

pytestmark = pytest.mark.skipif(
    device.runtime() is None, reason="neither a CUDA device nor g++, which emulates one"
)

put, get = device.put, device.get


def test_array_style_functions():
    rng = np.random.default_rng(3)
    a, b = rng.standard_normal((20, 21)), rng.standard_normal((5, 4))
    close(fc.convolve(put(a), put(b)), fc.convolve(a, b))
    close(fc.convolve(put(a), put(b), "same", "fft"), fc.convolve(a, b, "same", "fft"))
    options = {"axes": 0, "boundary": "mirror", "stride": 2}
    close(fc.correlate(put(a), put(b[:, :1]), **options), fc.correlate(a, b[:, :1], **options))
    close(signal.convolve(put(a), put(b), "valid"), signal.convolve(a, b, "valid"))
    close(signal.fftconvolve(put(a), put(b)), signal.fftconvolve(a, b))
    close(
        signal.convolve2d(put(a), put(b), "same", "symm"), signal.convolve2d(a, b, "same", "symm")
    )
    whole = rng.integers(-9, 9, (7, 8))
    assert np.array_equal(get(fc.convolve(put(whole), put(whole))), fc.convolve(whole, whole))


@pytest.mark.parametrize(
    "keywords",
    [{"mask": False}, {"nan_policy": "omit"}, {"normalize": True}, {"output_dtype": "u1"}],
    ids=str,
)
def test_missing_values_are_refused(keywords):
    a, b = put(np.ones((5, 6))), put(np.ones((3, 3)))
    for call in (
        lambda: fc.convolve(a, b, **keywords),
        lambda: fc.plan("correlate", in1=a, in2=b, **keywords),
        lambda: fc.compare("convolve", a, b, **keywords),
    ):
        with pytest.raises(TypeError, match="with mask, nan_policy, normalize or output_dtype"):
            call()


def test_image_filters():
    rng = np.random.default_rng(4)
    a, b = rng.standard_normal((20, 21)), rng.standard_normal((5, 3))
    close(ndimage.convolve(put(a), put(b)), ndimage.convolve(a, b))
    close(
        ndimage.correlate1d(put(a), put(b[:, 0]), axis=0), ndimage.correlate1d(a, b[:, 0], axis=0)
    )
    close(ndimage.gaussian_filter(put(a), 1.5), ndimage.gaussian_filter(a, 1.5))
    close(ndimage.sobel(put(a), axis=0), ndimage.sobel(a, axis=0))
    close(ndimage.maximum_filter(put(a), 3), ndimage.maximum_filter(a, 3))
    out = put(np.empty_like(a))
    assert ndimage.uniform_filter(put(a), 5, out=out) is out
    close(out, ndimage.uniform_filter(a, 5))
    with pytest.raises(fc.UnsupportedAlgorithm, match="cupyx"):
        ndimage.gaussian_filter(put(a), 1.5, algorithm="fft")


def test_keywords_of_faces_are_checked():
    a = put(np.ones((5, 6)))
    for function in (ndimage.gaussian_filter, signal.fftconvolve, fc.convolve):
        with pytest.raises(ValueError, match="num_threads"):
            function(a, 1.0 if function is ndimage.gaussian_filter else a, num_threads=0)
    with pytest.raises(ValueError, match="num_threads"):
        fc.convolve(a, a, method="fft", num_threads=0)


def test_wrapped_faces_are_what_they_were():
    import inspect

    assert str(inspect.signature(ndimage.sobel)).startswith("(input, axis=-1")
    assert ndimage.sobel.__name__ == "sobel" and ndimage.sobel.__doc__
    with pytest.raises(TypeError):
        ndimage.sobel()


def test_linear_algebra():
    rng = np.random.default_rng(5)
    w, x = rng.standard_normal((2, 3, 3, 3)), rng.standard_normal(3 * 6 * 7)
    ours = fc.linalg.linear_operator(put(w), (3, 6, 7), padding=1)
    host = fc.linalg.linear_operator(w, (3, 6, 7), padding=1)
    y = host @ x
    assert ours.shape == host.shape
    assert np.abs(get(ours @ put(x)) - y).max() < 1e-12
    assert np.abs(get(ours.H @ put(y)) - host.H @ y).max() < 1e-12
    matrix = fc.linalg.toeplitz(put(np.array([1.0, -1.0])), 5)
    assert matrix.shape == (6, 5) and matrix.nnz == 10
