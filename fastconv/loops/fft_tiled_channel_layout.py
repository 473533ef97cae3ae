"""fft_tiled with many channels: cut a convolution into tiles, and these into blocks.

Like fft_tiled_layout.py, this module decides once per problem, in plain Python.
fft_tiled_channels.pyx copies the result into the structs of src/fft_tiled/interface.h.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .fft_tiled_layout import passes

#: Sizes of tiles whose frequencies become products of matrices.
_SMALL = np.array([4, 6, 8, 10, 12, 16, 18, 20, 24, 30, 32, 36, 40, 48, 64, 96, 128, 192, 256])
# Constants below count cycles, as in fft_tiled_layout.py.

#: In this order: the work of a transform relative to one of neighbours; cycles per complex vector
#: of a tile; per vector of its planes; per row of every tile, to load or to store it; and the same
#: for a row of a single value.
_ACROSS, _VALUE, _PLANE, _TILE_ROW, _SINGLE = 1.44, 2.2, 6.0, 6.0, 1.0
#: In this order: cycles per vector of a product's matrix; per byte of spectra; per byte of planes
#: that are read again; the same if the planes take more than the number of bytes that follows, so
#: that they leave the near cache; and per call.
_MULTIPLY, _SPECTRA, _AGAIN, _FAR_AGAIN, _NEAR_BYTES, _CALL = 1.04, 0.054, 0.087, 0.16, 2 << 20, 2e4
#: Rows of a register tile.
_STRIP = 6
#: Bytes of transformed inputs in a block of tiles, and of the products of a chunk of channels.
_BLOCK_BYTES, _CHUNK_BYTES = 3 << 20, 768 * 1024


@dataclass(frozen=True)
class ChannelCut:
    """Describe how a convolution of many channels is cut; `work` has the meaning of `Cut.work`."""

    sizes: tuple[int, int, int]
    tiles: tuple[int, int, int]
    hop: tuple[int, int, int]
    frequencies: int  # frequencies that are not conjugates of others
    blocks: int
    block: int  # pairs of vectors of tiles in a block
    chunk: int  # output channels whose products are kept at a time
    work: float
    taps_work: float


@lru_cache(maxsize=512)
def cut_channels(axes, n, groups, channels, features, lanes, item):
    """Choose the tiles of a convolution as products of matrices.

    Parameters
    ----------
    axes, n, lanes, item
        As `fft_tiled_layout.cut` takes them.
    groups : int
        Number of groups of channels.
    channels, features : int
        Input and output channels of one group.

    Returns
    -------
    cut : ChannelCut or None
        None if no tile fits.
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
