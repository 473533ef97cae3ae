"""What the values of a kernel allow: constant taps, an outer product of vectors, a low rank.

`traits` answers in tens of microseconds by cross approximation (Gaussian elimination with complete
pivoting, stopped at the first negligible residual; Bebendorf, *Numerische Mathematik* 86, 2000,
565-589) and tells the planner whether `separable`, `low_rank` or `box` can run.
`separate` pays for a singular value decomposition and returns the vectors themselves.

Both call a residual negligible under the same bound, and the SVD has the smallest residual of all
(Eckart and Young, *Psychometrika* 1, 1936, 211-218): a kernel with the trait ``r1`` separates into
one term.
"""

import math
from numbers import Real

import numpy as np

from ..errors import shown
from .arrays import as_array

# A kernel that was an outer product before its taps were rounded has a residual of at most about
# two roundings of each tap.
_ROUNDINGS = 4

# Below this size products of two integers cannot overflow int64.
_EXACT_PRODUCT = 2**31


def traits(weight, spatial_ndim):
    """Name the structure that all kernels of a depthwise weight share.

    Parameters
    ----------
    weight : ndarray, shape (K, C/groups, *taps)
        In the dtype that the kernels compute with: its rounding decides what is negligible, so a
        float32 weight that meets a float64 input is cast before it is asked.
    spatial_ndim : int
        Number of spatial axes; axes after them (tiles, positions) leave no trait.

    Returns
    -------
    str or None
        ``"box"`` if all taps of each kernel are equal; ``"r1"`` if each kernel is an outer product
        of vectors, one per axis; ``"r2"``, ``"r3"``, ... for the largest rank among 2-D kernels,
        up to a third of the shorter side; None otherwise, for C/groups other than 1, for a
        weight that holds a NaN or an infinity, and for 1-D kernels that are no box.
        Integers count as ``"r1"`` when they are products exactly; their higher ranks do not count.

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
    if (flat == flat[:, :1]).all():
        return "box" if np.isfinite(flat[:, 0]).all() else None
    if sum(n > 1 for n in weight.shape[2:]) < 2:
        return None
    # A weight without structure shows it in its first kernel: the others are seldom looked at.
    if kernels.dtype.kind in "iu":
        products = _integer_products(kernels[:1]) and _integer_products(kernels)
        return "r1" if products else None
    with np.errstate(all="ignore"):  # what overflows leaves a residual that is not accepted
        rank = _cross_rank(kernels[0])
        if len(kernels) > 1 and rank and not (rank == 1 and _are_products(kernels)):
            for kernel in kernels[1:]:
                other = _cross_rank(kernel)
                if other == 0:
                    return None
                rank = max(rank, other)
    return f"r{rank}" if rank else None


def _cross_rank(kernel):
    """Numerical rank of a kernel, at least 1; 0 where it is too high or has no meaning (NaN)."""
    shape = kernel.shape
    matrix = kernel.reshape(shape[0], -1)  # more than two axes: unfolded along the first
    magnitude = np.abs(matrix)
    where = int(magnitude.argmax())
    peak = magnitude.item(where)
    if peak == 0:
        return 1
    if not math.isfinite(peak):
        return 0
    residual = matrix / peak
    negligible = _ROUNDINGS * float(np.finfo(matrix.dtype).eps)
    energy = negligible**2 * np.vdot(residual, residual).real
    for rank in range(1, _highest_rank(shape) + 1):
        row, column = divmod(where, matrix.shape[1])
        pivot_row = residual[row]
        residual = residual - residual[:, column, None] * (pivot_row / pivot_row[column])
        magnitude = np.abs(residual)
        where = int(magnitude.argmax())
        # White noise sees the sum of squares, a constant image the taps.
        if magnitude.item(where) <= negligible and np.vdot(residual, residual).real <= energy:
            return rank if len(shape) == 2 else _cross_rank(matrix[row].reshape(shape[1:]))
    return 0


def _highest_rank(shape):
    """Each term costs two passes: past a third of the shorter side the sum costs as much."""
    return max(1, min(shape) // 3) if len(shape) == 2 else 1


def _are_products(kernels):
    """The first step of `_cross_rank` for many kernels at once."""
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
    """Whether A[i, j] A[p, q] = A[i, q] A[p, j] for each kernel, one axis split off at a time."""
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
    """Row and column of the largest entry of each matrix; a NaN is larger than all."""
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
    """Terms whose sum is within `tolerance` of the tensor, in the Frobenius norm.

    The left vectors are orthonormal, so squared errors of the cut and of the terms below it add up:
    each of the remaining levels gets an equal share, and each term an equal share of its level.
    """
    if tensor.ndim == 1:
        return [(tensor,)]
    levels = tensor.ndim - 1
    matrix = tensor.reshape(len(tensor), -1)
    left, values, _ = np.linalg.svd(matrix, full_matrices=False)
    tails = np.sqrt(np.cumsum(values[::-1] ** 2))[::-1]  # tails[r]: what is lost by keeping r terms
    rank = max(1, int((tails > tolerance / math.sqrt(levels)).sum()))
    share = tolerance * math.sqrt((levels - 1) / levels / rank)
    # Rows of the matrix keep their structure in a projection; the SVD's own right vectors are up to
    # twenty roundings away.
    rest = (left[:, :rank].conj().T @ matrix).reshape(rank, *tensor.shape[1:])
    return [
        (column, *term)
        for column, part in zip(left[:, :rank].T, rest, strict=True)
        for term in _sequential_svd(part, share)
    ]


def _balanced(term, scale):
    """The same outer product from vectors of equal norm, each but the first facing upwards."""
    norms = [np.linalg.norm(vector) for vector in term]
    norm = math.prod(norm ** (1 / len(term)) for norm in norms) * scale
    if norm == 0:
        return tuple(np.zeros_like(vector) for vector in term)
    first, *others = (vector / length for vector, length in zip(term, norms, strict=True))
    for position, vector in enumerate(others):
        sizes = np.abs(vector)
        # Equal entries differ by rounding: the last of the nearly largest decides, not the noise.
        entry = np.flatnonzero(sizes >= 0.999 * sizes.max())[-1]
        phase = vector[entry] / sizes[entry]
        others[position] = vector * np.conj(phase) * norm
        first = first * phase
    return (first * norm, *others)
