"""Test graphs of results before any task runs: their size, names and kinds; what is refused."""

import pickle
import subprocess
import sys

import dask.array as da
import numpy as np
import pytest
from blocks import same
from dask.base import tokenize

import fastconv as fc
import fastconv.dask
from fastconv import grad, ndimage, signal
from fastconv.dask import graph

KERNEL = np.ones((3, 3))


def never(block):
    raise AssertionError("a task ran")


def unread(shape=(60, 50), chunks=(20, 25), dtype=float):
    """Return an array whose blocks cannot be computed."""
    made = da.zeros(shape, chunks=chunks, dtype=dtype)
    return made.map_blocks(never, dtype=dtype, meta=np.empty((0,) * len(shape), dtype))


def own_tasks(result, *sources):
    """Return the number of tasks of a result that are not those of its sources."""
    known = set()
    for source in sources:
        known |= set(source.__dask_graph__())
    return len(set(result.__dask_graph__()) - known)


CALLS = [
    lambda x: ndimage.gaussian_filter(x, 2),
    lambda x: ndimage.gaussian_filter(x, 2, mode="wrap"),
    lambda x: ndimage.white_tophat(x, 5),
    lambda x: ndimage.gaussian_gradient_magnitude(x, 1),
    lambda x: fc.convolve(x, KERNEL, stride=2),
    lambda x: signal.lfilter(np.ones(9), 1, x),
    lambda x: signal.resample_poly(x, 3, 2),
]


@pytest.mark.parametrize("call", CALLS)
def test_one_task_per_block(call):
    x = unread()
    result = call(x)
    kernels = 3 * 2  # the call itself, and kernels in one chunk each
    assert own_tasks(result, x) <= result.npartitions + kernels
    assert result._meta.shape == (0, 0) and isinstance(result._meta, np.ndarray)


def test_large_blocks_are_cut_for_their_neighbours(monkeypatch):
    rng = np.random.default_rng(0)
    x = rng.random((30, 40, 20))
    lazy = da.from_array(x, chunks=(10, 20, 10))
    monkeypatch.setattr(graph, "CUT_BYTES", 0)
    monkeypatch.setattr(graph, "KEPT_BYTES", 0)
    for mode in ("reflect", "wrap"):
        result = ndimage.gaussian_filter(lazy, 0.5, mode=mode)
        assert own_tasks(result, lazy) == 2 * result.npartitions + 1  # a task cuts all strips
        same(result, ndimage.gaussian_filter(x, 0.5, mode=mode))
    # what reaches far needs whole blocks
    far = ndimage.gaussian_filter(lazy, 5)
    assert own_tasks(far, lazy) == far.npartitions + 1
    same(far, ndimage.gaussian_filter(x, 5))
    same(fc.correlate(lazy, np.ones((3, 4, 5)), "full"), fc.correlate(x, np.ones((3, 4, 5))))


def test_blocks_of_files_are_read_twice_if_strips_are_thin(monkeypatch):
    monkeypatch.setattr(graph, "CUT_BYTES", 0)
    monkeypatch.setattr(graph, "KEPT_BYTES", 0)
    read = da.random.default_rng(0).random((90, 90), chunks=30)
    right = ndimage.maximum_filter(read.compute(), 3)
    result = ndimage.maximum_filter(read, 3)
    assert own_tasks(result, read) == 3 * result.npartitions + 1
    same(result, right, exact=True)
    computed = read + 0
    result = ndimage.maximum_filter(computed, 3)
    assert own_tasks(result, computed) == 2 * result.npartitions + 1
    same(result, right, exact=True)
    wide = ndimage.maximum_filter(read, 13)
    assert own_tasks(wide, read) == 2 * wide.npartitions + 1


def test_names_are_deterministic():
    x = da.from_array(np.arange(100.0).reshape(10, 10), chunks=3)
    for call in CALLS:
        assert call(x).name == call(x).name
        assert tokenize(call(x)) == tokenize(call(x))
    names = {ndimage.gaussian_filter(x, sigma, mode=mode).name
             for sigma in (1, 2) for mode in ("wrap", "reflect")}  # fmt: skip
    assert len(names) == 4
    assert fc.convolve(x, KERNEL).name != fc.convolve(x, 2 * KERNEL).name
    assert fc.convolve(x, KERNEL).name != fc.convolve(x, KERNEL, algorithm="naive").name


def test_a_task_is_small():
    """Test that kernels and options are in tasks of their own, which workers get once."""
    x = unread((1000, 1000), 100)
    result = fc.convolve(x, np.ones((99, 99)))
    task = result.__dask_graph__()[(result.name, 3, 3)]
    assert len(pickle.dumps(task)) < 6000


@pytest.mark.parametrize(("chunks", "mode", "expected"), [
    (((10, 20, 30), (25, 25)), "same", ((10, 20, 30), (25, 25))),
    (((10, 20, 30), (25, 25)), "full", ((11, 20, 31), (26, 26))),
    (((10, 20, 30), (25, 25)), "valid", ((9, 20, 29), (24, 24))),
])  # fmt: skip
def test_chunks_follow_those_of_the_input(chunks, mode, expected):
    assert fc.convolve(unread(chunks=chunks), KERNEL, mode).chunks == expected


def test_chunks_of_strides():
    x = unread((100, 100), 50)
    assert fc.convolve(x, KERNEL, "same", stride=2).chunks == ((25, 25), (25, 25))
    layer = fc.conv2d(unread((2, 3, 64, 64), 32), np.ones((4, 3, 3, 3)), stride=2, padding=1)
    assert layer.chunks == ((2,), (4,), (16, 16), (16, 16))
    pooled = fc.max_pool2d(unread((1, 2, 60, 60), 20), 2)
    assert pooled.chunks == ((1,), (2,), (10, 10, 10), (10, 10, 10))
    assert signal.upfirdn([1, 1], unread((90,), 30), up=2, down=3).chunks == ((20, 20, 20),)


def test_chunks_of_no_elements():
    """Test arrays in such chunks as a selection leaves."""
    rng = np.random.default_rng(0)
    image, line, layer = rng.random((12, 11)), rng.random(17), rng.random((2, 2, 7, 4))
    planes, samples = ((3, 0, 9), (0, 11)), ((0, 3, 0, 14),)
    batches = (2, 0), (1, 0, 1), (3, 0, 4), (0, 4)
    state = np.ones(1)
    for array, chunks, call in (
        (image, planes, lambda x: ndimage.gaussian_filter(x, 2, mode="wrap")),
        (image, planes, lambda x: fc.convolve(x, KERNEL, "same", stride=2)),
        (image, planes, lambda x: fc.correlate(x, KERNEL, mask=image > 0.5)),
        (line, samples, lambda x: signal.lfilter([1.0, 2.0], 1, x, zi=state)[0]),
        (line, samples, lambda x: signal.lfilter([1.0, 2.0], 1, x, zi=state)[1]),
        (line, samples, lambda x: signal.filtfilt([1.0, 2.0], 1, x)),
        (line, samples, lambda x: signal.resample_poly(x, 3, 2)),
        (layer, batches, lambda x: fc.conv2d(x, np.ones((2, 2, 3, 3)), padding=1)),
        (layer, batches, lambda x: fc.max_pool2d(x, 2)),
        (layer, batches, lambda x: fc.adaptive_avg_pool2d(x, 2)),
        (layer, batches, lambda x: fc.maxout(x, 2, axis=1)),
        (layer, batches, lambda x: grad.conv2d_input((2, 2, 9, 6), np.ones((2, 2, 3, 3)), x)),
        (layer, batches, lambda x: grad.conv2d_weight(
            np.ones((2, 2, 9, 6)), (2, 2, 3, 3), x)),
    ):  # fmt: skip
        same(call(da.from_array(array, chunks=chunks)), call(array))
    for level in fastconv.dask.pyramid(da.from_array(image, chunks=planes), 3):
        assert all(0 not in own for own in level.chunks[1:])


@pytest.mark.parametrize("shape", ((0, 5), (5, 0), ()))
def test_arrays_without_elements_or_axes(shape):
    x = np.ones(shape)
    lazy = da.from_array(x, chunks=(2,) * len(shape))
    for call in (
        lambda x: ndimage.gaussian_filter(x, 2, output="f4"),
        lambda x: ndimage.maximum_filter(x, 3),
        lambda x: ndimage.correlate(x, np.ones((3,) * x.ndim)),
        lambda x: signal.fftconvolve(x, np.ones((3,) * x.ndim)),
    ):
        same(call(lazy), np.asarray(call(x)))


REFUSED = [
    (ValueError, "input has unknown chunk sizes", lambda x: ndimage.sobel(x[x[:, 0] > 0])),
    (ValueError, "in1 has unknown chunk sizes", lambda x: fc.convolve(x[x[:, 0] > 0], KERNEL)),
    (ValueError, "x has unknown chunk sizes", lambda x: signal.upfirdn([1.0], x[x[:, 0] > 0])),
    (ValueError, "in2 has 6 chunks", lambda x: fc.convolve(x, x)),
    (ValueError, "weights has 6 chunks", lambda x: ndimage.correlate(x, x)),
    (ValueError, "h has 6 chunks", lambda x: signal.upfirdn(x, x)),
    (ValueError, "weight has 4 chunks", lambda x: fc.conv1d(x, unread((2, 60, 4), (2, 60, 1)))),
    (ValueError, "template has 6 chunks", lambda x: fc.match_template(x, x)),
    (TypeError, "in1 has dtype object", lambda x: fc.convolve(x.astype(object), KERNEL)),
    (TypeError, "input has dtype object", lambda x: ndimage.sobel(x.astype(object))),
    (TypeError, "input has dtype <U4", lambda x: ndimage.sobel(x.astype("<U4"))),
    (ValueError, "stride", lambda x: fc.convolve(x, KERNEL, stride=-1)),
    (ValueError, "stride", lambda x: fc.conv1d(x, np.ones((2, 60, 3)), stride=-1)),
    (TypeError, "out is", lambda x: fc.convolve(x, KERNEL, out=np.ones((62, 52)))),
    (TypeError, "out is", lambda x: ndimage.sobel(x, out=np.ones((60, 50)))),
    (TypeError, "output is an array", lambda x: ndimage.sobel(x, output=np.ones((60, 50)))),
    (TypeError, "output is an array", lambda x: ndimage.sobel(x, output=x)),
    (TypeError, "output is an array", lambda x: ndimage.sobel(np.ones((60, 50)), output=x)),
    (ValueError, "groups", lambda x: fc.conv1d(x, np.ones((2, 60, 3)), groups=7)),
    (ValueError, "num_threads", lambda x: ndimage.sobel(x, num_threads=0)),
    (RuntimeError, "boundary mode", lambda x: ndimage.sobel(x, mode="open")),
    (TypeError, "feedback", lambda x: signal.lfilter([1.0], [1.0, 0.5], x)),
    (TypeError, "feedback", lambda x: signal.filtfilt([1.0], [1.0, 0.5], x)),
    (TypeError, "feedback", lambda x: signal.decimate(x, 2)),
    (TypeError, "until nothing changes", lambda x: ndimage.binary_erosion(x, iterations=0)),
    (TypeError, "not computed block by block", lambda x: fc.conv_transpose1d(
        x, np.ones((60, 2, 3)))),
    (TypeError, "depends on the whole image", lambda x: fc.match_template(
        x, KERNEL, pad_input=True, mode="mean")),
    (TypeError, "numpy.ma", lambda x: ndimage.sobel(da.ma.masked_greater(x, 0.5))),
    (ValueError, "algorithm", lambda x: fc.convolve(x, KERNEL, algorithm="fastest")),
    (ValueError, "algorithm", lambda x: ndimage.sobel(x, algorithm="fastest")),
]  # fmt: skip


@pytest.mark.parametrize(("error", "words", "call"), REFUSED, ids=range(len(REFUSED)))
def test_refused_before_any_task_runs(error, words, call):
    with pytest.raises(error, match=words):
        call(unread())


def test_nothing_runs_before_it_is_asked_for():
    for call in CALLS:
        call(unread())
    layer = unread((4, 6, 20, 20), 3)
    fc.conv2d(layer, np.ones((2, 6, 3, 3)))
    grad.conv2d_weight(layer, (2, 6, 3, 3), unread((4, 2, 18, 18), 5))
    fastconv.dask.pyramid(unread(), 3)


def test_larger_than_any_memory():
    """Test that nothing of the size of the whole array is made or refused."""
    x = da.zeros((1 << 18,) * 3, chunks=(1 << 16,) * 3, dtype="f4")
    assert ndimage.gaussian_filter(x, 2).shape == x.shape
    assert ndimage.maximum_filter(x, 9).dtype == np.float32
    assert fc.convolve(x, np.ones((3, 3, 3), "f4")).shape == ((1 << 18) + 2,) * 3
    line = da.zeros(1 << 45, chunks=1 << 43)
    assert signal.upfirdn([1, 1, 1], line, 3, 2).shape == (((1 << 45) * 3 - 3 + 2) // 2 + 1,)


def test_the_missing_library_is_named():
    code = "import sys; sys.modules['dask.array'] = None\nimport fastconv.dask"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "pip install 'fastconv[dask]'" in done.stderr


def test_importing_fastconv_does_not_import_dask():
    code = "import sys, fastconv; fastconv.ndimage.sobel([[1.0]]); print('dask' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
