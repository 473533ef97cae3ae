"""Test what a network keeps of its weights, and how they are read from a file."""

import pickle

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="the extra [onnx] is not installed")

from onnx import helper, numpy_helper  # noqa: E402

import fastconv.onnx  # noqa: E402
from fastconv.onnx import pages  # noqa: E402
from fastconv.onnx.planned import Planned  # noqa: E402
from fastconv.onnx.values import Context, Value  # noqa: E402
from fastconv.onnx.weights import apart  # noqa: E402


def network(weights, shape, **attributes):
    """Return a model of convolutions one after the other, with weights of these names."""
    nodes, x = [], "x"
    for name in weights:
        nodes.append(helper.make_node("Conv", [x, name], [f"{name}/y"], **attributes))
        x = f"{name}/y"
    kind = helper.np_dtype_to_tensor_dtype(next(iter(weights.values())).dtype)
    given = helper.make_tensor_value_info("x", kind, shape)
    graph = helper.make_graph(
        nodes, "graph", [given], [helper.make_tensor_value_info(x, kind, None)],
        [numpy_helper.from_array(w, name) for name, w in weights.items()],
    )  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])


def noise(*shape, dtype=np.float32):
    return np.random.default_rng(len(shape)).standard_normal(shape).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("image", "weight", "groups"),
    [
        ((1, 50, 30, 30), (37, 50, 1, 1), 1),  # lanes are pixels
        ((1, 64, 3, 3), (90, 64, 3, 3), 1),  # lanes are channels, and some of them are empty
        ((1, 24, 9, 9), (36, 6, 3, 3), 4),
        ((1, 700, 1, 1), (130, 700, 1, 1), 1),
    ],
)
def test_weights_are_restored_from_prepared_ones(image, weight, groups, dtype):
    w = noise(*weight, dtype=dtype)
    context = Context("estimate", "high", {})
    planned = Planned(
        context, "conv2d", input=Value(image, w.dtype), weight=Value(weight, w.dtype, w),
        groups=groups,
    )  # fmt: skip
    packed = planned.prepare()
    assert (packed is None) == (planned.algorithm not in ("implicit_gemm", "direct"))
    if packed is not None:
        restored = packed.array()
        assert restored.dtype == w.dtype and np.array_equal(restored, w)


def test_a_weight_is_kept_once():
    wide = noise(256, 128, 1, 1)
    model = network({"a": wide}, [1, 128, "h", "w"])
    net = fastconv.onnx.load(model)
    x = noise(1, 128, 20, 20)
    y = net(x)
    assert "a" not in net._graph.constants
    assert wide.nbytes <= net.nbytes < 1.5 * wide.nbytes
    # other shapes and copies need the weight itself
    small = net(x[..., :3, :3])
    np.testing.assert_allclose(small, y[..., :3, :3], atol=1e-3)
    again = pickle.loads(pickle.dumps(net))
    np.testing.assert_array_equal(again(x), y)
    np.testing.assert_array_equal(net(x), y)


def test_a_weight_that_others_read_stays():
    weight = noise(8, 8, 1, 1)
    model = network({"a": weight}, [1, 8, 9, 9])
    model.graph.node.append(helper.make_node("Shape", ["a"], ["sizes"]))
    model.graph.node.append(helper.make_node("Abs", ["a"], ["positive"]))
    model.graph.output.append(helper.make_tensor_value_info("positive", 1, None))
    net = fastconv.onnx.load(model)
    for _ in range(2):
        assert np.array_equal(net(noise(1, 8, 9, 9))[1], np.abs(weight))


def test_large_weights_are_read_apart(tmp_path):
    weights = {
        "large": noise(150, 150, 1, 1), "small": noise(4, 150, 1, 1), "last": noise(6000, 4, 1, 1)
    }  # fmt: skip
    model = network(weights, [1, 150, 5, 5])
    path = tmp_path / "model.onnx"
    onnx.save(model, path)
    rest, arrays = apart(path)
    assert sorted(arrays) == ["large", "last"] and len(rest) < 9000
    for name, array in arrays.items():
        assert np.array_equal(array, weights[name])
    again = onnx.load_model_from_string(rest)
    assert [t.name for t in again.graph.initializer] == list(weights)
    x = noise(1, 150, 5, 5)
    np.testing.assert_array_equal(fastconv.onnx.load(path)(x), fastconv.onnx.load(model)(x))
    assert fastconv.onnx.load(str(path)).inputs[0].name == "x"


def test_files_with_external_data(tmp_path):
    model = network({"large": noise(150, 150, 1, 1)}, [1, 150, 5, 5])
    x = noise(1, 150, 5, 5)
    wanted = fastconv.onnx.load(model)(x)
    path = tmp_path / "model.onnx"
    onnx.save(model, path, save_as_external_data=True, location="values")
    np.testing.assert_array_equal(fastconv.onnx.load(path)(x), wanted)


@pytest.mark.parametrize("cut", [1, 100, 50_000])
def test_files_that_end_too_early(tmp_path, cut):
    path = tmp_path / "model.onnx"
    onnx.save(network({"large": noise(150, 150, 1, 1)}, [1, 150, 5, 5]), path)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(ValueError, match="not an ONNX model"):
        fastconv.onnx.load(path)


@pytest.mark.parametrize("size", [1, 100, pages.PAGE - 1, pages.PAGE, 3 * pages.PAGE + 5])
def test_blocks(size):
    block = pages.block(size)
    assert block.nbytes == size and block.ctypes.data % pages.LINE == 0
    block[...] = 7
    assert block.sum(dtype=np.int64) == 7 * size


def test_store():
    store, placed = pages.Store(), []
    for size in (1, 30, 1000, 300_000, 5, 700_000, 1_500_000, 2_500_000, 3):
        array = np.arange(size, dtype=np.float32)
        placed.append((array, store.placed(array)))
    for array, copy in placed:
        np.testing.assert_array_equal(copy, array)
        assert copy.ctypes.data % pages.LINE == 0 or copy is array
    assert placed[-2][1] is placed[-2][0]  # too large
    spans = sorted((c.ctypes.data, c.ctypes.data + c.nbytes) for _, c in placed)
    assert all(end <= start for (_, end), (start, _) in zip(spans, spans[1:], strict=False))
