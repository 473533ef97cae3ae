"""fc.convolve and fc.correlate with a dtype of integers for the result."""

import numpy as np

from .filters import cut
from .geometry import every_tap, padded, per_axis

#: scipy.ndimage leaves out taps that are not larger
SKIPPED = np.finfo(float).eps


def ordered_sums(
    in1, in2, mode="full", *, axes=None, boundary="fill", fillvalue=0, stride=1, dilation=1
):
    """Return the correlation in float64, which adds taps in their order and rounds every product.

    `in2` is not reversed. The window lies where that of a convolution with the reversed `in2` lies.
    """
    in1, in2 = np.asarray(in1, np.float64), np.asarray(in2, np.float64)
    axes = tuple(range(in1.ndim)) if axes is None else axes
    axes = tuple(a % in1.ndim for a in ([axes] if isinstance(axes, int) else axes))
    stride, dilation = per_axis(stride, len(axes)), per_axis(dilation, len(axes))
    steps = dict(zip(axes, zip(stride, dilation, strict=True), strict=True))
    axes = sorted(axes)
    stride, dilation = [steps[a][0] for a in axes], [steps[a][1] for a in axes]
    extent = [d * (in2.shape[a] - 1) + 1 for a, d in zip(axes, dilation, strict=True)]
    sizes = [in1.shape[a] for a in axes]
    for axis, e in zip(axes, extent, strict=True):
        in1 = padded(in1, axis, e - 1, e - 1, boundary, fillvalue)
    sums = 0.0
    for tap in every_tap([in2.shape[a] for a in axes]):
        seen, one = [slice(None)] * in1.ndim, [slice(None)] * in1.ndim
        for a, t, n, d, e in zip(axes, tap, sizes, dilation, extent, strict=True):
            seen[a], one[a] = slice(t * d, t * d + n + e - 1), slice(t, t + 1)
        weight = in2[tuple(one)]
        with np.errstate(all="ignore"):
            sums = sums + np.where(np.abs(weight) <= SKIPPED, 0.0, in1[tuple(seen)] * weight)
    return cut(sums, mode, axes, sizes, extent, stride)


def as_integers(sums, dtype, rounding="truncate", saturate=False):
    """Convert one sum after the other, by Python's integers."""
    limits = np.iinfo(dtype)
    result = np.empty(sums.shape, dtype)
    for index in np.ndindex(sums.shape):
        value = float(sums[index])
        if saturate and np.isinf(value):
            result[index] = limits.max if value > 0 else limits.min
            continue
        whole = round(value) if rounding == "nearest" else int(value)
        if saturate:
            whole = min(max(whole, limits.min), limits.max)
        result[index] = (whole - limits.min) % 2**limits.bits + limits.min
    return result


def rounded_correlate(
    in1, in2, mode="full", *, output_dtype, rounding="truncate", saturate=False, **keywords
):
    """Correlate, and convert the sums."""
    return as_integers(ordered_sums(in1, in2, mode, **keywords), output_dtype, rounding, saturate)


def rounded_convolve(in1, in2, mode="full", *, axes=None, **keywords):
    """Correlate with in2 reversed along the axes."""
    in2 = np.asarray(in2)
    chosen = range(in2.ndim) if axes is None else [axes] if isinstance(axes, int) else axes
    return rounded_correlate(in1, np.flip(in2, tuple(chosen)), mode, axes=axes, **keywords)
