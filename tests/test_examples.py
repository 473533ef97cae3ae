"""Test the examples: a short run of each, and the properties of their functions."""

import importlib.util
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

import fastconv as fc

pytest.importorskip("matplotlib")
pytest.importorskip("sklearn")
image = pytest.importorskip("PIL.Image")

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.fixture(scope="module")
def example():
    def load(name):
        spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


def pictures(folder):
    for path in folder.glob("*.png"):
        picture = np.asarray(image.open(path))
        assert picture.shape[0] > 150 and picture.std() > 10
    return {path.name for path in folder.glob("*.png")}


@pytest.mark.parametrize(
    "name, drawn",
    [
        ("filter_photograph", {"photograph.png", "edges.png", "lens.png"}),
        ("denoise_signal", {"denoised.png", "missing.png"}),
        ("template_matching", {"template.png"}),
        ("run_network", {"network.png"}),
    ],
)
def test_pages_of_the_gallery_draw_their_pictures(name, drawn, tmp_path, monkeypatch):
    if name == "run_network":
        pytest.importorskip("onnx")
    pytest.importorskip("skimage")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(EXAMPLES)
    runpy.run_path(str(EXAMPLES / f"{name}.py"))
    assert pictures(tmp_path / "pictures") == drawn


def test_lenet_learns(example, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)  # its epochs would take as long as ours
    accuracy = example("lenet").main(["--epochs", "12", "--out", str(tmp_path)])
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == f"test accuracy {accuracy * 100:.1f} %"
    assert accuracy > 0.5  # guessing gives 0.1
    assert pictures(tmp_path) == {"lenet_loss.png", "lenet_kernels.png"}


def test_lenet_gradients_are_slopes(example):
    lenet = example("lenet")
    rng = np.random.default_rng(0)
    net = lenet.LeNet(rng)
    x, labels = rng.random((8, 1, 28, 28), np.float32), rng.integers(0, 10, 8)
    net.step(x, labels)
    gradient, values = net.gradients.astype(np.float64), net.values.copy()
    direction = gradient / np.linalg.norm(gradient)
    losses = []
    for step in (0.01, -0.01):
        net.values[...] = values + step * direction
        losses.append(net.step(x, labels))
    slope = (losses[0] - losses[1]) / 0.02
    assert slope == pytest.approx(np.linalg.norm(gradient), rel=5e-3)


def test_features_beat_pixels(example, tmp_path, capsys):
    found = example("features").main(["--quick", "--out", str(tmp_path)])
    assert found["k-means kernels"] > found["raw pixels"] > 0.7
    text = capsys.readouterr().out
    assert all(name in text for name in found)
    assert pictures(tmp_path) == {"features.png"}


def test_kmeans_finds_the_patches_that_there_are(example):
    features = example("features")
    rng = np.random.default_rng(0)
    parts = features.random_kernels(rng)[:3, 0]
    drawn = parts[rng.integers(0, 3, 600)] + 0.02 * rng.standard_normal((600, 7, 7))
    bank = features.kmeans_kernels(drawn[:, None].astype(np.float32), rng)
    likeness = np.einsum("kij,pij->pk", bank[:, 0], parts)
    assert np.all(likeness.max(axis=1) > 0.5)


def test_deblurring_brings_the_scene_back(example, tmp_path, capsys):
    before, after = example("deblur").main(["--quick", "--out", str(tmp_path)])
    assert after > before + 3
    assert "dB" in capsys.readouterr().out.splitlines()[-1]
    assert pictures(tmp_path) == {"deblurred.png"}


def test_the_blur_is_one(example):
    blur = example("deblur").shake()
    assert blur.min() >= -1e-7 and blur.sum() == pytest.approx(1)
    assert fc.convolve(np.ones((30, 30), np.float32), blur, "valid") == pytest.approx(1, abs=1e-5)
