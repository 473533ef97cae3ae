from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

from numpy.typing import ArrayLike, NDArray

_Array: TypeAlias = NDArray[Any]
_Sizes: TypeAlias = int | Sequence[int]
_Accuracy: TypeAlias = Literal["high", "default", "fast"]
_Padding: TypeAlias = str | int | Sequence[int | Sequence[int]]

def adaptive_avg_pool1d_input(
    grad_output: ArrayLike, input_size: Sequence[int], *, algorithm: str = "auto",
    out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def adaptive_avg_pool2d_input(
    grad_output: ArrayLike, input_size: Sequence[int], *, algorithm: str = "auto",
    out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def adaptive_avg_pool3d_input(
    grad_output: ArrayLike, input_size: Sequence[int], *, algorithm: str = "auto",
    out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def adaptive_max_pool1d_input(
    grad_output: ArrayLike, indices: ArrayLike, input_size: Sequence[int], *,
    algorithm: str = "auto", out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def adaptive_max_pool2d_input(
    grad_output: ArrayLike, indices: ArrayLike, input_size: Sequence[int], *,
    algorithm: str = "auto", out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def adaptive_max_pool3d_input(
    grad_output: ArrayLike, indices: ArrayLike, input_size: Sequence[int], *,
    algorithm: str = "auto", out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def avg_pool1d_input(
    grad_output: ArrayLike, input_size: Sequence[int], kernel_size: _Sizes,
    stride: _Sizes | None = None, padding: _Padding = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None, *, dilation: _Sizes = 1,
    algorithm: str = "auto", out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def avg_pool2d_input(
    grad_output: ArrayLike, input_size: Sequence[int], kernel_size: _Sizes,
    stride: _Sizes | None = None, padding: _Padding = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None, *, dilation: _Sizes = 1,
    algorithm: str = "auto", out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def avg_pool3d_input(
    grad_output: ArrayLike, input_size: Sequence[int], kernel_size: _Sizes,
    stride: _Sizes | None = None, padding: _Padding = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None, *, dilation: _Sizes = 1,
    algorithm: str = "auto", out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def conv1d_bias(
    grad_output: ArrayLike, *, per_position: bool = False, algorithm: str = "auto",
    accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def conv1d_input(
    input_size: Sequence[int], weight: ArrayLike, grad_output: ArrayLike, stride: _Sizes = 1,
    padding: _Padding = 0, dilation: _Sizes = 1, groups: int = 1, *, padding_mode: str = "zeros",
    algorithm: str = "auto", accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def conv1d_weight(
    input: ArrayLike, weight_size: Sequence[int], grad_output: ArrayLike, stride: _Sizes = 1,
    padding: _Padding = 0, dilation: _Sizes = 1, groups: int = 1, *, padding_mode: str = "zeros",
    algorithm: str = "auto", accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def conv2d_bias(
    grad_output: ArrayLike, *, per_position: bool = False, algorithm: str = "auto",
    accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def conv2d_input(
    input_size: Sequence[int], weight: ArrayLike, grad_output: ArrayLike, stride: _Sizes = 1,
    padding: _Padding = 0, dilation: _Sizes = 1, groups: int = 1, *, padding_mode: str = "zeros",
    algorithm: str = "auto", accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def conv2d_weight(
    input: ArrayLike, weight_size: Sequence[int], grad_output: ArrayLike, stride: _Sizes = 1,
    padding: _Padding = 0, dilation: _Sizes = 1, groups: int = 1, *, padding_mode: str = "zeros",
    algorithm: str = "auto", accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def conv3d_bias(
    grad_output: ArrayLike, *, per_position: bool = False, algorithm: str = "auto",
    accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def conv3d_input(
    input_size: Sequence[int], weight: ArrayLike, grad_output: ArrayLike, stride: _Sizes = 1,
    padding: _Padding = 0, dilation: _Sizes = 1, groups: int = 1, *, padding_mode: str = "zeros",
    algorithm: str = "auto", accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def conv3d_weight(
    input: ArrayLike, weight_size: Sequence[int], grad_output: ArrayLike, stride: _Sizes = 1,
    padding: _Padding = 0, dilation: _Sizes = 1, groups: int = 1, *, padding_mode: str = "zeros",
    algorithm: str = "auto", accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def conv_transpose1d_bias(
    grad_output: ArrayLike, *, algorithm: str = "auto", accuracy: _Accuracy = "default",
    out: _Array | None = None, workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def conv_transpose1d_input(
    input_size: Sequence[int], weight: ArrayLike, grad_output: ArrayLike, stride: _Sizes = 1,
    padding: _Padding = 0, output_padding: _Sizes = 0, groups: int = 1, dilation: _Sizes = 1, *,
    algorithm: str = "auto", accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def conv_transpose1d_weight(
    input: ArrayLike, weight_size: Sequence[int], grad_output: ArrayLike, stride: _Sizes = 1,
    padding: _Padding = 0, output_padding: _Sizes = 0, groups: int = 1, dilation: _Sizes = 1, *,
    algorithm: str = "auto", accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def conv_transpose2d_bias(
    grad_output: ArrayLike, *, algorithm: str = "auto", accuracy: _Accuracy = "default",
    out: _Array | None = None, workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def conv_transpose2d_input(
    input_size: Sequence[int], weight: ArrayLike, grad_output: ArrayLike, stride: _Sizes = 1,
    padding: _Padding = 0, output_padding: _Sizes = 0, groups: int = 1, dilation: _Sizes = 1, *,
    algorithm: str = "auto", accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def conv_transpose2d_weight(
    input: ArrayLike, weight_size: Sequence[int], grad_output: ArrayLike, stride: _Sizes = 1,
    padding: _Padding = 0, output_padding: _Sizes = 0, groups: int = 1, dilation: _Sizes = 1, *,
    algorithm: str = "auto", accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def conv_transpose3d_bias(
    grad_output: ArrayLike, *, algorithm: str = "auto", accuracy: _Accuracy = "default",
    out: _Array | None = None, workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def conv_transpose3d_input(
    input_size: Sequence[int], weight: ArrayLike, grad_output: ArrayLike, stride: _Sizes = 1,
    padding: _Padding = 0, output_padding: _Sizes = 0, groups: int = 1, dilation: _Sizes = 1, *,
    algorithm: str = "auto", accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def conv_transpose3d_weight(
    input: ArrayLike, weight_size: Sequence[int], grad_output: ArrayLike, stride: _Sizes = 1,
    padding: _Padding = 0, output_padding: _Sizes = 0, groups: int = 1, dilation: _Sizes = 1, *,
    algorithm: str = "auto", accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def local_conv1d_bias(
    grad_output: ArrayLike, *, per_position: bool = False, algorithm: str = "auto",
    accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def local_conv1d_input(
    input_size: Sequence[int], weight: ArrayLike, grad_output: ArrayLike, stride: _Sizes = 1,
    padding: _Padding = 0, *, algorithm: str = "auto", accuracy: _Accuracy = "default",
    out: _Array | None = None, workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def local_conv1d_weight(
    input: ArrayLike, weight_size: Sequence[int], grad_output: ArrayLike, stride: _Sizes = 1,
    padding: _Padding = 0, *, algorithm: str = "auto", accuracy: _Accuracy = "default",
    out: _Array | None = None, workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def local_conv2d_bias(
    grad_output: ArrayLike, *, per_position: bool = False, algorithm: str = "auto",
    accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def local_conv2d_input(
    input_size: Sequence[int], weight: ArrayLike, grad_output: ArrayLike, stride: _Sizes = 1,
    padding: _Padding = 0, *, algorithm: str = "auto", accuracy: _Accuracy = "default",
    out: _Array | None = None, workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def local_conv2d_weight(
    input: ArrayLike, weight_size: Sequence[int], grad_output: ArrayLike, stride: _Sizes = 1,
    padding: _Padding = 0, *, algorithm: str = "auto", accuracy: _Accuracy = "default",
    out: _Array | None = None, workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def lp_pool1d_input(
    grad_output: ArrayLike, input: ArrayLike, norm_type: float, kernel_size: _Sizes,
    stride: _Sizes | None = None, ceil_mode: bool = False, *, padding: _Padding = 0,
    dilation: _Sizes = 1, algorithm: str = "auto", out: _Array | None = None,
    num_threads: int | None = None,
) -> _Array: ...
def lp_pool2d_input(
    grad_output: ArrayLike, input: ArrayLike, norm_type: float, kernel_size: _Sizes,
    stride: _Sizes | None = None, ceil_mode: bool = False, *, padding: _Padding = 0,
    dilation: _Sizes = 1, algorithm: str = "auto", out: _Array | None = None,
    num_threads: int | None = None,
) -> _Array: ...
def lp_pool3d_input(
    grad_output: ArrayLike, input: ArrayLike, norm_type: float, kernel_size: _Sizes,
    stride: _Sizes | None = None, ceil_mode: bool = False, *, padding: _Padding = 0,
    dilation: _Sizes = 1, algorithm: str = "auto", out: _Array | None = None,
    num_threads: int | None = None,
) -> _Array: ...
def max_pool1d_input(
    grad_output: ArrayLike, indices: ArrayLike, input_size: Sequence[int], *,
    algorithm: str = "auto", out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def max_pool2d_input(
    grad_output: ArrayLike, indices: ArrayLike, input_size: Sequence[int], *,
    algorithm: str = "auto", out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def max_pool3d_input(
    grad_output: ArrayLike, indices: ArrayLike, input_size: Sequence[int], *,
    algorithm: str = "auto", out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def max_unpool1d_input(
    grad_output: ArrayLike, indices: ArrayLike, input_size: Sequence[int], *,
    algorithm: str = "auto", out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def max_unpool2d_input(
    grad_output: ArrayLike, indices: ArrayLike, input_size: Sequence[int], *,
    algorithm: str = "auto", out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def max_unpool3d_input(
    grad_output: ArrayLike, indices: ArrayLike, input_size: Sequence[int], *,
    algorithm: str = "auto", out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def maxout_input(
    grad_output: ArrayLike, input: ArrayLike, groups: int, axis: int = 1, *,
    algorithm: str = "auto", out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
def tiled_conv2d_bias(
    grad_output: ArrayLike, tiles: Sequence[int] | None = None, *, algorithm: str = "auto",
    accuracy: _Accuracy = "default", out: _Array | None = None,
    workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def tiled_conv2d_input(
    input_size: Sequence[int], weight: ArrayLike, grad_output: ArrayLike, stride: _Sizes = 1,
    padding: _Padding = 0, *, algorithm: str = "auto", accuracy: _Accuracy = "default",
    out: _Array | None = None, workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def tiled_conv2d_weight(
    input: ArrayLike, weight_size: Sequence[int], grad_output: ArrayLike, stride: _Sizes = 1,
    padding: _Padding = 0, *, algorithm: str = "auto", accuracy: _Accuracy = "default",
    out: _Array | None = None, workspace_limit: int | None = None, num_threads: int | None = None,
) -> _Array: ...
def weighted_pool2d_input(
    grad_output: ArrayLike, input_size: Sequence[int], weights: ArrayLike,
    stride: _Sizes | None = None, padding: _Padding = 0, *, algorithm: str = "auto",
    out: _Array | None = None, num_threads: int | None = None,
) -> _Array: ...
