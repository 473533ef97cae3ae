"""Test ``python -m fastconv filter``: it reads and writes pictures, and knows kernels by name."""

import sys

import numpy as np
import pytest
import scipy.ndimage
from commands import fail, run

import fastconv as fc
from fastconv.cli.filter import parse_kernel
from fastconv.cli.picture_files import save
from fastconv.cli.pictures import Page, load

QUICK = ("--time-limit", "0.02", "--repeat", "1")


@pytest.fixture
def pictures(tmp_path):
    """Make a folder with a grey, a colour and a transparent picture."""
    image = pytest.importorskip("PIL.Image")
    rng = np.random.default_rng(0)
    for name, shape in (("L", (20, 30)), ("RGB", (20, 30, 3)), ("RGBA", (20, 30, 4))):
        image.fromarray(rng.integers(0, 256, shape, np.uint8)).save(tmp_path / f"{name}.png")
    image.fromarray(np.full((9, 9), 70, np.uint8)).save(tmp_path / "flat.png")
    image.fromarray(np.ones((9, 9), np.int32)).save(tmp_path / "deep.tif")
    return tmp_path


def planes_of(path):
    (page,) = load(path)
    return page.planes()


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
@pytest.mark.parametrize(
    ("boundary", "scipys"),
    [("symm", "reflect"), ("mirror", "mirror"), ("nearest", "nearest"), ("wrap", "wrap")],
)
def test_filter_is_scipys(capsys, pictures, mode, boundary, scipys):
    image = pytest.importorskip("PIL.Image")
    source, target = pictures / f"{mode}.png", pictures / "out.png"
    words = ("filter", str(source), "--kernel", "gaussian:5:1.5", "-o", str(target))
    assert str(target) in run(capsys, *words, "--boundary", boundary)
    result, original = (np.asarray(image.open(p)).astype(float) for p in (target, source))
    assert result.shape == original.shape
    if mode == "RGBA":
        assert np.array_equal(result[..., 3], original[..., 3])
        result, original = result[..., :3], original[..., :3]
    kernel = fc.kernels.gaussian(5, 1.5).reshape(5, 5, *(1,) * (result.ndim - 2))
    expected = scipy.ndimage.correlate(original, kernel, mode=scipys)
    assert np.abs(result - expected).max() <= 0.51


def test_edges_are_magnitudes(capsys, pictures):
    planes = planes_of(pictures / "L.png")
    run(
        capsys,
        "filter",
        str(pictures / "L.png"),
        "--kernel",
        "sobel",
        "-o",
        str(pictures / "e.png"),
    )
    edges = planes_of(pictures / "e.png")
    slopes = [scipy.ndimage.sobel(planes[0], axis) for axis in (0, 1)]
    length = np.hypot(*slopes)
    assert np.corrcoef(length.ravel(), edges.ravel())[0, 1] > 0.99
    assert edges.max() == 255
    run(capsys, "filter", str(pictures / "flat.png"), "--kernel", "scharr", "-o",
        str(pictures / "e.png"))  # fmt: skip
    assert not planes_of(pictures / "e.png").any()


def test_filter_compares(capsys, pictures):
    words = ("filter", str(pictures / "L.png"), "--kernel", "box:3x5", "--compare", *QUICK)
    text = run(capsys, *words, "-o", str(pictures / "o.png"), "--algorithm", "naive")
    assert text.startswith("correlate_f32_i1x20x30_w1x3x5_same") and "implicit_gemm" in text


@pytest.mark.parametrize(
    ("text", "count", "shape", "signed"),
    [
        ("gaussian:15", 1, (15, 15), False),
        ("gaussian:15x5:3.0", 1, (15, 5), False),
        ("box:9", 1, (9, 9), False),
        ("sobel", 2, (3, 3), True),
        ("sobel:0", 1, (3, 3), True),
        ("prewitt:1", 1, (3, 3), True),
        ("scharr", 2, (3, 3), True),
        ("laplacian", 1, (3, 3), True),
        ("laplacian:True", 1, (3, 3), True),
        ("sharpen", 1, (3, 3), False),
        ("emboss", 1, (3, 3), False),
        ("log:9:1.4", 1, (9, 9), True),
        ("log:9", 1, (9, 9), True),
        ("gabor:21:0.1:0.5:4", 1, (21, 21), True),
    ],
)
def test_kernels_by_name(text, count, shape, signed):
    kernels, has_sign = parse_kernel(text)
    assert [k.shape for k in kernels] == [(1, *shape)] * count
    assert has_sign == signed


@pytest.mark.parametrize(
    ("picture", "kernel", "output", "message"),
    [
        ("none.png", "box:3", "o.png", "No such file"),
        ("L.png", "boxes:3", "o.png", "there are box"),
        ("L.png", "box", "o.png", "size"),
        ("L.png", "box:3:3", "o.png", "box:3:3"),
        ("L.png", "box:0", "o.png", "size"),
        ("L.png", "box:a", "o.png", "size"),
        ("L.png", "sobel:2", "o.png", "axis"),
        ("L.png", "gaussian:5:-1", "o.png", "sigma"),
        ("L.png", "box:3", "o.nonsense", "nonsense"),
        ("L.png", "box:3", "no/folder/o.png", "No such file"),
        ("deep.tif", "box:3", "o.png", "PNG cannot hold samples of int32; write a .tif"),
        ("L.png", "box:9999999", "o.png", "size"),
        ("L.png", "gaussian:100000x200000", "o.png", "size is (100000, 200000)"),
        ("text.png", "box:3", "o.png", "identify"),
    ],
)
def test_filter_errors_are_one_line(capsys, pictures, picture, kernel, output, message):
    (pictures / "text.png").write_text("no picture")
    words = (str(pictures / picture), "--kernel", kernel, "-o", str(pictures / output))
    assert message in fail(capsys, "filter", *words)


def test_without_pillow_the_extra_is_named(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    words = ("filter", "x.png", "--kernel", "box:3", "-o", "y.png")
    assert "pip install fastconv[cli]" in fail(capsys, *words)


def test_values_are_rounded_and_clipped(tmp_path):
    pytest.importorskip("PIL")
    page = Page(np.zeros((1, 4, 1), np.uint8))
    save(tmp_path / "x.png", [page.filtered(np.float32([[[-3, 0.4, 0.6, 300]]]))])
    assert planes_of(tmp_path / "x.png").tolist() == [[[0, 0, 1, 255]]]
