"""Fourier transforms of long lines, as those of the columns and then of the rows of a matrix.

One transform of a line that fits in no cache passes through memory many times, on one thread. A
line of ``m * n`` values is a matrix of m rows, and with ``w = exp(-2 pi i / (m n))``

    X[k + m l] = sum over j of exp(-2 pi i j l / n) w^(k j) Z[k, j],
    Z[k, j] = sum over h of exp(-2 pi i h k / m) x[h, j]

So there are n transforms of columns, products with the factors w^(k j), and m transforms of rows,
all of which fit in caches and run on all threads. The spectrum stays in the order ``[k, l]``, which
products of spectra do not mind. For real numbers, columns have half a spectrum.

The factors of a block of columns are products of two numbers each, of which a table has few.

References
----------
W. M. Gentleman and G. Sande, "Fast Fourier transforms: for fun and profit", AFIPS Fall Joint
Computer Conference, 1966; D. H. Bailey, "FFTs in external or hierarchical memory", *The Journal of
Supercomputing* 4, 1990, 23-35.
"""

from functools import lru_cache
from math import isqrt

import numpy as np
import scipy.fft

from .. import config
from ..caches import TableCache
from ..loops.fft import contract
from ..loops.interrupt import check
from ..loops.planar import Planes
from ..loops.stride_phases import Lease
from ..problem.arrays import DTYPES

#: fewest values of a line that is worth a matrix, by the dtype of the computation
LEAST = {"f64": 1 << 16, "f32": 1 << 17, "c64": 1 << 19, "c128": 1 << 19}
#: fewest rows and columns of a matrix
_NARROW = 64
#: columns of a block, which stays in L2
_COLUMNS = 64
#: bytes of rows for one thread, which stay in L2
_ROWS = 1 << 19
#: bytes between two arrays of a lease
_APART = 64
#: dtypes of spectra of real numbers, and of the parts of complex ones
_SPECTRA = {"f32": "c64", "f64": "c128"}
_PARTS = {"c64": "f32", "c128": "f64"}
#: the factors of matrices, by their sizes
_factors = TableCache(1 << 24)


@lru_cache(1024)
def shape_of(length):
    """Return (m, n) of the matrix of a line, m * n = length, or None if it would be narrow."""
    m = next(d for d in range(isqrt(length), 0, -1) if length % d == 0)
    return (m, length // m) if m >= _NARROW else None


def pays(length, compute):
    """Return whether lines of a length are transformed as matrices."""
    return length >= LEAST[compute] and shape_of(length) is not None


def spectrum_size(length, real):
    """Return the number of complex values of the spectrum of a line."""
    m, n = shape_of(length)
    return (m // 2 + 1 if real else m) * n


class _Factors:
    """``w^(k j)`` is ``starts[k, j // _COLUMNS] * steps[k, j % _COLUMNS]``."""

    def __init__(self, m, n, rows, dtype):
        angles = -2 * np.pi / (m * n) * np.arange(rows)
        self.starts = np.exp(1j * np.outer(angles, np.arange(0, n, _COLUMNS)))
        self.steps = np.exp(1j * np.outer(angles, np.arange(min(n, _COLUMNS)))).astype(dtype)
        self.nbytes = self.starts.nbytes + self.steps.nbytes


class LongLines:
    """Transforms of lines of one length.

    Parameters
    ----------
    length : int
        For which `shape_of` returns a matrix.
    compute : str
        Short name of the dtype of the values.
    """

    def __init__(self, length, compute):
        self.m, self.n = shape_of(length)
        self.real = compute[0] == "f"
        self.dtype = DTYPES[_SPECTRA.get(compute, compute)]
        self.twist = Planes(config.current_isa(), _PARTS.get(compute, compute)).twist
        self.rows = self.m // 2 + 1 if self.real else self.m
        self.size = self.rows * self.n

    def forward(self, array, threads):
        """Return the spectra of lines (..., values), which are continued with zeros."""
        lead = array.shape[:-1]
        lines = array.reshape(-1, array.shape[-1])
        spectra = np.empty((len(lines), self.rows, self.n), self.dtype)
        for line, spectrum in zip(lines, spectra, strict=True):
            self._columns_of(line, spectrum, threads)
            for rows in self._some_rows(spectrum, threads):
                _in_place(scipy.fft.fft, rows, threads)
        return spectra.reshape(*lead, -1)

    def reversed_conjugate(self, line, out, threads):
        """Write the conjugate of the spectrum of a line (values,) to `out` (values,).

        It is the spectrum of the reversed line, of conjugates where the values are complex.
        """
        spectrum = out.reshape(self.rows, self.n)
        self._columns_of(line, spectrum, threads, reverse=True)
        for rows in self._some_rows(spectrum, threads):
            _in_place(scipy.fft.ifft, rows, threads, norm="forward")

    def filtered(self, line, weight, threads):
        """Return the line whose spectrum is that of a line (values,) times `weight`.

        Products are made of rows that are in cache. The result lies in memory that is leased.

        Parameters
        ----------
        line : ndarray, shape (values,)
        weight : ndarray of complex numbers
            A spectrum.
        threads : int
        """
        weight = weight.reshape(self.rows, self.n)
        size = self.m * self.n * line.itemsize + weight.nbytes
        lease = Lease(size + 2 * _APART)
        spectrum = lease.array(weight.shape, weight.dtype)
        result = lease.array((self.m, self.n), line.dtype)
        self._columns_of(line, spectrum, threads)
        first = 0
        for rows in self._some_rows(spectrum, threads):
            count = len(rows)
            _in_place(scipy.fft.fft, rows, threads)
            left = rows.reshape(count, 1, 1, -1)
            contract(left, weight[first : first + count].reshape(left.shape), left, threads)
            _in_place(scipy.fft.ifft, rows, threads)
            first += count
        self._lines_of(spectrum, result, threads)
        return result.reshape(-1)

    def _columns_of(self, line, spectrum, threads, reverse=False):
        """Write the transforms of columns, times their factors, to `spectrum`."""
        transform = scipy.fft.rfft if self.real else scipy.fft.fft
        factors = self._factors()
        matrix = self._matrix(line)
        for i, some in self._blocks():
            block = transform(matrix[:, some], self.m, axis=0, workers=threads)
            self.twist(
                block, factors.starts[:, i], factors.steps, spectrum[:, some], False, reverse,
                threads,
            )  # fmt: skip

    def _lines_of(self, spectrum, matrix, threads):
        """Undo `_columns_of`."""
        factors = self._factors()
        for i, some in self._blocks():
            block = np.empty((self.rows, some.stop - some.start), spectrum.dtype)
            self.twist(
                spectrum[:, some], factors.starts[:, i], factors.steps, block, True, False, threads
            )
            if self.real:
                matrix[:, some] = scipy.fft.irfft(block, self.m, axis=0, workers=threads)
            else:
                matrix[:, some] = scipy.fft.ifft(block, axis=0, workers=threads)

    def inverse(self, spectra, threads):
        """Return the lines of spectra (..., values), which may be overwritten."""
        lead = spectra.shape[:-1]
        spectra = np.ascontiguousarray(spectra).reshape(-1, self.rows, self.n)
        dtype = spectra.real.dtype if self.real else spectra.dtype
        lines = np.empty((len(spectra), self.m, self.n), dtype)
        for spectrum, line in zip(spectra, lines, strict=True):
            for rows in self._some_rows(spectrum, threads):
                _in_place(scipy.fft.ifft, rows, threads)
            self._lines_of(spectrum, line, threads)
        return lines.reshape(*lead, -1)

    def _matrix(self, line):
        """Return a line as a matrix of as many rows as it fills, continued with zeros."""
        rows = -(-line.size // self.n)
        if line.size == rows * self.n:
            return line.reshape(rows, self.n)
        matrix = Lease(rows * self.n * line.itemsize + _APART).array((rows, self.n), line.dtype)
        flat = matrix.reshape(-1)
        flat[: line.size] = line
        flat[line.size :] = 0
        return matrix

    def _blocks(self):
        """Yield numbers and columns of the blocks."""
        for i, start in enumerate(range(0, self.n, _COLUMNS)):
            check()
            yield i, slice(start, min(start + _COLUMNS, self.n))

    def _some_rows(self, spectrum, threads):
        """Yield rows that are transformed together."""
        step = max(1, threads * _ROWS // (self.n * spectrum.itemsize))
        for start in range(0, len(spectrum), step):
            check()
            yield spectrum[start : start + step]

    def _factors(self):
        key = self.m, self.n, self.rows, self.dtype
        found = _factors.entries.get(key)
        if found is None:
            found = _Factors(*key)
            _factors.insert(key, found)
        return found


def _in_place(transform, rows, threads, norm=None):
    """Transform rows of complex numbers in place."""
    found = transform(rows, axis=1, norm=norm, overwrite_x=True, workers=threads)
    if not np.may_share_memory(found, rows):
        rows[...] = found
