from collections.abc import Sequence
from typing import Any, TypeAlias

from numpy.typing import ArrayLike, DTypeLike, NDArray

_Array: TypeAlias = NDArray[Any]
_Sizes: TypeAlias = int | Sequence[int]
_Output: TypeAlias = _Array | DTypeLike | None
_Mode: TypeAlias = str | Sequence[str]

def binary_closing(
    input: ArrayLike, structure: ArrayLike | None = None, iterations: int = 1,
    output: _Output = None, origin: _Sizes = 0, mask: ArrayLike | None = None,
    border_value: int = 0, brute_force: bool = False, *, axes: int | Sequence[int] | None = None,
    algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def binary_dilation(
    input: ArrayLike, structure: ArrayLike | None = None, iterations: int = 1,
    mask: ArrayLike | None = None, output: _Output = None, border_value: int = 0,
    origin: _Sizes = 0, brute_force: bool = False, *, axes: int | Sequence[int] | None = None,
    algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def binary_erosion(
    input: ArrayLike, structure: ArrayLike | None = None, iterations: int = 1,
    mask: ArrayLike | None = None, output: _Output = None, border_value: int = 0,
    origin: _Sizes = 0, brute_force: bool = False, *, axes: int | Sequence[int] | None = None,
    algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def binary_opening(
    input: ArrayLike, structure: ArrayLike | None = None, iterations: int = 1,
    output: _Output = None, origin: _Sizes = 0, mask: ArrayLike | None = None,
    border_value: int = 0, brute_force: bool = False, *, axes: int | Sequence[int] | None = None,
    algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def gaussian_filter(
    input: ArrayLike, sigma: float | Sequence[float], order: _Sizes = 0, output: _Output = None,
    mode: _Mode = "reflect", cval: float = 0.0, truncate: float = 4.0, *,
    radius: _Sizes | None = None, axes: int | Sequence[int] | None = None,
    algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def gaussian_filter1d(
    input: ArrayLike, sigma: float, axis: int = -1, order: int = 0, output: _Output = None,
    mode: _Mode = "reflect", cval: float = 0.0, truncate: float = 4.0, *,
    radius: int | None = None, algorithm: str = "auto", num_threads: int | None = None,
    out: _Array | None = None,
) -> _Array: ...
def uniform_filter(
    input: ArrayLike, size: _Sizes = 3, output: _Output = None, mode: _Mode = "reflect",
    cval: float = 0.0, origin: _Sizes = 0, *, axes: int | Sequence[int] | None = None,
    algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def uniform_filter1d(
    input: ArrayLike, size: int, axis: int = -1, output: _Output = None, mode: _Mode = "reflect",
    cval: float = 0.0, origin: int = 0, *, algorithm: str = "auto",
    num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def convolve(
    input: ArrayLike, weights: ArrayLike, output: _Output = None, mode: _Mode = "reflect",
    cval: float = 0.0, origin: _Sizes = 0, *, axes: int | Sequence[int] | None = None,
    algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def convolve1d(
    input: ArrayLike, weights: ArrayLike, axis: int = -1, output: _Output = None,
    mode: _Mode = "reflect", cval: float = 0.0, origin: int = 0, *, algorithm: str = "auto",
    num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def correlate(
    input: ArrayLike, weights: ArrayLike, output: _Output = None, mode: _Mode = "reflect",
    cval: float = 0.0, origin: _Sizes = 0, *, axes: int | Sequence[int] | None = None,
    algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def correlate1d(
    input: ArrayLike, weights: ArrayLike, axis: int = -1, output: _Output = None,
    mode: _Mode = "reflect", cval: float = 0.0, origin: int = 0, *, algorithm: str = "auto",
    num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def gaussian_gradient_magnitude(
    input: ArrayLike, sigma: float | Sequence[float], output: _Output = None,
    mode: _Mode = "reflect", cval: float = 0.0, *, axes: int | Sequence[int] | None = None,
    algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
    **kwargs: Any,
) -> _Array: ...
def gaussian_laplace(
    input: ArrayLike, sigma: float | Sequence[float], output: _Output = None,
    mode: _Mode = "reflect", cval: float = 0.0, *, axes: int | Sequence[int] | None = None,
    algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
    **kwargs: Any,
) -> _Array: ...
def laplace(
    input: ArrayLike, output: _Output = None, mode: _Mode = "reflect", cval: float = 0.0, *,
    axes: int | Sequence[int] | None = None, algorithm: str = "auto",
    num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def prewitt(
    input: ArrayLike, axis: int = -1, output: _Output = None, mode: _Mode = "reflect",
    cval: float = 0.0, *, algorithm: str = "auto", num_threads: int | None = None,
    out: _Array | None = None,
) -> _Array: ...
def sobel(
    input: ArrayLike, axis: int = -1, output: _Output = None, mode: _Mode = "reflect",
    cval: float = 0.0, *, algorithm: str = "auto", num_threads: int | None = None,
    out: _Array | None = None,
) -> _Array: ...
def grey_closing(
    input: ArrayLike, size: _Sizes | None = None, footprint: ArrayLike | None = None,
    structure: ArrayLike | None = None, output: _Output = None, mode: _Mode = "reflect",
    cval: float = 0.0, origin: _Sizes = 0, *, axes: int | Sequence[int] | None = None,
    algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def grey_dilation(
    input: ArrayLike, size: _Sizes | None = None, footprint: ArrayLike | None = None,
    structure: ArrayLike | None = None, output: _Output = None, mode: _Mode = "reflect",
    cval: float = 0.0, origin: _Sizes = 0, *, axes: int | Sequence[int] | None = None,
    algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def grey_erosion(
    input: ArrayLike, size: _Sizes | None = None, footprint: ArrayLike | None = None,
    structure: ArrayLike | None = None, output: _Output = None, mode: _Mode = "reflect",
    cval: float = 0.0, origin: _Sizes = 0, *, axes: int | Sequence[int] | None = None,
    algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def grey_opening(
    input: ArrayLike, size: _Sizes | None = None, footprint: ArrayLike | None = None,
    structure: ArrayLike | None = None, output: _Output = None, mode: _Mode = "reflect",
    cval: float = 0.0, origin: _Sizes = 0, *, axes: int | Sequence[int] | None = None,
    algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def median_filter(
    input: ArrayLike, size: _Sizes | None = None, footprint: ArrayLike | None = None,
    output: _Output = None, mode: _Mode = "reflect", cval: float = 0.0, origin: _Sizes = 0, *,
    axes: int | Sequence[int] | None = None, algorithm: str = "auto",
    num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def percentile_filter(
    input: ArrayLike, percentile: float | Sequence[float], size: _Sizes | None = None,
    footprint: ArrayLike | None = None, output: _Output = None, mode: _Mode = "reflect",
    cval: float = 0.0, origin: _Sizes = 0, *, axes: int | Sequence[int] | None = None,
    algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def rank_filter(
    input: ArrayLike, rank: int, size: _Sizes | None = None, footprint: ArrayLike | None = None,
    output: _Output = None, mode: _Mode = "reflect", cval: float = 0.0, origin: _Sizes = 0, *,
    axes: int | Sequence[int] | None = None, algorithm: str = "auto",
    num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def maximum_filter(
    input: ArrayLike, size: _Sizes | None = None, footprint: ArrayLike | None = None,
    output: _Output = None, mode: _Mode = "reflect", cval: float = 0.0, origin: _Sizes = 0, *,
    axes: int | Sequence[int] | None = None, algorithm: str = "auto",
    num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def maximum_filter1d(
    input: ArrayLike, size: int, axis: int = -1, output: _Output = None, mode: _Mode = "reflect",
    cval: float = 0.0, origin: int = 0, *, algorithm: str = "auto",
    num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def minimum_filter(
    input: ArrayLike, size: _Sizes | None = None, footprint: ArrayLike | None = None,
    output: _Output = None, mode: _Mode = "reflect", cval: float = 0.0, origin: _Sizes = 0, *,
    axes: int | Sequence[int] | None = None, algorithm: str = "auto",
    num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def minimum_filter1d(
    input: ArrayLike, size: int, axis: int = -1, output: _Output = None, mode: _Mode = "reflect",
    cval: float = 0.0, origin: int = 0, *, algorithm: str = "auto",
    num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def black_tophat(
    input: ArrayLike, size: _Sizes | None = None, footprint: ArrayLike | None = None,
    structure: ArrayLike | None = None, output: _Output = None, mode: _Mode = "reflect",
    cval: float = 0.0, origin: _Sizes = 0, *, axes: int | Sequence[int] | None = None,
    algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def morphological_gradient(
    input: ArrayLike, size: _Sizes | None = None, footprint: ArrayLike | None = None,
    structure: ArrayLike | None = None, output: _Output = None, mode: _Mode = "reflect",
    cval: float = 0.0, origin: _Sizes = 0, *, axes: int | Sequence[int] | None = None,
    algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def morphological_laplace(
    input: ArrayLike, size: _Sizes | None = None, footprint: ArrayLike | None = None,
    structure: ArrayLike | None = None, output: _Output = None, mode: _Mode = "reflect",
    cval: float = 0.0, origin: _Sizes = 0, *, axes: int | Sequence[int] | None = None,
    algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def white_tophat(
    input: ArrayLike, size: _Sizes | None = None, footprint: ArrayLike | None = None,
    structure: ArrayLike | None = None, output: _Output = None, mode: _Mode = "reflect",
    cval: float = 0.0, origin: _Sizes = 0, *, axes: int | Sequence[int] | None = None,
    algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...

# every other name is scipy.ndimage's own
def __getattr__(name: str) -> Any: ...
