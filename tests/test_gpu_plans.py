"""Test plans and comparisons of arrays on a device, and the wisdom that they store.

The tests run on CUDA if there is a device, otherwise on its emulation (see `device`).
"""

import pickle

import device
import numpy as np
import pytest
from device import close

import fastconv as fc
from fastconv.gpu import arrays
from fastconv.gpu.backend import backend_of
from fastconv.gpu.registry import lookup

pytestmark = pytest.mark.skipif(
    device.runtime() is None, reason="neither a CUDA device nor g++, which emulates one"
)
emulated = pytest.mark.skipif(device.cuda() is not None, reason="of the emulation alone")

put, get = device.put, device.get


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
    where = backend_of(device.runtime()).identity()
    assert store.recall(plan.problem, "default", True, where)[0] == plan.algorithm
    assert store.recall(plan.problem, "default", True) is None
    close(plan(put(x)), fc.conv2d(x, w))


@emulated
def test_what_runs_out_of_memory_is_not_measured(layer, monkeypatch, fresh_wisdom):
    import emulation

    x, w = layer
    plan = fc.plan("conv2d", input=x, weight=w)
    im2col = lookup(device.runtime(), "im2col", plan.problem)

    def full(problem, contain_nan=False):
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
    identity = backend_of(device.runtime()).identity()
    assert "sm_" in identity and len(identity.split()) == 3
