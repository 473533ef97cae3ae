from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, overload

from numpy.typing import ArrayLike, NDArray

_Array: TypeAlias = NDArray[Any]
_Sizes: TypeAlias = int | Sequence[int]
_Accuracy: TypeAlias = Literal["high", "default", "fast"]
_Padding: TypeAlias = str | int | Sequence[int | Sequence[int]]

def adaptive_avg_pool1d(
    input: ArrayLike, output_size: _Sizes, *, algorithm: str = "auto", out: _Array | None = None,
    num_threads: int | None = None,
) -> _Array: ...
def adaptive_avg_pool2d(
    input: ArrayLike, output_size: _Sizes, *, algorithm: str = "auto", out: _Array | None = None,
    num_threads: int | None = None,
) -> _Array: ...
def adaptive_avg_pool3d(
    input: ArrayLike, output_size: _Sizes, *, algorithm: str = "auto", out: _Array | None = None,
    num_threads: int | None = None,
) -> _Array: ...
@overload
def adaptive_max_pool1d(
    input: ArrayLike, output_size: _Sizes, return_indices: Literal[False] = False, *,
    algorithm: str = "auto", out: _Array | tuple[_Array, _Array] | None = None,
    num_threads: int | None = None,
) -> _Array: ...
@overload
def adaptive_max_pool1d(
    input: ArrayLike, output_size: _Sizes, *, return_indices: Literal[True],
    algorithm: str = "auto", out: _Array | tuple[_Array, _Array] | None = None,
    num_threads: int | None = None,
) -> tuple[_Array, _Array]: ...
@overload
def adaptive_max_pool2d(
    input: ArrayLike, output_size: _Sizes, return_indices: Literal[False] = False, *,
    algorithm: str = "auto", out: _Array | tuple[_Array, _Array] | None = None,
    num_threads: int | None = None,
) -> _Array: ...
@overload
def adaptive_max_pool2d(
    input: ArrayLike, output_size: _Sizes, *, return_indices: Literal[True],
    algorithm: str = "auto", out: _Array | tuple[_Array, _Array] | None = None,
    num_threads: int | None = None,
) -> tuple[_Array, _Array]: ...
@overload
def adaptive_max_pool3d(
    input: ArrayLike, output_size: _Sizes, return_indices: Literal[False] = False, *,
    algorithm: str = "auto", out: _Array | tuple[_Array, _Array] | None = None,
    num_threads: int | None = None,
) -> _Array: ...
@overload
def adaptive_max_pool3d(
    input: ArrayLike, output_size: _Sizes, *, return_indices: Literal[True],
    algorithm: str = "auto", out: _Array | tuple[_Array, _Array] | None = None,
    num_threads: int | None = None,
) -> tuple[_Array, _Array]: ...
def avg_pool1d(
    input: ArrayLike, kernel_size: _Sizes, stride: _Sizes | None = None, padding: _Padding = 0,
    ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: int | None = None,
    *, dilation: _Sizes = 1, algorithm: str = "auto", out: _Array | None = None,
    num_threads: int | None = None,
) -> _Array: ...
def avg_pool2d(
    input: ArrayLike, kernel_size: _Sizes, stride: _Sizes | None = None, padding: _Padding = 0,
    ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: int | None = None,
    *, dilation: _Sizes = 1, algorithm: str = "auto", out: _Array | None = None,
    num_threads: int | None = None,
) -> _Array: ...
def avg_pool3d(
    input: ArrayLike, kernel_size: _Sizes, stride: _Sizes | None = None, padding: _Padding = 0,
    ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: int | None = None,
    *, dilation: _Sizes = 1, algorithm: str = "auto", out: _Array | None = None,
    num_threads: int | None = None,
) -> _Array: ...
def conv1d(
    input: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None, stride: _Sizes = 1,
    padding: _Padding = 0, dilation: _Sizes = 1, groups: int = 1, *, padding_mode: str = "zeros",
    activation: str | None = None, add: ArrayLike | None = None, algorithm: str = "auto",
    accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def conv2d(
    input: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None, stride: _Sizes = 1,
    padding: _Padding = 0, dilation: _Sizes = 1, groups: int = 1, *, padding_mode: str = "zeros",
    activation: str | None = None, add: ArrayLike | None = None, algorithm: str = "auto",
    accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def conv3d(
    input: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None, stride: _Sizes = 1,
    padding: _Padding = 0, dilation: _Sizes = 1, groups: int = 1, *, padding_mode: str = "zeros",
    activation: str | None = None, add: ArrayLike | None = None, algorithm: str = "auto",
    accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def conv_transpose1d(
    input: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None, stride: _Sizes = 1,
    padding: _Padding = 0, output_padding: _Sizes = 0, groups: int = 1, dilation: _Sizes = 1, *,
    output_size: _Sizes | None = None, activation: str | None = None, algorithm: str = "auto",
    accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def conv_transpose2d(
    input: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None, stride: _Sizes = 1,
    padding: _Padding = 0, output_padding: _Sizes = 0, groups: int = 1, dilation: _Sizes = 1, *,
    output_size: _Sizes | None = None, activation: str | None = None, algorithm: str = "auto",
    accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def conv_transpose3d(
    input: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None, stride: _Sizes = 1,
    padding: _Padding = 0, output_padding: _Sizes = 0, groups: int = 1, dilation: _Sizes = 1, *,
    output_size: _Sizes | None = None, activation: str | None = None, algorithm: str = "auto",
    accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def fold(
    input: ArrayLike, output_size: _Sizes, kernel_size: _Sizes, dilation: _Sizes = 1,
    padding: _Padding = 0, stride: _Sizes = 1, *, algorithm: str = "auto",
    out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def local_conv1d(
    input: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None, stride: _Sizes = 1,
    padding: _Padding = 0, *, activation: str | None = None, algorithm: str = "auto",
    accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def local_conv2d(
    input: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None, stride: _Sizes = 1,
    padding: _Padding = 0, *, activation: str | None = None, algorithm: str = "auto",
    accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def lp_pool1d(
    input: ArrayLike, norm_type: float, kernel_size: _Sizes, stride: _Sizes | None = None,
    ceil_mode: bool = False, *, padding: _Padding = 0, dilation: _Sizes = 1,
    algorithm: str = "auto", out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def lp_pool2d(
    input: ArrayLike, norm_type: float, kernel_size: _Sizes, stride: _Sizes | None = None,
    ceil_mode: bool = False, *, padding: _Padding = 0, dilation: _Sizes = 1,
    algorithm: str = "auto", out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def lp_pool3d(
    input: ArrayLike, norm_type: float, kernel_size: _Sizes, stride: _Sizes | None = None,
    ceil_mode: bool = False, *, padding: _Padding = 0, dilation: _Sizes = 1,
    algorithm: str = "auto", out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
@overload
def max_pool1d(
    input: ArrayLike, kernel_size: _Sizes, stride: _Sizes | None = None, padding: _Padding = 0,
    dilation: _Sizes = 1, ceil_mode: bool = False, return_indices: Literal[False] = False, *,
    algorithm: str = "auto", out: _Array | tuple[_Array, _Array] | None = None,
    num_threads: int | None = None,
) -> _Array: ...
@overload
def max_pool1d(
    input: ArrayLike, kernel_size: _Sizes, stride: _Sizes | None = None, padding: _Padding = 0,
    dilation: _Sizes = 1, ceil_mode: bool = False, *, return_indices: Literal[True],
    algorithm: str = "auto", out: _Array | tuple[_Array, _Array] | None = None,
    num_threads: int | None = None,
) -> tuple[_Array, _Array]: ...
@overload
def max_pool2d(
    input: ArrayLike, kernel_size: _Sizes, stride: _Sizes | None = None, padding: _Padding = 0,
    dilation: _Sizes = 1, ceil_mode: bool = False, return_indices: Literal[False] = False, *,
    algorithm: str = "auto", out: _Array | tuple[_Array, _Array] | None = None,
    num_threads: int | None = None,
) -> _Array: ...
@overload
def max_pool2d(
    input: ArrayLike, kernel_size: _Sizes, stride: _Sizes | None = None, padding: _Padding = 0,
    dilation: _Sizes = 1, ceil_mode: bool = False, *, return_indices: Literal[True],
    algorithm: str = "auto", out: _Array | tuple[_Array, _Array] | None = None,
    num_threads: int | None = None,
) -> tuple[_Array, _Array]: ...
@overload
def max_pool3d(
    input: ArrayLike, kernel_size: _Sizes, stride: _Sizes | None = None, padding: _Padding = 0,
    dilation: _Sizes = 1, ceil_mode: bool = False, return_indices: Literal[False] = False, *,
    algorithm: str = "auto", out: _Array | tuple[_Array, _Array] | None = None,
    num_threads: int | None = None,
) -> _Array: ...
@overload
def max_pool3d(
    input: ArrayLike, kernel_size: _Sizes, stride: _Sizes | None = None, padding: _Padding = 0,
    dilation: _Sizes = 1, ceil_mode: bool = False, *, return_indices: Literal[True],
    algorithm: str = "auto", out: _Array | tuple[_Array, _Array] | None = None,
    num_threads: int | None = None,
) -> tuple[_Array, _Array]: ...
def max_unpool1d(
    input: ArrayLike, indices: ArrayLike, kernel_size: _Sizes, stride: _Sizes | None = None,
    padding: _Padding = 0, output_size: _Sizes | None = None, *, algorithm: str = "auto",
    out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def max_unpool2d(
    input: ArrayLike, indices: ArrayLike, kernel_size: _Sizes, stride: _Sizes | None = None,
    padding: _Padding = 0, output_size: _Sizes | None = None, *, algorithm: str = "auto",
    out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def max_unpool3d(
    input: ArrayLike, indices: ArrayLike, kernel_size: _Sizes, stride: _Sizes | None = None,
    padding: _Padding = 0, output_size: _Sizes | None = None, *, algorithm: str = "auto",
    out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def maxout(
    input: ArrayLike, groups: int, axis: int = 1, *, algorithm: str = "auto",
    out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def tiled_conv2d(
    input: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None, stride: _Sizes = 1,
    padding: _Padding = 0, *, activation: str | None = None, algorithm: str = "auto",
    accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def unfold(
    input: ArrayLike, kernel_size: _Sizes, dilation: _Sizes = 1, padding: _Padding = 0,
    stride: _Sizes = 1, *, algorithm: str = "auto", out: _Array | None = None,
    num_threads: int | None = None,
) -> _Array: ...
def weighted_pool2d(
    input: ArrayLike, weights: ArrayLike, stride: _Sizes | None = None, padding: _Padding = 0, *,
    algorithm: str = "auto", out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
