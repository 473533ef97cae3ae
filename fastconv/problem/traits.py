"""Find structure in the values of a kernel: equal taps, an outer product of vectors, a low rank.

`traits` names the structure, which tells the planner whether `box`, `separable` or `low_rank` can
run. It takes some tens of microseconds. It uses cross approximation: Gaussian elimination with
complete pivoting that stops at the first negligible residual (Bebendorf, *Numerische Mathematik*
86, 2000, 565-589).

`separate` returns the vectors themselves. It computes a singular value decomposition (SVD), which
takes longer.

Both use the same bound on negligible residuals. The SVD has the smallest possible residual (Eckart
and Young, *Psychometrika* 1, 1936, 211-218), so `separate` splits a kernel with the trait ``r1``
into one term.
"""

import math
import sys
from numbers import Real

import numpy as np

from ..errors import shown
from .arrays import as_array

#: Largest negligible residual, in roundings of the largest tap. If a kernel was an outer product
#: before its taps were rounded, its residual is at most about two roundings of each tap.
_ROUNDINGS = 4

#: How many times as large the residuals of a sample may be.
_SAMPLE_SLACK = 16

#: Products of two integers below this bound do not overflow int64.
_EXACT_PRODUCT = 2**31


def traits(weight, spatial_ndim, highest=sys.maxsize):
    """Return the name of the structure that all kernels of a depthwise weight have.

    Parameters
    ----------
    weight : ndarray, shape (K, C/groups, *taps)
        The weight, cast to the dtype of the computation, whose rounding error decides which
        residuals are negligible.
    spatial_ndim : int
        Number of spatial axes. A weight with more axes (tiles, positions) has no trait.
    highest : int, optional
        Highest rank to look for. The default is all that pay for themselves on large images.

    Returns
    -------
    str or None
        ``"box"`` if all taps of each kernel are equal. ``"r1"`` if each kernel is an outer product
        of vectors, one per axis; integers must be exact products. ``"r2"``, ``"r3"``, ... for
        floating-point 2-D kernels, where the number is the largest rank of a kernel and at most a
        third of the shorter side. None otherwise, which includes other C/groups than 1, weights
        that hold a NaN or an infinity, and 1-D kernels whose taps differ.

    Examples
    --------
    >>> import numpy as np
    >>> traits(np.ones((3, 1, 5, 5)), 2), traits(np.outer([1., 2, 1], [1., 0, -1])[None, None], 2)
    ('box', 'r1')
    """
    weight = np.asarray(weight)
    if weight.ndim != 2 + spatial_ndim or weight.shape[1] != 1 or weight.size == 0:
        return None
    if weight.dtype == np.float16:
        weight = weight.astype(np.float32)
    kernels = weight.reshape(weight.shape[0], *weight.shape[2:])
    flat = kernels.reshape(len(kernels), -1)
    if flat[0, 0] == flat[0, -1] == flat[0, flat.shape[1] // 2] and (flat == flat[:, :1]).all():
        return "box" if np.isfinite(flat[:, 0]).all() else None
    if sum(n > 1 for n in weight.shape[2:]) < 2:
        return None
    # The first kernel is tested alone: in most weights without structure it has none either.
    if kernels.dtype.kind in "iu":
        products = _integer_products(kernels[:1]) and _integer_products(kernels)
        return "r1" if products else None
    highest = min(highest, _highest_rank(kernels.shape[1:]))
    with np.errstate(all="ignore"):  # an overflow makes the residual too large
        if _exceeds(kernels[0], highest):
            return None
        rank = _cross_rank(kernels[0], highest)
        if len(kernels) > 1 and rank and not (rank == 1 and _are_products(kernels)):
            for kernel in kernels[1:]:
                other = _cross_rank(kernel, highest)
                if other == 0:
                    return None
                rank = max(rank, other)
    return f"r{rank}" if rank else None


def _exceeds(kernel, highest):
    """Return whether a few rows and columns of a kernel show that its rank is higher than this.

    For kernels without structure, this takes much less time than looking at all taps.
    """
    most = highest + 1
    if max(kernel.shape) <= 4 * most or min(kernel.shape) <= most and kernel.ndim == 2:
        return False
    spread = [np.arange(min(n, most)) * n // min(n, most) + n // (2 * most) for n in kernel.shape]
    sample = kernel[np.ix_(*spread)]
    peak = max(float(kernel.max()), -float(kernel.min()))
    return math.isfinite(peak) and _cross_rank(sample, highest, peak) == 0


def _cross_rank(kernel, highest, peak=None):
    """Return the numerical rank of a kernel, or 0 if it is higher, or the kernel holds a NaN.

    Parameters
    ----------
    kernel : ndarray
    highest : int
        Highest rank to look for.
    peak : float, optional
        Magnitude of the largest tap of a kernel of which this one is a sample. Residuals may then
        be larger, as they grow if pivots are not the largest taps.

    The rank of zeros is 1. A kernel of more than two axes has rank 1 or 0.
    """
    shape = kernel.shape
    matrix = kernel.reshape(shape[0], -1)  # unfold more than two axes along the first
    magnitude = np.abs(matrix)
    where = int(magnitude.argmax())
    largest = magnitude.item(where)
    if largest == 0:
        return 1
    if not math.isfinite(largest):
        return 0
    residual = matrix / (largest if peak is None else peak)
    negligible = _ROUNDINGS * float(np.finfo(matrix.dtype).eps)
    energy = negligible**2 * _energy(residual)
    if peak is not None:
        negligible, energy = _SAMPLE_SLACK * negligible, math.inf
    for rank in range(1, highest + 1):
        row, column = divmod(where, matrix.shape[1])
        pivot_row = residual[row]
        residual = residual - residual[:, column, None] * (pivot_row / pivot_row[column])
        magnitude = np.abs(residual)
        where = int(magnitude.argmax())
        # For a constant image, the error of an output grows with single residuals; for white
        # noise, with the sum of their squares.
        if magnitude.item(where) <= negligible and _energy(magnitude) <= energy:
            if len(shape) == 2:
                return rank
            return _cross_rank(matrix[row].reshape(shape[1:]), 1, peak)
    return 0


def _energy(matrix):
    """Return the sum of the squares of a matrix of real or complex numbers.

    NumPy's own sum is as fast as BLAS, which would start threads for more than 10,000 values: on a
    machine whose cores are busy, milliseconds are then spent on waiting for them.
    """
    return float(np.square(np.abs(matrix)).sum())


def _highest_rank(shape):
    """Return the highest rank at which a sum of separable terms is faster than the kernel.

    Each term costs two passes, so at a third of the shorter side nothing is gained any more.
    """
    return max(1, min(shape) // 3) if len(shape) == 2 else 1


def _are_products(kernels):
    """Return whether all kernels have rank 1, by one step of `_cross_rank` for all at once."""
    shape = kernels.shape[1:]
    matrix = kernels.reshape(len(kernels), shape[0], -1)
    magnitude = np.abs(matrix)
    row, column = _pivots(magnitude)
    each = np.arange(len(matrix))
    peak = magnitude[each, row, column]
    if not np.isfinite(peak).all():
        return False
    peak[peak == 0] = 1
    matrix = matrix / peak[:, None, None]
    pivot_rows = matrix[each, row]
    pivot = pivot_rows[each, column]
    pivot[pivot == 0] = 1
    columns = matrix[each, :, column] / pivot[:, None]
    residual = np.abs(matrix - columns[:, :, None] * pivot_rows[:, None, :])
    negligible = _ROUNDINGS * np.finfo(matrix.dtype).eps
    energy = negligible**2 * np.square(np.abs(matrix)).sum(axis=(1, 2))
    if residual.max() > negligible or (np.square(residual).sum(axis=(1, 2)) > energy).any():
        return False
    return len(shape) == 2 or _are_products(pivot_rows.reshape(-1, *shape[1:]))


def _integer_products(kernels):
    """Return whether each integer kernel is exactly an outer product of vectors.

    Its axes are split off one after the other, by the test A[i, j] A[p, q] = A[i, q] A[p, j] with
    the largest entry A[p, q].
    """
    if kernels.max() >= _EXACT_PRODUCT or kernels.min() <= -_EXACT_PRODUCT:
        return False
    rest = kernels.astype(np.int64)
    each = np.arange(len(rest))
    while rest.ndim > 2:
        matrix = rest.reshape(*rest.shape[:2], -1)
        row, column = _pivots(np.abs(matrix))
        pivot_rows = matrix[each, row]
        cross = matrix[each, :, column][:, :, None] * pivot_rows[:, None, :]
        if (matrix * matrix[each, row, column][:, None, None] != cross).any():
            return False
        rest = pivot_rows.reshape(len(rest), *rest.shape[2:])
    return True


def _pivots(magnitude):
    """Return row and column of the largest entry of each matrix. A NaN counts as the largest."""
    return np.divmod(magnitude.reshape(len(magnitude), -1).argmax(axis=1), magnitude.shape[2])


def separate(kernel, rtol=None):
    """Return the factors of a kernel as a sum of outer products of vectors, one vector per axis.

    Parameters
    ----------
    kernel : array_like
        Integers or floating-point numbers, real or complex, all finite, with at least one axis.
    rtol : float, optional
        Largest allowed error, where 0 <= rtol < 1: the Euclidean norm of kernel - sum, divided by
        that of the kernel. 0 keeps every term. The default is the rounding error of the kernel's
        dtype (of float64 for integers). At least one term is kept.

    Returns
    -------
    list of tuple of ndarray
        One tuple per term. Entry ``a`` of a tuple is a vector of shape ``(kernel.shape[a],)``, in
        float64, or in complex128 for a complex kernel. A separable kernel has one tuple, as has a
        kernel of zeros. A 1-D kernel is its own vector.

    Raises
    ------
    TypeError
        If `kernel` is bool, longdouble or not a number, or `rtol` is not a real number.
    ValueError
        If `kernel` has no axis or no tap, holds a NaN or an infinity, or `rtol` is out of range.

    Notes
    -----
    For a 2-D kernel, the vectors are its leading singular vectors, and the number of terms is the
    smallest that reaches `rtol`. The terms are in descending order of norm.

    A kernel with more axes is unfolded along its first axis into a matrix. Each right singular
    vector is folded back and separated in the same way (a sequential SVD). The number of terms is
    small, but not always the smallest, which is NP-hard to find.

    The vectors of a tuple have the same Euclidean norm. In each of them except the first, the
    largest entry (the last one of equals) is a positive number.

    References
    ----------
    J. Håstad, "Tensor rank is NP-complete", *Journal of Algorithms* 11, 1990, 644-654.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import kernels
    >>> [(column, row)] = kernels.separate([[1, 2, 1], [2, 4, 2], [1, 2, 1]])
    >>> np.allclose(column, [1, 2, 1]) and np.allclose(row, [1, 2, 1])
    True
    >>> len(kernels.separate(kernels.laplacian()))
    2
    """
    kernel = _checked_kernel(kernel)
    rtol = _checked_rtol(rtol, kernel)
    wide = np.complex128 if kernel.dtype.kind == "c" else np.float64
    kernel = kernel.astype(wide)
    if kernel.ndim == 1:
        return [(kernel,)]
    peak = max(np.abs(kernel.real).max(), np.abs(kernel.imag).max())
    if peak == 0:
        return [tuple(np.zeros(taps, wide) for taps in kernel.shape)]

    # A power of two near the largest tap keeps squares within range and costs no rounding.
    exponent = math.frexp(peak)[1]
    scaled = np.ldexp(kernel.real, -exponent)
    if wide is np.complex128:
        scaled = scaled + 1j * np.ldexp(kernel.imag, -exponent)
    terms = _sequential_svd(scaled, rtol * np.linalg.norm(scaled))
    return [_balanced(term, 2.0 ** (exponent / kernel.ndim)) for term in terms]


def _checked_kernel(kernel):
    """Return the kernel as an ndarray, and refuse what `separate` does not allow."""
    kernel = as_array("kernel", kernel)
    if kernel.dtype.kind not in "iufc" or kernel.dtype.itemsize > 8 * (
        1 + (kernel.dtype.kind == "c")
    ):
        raise TypeError(
            f"kernel has dtype {kernel.dtype}; allowed are integers, float16, float32, float64, "
            "complex64 and complex128"
        )
    if kernel.ndim == 0 or kernel.size == 0:
        raise ValueError(f"kernel has shape {kernel.shape}; it needs an axis and a tap on each")
    if not np.isfinite(kernel).all():
        raise ValueError("kernel holds a NaN or an infinity; it must be finite")
    return kernel


def _checked_rtol(rtol, kernel):
    """Return the relative tolerance as a float, by default the rounding error of the kernel."""
    if rtol is None:
        # The second part is the rounding of the SVD itself, which runs in double precision.
        eps = np.finfo(kernel.dtype if kernel.dtype.kind in "fc" else np.float64).eps
        svd = 2 * math.sqrt(max(kernel.shape)) * np.finfo(np.float64).eps
        return math.sqrt(kernel.ndim) * float(_ROUNDINGS * eps + svd)
    if isinstance(rtol, bool) or not isinstance(rtol, Real):
        raise TypeError(f"rtol is {shown(rtol)}; it must be a real number or None")
    if not 0 <= rtol < 1:
        raise ValueError(f"rtol is {shown(rtol)}; it must be at least 0 and below 1")
    return float(rtol)


def _sequential_svd(tensor, tolerance):
    """Return terms whose sum differs from the tensor by at most `tolerance` in Frobenius norm.

    The left singular vectors are orthonormal, so the squared errors of all levels of the recursion
    add up. The squared tolerance is divided equally among the levels, and the share of the levels
    below equally among the terms of this level.
    """
    if tensor.ndim == 1:
        return [(tensor,)]
    levels = tensor.ndim - 1
    matrix = tensor.reshape(len(tensor), -1)
    left, values, _ = np.linalg.svd(matrix, full_matrices=False)
    tails = np.sqrt(np.cumsum(values[::-1] ** 2))[::-1]  # tails[r]: error of r terms
    rank = max(1, int((tails > tolerance / math.sqrt(levels)).sum()))
    share = tolerance * math.sqrt((levels - 1) / levels / rank)
    # A projection keeps the structure of the rows. The SVD's own right vectors have errors of up to
    # twenty roundings.
    rest = (left[:, :rank].conj().T @ matrix).reshape(rank, *tensor.shape[1:])
    return [
        (column, *term)
        for column, part in zip(left[:, :rank].T, rest, strict=True)
        for term in _sequential_svd(part, share)
    ]


def _balanced(term, scale):
    """Return vectors of equal norm with the same outer product.

    In all but the first vector, the largest entry is a positive real number.
    """
    norms = [np.linalg.norm(vector) for vector in term]
    norm = math.prod(norm ** (1 / len(term)) for norm in norms) * scale
    if norm == 0:
        return tuple(np.zeros_like(vector) for vector in term)
    first, *others = (vector / length for vector, length in zip(term, norms, strict=True))
    for position, vector in enumerate(others):
        sizes = np.abs(vector)
        # Entries that should be equal differ by rounding. Take the last of the nearly largest
        # ones, so that rounding does not decide.
        entry = np.flatnonzero(sizes >= 0.999 * sizes.max())[-1]
        phase = vector[entry] / sizes[entry]
        others[position] = vector * np.conj(phase) * norm
        first = first * phase
    return (first * norm, *others)
