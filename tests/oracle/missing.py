"""fc.convolve and fc.correlate of arrays with missing elements, by counts of every window."""

import numpy as np

from .filters import cut
from .geometry import every_tap, padded, per_axis


def masked_convolve(
    in1, in2, mode="full", *, axes=None, boundary="fill", fillvalue=0, stride=1, dilation=1,
    mask=None, nan_policy="propagate", normalize=False
):  # fmt: skip
    """Compute the normalised convolution where windows hold masked elements, else the plain one."""
    in1, in2 = np.asarray(in1), np.asarray(in2)
    kind = np.complex128 if "c" in (in1.dtype.kind, in2.dtype.kind) else np.float64
    in1, in2 = in1.astype(kind), in2.astype(kind)
    masked = np.zeros(in1.shape, bool)
    if mask is not None:
        masked |= mask
    if nan_policy == "omit":
        masked |= np.isnan(in1)
    axes = tuple(range(in1.ndim)) if axes is None else axes
    axes = tuple(a % in1.ndim for a in ([axes] if isinstance(axes, int) else axes))
    stride, dilation = per_axis(stride, len(axes)), per_axis(dilation, len(axes))
    if normalize:
        in2 = in2 / in2.sum(axes, keepdims=True)
    extent = [d * (in2.shape[a] - 1) + 1 for a, d in zip(axes, dilation, strict=True)]
    sizes = [in1.shape[a] for a in axes]
    values = np.where(masked, 0, in1)
    for axis, e in zip(axes, extent, strict=True):
        values = padded(values, axis, e - 1, e - 1, boundary, fillvalue)
        masked = padded(masked, axis, e - 1, e - 1, boundary, False)
    sums, weights, count = 0, 0, 0
    for tap in every_tap([in2.shape[a] for a in axes]):
        seen, one = [slice(None)] * in1.ndim, [slice(None)] * in1.ndim
        for a, t, n, d, e in zip(axes, tap, sizes, dilation, extent, strict=True):
            start = e - 1 - t * d
            seen[a], one[a] = slice(start, start + n + e - 1), slice(t, t + 1)
        seen, weight = tuple(seen), in2[tuple(one)]
        valid = ~masked[seen]
        sums = sums + np.where(valid, values[seen] * weight, 0)
        weights = weights + np.where(valid, weight, 0)
        count = count + valid
    taps = np.prod([in2.shape[a] for a in axes])
    count = np.broadcast_to(count, sums.shape)
    with np.errstate(all="ignore"):
        joined = in2.sum(axes, keepdims=True) * sums / weights
    result = np.where(count == taps, sums, np.where(count == 0, np.nan, joined))
    return cut(result, mode, axes, sizes, extent, stride)


def masked_correlate(in1, in2, mode="full", *, axes=None, **keywords):
    """Convolve with in2 conjugated and reversed along the axes."""
    in2 = np.conj(np.asarray(in2))
    chosen = range(in2.ndim) if axes is None else [axes] if isinstance(axes, int) else axes
    return masked_convolve(in1, np.flip(in2, tuple(chosen)), mode, axes=axes, **keywords)
