"""Test the demo with small sizes."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("matplotlib")
image = pytest.importorskip("PIL.Image")

SCRIPT = Path(__file__).parent.parent / "examples" / "demo.py"


@pytest.fixture(scope="module")
def demo():
    spec = importlib.util.spec_from_file_location("demo", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["demo"] = module  # dataclasses look for their module here
    spec.loader.exec_module(module)
    yield module
    del sys.modules["demo"]


def test_it_prints_tables_and_writes_two_pictures(demo, tmp_path, capsys):
    try:
        demo.photograph()
    except SystemExit as stop:
        pytest.skip(str(stop))
    paths = demo.main(["--quick", "--out", str(tmp_path / "pictures")])
    text = capsys.readouterr().out
    for word in ("Gaussian", "Sobel", "ResNet-50", "Signal", "Max pooling", "auto chose"):
        assert word in text
    for name in ("naive", "implicit_gemm", "fft"):
        assert name in text
    assert [path.name for path in paths] == ["comparison.png", "filtered.png"]
    for path in paths:
        assert str(path) in text
        picture = np.asarray(image.open(path))
        assert picture.shape[0] > 200 and picture.std() > 10


def test_filtered_pictures_are_what_they_claim(demo):
    step = np.zeros((40, 60, 3), np.uint8)
    step[:, 30:] = 200
    blurred, edges = demo.filtered(step)
    assert blurred.shape == (40, 60, 3) and edges.shape == (40, 60)
    assert np.allclose(blurred[:, :15], 0, atol=1e-5)
    assert np.allclose(blurred[:, -15:], 200 / 255, atol=1e-5)
    assert np.all(np.diff(blurred[20, :, 0]) > -1e-6)
    assert set(np.flatnonzero(edges[20] > 1e-3)) == {29, 30}


def test_the_low_pass_filter_passes_the_mean_and_stops_the_rest(demo):
    taps = demo.low_pass(513)
    gain = np.abs(np.fft.rfft(taps, 8192))
    frequency = np.arange(gain.size) / 8192
    assert np.allclose(gain[frequency < 0.045], 1, atol=0.01)
    assert gain[frequency > 0.055].max() < 0.01


def test_it_says_what_it_needs(demo, monkeypatch):
    for name in ("skimage", "skimage.data", "sklearn", "sklearn.datasets"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(SystemExit, match=r"pip install fastconv\[examples\]"):
        demo.photograph()


def test_it_has_a_help_text():
    found = subprocess.run(
        [sys.executable, str(SCRIPT), "--help"], capture_output=True, text=True, check=True
    )
    assert "--out" in found.stdout
