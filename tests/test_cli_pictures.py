"""Test the pictures that ``python -m fastconv filter`` reads and writes: depth, alpha, pages."""

import itertools
import struct
import warnings
import zlib

import numpy as np
import pytest
import scipy.ndimage
from commands import fail, run

import fastconv as fc
from fastconv.cli import pictures, tiff

Image = pytest.importorskip("PIL.Image")
KERNEL = fc.kernels.gaussian(5, 1.5)
DTYPES = ("u2", "i2", "u4", "i4", "f2", "f4", "f8")


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def blurred(x):
    """Return an image (rows, columns, ...) as SciPy filters it in float64."""
    kernel = KERNEL.reshape(5, 5, *(1,) * (x.ndim - 2))
    return scipy.ndimage.correlate(x.astype(float), kernel)


def blur(capsys, source, target, *more):
    """Filter a picture with `KERNEL`."""
    words = ("filter", str(source), "--kernel", "gaussian:5:1.5", "-o", str(target))
    return run(capsys, *words, *more)


def values(path):
    with Image.open(path) as picture:
        return np.asarray(picture)


def random_samples(rng, shape, dtype):
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return (1000 * rng.standard_normal(shape)).astype(dtype)
    limits = np.iinfo(dtype)
    return rng.integers(limits.min, limits.max, shape, dtype, endpoint=True)


def write_png(path, samples, colour, more=()):
    """Write samples (rows, columns, channels) of uint16 as a PNG file, with further chunks."""
    rows, columns, _ = samples.shape
    lines = samples.astype(">u2").reshape(rows, -1).view(np.uint8)
    data = np.concatenate([np.zeros((rows, 1), np.uint8), lines], axis=1).tobytes()
    head = struct.pack(">IIBBBBB", columns, rows, 16, colour, 0, 0, 0)
    chunks = [(b"IHDR", head), *more, (b"IDAT", zlib.compress(data)), (b"IEND", b"")]
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for name, content in chunks:
            check = struct.pack(">I", zlib.crc32(name + content))
            file.write(struct.pack(">I", len(content)) + name + content + check)


# ----------------------------------------------------------------------- colours and transparency


@pytest.mark.parametrize("mode", ["LAB", "CMYK", "YCbCr", "HSV", "RGBX"])
def test_colours_that_are_not_rgb(capsys, tmp_path, rng, mode):
    bands = len(Image.new(mode, (1, 1)).getbands())
    pixels = rng.integers(0, 256, (20, 30, bands), dtype=np.uint8)
    picture = Image.frombytes(mode, (30, 20), pixels.tobytes())
    source = tmp_path / ("x.png" if mode == "HSV" else "x.tif")
    picture = picture.convert("RGB") if mode == "HSV" else picture
    picture.save(source)
    for target in ("out.png", "out.tif"):
        blur(capsys, source, tmp_path / target)
        with Image.open(tmp_path / target) as result:
            assert result.mode == "RGB"
            with Image.open(source) as again:
                expected = blurred(np.asarray(again.convert("RGB")))
            assert np.abs(np.asarray(result) - expected).max() <= 0.51


@pytest.mark.parametrize("output", ["out.png", "out.tif", "out.webp"])
@pytest.mark.parametrize("mode", ["P", "P bytes", "L", "RGB", "1", "PA"])
def test_transparency_stays(capsys, tmp_path, rng, mode, output):
    grey = rng.integers(0, 8, (20, 30), dtype=np.uint8)
    transparent = grey == 3
    if mode.startswith("P"):
        picture = Image.fromarray(grey)
        picture.putpalette(rng.integers(0, 256, 24, dtype=np.uint8).tolist())
        options = {"transparency": 3 if mode == "P" else bytes([255, 255, 255, 0, 255])}
        if mode == "PA":
            alpha = Image.fromarray(np.where(transparent, 0, 255).astype(np.uint8))
            picture, options = picture.convert("PA"), {}
            picture.putalpha(alpha)
    elif mode == "RGB":
        picture, options = Image.fromarray(np.stack([grey, 9 * grey, grey], -1)), {
            "transparency": (3, 27, 3)
        }  # fmt: skip
    else:
        picture = Image.fromarray(grey if mode == "L" else 255 * (grey // 4)).convert(mode)
        options = {"transparency": 3 if mode == "L" else 255}
        transparent = transparent if mode == "L" else grey >= 4
    source, target = tmp_path / ("x.tif" if mode == "PA" else "x.png"), tmp_path / output
    picture.save(source, **options)
    blur(capsys, source, target)
    with Image.open(target) as result:
        assert result.mode == ("LA" if mode in ("L", "1") and "webp" not in output else "RGBA")
        alpha = np.asarray(result.getchannel("A"))
    assert np.array_equal(alpha, np.where(transparent, 0, 255))
    if "webp" not in output:
        with Image.open(source) as again:
            wanted = np.asarray(again.convert("L" if mode in ("L", "1") else "RGB"))
        colours = values(target)
        assert np.abs(np.squeeze(colours[..., :-1]) - blurred(wanted)).max() <= 0.51


# ------------------------------------------------------------------------- more than eight bits


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("output", ["out.png", "out.tif"])
def test_sixteen_bits(capsys, tmp_path, rng, channels, output):
    samples = rng.integers(0, 65536, (21, 30, channels), dtype=np.uint16)
    source, target = tmp_path / "x.png", tmp_path / output
    write_png(source, samples, {1: 0, 2: 4, 3: 2, 4: 6}[channels])
    blur(capsys, source, target)
    (page,) = pictures.load(target)
    assert page.samples.dtype == np.uint16
    colours = samples[..., : channels - (channels in (2, 4))]
    assert np.abs(page.planes() - blurred(colours).transpose(2, 0, 1)).max() <= 0.52
    if channels in (2, 4):
        assert np.array_equal(page.samples[..., -1], samples[..., -1])
    if channels == 1:
        assert np.array_equal(values(target), page.samples[..., 0])


@pytest.mark.parametrize(("colour", "key"), [(0, [3]), (2, [3, 70, 9])])
def test_transparency_of_sixteen_bits(tmp_path, rng, colour, key):
    samples = rng.integers(0, 65536, (9, 11, len(key)), dtype=np.uint16)
    samples[2:4, 5] = key
    samples[5, 5] = [k + 1 for k in key]
    trns = (b"tRNS", struct.pack(f">{len(key)}H", *key))
    write_png(tmp_path / "x.png", samples, colour, [trns])
    (page,) = pictures.load(tmp_path / "x.png")
    assert np.array_equal(page.samples[..., :-1], samples)
    expected = np.full((9, 11), 65535)
    expected[2:4, 5] = 0
    assert np.array_equal(page.samples[..., -1], expected)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("channels", [1, 3])
def test_numbers_keep_their_type(capsys, tmp_path, rng, dtype, channels):
    """Test that integers are rounded and clipped, and floating-point numbers are neither."""
    samples = random_samples(rng, (15, 16, channels), dtype)
    source, target = tmp_path / "x.tif", tmp_path / "out.tiff"
    tiff.write_tiff(source, [samples])
    blur(capsys, source, target)
    (page,) = pictures.load(target)
    assert page.samples.dtype == dtype
    expected = blurred(samples)
    scale = np.abs(expected).max()
    close = {"f2": 1e-3 * scale, "f4": 1e-6 * scale, "f8": 1e-14 * scale}.get(dtype, 0.52)
    assert np.abs(page.samples - expected).max() <= close
    if channels == 1 and dtype in ("u2", "i4", "f4"):  # other programs read it as well
        assert np.array_equal(values(target), page.samples[..., 0])


def test_floats_are_neither_clipped_nor_scaled(capsys, tmp_path, rng):
    x = (rng.standard_normal((20, 30)) * 1e4).astype("f4")
    x[4, 5] = np.nan
    Image.fromarray(x).save(tmp_path / "x.tif")
    run(capsys, "filter", str(tmp_path / "x.tif"), "--kernel", "sobel", "-o",
        str(tmp_path / "e.tif"))  # fmt: skip
    slopes = [scipy.ndimage.correlate(x.astype(float), fc.kernels.sobel(a)) for a in (0, 1)]
    expected = np.hypot(*slopes)
    expected[3:6, 4:7] = np.nan
    np.testing.assert_allclose(values(tmp_path / "e.tif"), expected, rtol=1e-4)


def test_magnitudes_of_sixteen_bits_reach_white(capsys, tmp_path, rng):
    Image.fromarray(rng.integers(0, 300, (40, 50)).astype("u2")).save(tmp_path / "x.png")
    run(capsys, "filter", str(tmp_path / "x.png"), "--kernel", "scharr", "-o",
        str(tmp_path / "e.png"))  # fmt: skip
    assert values(tmp_path / "e.png").max() == 65535


@pytest.mark.parametrize("source", ["I;16", "I;16B", "I", "F", "PGM"])
def test_pillows_deep_modes(capsys, tmp_path, rng, source):
    x = rng.integers(0, 60000, (12, 14))
    if source == "PGM":
        path, x = tmp_path / "x.pgm", x.astype("u2")
        path.write_bytes(b"P5 14 12 65535\n" + x.astype(">u2").tobytes())
    else:
        path, dtype = tmp_path / "x.tif", {"I": "i4", "F": "f4"}.get(source, "u2")
        x = x.astype(dtype)
        raw = x.astype(">u2") if source == "I;16B" else x
        Image.frombytes(source, (14, 12), raw.tobytes()).save(path)
    blur(capsys, path, tmp_path / "out.tif")
    result = values(tmp_path / "out.tif")
    assert result.dtype == x.dtype
    assert np.abs(result - blurred(x)).max() <= 0.52
    if source == "PGM":
        blur(capsys, path, tmp_path / "out.pgm")
        assert np.array_equal(values(tmp_path / "out.pgm"), result)


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate"])
def test_compressed_tiff(tmp_path, rng, compression):
    for mode, dtype in (("L", "u1"), ("I;16", "u2"), ("I", "i4"), ("F", "f4")):
        x = random_samples(rng, (12, 14), dtype)
        picture = Image.frombytes(mode, (14, 12), x.tobytes())
        picture.save(tmp_path / "x.tif", compression=compression)
        (page,) = pictures.load(tmp_path / "x.tif")
        assert page.samples.dtype == dtype and np.array_equal(page.samples[..., 0], x)


def test_tiff_of_other_programs(tmp_path, rng):
    """Test every layout that tifffile writes without further packages."""
    tifffile = pytest.importorskip("tifffile")
    options = itertools.product(DTYPES, (1, 2, 3, 4), "<>", (None, "zlib"), (None, (16, 16)))
    for dtype, channels, order, compression, tile in options:
        for planar, predictor, big in (
            ("contig", None, False), ("separate", None, False), ("contig", True, True),
        ):  # fmt: skip
            if predictor and compression is None:
                continue
            x = random_samples(rng, (21, 19, channels), dtype)
            shown = np.moveaxis(x, 2, 0) if planar == "separate" else x
            try:
                tifffile.imwrite(
                    tmp_path / "x.tif", x[..., 0] if channels == 1 else shown,
                    photometric="rgb" if channels > 2 else "minisblack", byteorder=order,
                    compression=compression, tile=tile, predictor=predictor, bigtiff=big,
                    planarconfig=planar if channels > 1 else None,
                    extrasamples=["unassalpha"] if channels in (2, 4) else None,
                )  # fmt: skip
            except (ValueError, ImportError, KeyError):  # predictors need a further package
                continue
            (page,) = pictures.load(tmp_path / "x.tif")
            assert page.samples.dtype == dtype
            assert np.array_equal(page.samples, x), (dtype, channels, order, compression, planar)


def test_predictors():
    """Test predictors by files that are written here: tifffile needs a further package for them."""
    x = np.array([[1.5, -2.0, 3e9, 0.1, 7.0], [2.5, 4.0, -1e-9, 8.5, 1.0]], "f4")
    planes = x.astype(">f4").view(np.uint8).reshape(2, 5, 4).transpose(0, 2, 1).reshape(2, 20)
    differences = np.diff(planes, axis=1, prepend=np.uint8(0))
    result = tiff._unpredicted(differences.tobytes(), np.dtype("<f4"), (2, 5, 1))
    assert np.array_equal(result[..., 0], x)


def test_written_tiff_is_a_tiff(tmp_path, rng):
    tifffile = pytest.importorskip("tifffile")
    shapes = ((5, 7, 1), (6, 5, 3), (3, 4, 4), (1, 1, 1), (8, 2, 2))
    for dtype in (*DTYPES, "u1"):
        pages = [random_samples(rng, shape, dtype) for shape in shapes]
        tiff.write_tiff(tmp_path / "x.tif", pages)
        with tifffile.TiffFile(tmp_path / "x.tif") as file:
            assert len(file.pages) == len(pages)
            for page, expected in zip(file.pages, pages, strict=True):
                found = page.asarray().reshape(expected.shape)
                assert found.dtype == dtype and np.array_equal(found, expected)


# ------------------------------------------------------------------------------------- pages


@pytest.fixture
def stack(tmp_path, rng):
    """Write a TIFF file with three pages of different kinds."""
    path = tmp_path / "stack.tif"
    arrays = [rng.integers(0, 256, s, dtype=np.uint8) for s in ((9, 11), (12, 10, 3), (7, 8, 4))]
    first, *rest = map(Image.fromarray, arrays)
    first.save(path, save_all=True, append_images=rest)
    return path, arrays


def test_all_pages_are_filtered(capsys, tmp_path, stack):
    path, arrays = stack
    assert "(3 pages)" in blur(capsys, path, tmp_path / "out.tif")
    pages = pictures.load(tmp_path / "out.tif")
    for page, array in zip(pages, arrays, strict=True):
        shown = page.samples[..., 0] if array.ndim == 2 else page.samples
        assert shown.shape == array.shape
        colours = slice(3 if array.ndim == 3 else None)
        assert np.abs(shown[..., colours] - blurred(array)[..., colours]).max() <= 0.51
    assert np.array_equal(pages[2].samples[..., 3], arrays[2][..., 3])


@pytest.mark.parametrize("number", [1, 2, 3])
def test_one_page(capsys, tmp_path, stack, number):
    path, arrays = stack
    blur(capsys, path, tmp_path / "out.png", "--page", str(number))
    result = values(tmp_path / "out.png")
    assert result.shape == arrays[number - 1].shape
    assert np.abs(result - blurred(arrays[number - 1]))[..., :3].max() <= 0.51


def test_a_format_of_one_page_is_refused_by_name(capsys, tmp_path, stack):
    words = ("filter", str(stack[0]), "--kernel", "box:3", "-o")
    for name, kind in (("o.jpg", "JPEG"), ("o.bmp", "BMP")):
        message = fail(capsys, *words, str(tmp_path / name))
        assert f"{kind} cannot hold 3 pages" in message and "--page" in message
        assert not (tmp_path / name).exists()
    assert "--page is 4" in fail(capsys, *words, str(tmp_path / "o.tif"), "--page", "4")
    for page in ("0", "-1", "x", "1.5"):
        with pytest.raises(SystemExit):
            run(capsys, *words, str(tmp_path / "o.tif"), f"--page={page}")
    capsys.readouterr()


def test_deep_pages(capsys, tmp_path, rng):
    pages = [random_samples(rng, (9, 8, c), d) for c, d in ((1, "f8"), (3, "u2"), (1, "u1"))]
    tiff.write_tiff(tmp_path / "x.tif", pages)
    blur(capsys, tmp_path / "x.tif", tmp_path / "out.tif")
    for page, before in zip(pictures.load(tmp_path / "out.tif"), pages, strict=True):
        assert page.samples.dtype == before.dtype
        assert np.abs(page.samples - blurred(before)).max() <= 0.52
    words = ("filter", str(tmp_path / "x.tif"), "--kernel", "box:3", "-o")
    assert "more than 8 bits" in fail(capsys, *words, str(tmp_path / "o.gif"))


@pytest.mark.parametrize("kind", ["gif", "png", "webp"])
def test_animations(capsys, tmp_path, kind):
    grey = [np.full((16, 16), v, np.uint8) for v in (20, 120, 220)]
    first, *rest = map(Image.fromarray, grey)
    first.save(tmp_path / "x.gif", save_all=True, append_images=rest, duration=[100, 200, 300])
    blur(capsys, tmp_path / "x.gif", tmp_path / f"out.{kind}")
    with Image.open(tmp_path / f"out.{kind}") as result:
        assert result.n_frames == 3
        durations = []
        for number, page in enumerate(grey):
            result.seek(number)
            result.load()
            durations.append(result.info["duration"])
            # formats choose among a few colours, or compress with losses
            assert np.abs(np.asarray(result.convert("L")).astype(int) - page).max() <= 3
    assert durations == [100, 200, 300]


# ------------------------------------------------------------------------------------ bad files


def test_files_are_closed(capsys, tmp_path, stack):
    Image.new("P", (8, 8)).save(tmp_path / "x.png", transparency=0)
    tiff.write_tiff(tmp_path / "f.tif", [np.zeros((4, 4, 3), "f8")])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for source in (stack[0], tmp_path / "x.png", tmp_path / "f.tif"):
            blur(capsys, source, tmp_path / "out.tif")
            whole = source.read_bytes()
            (tmp_path / "bad").write_bytes(whole[: len(whole) // 2])
            with pytest.raises((pictures.UsageError, OSError)):
                pictures.load(tmp_path / "bad")


def test_a_picture_may_be_its_own_output(capsys, stack):
    path, arrays = stack
    blur(capsys, path, path)
    page = pictures.load(path)[0]
    assert np.abs(page.samples[..., 0] - blurred(arrays[0])).max() <= 0.51


@pytest.mark.filterwarnings("ignore")
def test_damaged_files_are_refused(tmp_path, rng):
    """Test that files with wrong bytes give a picture or an error of one kind, and no other."""
    samples = rng.integers(0, 65536, (9, 8, 3), dtype=np.uint16)
    write_png(tmp_path / "a.png", samples, 2)
    tiff.write_tiff(tmp_path / "b.tif", [samples, samples.astype("f8")])
    Image.fromarray(samples[..., 0]).save(tmp_path / "c.tif", compression="tiff_lzw")
    Image.fromarray((samples >> 8).astype("u1")).save(tmp_path / "d.tif")
    for source in ("a.png", "b.tif", "c.tif", "d.tif"):
        whole = (tmp_path / source).read_bytes()
        assert pictures.load(tmp_path / source)
        for _ in range(150):
            data = bytearray(whole)
            for at in rng.integers(0, min(len(data), 400), rng.integers(1, 4)):
                data[at] = rng.integers(0, 256)
            (tmp_path / "bad").write_bytes(data[: rng.integers(20, len(data) + 1)])
            try:
                pictures.load(tmp_path / "bad")
            except (pictures.UsageError, OSError) as error:
                assert str(error)


def test_kinds_that_cannot_be_read(tmp_path):
    tifffile = pytest.importorskip("tifffile")
    path = tmp_path / "x.tif"
    for array, options in (
        (np.zeros((5, 6, 3), "f4"), {"photometric": "minisblack", "planarconfig": "contig"}),
        (np.zeros((5, 6, 5), "u2"), {"photometric": "minisblack", "planarconfig": "contig"}),
        (np.zeros((5, 6), "u8"), {}),
        (np.zeros((5, 6, 4), "u2"), {"photometric": "rgb", "extrasamples": ["assocalpha"]}),
        (np.zeros((5, 6), "c8"), {}),
    ):
        tifffile.imwrite(path, array, **options)
        with pytest.raises(pictures.UsageError, match=r"x\.tif"):
            pictures.load(path)
