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

from ..caches import TableCache
from ..loops.interrupt import check
from ..loops.twiddles import twist

#: fewest values of a line that is worth a matrix, by the dtype of the computation
LEAST = {"f64": 1 << 16, "f32": 1 << 17, "c64": 1 << 19, "c128": 1 << 19}
#: fewest rows and columns of a matrix
_NARROW = 64
#: columns of a block, which stays in L2
_COLUMNS = 64
#: bytes of values whose rows are transformed at once
_AT_ONCE = 1 << 24
#: the factors of matrices, by their sizes
_factors = TableCache(1 << 23)


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

    def __init__(self, m, n, rows):
        angles = -2 * np.pi / (m * n) * np.arange(rows)
        self.starts = np.exp(1j * np.outer(angles, np.arange(0, n, _COLUMNS)))
        self.steps = np.exp(1j * np.outer(angles, np.arange(min(n, _COLUMNS))))
        self.nbytes = self.starts.nbytes + self.steps.nbytes


class LongLines:
    """Transforms of lines of one length.

    Parameters
    ----------
    length : int
        For which `shape_of` returns a matrix.
    real : bool
        Whether the values are real.
    """

    def __init__(self, length, real):
        self.m, self.n = shape_of(length)
        self.real = real
        self.rows = self.m // 2 + 1 if real else self.m

    def forward(self, array, threads):
        """Return the spectra of lines (..., values), which are continued with zeros."""
        lead = array.shape[:-1]
        lines = array.reshape(-1, array.shape[-1])
        dtype = np.result_type(array, np.complex64)
        spectra = np.empty((len(lines), self.rows, self.n), dtype)
        transform = scipy.fft.rfft if self.real else scipy.fft.fft
        factors = self._factors()
        for line, spectrum in zip(lines, spectra, strict=True):
            matrix = self._matrix(line)
            for i, some in self._blocks():
                block = transform(matrix[:, some], axis=0, workers=threads)
                twist(block, factors.starts[:, i], factors.steps, spectrum[:, some], False, threads)
            self._along_rows(scipy.fft.fft, spectrum, threads)
        return spectra.reshape(*lead, -1)

    def inverse(self, spectra, threads):
        """Return the lines of spectra (..., values), which may be overwritten."""
        lead = spectra.shape[:-1]
        spectra = np.ascontiguousarray(spectra).reshape(-1, self.rows, self.n)
        dtype = spectra.real.dtype if self.real else spectra.dtype
        lines = np.empty((len(spectra), self.m, self.n), dtype)
        factors = self._factors()
        for spectrum, line in zip(spectra, lines, strict=True):
            self._along_rows(scipy.fft.ifft, spectrum, threads)
            for i, some in self._blocks():
                block = np.empty((self.rows, some.stop - some.start), spectrum.dtype)
                twist(spectrum[:, some], factors.starts[:, i], factors.steps, block, True, threads)
                if self.real:
                    line[:, some] = scipy.fft.irfft(block, self.m, axis=0, workers=threads)
                else:
                    line[:, some] = scipy.fft.ifft(block, axis=0, workers=threads)
        return lines.reshape(*lead, -1)

    def _matrix(self, line):
        """Return a line as a matrix, continued with zeros."""
        if line.size == self.m * self.n and line.flags.c_contiguous:
            return line.reshape(self.m, self.n)
        matrix = np.zeros((self.m, self.n), line.dtype)
        matrix.reshape(-1)[: line.size] = line
        return matrix

    def _blocks(self):
        """Yield numbers and columns of the blocks."""
        for i, start in enumerate(range(0, self.n, _COLUMNS)):
            check()
            yield i, slice(start, min(start + _COLUMNS, self.n))

    def _along_rows(self, transform, spectrum, threads):
        """Transform rows in place."""
        step = max(1, _AT_ONCE // (self.n * spectrum.itemsize))
        for start in range(0, len(spectrum), step):
            check()
            some = spectrum[start : start + step]
            found = transform(some, axis=1, overwrite_x=True, workers=threads)
            if not np.may_share_memory(found, some):
                some[...] = found

    def _factors(self):
        key = self.m, self.n, self.rows
        found = _factors.entries.get(key)
        if found is None:
            found = _Factors(*key)
            _factors.insert(key, found)
        return found
