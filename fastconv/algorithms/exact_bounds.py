"""Bounds below which floating-point algorithms compute integers exactly.

Sums of products
    All partial sums are integers, or multiples of a fraction of 1, and at most as large as the sum
    of all absolute values, ``largest |x| * sum |w|``. float32 holds integers up to 2^24. float64
    holds them up to 2^53; those up to 2^51 become integers at little cost (src/exact/room.h).

Fourier transforms
    Let u = 2^-53. A pass of radix r sums r terms, each multiplied by a constant and by a twiddle.
    The error of each result is at most (r + 7) u times the sum of the terms' absolute values. In
    the 2-norm, which a transform only scales, a pass adds at most sqrt(r) (r + 7) u to the relative
    error, which is less than 18 u log2(r) for all radices up to 11. So the spectra X and W have
    relative errors of at most 18 u log2(N). In the inverse transform, every value takes part in
    each output once per pass, so that a pass adds at most (r + 7) u sum |X W| / N, and
    sum |X W| / N <= |x| |w|. With r + 7 <= 9 log2(r),

        |error of y| <= ((18 + 18 + 9) log2(N) + 2 channels + ...) u |x| |w|

    where the dots are the product itself, scaling, and twiddles between the rows and columns of a
    line, less than 90 together. Below 1/4, the integer nearest to y is the right one.

References
----------
N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd edition, SIAM, 2002, chapters 3
and 24; C. Percival, "Rapid multiplication modulo the sum and difference of highly composite
numbers", Mathematics of Computation 72, 2003 (proved bounds of convolution by FFT).
"""

from itertools import product
from math import log2, prod, sqrt
from typing import NamedTuple

from ..problem.records import lazily
from .base import SPECTRAL
from .fft_lengths import points
from .kinds import is_filter

#: largest sums by dtype
_HELD = {"f32": 2.0**24, "f64": 2.0**51}
#: largest absolute value of each dtype of integers; those of uint64 are taken modulo 2^64
_LARGEST = {f"i{bits}": 2.0 ** (bits - 1) for bits in (8, 16, 32, 64)}
_LARGEST |= {f"u{bits}": 2.0**bits - 1 for bits in (8, 16, 32)} | {"u64": 2.0**63}
#: largest absolute value that is expected in a layer of integers
_QUANTIZED = 128.0
#: largest error of a value whose nearest integer is the right one
_MOST_ERROR = 0.25
#: units of rounding per log2 of a transform's points, and those that do not depend on it
_PER_PASS, _ONCE = 45, 90
#: most points of a tile of fft_tiled
_TILE = 1 << 17
#: numbers of digits of both operands, in the order of the number of their products
_COUNTS = sorted(product(range(1, 17), repeat=2), key=prod)


class Digits(NamedTuple):
    """How an operand is split: into `count` digits of `width` bits with a sign."""

    count: int
    width: int

    @property
    def largest(self):
        """Largest absolute value of a digit; the last one may take a carry."""
        return 2.0 ** (self.width - 1) + 1


#: an operand that is not split
WHOLE = Digits(1, 64)


class Limits:
    """Which operands an algorithm computes a problem of exactly.

    Parameters
    ----------
    name : str
        Of the algorithm.
    problem : ConvProblem or FilterProblem
        Of integers.
    growth : int
        Largest factor by which sums of the algorithm exceed those of the definition, counted in
        units of the smallest fraction in them.
    """

    def __init__(self, name, problem, growth):
        self.problem, self.growth, self.name = problem, growth, name
        self.stencil = s = problem.stencil
        self.terms = products(s)
        self.spectral = name in SPECTRAL
        first, second, _ = problem.dtypes
        self.largest = _LARGEST[first], 1.0 if s.role == "bias" else _LARGEST[second]

    @property
    def whole(self):
        """Whether the whole image is transformed, not tiles."""
        return self.name == "fft"

    @lazily
    def within(self):
        """Whether windows read no values of the image twice, or others."""
        return all(a.boundary == "zeros" for a in self.stencil.axes)

    @lazily
    def channels(self):
        """Channels, or entries of the batch, that an output sums over."""
        s = self.stencil
        sums = {"fwd": s.image_channels // s.groups, "input": s.feature_channels // s.groups}
        return sums.get(s.role, s.n)

    @lazily
    def size(self):
        """Most points of a transform."""
        return points(self.problem.in_f64) if self.whole else _TILE

    @lazily
    def error(self):
        """Bound on the error of an output, relative to the 2-norms of what it is made from."""
        return 2.0**-53 * (_PER_PASS * log2(self.size) + _ONCE + 2 * self.channels)

    @lazily
    def values(self):
        """Most values of the image that an output is made from.

        Two tiles share a transform, and taps that are cut into parts read each value twice.
        """
        last = self.stencil.axes[-1]
        return self.channels * (self.size if self.whole else 4 * (self.size + last.extent))

    @lazily
    def weights(self):
        """Most values of the weight, or of what takes its place."""
        s = self.stencil
        return prod(s.feature_shape if s.role == "weight" else s.weight_shape)

    def held(self, image, weight, total=None):
        """Return the short name of the narrowest dtype that computes exactly, None without one.

        Parameters
        ----------
        image, weight : float
            Largest absolute values.
        total : float, optional
            Largest sum of absolute weights of one output. By default, `terms` times the largest.
        """
        if self.spectral:
            return self.of_norms(image * sqrt(self.values), weight * sqrt(self.weights))
        total = self.terms * weight if total is None else total
        largest = self.growth * image * total
        return next((name for name, most in _HELD.items() if largest < most), None)

    def of_norms(self, image, weight):
        """Return ``f64`` if transforms of operands of these 2-norms are exact, else None."""
        return "f64" if self.error * image * weight < _MOST_ERROR else None

    @lazily
    def proved(self):
        """The dtype that computes exactly whatever the values of the operands, or None."""
        return self.held(*self.largest)

    @lazily
    def settled(self):
        """The dtype in which all calls compute, or None if they look at the values."""
        found = self.proved
        return found if self.spectral or found == "f32" else None

    @lazily
    def expected(self):
        """The dtype that most calls compute in.

        The weights of an output are hardly ever all as large as their dtype allows. Layers of
        integers are quantized: whatever the dtype, their values are of 8 bits.
        """
        if self.spectral:
            return "f64"
        image, weight = self.largest
        if not is_filter(self.problem):
            image, weight = min(image, _QUANTIZED), min(weight, _QUANTIZED)
        return self.held(image, weight / 2) or "f64"

    def choose(self, image, weight, most):
        """Return the dtype to compute in, and the `Digits` of image and weight.

        Parameters
        ----------
        image : Operand
        weight : Weights
        most : float
            Most products of digits.

        Returns
        -------
        tuple or None
            None if more products were needed.
        """
        real = self._whole(image, weight)
        if real is not None:
            return real, WHOLE, WHOLE
        digits = self._split(image.largest, weight.largest, most)
        return None if digits is None else ("f64", *digits)

    def _whole(self, image, weight):
        """Return the dtype that computes these operands exactly without a split, or None."""
        found = self.held(image.largest, weight.largest)
        if found == "f32" or self.spectral and found is not None:
            return found
        if not self.spectral:
            return self.held(image.largest, weight.largest, weight.total)
        if not self.within:
            return None
        if self.whole:
            return self.of_norms(image.norm(self.stencil.role != "weight"), weight.norm(False))
        return self.of_norms(2 * image.norm(False), weight.norm(False))

    def _split(self, image, weight, most):
        """Return the `Digits` of image and weight with the fewest products, None if not possible.

        Parameters
        ----------
        image, weight : int
            Largest absolute values.
        most : float
            Most products.
        """
        for counts in _COUNTS:
            if prod(counts) > most:
                return None
            first, second = map(_digits, (image, weight), counts)
            if self.held(first.largest, second.largest) is not None:
                return first, second
        return None


def _digits(largest, count):
    """Return `count` digits for integers up to `largest`, of no more than 64 bits together."""
    bits = min(int(largest).bit_length() + 1, 64)
    return Digits(count, -(-bits // count))


def products(s):
    """Return an upper bound on the products in one output of a stencil."""
    taps = prod(a.taps for a in s.axes)
    if s.role == "fwd":
        return s.image_channels // s.groups * taps
    if s.role != "input":
        return s.n * prod(a.feature for a in s.axes)
    # what reached past an edge is added to the pixels within it
    folded = prod(a.feature for a in s.axes if a.boundary != "zeros")
    return s.feature_channels // s.groups * taps * folded
