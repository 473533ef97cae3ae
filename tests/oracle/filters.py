"""fc.convolve and fc.correlate with the modes full, same and valid, and with boundaries."""

import numpy as np

from .geometry import every_tap, padded, per_axis, widen


def convolve(
    in1, in2, mode="full", *, axes=None, boundary="fill", fillvalue=0, stride=1, dilation=1
):
    """Compute S(i) = sum over t of in1(i - t d) in2(t), and return the part that `mode` selects."""
    in1, in2 = np.asarray(in1), np.asarray(in2)
    if np.result_type(in1, in2).kind == "f":  # also for uint64 with a signed integer, as in SciPy
        in1, in2 = in1.astype(np.float64), in2.astype(np.float64)
    in1, in2 = widen(in1, in2)
    if in1.ndim == in2.ndim == 0:
        return in1 * in2
    if axes is None:
        axes = tuple(range(in1.ndim))
    axes = tuple(a % in1.ndim for a in ([axes] if isinstance(axes, int) else axes))
    stride, dilation = per_axis(stride, len(axes)), per_axis(dilation, len(axes))
    extent = [d * (in2.shape[a] - 1) + 1 for a, d in zip(axes, dilation, strict=True)]
    sizes = [in1.shape[a] for a in axes]
    continued = in1
    for axis, e in zip(axes, extent, strict=True):
        continued = padded(continued, axis, e - 1, e - 1, boundary, fillvalue)
    full = 0
    for tap in every_tap([in2.shape[a] for a in axes]):
        seen, one = [slice(None)] * in1.ndim, [slice(None)] * in1.ndim
        for a, t, n, d, e in zip(axes, tap, sizes, dilation, extent, strict=True):
            start = e - 1 - t * d
            seen[a], one[a] = slice(start, start + n + e - 1), slice(t, t + 1)
        full = full + continued[tuple(seen)] * in2[tuple(one)]
    return cut(full, mode, axes, sizes, extent, stride)


def cut(full, mode, axes, sizes, extent, stride):
    """Return every s-th element of the part of the full output that the mode selects."""
    if mode == "valid":
        inside = all(n >= e for n, e in zip(sizes, extent, strict=True))
        around = all(n <= e for n, e in zip(sizes, extent, strict=True))
        if not (inside or around):
            raise ValueError("valid needs one array at least as large as the other on every axis")
    keep = [slice(None)] * full.ndim
    for a, n, e, s in zip(axes, sizes, extent, stride, strict=True):
        count = {"full": n + e - 1, "same": n, "valid": abs(n - e) + 1}[mode]
        start = (n + e - 1 - count) // 2
        keep[a] = slice(start, start + count, s)
    return np.ascontiguousarray(full[tuple(keep)])


def correlate(
    in1, in2, mode="full", *, axes=None, boundary="fill", fillvalue=0, stride=1, dilation=1
):
    """Convolve with in2 conjugated and reversed along the axes."""
    in2 = np.conj(np.asarray(in2))
    if in2.ndim:
        chosen = range(in2.ndim) if axes is None else [axes] if isinstance(axes, int) else axes
        in2 = np.flip(in2, tuple(chosen))
    return convolve(
        in1, in2, mode, axes=axes, boundary=boundary, fillvalue=fillvalue, stride=stride,
        dilation=dilation,
    )  # fmt: skip
