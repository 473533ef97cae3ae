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
    taps_work: float  # of the spectra


@lru_cache(maxsize=512)
def cut(axes, n, together, groups, channels, features, lanes, item, threads):
    """Choose the tiles of a convolution.

    Parameters
    ----------
    axes : tuple of 3 tuples (image, feature, taps, stride, dilation)
    n : int
        Batch.
    together : int
        Tiles that share a transform: 2 of real numbers, 1 of complex ones.
    groups, channels, features : int
        `channels` and `features` of one group.
    lanes, item : int
        Of a vector, and bytes of a real number.
    threads : int
        That tiles are to be dealt out to.
    """
    reach = [dilation * (taps - 1) for _, _, taps, _, dilation in axes]
    dense = [(feature - 1) * stride + 1 for _, feature, _, stride, _ in axes]
    shape = (groups, channels, features)
    if reach[0] == reach[1] == 0:
        return _cut_line(axes, reach, dense, n, together, shape, lanes, item, threads)
    return _cut_stack(axes, reach, dense, n, together, shape, lanes, item, threads)


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


def _cut_line(axes, reach, dense, n, together, shape, lanes, item, threads):
    groups, channels, features = shape
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
    one, taps = groups * one, groups * channels * features * parts * taps
    work = _dealt(pairs, threads) * one + taps
    i = int(np.argmin(work))
    return Cut(
        True,
        (1, int(rows[i]), int(columns[i])),
        (axes[0][1], axes[1][1], int(tiles[i])),
        (axes[0][3], axes[1][3], int(hop[i])),
        int(parts[i]), int(part[i]), int(pairs[i]), int(values[i]),
        float(pairs[i] * one[i]), float(taps[i]),
    )  # fmt: skip


def _cut_stack(axes, reach, dense, n, together, shape, lanes, item, threads):
    groups, channels, features = shape
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
    one, taps = groups * one, groups * channels * features * taps
    work = _dealt(pairs, threads) * one + taps
    i = int(np.argmin(work))
    pick = lambda m: tuple(int(v[i]) for v in m)  # noqa: E731
    return Cut(
        False, pick(sizes), pick(tiles), pick(hop), 1, int(prod(pick(sizes))), int(pairs[i]),
        int(values[i]), float(pairs[i] * one[i]), float(taps[i]),
    )  # fmt: skip


# ------------------------------------------------------------------------------------ many channels

#: sizes of tiles whose frequencies become products of matrices
_SMALL = np.array([4, 6, 8, 10, 12, 16, 18, 20, 24, 30, 32, 36, 40, 48, 64, 96, 128, 192, 256])
#: work per value of loading and storing a tile, of a vector of a product's matrix; bytes per cycle
#: of planes and spectra that do not stay in L2
_SHUFFLE, _MULTIPLY, _STREAM = 14.0, 1.2, 12.0
#: bytes of transformed inputs that a block of tiles may have, and of the products of some channels
_BLOCK_BYTES, _CHUNK_BYTES = 3 << 20, 768 * 1024


@dataclass(frozen=True)
class ChannelCut:
    """How a convolution of many channels is cut; `work` as of a `Cut`."""

    sizes: tuple[int, int, int]
    tiles: tuple[int, int, int]
    hop: tuple[int, int, int]
    frequencies: int  # that are no conjugates of others
    blocks: int
    block: int  # pairs of vectors of tiles in one
    chunk: int  # output channels whose products are kept
    work: float
    taps_work: float


def conjugates(sizes, pitch, plane):
    """Places of frequencies and of their conjugates in a tile, one row per pair."""
    at = [order(size) for size in sizes]
    place = [np.argsort(frequency) for frequency in at]  # of every frequency
    grid = np.meshgrid(*(np.arange(size) for size in sizes), indexing="ij")
    step = (plane, pitch, 1)
    here = sum(s * p[k] for s, p, k in zip(step, place, grid, strict=True)).ravel()
    there = sum(
        s * p[-k % size] for s, p, k, size in zip(step, place, grid, sizes, strict=True)
    ).ravel()
    found = np.stack([here, there], axis=1)[here <= there]
    return np.ascontiguousarray(found[np.argsort(found[:, 0])], dtype=np.intp)


@lru_cache(maxsize=512)
def cut_channels(axes, n, groups, channels, features, lanes, item):
    """Choose the tiles of a convolution as products of matrices; None where there are none.

    Parameters
    ----------
    axes, n, lanes, item
        As of `cut`.
    groups, channels, features : int
        `channels` and `features` of one group.
    """
    choices = []
    for _, feature, taps, stride, dilation in axes:
        far, long = dilation * (taps - 1), (feature - 1) * stride + 1
        if far == 0:
            choices.append(np.array([1]))
            continue
        useful = _SMALL[far + stride <= _SMALL]
        enough = useful[useful >= long + far]
        useful = useful[useful <= enough[0]] if len(enough) else useful
        if not len(useful):
            return None
        choices.append(useful)
    sizes = [m.ravel() for m in np.meshgrid(*choices, indexing="ij")]
    values = sizes[0] * sizes[1] * sizes[2]
    fits = values <= 4096
    if not fits.any():
        return None
    sizes, values = [m[fits] for m in sizes], values[fits]
    hop, tiles = [], []
    for t, (_, feature, taps, stride, dilation) in zip(sizes, axes, strict=True):
        hop.append(np.maximum((t - dilation * (taps - 1)) // stride, 1) * stride)
        tiles.append(-(-((feature - 1) * stride + 1) // hop[-1]))
    even = sum((t % 2 == 0).astype(int) for t in sizes)
    frequencies = (values + 2**even) // 2
    sets = -(-n * tiles[0] * tiles[1] * tiles[2] // (2 * lanes))
    planes = 3 * frequencies
    inputs = planes * channels * 2 * lanes * item  # bytes per set of tiles
    block = np.maximum(1, np.minimum(sets, _BLOCK_BYTES // inputs))
    blocks = -(-sets // block)
    block = -(-sets // blocks)
    chunk = np.clip(_CHUNK_BYTES // (planes * block * 2 * lanes * item), 1, features)
    passes = sum(np.where(t > 1, _passes(t), 0.0) for t in sizes) / 2
    transforms = sets * values * (channels + features) * (passes + _SHUFFLE)
    products = sets * planes * channels * features * _MULTIPLY
    spectra = planes * channels * features * item
    streams = blocks * (spectra + inputs * block * -(-features // chunk)) / _STREAM
    taps = channels * features / (2 * lanes) * values * (passes + _SHUFFLE) + spectra / _STREAM
    work = groups * (transforms + products + streams)
    i = int(np.argmin(work + groups * taps / 4))
    return ChannelCut(
        tuple(int(t[i]) for t in sizes), tuple(int(t[i]) for t in tiles),
        tuple(int(t[i]) for t in hop), int(frequencies[i]), int(blocks[i]), int(block[i]),
        int(chunk[i]), float(work[i]), float(groups * taps[i]),
    )  # fmt: skip
