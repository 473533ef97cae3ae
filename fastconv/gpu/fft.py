"""fft: one FFT of the whole array, through cuFFT.

The transforms, lengths and roles are those of `fastconv.algorithms.fft`:

    feature_k = sum over c of image_c  * conj(weight_kc)      a correlation
    image_c   = sum over k of feature_k * weight_kc           a convolution
    weight_kc = sum over n of image_nc  * conj(feature_nk)    a correlation

CuPy keeps the plans of cuFFT; a plan of fastconv keeps the weight's spectrum.
"""

from dataclasses import replace
from math import log2, prod

import numpy as np
import scipy.fft

from ..problem.arrays import DTYPES
from .base import DeviceAlgorithm, aligned, linear_grid, operands
from .naive import Definition
from .source import Struct
from .unfold import Unfolding, too_large

_PRODUCTS = Struct(
    "P x, w, y; q x_group, x_row, x_term, w_group, w_row, w_term, y_group, y_row, y_column;"
    "i groups, rows, columns, terms, size, conjugate, unused[2]"
)
#: bytes of spectra that are held at once
_CHUNK_BYTES = 512 << 20
#: passes over memory of a transform along one axis
_PASSES = 2.5
#: share of the peak that transforms and products of spectra reach
_SHARE = 0.2


class Fft(DeviceAlgorithm):
    """Pointwise product in the frequency domain."""

    name = "fft"
    dtypes = ("f32", "f64", "c64", "c128")
    dtype_reason = "integers are exact only without an FFT"
    bounds = {"f32": 5e-6, "c64": 5e-6, "f64": 1e-14, "c128": 1e-14}
    spreads_nan = True

    def refuses(self, problem):
        s = problem.stencil
        if s.role == "bias":
            return "a bias gradient is a plain sum"
        if any(a.tile != 1 for a in s.axes):
            return "the kernel changes from position to position"
        if s.role != "fwd" and any(a.boundary != "zeros" for a in s.axes):
            return "the gradient of a padding other than zeros folds back"
        if len(s.axes) > 3:
            return "cuFFT transforms at most 3 axes"
        if prod(_lengths(s)) >= 1 << 30:
            return "more positions than 32 bits count"
        return too_large(s.axes, 1)

    def cost(self, problem, machine, threads):
        s = problem.stencil
        size = prod(_lengths(s))
        itemsize = DTYPES[problem.compute].itemsize
        spectra = s.n * (s.image_channels + s.feature_channels) + prod(s.weight_shape[:2])
        moved = 2 * spectra * size * itemsize * (_PASSES * len(s.axes) + 1)
        operations = spectra * 2.5 * size * log2(size + 1)
        pairs = s.n * s.feature_channels * s.image_channels // s.groups
        seconds = machine.seconds(problem, operations, moved, _SHARE)
        seconds += machine.seconds(problem, pairs * size * 2, 0, _SHARE)
        steps = 6 * -(-s.n // _chunk(problem))
        return seconds + steps * machine.library

    def workspace(self, problem, threads):
        s = problem.stencil
        batch = 3 * _chunk(problem) * (s.image_channels + s.feature_channels)
        return (batch + 3 * prod(s.weight_shape[:2])) * _spectrum_bytes(problem)

    def preparation(self, problem, machine, threads):
        if problem.stencil.role == "weight":
            return 0.0, 0
        size = 3 * prod(problem.stencil.weight_shape[:2]) * _spectrum_bytes(problem)
        return 2 * machine.library + size / machine.memory_rate, size

    def prepare(self, problem, weight):
        if problem.stencil.role == "weight":
            return None
        return _Transform(self, problem).weight(weight)

    def bind(self, problem, contain_nan=False):
        transform = _Transform(self, problem)
        definition = Definition(self, problem)

        def run(arrays, prepared, out, threads):
            transform.run(arrays, prepared, out)
            definition.finish(arrays, out, contain_nan)

        return run


def _spectrum_bytes(problem):
    lengths = _lengths(problem.stencil)
    if problem.compute[0] == "f":
        lengths[-1] = lengths[-1] // 2 + 1
    return prod(lengths) * (8 if problem.compute in ("f32", "c64") else 16)


def _chunk(problem):
    """Return the number of images that are transformed at once."""
    s = problem.stencil
    channels = s.image_channels + s.feature_channels
    fits = _CHUNK_BYTES // (_spectrum_bytes(problem) * channels)
    return max(1, min(max(s.n, 1), fits))


def _lengths(stencil):
    """Return the length of the FFT along each axis."""
    lengths = []
    for a in stencil.axes:
        written_out = a.boundary != "zeros"  # the image's continuation past its ends
        least = a.read if written_out else a.image + max(a.before, a.after, 0)
        least = max(least, a.extent, (a.feature - 1) * a.stride + 1)
        lengths.append(scipy.fft.next_fast_len(least, real=True))
    return lengths


class _Transform:
    """The FFTs of one problem, with lengths, positions and slices computed once."""

    def __init__(self, algorithm, problem):
        self.algorithm, self.problem = algorithm, problem
        self.xp = algorithm.runtime.xp
        self.stencil = s = problem.stencil
        self.lengths = _lengths(s)
        self.axes = tuple(range(-len(s.axes), 0))
        self.real = problem.compute[0] == "f"
        self.dtype = DTYPES[problem.compute]
        self.chunk = _chunk(problem)
        self.written_out = any(a.boundary != "zeros" for a in s.axes)
        taps = [
            (np.arange(a.taps) * a.dilation - (0 if self.written_out else a.before)) % n
            for a, n in zip(s.axes, self.lengths, strict=True)
        ]
        self.taps = tuple(self.xp.asarray(index) for index in np.ix_(*taps))
        algorithm.runtime.synchronize()  # once, as calls on other streams use these arrays too
        axes = [_continued(a, n) for a, n in zip(s.axes, self.lengths, strict=True)]
        self.write_out = Unfolding(algorithm, problem, axes, s.image_channels)
        self.grid = tuple(slice(0, (a.feature - 1) * a.stride + 1, a.stride) for a in s.axes)
        self.image = tuple(slice(0, a.image) for a in s.axes)

    def _forward(self, array):
        # cuFFT wants real numbers aligned like complex ones, and a view may begin anywhere
        array = aligned(self.algorithm.runtime, array, 2 * array.itemsize)
        transform = self.xp.fft.rfftn if self.real else self.xp.fft.fftn
        return self.xp.ascontiguousarray(transform(array, self.lengths, self.axes))

    def _inverse(self, spectrum):
        if self.real:
            return self.xp.fft.irfftn(spectrum, self.lengths, self.axes)
        return self.xp.fft.ifftn(spectrum, None, self.axes)

    def weight(self, weight):
        """Return the weight's spectrum, (k, c of the group, ...), as the role multiplies by it."""
        s = self.stencil
        dilated = self.xp.zeros((*s.weight_shape[:2], *self.lengths), self.dtype)
        values = weight.reshape(s.weight_shape)
        correlate = s.role == "fwd"
        if self.problem.conjugate != correlate:
            values = values.conj()
        dilated[(..., *self.taps)] = values
        spectrum = self._forward(dilated)
        return spectrum.conj() if correlate else spectrum  # the conjugate reverses the weight

    def _image(self, image, fill=0):
        if not self.written_out:
            return self._forward(image)
        result = self.xp.empty((*image.shape[:2], *self.lengths), self.dtype)
        self.write_out(image, result, self.dtype.type(fill))
        return self._forward(result)

    def _feature(self, feature):
        if any(a.stride != 1 for a in self.stencil.axes):
            shape = tuple((a.feature - 1) * a.stride + 1 for a in self.stencil.axes)
            dilated = self.xp.zeros((*feature.shape[:2], *shape), self.dtype)
            dilated[(..., *self.grid)] = feature
            feature = dilated
        return self._forward(feature)

    def run(self, arrays, prepared, out):
        """Write the plain sums to `out`; `prepared` is the weight's spectrum, or None."""
        s = self.stencil
        if s.role == "weight":
            return self._run_weight(arrays, out)
        image, feature, weight = operands(self.problem, arrays, out)
        image, feature = image.reshape(s.image_shape), feature.reshape(s.feature_shape)
        fill = arrays[4] if len(arrays) > 4 and arrays[4] is not None else 0
        spectrum = self.weight(weight) if prepared is None else prepared
        for n in range(0, s.n, self.chunk):
            part = slice(n, n + self.chunk)
            if s.role == "fwd":
                y = self._products(self._image(image[part], fill), spectrum)
                feature[part] = self._inverse(y)[(..., *self.grid)]
            else:
                y = self._products(self._feature(feature[part]), spectrum, transposed=True)
                image[part] = self._inverse(y)[(..., *self.image)]

    def _run_weight(self, arrays, out):
        s = self.stencil
        image, feature, _ = operands(self.problem, arrays, out)
        image, feature = image.reshape(s.image_shape), feature.reshape(s.feature_shape)
        total = 0
        for n in range(0, s.n, self.chunk):
            part = slice(n, n + self.chunk)
            total = total + self._over_batch(self._image(image[part]), self._feature(feature[part]))
        weight = self._inverse(total)[(..., *self.taps)]
        # conv: conj(image) * feature; transposed: conj(feature) * image
        transposed = self.problem.op == "conv_transpose"
        out.reshape(s.weight_shape)[...] = weight if transposed or self.real else weight.conj()

    def _launch(self, **members):
        rows, columns = (-(-members[name] // 4) for name in ("rows", "columns"))
        complex_name = "c64" if self.problem.compute in ("f32", "c64") else "c128"
        grid = (linear_grid(members["size"])[0], min(members["groups"] * rows * columns, 65535), 1)
        struct = _PRODUCTS(self.algorithm.runtime, **members)
        self.algorithm.launch(
            "fft", "spectra", self.problem, grid, struct, options=("-DNARROW",),
            compute=complex_name,
        )  # fmt: skip

    def _products(self, x, w, transposed=False):
        """Return ``y[n, b] = sum over a of x[n, a] * w[b, a]`` for every group.

        With `transposed`, sum over ``x[n, a] * w[a, b]``.
        """
        g = self.stencil.groups
        n, size = x.shape[0], prod(x.shape[2:])
        a, k, c = x.shape[1] // g, w.shape[0] // g, w.shape[1]
        b = c if transposed else k
        y = self.xp.empty((n, g * b, *x.shape[2:]), x.dtype)
        self._launch(
            x=x, w=w, y=y, x_group=a * size, x_row=g * a * size, x_term=size,
            w_group=k * c * size, w_row=size if transposed else c * size,
            w_term=c * size if transposed else size, y_group=b * size, y_row=g * b * size,
            y_column=size, groups=g, rows=n, columns=b, terms=a, size=size,
        )  # fmt: skip
        return y

    def _over_batch(self, x, y):
        """Return ``w[k, c] = sum over n of x[n, c] * conj(y[n, k])`` for every group."""
        g = self.stencil.groups
        n, size = x.shape[0], prod(x.shape[2:])
        c, k = x.shape[1] // g, y.shape[1] // g
        w = self.xp.empty((g * k, c, *x.shape[2:]), x.dtype)
        self._launch(
            x=x, w=y, y=w, x_group=c * size, x_row=size, x_term=g * c * size, w_group=k * size,
            w_row=size, w_term=g * k * size, y_group=k * c * size, y_row=size,
            y_column=c * size, groups=g, rows=c, columns=k, terms=n, size=size, conjugate=1,
        )  # fmt: skip
        return w


def _continued(axis, length):
    """Return an axis that unfolds into the first `length` padded coordinates of `axis`."""
    return replace(axis, feature=length, taps=1, stride=1, dilation=1)
