"""Read the pages of a picture.

Pillow reads most formats. Samples of which it would keep only some bits are read by `tiff` and by
functions of this module.
"""

import struct
import sys
import zlib
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from .output import UsageError
from .tiff import TiffFile

#: modes of Pillow with transparency; band A of others is no alpha channel: in LAB it is a colour
_TRANSPARENT = ("LA", "La", "PA", "RGBA", "RGBa")
_GREY = ("1", "L", "LA", "La")
#: formats whose pages lie beside the picture, such as the layers that it is made from
_ONE_PAGE = ("PSD",)
#: 16-bit modes by which Pillow's decoders keep the high byte, and by which they keep the low one
_LOW_BYTE = {
    "16B": "16L",
    "16L": "16B",
    "16N": "16B" if sys.byteorder == "little" else "16L",
}
#: errors that Pillow raises for files that are damaged
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError,
            OverflowError, struct.error, zlib.error)  # fmt: skip


@dataclass
class Page:
    """One picture.

    Parameters
    ----------
    samples : ndarray, shape (rows, columns, channels)
        One channel of grey or three of red, green and blue, and perhaps one of transparency, in the
        dtype of the file.
    duration : float or None, optional
        For how many milliseconds an animation shows the page.
    """

    samples: np.ndarray
    duration: float | None = None

    @property
    def transparent(self):
        """Whether the last channel is the transparency."""
        return self.samples.shape[2] in (2, 4)

    @property
    def white(self):
        """Value of white, or None for numbers that have no largest value."""
        dtype = self.samples.dtype
        return np.iinfo(dtype).max if dtype in (np.uint8, np.uint16) else None

    def planes(self):
        """Return the colours (channels, rows, columns), as float64 for integers of 32 bits."""
        dtype = self.samples.dtype
        wide = dtype.itemsize > 4 or dtype.kind in "iu" and dtype.itemsize == 4
        colours = self.samples[..., :-1] if self.transparent else self.samples
        return colours.transpose(2, 0, 1).astype(np.float64 if wide else np.float32, order="C")

    def filtered(self, planes):
        """Return this page with other colours; integers are rounded and clipped."""
        dtype = self.samples.dtype
        if dtype.kind != "f":
            limits = np.iinfo(dtype)
            planes = np.clip(np.rint(planes), limits.min, limits.max)
        samples = self.samples.copy()
        with np.errstate(over="ignore"):
            samples[..., : len(planes)] = planes.transpose(1, 2, 0)
        return Page(samples, self.duration)


def load(path, page=None):
    """Return the pages of a picture.

    Parameters
    ----------
    path : str or Path
    page : int, optional
        Number of the only page to read, from 1. The default is all pages.

    Returns
    -------
    list of Page

    Raises
    ------
    UsageError
        If the file holds no picture that can be read, or not so many pages.
    OSError
        If the file cannot be opened.
    """
    image, ops = pillow()
    with open(path, "rb") as file, _reading(path, image):
        deep = TiffFile(file)
        try:
            picture = image.open(path)
        except image.UnidentifiedImageError:
            if not deep.tags:
                raise
            picture = None
        with picture or open(path, "rb"):
            count = len(deep.tags) or _pages(picture)
            if page is not None and page > count:
                raise UsageError(f"--page is {page}; {path} has {counted(count)}")
            numbers = range(count) if page is None else (page - 1,)
            return [_page(path, picture, deep, n, image, ops) for n in numbers]


def counted(count):
    """Return ``1 page`` or ``3 pages``."""
    return f"{count} page{'s' * (count != 1)}"


@contextmanager
def _reading(path, image):
    """Turn the errors that Pillow raises for pictures that it cannot read into a `UsageError`."""
    try:
        yield
    except UsageError as error:
        raise UsageError(_named(path, error)) from None
    except image.DecompressionBombError as error:
        raise UsageError(_named(path, error)) from None
    except _DAMAGED as error:
        if isinstance(error, OSError) and error.strerror:
            raise
        raise UsageError(_named(path, error)) from None


def _named(path, error):
    """Return the message of an error with the name of the file."""
    text = str(error) or type(error).__name__
    return text if str(path) in text else f"{path}: {text}"


def _pages(picture):
    """Return the number of pages of an open picture."""
    return 1 if picture.format in _ONE_PAGE else getattr(picture, "n_frames", 1)


def _page(path, picture, deep, number, image, ops):
    """Return a page, by its number from 0."""
    samples = deep.page(number)
    if samples is not None:
        return Page(samples)
    if picture is None:
        raise UsageError(
            f"page {number + 1} cannot be read: it must be grey or RGB, with transparency or not, "
            "of integers of 8 to 32 bits or floating-point numbers"
        )
    if number:
        picture.seek(number)
    raw = _raw_modes(picture)
    if any(";16" in name for name in raw) and not picture.mode.startswith("I"):
        return Page(_deep_colour(path, picture, number, image, ops))
    shown = ops.exif_transpose(picture)
    if shown.mode.startswith(("I", "F")):
        return Page(_grey_numbers(picture, shown))
    transparent = shown.mode in _TRANSPARENT or "transparency" in shown.info
    transparent |= shown.mode == "P" and shown.palette.mode.endswith("A")
    grey = shown.mode in _GREY
    mode = ("L" if grey else "RGB") + "A" * transparent
    if shown.mode in ("La", "RGBa"):
        shown = shown.convert(shown.mode.upper())
    samples = np.asarray(shown.convert(mode))
    return Page(samples if samples.ndim == 3 else samples[..., None], picture.info.get("duration"))


def _raw_modes(picture):
    """Return the names by which Pillow's decoders call the samples of a page."""
    names = []
    for _, _, _, arguments in picture.tile:
        name = arguments[0] if isinstance(arguments, tuple) and arguments else arguments
        names.append(name if isinstance(name, str) else "")
    return names


def _grey_numbers(picture, shown):
    """Return the samples of a picture of one channel with more than 8 bits, and its alpha."""
    values = np.asarray(shown)
    if picture.mode == "F":
        return values[..., None]
    if picture.mode == "I" and picture.format not in ("PNG", "PPM"):
        unsigned = picture.format == "TIFF" and picture.tag_v2.get(339, (1,))[0] == 1
        # Pillow has no mode for numbers without a sign
        return (values.view(np.uint32) if unsigned else values)[..., None]
    values = values.astype(np.uint16)
    found = shown.info.get("transparency")
    if isinstance(found, int):
        return np.stack([values, _opaque(values != found)], axis=-1)
    return values[..., None]


def _opaque(shown):
    """Return an alpha channel of 16 bits that is opaque where `shown` is True."""
    return np.where(shown, 65535, 0).astype(np.uint16)


def _deep_colour(path, picture, number, image, ops):
    """Return the samples of a colour picture with 16 bits per channel.

    Pillow's modes have 8 bits. It can decode the high byte of each sample, and, in a second pass,
    the low one.
    """
    with image.open(path) as second:
        if number:
            second.seek(number)
        names = _raw_modes(second)
        grey = names == ["LA;16B"]
        one = second.format == "PNG" and not getattr(second, "is_animated", False)
        one |= second.format == "TIFF" and second.tag_v2.get(284, 1) == 1
        known = all(n.startswith(("RGB;", "RGBA;")) and n[-3:] in _LOW_BYTE for n in names)
        if not (grey or known) or not one:
            raise UsageError(
                f"{path} has 16 bits per channel in the form {names[0]}, of which Pillow keeps 8; "
                "still PNG, and TIFF with RGB in one plane, are read in full"
            )
        low = ["RGBA" if grey else n[:-3] + _LOW_BYTE[n[-3:]] for n in names]
        second.tile = [_with_mode(t, n) for t, n in zip(second.tile, low, strict=True)]
        low = np.asarray(ops.exif_transpose(second))
        transparent = second.info.get("transparency")
    if grey:  # the bytes of both samples
        return low.astype(np.uint16) @ np.array([[256, 0], [1, 0], [0, 256], [0, 1]], np.uint16)
    samples = np.asarray(ops.exif_transpose(picture)).astype(np.uint16) << 8 | low
    if transparent is not None and samples.shape[2] == 3:
        alpha = _opaque((samples != np.array(transparent, np.uint16)).any(axis=2))
        samples = np.concatenate([samples, alpha[..., None]], axis=2)
    return samples


def _with_mode(tile, name):
    """Return a tile of Pillow's whose samples the decoder calls `name`."""
    decoder, box, offset, arguments = tile
    arguments = (name, *arguments[1:]) if isinstance(arguments, tuple) else name
    make = getattr(type(tile), "_make", tuple)  # named tuples of later versions
    return make((decoder, box, offset, arguments))


def pillow():
    """Import Pillow, or raise ImportError that names the extra."""
    try:
        from PIL import Image, ImageOps
    except ImportError:
        raise ImportError("pictures need pillow: pip install fastconv[cli]") from None
    return Image, ImageOps
