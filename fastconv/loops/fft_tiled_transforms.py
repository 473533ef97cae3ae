"""fft_tiled: list the passes of a transform, their twiddles, and the order of its frequencies.

Tables depend on sizes of tiles only, of which there are few, so they are kept.
"""

from functools import lru_cache

import numpy as np

from ..caches import TableCache

#: bytes at whose multiples tables begin, so that vectors may be loaded from them
_ALIGNMENT = 64
#: tables of twiddles and of conjugate frequencies, by what they are made from
_tables = TableCache(1 << 24)


def _kept(make, *given):
    """Return the table that `make` returns for these arguments, made now or before."""
    key = (make, *given)
    table = _tables.entries.get(key)
    if table is None:
        table = _aligned(make(*given))
        _tables.insert(key, table)
    return table


def aligned_bytes(size):
    """Return an array of bytes at an address that vectors may be loaded from.

    Parameters
    ----------
    size : int
        Number of bytes.
    """
    room = np.empty(size + _ALIGNMENT, np.uint8)
    start = -room.ctypes.data % _ALIGNMENT
    return room[start : start + size]


def _aligned(table):
    """Return a copy of a table at an address that vectors may be loaded from."""
    copy = aligned_bytes(table.nbytes).view(table.dtype).reshape(table.shape)
    copy[...] = table
    copy.flags.writeable = False
    return copy


@lru_cache(64)
def radices(size):
    """Return the radices of the passes of a transform, in the order of the forward transform.

    The last pass has no twiddles. Its radix is 8 if this makes up for a single 2.

    Parameters
    ----------
    size : int
        Size of the transform, a product of powers of 2, 3 and 5.
    """
    found, rest = [], size
    for radix in (5, 3):
        while rest % radix == 0:
            found.append(radix)
            rest //= radix
    twos = rest.bit_length() - 1
    if rest != 1 << twos:
        raise ValueError(f"size is {size}; products of 2, 3 and 5 are allowed")
    last = [] if twos % 2 == 0 else [8] if twos > 1 else [2]
    fours = [4] * ((twos - (3 if last == [8] else len(last))) // 2)
    return (*found, *fours, *last)


def twiddles(size, dtype):
    """Return the twiddles of all passes; see src/fft_tiled/passes.h.

    Parameters
    ----------
    size : int
        Size of the transform.
    dtype : str
        "f4" or "f8".
    """
    return _kept(_twiddles, size, dtype)


def _twiddles(size, dtype):
    parts, n = [np.zeros((0, 2))], size
    for radix in radices(size):
        turns = np.outer(np.arange(n // radix), np.arange(1, radix)) / n
        parts.append(_roots(turns).reshape(-1, 2))
        n //= radix
    return np.concatenate(parts).astype(dtype)


def order(size):
    """Return the frequency that the forward transform leaves at every position.

    Parameters
    ----------
    size : int
        Size of the transform.
    """
    found = np.zeros(1, np.int64)
    for radix in reversed(radices(size)):
        found = (np.arange(radix)[:, None] + radix * found).ravel()
    return found


def line_twiddles(rows, columns, lanes, dtype):
    """Return w^(row * column), the twiddles between the two transforms of a line.

    Parameters
    ----------
    rows, columns : int
        Sizes of the two transforms.
    lanes : int
        Lanes of a vector.
    dtype : str
        "f4" or "f8".

    Returns
    -------
    twiddles : ndarray (bands, columns, 2, lanes)
        Real and imaginary parts.
    """
    return _kept(_line_twiddles, rows, columns, lanes, dtype)


def _line_twiddles(rows, columns, lanes, dtype):
    bands = -(-rows // lanes)
    width = -(-columns // lanes) * lanes
    row = np.zeros(bands * lanes, np.int64)
    row[:rows] = order(rows)
    turns = row.reshape(bands, 1, lanes) * np.arange(width)[:, None] % (rows * columns)
    return np.moveaxis(_roots(turns / (rows * columns)), -1, 2).astype(dtype)


def _roots(turns):
    """Return exp(-2 pi i turns) as (..., 2), exact where it is rational."""
    eighths = np.rint(8 * turns)
    angle = (turns - eighths / 8) * (2 * np.pi)
    c, s = np.cos(angle), np.sin(angle)
    h = np.sqrt(0.5)
    base_c = np.array([1, h, 0, -h, -1, -h, 0, h])[eighths.astype(int) % 8]
    base_s = np.array([0, h, 1, h, 0, -h, -1, -h])[eighths.astype(int) % 8]
    return np.stack([base_c * c - base_s * s, -(base_s * c + base_c * s)], axis=-1)


def conjugates(sizes, pitch, plane):
    """Return the positions of frequencies and of their conjugates in a tile, one row per pair.

    Parameters
    ----------
    sizes : tuple of 3 int
        Sizes of the transforms.
    pitch, plane : int
        Distance between rows, and between planes, of a tile.
    """
    return _kept(_conjugates, sizes, pitch, plane)


def _conjugates(sizes, pitch, plane):
    at = [order(size) for size in sizes]
    where = [np.argsort(frequency) for frequency in at]  # the position of each frequency
    grid = np.meshgrid(*(np.arange(size) for size in sizes), indexing="ij")
    step = (plane, pitch, 1)
    here = sum(s * p[k] for s, p, k in zip(step, where, grid, strict=True)).ravel()
    there = sum(
        s * p[-k % size] for s, p, k, size in zip(step, where, grid, sizes, strict=True)
    ).ravel()
    found = np.stack([here, there], axis=1)[here <= there]
    return np.ascontiguousarray(found[np.argsort(found[:, 0])], dtype=np.intp)


def whole_turns(rows, columns, lanes, dtype, line):
    """Return the turns of rows and of columns by which whole lines or images are multiplied.

    Parameters
    ----------
    rows, columns, lanes, dtype
        As for `line_twiddles`.
    line : bool
        Whether a row continues the row before it.

    Returns
    -------
    list of 2 ndarrays, shapes (rows, 2) and (vectors, 2, lanes)
        See src/fft_tiled/whole.h.
    """
    return [_kept(_whole_turns, rows, columns, lanes, dtype, line, part) for part in (0, 1)]


def _whole_turns(rows, columns, lanes, dtype, line, part):
    size = columns * (rows if line else 1)
    steps = np.arange(columns) if part else np.arange(rows) * (columns if line else 0)
    roots = _roots(-steps / (4 * size)).astype(dtype)
    return np.moveaxis(roots.reshape(-1, lanes, 2), -1, 1) if part else roots


def whole_twiddles(rows, columns, lanes, dtype, steps):
    """Return two tables whose products are the twiddles between both transforms of a whole line.

    Parameters
    ----------
    rows, columns, lanes, dtype
        As for `line_twiddles`.
    steps : int
        Columns from one entry of the first table to the next, and entries of the second.

    Returns
    -------
    list of 2 ndarrays, shape (bands, entries, 2, lanes)
    """
    blocks = -(-columns // steps)
    given = rows, columns, lanes, dtype
    return [_kept(_whole_twiddles, *given, n, by) for n, by in ((blocks, steps), (steps, 1))]


def _whole_twiddles(rows, columns, lanes, dtype, count, by):
    frequencies = order(rows).reshape(-1, 1, lanes)
    turns = frequencies * (np.arange(count) * by)[:, None] % (rows * columns)
    return np.moveaxis(_roots(turns / (rows * columns)), -1, 2).astype(dtype)
