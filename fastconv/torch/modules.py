"""Torch's convolution modules, with a `forward` that calls the functions of this package.

Their parameters, hooks and `state_dict` are those of `torch.nn`'s classes, and they keep nothing of
their own, so that they can be copied and pickled. `replace_convolutions` exchanges the classes.
"""

import torch
from torch import nn
from torch.nn import functional as F

from .calling import convolved
from .options import each
from .prepared import forget


class _Ours:
    """What all modules of this file have in common."""

    def _get_name(self):
        return f"fastconv.{super()._get_name()}"

    def train(self, mode=True):
        if mode:
            self.forget_weight()
        return super().train(mode)

    def forget_weight(self):
        """Drop the prepared weight, if there is one."""
        weight = self._parameters.get("weight")
        if weight is not None:
            forget(weight)

    def _convolved(self, name, input, weight, bias, *options):
        # a weight that is no parameter is made for each call, for instance by a parametrization
        constant = not self.training and type(weight) is nn.Parameter
        if constant and torch.is_grad_enabled():
            constant = not (
                input.requires_grad
                or weight.requires_grad
                or (bias is not None and bias.requires_grad)
            )
        keeps = constant and not torch.jit.is_tracing()
        return convolved(name, input, weight, bias, *options, prepared=keeps)


class _Conv(_Ours):
    """A convolution with the forward pass of this package."""

    def _conv_forward(self, input, weight, bias):
        dims = len(self.kernel_size)
        padding = self.padding
        if self.padding_mode != "zeros":
            # torch's own functions fill borders, and have gradients for that
            input = F.pad(input, self._reversed_padding_repeated_twice, mode=self.padding_mode)
            padding = 0
        return self._convolved(
            f"conv{dims}d", input, weight, bias, self.stride, padding, self.dilation, self.groups
        )

    def forward(self, input):
        return self._conv_forward(input, self.weight, self.bias)


class _ConvTranspose(_Ours):
    """A transposed convolution with the forward pass of this package."""

    def forward(self, input, output_size=None):
        dims = len(self.kernel_size)
        extra = self._output_padding(
            input, None if output_size is None else list(each(output_size, dims)), self.stride,
            self.padding, self.kernel_size, dims, self.dilation,
        )  # fmt: skip
        return self._convolved(
            f"conv_transpose{dims}d", input, self.weight, self.bias, self.stride, self.padding,
            extra, self.groups, self.dilation,
        )  # fmt: skip


class Conv1d(_Conv, nn.Conv1d):
    """`torch.nn.Conv1d` by fastconv."""


class Conv2d(_Conv, nn.Conv2d):
    """`torch.nn.Conv2d` by fastconv."""


class Conv3d(_Conv, nn.Conv3d):
    """`torch.nn.Conv3d` by fastconv."""


class ConvTranspose1d(_ConvTranspose, nn.ConvTranspose1d):
    """`torch.nn.ConvTranspose1d` by fastconv."""


class ConvTranspose2d(_ConvTranspose, nn.ConvTranspose2d):
    """`torch.nn.ConvTranspose2d` by fastconv."""


class ConvTranspose3d(_ConvTranspose, nn.ConvTranspose3d):
    """`torch.nn.ConvTranspose3d` by fastconv."""


class LazyConv1d(_Conv, nn.LazyConv1d):
    """`torch.nn.LazyConv1d` by fastconv."""

    cls_to_become = Conv1d


class LazyConv2d(_Conv, nn.LazyConv2d):
    """`torch.nn.LazyConv2d` by fastconv."""

    cls_to_become = Conv2d


class LazyConv3d(_Conv, nn.LazyConv3d):
    """`torch.nn.LazyConv3d` by fastconv."""

    cls_to_become = Conv3d


class LazyConvTranspose1d(_ConvTranspose, nn.LazyConvTranspose1d):
    """`torch.nn.LazyConvTranspose1d` by fastconv."""

    cls_to_become = ConvTranspose1d


class LazyConvTranspose2d(_ConvTranspose, nn.LazyConvTranspose2d):
    """`torch.nn.LazyConvTranspose2d` by fastconv."""

    cls_to_become = ConvTranspose2d


class LazyConvTranspose3d(_ConvTranspose, nn.LazyConvTranspose3d):
    """`torch.nn.LazyConvTranspose3d` by fastconv."""

    cls_to_become = ConvTranspose3d


#: each class of torch, and ours in its place
OURS = {
    getattr(nn, cls.__name__): cls
    for cls in (
        Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, LazyConv1d,
        LazyConv2d, LazyConv3d, LazyConvTranspose1d, LazyConvTranspose2d, LazyConvTranspose3d,
    )
}  # fmt: skip
