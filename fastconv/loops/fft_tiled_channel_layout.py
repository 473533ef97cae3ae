"""fft_tiled of many channels: how a convolution is cut into tiles and blocks of them.

As fft_tiled_layout.py: plain Python, once per problem, copied into the structs of
src/fft_tiled/interface.h.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .fft_tiled_layout import passes

#: sizes of tiles whose frequencies become products of matrices
_SMALL = np.array([4, 6, 8, 10, 12, 16, 18, 20, 24, 30, 32, 36, 40, 48, 64, 96, 128, 192, 256])
# Cycles, as in fft_tiled_layout.py.

#: a transform relative to one of neighbours; per complex vector of a tile, per number of its planes
#: and per row of every tile, to load or to store one, or one of a single value
_ACROSS, _VALUE, _PLANE, _TILE_ROW, _SINGLE = 1.44, 2.2, 6.0, 6.0, 1.0
#: a vector of a product's matrix; a byte of spectra, of planes that are read again, the same of so
#: many that they do not stay near; a call
_MULTIPLY, _SPECTRA, _AGAIN, _FAR_AGAIN, _NEAR_BYTES, _CALL = 1.04, 0.054, 0.087, 0.16, 2 << 20, 2e4
#: rows of a register tile
_STRIP = 6
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
    steps = _ACROSS * sum(np.where(t > 1, passes(t), 0.0) for t in sizes) / 2
    row = np.where(sizes[2] > 1, _TILE_ROW, _SINGLE) * 2 * lanes
    one = values * (steps + _VALUE) + planes * _PLANE + sizes[0] * sizes[1] * row
    transforms = sets * one * (channels + features)
    rows = -(-features // _STRIP) * _STRIP
    products = sets * planes * channels * rows * _MULTIPLY
    spectra = planes * channels * features * item
    again = np.where(block * inputs > _NEAR_BYTES, _FAR_AGAIN, _AGAIN)
    streams = blocks * spectra * _SPECTRA + sets * inputs * -(-features // chunk) * again
    taps = channels * features / (2 * lanes) * one + spectra * 3 * _SPECTRA
    work = groups * (transforms + products + streams) + _CALL
    i = int(np.argmin(work + groups * taps / 4))
    return ChannelCut(
        tuple(int(t[i]) for t in sizes), tuple(int(t[i]) for t in tiles),
        tuple(int(t[i]) for t in hop), int(frequencies[i]), int(blocks[i]), int(block[i]),
        int(chunk[i]), float(work[i]), float(groups * taps[i]),
    )  # fmt: skip
