"""Test the example that reads the text of a picture with trained networks."""

import numpy as np
import pytest

pytest.importorskip("onnx", reason="the extra [onnx] is not installed")
image = pytest.importorskip("PIL.Image", reason="the extra [examples] is not installed")

from examples.networks import read_text  # noqa: E402


@pytest.fixture(autouse=True)
def _models():
    try:
        read_text.model_path(read_text.DETECTOR)
    except FileNotFoundError as error:
        pytest.skip(str(error))


def test_the_text_is_read(tmp_path, capsys):
    lines = ["Convolution, the fast way", "Kernel of 3 by 3"]
    assert read_text.main(["--out", str(tmp_path), "--text", *lines]) == lines
    assert "2 lines in" in capsys.readouterr().out
    picture = np.asarray(image.open(tmp_path / "read_text.png"))
    assert picture.shape[0] == 2 * len(read_text.drawn(lines)) and picture.std() > 10


def test_characters_between_blanks():
    scores = np.eye(4)[[0, 1, 1, 0, 1, 2, 2, 3, 0]]
    assert read_text.text_of(scores, ["", "a", "b", "c"]) == "aabc"
