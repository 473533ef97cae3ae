"""Columns of an image on a device: what `im2col` multiplies by and `unfold` returns."""

from math import prod

from .base import BLOCK, BOUNDARY, three
from .source import Struct

_AXIS = Struct("i image, feature, taps, stride, dilation, before, boundary, unit")
_UNFOLD = Struct(
    "P image, out; d fill_real, fill_imaginary; q n_step, channel_step, tap_step, image_size;"
    "i n, channels, taps, columns; axis axes[3]",
    axis=_AXIS,
)  # fmt: skip
#: a grid's second and third axis end there
LARGEST = 65535
#: positions and rows are 32-bit numbers in the kernel
LIMIT = 1 << 30


def too_large(axes, channels):
    """Reason why 32 bits do not count an image's positions or rows, or None."""
    columns = prod(a.feature for a in axes)
    rows = channels * prod(a.taps for a in axes)
    reach = max((a.feature - 1) * a.stride + a.extent + abs(a.before) for a in axes)
    if max(columns, rows, reach, *(a.image for a in axes)) >= LIMIT:
        return "more positions than 32 bits count"
    return None


def unfold(algorithm, problem, axes, image, out, fill=0, *, steps=None):
    """Write the columns of `image`, (n, channels, ...), into `out`.

    `steps` are those from one image, channel and tap to the next in `out`, whose rows are otherwise
    (channel, tap) within an image.
    """
    n, channels = image.shape[:2]
    axes = three(axes)
    taps, columns = prod(a.taps for a in axes), prod(a.feature for a in axes)
    if steps is None:
        steps = channels * taps * columns, taps * columns, columns
    struct = _UNFOLD(
        algorithm.runtime, image=image, out=out, fill_real=fill.real, fill_imaginary=fill.imag,
        n_step=steps[0], channel_step=steps[1], tap_step=steps[2],
        image_size=prod(a.image for a in axes), n=n, channels=channels, taps=taps, columns=columns,
        axes=[
            _AXIS.rows(
                (a.image, a.feature, a.taps, a.stride, a.dilation, a.before,
                 BOUNDARY[a.boundary], a.unit) for a in axes
            )
        ],
    )  # fmt: skip
    grid = (
        max(1, min(-(-columns // BLOCK), 1 << 20)),
        min(channels * taps, LARGEST),
        max(1, min(n, LARGEST)),
    )
    algorithm.launch("unfold", "unfold", problem, grid, struct)
