"""`convolve` of astropy.convolution."""

import numpy as np

from .. import nd
from .objects import (
    is_a,
    kernel_size_error,
    refuse_masked_kernel,
    values_of,
    warn,
    with_nddata,
    with_unit,
)

#: boundaries of `fastconv.convolve` by astropy's names
BOUNDARIES = {"fill": "fill", "wrap": "wrap", "extend": "nearest"}
#: a kernel of a smaller sum is not normalized
LEAST_SUM = 1 / 100


@with_nddata
def convolve(
    array, kernel, boundary="fill", fill_value=0.0, nan_treatment="interpolate",
    normalize_kernel=True, mask=None, preserve_nan=False, normalization_zero_tol=1e-8,
):  # fmt: skip
    """Convolve an array with a kernel, and interpolate values that are NaN.

    The function returns what `astropy.convolution.convolve` returns.

    Parameters
    ----------
    array : array_like, Quantity, Kernel or NDData
        Array of 1 to 3 dimensions. Masked values count as NaN.
    kernel : array_like or Kernel
        Kernel with as many dimensions, of an odd size along each, without masked values.
    boundary : {"fill", "wrap", "extend", None}, default "fill"
        Values past the edges: `fill_value`, the other side, or the edge. With None, the result is 0
        where the kernel reaches past an edge.
    fill_value : float, default 0.0
        Value past the edges. If it is NaN, values past the edges take no part in the result.
    nan_treatment : {"interpolate", "fill"}, default "interpolate"
        "interpolate" leaves NaN out of weighted averages, "fill" replaces it by `fill_value`.
    normalize_kernel : bool, default True
        Whether to divide the kernel by its sum.
    mask : array_like, optional
        Not 0 where a value of the array is masked.
    preserve_nan : bool, default False
        Whether the result is NaN where the array is.
    normalization_zero_tol : float, default 1e-8
        A sum of the kernel that differs from 0 by less counts as 0.

    Returns
    -------
    ndarray, Quantity or Kernel
        The convolution, with the shape of the array, and its dtype if that is floating, otherwise
        float64. It is computed in float64.

    Raises
    ------
    ValueError, TypeError, NotImplementedError, KernelSizeError
        Under the conditions of astropy's function. Without astropy, a ValueError stands for its
        KernelSizeError.

    See Also
    --------
    convolve_fft : Takes kernels of even sizes, and ignores infinities.
    fastconv.convolve : Has masks and policies for NaN, too.

    References
    ----------
    H. Knutsson and C.-F. Westin, "Normalized and differential convolution", Proceedings of CVPR,
    1993.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv.astropy import convolve
    >>> convolve([1.0, np.nan, 3.0], [1.0, 1.0, 1.0], boundary="extend")
    array([1., 2., 3.])
    """
    if boundary is not None and boundary not in BOUNDARIES:
        options = [None, "fill", "wrap", "extend"]
        raise ValueError(f"Invalid boundary option: must be one of {options}")
    if nan_treatment not in ("interpolate", "fill"):
        raise ValueError("nan_treatment must be one of 'interpolate','fill'")
    refuse_masked_kernel(kernel)
    x = values_of(array, float, mask, copy=nan_treatment == "fill")
    w = values_of(kernel, float)
    if any(n % 2 == 0 for n in w.shape):
        raise kernel_size_error("Kernel size must be odd in all axes.")
    if is_a(array, "Kernel") and is_a(kernel, "Kernel"):
        warn(
            "Both array and kernel are Kernel instances, hardwiring the following parameters: "
            "boundary='fill', fill_value=0, normalize_Kernel=True, nan_treatment='interpolate'"
        )
        boundary, fill_value, nan_treatment, normalize_kernel = "fill", 0, "interpolate", True
    _check_shapes(x, w, boundary)
    leaves_out = nan_treatment == "interpolate" and bool(
        (boundary == "fill" and np.isnan(fill_value)) or np.isnan(x.sum())
    )
    total = w.sum()
    if normalize_kernel or leaves_out:
        _check_sum(total, normalization_zero_tol, leaves_out)
    nan = np.isnan(x) if preserve_nan or nan_treatment == "fill" else None
    if nan_treatment == "fill":
        x[nan] = fill_value
    if normalize_kernel:
        w = w / total
    result = _filtered(x, w, boundary, fill_value, leaves_out)
    if leaves_out and not preserve_nan and np.isnan(result.sum()):
        warn(
            "nan_treatment='interpolate', however, NaN values detected post convolution. A "
            "contiguous region of NaN values, larger than the kernel size, are present in the "
            "input array. Increase the kernel size to avoid this."
        )
    if preserve_nan:
        result[nan] = np.nan
    result = with_unit(result, getattr(array, "unit", None))
    if is_a(array, "Kernel"):
        return _kernel(result, array, kernel)
    dtype = getattr(array, "dtype", x.dtype)
    return result.astype(dtype, copy=False) if dtype.kind == "f" else result


def _check_shapes(x, w, boundary):
    """Refuse arrays and kernels of shapes that astropy refuses."""
    if x.ndim == 0:
        raise ValueError("cannot convolve 0-dimensional arrays")
    if x.ndim > 3:
        raise NotImplementedError(
            "convolve only supports 1, 2, and 3-dimensional arrays at this time"
        )
    if x.ndim != w.ndim:
        raise ValueError("array and kernel have differing number of dimensions.")
    if x.size == 0:
        raise ValueError("cannot convolve empty array")
    if boundary is None and any(n < k for n, k in zip(x.shape, w.shape, strict=True)):
        raise kernel_size_error(
            "for boundary=None all kernel axes must be smaller than array's - use boundary in "
            "['fill', 'extend', 'wrap'] instead."
        )


def _check_sum(total, tolerance, leaves_out):
    """Refuse a kernel of a sum that it cannot be divided by."""
    if not (total < LEAST_SUM or np.isclose(total, 0, atol=tolerance)):
        return
    if leaves_out:
        raise ValueError(
            "Setting nan_treatment='interpolate' requires the kernel to be normalized, but the "
            "input kernel has a sum close to zero. For a zero-sum kernel and data with NaNs, set "
            "nan_treatment='fill'."
        )
    raise ValueError(
        "The kernel can't be normalized, because its sum is close to zero. The sum of the given "
        f"kernel is < {LEAST_SUM:.2f}. For a zero-sum kernel, set normalize_kernel=False or pass a "
        "custom normalization function to normalize_kernel."
    )


def _filtered(x, w, boundary, fill_value, leaves_out):
    """Return the sums of an array, from which NaN is left out if `leaves_out`."""
    options = {"nan_policy": "omit"} if leaves_out else {}
    inside = tuple(slice(k // 2, n - k // 2) for n, k in zip(x.shape, w.shape, strict=True))
    if boundary is None:
        result = np.zeros(x.shape)
        result[inside] = nd.convolve(x, w, "valid", **options)
    elif leaves_out and boundary == "fill" and np.isnan(fill_value):
        result = nd.convolve(with_nan_around(x, w.shape), w, "valid", **options)
        inside = ...
    else:
        fill = float(fill_value) if boundary == "fill" else 0
        result = nd.convolve(x, w, "same", boundary=BOUNDARIES[boundary], fillvalue=fill, **options)
        inside = ...
    if leaves_out:
        # of windows in which all weights are 0, astropy returns the value at the centre
        empty = np.isnan(result[inside]) & np.isfinite(x[inside])
        if empty.any() and not np.isinf(x).any():
            result[inside][empty] = x[inside][empty] * w.sum()
    return result


def with_nan_around(x, sizes):
    """Return an array with NaN past its edges, as far as a centred kernel reaches."""
    return np.pad(x, [(k // 2, k // 2) for k in sizes], constant_values=np.nan)


def _kernel(result, array, kernel):
    """Return the result for an array that is a kernel of astropy: a kernel."""
    from astropy.convolution.core import Kernel1D, Kernel2D

    kind = next((k for k in (Kernel1D, Kernel2D) if isinstance(array, k)), None)
    if kind is None:
        raise TypeError("Only 1D and 2D Kernels are supported.")
    made = kind(array=result)
    made._is_bool = False
    made._separable = array._separable
    if is_a(kernel, "Kernel"):
        made._separable = made._separable and kernel._separable
    return made
