"""Fourier transforms of long duration, in pieces between which a call can be ended.

`scipy.fft` does not return before a transform is complete. Transforms of many arrays are therefore
made for some arrays at a time, and one of a large array for some of its lines at a time, one axis
after the other. A single line is not divided.

`scipy.fft` transforms as many lines at once as a vector has lanes, and the rest of a thread's lines
one by one. Where the compiler of SciPy fused other products with sums in the one code than in the
other, as on aarch64, the bits of a line depend on its neighbours, and so on the number of threads.
There, one thread makes all transforms.
"""

from functools import cache
from itertools import product
from math import prod

import numpy as np
import scipy.fft

from ..loops.interrupt import check

#: most elements of a result that one call of `scipy.fft` makes: less than a tenth of a second
_AT_ONCE = 1 << 22
#: fewest elements that several threads transform: to wake them takes as long as some thousand
_SHARED = 1 << 15
#: elements of the result of one call, where it is divided
_PIECE = 1 << 20


def forward(array, lengths, axes, threads):
    """Return ``scipy.fft.rfftn(array, lengths, axes)``, or `fftn` of complex values.

    Parameters
    ----------
    array : ndarray
        C-contiguous array of a floating or complex dtype.
    lengths : tuple of int
        Lengths of the transforms; zeros are added behind the values. No length is shorter than the
        array.
    axes : tuple of int
        Negative numbers of the axes to transform, in increasing order.
    threads : int
        Number of threads.
    """
    real = array.dtype.kind == "f"
    sizes = _resized(array.shape, lengths, axes)
    threads = _useful(threads, prod(sizes))
    if real:
        sizes[axes[-1]] = sizes[axes[-1]] // 2 + 1
    if prod(sizes) <= _AT_ONCE or len(sizes) == 1:
        transform = scipy.fft.rfftn if real else scipy.fft.fftn
        return transform(array, lengths, axes, workers=threads)
    first = min(axes)
    out = np.zeros(sizes, np.result_type(array, np.complex64))
    many, results = (a.reshape(-1, *a.shape[first:]) for a in (array, out))
    filled = [slice(0, n) for n in array.shape[first:]]
    if not real:
        results[(..., *filled)] = many
    if prod(sizes[first:]) <= _AT_ONCE:
        for part in parts(len(results), prod(results.shape[1:])):
            if real:
                results[part] = scipy.fft.rfftn(many[part], lengths, axes, workers=threads)
            else:
                _in_place(scipy.fft.fftn, results[part], axes, threads)
        return out
    for values, result in zip(many, results, strict=True):
        whole = filled.copy()
        whole[axes[-1]] = slice(None)
        if real:
            for part in _slabs(values.shape, axes[-1]):
                line = scipy.fft.rfft(values[part], lengths[-1], axes[-1], workers=threads)
                result[tuple(whole)][part] = line
        for axis in reversed(axes[:-1] if real else axes):
            whole[axis] = slice(None)
            _along(scipy.fft.fftn, result[tuple(whole)], axis, threads)
    return out


def inverse(spectrum, lengths, axes, real, threads):
    """Return ``scipy.fft.irfftn(spectrum, lengths, axes)``, or `ifftn` where `real` is False.

    Parameters
    ----------
    spectrum : ndarray
        Spectrum, whose values may be overwritten.
    lengths, axes, threads
        As in `forward`.
    real : bool
        Whether the result is real.
    """
    threads = _useful(threads, spectrum.size)
    if spectrum.size <= _AT_ONCE or spectrum.ndim == 1:
        transform = scipy.fft.irfftn if real else scipy.fft.ifftn
        return transform(spectrum, lengths, axes, workers=threads)
    first = min(axes)
    out = spectrum = np.ascontiguousarray(spectrum)
    if real:
        out = np.empty(_resized(spectrum.shape, lengths, axes), spectrum.real.dtype)
    many, results = (a.reshape(-1, *a.shape[first:]) for a in (spectrum, out))
    if prod(spectrum.shape[first:]) <= _AT_ONCE:
        for part in parts(len(many), prod(many.shape[1:])):
            if real:
                results[part] = scipy.fft.irfftn(many[part], lengths, axes, workers=threads)
            else:
                _in_place(scipy.fft.ifftn, results[part], axes, threads)
        return out
    for values, result in zip(many, results, strict=True):
        for axis in axes[:-1] if real else axes:
            _along(scipy.fft.ifftn, values, axis, threads)
        if real:
            for part in _slabs(values.shape, axes[-1]):
                result[part] = scipy.fft.irfft(values[part], lengths[-1], axes[-1], workers=threads)
    return out


def _useful(threads, size):
    """Return the number of threads, 1 where others would not help to transform so many elements."""
    return threads if threads == 1 or size >= _SHARED and lines_are_alike() else 1


@cache
def lines_are_alike():
    """Return whether a line that `scipy.fft` transforms with others has the bits as on its own."""
    for length, dtype in product((35, 64), (np.float32, np.float64)):
        lines = np.sin(np.arange(1, 17 * length + 1, dtype=dtype)).reshape(17, length)
        for values, transform in ((lines, scipy.fft.rfft), (lines + 0j, scipy.fft.fft)):
            if not np.array_equal(transform(values)[0], transform(values[:1])[0]):
                return False
    return True


def _resized(sizes, lengths, axes):
    """Return sizes, with the lengths of the transforms in place of those of their axes."""
    sizes = list(sizes)
    for axis, n in zip(axes, lengths, strict=True):
        sizes[axis] = n
    return sizes


def _in_place(transform, values, axes, threads):
    """Transform complex values in place, if possible without a copy."""
    found = transform(values, axes=axes, overwrite_x=True, workers=threads)
    if not np.may_share_memory(found, values):
        values[...] = found


def _along(transform, values, axis, threads):
    """Transform complex values along one axis, in place, slab by slab."""
    for part in _slabs(values.shape, axis):
        _in_place(transform, values[part], (axis,), threads)


def parts(count, size):
    """Yield slices that divide `count` arrays into parts for one call of `scipy.fft` each.

    Parameters
    ----------
    count : int
        Number of arrays.
    size : int
        Elements of one array.
    """
    step = count if count * size <= _AT_ONCE else max(1, _PIECE // size)
    for start in range(0, count, step):
        check()
        yield slice(start, start + step)


def _slabs(sizes, axis):
    """Yield indices that divide an array into slabs, in which all lines along `axis` are whole."""
    axis %= len(sizes)
    steps = list(sizes)
    for i in range(len(sizes)):  # the outermost axes are cut first
        if i != axis:
            rest = prod(steps) // steps[i]
            steps[i] = min(steps[i], max(1, _PIECE // rest))
    ranges = [range(0, n, step) for n, step in zip(sizes, steps, strict=True)]
    for starts in product(*ranges):
        check()
        part = [slice(s, s + step) for s, step in zip(starts, steps, strict=True)]
        part[axis] = slice(None)
        yield tuple(part)
