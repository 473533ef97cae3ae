from collections.abc import Sequence
from typing import Any, TypeAlias

from numpy.typing import ArrayLike, DTypeLike, NDArray

_Array: TypeAlias = NDArray[Any]
_Sizes: TypeAlias = int | Sequence[int]

def convolve(
    in1: ArrayLike, in2: ArrayLike, mode: str = "full", method: str = "auto", *,
    axes: int | Sequence[int] | None = None, boundary: str = "fill", fillvalue: complex = 0,
    stride: _Sizes = 1, dilation: _Sizes = 1, mask: ArrayLike | None = None,
    nan_policy: str = "propagate", normalize: bool = False, output_dtype: DTypeLike | None = None,
    rounding: str = "truncate", saturate: bool = False, algorithm: str = "auto",
    out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def correlate(
    in1: ArrayLike, in2: ArrayLike, mode: str = "full", method: str = "auto", *,
    axes: int | Sequence[int] | None = None, boundary: str = "fill", fillvalue: complex = 0,
    stride: _Sizes = 1, dilation: _Sizes = 1, mask: ArrayLike | None = None,
    nan_policy: str = "propagate", normalize: bool = False, output_dtype: DTypeLike | None = None,
    rounding: str = "truncate", saturate: bool = False, algorithm: str = "auto",
    out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def match_template(
    image: ArrayLike, template: ArrayLike, pad_input: bool = False, mode: str = "constant",
    constant_values: float = 0, *, algorithm: str = "auto", out: _Array | None = None,
    num_threads: int | None = None,
) -> _Array: ...
