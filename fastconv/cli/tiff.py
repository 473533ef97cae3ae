"""TIFF files with samples of any number type, which Pillow reads and writes in part only.

Reading covers uncompressed and deflated pages of grey or RGB samples; all other pages are left to
Pillow. Writing makes uncompressed files.

References
----------
Adobe, *TIFF Revision 6.0*, 1992; Adobe, *Photoshop TIFF Technical Note 3*, 2005, for predictors.
"""

import struct
import zlib

import numpy as np

from ..problem.limits import checked_size
from .output import UsageError

#: tags
_WIDTH, _LENGTH, _BITS, _COMPRESSION, _PHOTOMETRIC = 256, 257, 258, 259, 262
_STRIPS, _SAMPLES, _ROWS, _STRIP_BYTES, _PLANAR = 273, 277, 278, 279, 284
_PREDICTOR, _TILE_WIDTH, _TILE_LENGTH, _TILES, _TILE_BYTES = 317, 322, 323, 324, 325
_ORIENTATION, _EXTRA, _FORMAT = 274, 338, 339
#: codes of `struct` for the types of a tag's values
_TYPES = {1: "B", 3: "H", 4: "I", 16: "Q"}
#: kinds of numbers by the tag SampleFormat, and back
_KINDS = {1: "u", 2: "i", 3: "f"}
_FORMATS = {kind: number for number, kind in _KINDS.items()}
#: dtypes of the samples that are read
_CODES = ("u1", "u2", "i2", "u4", "i4", "f2", "f4", "f8")
#: most bytes of a file with offsets of 32 bits
_LARGEST = (1 << 32) - (1 << 16)


class TiffFile:
    """The pages of a TIFF file whose samples `page` can read.

    Parameters
    ----------
    file : binary file
        An open file.
    """

    def __init__(self, file):
        self._file = file
        file.seek(0)
        head = file.read(16)
        self._order = {b"II": "<", b"MM": ">"}.get(head[:2], "")
        self._big = len(head) == 16 and head[2:4] in (b"\x2b\x00", b"\x00\x2b")
        self.tags = []
        if self._order and head[2:4] in (b"\x2a\x00", b"\x00\x2a", b"\x2b\x00", b"\x00\x2b"):
            start = self._unpack("Q", head[8:16]) if self._big else self._unpack("I", head[4:8])
            self._read_tags(*start)

    def page(self, number):
        """Return the samples of a page as an array (rows, columns, samples), or None.

        None stands for a page that is left to Pillow.
        """
        if number >= len(self.tags):
            return None
        tags = self.tags[number]
        samples = tags.get(_SAMPLES, [1])[0]
        bits, kinds = set(tags.get(_BITS, [1])), set(tags.get(_FORMAT, [1]))
        code = f"{_KINDS.get(min(kinds))}{min(bits) // 8}"
        known = code in _CODES and len(bits) == len(kinds) == 1 and {_WIDTH, _LENGTH} <= {*tags}
        plain = tags.get(_PHOTOMETRIC, [1])[0] == (1 if samples < 3 else 2)
        plain = plain and tags.get(_EXTRA, []) == ([2] if samples in (2, 4) else [])
        upright = tags.get(_ORIENTATION, [1])[0] == 1
        packing = tags.get(_COMPRESSION, [1])[0] in (1, 8, 32946)
        if not (known and plain and upright and packing and samples in (1, 2, 3, 4)):
            return None
        return self._assembled(tags, np.dtype(code), samples)

    def _assembled(self, tags, dtype, samples):
        """Return the samples of a page, put together from its strips or tiles."""
        columns, rows = tags[_WIDTH][0], tags[_LENGTH][0]
        tiled = _TILES in tags
        offsets = tags.get(_TILES if tiled else _STRIPS, [])
        sizes = tags.get(_TILE_BYTES if tiled else _STRIP_BYTES, [])
        width = tags.get(_TILE_WIDTH, [0])[0] if tiled else columns
        height = tags.get(_TILE_LENGTH, [0])[0] if tiled else min(tags.get(_ROWS, [rows])[0], rows)
        apart = samples if tags.get(_PLANAR, [1])[0] == 2 else 1
        held = samples // apart
        count = apart * -(-rows // max(height, 1)) * -(-columns // max(width, 1))
        if not (0 < count <= min(len(offsets), len(sizes)) and min(height, width) > 0):
            raise UsageError("a strip or a tile of the file is missing")
        checked_size((rows, columns, samples), dtype, "a page", "the file says so")
        grid = [
            (sample, top, left)
            for sample in range(apart)
            for top in range(0, rows, height)
            for left in range(0, columns, width)
        ]
        page = np.empty((rows, columns, samples), dtype)
        for (sample, top, left), offset, size in zip(grid, offsets, sizes, strict=False):
            high = height if tiled else min(height, rows - top)
            ordered = dtype.newbyteorder(self._order)
            part = self._part(tags, ordered, offset, size, (high, width, held))
            bottom, right = min(rows, top + high), min(columns, left + width)
            page[top:bottom, left:right, sample : sample + held] = part[
                : bottom - top, : right - left
            ]
        return page

    def _part(self, tags, dtype, offset, size, shape):
        """Return the samples of one strip or tile."""
        self._file.seek(offset)
        data = self._file.read(size)
        needed = int(np.prod(shape)) * dtype.itemsize
        if tags.get(_COMPRESSION, [1])[0] != 1:
            data = zlib.decompressobj().decompress(data, needed)
        if len(data) < needed:
            raise UsageError("the file is truncated")
        predictor = tags.get(_PREDICTOR, [1])[0]
        if predictor == 3:
            return _unpredicted(data[:needed], dtype, shape)
        part = np.frombuffer(data, dtype, int(np.prod(shape))).reshape(shape)
        if predictor == 2 and dtype.kind in "iu":
            return np.cumsum(part, axis=1, dtype=dtype.newbyteorder("="))
        return part

    def _read_tags(self, start):
        """Read the tags of all pages, each as a dict of lists, from the first page's position."""
        seen = set()
        while start and start not in seen:
            seen.add(start)
            self._file.seek(start)
            (count,) = self._unpack("Q" if self._big else "H")
            entries = [
                self._unpack("HHQ8s" if self._big else "HHI4s") for _ in range(min(count, 4096))
            ]
            (start,) = self._unpack("Q" if self._big else "I")
            values = {tag: self._values(*rest) for tag, *rest in entries}
            self.tags.append({tag: found for tag, found in values.items() if found})

    def _values(self, kind, count, data):
        """Return the values of a tag, or None if it has no numbers."""
        if kind not in _TYPES or count > 1 << 24:
            return None
        size = count * struct.calcsize(_TYPES[kind])
        if size > len(data):
            self._file.seek(*self._unpack("Q" if self._big else "I", data))
            data = self._file.read(size)
        return self._unpack(f"{count}{_TYPES[kind]}", data[:size])

    def _unpack(self, code, data=None):
        """Return the numbers in `data`, or in what follows in the file."""
        size = struct.calcsize(f"={code}")
        data = self._file.read(size) if data is None else data
        if len(data) < size:
            raise UsageError("the file is truncated")
        return list(struct.unpack(f"{self._order}{code}", data))


def _unpredicted(data, dtype, shape):
    """Return the samples whose bytes the predictor of floating-point numbers has rearranged."""
    rows, columns, samples = shape
    differences = np.frombuffer(data, np.uint8).reshape(rows, -1, samples)
    planes = np.cumsum(differences, axis=1, dtype=np.uint8)
    # all first bytes of a row, which are the highest, come before all second bytes
    planes = planes.reshape(rows, dtype.itemsize, columns * samples)
    numbers = np.ascontiguousarray(planes.transpose(0, 2, 1)).view(f">f{dtype.itemsize}")
    return numbers.reshape(shape)


def write_tiff(path, pages):
    """Write pages to an uncompressed TIFF file.

    Parameters
    ----------
    path : str or Path
    pages : sequence of ndarray, shape (rows, columns, samples)
        Samples of any integer or floating-point type. Two or four samples end with transparency.

    Raises
    ------
    UsageError
        If the file would exceed the format's 4 GiB.
    """
    size = sum(page.nbytes + 256 for page in pages)
    if size > _LARGEST:
        raise UsageError(f"{path}: {size} bytes are more than the 4 GiB that a TIFF file can hold")
    with open(path, "wb") as file:
        file.write(struct.pack("<2sHI", b"II", 42, 8))
        at = 8
        for number, page in enumerate(pages):
            tags = _tags_of(page)
            length = 2 + 12 * len(tags) + 4
            spill = at + length
            data = spill + sum(len(v) + len(v) % 2 for _, _, v in tags.values() if len(v) > 4)
            tags[_STRIPS] = (4, 1, struct.pack("<I", data))
            end = data + page.nbytes + page.nbytes % 2
            entries, values = [], []
            for tag, (kind, count, content) in sorted(tags.items()):
                if len(content) > 4:
                    values.append(content + b"\0" * (len(content) % 2))
                    content, spill = struct.pack("<I", spill), spill + len(values[-1])
                entries.append(struct.pack("<HHI4s", tag, kind, count, content.ljust(4, b"\0")))
            last = number == len(pages) - 1
            file.write(struct.pack("<H", len(tags)) + b"".join(entries))
            file.write(struct.pack("<I", 0 if last else end) + b"".join(values))
            file.write(np.ascontiguousarray(page, page.dtype.newbyteorder("<")).data)
            file.write(b"\0" * (page.nbytes % 2))
            at = end


def _tags_of(page):
    """Return the tags of a page, as (type, count, bytes) by number. The offset is not set yet."""
    rows, columns, samples = page.shape

    def shorts(*values):
        return 3, len(values), struct.pack(f"<{len(values)}H", *values)

    def long(value):
        return 4, 1, struct.pack("<I", value)

    tags = {
        _WIDTH: long(columns), _LENGTH: long(rows), _COMPRESSION: shorts(1),
        _BITS: shorts(*(8 * page.dtype.itemsize,) * samples),
        _PHOTOMETRIC: shorts(1 if samples < 3 else 2), _STRIPS: long(0),
        _SAMPLES: shorts(samples), _ROWS: long(rows), _STRIP_BYTES: long(page.nbytes),
        _PLANAR: shorts(1), _FORMAT: shorts(*(_FORMATS[page.dtype.kind],) * samples),
    }  # fmt: skip
    if samples in (2, 4):
        tags[_EXTRA] = shorts(2)
    return tags
