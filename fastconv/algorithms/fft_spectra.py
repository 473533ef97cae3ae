"""What `fft` runs: spectra of images, features and weights, their products, and the way back."""

from itertools import product
from math import prod

import numpy as np

from ..loops.epilogue import finish
from ..loops.fft import contract
from ..loops.stride_phases import Lease
from ..problem.arrays import DTYPES
from . import transforms
from .base import add_bias
from .fft_lengths import images_at_once, lengths_of, lines_are_long, moving_axes, whole_matrix
from .long_lines import LongLines
from .whole import WholeArray, is_written_out


class Spectra:
    """The FFTs of one problem, with lengths, positions and slices computed once."""

    def __init__(self, problem):
        self.problem = problem
        self.stencil = s = problem.stencil
        moving = moving_axes(s)
        lengths = lengths_of(problem)
        self.axes = tuple(i - len(moving) for i, moves in enumerate(moving) if moves)
        self.lengths = tuple(lengths[i] for i in self.axes)
        # a weight is the same all along the others
        self.spread = [n if moves else 1 for n, moves in zip(lengths, moving, strict=True)]
        self.real = problem.compute[0] == "f"
        self.dtype = DTYPES[problem.compute]
        self.long = LongLines(lengths[0], problem.compute) if lines_are_long(problem) else None
        matrix = whole_matrix(problem)
        self.whole = None if matrix is None else WholeArray(problem, matrix)
        self.chunk = min(max(s.n, 1), images_at_once(problem))
        self.written_out = is_written_out(s.axes)
        # taps of a line by itself begin at 0, and the outputs before the line
        one = s.n == s.image_channels == s.feature_channels == 1
        self.single = one and self.long is not None and s.role == "fwd"
        self.taps = [
            _wrapped(0 if self.written_out or self.single else -a.before, a.taps, a.dilation, n)
            for a, n in zip(s.axes, self.spread, strict=True)
        ]
        self.grid = tuple(slice(0, (a.feature - 1) * a.stride + 1, a.stride) for a in s.axes)
        self.image = tuple(slice(0, a.image) for a in s.axes)
        self.sources = [
            a.at(np.arange(n) - a.before) if moves and self.written_out else None
            for a, n, moves in zip(
                s.axes, self.whole.sizes if self.whole else lengths, moving, strict=True
            )
        ]

    # ---------------------------- spectra in groups: (n or 1, groups, channels of the group, ...)

    def _forward(self, array, threads):
        if self.long is not None:
            return self.long.forward(array, threads)
        return transforms.forward(array, self.lengths, self.axes, threads)

    def _inverse(self, spectrum, threads):
        if self.long is not None:
            return self.long.inverse(spectrum, threads)
        return transforms.inverse(spectrum, self.lengths, self.axes, self.real, threads)

    def _grouped(self, spectrum):
        g = self.stencil.groups
        return spectrum.reshape(spectrum.shape[0], g, spectrum.shape[1] // g, *spectrum.shape[2:])

    def weight(self, weight, threads):
        """Return the weight's spectrum, (groups, k, c, ...), as the role multiplies by it."""
        s = self.stencil
        if self.whole is not None:
            return self.whole.spectrum(weight, threads, kept=True)
        if self.single:
            size, dtype = self.long.size, self.long.dtype
            return self._single_weight(weight, np.empty(size, dtype), threads)
        correlate = s.role == "fwd"
        kernels = weight.reshape(-1, *s.weight_shape[2:])
        if self.problem.conjugate != correlate:
            kernels = kernels.conj()
        parts = list(transforms.parts(len(kernels), prod(self.spread)))
        dilated = np.zeros((len(kernels[parts[0]]), *self.spread), self.dtype)
        for part in parts:
            some = dilated[: len(kernels[part])]
            for taps, places in self._blocks():
                some[places] = kernels[part][taps]
            found = self._forward(some, threads)
            if correlate:  # the conjugate reverses the weight
                np.conjugate(found, out=found)
            if part is parts[0]:
                spectrum = found
                if len(parts) > 1:
                    spectrum = np.empty((len(kernels), *found.shape[1:]), found.dtype)
            if len(parts) > 1:
                spectrum[part] = found
        spectrum = spectrum.reshape(*s.weight_shape[:2], *spectrum.shape[1:])
        if len(self.axes) < len(s.axes):
            sizes = zip(s.axes, spectrum.shape[2:], strict=True)
            sizes = [a.image if a.unfiltered else n for a, n in sizes]
            spectrum = np.broadcast_to(spectrum, (*spectrum.shape[:2], *sizes))
            spectrum = np.ascontiguousarray(spectrum)
        return spectrum.reshape(s.groups, -1, *spectrum.shape[1:])

    def _image(self, image, threads, fill):
        if self.written_out:
            image = self._continue(image, fill)
        return self._grouped(self._forward(image, threads))

    def _continue(self, image, fill):
        for axis, source in enumerate(self.sources, start=2):
            if source is None:
                continue
            image = np.take(image, np.maximum(source, 0), axis=axis)
            if (source < 0).any():
                image[(slice(None),) * axis + (source < 0,)] = fill
        return image

    def _feature(self, feature, threads):
        if any(a.stride != 1 for a in self.stencil.axes):
            shape = tuple((a.feature - 1) * a.stride + 1 for a in self.stencil.axes)
            dilated = np.zeros((*feature.shape[:2], *shape), self.dtype)
            dilated[(..., *self.grid)] = feature
            feature = dilated
        return self._grouped(self._forward(feature, threads))

    # ------------------------------------------------------------------------------ the three roles

    def run(self, arrays, prepared, out, threads):
        """Compute the problem; `prepared` is the weight's spectrum, or None."""
        {"fwd": self._run_forward, "input": self._run_input, "weight": self._run_weight}[
            self.stencil.role
        ](arrays, prepared, out, threads)

    def _run_forward(self, arrays, prepared, out, threads):
        s = self.stencil
        image, weight = arrays[:2]
        fill = arrays[4] if len(arrays) > 4 else 0
        image = image.reshape(s.image_shape)
        feature = out.reshape(s.feature_shape)
        if self.whole is not None:
            spectrum = prepared
            if spectrum is None:
                spectrum = self.whole.spectrum(weight, threads, kept=False)
            for n in range(s.n):
                x = image[n : n + 1]
                x = self._continue(x, fill) if self.written_out else x
                self.whole.filter(np.ascontiguousarray(x), spectrum, feature[n], threads)
            self._finish(arrays, feature, threads)
            return
        if self.single:
            if prepared is None:  # in memory that is kept for the next call
                lease = Lease(self.long.size * self.long.dtype.itemsize)
                made = lease.array((self.long.size,), self.long.dtype)
                prepared = self._single_weight(weight, made, threads)
            self._run_single(image, prepared, fill, feature, threads)
            self._finish(arrays, feature, threads)
            return
        spectrum = self.weight(weight, threads) if prepared is None else prepared
        for n in range(0, s.n, self.chunk):
            part = slice(n, n + self.chunk)
            x = self._image(image[part], threads, fill)
            y = self._contract(x, spectrum, threads)
            feature[part] = self._inverse(y, threads)[(..., *self.grid)]
        self._finish(arrays, feature, threads)

    def _single_weight(self, weight, spectrum, threads):
        """Write the spectrum of the weight of a line by itself to `spectrum`, and return it."""
        (axis,) = self.stencil.axes
        line = weight.reshape(-1)
        if axis.dilation > 1:
            line = np.zeros(axis.extent, self.dtype)
            line[:: axis.dilation] = weight.reshape(-1)
        if not (self.real or self.problem.conjugate):
            line = line.conj()
        self.long.reversed_conjugate(line, spectrum, threads)
        return spectrum.reshape(1, 1, 1, -1)

    def _run_single(self, image, spectrum, fill, feature, threads):
        """Compute the outputs of a line by itself."""
        (axis,) = self.stencil.axes
        if self.written_out:
            image = self._continue(image, fill)
        line = self.long.filtered(image.reshape(-1), spectrum, threads)
        start = 0 if self.written_out else -axis.before
        for numbers, places in _wrapped(start, axis.feature, axis.stride, self.lengths[0]):
            feature[0, 0, numbers] = line[places]

    def _run_input(self, arrays, prepared, out, threads):
        s = self.stencil
        feature, weight = arrays[:2]
        feature = feature.reshape(s.feature_shape)
        image = out.reshape(s.image_shape)
        spectrum = self.weight(weight, threads) if prepared is None else prepared
        for n in range(0, s.n, self.chunk):
            part = slice(n, n + self.chunk)
            y = self._feature(feature[part], threads)
            y = self._contract(y, spectrum.swapaxes(1, 2), threads)
            image[part] = self._inverse(y, threads)[(..., *self.image)]
        self._finish(arrays, image, threads)

    def _run_weight(self, arrays, prepared, out, threads):
        s = self.stencil
        first, second = arrays[:2]
        transposed = self.problem.op == "conv_transpose"
        image, feature = (second, first) if transposed else (first, second)
        image, feature = image.reshape(s.image_shape), feature.reshape(s.feature_shape)
        total = 0
        for n in range(0, s.n, self.chunk):
            part = slice(n, n + self.chunk)
            x = self._image(image[part], threads, 0)
            g = self._feature(feature[part], threads)
            np.conjugate(g, out=g)
            total = total + self._contract_batch(g, x, threads)
        total = self._inverse(total, threads)
        if not (transposed or self.real):  # conj(image) * feature, not conj(feature) * image
            np.conjugate(total, out=total)
        weight = out.reshape(s.weight_shape)
        for taps, places in self._blocks():
            weight[taps] = total[places]

    def _blocks(self):
        """Yield where blocks of taps lie: in the weight, and in the array that is transformed."""
        for parts in product(*self.taps):
            yield (..., *(p[0] for p in parts)), (..., *(p[1] for p in parts))

    def _contract(self, x, w, threads):
        """Return ``y[n, b] = sum over a of x[n, g, a] * w[g, b, a]``, group after group.

        BLAS is not used: it has threads of its own, and its bits change with their number.
        """
        n, g, a, *sizes = x.shape
        b = w.shape[1]
        y = np.empty((g, n, b, prod(sizes)), x.dtype)
        w = w.reshape(g, b, a, -1)  # a view: only the channel axes are ever exchanged
        contract(x.reshape(n, g, a, -1).swapaxes(0, 1), w, y, threads)
        return np.moveaxis(y, 0, 1).reshape(n, g * b, *sizes)

    def _contract_batch(self, y, x, threads):
        """Return ``w[k, c] = sum over n of y[n, g, k] * x[n, g, c]``, group after group."""
        n, g, k, *sizes = y.shape
        c = x.shape[2]
        w = np.empty((g, k, c, prod(sizes)), x.dtype)
        left, right = (a.reshape(n, g, -1, prod(sizes)).transpose(1, 2, 0, 3) for a in (y, x))
        contract(left, right, w, threads)
        return w.reshape(g * k, c, *sizes)

    def _finish(self, arrays, out, threads):
        p = self.problem
        if p.kind != "fwd" or (p.bias is None and not p.add and p.activation is None):
            return
        bias, add = (*arrays, None, None)[2:4]
        if p.bias == "channel":  # a tiled convolution with one tile has a bias of shape (k, 1, 1)
            bias = bias.reshape(-1)
        if self.real:
            finish(out, bias, add, p.activation, threads)
            return
        if bias is not None:
            add_bias(p, bias, out)
        if add is not None:
            out += add.reshape(out.shape)


def _wrapped(start, count, step, n):
    """Return the one or two runs of positions ``(start + i * step) % n``, for i < count.

    Returns
    -------
    list of (slice, slice)
        Of the numbers i, and of the positions.
    """
    start %= n
    first = min(count, -(-(n - start) // step))
    runs = [(slice(0, first), slice(start, start + (first - 1) * step + 1, step))]
    if first < count:
        start += first * step - n
        end = start + (count - first - 1) * step + 1
        runs.append((slice(first, count), slice(start, end, step)))
    return runs
