"""Test the gallery: every filter gives SciPy's result, and each has a picture."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import scipy.ndimage

from fastconv import ndimage

image = pytest.importorskip("PIL.Image")
pytest.importorskip("matplotlib")
pytest.importorskip("skimage")

SCRIPT = Path(__file__).parent.parent / "examples" / "gallery.py"


@pytest.fixture(scope="module")
def gallery():
    spec = importlib.util.spec_from_file_location("gallery", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_filters_are_scipys(gallery):
    photo = gallery.coffee()[150:230, 200:300]
    functions = [function for _, function in gallery.FILTERS.values()]
    for function in (*functions, gallery.gabor):
        ours, theirs = function(ndimage, photo), function(scipy.ndimage, photo)
        assert ours.dtype == theirs.dtype
        if function is gallery.sharpen:  # truncated to bytes: they may differ by 1
            assert np.abs(ours.astype(int) - theirs).max() <= 1
        elif ours.dtype == np.uint8:
            np.testing.assert_array_equal(ours, theirs)
        else:
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5 * np.abs(theirs).max())


def test_pictures_of_before_and_after(gallery, tmp_path, capsys):
    paths = gallery.main(["--out", str(tmp_path)])
    names = ["blur.png", "sharpen.png", "edges.png", "emboss.png", "dilate.png", "gabor.png"]
    assert [path.name for path in paths] == names
    text = capsys.readouterr().out
    for path in paths:
        assert str(path) in text
        picture = np.asarray(image.open(path).convert("L"), float)
        before, after = np.array_split(picture, 2, axis=1)
        assert picture.std() > 20  # the picture is not empty
        assert before.mean() != after.mean()
