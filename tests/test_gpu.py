"""Calls with arrays on a device: where they go, what they refuse, plans, comparisons, wisdom.

On CUDA where there is a device, else on its emulation (see `device`).
"""

import pickle

import device
import numpy as np
import pytest

import fastconv as fc
from fastconv import grad, ndimage, signal
from fastconv.gpu import arrays
from fastconv.gpu.place import place_of
from fastconv.gpu.registry import lookup, registry

pytestmark = pytest.mark.skipif(
    device.runtime() is None, reason="neither a CUDA device nor g++, which emulates one"
)
emulated = pytest.mark.skipif(device.cuda() is not None, reason="of the emulation alone")

put, get = device.put, device.get


@pytest.fixture
def layer():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2, 8, 12, 13)).astype("f4")
    return x, rng.standard_normal((6, 8, 3, 3)).astype("f4")


def close(result, expected, bound=2e-5):
    assert isinstance(result, device.runtime().array)
    result = get(result)
    assert result.dtype == expected.dtype and result.shape == expected.shape
    assert np.abs(result - expected).max() <= bound * np.abs(expected).max()


# ----------------------------------------------------------------------------------- eager calls


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
    """The automatic choice repairs what an algorithm that spreads a NaN spoils."""
    from fastconv.planner import store

    x, w = layer
    x[1, 3, 5, 6] = np.nan
    x[0, 0, 0, 0] = np.inf
    b = np.linspace(-1, 1, 6).astype("f4")
    expected = fc.conv2d(x, w, b, padding=1, activation="relu6", algorithm="direct")
    spread = fc.conv2d(put(x), put(w), put(b), padding=1, activation="relu6", algorithm=algorithm)
    assert np.isnan(get(spread)).sum() > np.isnan(expected).sum()
    problem = fc.plan("conv2d", input=x, weight=w, bias=b, padding=1, activation="relu6").problem
    where = place_of(device.runtime()).identity()
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
    store.remember(problem.key(), "default", "fft", where=place_of(runtime).identity())
    fft = next(a for a in registry(runtime) if a.name == "fft")

    def full(problem, contains=False):
        def run(*arrays):
            raise emulation.OutOfMemory

        return run

    monkeypatch.setattr(fft, "bind", full)
    close(fc.conv2d(put(x), put(w)), fc.conv2d(x, w))
    with pytest.raises(MemoryError, match="fft needs"):
        fc.conv2d(put(x), put(w), algorithm="fft")


@emulated
def test_a_plan_whose_memory_runs_out(layer, monkeypatch, fresh_wisdom):
    """What was prepared for one algorithm is nothing to the next."""
    import emulation

    from fastconv.planner import store

    x, w = layer
    plan = fc.plan("conv2d", input=x, weight=w)
    where = place_of(device.runtime()).identity()
    store.remember(plan.key, "default", "fft", True, where=where)
    fft, winograd = (lookup(device.runtime(), n, plan.problem) for n in ("fft", "winograd_f4"))

    def full(problem, contains=False):
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
    """Copies that a plan, or the first call of a problem, makes on its stream are waited for."""
    before = getattr(device.runtime(), "settled", 0)
    fc.plan("conv2d", input=layer[0].shape, weight=put(layer[1]))
    assert device.cuda() or device.runtime().settled > before


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
    """Another device than the current one, None where there is no second one."""
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


# ------------------------------------------------------------------------ plans and comparisons


def test_plans(layer):
    x, w = layer
    plan = fc.plan("conv2d", input=x.shape, weight=put(w), padding=1)
    close(plan(put(x)), fc.conv2d(x, w, padding=1))
    close(plan(put(x), weight=put(2 * w)), fc.conv2d(x, 2 * w, padding=1))
    assert "naive" in plan.explain() and "not built for GPUs" in plan.explain()
    with pytest.raises(TypeError, match="input is a numpy.ndarray on the host"):
        plan(x)
    with pytest.raises(ValueError, match="the plan is for"):
        plan(put(x[:1]))


@pytest.mark.parametrize("algorithm", ["winograd_f2", "fft", "implicit_gemm", "im2col"])
def test_plans_of_one_algorithm(layer, algorithm):
    x, w = layer
    plan = fc.plan("conv2d", input=put(x), weight=put(w), algorithm=algorithm)
    assert plan.algorithm == algorithm
    assert (plan.prepared_bytes > 0) == (algorithm in ("winograd_f2", "fft"))
    close(plan(put(x)), fc.conv2d(x, w))
    close(pickle.loads(pickle.dumps(plan))(put(x)), fc.conv2d(x, w))


def test_plans_know_what_a_weight_allows():
    x = np.random.default_rng(1).standard_normal((1, 1, 64, 65)).astype("f4")
    w = fc.kernels.gaussian(21, 4.0)[None, None].astype("f4")
    plan = fc.plan("conv2d", input=x.shape, weight=put(w), padding="same", algorithm="separable")
    assert plan.prepared_bytes == 2 * 21 * 4
    close(plan(put(x)), fc.conv2d(x, w, padding="same"))
    other = np.random.default_rng(2).standard_normal(w.shape).astype("f4")
    plan = fc.plan("conv2d", input=x.shape, weight=put(w), padding="same")
    close(plan(put(x), weight=put(other)), fc.conv2d(x, other, padding="same"))


def test_measured_choices_become_wisdom_of_the_device(layer, fresh_wisdom):
    from fastconv.planner import store

    x, w = layer
    plan = fc.plan("conv2d", input=x.shape, weight=put(w), effort="measure", time_limit=0.5)
    where = place_of(device.runtime()).identity()
    assert store.recall(plan.key, "default", True, where) == plan.algorithm
    assert store.recall(plan.key, "default", True) is None
    close(plan(put(x)), fc.conv2d(x, w))


@emulated
def test_what_runs_out_of_memory_is_not_measured(layer, monkeypatch, fresh_wisdom):
    import emulation

    x, w = layer
    plan = fc.plan("conv2d", input=x, weight=w)
    im2col = lookup(device.runtime(), "im2col", plan.problem)

    def full(problem, contains=False):
        def run(*arrays):
            raise emulation.OutOfMemory

        return run

    monkeypatch.setattr(im2col, "bind", full)
    monkeypatch.setattr(im2col, "cost", lambda *problem: 1e-9)
    plan = fc.plan("conv2d", input=x.shape, weight=put(w), effort="exhaustive", time_limit=0.1)
    assert plan.algorithm != "im2col"
    close(plan(put(x)), fc.conv2d(x, w))


def test_comparisons(layer):
    x, w = layer
    comparison = fc.compare("conv2d", put(x), put(w), padding=1, time_limit=0.3)
    ran = {row.algorithm for row in comparison.rows if row.seconds is not None}
    assert {"naive", "direct", "im2col", "implicit_gemm", "winograd_f2", "fft"} <= ran
    for row in comparison.rows:
        assert (row.reason is None) == (row.seconds is not None)
        assert row.error is None or row.error <= row.error_bound
    described = comparison.to_dict()
    assert described["isa"].startswith("sm_") and described["chosen"] in ran
    pooled = fc.compare("max_pool2d", put(x), 3, return_indices=True, time_limit=0.1)
    assert pooled.row("direct").error == 0


def test_names_of_a_device():
    assert arrays.runtime_of(np.zeros(1)) is None
    assert arrays.runtime_of([1]) is None
    identity = place_of(device.runtime()).identity()
    assert "sm_" in identity and len(identity.split()) == 3


# -------------------------------------------------------------------------------- SciPy's faces


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
