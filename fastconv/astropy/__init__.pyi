from collections.abc import Callable
from typing import Any, TypeAlias

from numpy.typing import ArrayLike, DTypeLike, NDArray

_Array: TypeAlias = NDArray[Any]

def convolve(
    array: Any, kernel: ArrayLike, boundary: str = "fill", fill_value: float = 0.0,
    nan_treatment: str = "interpolate", normalize_kernel: bool | Callable[[_Array], float] = True,
    mask: ArrayLike | None = None, preserve_nan: bool = False,
    normalization_zero_tol: float = 1e-08,
) -> _Array: ...
def convolve_fft(
    array: Any, kernel: ArrayLike, boundary: str = "fill", fill_value: float = 0.0,
    nan_treatment: str = "interpolate", normalize_kernel: bool | Callable[[_Array], float] = True,
    normalization_zero_tol: float = 1e-08, preserve_nan: bool = False,
    mask: ArrayLike | None = None, crop: bool = True, return_fft: bool = False,
    fft_pad: bool | None = None, psf_pad: bool | None = None, min_wt: float = 0.0,
    allow_huge: bool = False, fftn: Callable[..., _Array] = ...,
    ifftn: Callable[..., _Array] = ..., complex_dtype: DTypeLike = ..., dealias: bool = False,
) -> _Array: ...
