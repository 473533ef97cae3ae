"""fft_tiled: overlapping tiles, each filtered in the frequency domain without leaving the cache.

A tile of T values gives T - k + 1 outputs of k taps (overlap-save). Tiles are as large as the
caches allow, so that a large kernel costs a few dozen operations per output, whatever its size.

References
----------
T. G. Stockham, "High-speed convolution and correlation", AFIPS 1966 (overlapping sections); F.
Zlateski, Z. Jia, K. Li and F. Durand, "The anatomy of efficient FFT and Winograd convolutions on
modern CPUs", ICS 2019 (tiles in cache, many channels).
"""

from math import prod

import numpy as np

from .. import config
from ..loops.fft_tiled import Tiles
from ..loops.fft_tiled_channel_layout import ChannelCut, cut_channels
from ..loops.fft_tiled_channels import Channels
from ..loops.fft_tiled_layout import cut
from ..loops.simd import vector_bytes
from .base import Algorithm, c_axis, in_forward_order, moved, overlapped, refuses_forward

#: seconds to look up an input row, which counts where rows are short
_FIND = 15e-9
#: seconds to begin an output row
_OUTPUT_ROW = 4.5e-9
#: time of kernels of one column over that of others with as much work
_COLUMN = 1.7
#: an axis that is not there


class FftTiled(Algorithm):
    """Overlap-save in one to three dimensions."""

    name = "fft_tiled"
    dtypes = ("f32", "f64", "c64", "c128")
    dtype_reason = "integers are exact only without an FFT"
    bounds = {"f32": 1e-6, "c64": 1e-6, "f64": 1e-14, "c128": 1e-14}
    spreads_nan = True

    def refuses(self, problem):
        stencil = problem.stencil
        reason = refuses_forward(stencil)
        if reason is not None:
            return reason
        if all(a.taps == 1 for a in stencil.axes):
            return "one tap: there is nothing to transform"
        if _cut(problem) is None:
            return "the kernel is too large for a tile"
        return None

    def cost(self, problem, machine, threads):
        s = problem.stencil
        seconds = self.work(problem)[0] / machine.tile_rate
        if s.axes[-1].taps == 1:
            seconds *= _COLUMN
        seconds += s.n * s.image_channels * prod(a.used for a in s.axes[:-1]) * _FIND
        seconds += s.n * s.feature_channels * prod(a.feature for a in s.axes[:-1]) * _OUTPUT_ROW
        fork = machine.fork if threads > 1 else 0.0
        memory = moved(problem) / machine.memory_rate
        taps, _ = self.preparation(problem, machine, threads)
        seconds = overlapped(seconds / threads, memory)
        return machine.call + machine.python_call + fork + seconds + taps

    def workspace(self, problem, threads):
        return _loops(problem).workspace(threads)

    def preparation(self, problem, machine, threads):
        loops = _loops(problem)
        seconds = self.work(problem)[1] / machine.tile_rate / threads
        return seconds, loops.workspace(threads) - loops.workspace(threads, True)

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


def _taps(problem, weight):
    """Return the weight, conjugated where the problem says so."""
    return np.ascontiguousarray(weight.conj() if problem.conjugate else weight)


def _finish(problem, out, bias, add):
    """Add bias and residual to a convolution of complex numbers, which has no activation."""
    if bias is not None:
        ones = (1,) * len(problem.stencil.axes)
        out += bias if problem.bias == "position" else bias.reshape(-1, *ones)
    if add is not None:
        out += add.reshape(out.shape)


def _cut(problem):
    """Return how a problem is cut into tiles, None if it cannot be."""
    s = problem.stencil
    axes = ((1, 1, 1, 1, 1),) * (3 - len(s.axes)) + tuple(
        (a.image, a.feature, a.taps, a.stride, a.dilation) for a in s.axes
    )
    item = 4 if problem.compute in ("f32", "c64") else 8
    lanes = vector_bytes(config.current_isa()) // item
    real = problem.compute[0] == "f"
    sizes = (s.groups, s.image_channels // s.groups, s.feature_channels // s.groups)
    n = max(1, s.n)  # an empty batch is never run, but explained
    few = cut(axes, n, 2 if real else 1, *sizes, lanes, item, config.get_num_threads())
    many = cut_channels(axes, n, *sizes, lanes, item) if real else None
    if few is None or many is None:
        return few or many
    return few if few.work + few.taps_work <= many.work + many.taps_work else many


def _loops(problem):
    """Return the loops over few channels or over many, whichever take less work."""
    s, found = problem.stencil, _cut(problem)
    axes = [c_axis(a) for a in s.axes]
    real = problem.compute[0] == "f"
    kind = Channels if isinstance(found, ChannelCut) else Tiles
    return kind(
        config.current_isa(), problem.compute, found, s.n, s.groups, s.image_channels,
        s.feature_channels, axes, bias=problem.bias if real else None,
        activation=problem.activation, add=real and problem.add,
    )  # fmt: skip
