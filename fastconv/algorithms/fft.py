"""fft: one FFT of the whole array, through `scipy.fft` or as a matrix (`whole`, `long_lines`).

On every axis that is filtered, of length L, put tap t of the weight at ``t*dilation - before`` and
output o of the feature at ``o*stride``, all modulo L. Then the three computations are products of
spectra:

    feature_k = sum over c of image_c  * conj(weight_kc)      a correlation
    image_c   = sum over k of feature_k * weight_kc           a convolution
    weight_kc = sum over n of image_nc  * conj(feature_nk)    a correlation

L must be at least ``image + max(before, after)``, so that nothing wraps around from one end of the
image into the other.

References
----------
T. G. Stockham, "High-speed convolution and correlation", AFIPS Spring Joint Computer Conference,
1966.
"""

from math import log2, prod

from ..problem.arrays import DTYPES
from . import whole
from .base import Algorithm, in_forward_order
from .fft_lengths import (
    images_at_once,
    lengths_of,
    lines_are_long,
    moving_axes,
    spectrum_bytes,
    whole_matrix,
)
from .fft_spectra import Spectra

#: calls of Python functions, besides those for each chunk, and more for each axis
_CALLS, _AXIS_CALLS = 35, 14
#: cost of beginning the product of a pair of spectra, in complex multiply-adds
_BEGIN = 100
#: speed that each further thread adds, relative to the first
_SPEEDUP = 0.3
#: speed of the transform of a single line, which has no others to share vectors with
_ONE_LINE = 0.35
#: speed of transforms that stay in no cache, and their bytes
_FAR, _FAR_BYTES = 0.65, 24 << 20
#: the same for long lines that are transformed as matrices by SciPy: further threads, which have to
#: share processors with those of loops, gain nothing
_MATRIX, _MATRIX_FAR, _MATRIX_SPEEDUP = 0.95, 0.75, 0.0
#: times that the spectra are written to new memory or read from it, besides the transforms
_PASSES = 4


class Fft(Algorithm):
    """A pointwise product in the frequency domain."""

    name = "fft"
    dtypes = ("f32", "f64", "c64", "c128")
    bounds = {"f32": 5e-6, "c64": 5e-6, "f64": 1e-14, "c128": 1e-14}
    spreads_nan = True
    sized = False

    def refuses(self, problem):
        stencil = problem.stencil
        if stencil.role == "bias":
            return "a bias gradient is a plain sum"
        if stencil.tiled:
            return "the kernel changes from position to position"
        if stencil.role != "fwd" and any(a.boundary != "zeros" for a in stencil.axes):
            return "the gradient of a padding other than zeros folds back"
        return None

    def floor(self, problem, machine, threads):
        # transforms are at least as long as the image
        s = problem.stencil
        size, moved = 1.0, 1.0
        for a in s.axes:
            size *= a.image
            moved *= 1 if a.unfiltered else a.image
        spectra = s.n * (s.image_channels + s.feature_channels)
        wide = 1.0 if problem.compute in ("f32", "c64") else 2.0
        work = wide * spectra * 2.5 * size * log2(moved + 1) / machine.fft_rate
        calls = _CALLS + _AXIS_CALLS * len(s.axes)
        least = machine.python_call * calls + work / (1 + _SPEEDUP * (threads - 1))
        if spectra == 2 * s.n:
            size *= DTYPES[problem.compute].itemsize
            given = size, moved / 2, machine, threads, spectra + 1
            least = min(least, whole.least_seconds(*given))
        return least

    def cost(self, problem, machine, threads):
        s = problem.stencil
        spectra = s.n * (s.image_channels + s.feature_channels) + prod(s.weight_shape[:2])
        pairs = s.n * s.feature_channels * s.image_channels // s.groups
        busy = _seconds(problem, machine, threads, spectra, pairs)
        if whole_matrix(problem) is not None:
            return whole.calls(machine, spectra) + busy
        calls = _CALLS + _AXIS_CALLS * len(s.axes) + s.n / images_at_once(problem)
        return machine.python_call * calls + busy

    def workspace(self, problem, threads):
        matrix = whole_matrix(problem)
        if matrix is not None:
            return whole.workspace(problem, matrix, threads, prepared=False)
        s = problem.stencil
        weights = prod(s.weight_shape[:2])
        batch = 2 * min(s.n, images_at_once(problem)) * (s.image_channels + s.feature_channels)
        # only for a weight's gradient are the taps transformed while the batch's spectra exist
        together = 2 * weights + batch
        one_after_the_other = max(2 * weights, weights + batch)
        spectra = together if s.role == "weight" else one_after_the_other
        return spectra * spectrum_bytes(problem)

    def preparation(self, problem, machine, threads):
        s = problem.stencil
        if s.role == "weight":
            return 0.0, 0
        matrix = whole_matrix(problem)
        if matrix is not None:
            least = whole.workspace(problem, matrix, threads, prepared=True)
            saved = self.workspace(problem, threads) - least
            return _seconds(problem, machine, threads, 1, 0), saved
        weights = prod(s.weight_shape[:2])
        batch = 2 * min(s.n, images_at_once(problem)) * (s.image_channels + s.feature_channels)
        saved = max(2 * weights, weights + batch) - batch
        return _seconds(problem, machine, threads, weights, 0), saved * spectrum_bytes(problem)

    def prepare(self, problem, weight):
        if problem.stencil.role == "weight":
            return None
        return Spectra(problem).weight(weight, 1)

    def bind(self, problem):
        return in_forward_order(problem, Spectra(problem).run)


def _seconds(problem, machine, threads, spectra, pairs):
    """Return the seconds of transforms and of products of pairs of spectra.

    Parameters
    ----------
    problem, machine, threads
        As for `Algorithm.cost`.
    spectra, pairs : int
        Numbers of transforms, and of pairs.
    """
    matrix = whole_matrix(problem)
    if matrix is not None:
        return whole.seconds(matrix, problem.compute, machine, threads, spectra)
    s = problem.stencil
    lengths, moving = lengths_of(problem), moving_axes(s)
    size = prod(lengths)
    moved = prod([n for n, moves in zip(lengths, moving, strict=True) if moves])
    complex_ = 2.0 if problem.compute[0] == "c" else 1.0
    rate = machine.fft_rate
    if problem.compute in ("f64", "c128"):
        rate *= 0.5
    far = size * DTYPES[problem.compute].itemsize > _FAR_BYTES
    speedup = _SPEEDUP
    if lines_are_long(problem):
        rate *= _MATRIX_FAR if far else _MATRIX
        speedup = _MATRIX_SPEEDUP
    else:
        if size == max(lengths) and s.n * s.image_channels == s.feature_channels == 1:
            rate *= _ONE_LINE
        rate *= _FAR if far else 1.0
    transforms = spectra * 2.5 * size * log2(moved + 1) * complex_ / rate
    products = pairs * (size / 2 + _BEGIN) * complex_ / machine.spectrum_rate
    memory = _PASSES * spectra * size * DTYPES[problem.compute].itemsize / machine.memory_rate
    # passes over the whole array are limited by memory, whatever the number of threads
    return (transforms + products) / (1 + speedup * (threads - 1)) + memory
