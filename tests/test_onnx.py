"""Test networks: what is fused, memory, shapes, errors, threads, pickling, the command line."""

import pickle
import subprocess
import sys
import threading

import numpy as np
import pytest
from commands import fail, run

import fastconv as fc

onnx = pytest.importorskip("onnx", reason="the extra [onnx] is not installed")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from onnx.reference import ReferenceEvaluator  # noqa: E402

import fastconv.onnx  # noqa: E402

FLOAT = TensorProto.FLOAT


class Builder:
    """A small graph: each method adds a node and returns the name of its output."""

    def __init__(self, seed=0):
        self.rng = np.random.default_rng(seed)
        self.nodes, self.weights = [], []

    def constant(self, array):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def noise(self, *shape, scale=1.0, low=None):
        array = self.rng.standard_normal(shape) * scale
        if low is not None:
            array = np.abs(array) + low
        return self.constant(array.astype(np.float32))

    def node(self, op, *inputs, outputs=1, **attributes):
        names = [f"v{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, inputs, names, **attributes))
        return names[0] if outputs == 1 else names

    def conv(self, x, channels, features, size=3, bias=True, **attributes):
        weight = self.noise(features, channels, size, size, scale=(channels * size * size) ** -0.5)
        inputs = [x, weight] + ([self.noise(features)] if bias else [])
        attributes.setdefault("pads", [size // 2] * 4)
        return self.node("Conv", *inputs, **attributes)

    def normalized(self, x, channels):
        terms = [self.noise(channels, low=0.5), self.noise(channels), self.noise(channels)]
        return self.node("BatchNormalization", x, *terms, self.noise(channels, low=0.5))

    def model(self, inputs, outputs, opset=17):
        given = [helper.make_tensor_value_info(n, FLOAT, shape) for n, shape in inputs.items()]
        results = [helper.make_tensor_value_info(name, FLOAT, None) for name in outputs]
        graph = helper.make_graph(self.nodes, "graph", given, results, self.weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])


def check(model, *arrays, tolerance=2e-5, repeat=2):
    """Compare a network with the reference, and return it."""
    net = fastconv.onnx.load(model)
    names = [port.name for port in net.inputs]
    wanted = ReferenceEvaluator(model).run(None, dict(zip(names, arrays, strict=True)))
    for _ in range(repeat):
        results = net.run(None, dict(zip(names, arrays, strict=True)))
        for result, expected in zip(results, wanted, strict=True):
            assert result.shape == expected.shape and result.dtype == expected.dtype
            scale = max(1e-30, np.abs(expected).max(initial=0))
            np.testing.assert_allclose(result / scale, expected / scale, atol=tolerance)
    return net


def image(*shape, seed=1):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def steps(net):
    """Return (op, what is fused) of each step of the last program."""
    program = list(net._programs.entries.values())[-1]
    return [(step.node.op, step.node.fused) for step in program.steps]


ACTIVATIONS = {
    "Relu": {}, "Sigmoid": {}, "Tanh": {}, "HardSwish": {}, "LeakyRelu": {"alpha": 0.2},
    "HardSigmoid": {"alpha": 1 / 6, "beta": 0.5},
}  # fmt: skip


@pytest.mark.parametrize("op", ACTIVATIONS)
def test_convolution_with_normalization_and_activation(op):
    b = Builder()
    y = b.normalized(b.conv("x", 3, 8), 8)
    b.node(op, y, **ACTIVATIONS[op])
    net = check(b.model({"x": [1, 3, 9, 11]}, [b.nodes[-1].output[0]]), image(1, 3, 9, 11))
    assert steps(net) == [("Conv", ("BatchNormalization", op))]


@pytest.mark.parametrize("limits", [(0.0, 6.0), (-0.5, 0.75), (0.1, None), (None, 0.2)])
def test_clip(limits):
    b = Builder()
    bounds = ["" if v is None else b.constant(np.float32(v)) for v in limits]
    y = b.node("Clip", b.conv("x", 3, 8), *bounds)
    net = check(b.model({"x": [1, 3, 9, 11]}, [y]), image(1, 3, 9, 11))
    assert steps(net) == [("Conv", ("Clip",))]


@pytest.mark.parametrize("swapped", [False, True])
def test_products_of_a_value_and_its_sigmoid(swapped):
    for op, options in (("Sigmoid", {}), ("HardSigmoid", {"alpha": 1 / 6, "beta": 0.5})):
        b = Builder()
        y = b.conv("x", 3, 8)
        pair = [y, b.node(op, y, **options)]
        z = b.node("Mul", *(pair[::-1] if swapped else pair))
        net = check(b.model({"x": [1, 3, 9, 11]}, [z]), image(1, 3, 9, 11))
        assert steps(net) == [("Conv", (op, "Mul"))]


def test_residual_block():
    b = Builder()
    x = b.node("Relu", b.conv("x", 3, 8))
    y = b.conv(b.node("Relu", b.conv(x, 8, 8)), 8, 8)
    z = b.node("Relu", b.node("Add", y, x))
    net = check(b.model({"x": [2, 3, 9, 11]}, [z]), image(2, 3, 9, 11))
    assert steps(net)[-1] == ("Conv", ("Add", "Relu"))


def test_residual_that_broadcasts():
    b = Builder()
    y = b.node("Relu", b.node("Add", b.conv("x", 3, 8), "r"))
    for shape in ([1, 8, 1, 1], [1], [4, 8, 9, 11], [2, 1, 8, 9, 11]):
        net = check(b.model({"x": [1, 3, 9, 11], "r": shape}, [y]), image(1, 3, 9, 11),
                    image(*shape, seed=2))  # fmt: skip
        assert len(steps(net)) == 1


def test_values_that_others_read_stay():
    b = Builder()
    y = b.conv("x", 3, 8)
    z, s = b.node("Relu", y), b.node("Sigmoid", y)
    check(b.model({"x": [1, 3, 9, 11]}, [z, s]), image(1, 3, 9, 11))
    check(b.model({"x": [1, 3, 9, 11]}, [y, z]), image(1, 3, 9, 11))


def test_constants_per_channel():
    b = Builder()
    y = b.conv("x", 3, 8, bias=False)
    y = b.node("Mul", y, b.noise(8, 1, 1))
    y = b.node("Add", b.noise(1, 8, 1, 1), y)
    y = b.node("Sub", b.node("Div", y, b.constant(np.float32(3))), b.noise(1, 1, 1))
    net = check(b.model({"x": [1, 3, 9, 11]}, [y]), image(1, 3, 9, 11))
    assert steps(net) == [("Conv", ("Mul", "Add", "Div", "Sub"))]
    b = Builder()  # these are not per channel
    y = b.node("Mul", b.conv("x", 3, 8), b.noise(1, 1, 9, 1))
    y = b.node("Sub", b.noise(8, 1, 1), b.node("Div", b.noise(1, 8, 1, 1, low=1.0), y))
    check(b.model({"x": [1, 3, 9, 11]}, [y]), image(1, 3, 9, 11))


def test_normalization_that_stands_alone():
    b = Builder()
    y = b.node("Relu", b.normalized("x", 5))
    net = check(b.model({"x": [2, 5, 4, 3]}, [y]), image(2, 5, 4, 3))
    assert steps(net) == [("Affine", ("Relu",))]


def test_squeeze_and_excite():
    b = Builder()
    y = b.node("Relu", b.conv("x", 3, 8))
    s = b.node("GlobalAveragePool", y)
    s = b.node("Sigmoid", b.conv(b.node("Relu", b.conv(s, 8, 4, 1)), 4, 8, 1))
    z = b.conv(b.node("Mul", y, s), 8, 5, 1)
    net = check(b.model({"x": [2, 3, 9, 11]}, [z]), image(2, 3, 9, 11))
    assert len(steps(net)) == 6


def test_fully_connected():
    b = Builder()
    y = b.node("Relu", b.node("Gemm", b.node("Flatten", "x"), b.noise(8, 60), b.noise(8), transB=1))
    y = b.node("Gemm", y, b.noise(8, 5), b.noise(1, 5), alpha=0.5, beta=2.0)
    y = b.node("Softmax", b.node("Add", b.node("MatMul", y, b.noise(5, 4)), b.noise(4)))
    net = check(b.model({"x": ["n", 3, 4, 5]}, [y]), image(7, 3, 4, 5))
    assert [op for op, _ in steps(net)] == ["Flatten", "Dense", "Dense", "Dense", "Softmax"]
    np.testing.assert_allclose(net(image(1, 3, 4, 5)).sum(), 1, rtol=1e-6)


def test_matrices_of_many_dimensions():
    b = Builder()
    y = b.node("Add", b.node("MatMul", "x", b.noise(6, 5)), b.noise(5))
    z = b.node("MatMul", y, b.node("Transpose", y, perm=[0, 2, 1]))
    net = check(b.model({"x": [2, 40, 6]}, [z]), image(2, 40, 6))
    assert steps(net)[0][0] == "Dense"


def gelu(b, x):
    y = b.node("Erf", b.node("Div", x, b.constant(np.float32(2**0.5))))
    y = b.node("Add", y, b.constant(np.float32(1)))
    return b.node("Mul", b.node("Mul", x, y), b.constant(np.float32(0.5)))


def test_chains():
    b = Builder()
    net = check(b.model({"x": [3, 70, 99]}, [gelu(b, "x")]), image(3, 70, 99))
    assert steps(net) == [("Chain", ("Erf", "Add", "Mul", "Mul"))]
    b = Builder()  # hardswish as older exporters write it
    y = b.node("Clip", b.node("Add", "x", b.constant(np.float32(3))), *map(
        b.constant, (np.float32(0), np.float32(6))))  # fmt: skip
    z = b.node("Div", b.node("Mul", "x", y), b.constant(np.float32(6)))
    net = check(b.model({"x": [1, 7, 99, 30]}, [z]), image(1, 7, 99, 30))
    assert steps(net) == [("Chain", ("Clip", "Mul", "Div"))]
    b = Builder()  # operands that broadcast, and results of other shapes on the way
    y = b.node("Exp", b.node("Mul", "x", b.noise(1, 40, 1, 1)))
    y = b.node("Sub", y, b.noise(40, 1, 60))
    check(b.model({"x": [1, 40, 50, 60]}, [y]), image(1, 40, 50, 60))
    check(b.model({"x": [2, 40, 50, 60]}, [y]), image(2, 40, 50, 60))
    check(b.model({"x": [1, 1, 50, 60]}, [y]), image(1, 1, 50, 60))
    check(b.model({"x": [1, 40, 1, 1]}, [y]), image(1, 40, 1, 1))
    check(b.model({"x": [0, 40, 5, 60]}, [y]), image(0, 40, 5, 60), tolerance=0)


def test_chains_of_integers_and_of_unknown_shapes():
    b = Builder()
    y = b.node("Cast", "x", to=TensorProto.INT32)
    y = b.node("Mul", b.node("Abs", b.node("Neg", y)), b.constant(np.int32(3)))
    y = b.node("Div", b.node("Add", y, b.constant(np.int32(1))), b.constant(np.int32(2)))
    z = b.node("Cast", y, to=1)
    check(b.model({"x": [3, 70]}, [z]), 100 * image(3, 70), tolerance=0)
    b = Builder()
    chosen = b.node("Cast", b.node("NonZero", "x"), to=1)
    check(b.model({"x": [4, 5]}, [gelu(b, chosen)]), np.maximum(image(4, 5), 0))


def dense_block(b, x, channels, growth, count, all_at_once):
    parts = [x]
    for _ in range(count):
        joined = parts[0] if len(parts) == 1 else b.node("Concat", *parts, axis=1)
        y = b.node("Relu", b.normalized(joined, channels))
        y = b.conv(y, channels, growth)
        parts = [*parts, y] if all_at_once else [joined, y]
        channels += growth
    return b.node("Concat", *parts, axis=1), channels


@pytest.mark.parametrize("all_at_once", [False, True])
@pytest.mark.parametrize("batch", [1, 3])
def test_concatenation_in_place(all_at_once, batch):
    b = Builder()
    y, channels = dense_block(b, b.conv("x", 3, 8), 8, 4, 4, all_at_once)
    z = b.conv(y, channels, 5, 1)
    net = check(b.model({"x": [batch, 3, 9, 11]}, [z]), image(batch, 3, 9, 11))
    copies = [op for op, _ in steps(net) if op == "Concat"]
    # the channels of a part lie together in memory for one image, or with channels last
    assert len(copies) in ((0,) if batch == 1 else (0, 4))
    # a concatenation that is an output, of inputs and constants, of one value twice
    check(b.model({"x": [batch, 3, 9, 11]}, [z, y]), image(batch, 3, 9, 11))
    b = Builder()
    y = b.node("Relu", "x")
    z = b.node("Concat", y, y, "x", b.noise(batch, 2, 9, 11), axis=1)
    check(b.model({"x": [batch, 3, 9, 11]}, [z, y]), image(batch, 3, 9, 11))


def test_split_and_slices():
    b = Builder()
    y = b.conv("x", 3, 8)
    first, second = b.node("Split", y, b.constant(np.array([3, 5])), axis=1, outputs=2)
    part = b.node("Slice", second, b.constant([1]), b.constant([4]), b.constant([1]))
    z = b.node("Concat", b.node("Relu", first), b.node("Exp", part), axis=1)
    for batch in (1, 2):
        check(b.model({"x": ["n", 3, 9, 11]}, [z, first]), image(batch, 3, 9, 11))


def test_random_graphs():
    """Test graphs of nodes drawn at random, in which memory is reused in many ways."""
    for seed in range(60):
        b = Builder(seed)
        values = [b.conv("x", 4, 4) for _ in range(2)]
        for _ in range(14):
            x, y = (values[b.rng.integers(max(0, len(values) - 5), len(values))] for _ in range(2))
            kind = b.rng.integers(10)
            if kind == 0:
                values.append(b.conv(x, 4, 4, 1))
            elif kind == 1:
                values.append(b.node("Add", x, y))
            elif kind == 2:
                values.append(b.node(["Relu", "Sigmoid", "Abs"][b.rng.integers(3)], x))
            elif kind == 3:
                joined = b.node("Concat", x, y, axis=1)
                values.append(b.conv(joined, 8, 4, 1))
            elif kind == 4:
                values.append(b.node("Sub", x, y))
            elif kind == 5:
                parts = b.node("Split", x, axis=1, outputs=2)
                values.append(b.node("Concat", *parts[::-1], axis=1))
            elif kind == 6:
                values.append(b.node("Mul", x, b.node("Tanh", y)))
            elif kind == 7:
                values.append(b.node("Mul", x, b.node("Sigmoid", x)))
            elif kind == 8:
                values.append(b.node("Relu", b.node("Add", b.node("Neg", x), y)))
            else:
                values.append(b.node("Add", b.normalized(x, 4), b.node("Relu", x)))
        outputs = [values[-1], *{values[i] for i in b.rng.integers(0, len(values) - 1, 2)}]
        model = b.model({"x": [1 + seed % 2, 4, 5, 6]}, dict.fromkeys(outputs))
        check(model, image(1 + seed % 2, 4, 5, 6), tolerance=1e-4)


def test_outputs_are_new_memory():
    b = Builder()
    y = b.node("Relu", b.conv("x", 3, 4))
    flat = b.node("Flatten", y)
    model = b.model({"x": [1, 3, 5, 5]}, [y, flat])
    model.graph.node.append(helper.make_node("Identity", ["x"], ["same"]))
    model.graph.node.append(helper.make_node("Identity", ["w0"], ["weight"]))
    for name in ("same", "weight"):
        model.graph.output.append(helper.make_tensor_value_info(name, FLOAT, None))
    net, x = fastconv.onnx.load(model), image(1, 3, 5, 5)
    first = net(x)
    kept = [a.copy() for a in first]
    for a in first:
        a += 1
    second = net(image(1, 3, 5, 5, seed=5))
    assert not any(
        np.shares_memory(a, b) for i, a in enumerate((x, *first, *second))
        for b in (x, *first, *second)[i + 1 :]
    )  # fmt: skip
    for a, b in zip(net(x), kept, strict=True):
        np.testing.assert_array_equal(a, b)


def small_network():
    b = Builder()
    y = b.node("MaxPool", b.node("Relu", b.conv("input.1", 3, 6)), kernel_shape=[2, 2])
    z = b.node("Gemm", b.node("Flatten", b.node("GlobalAveragePool", y)), b.noise(6, 4))
    return b.model({"input.1": ["n", 3, "h", "w"]}, [z])


def test_interface():
    net = fastconv.onnx.load(small_network())
    (port,) = net.inputs
    assert (port.name, port.shape, port.dtype) == ("input.1", (None, 3, None, None), np.float32)
    assert net.outputs[0].dtype == np.float32
    x = image(2, 3, 8, 9)
    y = net(x)
    np.testing.assert_array_equal(net(**{"input.1": x}), y)
    np.testing.assert_array_equal(net.run(None, {"input.1": x})[0], y)
    np.testing.assert_array_equal(net.run([net.outputs[0].name], {"input.1": x})[0], y)
    np.testing.assert_array_equal(net(np.asfortranarray(x)), y)
    np.testing.assert_array_equal(net(x[::-1])[::-1], y)
    np.testing.assert_array_equal(net(x.astype(">f4")), y)
    assert net(image(1, 3, 30, 40)).shape == (1, 4)
    assert net.nbytes > 6 * 27 * 4


def test_explain_and_profile():
    net = fastconv.onnx.load(small_network())
    text = str(net.explain((1, 3, 8, 9)))
    assert "Conv" in text and "Relu" in text and "1x6x8x9" in text and "Gemm" in text
    with pytest.raises(ValueError, match="input.1"):
        net.explain()
    found = net.profile(image(1, 3, 8, 9)).to_dict()
    assert [row["op"] for row in found["rows"]][:2] == ["Conv", "MaxPool"]
    assert all(row["seconds"] >= 0 for row in found["rows"])
    assert abs(sum(row["share"] for row in found["rows"]) - 1) < 1e-6
    assert (
        found["rows"][0]["algorithm"]
        in fc.plan("conv2d", input=(1, 3, 8, 9), weight=(6, 3, 3, 3), padding=1).explain()
    )


def test_layers_are_recorded():
    net = fastconv.onnx.load(small_network())
    with fc.record() as calls:
        net(image(1, 3, 8, 9))
    assert [key.split("_")[0] for key, _ in calls] == [
        "conv2d", "max", "adaptive", "conv2d",
    ]  # fmt: skip


def test_wrong_inputs():
    net = fastconv.onnx.load(small_network())
    x = image(1, 3, 8, 9)
    for arguments, named, words in (
        ((), {}, "input.1"),
        ((x, x), {}, "2 inputs"),
        ((x,), {"input.1": x}, "twice"),
        ((x,), {"other": x}, "other"),
        ((x.astype("f8"),), {}, "float64"),
        ((x[0],), {}, "input.1"),
        ((x[:, :2],), {}, "input.1"),
        ((np.array("a"),), {}, "input.1"),
    ):
        with pytest.raises(ValueError, match=words):
            net(*arguments, **named)
    with pytest.raises(ValueError, match="nothing"):
        net.run(["nothing"], {"input.1": x})


def test_wrong_models(tmp_path):
    with pytest.raises(FileNotFoundError):
        fastconv.onnx.load(tmp_path / "none.onnx")
    garbage = tmp_path / "garbage.onnx"
    garbage.write_bytes(b"\x08garbage" * 9)
    for model in (garbage, b"", b"garbage" * 100):
        with pytest.raises(ValueError, match="not an ONNX model"):
            fastconv.onnx.load(model)
    with pytest.raises(TypeError, match="path, bytes"):
        fastconv.onnx.load(3)
    with pytest.raises(ValueError, match="effort"):
        fastconv.onnx.load(small_network(), effort="little")
    with pytest.raises(ValueError, match="num_threads"):
        fastconv.onnx.load(small_network(), num_threads=0)
    b = Builder()
    b.nodes.append(helper.make_node("Strange", ["x"], ["y"], name="here", domain="some.where"))
    model = b.model({"x": [1]}, ["y"])
    model.opset_import.append(helper.make_opsetid("some.where", 3))
    with pytest.raises(ValueError, match="Strange.*some.where.*3.*here"):
        fastconv.onnx.load(model)(np.ones(1, np.float32))


def test_read_from_a_path_and_bytes(tmp_path):
    path, x = tmp_path / "net.onnx", image(1, 3, 8, 9)
    onnx.save(small_network(), path)
    wanted = fastconv.onnx.load(small_network())(x)
    for source in (path, str(path), path.read_bytes()):
        np.testing.assert_array_equal(fastconv.onnx.load(source)(x), wanted)


def test_pickle():
    net = fastconv.onnx.load(small_network(), num_threads=1)
    x = image(1, 3, 8, 9)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(net))(x), net(x))


def test_several_threads_call_one_network():
    net = fastconv.onnx.load(small_network())
    inputs = [image(1 + i % 2, 3, 8, 9 + i % 3, seed=i) for i in range(8)]
    wanted, failed = [net(x) for x in inputs], []

    def work():
        for _ in range(20):
            for x, y in zip(inputs, wanted, strict=True):
                if not np.array_equal(net(x), y):
                    failed.append(x.shape)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not failed


@pytest.mark.parametrize(("dtype", "tolerance"), [("f2", 2e-2), ("f8", 1e-12)])
def test_other_floats(dtype, tolerance):
    b = Builder()
    y = b.node("Relu", b.normalized(b.conv("x", 3, 8), 8))
    y = b.node("Relu", b.node("Add", b.node("Tanh", y), y))
    y = b.node("Mul", y, b.node("Sigmoid", y))
    y = b.node("Gemm", b.node("Flatten", b.node("GlobalAveragePool", y)), b.noise(8, 5), b.noise(5))
    model = b.model({"x": [2, 3, 12, 13]}, [y])
    for tensor in model.graph.initializer:
        array = numpy_helper.to_array(tensor).astype(dtype)
        tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))
    element = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.elem_type = element
    check(model, image(2, 3, 12, 13).astype(dtype), tolerance=tolerance)


def test_sums_of_integers_with_an_activation():
    for op in ("Relu", "Clip"):
        b = Builder()
        total = b.node("Add", "x", "y")
        limits = [b.constant(np.int32(v)) for v in (-2, 3)] if op == "Clip" else []
        model = b.model({"x": [4, 5], "y": [4, 1]}, [b.node(op, total, *limits)])
        for value in (*model.graph.input, *model.graph.output):
            value.type.tensor_type.elem_type = TensorProto.INT32
        rng = np.random.default_rng(0)
        x, y = (rng.integers(-5, 6, shape, np.int32) for shape in ((4, 5), (4, 1)))
        check(model, x, y, tolerance=0)


@pytest.mark.parametrize("dims", [1, 3])
def test_other_dimensions(dims):
    b = Builder()
    kernel = (3,) * dims
    y = b.node("Relu", b.node("Conv", "x", b.noise(4, 3, *kernel), pads=[1] * (2 * dims)))
    y = b.node("ConvTranspose", y, b.noise(4, 2, *kernel), strides=[2] * dims)
    y = b.node("AveragePool", y, kernel_shape=[2] * dims, strides=[2] * dims)
    sizes = [7] * dims
    check(b.model({"x": [2, 3, *sizes]}, [y]), image(2, 3, *sizes))


def test_padding():
    """Test pads of either sign; the reference has positive ones only."""
    x = image(2, 3, 5, 6)
    padded = np.pad(x, 4, constant_values=np.float32(2.5))
    for pads in ([0, 0, 1, 2, 0, 0, 3, 0], [0, 1, -2, 1, 0, 0, 1, -3], [0, 0, -3, 0, 0, 0, -2, 0]):
        b = Builder()
        y = b.node("Pad", "x", b.constant(np.array(pads)), b.constant(np.float32(2.5)))
        net = fastconv.onnx.load(b.model({"x": [2, 3, 5, 6]}, [y]))
        cut = zip(x.shape, pads[:4], pads[4:], strict=True)
        wanted = padded[tuple(slice(4 - low, 4 + n + high) for n, low, high in cut)]
        np.testing.assert_array_equal(net(x), wanted)
        assert net.explain().rows[0]["algorithm"] == "numpy"


def test_free_sizes_that_are_written_as_minus_one():
    b = Builder()
    model = b.model({"x": [-1, 3, "h", 5]}, [b.conv("x", 3, 2)])
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = -1
    net = fastconv.onnx.load(model)
    assert net.inputs[0].shape == (None, 3, None, 5)
    assert net(image(2, 3, 4, 5)).shape == (2, 2, 4, 5)


def test_programs_outlive_measurements(tmp_path):
    net, x = fastconv.onnx.load(small_network()), image(1, 3, 8, 9)
    net(x)
    (program,) = net._programs.entries.values()
    fc.wisdom.export(tmp_path / "wisdom.json")
    fc.wisdom.load(tmp_path / "wisdom.json")
    net(x)
    assert list(net._programs.entries.values()) == [program]
    with fc.config.isa("baseline"):
        np.testing.assert_allclose(net(x), program.run([x], 1)[0], atol=1e-5)
    assert len(net._programs.entries) == 2


def test_programs_are_bounded():
    net = fastconv.onnx.load(small_network())
    for n in range(4, 30):
        net(image(1, 3, 4, n))
    assert len(net._programs.entries) <= 8


def test_nan_stays_in_its_window():
    b = Builder()
    y = b.node("Relu", b.conv("x", 8, 8))
    net, x = fastconv.onnx.load(b.model({"x": [1, 8, 32, 32]}, [y])), image(1, 8, 32, 32)
    x[0, 3, 5, 6] = np.nan
    bad = np.isnan(net(x))
    assert bad.any() and bad.sum() == 9 * 8


def test_shapes_that_depend_on_values():
    b = Builder()
    y = b.conv("x", 3, 4)
    chosen = b.node("NonZero", b.node("Relu", b.node("Flatten", y)))
    count = b.node("Shape", chosen)
    z = b.node("Mul", y, b.node("Cast", b.node("Gather", count, b.constant(np.array([1]))), to=1))
    check(b.model({"x": [1, 3, 5, 5]}, [z]), image(1, 3, 5, 5), tolerance=1e-4)
    check(b.model({"x": ["a", 3, "b", 5]}, [z]), image(2, 3, 7, 5), tolerance=1e-4)


def test_branches():
    b = Builder()
    y = b.conv("x", 3, 4)
    branches = {}
    for name, op in (("then_branch", "Relu"), ("else_branch", "Neg")):
        out = helper.make_tensor_value_info("out", FLOAT, None)
        node = helper.make_node(op, [y], ["out"])
        branches[name] = helper.make_graph([node], name, [], [out])
    mean = b.node("ReduceMean", "x", axes=[0, 1, 2, 3], keepdims=0)
    z = b.node("If", b.node("Greater", mean, b.constant(np.float32(0))), **branches)
    z = b.conv(z, 4, 2, 1)
    for sign in (1, -1):
        check(b.model({"x": [1, 3, 5, 5]}, [z]), sign * np.abs(image(1, 3, 5, 5)))


def test_light_networks_with_noise():
    light = pytest.importorskip("benchmarks.light_networks")
    for name in ("squeezenet", "shufflenet", "inception_v2"):
        model, x = light.network(name), image(1, 3, 224, 224)
        net = fastconv.onnx.load(model)
        result = net(x)
        runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
        options = runtime.SessionOptions()
        options.log_severity_level = 3
        session = runtime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        wanted = session.run(None, {net.inputs[0].name: x})[0]
        np.testing.assert_allclose(result, wanted, atol=1e-5 * np.abs(wanted).max())


def test_command_line(tmp_path, capsys):
    path = tmp_path / "net.onnx"
    onnx.save(small_network(), path)
    text = run(capsys, "onnx", str(path), "--shape", "1,3,8,9", "--threads", "1")
    assert "Conv" in text and "shape (1, 4), float32" in text
    np.save(tmp_path / "x.npy", image(1, 3, 8, 9))
    text = run(capsys, "onnx", str(path), "--input", str(tmp_path / "x.npy"), "--profile")
    assert "measured" in text
    assert "input.1" in fail(capsys, "onnx", str(path))
    assert "none.onnx" in fail(capsys, "onnx", str(tmp_path / "none.onnx"))


def test_without_onnx():
    code = (
        "import sys; sys.modules['onnx'] = None\n"
        "import fastconv\n"
        "try:\n    import fastconv.onnx\n"
        "except ImportError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert "fastconv[onnx]" in done.stdout
