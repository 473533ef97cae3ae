"""Convolutions and correlations: the part of in1 that a block needs, extended past the edges.

Output `j` of the full output reads in1 at ``j - (n - 1) * dilation`` to `j`, where n is the number
of taps. Every block is a call with the mode "valid" on the interval that its outputs read. Where
this reaches past the edges of in1, the values there are written out.
"""

import math
from dataclasses import dataclass

import dask.array as da
import numpy as np

from ..problem.arguments import integers
from ..problem.lags import part_of
from ..problem.validate_filtering import SIGNAL_BOUNDARIES, _axes
from ..problem.validate_signals import _PLANAR_BOUNDARIES
from .arguments import (
    check_kernel,
    forwards,
    impossible,
    is_dask,
    lazy,
    request_of,
    small_result,
    specs_of,
)
from .axes import assigned, bounds, everything, extended, same
from .graph import Source, build
from .tasks import Call


@dataclass(frozen=True)
class _Line:
    """The outputs along one filtered axis.

    Parameters
    ----------
    start, length : int
        The part of the full output.
    extent : int
        Number of positions that the kernel spans.
    stride : int
    """

    start: int
    length: int
    extent: int
    stride: int

    @property
    def count(self):
        """Number of outputs."""
        return -(-self.length // self.stride)


def summed(op, arrays, options, common):
    """Return the result of a convolution or a correlation.

    Parameters
    ----------
    op : Op
    arrays : tuple
        in1, in2, and the mask where the op has one.
    options : dict
    common : tuple
        algorithm, accuracy and workspace_limit.
    """
    check_kernel("in2", arrays[1])
    specs = specs_of(op, arrays)
    request = request_of(op, specs, options, common)
    dtype = request.out_dtype
    if forwards(request):
        small = np.asarray(small_result(op, options, _small_shapes(specs), specs))
        if any(0 in s.shape for s in specs[:2]):
            return lazy(small)
        dtype = small.dtype
    shape, weights = specs[0].shape, specs[1].shape
    smaller = any(n < m for n, m in zip(shape, weights, strict=True))
    exchanged = options["mode"] == "valid" and smaller
    if exchanged and op.name == "signal.correlate2d" and dtype.kind == "c":
        raise impossible(op, "in2 is larger than in1, which SciPy then conjugates; exchange them")
    lines = _lines(op, shape, weights, options)
    in1, in2 = lazy(arrays[0]), lazy(arrays[1])
    boundary, fill = _boundary(options)
    fill_dtype = _filled(specs, fill, op, options) if fill != 0 else None
    if fill != 0:
        fill = np.asarray(fill).astype(fill_dtype)[()]  # integers modulo 2^bits, as sums are
    if fill != fill and options.get("nan_policy") == "omit":
        arrays, options = _marked(arrays, in1, options)
    chunks, image, kernel = [], [], []
    for axis in range(len(shape)):
        line = lines.get(axis)
        if line is None:
            own, i, k = _unfiltered(op, axis, in1.chunks[axis], in2.chunks[axis])
        else:
            own, i = _filtered(in1.chunks[axis], line, boundary)
            k = None, [everything(in2.chunks[axis])]
            i = axis, i
        chunks.append(own)
        image.append(i)
        kernel.append(k)
    sources = [Source(in1, image, fill, fill_dtype), Source(in2, kernel)]
    if len(arrays) == 3 and arrays[2] is not None:
        sources.append(Source(_mask(arrays[2], in1), image, False))
    given = {**options, "mode": "valid"}
    given |= {"boundary": "fill", "fillvalue": 0} if "boundary" in given else {}
    given |= {"lags": None} if "lags" in given else {}
    call = _Sums(op.name, given, common, tuple(a is None for a in arrays), dtype)
    return build(call, sources, tuple(chunks), dtype)


def _small_shapes(specs):
    """Return shapes with which SciPy raises the same errors as with those of the arrays.

    They are small, unless the arrays are empty.
    """
    in1, in2 = (s.shape for s in specs[:2])
    rest = (None,) * (len(specs) - 2)  # SciPy has no masks
    if len(in1) != len(in2):
        return (1,) * len(in1), (1,) * len(in2), *rest
    if 0 in in1 + in2:
        return in1, in2, *rest
    pairs = list(zip(in1, in2, strict=True))
    return (
        tuple(min(n, 3 if n > m else 2) for n, m in pairs),
        tuple(min(m, 3 if m > n else 2) for n, m in pairs),
        *rest,
    )


def _marked(arrays, in1, options):
    """Return the call with the NaN of in1 in the mask, where those past the edges are not."""
    mask = da.isnan(in1)
    if arrays[2] is not None:
        mask = mask | _mask(arrays[2], in1)
    return (*arrays[:2], mask), {**options, "nan_policy": "propagate"}


class _Sums(Call):
    """A call for all blocks of a result that has one dtype.

    SciPy multiplies arrays of one value without a Fourier transform, whose results would have
    another dtype. Blocks of such arrays, which hold values past the edges, are transformed.
    """

    def __init__(self, name, options, common, absent, dtype):
        super().__init__(name, options, common, absent)
        self.dtype = dtype

    def __call__(self, place, slabs):
        result = super().__call__(place, slabs)
        if result.dtype != self.dtype and self.dtype.kind in "iu":
            result = np.rint(result).astype(np.int64)
        return result.astype(self.dtype, copy=False)


def _lines(op, shape, weights, options):
    """Return the `_Line` of every filtered axis."""
    axes, order = _axes(options.get("axes"), len(shape))
    strides = _per_axis("stride", options, axes, order)
    dilations = _per_axis("dilation", options, axes, order)
    mode, lags = options["mode"], options.get("lags")
    part = part_of(lags, mode, weights) if lags is not None else None
    found = {}
    for i, axis in enumerate(axes):
        extent = (weights[axis] - 1) * dilations[i] + 1
        n, full = shape[axis], shape[axis] + extent - 1
        if part is not None:
            start, length = part[i]
        elif mode == "full":
            start, length = 0, full
        elif mode == "same":
            start, length = (full - n) // 2, n
            if op.name == "signal.correlate2d":
                # SciPy centres on (m - 1) // 2 here; with axes of odd lengths alone it is the same
                other = not all(m % 2 for m in weights)
                start = full - n - (full - n) // 2 if other else start
        else:
            start, length = min(n, extent) - 1, abs(n - extent) + 1
        found[axis] = _Line(start, length, extent, strides[i])
    return found


def _per_axis(name, options, axes, order):
    """Return an option as one int per filtered axis, in ascending order of axes."""
    values = integers(name, options.get(name, 1), len(axes), 1)
    return values if options.get("axes") is None else tuple(values[i] for i in order)


def _boundary(options):
    """Return the boundary's name in `geometry.BOUNDARIES`, and the value past the edges."""
    name, fill = options.get("boundary", "fill"), options.get("fillvalue", 0)
    if name in _PLANAR_BOUNDARIES and options["mode"] == "valid" and "method" not in options:
        name = "fill"  # windows of `convolve2d` never reach past the edges of the larger array
    name = SIGNAL_BOUNDARIES[_PLANAR_BOUNDARIES.get(name, name)]
    return name, fill if name == "constant" else 0


def _filled(specs, fill, op, options):
    """Return the dtype in which in1 holds the value past the edges as well."""
    both = np.result_type(specs[0].dtype, specs[1].dtype)
    if both.kind not in "iu" or op.name.endswith("2d"):
        return both
    if not math.isfinite(fill) or fill != int(fill):
        return np.dtype(np.float64)
    # sums of another dtype than that of the arrays are exact
    exact = options.get("output_dtype") is not None
    return np.result_type(both, np.min_scalar_type(int(fill))) if exact else both


def _filtered(chunks, line, boundary):
    """Return the chunks of the output along a filtered axis, and the takes of in1."""
    own = output_chunks(chunks, line.count, line.stride, line.start, line.extent)
    first = line.start - line.extent + 1
    takes = [
        extended(chunks, first + a * line.stride, line.start + (b - 1) * line.stride + 1, boundary)
        for a, b in bounds(own)
    ]  # fmt: skip
    return own, takes


def output_chunks(chunks, count, stride, start, extent):
    """Return the chunks of outputs that lie in the middle of their windows.

    Parameters
    ----------
    chunks : tuple of int
        Of the array.
    count, stride : int
        Number of outputs, and positions between them.
    start : int
        The last position that the first output reads.
    extent : int
        Number of positions that an output reads.
    """
    size, full = sum(chunks), count * stride
    if stride == 1 and count == size:
        return chunks  # whatever the origin
    centre = start - extent // 2
    if stride == 1 and full > size and start == 0:
        centre = -((full - size) // 2)
    return assigned(chunks, count, (stride, 1), centre)


def _unfiltered(op, axis, image, kernel):
    """Return the chunks of an axis that is not filtered, and what blocks need of both arrays."""
    n, m = sum(image), sum(kernel)
    if n == m == 1 or m == 1:
        return image, (axis, same(image)), (None, [everything(kernel)])
    if n == m:
        return image, (axis, same(image)), (axis, same(kernel, image))
    if op.name in ("signal.fftconvolve", "signal.oaconvolve"):
        raise impossible(
            op, f"in1 has 1 element and in2 has {m} along axis {axis}, which is not filtered; "
            "exchange the arrays, or repeat in1"
        )  # fmt: skip
    return kernel, (None, [everything(image)]), (axis, same(kernel))


def _mask(mask, in1):
    """Return a mask in the shape and chunks of in1."""
    if not is_dask(mask):
        mask = da.from_array(np.asarray(mask), chunks=-1)
    return da.broadcast_to(mask, in1.shape).rechunk(in1.chunks)
