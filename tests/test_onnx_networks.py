"""Test the networks of the examples and of the benchmarks, and the benchmark of networks."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="the extra [onnx] is not installed")

from onnx.reference import ReferenceEvaluator  # noqa: E402

import fastconv.onnx  # noqa: E402

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import classifiers, networks  # noqa: E402
from examples.networks import NETWORKS  # noqa: E402


def noise(shape, dtype=np.float32):
    return np.random.default_rng(1).standard_normal(shape).astype(dtype)


@pytest.mark.parametrize("name", NETWORKS)
def test_layers_have_the_shapes_of_the_book(name):
    build, shapes = NETWORKS[name]
    b, output = build()
    assert b.layers == shapes
    model = b.model(output, name)
    del model.graph.initializer[:]
    for weight in b.weights:  # the shapes of weights are enough
        if weight.data_type == onnx.TensorProto.FLOAT:
            value = onnx.helper.make_tensor_value_info(weight.name, weight.data_type, weight.dims)
            model.graph.input.append(value)
        else:
            model.graph.initializer.append(weight)
    inferred = onnx.shape_inference.infer_shapes(model, data_prop=True).graph
    found = {
        v.name: tuple(d.dim_value for d in v.type.tensor_type.shape.dim)
        for v in (*inferred.value_info, *inferred.output)
    }
    assert found[output.name] == output.shape
    assert output.shape == (1, *shapes["output"])


@pytest.mark.parametrize("name", ["lenet", "googlenet", "resnet", "densenet", "senet"])
def test_networks_of_the_book(name):
    b, output = NETWORKS[name][0]()
    model, x = b.model(output, name), noise(b.input.shape)
    (wanted,) = ReferenceEvaluator(model).run(None, {"image": x})
    result = fastconv.onnx.load(model)(x)
    np.testing.assert_allclose(result, wanted, atol=2e-5 * np.abs(wanted).max())


@pytest.mark.parametrize("name", ["mobilenet_v2", "efficientnet_b0", "squeezenet1_1"])
def test_classifiers(name):
    """Test float32 against float64, in which other algorithms run."""
    model = classifiers.network(name)
    exact = fastconv.onnx.load(networks.in_float64(model), accuracy="high")
    x = noise((1, 3, 224, 224), np.float64)
    wanted = exact(x)
    assert wanted.dtype == np.float64
    result = fastconv.onnx.load(model)(x.astype(np.float32))
    np.testing.assert_allclose(result, wanted, atol=2e-5 * np.abs(wanted).max())


def test_everything_of_a_classifier_is_planned():
    """Test that convolutions take in what follows them, and that no step waits or refers."""
    net = fastconv.onnx.load(classifiers.network("efficientnet_b0"))
    rows = net.explain().rows
    assert {row["op"] for row in rows} == {"Conv", "GlobalAveragePool", "Mul", "Gemm"}
    assert not {row["algorithm"] for row in rows} & {"onnx.reference", "when it runs", "numpy"}


def test_benchmark_of_networks(capsys, tmp_path):
    networks.main(["squeezenet1_1", "--rounds", "1", "--json", str(tmp_path / "rows.json")])
    line = capsys.readouterr().out
    assert "fastconv" in line and "error" in line
    networks.main(["--layers", "squeezenet1_1"])
    assert "in place" in capsys.readouterr().out


def test_example(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "examples.networks", "lenet"], cwd=ROOT, capture_output=True,
        text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "convolution 1    6 x 28 x 28" in done.stdout
