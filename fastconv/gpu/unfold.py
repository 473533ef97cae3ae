"""Unfolding an image on a device: the matrix that `im2col` multiplies by and `unfold` returns.

`fft` uses it as well, to write out an image that continues past its edges.
"""

from math import prod

from .base import BLOCK, BOUNDARY, three
from .source import Struct

_AXIS = Struct("i image, feature, taps, stride, dilation, before, boundary, unit")
_UNFOLD = Struct(
    "P image, out; d fill_real, fill_imaginary; q n_step, channel_step, tap_step, image_size;"
    "i n, channels, taps, columns; axis axes[3]",
    axis=_AXIS,
)  # fmt: skip
#: most blocks along a grid's second and third axis
LARGEST = 65535
#: positions and rows stay below this number, so that 32-bit integers count them in kernels
LIMIT = 1 << 30


def too_large(axes, channels):
    """Return why 32 bits do not count the positions or rows of an unfolded image, or None.

    Parameters
    ----------
    axes : sequence of Axis
    channels : int
    """
    columns = prod(a.feature for a in axes)
    rows = channels * prod(a.taps for a in axes)
    reach = max((a.feature - 1) * a.stride + a.extent + abs(a.before) for a in axes)
    if max(columns, rows, reach, *(a.image for a in axes)) >= LIMIT:
        return "more positions than 32 bits count"
    return None


class Unfolding:
    """Unfolds images (n, channels, ...) into one matrix each: rows are (channel, tap).

    Parameters
    ----------
    algorithm : DeviceAlgorithm
        Launches the kernel.
    problem : ConvProblem, FilterProblem or PoolProblem
        Says in which dtype.
    axes : sequence of Axis
    channels : int
    """

    def __init__(self, algorithm, problem, axes, channels):
        self._algorithm, self._problem, self._channels = algorithm, problem, channels
        self._axes = three(axes)
        self._taps, self._columns = (
            prod(getattr(a, name) for a in self._axes) for name in ("taps", "feature")
        )
        self._templates = {}

    def __call__(self, image, out, fill=0):
        """Write the matrices to `out`; `fill` is the value of the padding."""
        n = image.shape[0]
        template = self._templates.get(n)
        if template is None:
            template = self._templates[n] = self._structure(n)
        if fill:
            template = template.copy()
            template["fill_real"], template["fill_imaginary"] = fill.real, fill.imag
        struct = _UNFOLD.again(self._algorithm.runtime, template, image=image, out=out)
        grid = (
            max(1, min(-(-self._columns // BLOCK), 1 << 20)),
            min(self._channels * self._taps, LARGEST),
            max(1, min(n, LARGEST)),
        )
        self._algorithm.launch("unfold", "unfold", self._problem, grid, struct)

    def _structure(self, n):
        """Return the kernel's structure without its arrays."""
        taps, columns = self._taps, self._columns
        return _UNFOLD(
            self._algorithm.runtime, n_step=self._channels * taps * columns,
            channel_step=taps * columns, tap_step=columns,
            image_size=prod(a.image for a in self._axes), n=n, channels=self._channels,
            taps=taps, columns=columns,
            axes=[
                _AXIS.rows(
                    (a.image, a.feature, a.taps, a.stride, a.dilation, a.before,
                     BOUNDARY[a.boundary], a.unit) for a in self._axes
                )
            ],
        )  # fmt: skip
