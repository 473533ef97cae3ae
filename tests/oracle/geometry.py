"""Shapes, padding and index maps, written from the definitions."""

import math

import numpy as np


def widen(*arrays):
    """Return the arrays in the dtype that the oracle computes in. None stays None."""
    arrays = [None if a is None else np.asarray(a) for a in arrays]
    dtypes = [a.dtype for a in arrays if a is not None]
    if any(d.kind == "c" for d in dtypes):
        wide = np.complex128
    elif any(d.kind == "f" for d in dtypes):
        wide = np.float64
    elif any(d == np.uint64 for d in dtypes):
        wide = np.uint64
    else:
        wide = np.int64
    return [None if a is None else a.astype(wide) for a in arrays]


def per_axis(value, dims):
    """Return one integer for every axis, from one for all or one per axis."""
    if isinstance(value, (int, np.integer)):
        return (int(value),) * dims
    assert len(value) == dims, (value, dims)
    return tuple(int(v) for v in value)


def pads(padding, size, kernel, stride, dilation):
    """Return a pair (before, after) for every axis. "same" depends on `size`."""
    dims = len(kernel)
    reach = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    if isinstance(padding, str):
        if padding == "valid":
            return ((0, 0),) * dims
        if padding == "full":
            return tuple((r, r) for r in reach)
        pairs = []
        for n, r, s in zip(size, reach, stride, strict=True):
            outputs = math.ceil(n / s)
            total = max((outputs - 1) * s + r + 1 - n, 0)
            small, large = total // 2, total - total // 2
            pairs.append({"same": (small, large), "same_lower": (large, small)}[padding])
        return tuple(pairs)
    if isinstance(padding, (int, np.integer)):
        return ((int(padding), int(padding)),) * dims
    assert len(padding) == dims, (padding, dims)
    return tuple(
        (int(p), int(p)) if isinstance(p, (int, np.integer)) else (int(p[0]), int(p[1]))
        for p in padding
    )


def source(position, n, boundary):
    """Return the index in 0..n-1 whose value an index outside reads, or -1 for a constant."""
    if 0 <= position < n:
        return position
    if boundary in ("zeros", "fill"):
        return -1
    if boundary in ("replicate", "nearest"):
        return 0 if position < 0 else n - 1
    if boundary in ("circular", "wrap"):
        return position % n
    if boundary == "symm":  # d c b a | a b c d | d c b a
        position %= 2 * n
        return position if position < n else 2 * n - 1 - position
    assert boundary in ("reflect", "mirror"), boundary  # d c b | a b c d | c b a
    if n == 1:
        return 0
    position %= 2 * n - 2
    return position if position < n else 2 * n - 2 - position


def padded(array, axis, before, after, boundary, fillvalue=0):
    """Return `array` padded along one axis by its boundary."""
    n = array.shape[axis]
    where = np.array([source(p, n, boundary) for p in range(-before, n + after)], dtype=np.intp)
    result = np.take(array, where, axis=axis)
    outside = [slice(None)] * array.ndim
    outside[axis] = np.flatnonzero(where < 0)
    result[tuple(outside)] = fillvalue
    return result


def output_size(n, kernel, stride, dilation, before, after, ceil_mode=False):
    """Return how many windows fit, with PyTorch's rule for the last one in ceil_mode."""
    room = n + before + after - dilation * (kernel - 1) - 1
    if room < 0:
        raise ValueError(f"a kernel of {kernel} taps is larger than the padded input")
    if not ceil_mode:
        return room // stride + 1
    count = math.ceil(room / stride) + 1
    if (count - 1) * stride >= n + before:
        count -= 1
    return count


def every_tap(kernel):
    """Return all kernel positions in row-major order."""
    return list(np.ndindex(*kernel))


def tap_slices(tap, outputs, stride, dilation):
    """Return slices of the padded array that a tap reads, with one element per output."""
    return tuple(
        slice(t * d, t * d + (o - 1) * s + 1, s)
        for t, o, s, d in zip(tap, outputs, stride, dilation, strict=True)
    )


def with_batch(array, dims):
    """Return the array with a batch axis, and whether it was missing."""
    if array.ndim == dims + 1:
        return array[None], True
    assert array.ndim == dims + 2, (array.shape, dims)
    return array, False
