"""Write pages as a picture.

Pillow writes most formats. `tiff` and a function of this module write samples of more than 8 bits,
of which Pillow writes only those of one channel.
"""

import struct
import zlib
from pathlib import Path

import numpy as np

from .output import UsageError, usage
from .pictures import counted, pillow
from .tiff import write_tiff

_PNG = b"\x89PNG\r\n\x1a\n"


def check_output(path, pages):
    """Refuse an output whose format cannot hold the pages, before they are filtered.

    Parameters
    ----------
    path : str or Path
    pages : list of Page

    Raises
    ------
    UsageError
        The message names the file, what it cannot hold, and what can.
    """
    kind, image = _format(path), pillow()[0]
    if kind is None:  # Pillow's message names the extension
        return
    if len(pages) > 1 and kind != "TIFF":
        image.init()
        deep = any(page.samples.dtype != np.uint8 for page in pages)
        if deep or kind not in image.SAVE_ALL:
            raise UsageError(
                f"{path}: {kind} cannot hold {counted(len(pages))}"
                + " of more than 8 bits" * (deep and kind in image.SAVE_ALL)
                + "; write a .tif, or choose one page with --page"
            )
    dtype, channels = pages[0].samples.dtype, pages[0].samples.shape[2]
    if dtype == np.uint8 or kind == "TIFF" or kind == "PNG" and dtype == np.uint16:
        return
    if channels > 1 or kind == "PNG":
        can = ".tif or .png" if dtype == np.uint16 else ".tif"
        raise UsageError(f"{path}: {kind} cannot hold samples of {dtype}; write a {can}")


def save(path, pages):
    """Write pages as one picture.

    Parameters
    ----------
    path : str or Path
    pages : list of Page

    Raises
    ------
    UsageError, OSError
        If the format cannot hold the pages, or the file cannot be written.
    """
    image, _ = pillow()
    kind, samples = _format(path), [page.samples for page in pages]
    if kind == "TIFF":
        write_tiff(path, [_readable(page) for page in samples])
    elif kind == "PNG" and samples[0].dtype == np.uint16:
        _write_png(path, samples[0])
    else:
        options = {}
        if len(pages) > 1:
            options = {"save_all": True}
            durations = [page.duration for page in pages]
            if None not in durations:
                options |= {"duration": durations, "loop": 0}
        with usage():
            first, *rest = (image.fromarray(s[..., 0] if s.shape[2] == 1 else s) for s in samples)
            first.save(path, **options, **({"append_images": rest} if rest else {}))


def _readable(samples):
    """Return samples as a TIFF file that other programs read has them: grey has no alpha."""
    if samples.shape[2] == 2 and samples.dtype != np.uint8:
        return samples[..., [0, 0, 0, 1]]
    return samples


def _format(path):
    """Return the name of the format in which Pillow writes a file with this extension, or None."""
    image, _ = pillow()
    return image.registered_extensions().get(Path(path).suffix.lower())


def _write_png(path, samples):
    """Write samples of 16 bits as a PNG file, which Pillow does for grey ones only.

    References
    ----------
    *Portable Network Graphics Specification*, 3rd ed., W3C, 2025.
    """
    rows, columns, channels = samples.shape
    colour = {1: 0, 3: 2, 2: 4, 4: 6}[channels]
    lines = np.ascontiguousarray(samples, ">u2").view(np.uint8).reshape(rows, -1)
    filtered = np.empty((rows, 1 + lines.shape[1]), np.uint8)
    filtered[:, 0] = 1  # each byte less that of the pixel before it
    filtered[:, 1:] = lines
    filtered[:, 1 + 2 * channels :] -= lines[:, : -2 * channels]
    head = struct.pack(">IIBBBBB", columns, rows, 16, colour, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(_PNG)
        for name, data in ((b"IHDR", head), (b"IDAT", zlib.compress(filtered)), (b"IEND", b"")):
            check = zlib.crc32(name + data)
            file.write(struct.pack(">I", len(data)) + name + data + struct.pack(">I", check))
