"""fft_tiled: cut one convolution into tiles.

This module decides once per problem, in plain Python. fft_tiled.pyx copies the result into the
structs of src/fft_tiled/interface.h.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import prod

import numpy as np

from .fft_tiled_transforms import radices

# Work is counted in cycles. The constants are fitted to tiles of many sizes on one machine. Cycles
# of another machine are faster or slower, as its rate says (planner/machine.py), but their
# proportions hardly differ.

#: Cycles of a pass in both directions, per complex vector, for each radix.
_PASS = {2: 7.1, 3: 8.8, 4: 8.7, 5: 12.6, 8: 14.1}
#: Cycles per complex vector, in this order: pass through the stack and back; transpose a band both
#: ways; multiply with the twiddles of a line; multiply with a spectrum; the same with a spectrum
#: from beyond L2; read a spectrum that only one tile needs.
_STACK, _BAND, _TURN, _PRODUCT, _FAR_PRODUCT, _SPECTRUM = 9.7, 12.3, 0.7, 5.0, 13.0, 7.0
#: Cycles to load and store a row of a tile, and other cycles per pair of tiles.
_ROW, _TILE = 57.0, 440.0
#: Cycles to load and store a vector of upright tiles, and other cycles per upright tile.
_UPRIGHT, _UPRIGHT_TILE = 11.0, 550.0
#: Cycles per complex vector of data that does not stay in L2, and the bytes that do.
_FAR, _NEAR_BYTES = 10.5, 448 * 1024
#: Largest size in bytes of a tile's matrix; beyond it, the taps of a line are cut instead.
_MOST_BYTES = 1 << 21

#: Sizes of the axes of stacks.
_SIZES = np.array(
    [4, 6, 8, 10, 12, 16, 18, 20, 24, 30, 32, 36, 40, 48, 54, 60, 64, 72, 80, 90, 96, 108, 120, 128,
     144, 160, 180, 192, 216, 240, 256, 320, 384, 512]
)  # fmt: skip
#: Sizes of the filtered axes of upright tiles.
_TALL = np.array([*_SIZES, 640, 768, 1024, 1280, 1536, 2048, 2560, 3072, 4096])
#: Sizes of the rows and of the columns that make a line.
_LINES = np.array([8, 16, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256, 320, 384, 512])


@dataclass(frozen=True)
class Cut:
    """Describe how a convolution is cut; see fc_fft_plan in src/fft_tiled/interface.h.

    `kind` is "stack", "line" (a stretch of a line as a matrix) or "upright" (the last axis is not
    filtered). `sizes` are the sizes of the transforms. `work` is the work of all tiles.
    """

    kind: str
    sizes: tuple[int, int, int]
    tiles: tuple[int, int, int]
    hop: tuple[int, int, int]
    parts: int
    part: int
    pairs: int
    values: int  # complex vectors of a tile
    work: float
    taps_work: float  # work of the spectra of the taps


@lru_cache(maxsize=512)
def cut(axes, n, together, groups, channels, features, lanes, item, threads):
    """Choose the tiles of a convolution.

    Parameters
    ----------
    axes : tuple of 3 tuples (image, feature, taps, stride, dilation)
        Spatial axes.
    n : int
        Number of images.
    together : int
        Tiles that share a transform: 2 tiles of real numbers, 1 of complex numbers.
    groups : int
        Number of groups of channels.
    channels, features : int
        Input and output channels of one group.
    lanes : int
        Lanes of a vector.
    item : int
        Bytes of a real number.
    threads : int
        Number of threads that share the tiles.

    Returns
    -------
    cut : Cut or None
        None if no tile fits.
    """
    reach = [dilation * (taps - 1) for _, _, taps, _, dilation in axes]
    dense = [(feature - 1) * stride + 1 for _, feature, _, stride, _ in axes]
    shape = (groups, channels, features)
    if channels == features == 1 and reach[2] == 0 and axes[2][3] == 1:
        return _cut_upright(axes, reach, dense, n, together, groups, lanes, item, threads)
    if reach[0] == reach[1] == 0:
        return _cut_line(axes, reach, dense, n, together, shape, lanes, item, threads)
    return _cut_stack(axes, reach, dense, n, together, shape, lanes, item, threads)


def _work(depth, rows, columns, line, terms, features, lanes, item):
    """Return the work of one transform (there, product, back), its values and the work of taps."""
    vectors, bands = -(-columns // lanes), -(-rows // lanes)
    by_columns = depth * rows * vectors
    by_bands = depth * bands * columns
    there_and_back = by_columns * passes(rows) + depth * rows * 2 * _ROW + _TILE
    there_and_back += by_bands * (passes(columns) + _BAND + _TURN * line)
    there_and_back += np.where(depth > 1, by_columns * (passes(depth) + _STACK), 0.0)
    work = there_and_back * (terms + features) / 2
    kept = np.where(terms * features > 1, terms, 0)  # the spectra of the inputs
    spectra = 2 * item * lanes * by_bands * terms * (features + 1)
    product = np.where(spectra > _NEAR_BYTES, _FAR_PRODUCT, _PRODUCT) * terms * features
    work = work + np.where(kept, by_bands * product, 0.0)
    # The size includes the matrix, a spectrum and the twiddles of a line.
    size = 2 * item * lanes * (by_columns + by_bands * (1 + line + kept))
    work = work + np.where(size > _NEAR_BYTES, _FAR, 0.0) * by_bands * (terms + features) / 2
    return work, by_columns, there_and_back / 2


_PASSES = {}


def passes(sizes):
    """Return the work per value of transforms of these sizes, in both directions.

    Parameters
    ----------
    sizes : array_like of int
        Sizes of the transforms.
    """
    result = np.empty(np.shape(sizes))
    for i, size in np.ndenumerate(sizes):
        size = int(size)
        if size not in _PASSES:
            _PASSES[size] = sum(_PASS[r] for r in radices(size))
        result[i] = _PASSES[size]
    return result


def _dealt(pairs, threads):
    """Return the number of transforms; round it up to full rounds of threads if they are few."""
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
    # If taps leave a tile less than a fifth of outputs, cut them into parts of half a tile.
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
        "line",
        (1, int(rows[i]), int(columns[i])),
        (axes[0][1], axes[1][1], int(tiles[i])),
        (axes[0][3], axes[1][3], int(hop[i])),
        int(parts[i]), int(part[i]), int(pairs[i]), int(values[i]),
        float(pairs[i] * one[i]), float(taps[i]),
    )  # fmt: skip


def _choices(axes, reach, dense, sizes):
    """Return for each axis the sizes of tiles that can be best; None if an axis has none."""
    choices = []
    for (_, _, _, stride, _), far, long in zip(axes, reach, dense, strict=True):
        if far == 0 and long == 1:
            choices.append(np.array([1]))
            continue
        useful = sizes[far + stride <= sizes]
        enough = useful[useful >= long + far]
        if len(enough):
            useful = useful[useful <= enough[0]]
        if not len(useful):
            return None
        choices.append(useful)
    return choices


def _cut_upright(axes, reach, dense, n, together, groups, lanes, item, threads):
    once = [1 if far == 0 else long for far, long in zip(reach, dense, strict=True)]
    choices = _choices(axes[:2], reach[:2], once[:2], _TALL)
    if choices is None:
        return None
    depth, rows = (m.ravel() for m in np.meshgrid(*choices, indexing="ij"))
    fits = depth * rows * lanes * 2 * item <= _MOST_BYTES
    if not fits.any():
        return None
    sizes = [depth[fits], rows[fits]]
    hop = [
        np.maximum((t - r) // a[3], 1) * a[3]
        for t, r, a in zip(sizes, reach[:2], axes, strict=False)
    ]
    tiles = [-(-long // h) for long, h in zip(dense[:2], hop, strict=True)]
    width = lanes * together
    across = -(-dense[2] // width)
    entries = n * tiles[0] * tiles[1] * across
    values = sizes[0] * sizes[1]
    one = values * (passes(sizes[1]) + _UPRIGHT) + _UPRIGHT_TILE
    one = one + np.where(sizes[0] > 1, values * (passes(sizes[0]) + _STACK), 0.0)
    one = one + np.where(values * lanes * 4 * item > _NEAR_BYTES, _FAR, 0.0) * values
    taps = groups * one / 2
    one = groups * one
    i = int(np.argmin(_dealt(entries, threads) * one + taps))
    return Cut(
        "upright",
        (int(sizes[0][i]), int(sizes[1][i]), 1),
        (int(tiles[0][i]), int(tiles[1][i]), across),
        (int(hop[0][i]), int(hop[1][i]), width),
        1, int(values[i]), int(entries[i]), int(values[i]), float(entries[i] * one[i]),
        float(taps[i]),
    )  # fmt: skip


def _cut_stack(axes, reach, dense, n, together, shape, lanes, item, threads):
    groups, channels, features = shape
    choices = _choices(axes, reach, dense, _SIZES)
    if choices is None:
        return None
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
    read = np.where(groups > 1, groups * values * _SPECTRUM, 0.0)
    work = _dealt(pairs, threads) * one + read + taps
    i = int(np.argmin(work))
    pick = lambda m: tuple(int(v[i]) for v in m)  # noqa: E731
    return Cut(
        "stack", pick(sizes), pick(tiles), pick(hop), 1, int(prod(pick(sizes))), int(pairs[i]),
        int(values[i]), float(pairs[i] * one[i] + read[i]), float(taps[i]),
    )  # fmt: skip
