"""Test calls with arrays on a device: where they run, what they refuse, and lack of memory.

The tests run on CUDA if there is a device, otherwise on its emulation (see `device`).
"""

import device
import numpy as np
import pytest
from device import close

import fastconv as fc
from fastconv import grad, ndimage, signal
from fastconv.gpu import arrays
from fastconv.gpu.backend import backend_of
from fastconv.gpu.registry import lookup, registry

pytestmark = pytest.mark.skipif(
    device.runtime() is None, reason="neither a CUDA device nor g++, which emulates one"
)
emulated = pytest.mark.skipif(device.cuda() is not None, reason="of the emulation alone")

put, get = device.put, device.get


def test_calls_return_device_arrays(layer):
    x, w = layer
    close(fc.conv2d(put(x), put(w), padding=1), fc.conv2d(x, w, padding=1))
    close(fc.max_pool2d(put(x), 2), fc.max_pool2d(x, 2))
    g = np.ones((2, 6, 10, 11), "f4")
    close(grad.conv2d_weight(put(x), w.shape, put(g)), grad.conv2d_weight(x, w.shape, g))


def test_strides_and_views(layer):
    x, w = layer
    close(fc.conv2d(put(x)[:, :, ::-1, ::2], put(w)), fc.conv2d(x[:, :, ::-1, ::2], w))


def test_out_is_filled_and_returned(layer):
    x, w = layer
    out = put(np.empty((2, 6, 10, 11), "f4"))
    assert fc.conv2d(put(x), put(w), out=out) is out
    close(out, fc.conv2d(x, w))


def test_mixed_arguments_are_refused_by_name(layer):
    x, w = layer
    with pytest.raises(TypeError, match="weight is a numpy.ndarray on the host"):
        fc.conv2d(put(x), w)
    with pytest.raises(TypeError, match="input is a numpy.ndarray on the host"):
        fc.conv2d(x, put(w))
    with pytest.raises(TypeError, match="input is a builtins.list on the host"):
        fc.conv2d(x.tolist(), put(w))
    with pytest.raises(TypeError, match="out must be"):
        fc.conv2d(put(x), put(w), out=np.empty((2, 6, 10, 11), "f4"))
    with pytest.raises(TypeError, match="out must be a numpy.ndarray"):
        fc.conv2d(x, w, out=put(np.zeros((2, 6, 10, 11), "f4")).tolist())
    with pytest.raises(TypeError, match="in2"):
        fc.convolve(put(x), w[0])
    with pytest.raises(TypeError, match="weights"):
        ndimage.correlate(put(x), w)


@pytest.mark.skipif(device.cuda() is None, reason="NumPy takes the emulation's arrays for its own")
def test_mixed_arguments_of_faces_are_refused_by_name(layer):
    x = layer[0]
    with pytest.raises(TypeError, match="in1 is a numpy.ndarray on the host"):
        signal.fftconvolve(x, put(x))
    with pytest.raises(TypeError, match="input is a numpy.ndarray on the host"):
        ndimage.correlate(x, put(x))


def test_bad_out_is_refused(layer):
    x, w = put(layer[0]), put(layer[1])
    with pytest.raises(ValueError, match="out has shape"):
        fc.conv2d(x, w, out=put(np.empty((2, 6, 9, 11), "f4")))
    with pytest.raises(ValueError, match="out has dtype"):
        fc.conv2d(x, w, out=put(np.empty((2, 6, 10, 11), "f8")))
    same = put(np.zeros((2, 8, 12, 13), "f4"))
    with pytest.raises(ValueError, match="out overlaps input"):
        fc.conv2d(same, put(np.zeros((8, 8, 1, 1), "f4")), out=same)


def test_errors_are_those_of_the_host(layer):
    x, w = put(layer[0]), put(layer[1])
    with pytest.raises(ValueError, match="weight"):
        fc.conv2d(x, w[:, :3])
    with pytest.raises(ValueError, match="num_threads"):
        fc.conv2d(x, w, num_threads=0)
    with pytest.raises(ValueError, match="algorithm"):
        fc.conv2d(x, w, algorithm="fastest")
    with pytest.raises(fc.UnsupportedAlgorithm, match="not built for GPUs"):
        fc.conv2d(x, w, algorithm="winograd_f6")
    with pytest.raises(TypeError, match="dtype"):
        fc.conv2d(x.astype(bool), w)
    with pytest.raises(ValueError, match="indices holds 99"):
        fc.max_unpool2d(put(np.ones((1, 1, 1, 1))), put(np.full((1, 1, 1, 1), 99)), 2)


def test_lists_as_options(layer):
    x, w = layer
    result = fc.conv2d(put(x), put(w), stride=[2, 1], padding=[1, 0])
    close(result, fc.conv2d(x, w, stride=[2, 1], padding=[1, 0]))


@pytest.mark.parametrize("algorithm", ["fft", "winograd_f2", "winograd_f4"])
def test_a_nan_stays_where_it_is(layer, algorithm, fresh_wisdom):
    """Test that the automatic choice repeats a call whose algorithm spread a NaN."""
    from fastconv.planner import store

    x, w = layer
    x[1, 3, 5, 6] = np.nan
    x[0, 0, 0, 0] = np.inf
    b = np.linspace(-1, 1, 6).astype("f4")
    expected = fc.conv2d(x, w, b, padding=1, activation="relu6", algorithm="direct")
    spread = fc.conv2d(put(x), put(w), put(b), padding=1, activation="relu6", algorithm=algorithm)
    assert np.isnan(get(spread)).sum() > np.isnan(expected).sum()
    problem = fc.plan("conv2d", input=x, weight=w, bias=b, padding=1, activation="relu6").problem
    where = backend_of(device.runtime()).identity()
    store.remember(problem.key(), "default", algorithm, where=where)
    kept = get(fc.conv2d(put(x), put(w), put(b), padding=1, activation="relu6"))
    assert np.array_equal(np.isnan(kept), np.isnan(expected))
    finite = np.isfinite(expected)
    assert np.abs(kept[finite] - expected[finite]).max() <= 2e-5 * np.abs(expected[finite]).max()


def test_workspace_limits_bind(layer):
    x, w = put(layer[0]), put(layer[1])
    with pytest.raises(fc.UnsupportedAlgorithm, match="workspace"):
        fc.conv2d(x, w, algorithm="fft", workspace_limit=1000)
    close(fc.conv2d(x, w, workspace_limit=0), fc.conv2d(*layer))


@emulated
def test_less_workspace_where_memory_runs_out(layer, monkeypatch, fresh_wisdom):
    import emulation

    from fastconv.planner import store

    x, w = layer
    runtime = device.runtime()
    problem = fc.plan("conv2d", input=x, weight=w).problem
    store.remember(problem.key(), "default", "fft", where=backend_of(runtime).identity())
    fft = next(a for a in registry(runtime) if a.name == "fft")

    def full(problem, contain_nan=False):
        def run(*arrays):
            raise emulation.OutOfMemory

        return run

    monkeypatch.setattr(fft, "bind", full)
    close(fc.conv2d(put(x), put(w)), fc.conv2d(x, w))
    with pytest.raises(MemoryError, match="fft needs"):
        fc.conv2d(put(x), put(w), algorithm="fft")


@emulated
def test_a_plan_whose_memory_runs_out(layer, monkeypatch, fresh_wisdom):
    """Test that a plan prepares its weight again for the next algorithm."""
    import emulation

    from fastconv.planner import store

    x, w = layer
    plan = fc.plan("conv2d", input=x, weight=w)
    where = backend_of(device.runtime()).identity()
    store.remember(plan.key, "default", "fft", prepared=True, where=where)
    fft, winograd = (lookup(device.runtime(), n, plan.problem) for n in ("fft", "winograd_f4"))

    def full(problem, contain_nan=False):
        def run(*arrays):
            raise emulation.OutOfMemory

        return run

    monkeypatch.setattr(fft, "bind", full)
    monkeypatch.setattr(fft, "workspace", lambda problem, threads: 200 << 20)
    monkeypatch.setattr(winograd, "cost", lambda *problem: 1e-9)
    plan = fc.plan("conv2d", input=x.shape, weight=put(w))
    assert plan.algorithm == "fft"
    for _ in range(2):
        close(plan(put(x)), fc.conv2d(x, w))


def test_executors_are_ready_for_every_stream(layer):
    """Test that calls wait for copies that a plan or an earlier call made on another stream."""
    before = getattr(device.runtime(), "synchronized", 0)
    fc.plan("conv2d", input=layer[0].shape, weight=put(layer[1]))
    assert device.cuda() or device.runtime().synchronized > before


def test_separable_looks_where_it_is_asked_for():
    x = np.random.default_rng(1).standard_normal((1, 3, 40, 41)).astype("f4")
    w = np.repeat(fc.kernels.gaussian(9, 2.0)[None, None].astype("f4"), 3, axis=0)
    expected = fc.conv2d(x, w, padding="same", groups=3, algorithm="naive")
    result = fc.conv2d(put(x), put(w), padding="same", groups=3, algorithm="separable")
    close(result, expected)
    other = np.random.default_rng(2).standard_normal(w.shape).astype("f4")
    with pytest.raises(fc.UnsupportedAlgorithm, match="outer product"):
        fc.conv2d(put(x), put(other), groups=3, algorithm="separable")


def test_release_memory_forgets_the_executors(layer):
    fc.conv2d(put(layer[0]), put(layer[1]))
    fc.release_memory()
    close(fc.conv2d(put(layer[0]), put(layer[1])), fc.conv2d(*layer))


def second():
    """Return a device that is not the current one, or None if there is only one."""
    if device.cuda() is None:
        import emulation

        return emulation.runtime(1)
    if device.cuda().cuda.runtime.getDeviceCount() < 2:
        return None
    with device.cuda().cuda.Device(1):
        return arrays.runtime_of(device.cuda().zeros(1))


@pytest.mark.skipif(second() is None, reason="one CUDA device alone")
def test_arrays_of_a_device_that_is_not_the_current_one(layer):
    x, w = layer
    here, other = put(w), second()
    line = np.hanning(9)[1:-1].astype("f4")
    with other.current():
        x, w, plane, g = put(x), put(w), put(x[0, 0]), put(np.ones((2, 6, 10, 11), "f4"))
        indices, outer = put(np.zeros((2, 8, 12, 13), "i8")), put(np.outer(line, line))
        rough = put(np.random.default_rng(3).standard_normal((7, 7)).astype("f4"))
    with pytest.raises(ValueError, match="weight is on device 0"):
        fc.conv2d(x, here)
    found = [
        fc.conv2d(x[:, ::-1], w, stride=stride, algorithm=name)
        for name in ("naive", "direct", "im2col", "implicit_gemm", "winograd_f4", "fft")
        for stride in ((1, 2) if name != "winograd_f4" else (1,))
    ]
    for how in ({"effort": "measure", "time_limit": 0.1}, {"algorithm": "fft"}):
        found.append(fc.plan("conv2d", input=x.shape, weight=w, **how)(x))
    by_values = fc.plan("ndimage.correlate", input=plane, weights=outer)
    found += [by_values(plane), by_values(plane, weights=rough)]
    found += [grad.conv2d_input(x.shape, w, g), grad.conv2d_weight(x, w.shape, g)]
    found += [fc.max_pool2d(x, 2), fc.max_unpool2d(x, indices, 2)]
    found += [fc.convolve(plane, plane, method="fft"), fc.correlate(plane, plane)]
    found += [signal.fftconvolve(plane, plane), ndimage.gaussian_filter(plane, 1.0)]
    assert {f.device for f in found} == {x.device}
    assert fc.linalg.linear_operator(w, x.shape).matvec(x.ravel()).size == 2 * 6 * 10 * 11
    assert fc.compare("conv2d", x, w, time_limit=0.1).best
