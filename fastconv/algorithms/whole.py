"""Convolutions of whole lines, images and volumes, as one transform of a stack of matrices.

A line of ``2 m n`` real numbers is a matrix of m rows and n columns of complex ones, whose
imaginary parts are its second half. With factors ``exp(i pi j / (2 m n))``, products of transforms
are those of convolutions modulo ``t**(2 m n) + 1``, of which real and imaginary parts are the
halves: no frequencies are paired. An image is such a line in every row, and a volume a stack of
images. Complex numbers fill matrices as they are. Transforms of the columns and of the rows of a
matrix fit in caches, and run on all threads (src/fft_tiled/whole.h).

References
----------
R. E. Crandall and B. Fagin, "Discrete weighted transforms and large-integer arithmetic",
*Mathematics of Computation* 62, 1994; D. H. Bailey, "FFTs in external or hierarchical memory", *The
Journal of Supercomputing* 4, 1990.
"""

from functools import lru_cache
from math import isqrt, log2, prod

import numpy as np

from .. import config
from ..loops.fft_tiled_transforms import aligned_bytes
from ..loops.fft_tiled_whole import Whole
from ..loops.fft_tiled_work import passes
from ..loops.simd import vector_bytes
from ..loops.stride_phases import Lease
from ..problem.arrays import DTYPES

#: fewest points of an array that is worth a matrix
LEAST = 1 << 13
#: most rows of a matrix: a vector of columns stays in L2
_MOST = 1 << 13
#: bytes between two arrays of a lease
_APART = 64
#: cycles, as `fft_tiled` counts them, over those of the passes of tiles that stay in L1; and per
#: vector of complex numbers, there and back: the twiddles of a line, and waiting for memory
_PASSES, _LINE, _MEMORY = 2.1, 30.0, 130.0
#: bytes of matrices that stay in L2; of so many times as many, nothing stays in any cache
_CACHED, _FAR = 1 << 20, 8
#: calls of Python functions, and more for each transform
_CALLS, _EACH = 7, 1
#: speed that each further thread adds, relative to the first
_SPEEDUP = 0.85


def least_length(axis):
    """Return the fewest points of an axis at which no output meets values from its other end."""
    if axis.boundary == "zeros":
        least = axis.image + max(axis.before, axis.after, 0)
    else:  # the image's continuation past its ends is written out
        least = (axis.feature - 1) * axis.stride + axis.extent
    return max(least, axis.extent, (axis.feature - 1) * axis.stride + 1)


def matrix_of(problem):
    """Return (depth, rows, columns, whether of a line) of the matrices of a problem, or None."""
    s = problem.stencil
    if s.role != "fwd" or not s.image_channels == s.feature_channels == 1 or len(s.axes) > 3:
        return None
    written_out = is_written_out(s.axes)
    if any(a.stride > 1 or a.unfiltered or _start(a, written_out) < 0 for a in s.axes):
        return None
    lengths = [_read(a) if written_out else least_length(a) for a in s.axes]
    if prod(lengths) < LEAST:
        return None
    halves = _halves(problem)
    item = DTYPES[problem.compute].itemsize
    lanes = vector_bytes(config.current_isa()) * (3 - halves) // item
    if len(lengths) == 1:
        found = (1, *_line_matrix(-(-lengths[0] // halves), lanes, item), True)
    else:
        depth = 1 if len(lengths) == 2 else _smooth(lengths[0], 1)
        found = depth, _smooth(lengths[-2], lanes), _smooth(-(-lengths[-1] // halves), lanes), False
    return found if max(found[:3]) <= _MOST else None


def _halves(problem):
    """Return the number of parts of rows that one matrix holds: two of real numbers."""
    return 2 if problem.compute[0] == "f" else 1


def seconds(matrix, compute, machine, threads, transforms):
    """Return the seconds that a call takes.

    Parameters
    ----------
    matrix : tuple (depth, rows, columns, line)
    compute : str
        Short name of the dtype of the computation.
    machine : Machine
    threads : int
    transforms : int
        Number of transforms: one for a spectrum, and two for an image.
    """
    *sizes, line = matrix
    size = prod(sizes) * (8 if compute in ("f32", "c64") else 16)
    cycles = _PASSES * sum([passes(n) for n in sizes]) + _LINE * line
    cycles += _MEMORY * min(1.0, max(0.0, log2(size / _CACHED) / log2(_FAR)))
    work = transforms / 2 * cycles * size / (2 * vector_bytes(config.current_isa()))
    forks = machine.fork * transforms if threads > 1 else 0.0
    return work / machine.tile_rate / (1 + _SPEEDUP * (threads - 1)) + forks


def least_seconds(size, points, machine, threads, transforms):
    """Return a lower bound of what `seconds` and `calls` return together.

    Parameters
    ----------
    size : int
        Bytes of an image.
    points : float
        Points of the transform of so many complex numbers.
    machine, threads, transforms
        As for `seconds`.
    """
    cycles = _PASSES * passes(4) / 2 * log2(points + 1)  # no radix takes fewer cycles per factor 2
    work = transforms / 2 * cycles * size / (2 * vector_bytes(config.current_isa()))
    busy = work / machine.tile_rate / (1 + _SPEEDUP * (threads - 1))
    return calls(machine, transforms) + busy


def calls(machine, transforms):
    """Return the seconds of Python's part of a call."""
    return (_CALLS + _EACH * transforms) * machine.python_call


def workspace(problem, matrix, threads, prepared):
    """Return the bytes that a call leases.

    Parameters
    ----------
    problem : Problem
    matrix : tuple (depth, rows, columns, line)
    threads : int
    prepared : bool
        Whether the call gets a prepared spectrum.
    """
    depth, rows, columns, _ = matrix
    item, axes = DTYPES[problem.compute].itemsize, problem.stencil.axes
    point, vector = item * _halves(problem), 2 * vector_bytes(config.current_isa())
    spectrum = depth * rows * columns * point
    size = spectrum + (depth * rows + 1) * vector  # a row may have one vector more
    size += threads * max(depth, rows, 2 * columns) * vector
    # the image is continued along one axis after the other
    image = 2 * item * prod([_read(a) for a in axes]) if is_written_out(axes) else 0
    if prepared:
        return size + image
    return spectrum + size + max(image, item * prod([a.extent for a in axes]))


def is_written_out(axes):
    """Return whether the continuation of an image past its ends is written out, along all axes."""
    return any(a.boundary != "zeros" for a in axes)


def _read(axis):
    """Return how many values the windows of an axis of stride 1 read."""
    return axis.feature - 1 + axis.extent


def _start(axis, written_out):
    """Return the position of the first output of an axis among the products of reversed taps."""
    return axis.extent - 1 - (0 if written_out else axis.before)


@lru_cache(1024)
def _smooth(least, lanes):
    """Return the next multiple of `lanes` that is a product of 2, 3 and 5."""
    size, best = -(-least // lanes), None
    five = 1
    while best is None or five < best:
        three = five
        while best is None or three < best:
            found = three
            while found < size:
                found *= 2
            best = found if best is None else min(best, found)
            three *= 3
        five *= 5
    return best * lanes


@lru_cache(1024)
def _line_matrix(points, lanes, item):
    """Return the sizes of the best matrix of so many points that is nearly square.

    Parameters
    ----------
    points : int
    lanes : int
        Lanes of a vector.
    item : int
        Bytes of a value of the line.
    """
    side = _smooth(max(isqrt(points) // 2, 1), lanes)
    found = []
    while side * side <= 2 * points or not found:
        found.append((side, _smooth(-(-points // side), lanes)))
        side = _smooth(side + 1, lanes)
    return min(found, key=lambda sizes: prod(sizes) * _apart(sizes[1] * item))


def _apart(size):
    """Return by which factor a transform takes longer whose rows are so many bytes apart.

    Values of a column that lie a multiple of 4096 bytes apart share the same lines of L1.
    """
    return 1.25 if size % 4096 == 0 else 1.1 if size % 2048 == 0 else 1.0


@lru_cache(64)
def _transforms(isa, compute, depth, rows, columns, line):
    return Whole(isa, compute, depth, rows, columns, line)


class WholeArray:
    """The convolution of one problem, of which `matrix_of` returned the matrix.

    Parameters
    ----------
    problem : Problem
    matrix : tuple (depth, rows, columns, line)
    """

    def __init__(self, problem, matrix):
        self.axes = problem.stencil.axes
        self.dtype = DTYPES[problem.compute]
        self.conjugate, self.halves = problem.conjugate, _halves(problem)
        self.depth, self.rows, self.columns, self.line = matrix
        self.transform = _transforms(config.current_isa(), problem.compute, *matrix)
        written_out = is_written_out(self.axes)
        self.sizes = [_read(a) if written_out else a.image for a in self.axes]
        still = [0] * len(self.axes)
        self.image = self._places(self.sizes, still)
        self.taps = self._places([a.extent for a in self.axes], still)
        starts = [_start(a, written_out) for a in self.axes]
        self.outputs = self._places([a.feature for a in self.axes], starts)

    def spectrum(self, weight, threads, kept):
        """Return the spectrum of a weight, reversed and divided by the number of points.

        Parameters
        ----------
        weight : ndarray
        threads : int
        kept : bool
            Whether the spectrum is kept, and lies in memory of its own.
        """
        axes = self.axes
        sizes = [a.extent for a in axes]
        # memory of calls before, as the first touch of fresh memory takes long
        taps = Lease(prod(sizes) * self.dtype.itemsize + _APART).array(sizes, self.dtype)
        if any(a.dilation > 1 for a in axes):
            taps[...] = 0
        reverse = tuple(slice(None, None, -a.dilation) for a in axes)
        scale = self.dtype.type(1 / (self.depth * self.rows * self.columns)).real
        weight = weight.conj() if self.conjugate else weight
        np.multiply(weight.reshape([a.taps for a in axes]), scale, out=taps[reverse])
        size = self.transform.spectrum_bytes
        found = aligned_bytes(size) if kept else Lease(size + _APART).array((size,), np.uint8)
        self.transform.spectrum(taps, self.taps, found, threads)
        return found

    def filter(self, image, spectrum, out, threads):
        """Write the outputs of one image, which is continued past its ends, to `out`."""
        self.transform.filter(image, self.image, spectrum, out, self.outputs, threads)

    def _places(self, sizes, starts):
        """Return where the values of an array lie that begins at `starts` of the transform."""
        half, n = np.arange(self.halves)[:, None], self.columns
        plane, row = np.divmod(np.arange(self.depth * self.rows), self.rows)
        if self.line:
            (size,), (start,) = sizes, starts
            first = half * (self.rows * n) + row * n  # position of the first column
            at, exists = first - start, True
        else:
            lead = (1,) * (3 - len(sizes))
            (deep, height, size) = (*lead, *sizes)
            (front, top, start) = (*(0 for _ in lead), *starts)
            first = half * n + 0 * row
            at = ((plane - front) * height + row - top) * size + first - start
            exists = (plane >= front) & (plane < front + deep)
            exists = exists & (row >= top) & (row < top + height)
        low = np.where(exists, np.clip(start - first, 0, n), 0)
        high = np.where(exists, np.clip(start + size - first, 0, n), 0)
        return np.ascontiguousarray(np.stack([at, low, high], axis=-1), np.intp)
