from collections.abc import Sequence
from typing import TypeAlias, TypeVar

from torch import Tensor, nn

__all__ = [
    "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d",
    "local_conv1d", "local_conv2d", "replace_convolutions", "restore_convolutions",
]

_Module = TypeVar("_Module", bound=nn.Module)
_Sizes: TypeAlias = int | Sequence[int]

def conv1d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _Sizes = 1,
    padding: _Sizes | str = 0, dilation: _Sizes = 1, groups: int = 1,
) -> Tensor: ...
def conv2d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _Sizes = 1,
    padding: _Sizes | str = 0, dilation: _Sizes = 1, groups: int = 1,
) -> Tensor: ...
def conv3d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _Sizes = 1,
    padding: _Sizes | str = 0, dilation: _Sizes = 1, groups: int = 1,
) -> Tensor: ...
def conv_transpose1d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _Sizes = 1,
    padding: _Sizes = 0, output_padding: _Sizes = 0, groups: int = 1, dilation: _Sizes = 1,
) -> Tensor: ...
def conv_transpose2d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _Sizes = 1,
    padding: _Sizes = 0, output_padding: _Sizes = 0, groups: int = 1, dilation: _Sizes = 1,
) -> Tensor: ...
def conv_transpose3d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _Sizes = 1,
    padding: _Sizes = 0, output_padding: _Sizes = 0, groups: int = 1, dilation: _Sizes = 1,
) -> Tensor: ...
def local_conv1d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _Sizes = 1,
    padding: _Sizes | str = 0,
) -> Tensor: ...
def local_conv2d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _Sizes = 1,
    padding: _Sizes | str = 0,
) -> Tensor: ...
def replace_convolutions(module: _Module) -> _Module: ...
def restore_convolutions(module: _Module) -> _Module: ...
