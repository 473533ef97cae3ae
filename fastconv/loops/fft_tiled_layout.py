"""fft_tiled: transforms and their twiddles, and how one convolution is cut into tiles.

Decided once per problem, in plain Python; fft_tiled.pyx copies it into the structs of
src/fastconv.h.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import prod

import numpy as np

RADICES = (2, 3, 4, 5, 8)

#: work per value of a pass there and back, in units of about a cycle per vector
_PASS = {2: 4.2, 3: 5.2, 4: 5.1, 5: 7.4, 8: 8.3}
#: of moving a column through L2, of transposing a band both ways, of the twiddles of a line, of
#: loading and storing a row, of the product with a spectrum
_COLUMN, _BAND, _TURN, _ROW, _PRODUCT = 5.0, 7.0, 5.0, 6.0, 3.0
#: what each value costs more that does not stay in L2, and bytes that do
_FAR, _NEAR_BYTES = 10.0, 448 * 1024
#: bytes of a tile's matrix beyond which a line's taps are cut instead
_MOST_BYTES = 1 << 21

#: sizes of stacks' axes, and of the rows and columns that make a line
_SIZES = np.array(
    [4, 6, 8, 10, 12, 16, 18, 20, 24, 30, 32, 36, 40, 48, 54, 60, 64, 72, 80, 90, 96, 108, 120, 128,
     144, 160, 180, 192, 216, 240, 256, 320, 384, 512]
)  # fmt: skip
_LINES = np.array([8, 16, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256, 320, 384, 512])


def radices(size):
    """Radices of the passes of a transform, the forward one's first at first.

    The last one has no twiddles: an 8 there where it makes up for a single 2.
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
    return found + fours + last


def twiddles(size, dtype):
    """Twiddles of all passes: see src/fft/passes.h."""
    parts, n = [np.zeros((0, 2))], size
    for radix in radices(size):
        turns = np.outer(np.arange(n // radix), np.arange(1, radix)) / n
        parts.append(_roots(turns).reshape(-1, 2))
        n //= radix
    return np.concatenate(parts).astype(dtype)


def order(size):
    """The frequency that the forward transform leaves at every position."""
    found = np.zeros(1, np.int64)
    for radix in reversed(radices(size)):
        found = (np.arange(radix)[:, None] + radix * found).ravel()
    return found


def line_turns(rows, columns, lanes, dtype):
    """w^(row * column) between the two transforms of a line, (bands, columns, 2, lanes)."""
    bands = -(-rows // lanes)
    width = -(-columns // lanes) * lanes
    row = np.zeros(bands * lanes, np.int64)
    row[:rows] = order(rows)
    turns = row.reshape(bands, 1, lanes) * np.arange(width)[:, None] % (rows * columns)
    return np.moveaxis(_roots(turns / (rows * columns)), -1, 2).astype(dtype)


def _roots(turns):
    """exp(-2 pi i turns) as (..., 2), exact where it is rational."""
    eighths = np.rint(8 * turns)
    angle = (turns - eighths / 8) * (2 * np.pi)
    c, s = np.cos(angle), np.sin(angle)
    h = np.sqrt(0.5)
    base_c = np.array([1, h, 0, -h, -1, -h, 0, h])[eighths.astype(int) % 8]
    base_s = np.array([0, h, 1, h, 0, -h, -1, -h])[eighths.astype(int) % 8]
    return np.stack([base_c * c - base_s * s, -(base_s * c + base_c * s)], axis=-1)


@dataclass(frozen=True)
class Cut:
    """How a convolution is cut: see fc_fft_plan in src/fastconv.h.

    `sizes` are those of the transforms, `work` is that of all tiles, in about a cycle a vector.
    """

    line: bool
    sizes: tuple[int, int, int]
    tiles: tuple[int, int, int]
    hop: tuple[int, int, int]
    parts: int
    part: int
    pairs: int
    values: int  # complex vectors of a tile
    work: float
    taps_work: float  # of the spectrum of one part


@lru_cache(maxsize=512)
def cut(axes, n, together, channels, features, lanes, item, threads):
    """Choose the tiles of a convolution.

    Parameters
    ----------
    axes : tuple of 3 tuples (image, feature, taps, stride, dilation)
    n : int
        Batch.
    together : int
        Tiles that share a transform: 2 of real numbers, 1 of complex ones.
    channels, features : int
        Of one group.
    lanes, item : int
        Of a vector, and bytes of a real number.
    threads : int
        That tiles are to be dealt out to.
    """
    reach = [dilation * (taps - 1) for _, _, taps, _, dilation in axes]
    dense = [(feature - 1) * stride + 1 for _, feature, _, stride, _ in axes]
    if reach[0] == reach[1] == 0:
        return _cut_line(axes, reach, dense, n, together, channels, features, lanes, item, threads)
    return _cut_stack(axes, reach, dense, n, together, channels, features, lanes, item, threads)


def _work(depth, rows, columns, line, terms, features, lanes, item):
    """Work of one transform (there, product, back), values of a matrix, work of taps."""
    vectors, bands = -(-columns // lanes), -(-rows // lanes)
    by_columns = depth * rows * vectors
    by_bands = depth * bands * columns
    there_and_back = by_columns * (_passes(rows) + _COLUMN + _ROW)
    there_and_back += by_bands * (_passes(columns) + _BAND + _TURN * line)
    there_and_back += np.where(depth > 1, by_columns * (_passes(depth) + _COLUMN), 0.0)
    product = by_bands * _PRODUCT * terms * features
    kept = np.where(terms * features > 1, terms, 0)  # spectra of inputs
    work = there_and_back * (terms + features) / 2 + product * np.where(kept, 2, 1)
    # the matrix, a spectrum, the twiddles of a line
    size = 2 * item * lanes * (by_columns + by_bands * (1 + line + kept))
    work = work + np.where(size > _NEAR_BYTES, _FAR, 0.0) * by_bands * (terms + features) / 2
    return work, by_columns, there_and_back / 2


_PASSES = {}


def _passes(sizes):
    """Work per value of transforms of these sizes, there and back."""
    result = np.empty(np.shape(sizes))
    for i, size in np.ndenumerate(sizes):
        size = int(size)
        if size not in _PASSES:
            _PASSES[size] = sum(_PASS[r] for r in radices(size))
        result[i] = _PASSES[size]
    return result


def _dealt(pairs, threads):
    """Transforms one after the other, as if on one thread: the last round may not be full."""
    return np.where(pairs < 8 * threads, -(-pairs // threads) * threads, pairs)


def _cut_line(axes, reach, dense, n, together, channels, features, lanes, item, threads):
    rows, columns = (m.ravel() for m in np.meshgrid(_LINES, _LINES, indexing="ij"))
    near = (columns <= 2 * rows) & (rows <= 2 * columns)
    rows, columns = rows[near], columns[near]
    size = rows * columns
    stride = axes[2][3]
    fits = (size * 2 * item <= _MOST_BYTES) & (size >= 2 * stride)
    if not fits.any():
        return None
    rows, columns, size = rows[fits], columns[fits], size[fits]
    # taps that leave a tile less than a fifth of outputs are cut in parts of half a tile
    whole = 5 * (reach[2] + stride) <= 4 * size
    part = np.where(whole, size, size // 2)
    parts = np.where(whole, 1, -(-(reach[2] + 1) // part))
    hop = (size - np.where(whole, reach[2], part - 1)) // stride * stride
    lines = n * axes[0][1] * axes[1][1]
    tiles = -(-dense[2] // hop)
    pairs = -(-lines * tiles // together)
    one, values, taps = _work(
        np.ones_like(rows), rows, columns, True, channels * parts, features, lanes, item
    )
    work = _dealt(pairs, threads) * one + taps * parts * channels * features
    i = int(np.argmin(work))
    return Cut(
        True,
        (1, int(rows[i]), int(columns[i])),
        (axes[0][1], axes[1][1], int(tiles[i])),
        (axes[0][3], axes[1][3], int(hop[i])),
        int(parts[i]), int(part[i]), int(pairs[i]), int(values[i]),
        float(pairs[i] * one[i]), float(taps[i]),
    )  # fmt: skip


def _cut_stack(axes, reach, dense, n, together, channels, features, lanes, item, threads):
    choices = []
    for (_, _, _, stride, _), far, long in zip(axes, reach, dense, strict=True):
        if far == 0 and long == 1:
            choices.append(np.array([1]))
            continue
        useful = _SIZES[far + stride <= _SIZES]
        enough = useful[useful >= long + far]
        if len(enough):
            useful = useful[useful <= enough[0]]
        if not len(useful):
            return None
        choices.append(useful)
    depth, rows, columns = (m.ravel() for m in np.meshgrid(*choices, indexing="ij"))
    fits = depth * rows * columns * 2 * item <= _MOST_BYTES
    if not fits.any():
        return None
    sizes = [m[fits] for m in (depth, rows, columns)]
    hop = [
        np.maximum((t - r) // a[3], 1) * a[3]  # an axis of one position may have any stride
        for t, r, a in zip(sizes, reach, axes, strict=True)
    ]
    tiles = [-(-long // h) for long, h in zip(dense, hop, strict=True)]
    pairs = -(-n * tiles[0] * tiles[1] * tiles[2] // together)
    one, values, taps = _work(*sizes, False, channels, features, lanes, item)
    work = _dealt(pairs, threads) * one + taps * channels * features
    i = int(np.argmin(work))
    pick = lambda m: tuple(int(v[i]) for v in m)  # noqa: E731
    return Cut(
        False, pick(sizes), pick(tiles), pick(hop), 1, int(prod(pick(sizes))), int(pairs[i]),
        int(values[i]), float(pairs[i] * one[i]), float(taps[i]),
    )  # fmt: skip
