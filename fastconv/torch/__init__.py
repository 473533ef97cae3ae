"""Use fastconv from PyTorch: convolutions of CPU tensors, and networks that run on them.

Modules, each of which imports from those above it only:

options       Names and defaults of options; the shape of a result.
own           What torch computes itself, and how `fastconv.record` shows that.
prepared      Weights that are prepared once, for networks that are not trained.
operators     The operators `fastconv::conv2d`, ...: schemas, kernels, shapes, gradients.
calling       The call of an operator, or of torch's own function.
convolution   `conv1d`, `conv2d` and `conv3d`, with PyTorch's signatures.
transposed    `conv_transpose1d`, `conv_transpose2d` and `conv_transpose3d`.
unshared      `local_conv1d` and `local_conv2d`, which torch does not have.
modules       `torch.nn`'s convolutions, with a `forward` that calls these functions.
replacing     `replace_convolutions` and `restore_convolutions`.
"""

try:
    import torch  # noqa: F401 - asked for here, so that the message names the extra
except ImportError as error:
    raise ImportError(
        "fastconv.torch needs the package torch: pip install 'fastconv[torch]'"
    ) from error

from .convolution import conv1d, conv2d, conv3d
from .replacing import replace_convolutions, restore_convolutions
from .transposed import conv_transpose1d, conv_transpose2d, conv_transpose3d
from .unshared import local_conv1d, local_conv2d

__all__ = [
    "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d",
    "local_conv1d", "local_conv2d", "replace_convolutions", "restore_convolutions",
]  # fmt: skip
