"""Test plans, the cache of executors and wisdom."""

import json
import pickle
import subprocess
import sys
import threading

import numpy as np
import pytest

import fastconv as fc
from fastconv.calls.eager import _cache
from fastconv.planner import machine, store

RNG = np.random.default_rng(0)
X = RNG.standard_normal((2, 4, 12, 12)).astype(np.float32)
W = RNG.standard_normal((6, 4, 3, 3)).astype(np.float32)
CONV = {"op": "conv2d", "input": (1, 4, 8, 8), "weight": W}
B = RNG.standard_normal(6).astype(np.float32)


@pytest.mark.parametrize("algorithm", ["auto", "naive", "implicit_gemm", "fft"])
def test_plan_equals_call(algorithm):
    plan = fc.plan("conv2d", input=X.shape, weight=W, bias=B, padding=1, algorithm=algorithm)
    expected = fc.conv2d(X, W, B, padding=1, algorithm=plan.algorithm)
    assert np.array_equal(plan(X), expected)
    out = np.empty_like(expected)
    assert plan(X, out=out, num_threads=2) is out
    assert np.array_equal(out, expected)


def test_plan_says_what_it_is():
    plan = fc.plan("conv2d", input=X.shape, weight=W, padding=1)
    assert plan.key == "conv2d_fwd_f32_n2_g1_c4_k6_i12x12_w3x3_s1x1_p1.1x1.1_d1x1"
    assert plan.problem.key() == plan.key
    assert plan.algorithm in plan.explain() and plan.key in plan.explain()
    assert plan.predicted_seconds > 0 and plan.error_bound < 1e-5
    assert plan.workspace_bytes >= 0 and plan.prepared_bytes >= 0
    for name in ("naive", "winograd_f4", "fft_tiled"):
        assert name in plan.explain()


def test_plan_copies_its_weight():
    weight = W.copy()
    plan = fc.plan("conv2d", input=X.shape, weight=weight)
    before = plan(X)
    weight[:] = 0
    assert np.array_equal(plan(X), before)


def test_plan_takes_another_weight():
    plan = fc.plan("conv2d", input=X.shape, weight=W, algorithm="implicit_gemm")
    assert np.array_equal(plan(X, 2 * W), fc.conv2d(X, 2 * W, algorithm="implicit_gemm"))
    assert np.array_equal(plan(X, weight=2 * W), plan(X, 2 * W))


def test_plan_from_shapes_alone():
    plan = fc.plan("conv2d", input=X.shape, weight=W.shape, bias=(6,), dtype="float64")
    y = plan(X.astype(float), W.astype(float), B.astype(float))
    assert y.dtype == np.float64 and np.allclose(y, fc.conv2d(X, W, B), atol=1e-4)
    with pytest.raises(ValueError, match="weight"):
        plan(X.astype(float))


def test_plan_checks_shapes_and_dtypes():
    plan = fc.plan("conv2d", input=X.shape, weight=W)
    with pytest.raises(ValueError, match="input"):
        plan(X[:1])
    with pytest.raises(ValueError, match="input"):
        plan(X.astype(np.float64))
    with pytest.raises(ValueError, match="bias"):
        plan(X, bias=B)
    with pytest.raises(TypeError, match="colour"):
        plan(X, colour=B)
    with pytest.raises(ValueError, match="out"):
        plan(X, out=np.empty((1,), np.float32))


def test_plans_of_every_kind():
    g = fc.conv2d(X, W)
    p = fc.plan("conv2d_weight", input=X.shape, weight_size=W.shape, grad_output=g.shape)
    assert np.array_equal(p(X, g), fc.grad.conv2d_weight(X, W.shape, g))
    p = fc.plan("conv2d_input", input_size=X.shape, weight=W, grad_output=g.shape)
    assert np.array_equal(p(W, g), fc.grad.conv2d_input(X.shape, W, g))
    assert np.array_equal(p(W, grad_output=g), p(W, g))
    p = fc.plan("max_pool2d", input=X.shape, kernel_size=2, return_indices=True)
    for a, b in zip(p(X), fc.max_pool2d(X, 2, return_indices=True), strict=True):
        assert np.array_equal(a, b)
    p = fc.plan("convolve", in1=(30, 40), in2=np.ones((3, 3)), mode="same", dtype="float64")
    image = RNG.standard_normal((30, 40))
    assert np.array_equal(p(image), fc.convolve(image, np.ones((3, 3)), "same"))
    p = fc.plan("ndimage.convolve", input=(30, 40), weights=np.ones((3, 3)), dtype="float64")
    assert np.allclose(p(image), fc.ndimage.convolve(image, np.ones((3, 3))))


@pytest.mark.parametrize(
    ("arguments", "error", "name"),
    [
        ({"op": "conv9d"}, ValueError, "op"),
        ({"op": 3}, TypeError, "op"),
        ({"op": "conv2d", "input": (1, 4, 8, 8)}, TypeError, "weight"),
        ({**CONV, "colour": 1}, TypeError, "colour"),
        ({**CONV, "effort": "max"}, ValueError, "effort"),
        ({**CONV, "time_limit": 0}, ValueError, "time_limit"),
        ({**CONV, "dtype": bool}, TypeError, "dtype"),
        ({"op": "max_pool2d", "input": (1, 4, 8, 8)}, TypeError, "kernel_size"),
    ],
)  # fmt: skip
def test_bad_plans(arguments, error, name):
    with pytest.raises(error, match=name):
        fc.plan(**arguments)


def test_plans_pickle():
    plan = fc.plan("conv2d", input=X.shape, weight=W, bias=B, padding=1)
    again = pickle.loads(pickle.dumps(plan))
    assert again.algorithm == plan.algorithm and again.key == plan.key
    assert np.array_equal(again(X), plan(X))


def test_plans_are_thread_safe():
    plan = fc.plan("conv2d", input=X.shape, weight=W, padding=1)
    expected, wrong = plan(X), []

    def work():
        for _ in range(50):
            if not np.array_equal(plan(X), expected):
                wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_cache_is_bounded():
    x, w = np.ones((1, 8)), np.ones((1, 1, 1))
    for i in range(20):
        fc.conv1d(np.ones((1, 8 + i)), w)
    assert len(_cache.entries) <= _cache.size
    small = type(_cache)(3)
    for i in range(10):
        small.insert(i, i)
    assert list(small.entries) == [7, 8, 9]
    assert fc.conv1d(x, w).shape == (1, 8)


# ---------------------------------------------------------------------------------------- wisdom


@pytest.mark.usefixtures("fresh_wisdom")
def test_measuring_is_remembered(tmp_path):
    plan = fc.plan("conv2d", input=X.shape, weight=W, effort="exhaustive", time_limit=0.5)
    assert store.recall(plan.problem, "default", True) == (plan.algorithm, 1)
    fc.wisdom.export(tmp_path / "w.json")
    fc.wisdom.forget()
    assert store.recall(plan.problem, "default", True) is None
    fc.wisdom.load(tmp_path / "w.json")
    assert store.recall(plan.problem, "default", True) == (plan.algorithm, 1)


@pytest.mark.usefixtures("fresh_wisdom")
@pytest.mark.parametrize("effort", ["measure", "exhaustive"])
def test_nothing_is_measured_of_what_scipy_alone_can_do(effort):
    options = {"input": (40, 40), "dtype": "uint64", "sigma": 2}
    assert fc.plan("ndimage.gaussian_filter", effort=effort, **options).algorithm == "scipy"


@pytest.mark.usefixtures("fresh_wisdom")
def test_wisdom_decides_and_a_stale_entry_breaks_nothing():
    key = fc.plan("conv2d", input=X.shape, weight=W).key
    store.remember(key, "default", "naive")
    assert fc.plan("conv2d", input=X.shape, weight=W).algorithm == "naive"
    for stale in ("box", "gone"):
        store.remember(key, "default", stale)
        assert fc.plan("conv2d", input=X.shape, weight=W).algorithm != stale
        assert fc.conv2d(X, W).shape == (2, 6, 10, 10)


@pytest.mark.usefixtures("fresh_wisdom")
def test_wisdom_of_former_loops_and_versions_is_ignored(monkeypatch):
    key = fc.plan("conv2d", input=X.shape, weight=W).key
    chosen = fc.plan("conv2d", input=X.shape, weight=W).algorithm
    store.remember(key, "default", "naive", layout=0)
    assert fc.plan("conv2d", input=X.shape, weight=W).algorithm == chosen
    monkeypatch.setattr(store, "__version__", "0.0.1")
    store.remember(key, "default", "naive")
    assert store.wisdom_size() == 1
    monkeypatch.undo()
    assert store.recall(fc.plan("conv2d", input=X.shape, weight=W).problem, "default")[1] == 0


@pytest.mark.usefixtures("fresh_wisdom")
def test_measured_plans_are_saved_beside_what_others_saved():
    fc.plan("conv2d", input=X.shape, weight=W, effort="measure", time_limit=0.1)
    ours = set(store.entries())
    assert ours
    code = (
        "import fastconv as fc; fc.plan('conv1d', input=(1, 8, 500), weight=(8, 8, 5), "
        "effort='measure', time_limit=0.1)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    fc.plan("conv2d", input=(2, 4, 12, 13), weight=W, effort="measure", time_limit=0.1)
    store.save()
    assert ours < set(store.entries())
    assert any(key.startswith("conv1d") for _, _, _, key, _ in store.entries())


def test_the_name_of_the_processor():
    x86 = "processor\t: 0\nmodel name\t: Some CPU\nprocessor\t: 1\nmodel name\t: Some CPU\n"
    assert machine._cpu_of(x86) == "Some CPU"
    core = "processor\t: {}\nCPU implementer\t: 0x41\nCPU part\t: {}\n"
    small, large = (core.format(i, part) for i, part in enumerate(("0xd05", "0xd0b")))
    names = {machine._cpu_of(text) for text in (small, large, small + large)}
    assert len(names) == 3 and all("0x41" in name for name in names)
    assert machine._cpu_of("") == ""


@pytest.mark.usefixtures("fresh_wisdom")
def test_bad_wisdom_is_refused_whole(tmp_path):
    good = tmp_path / "good.json"
    store.remember("conv2d_x", "default", "naive")
    fc.wisdom.export(good)
    text = good.read_text()
    document = json.loads(text)
    foreign = json.loads(text)
    foreign["payload"]["cpu"] = "another machine"
    edited = json.loads(text)
    edited["payload"]["wisdom"] = {"x": "fft"}
    bad = {
        "garbage": "not json", "empty": "", "truncated": text[: len(text) // 2],
        "edited": json.dumps(edited), "foreign": json.dumps(foreign), "list": "[]", "null": "null",
        "version": json.dumps({**document, "format": "fastconv-wisdom-0"}),
        "binary": "\x00\x01\x02",
    }  # fmt: skip
    for name, content in bad.items():
        path = tmp_path / name
        path.write_text(content)
        with pytest.raises(ValueError, match="path"):
            fc.wisdom.load(path)
    with pytest.raises(FileNotFoundError):
        fc.wisdom.load(tmp_path / "missing")


@pytest.mark.usefixtures("fresh_wisdom")
def test_a_broken_cache_file_breaks_no_call(monkeypatch, tmp_path):
    monkeypatch.setenv("FASTCONV_CACHE_DIR", str(tmp_path))
    (tmp_path / "wisdom.json").write_text("{broken")
    monkeypatch.setattr(store, "_loaded", False)
    assert fc.conv2d(X, W).shape == (2, 6, 10, 10)


@pytest.mark.usefixtures("fresh_wisdom")
def test_calibrate_saves_what_it_measured():
    seen = []
    constants = fc.calibrate(lambda name, done, total: seen.append((name, done, total)))
    assert set(constants) == {name for name, _, _ in seen}
    assert all(value > 0 for value in constants.values())
    assert store.cache_file().exists()
    assert store.to_dict(store.machine()) == constants


@pytest.mark.parametrize("dtype", [bool, np.longdouble, object])
@pytest.mark.parametrize("op", ["convolve", "correlate", "ndimage.convolve", "ndimage.correlate"])
def test_dtypes_of_scipy_alone(op, dtype):
    first, second = np.arange(9) % 2, np.array([1, 0, 2])
    names = ("input", "weights") if op.startswith("ndimage") else ("in1", "in2")
    arrays = first.astype(dtype), second.astype(dtype)
    if op.startswith("ndimage") and dtype is object:
        arrays = arrays[0], second  # SciPy does not accept weights of dtype object
    p = fc.plan(op, **dict(zip(names, arrays, strict=True)))
    assert p.algorithm == "scipy" and "* scipy" in p.explain() and op in p.key
    function = getattr(fc.ndimage, op[8:]) if op.startswith("ndimage") else getattr(fc, op)
    try:
        expected = function(*arrays, algorithm="scipy")
    except (RuntimeError, TypeError, ValueError) as error:
        with pytest.raises(type(error)):
            p(arrays[0])
        return
    for plan in (p, pickle.loads(pickle.dumps(p))):
        result = plan(arrays[0])
        assert result.dtype == expected.dtype and np.array_equal(result, expected)
        assert np.array_equal(plan(None, **{names[1]: arrays[1]}), expected)
    with pytest.raises(TypeError, match="bias: "):
        p(arrays[0], bias=arrays[1])
    with pytest.raises(fc.UnsupportedAlgorithm, match="scipy"):
        fc.plan(op, algorithm="direct", **dict(zip(names, arrays, strict=True)))
