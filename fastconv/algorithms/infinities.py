"""Find the outputs that infinities of an image make inf, -inf or NaN.

An output is inf if all products with infinities in its window are inf, -inf if all are -inf, and
NaN otherwise. Few infinities add the kinds of their products to the outputs one after the other.
For many, convolutions of integers count the products. With B larger than any count, the kernel for
inf in the image is

    (2 if w < 0, 1 if w = 0, 0 if w > 0) + B (2 if w > 0, 1 if w = 0, 0 if w < 0)

so that the low part is 0 where all products are inf, and the high part where all are -inf. For -inf
in the image, the signs of the weights are exchanged.
"""

from dataclasses import replace
from itertools import product
from math import gcd, inf, prod

import numpy as np

from ..loops.interrupt import Interruptible
from .direct import Direct
from .exact import Exact
from .exact_bounds import products
from .fft_tiled import FftTiled

#: kinds of products, as bits of a byte
PLUS, MINUS, NEITHER = 1, 2, 4
#: seconds to add the kinds of one number: for each axis, and for each weight
_AXIS, _WEIGHT = 10e-6, 2e-9
#: seconds to tell the kinds from counts, for each output
_TELL = 10e-9
#: outputs that are looked at together, so that they stay in cache
_BLOCK = 1 << 15
#: taps from which on a Fourier transform counts
_MANY_TAPS = 256


class Infinities:
    """The outputs that infinities reach, for one problem whose kernel is the same everywhere.

    Parameters
    ----------
    problem : ConvProblem or FilterProblem
        With a stencil of the role ``fwd`` or ``input``.
    algorithm : Algorithm
        What computes the problem. It counts as well if it can.
    machine : Machine
        Constants of the cost model.
    """

    def __init__(self, problem, algorithm, machine):
        self.stencil = s = problem.stencil
        self.at = 1 if problem.kind == "input" else 0
        self.backwards = s.role == "input"
        self.lines = [a.line() for a in s.axes]
        if algorithm.growth is None and s.image_channels == s.groups:
            algorithm = FftTiled() if prod(a.taps for a in s.axes) > _MANY_TAPS else Direct()
        self.count, self.seconds = None, inf
        exact, counted = Exact(algorithm), replace(problem.in_f64, dtypes=("i64",) * 3, traits=None)
        if algorithm.growth is not None and exact.refuses(counted) is None:
            self.count = Interruptible(exact.bind(counted))
            self.seconds = exact.cost(counted, machine, 1) + prod(s.out_shape) * _TELL

    def kinds(self, operands, skips, threads, most):
        """Return a byte for each output with the kinds of products that reach it.

        Parameters
        ----------
        operands : tuple
            Of the problem. The weight is finite.
        skips : bool
            Whether weights of 0 take no part. NaN then count as well; their products are of
            neither kind.
        threads : int
        most : float
            Largest number of seconds that this may take.

        Returns
        -------
        ndarray of uint8 or None
            None if it would take longer.
        """
        s, image = self.stencil, operands[self.at]
        image = image.reshape(s.feature_shape if self.backwards else s.image_shape)
        weight = operands[1 - self.at].reshape(s.weight_shape)
        held = [image == np.inf, image == -np.inf]
        kernels = [_kinds(weight, skips), _kinds(-weight, skips)]
        if skips:
            held.append(np.isnan(image))
            kernels.append(np.where(weight == 0, 0, NEITHER).astype(np.uint8))
        numbers = [np.count_nonzero(mask) for mask in held]
        adding = sum(numbers) * (len(s.axes) * _AXIS + weight.size / s.groups * _WEIGHT)
        counting = sum(n > 0 for n in numbers) * self.seconds
        if min(adding, counting) > most:
            return None
        if adding <= counting:
            return self._added(held, kernels)
        return self._counted(held, kernels, operands, threads)

    # --------------------------------------------------------------------------- one by one

    def _added(self, held, kernels):
        """Return the kinds, added for one number after the other."""
        s = self.stencil
        found = np.zeros(s.out_shape, np.uint8)
        targets = s.out_shape[1] // s.groups
        sources = held[0].shape[1] // s.groups
        known = [{} for _ in s.axes]
        for mask, kernel in zip(held, kernels, strict=True):
            places = np.unravel_index(np.flatnonzero(mask), mask.shape)
            for n, channel, *at in zip(*(i.tolist() for i in places), strict=True):
                group, own = divmod(channel, sources)
                channels = slice(group * targets, (group + 1) * targets)
                weight = kernel[channel] if self.backwards else kernel[channels, own]
                for i, p in enumerate(at):
                    if p not in known[i]:
                        known[i][p] = self._meeting(i, p)
                for pairs in product(*(known[i][p] for i, p in enumerate(at))):
                    outputs, taps = zip(*pairs, strict=True)
                    found[(n, channels, *outputs)] |= weight[(slice(None), *taps)]
        return found

    def _meeting(self, i, p):
        """Return which outputs position `p` of axis `i` reaches with which taps.

        They are pairs of slices, whose entries belong together.
        """
        a, line = self.stencil.axes[i], self.lines[i]
        if not self.backwards:
            plain = a.boundary == "zeros"
            padded = (p + a.before,) if plain else np.flatnonzero(line == p).tolist()
            return [pair for q in padded for pair in _windows(a, q)]
        first = p * a.stride
        if a.boundary != "zeros":  # several taps may reach one pixel
            taps = enumerate(line[first + np.arange(a.taps) * a.dilation].tolist())
            return [(slice(o, o + 1), slice(t, t + 1)) for t, o in taps if o >= 0]
        lowest = max(0, -((first - a.before) // a.dilation))
        highest = min(a.taps - 1, (a.image - 1 + a.before - first) // a.dilation)
        if lowest > highest:
            return []
        ends = (first + t * a.dilation - a.before for t in (lowest, highest))
        return [(_slice(*ends, a.dilation), slice(lowest, highest + 1))]

    # ----------------------------------------------------------------------------- all at once

    def _counted(self, held, kernels, operands, threads):
        """Return the kinds, from convolutions that count them."""
        shift = (2 * products(self.stencil)).bit_length() + 1
        parts = np.zeros(8, np.int64)
        parts[[PLUS, MINUS, NEITHER]] = 2 << shift, 2, 1 + (1 << shift)
        rest = (None, None, 0) if len(operands) > 2 else ()
        totals = []
        for mask, kernel in zip(held, kernels, strict=True):
            if mask.any():
                pair = mask.view(np.int8), parts[kernel]
                totals.append(np.empty(self.stencil.out_shape, np.int64))
                pair = pair[::-1] if self.at else pair
                self.count((*pair, *rest), None, totals[-1], threads)
        kinds = np.empty(self.stencil.out_shape, np.uint8)
        flat = kinds.reshape(-1)
        for start in range(0, kinds.size, _BLOCK):
            block = slice(start, start + _BLOCK)
            total = sum(t.reshape(-1)[block] for t in totals)
            low, high = total & ((1 << shift) - 1), total >> shift
            found = np.where(high == 0, MINUS, np.where(low == 0, PLUS, NEITHER))
            flat[block] = np.where(total == 0, 0, found)
        return kinds


def _kinds(weight, skips):
    """Return the kind of the product of each weight with inf."""
    above, below = ((weight > 0).view(np.uint8), (weight < 0).view(np.uint8))
    kinds = above * np.uint8(PLUS) | below * np.uint8(MINUS)
    return kinds if skips else kinds | ((above | below) ^ 1) * np.uint8(NEITHER)


def _windows(a, q):
    """Return which outputs meet padded position `q` of an axis with which taps, in one pair."""
    common = gcd(a.stride, a.dilation)
    step, apart = a.stride // common, a.dilation // common
    lowest = max(0, -(((a.feature - 1) * a.stride - q) // a.dilation))
    highest = min(a.taps - 1, q // a.dilation)
    taps = range(lowest, min(highest, lowest + step - 1) + 1)
    lowest = next((t for t in taps if (q - t * a.dilation) % a.stride == 0), None)
    if lowest is None:
        return []
    highest -= (highest - lowest) % step
    ends = ((q - t * a.dilation) // a.stride for t in (lowest, highest))
    return [(_slice(*ends, -apart), slice(lowest, highest + 1, step))]


def _slice(first, last, step):
    """Return the slice from a first to a last number that takes every `step`-th one."""
    stop = last + (1 if step > 0 else -1)
    return slice(first, stop if stop >= 0 else None, step)
