"""`convolve_fft` of astropy.convolution.

astropy multiplies spectra of arrays that are as large as both arguments together. Cropped, the
result is a convolution with values past the edges, which `fastconv.convolve` computes by the
fastest algorithm. What is more than that (spectra, other transforms, uncropped results) is
transformed here.
"""

import math
from dataclasses import dataclass

import numpy as np

from .. import nd
from .direct import LEAST_SUM, with_nan_around
from .objects import is_a, refuse_masked_kernel, values_of, warn, with_nddata, with_unit

#: bytes of an array from which on a caller must allow its size
_HUGE = 10**9
#: least weight that a caller may ask for without a look at the weights, where nothing is missing
_WHOLE = 0.5
#: weights of at most so many eps count as none
_NONE = 10


@with_nddata
def convolve_fft(
    array, kernel, boundary="fill", fill_value=0.0, nan_treatment="interpolate",
    normalize_kernel=True, normalization_zero_tol=1e-8, preserve_nan=False, mask=None, crop=True,
    return_fft=False, fft_pad=None, psf_pad=None, min_wt=0.0, allow_huge=False, fftn=np.fft.fftn,
    ifftn=np.fft.ifftn, complex_dtype=complex, dealias=False,
):  # fmt: skip
    """Convolve an array with a centred kernel of any size, and interpolate NaN and infinities.

    The function returns what `astropy.convolution.convolve_fft` returns. It transforms arrays only
    where the options ask for it, or where this is the fastest.

    Parameters
    ----------
    array : array_like, Quantity or NDData
        Array of any number of dimensions. Masked values count as NaN, and so do infinities.
    kernel : array_like or Kernel
        Kernel with as many dimensions, without masked values. NaN and infinities count as 0.
    boundary : {"fill", "wrap"}, default "fill"
        Values past the edges: `fill_value`, or the other side.
    fill_value : float, default 0.0
        Value past the edges. If it is not finite, values past the edges take no part in the result.
    nan_treatment : {"interpolate", "fill"}, default "interpolate"
        "interpolate" leaves NaN out of weighted averages, "fill" replaces it by `fill_value`.
    normalize_kernel : bool or callable, default True
        Whether to divide the kernel by its sum, or a function of the kernel by whose value it is
        divided.
    normalization_zero_tol : float, default 1e-8
        A sum of the kernel of a smaller absolute value counts as 0.
    preserve_nan : bool, default False
        Whether the result is NaN where the array is.
    mask : array_like, optional
        Not 0 where a value of the array is masked.
    crop : bool, default True
        Whether the result has the shape of the array, not that of the transforms.
    return_fft : bool, default False
        Whether to return the product of both spectra.
    fft_pad, psf_pad : bool, optional
        Whether the transforms have sizes that are fast, and sizes of both arguments together. The
        default is True for the boundary "fill".
    min_wt : float, default 0.0
        The result is NaN where the kernel's weight of valid values is less. With 0.0, the result is
        0 where there is no weight.
    allow_huge : bool, default False
        Whether arrays of more than 1 GB are allowed.
    fftn, ifftn : callable, optional
        The transforms, by default those of `numpy.fft`.
    complex_dtype : dtype_like, default complex
        dtype of the transforms.
    dealias : bool, default False
        Whether the transforms are larger by a half.

    Returns
    -------
    ndarray or Quantity
        The real part of the convolution, or the product of the spectra.

    Raises
    ------
    ValueError, TypeError, NotImplementedError, Exception
        Under the conditions of astropy's function.

    See Also
    --------
    convolve : Takes kernels of odd sizes, and keeps infinities.

    References
    ----------
    H. Knutsson and C.-F. Westin, "Normalized and differential convolution", Proceedings of CVPR,
    1993.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv.astropy import convolve_fft
    >>> convolve_fft([1.0, np.nan, 3.0], [1.0, 1.0, 1.0])
    array([0.5, 2. , 1.5])
    """
    refuse_masked_kernel(kernel)
    if is_a(kernel, "Kernel") and is_a(array, "Kernel"):
        raise TypeError("Can't convolve two kernels with convolve_fft.  Use convolve instead.")
    if nan_treatment not in ("interpolate", "fill"):
        raise ValueError("nan_treatment must be one of 'interpolate','fill'")
    x = _numbers(array, mask, copy=True)
    w = _numbers(kernel, copy=True)
    if x.ndim != w.ndim:
        raise ValueError("Image and kernel must have same number of dimensions")
    complex_dtype = np.dtype(complex_dtype)
    _check_size(x.shape, complex_dtype, allow_huge)
    interpolates = nan_treatment == "interpolate"
    missing = ~np.isfinite(x)
    x[missing] = 0 if interpolates else fill_value
    # a fill value that is not finite makes spectra that are refused
    spoiled = not (interpolates or np.isfinite(fill_value)) and bool(missing.any())
    w[~np.isfinite(w)] = 0
    normal, scale = _normalized(w, normalize_kernel, normalization_zero_tol, interpolates)
    pads = _pads(boundary, psf_pad, fft_pad, dealias)
    if boundary == "wrap":
        fill_value = 0
    shape = _transform_shape(x.shape, w.shape, *pads, dealias)
    _check_size(shape, complex_dtype, allow_huge)
    work = _Work(x, missing, normal, scale, fill_value, interpolates, min_wt)
    unit = getattr(array, "unit", None)
    usual = crop and not return_fft and fftn is np.fft.fftn and ifftn is np.fft.ifftn
    usual &= complex_dtype == np.complex128 and not callable(normalize_kernel)
    usual &= not spoiled
    usual &= x.dtype.kind == normal.dtype.kind == "f" and x.size > 0 and x.ndim > 0
    if usual and pads[0]:
        result = work.filtered("fill")
    elif usual and boundary == "wrap" and shape == x.shape:
        result = work.filtered("wrap")
    else:
        spectrum, weights = work.spectra(shape, fftn, ifftn, complex_dtype)
        if return_fft:
            return with_unit(spectrum, unit)
        result = work.divided(ifftn(spectrum), weights)
        inside = _centred(shape, x.shape)
        if preserve_nan:
            result[inside][missing] = np.nan
        return with_unit((result[inside] if crop else result).real, unit)
    if preserve_nan:
        result[missing] = np.nan
    return with_unit(result, unit)


@dataclass
class _Work:
    """An array and a kernel, as both ways of computing the convolution take them.

    Attributes
    ----------
    x : ndarray
        The array, with 0 or the fill value in place of what is missing.
    missing : ndarray of bool
    kernel : ndarray
        The normalized kernel.
    scale : scalar
        Multiplies the result.
    fill : scalar
        The value past the edges.
    interpolates : bool
    min_wt : float
        As in `convolve_fft`.
    """

    x: np.ndarray
    missing: np.ndarray
    kernel: np.ndarray
    scale: complex
    fill: float
    interpolates: bool
    min_wt: float

    def filtered(self, boundary):
        """Return the convolution by `fastconv.convolve`."""
        # the centre of an even kernel is the second of the two elements in its middle
        w = np.pad(self.kernel, [(0, 1 - n % 2) for n in self.kernel.shape])
        options = {"mode": "same", "boundary": boundary}
        fill = self.fill
        if boundary == "fill" and not np.isfinite(fill) and not self.interpolates:
            fill = 0.0
        outside = np.isfinite(fill)  # whether values past the edges take part
        x, masked = self.x, self.missing if self.interpolates else None
        if not outside:
            x = with_nan_around(x, w.shape)
            margins = [(n // 2, n // 2) for n in w.shape]
            masked = np.pad(self.missing, margins, constant_values=True)
            options = {"mode": "valid"}
        if masked is None or not masked.any() and self.min_wt < _WHOLE:
            return nd.convolve(x, w, fillvalue=fill if outside else 0, **options) * self.scale
        if self.min_wt > 0 or w.min() < 0:  # a negative weight counts as none
            x = np.where(masked, 0, x)
            weights = nd.convolve((~masked).astype(float), w, **options, fillvalue=1)
            sums = nd.convolve(x, w, **options, fillvalue=fill if outside else 0)
            return self.divided(sums * self.scale, weights)
        result = nd.convolve(
            x, w, mask=masked, normalize=True, fillvalue=fill if outside else 0, **options
        )
        result[np.isnan(result)] = 0  # no weight at all
        result *= self.scale
        return result

    def spectra(self, shape, fftn, ifftn, dtype):
        """Return the product of the spectra, and the weights of what is valid, None for all."""
        inside = _centred(shape, self.x.shape)
        outside = bool(np.isfinite(self.fill))
        image = np.full(shape, self.fill if outside else 0, dtype)
        image[inside] = self.x
        kernel = np.zeros(shape, dtype)
        kernel[_centred(shape, self.kernel.shape)] = self.kernel
        kernel_spectrum = fftn(np.fft.ifftshift(kernel))
        spectrum = fftn(image) * kernel_spectrum
        weights = None
        if self.interpolates:
            weights = np.full(shape, outside, dtype)
            weights[inside] = ~self.missing
            weights[inside] = ifftn(fftn(weights) * kernel_spectrum).real[inside]
        if np.isnan(spectrum).any():
            raise ValueError("Encountered NaNs in convolve.  This is disallowed.")
        spectrum *= self.scale
        return spectrum, weights

    def divided(self, sums, weights):
        """Return sums divided by weights, with what stands for too little weight."""
        if weights is None:
            return sums
        with np.errstate(divide="ignore", invalid="ignore"):
            result = sums / weights
        if self.min_wt > 0:
            result[weights.real < self.min_wt] = np.nan
        else:
            result[weights.real < _NONE * np.finfo(weights.dtype).eps] = 0
        return result


def _numbers(given, mask=None, copy=False):
    """Return what a caller passed as an array of float64, or of complex128 if it is complex."""
    if is_a(given, "Kernel"):
        given = given.array
    own = getattr(given, "dtype", None)
    own = np.asarray(given).dtype if own is None else np.dtype(own)
    real = own.kind in "fiub" and own.itemsize <= 8
    return values_of(given, float if real else complex, mask, copy)


def _normalized(w, normalize, tolerance, interpolates):
    """Return the kernel divided by its sum or by what the caller's function says, and a factor."""
    if normalize is True:
        total = w.sum()
        if total < LEAST_SUM:
            raise Exception(  # noqa: TRY002 - as astropy
                "The kernel can't be normalized, because its sum is close to zero. The sum of the "
                f"given kernel is < {LEAST_SUM:.2f}. For a zero-sum kernel, set "
                "normalize_kernel=False or pass a custom normalization function to "
                "normalize_kernel."
            )
        return w / total, 1
    if normalize:
        scale = normalize(w)
        return w / scale, scale
    total = w.sum()
    if abs(total) >= tolerance:
        return w / total, total
    if interpolates:
        raise ValueError("Cannot interpolate NaNs with an unnormalizable kernel")
    return w, 1


def _pads(boundary, psf_pad, fft_pad, dealias):
    """Return whether transforms are as large as both arguments together, and of fast sizes."""
    if boundary is None:
        warn(
            "The convolve_fft version of boundary=None is equivalent to the convolve "
            "boundary='fill'.  There is no FFT equivalent to convolve's "
            "zero-if-kernel-leaves-boundary"
        )
        return psf_pad is None or psf_pad, fft_pad is None or fft_pad
    if boundary == "fill":
        if psf_pad is False:
            warn(f"psf_pad was set to {psf_pad}, which overrides the boundary='fill' setting.")
        return psf_pad is not False, fft_pad is None or fft_pad
    if boundary == "wrap":
        for name, value in (("psf_pad", psf_pad), ("fft_pad", fft_pad), ("dealias", dealias)):
            if value:
                raise ValueError(f"With boundary='wrap', {name} cannot be enabled.")
        return False, False
    if boundary == "extend":
        raise NotImplementedError(
            "The 'extend' option is not implemented for fft-based convolution"
        )
    return bool(psf_pad), bool(fft_pad)


def _transform_shape(shape, sizes, psf_pad, fft_pad, dealias):
    """Return the shape of the transforms."""
    pairs = zip(shape, sizes, strict=True)
    lengths = [n + k if psf_pad else max(n, k) for n, k in pairs]
    if dealias:
        lengths = [n + math.ceil(n / 2) for n in lengths]
    if fft_pad:
        from scipy.fft import next_fast_len

        lengths = [next_fast_len(n) for n in lengths]
    return tuple(lengths)


def _centred(shape, sizes):
    """Return the place of an array of `sizes` in the middle of one of `shape`."""
    pairs = zip(shape, sizes, strict=True)
    return tuple([slice(n // 2 - k // 2, n // 2 + (k + 1) // 2) for n, k in pairs])


def _check_size(shape, dtype, allow_huge):
    """Refuse an array of more than 1 GB unless the caller allows it."""
    size = math.prod(shape) * dtype.itemsize
    if size > _HUGE and not allow_huge:
        raise ValueError(
            f"Size Error: Arrays will be {_size_text(size)}.  Use allow_huge=True to override this "
            "exception."
        )


def _size_text(size):
    """Return a number of bytes as astropy writes it: ``1.5G``."""
    power = int(math.log(size, 1000) + 1e-12)
    return f"{str(size / 1000**power)[:3].rstrip('.'):>3s}{' kMGTPEZY'[power]}"
