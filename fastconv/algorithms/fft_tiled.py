"""fft_tiled: overlapping tiles, each filtered in the frequency domain without leaving the cache.

A tile of T values gives T - k + 1 outputs of k taps (overlap-save). Tiles are as large as the
caches allow, so that a large kernel costs a few dozen operations per output, whatever its size.

References
----------
T. G. Stockham, "High-speed convolution and correlation", AFIPS 1966 (overlapping sections); F.
Zlateski, Z. Jia, K. Li and F. Durand, "The anatomy of efficient FFT and Winograd convolutions on
modern CPUs", ICS 2019 (tiles in cache, many channels).
"""

import numpy as np

from .. import config
from ..loops.fft_tiled import Tiles
from ..loops.fft_tiled_channel_layout import ChannelCut, best_cut, fits, least_work
from ..loops.fft_tiled_channels import Channels
from .base import (
    Algorithm,
    add_bias,
    c_axis,
    in_forward_order,
    moved,
    overlapped,
    refuses_forward,
)

#: seconds to look up an input row, which counts where rows are short
_FIND = 15e-9
#: seconds to begin an output row
_OUTPUT_ROW = 4.5e-9
#: time of kernels of one column over that of others with as much work
_COLUMN = 1.7
#: many channels: time of threads that share a block, and read what others wrote, over that of
#: threads with blocks of their own; and of tiles of lines over others with as much work
_SHARED, _LINES = 1.15, 1.2
#: an axis that is not there


class FftTiled(Algorithm):
    """Overlap-save in one to three dimensions."""

    name = "fft_tiled"
    forward_only = True
    dtypes = ("f32", "f64", "c64", "c128")
    bounds = {"f32": 1e-6, "c64": 1e-6, "f64": 1e-14, "c128": 1e-14}
    spreads_nan = True

    def refuses(self, problem):
        stencil = problem.stencil
        reason = refuses_forward(stencil)
        if reason is not None:
            return reason
        if all(a.taps == 1 for a in stencil.axes):
            return "one tap: there is nothing to transform"
        if not fits(stencil, problem.compute):
            return "the kernel is too large for a tile"
        return None

    def cost(self, problem, machine, threads):
        s, found = problem.stencil, _cut(problem)
        rows_in = rows_out = s.n
        for a in s.axes[:-1]:
            rows_in *= a.used
            rows_out *= a.feature
        seconds = found.work / machine.tile_rate
        if s.axes[-1].taps == 1:
            seconds *= _COLUMN
        seconds += rows_in * s.image_channels * _FIND + rows_out * s.feature_channels * _OUTPUT_ROW
        if isinstance(found, ChannelCut):
            shared = threads > 1 and s.groups * found.blocks < 4 * threads
            seconds *= (_SHARED if shared else 1) * (_LINES if len(s.axes) == 1 else 1)
        seconds = overlapped(seconds / threads, moved(problem) / machine.memory_rate)
        return self._begin(machine, threads) + seconds + _taps_seconds(found, machine, threads)

    def floor(self, problem, machine, threads):
        """Return a lower bound of `cost`, which is found faster."""
        work = least_work(problem.stencil, problem.compute)
        return self._begin(machine, threads) + work / machine.tile_rate / threads

    def workspace(self, problem, threads):
        return _cut(problem).workspace(threads)

    def preparation(self, problem, machine, threads):
        found = _cut(problem)
        saved = found.workspace(threads) - found.workspace(threads, True)
        return _taps_seconds(found, machine, threads), saved

    def prepare(self, problem, weight):
        return _loops(problem).prepare(_taps(problem, weight))

    def bind(self, problem):
        loops = _loops(problem)

        def run(arrays, prepared, out, threads):
            image, weight, bias, add, *fill = arrays
            if prepared is None:
                weight = _taps(problem, weight)
            if problem.compute[0] == "c":
                loops((image, weight, None, None, *fill), prepared, out, threads)
                _finish(problem, out, bias, add)
            else:
                loops((image, weight, bias, add, *fill), prepared, out, threads)

        return in_forward_order(problem, run)

    def work(self, problem):
        """Return the work of all tiles, and that of the spectra of the taps."""
        found = _cut(problem)
        return found.work, found.taps_work

    def _begin(self, machine, threads):
        """Return the seconds that calls of any size take."""
        return machine.call + machine.python_call + (machine.fork if threads > 1 else 0.0)


def _taps_seconds(found, machine, threads):
    """Return the seconds to compute the spectra of the taps."""
    return found.taps_work / machine.tile_rate / threads


def _taps(problem, weight):
    """Return the weight, conjugated where the problem says so."""
    return np.ascontiguousarray(weight.conj() if problem.conjugate else weight)


def _finish(problem, out, bias, add):
    """Add bias and residual to a convolution of complex numbers, which has no activation."""
    if bias is not None:
        add_bias(problem, bias, out)
    if add is not None:
        out += add.reshape(out.shape)


def _cut(problem):
    """Return how a problem is cut into tiles."""
    return best_cut(problem.stencil, problem.compute)


def _loops(problem):
    """Return the loops over tiles of a few channels or of many."""
    s, found = problem.stencil, _cut(problem)
    axes = [c_axis(a) for a in s.axes]
    real = problem.compute[0] == "f"
    kind = Channels if isinstance(found, ChannelCut) else Tiles
    return kind(
        config.current_isa(), problem.compute, found, s.n, s.groups, s.image_channels,
        s.feature_channels, axes, bias=problem.bias if real else None,
        activation=problem.activation, add=real and problem.add,
    )  # fmt: skip
