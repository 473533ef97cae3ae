"""Test the graphs that `cudnn` passes to the library, with a replacement that computes them.

The conformance test shows whether the library itself accepts them, if there is a device.
"""

from types import SimpleNamespace

import device
import numpy as np
import pytest

import fastconv as fc
from fastconv import grad
from fastconv.gpu import cudnn
from fastconv.gpu.backend import backend_of
from fastconv.gpu.registry import lookup

pytestmark = pytest.mark.skipif(
    device.cuda() is not None or device.runtime() is None, reason="on an emulated device alone"
)
put, get = device.put, device.get


class Tensor:
    def __init__(self, dim=None, stride=None, **ignored):
        self.dim, self.stride = dim, stride

    def set_output(self, yes):
        return self

    set_data_type = set_output

    def set_dim(self, dim):
        self.dim = dim
        return self

    def set_stride(self, stride):
        self.stride = stride
        return self


class Graph:
    """A graph of one convolution, which `naive` computes on the host."""

    def __init__(self, handle, **types):
        self.refused, self.built = [], False

    tensor = staticmethod(Tensor)

    def _operation(self, kind, first, second, **keywords):
        self.kind, self.given, self.keywords, self.result = (
            kind,
            (first, second),
            keywords,
            Tensor(),
        )
        return self.result

    def conv_fprop(self, image, weight, **keywords):
        return self._operation("fwd", image, weight, **keywords)

    def conv_dgrad(self, loss, filter, **keywords):
        return self._operation("input", loss, filter, **keywords)

    def conv_wgrad(self, image, loss, **keywords):
        return self._operation("weight", image, loss, **keywords)

    def create_execution_plans(self, modes):
        for t in (*self.given, self.result):
            assert t.stride == [int(np.prod(t.dim[i + 1 :])) for i in range(len(t.dim))]

    def validate(self):
        pass

    build_operation_graph = check_support = validate

    def deselect_numeric_notes(self, notes):
        self.refused += notes

    def build_plans(self):
        assert {"TENSOR_CORE", "DOWN_CONVERT_INPUTS", "NONDETERMINISTIC"} <= set(self.refused)

    def get_workspace_size(self):
        return 1000

    def execute(self, pack, workspace, handle):
        assert workspace.nbytes >= 1000 and handle == "handle"
        assert all(a.ctypes.data % 16 == 0 for a in pack.values())
        first, second = (get(pack[t]).reshape(t.dim) for t in self.given)
        k = self.keywords
        pads = tuple(zip(k["pre_padding"], k["post_padding"], strict=True))
        how = {"stride": tuple(k["stride"]), "padding": pads, "dilation": tuple(k["dilation"])}
        axes, dim = len(pads), self.result.dim
        if self.kind == "fwd":
            how["groups"] = first.shape[1] // second.shape[1]
            result = getattr(fc, f"conv{axes}d")(first, second, **how, algorithm="naive")
        elif self.kind == "input":
            how["groups"] = dim[1] // second.shape[1]
            function = getattr(grad, f"conv{axes}d_input")
            result = function(dim, second, first, **how, algorithm="naive")
        else:
            how["groups"] = first.shape[1] // dim[1]
            function = getattr(grad, f"conv{axes}d_weight")
            result = function(first, dim, second, **how, algorithm="naive")
        assert list(result.shape) == list(dim)
        pack[self.result][...] = result.reshape(pack[self.result].shape)


@pytest.fixture
def library(monkeypatch):
    stand_in = SimpleNamespace(
        pygraph=Graph, create_handle=lambda: "handle", set_stream=lambda handle, stream: None,
        data_type=SimpleNamespace(FLOAT="f32", DOUBLE="f64"),
        heur_mode=SimpleNamespace(A=0, FALLBACK=1),
        numerical_note=SimpleNamespace(**{name: name for name in cudnn._REFUSED}),
    )  # fmt: skip
    monkeypatch.setattr(cudnn, "_library", lambda: stand_in)
    cudnn._handle.cache_clear()
    algorithm = lookup(device.runtime(), "cudnn", fc.plan("conv2d", input=(1, 2, 5, 5),
                                                          weight=(2, 2, 3, 3)).problem)  # fmt: skip
    algorithm._graphs.clear()
    fc.release_memory()
    yield stand_in
    algorithm._graphs.clear()
    cudnn._handle.cache_clear()
    fc.release_memory()


def noise(*shape):
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype("f4")


def agrees(function, *arrays, **options):
    on_device = [put(a) for a in arrays]
    result = get(function(*on_device, **options, algorithm="cudnn"))
    expected = function(*arrays, **options, algorithm="naive")
    assert np.abs(result - expected).max() <= 1e-5 * np.abs(expected).max()


@pytest.mark.parametrize("options", [
    {}, {"stride": 2, "padding": 1}, {"padding": [(0, 1), (2, 1)], "dilation": 2},
    {"stride": (2, 1), "padding": "same"},
], ids=str)  # fmt: skip
def test_convolutions(library, options):
    agrees(fc.conv2d, noise(2, 4, 9, 10), noise(6, 2, 3, 2), noise(6), groups=2, **options)


def test_one_axis_and_three(library):
    agrees(fc.conv1d, noise(2, 3, 20), noise(4, 3, 5), noise(4), stride=3, padding=2)
    agrees(fc.conv3d, noise(1, 3, 5, 6, 7), noise(4, 3, 2, 3, 1), activation="relu")


def test_gradients_and_transposed(library):
    g = noise(2, 6, 4, 5)
    size, w = (2, 4, 8, 10), noise(6, 4, 3, 3)
    agrees(lambda w, g, **how: grad.conv2d_input(size, w, g, 2, 1, **how), w, g)
    agrees(lambda x, g, **how: grad.conv2d_weight(x, w.shape, g, 2, 1, **how), noise(*size), g)
    agrees(fc.conv_transpose2d, noise(2, 4, 5, 6), noise(4, 3, 3, 3), stride=2, output_padding=1)
    with pytest.raises(fc.UnsupportedAlgorithm, match="leaves out windows"):
        fc.conv_transpose1d(
            put(noise(2, 4, 5)), put(noise(4, 3, 3)), stride=2, dilation=3, output_padding=2,
            algorithm="cudnn",
        )  # fmt: skip


def test_views_that_begin_anywhere(library):
    x, w = put(noise(2 * 3 * 8 * 8 + 1)), put(noise(4, 3, 3, 3))
    view = x[1:].reshape(2, 3, 8, 8)
    result = fc.conv2d(view, w, algorithm="cudnn")
    expected = fc.conv2d(get(view), get(w))
    assert np.abs(get(result) - expected).max() < 1e-5 * np.abs(expected).max()


def test_a_failure_is_a_reason(library):
    def broken(**types):
        raise RuntimeError("no such engine\nand more")

    library.pygraph = broken
    with pytest.raises(fc.UnsupportedAlgorithm, match="cuDNN: no such engine"):
        fc.conv2d(put(noise(1, 3, 6, 6)), put(noise(4, 3, 3, 3)), algorithm="cudnn")
    assert fc.conv2d(put(noise(1, 3, 6, 6)), put(noise(4, 3, 3, 3))).shape == (1, 4, 4, 4)


def test_a_nan_is_contained(library, monkeypatch, fresh_wisdom):
    from fastconv.planner import store

    x, w = noise(1, 3, 9, 9), noise(4, 3, 3, 3)
    x[0, 1, 4, 4] = np.nan
    plain = Graph.execute

    def spreading(self, pack, workspace, handle):
        plain(self, pack, workspace, handle)
        pack[self.result][...] += np.nan

    monkeypatch.setattr(Graph, "execute", spreading)
    problem = fc.plan("conv2d", input=x, weight=w).problem
    where = backend_of(device.runtime()).identity()
    store.remember(problem.key(), "default", "cudnn", where=where)
    expected = fc.conv2d(x, w, algorithm="naive")
    result = get(fc.conv2d(put(x), put(w)))
    assert np.array_equal(np.isnan(result), np.isnan(expected)) and np.isnan(result).any()
    assert np.isnan(get(fc.conv2d(put(x), put(w), algorithm="cudnn"))).all()
