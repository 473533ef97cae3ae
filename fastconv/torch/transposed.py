"""Transposed convolution layers of tensors in one, two and three dimensions."""

from .calling import convolved

__all__ = ["conv_transpose1d", "conv_transpose2d", "conv_transpose3d"]


def conv_transpose1d(
    input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1
):
    """Apply a 1-D transposed convolution layer to signals.

    Parameters
    ----------
    input : Tensor, shape (N, C, L) or (C, L)
        A batch of N signals with C channels, or one without a batch axis.
    weight : Tensor, shape (C, K/groups, k)
        The kernels. The input's channels come first.
    bias : Tensor, shape (K,), optional
        One number per output channel to add.
    stride, padding, output_padding, groups, dilation
        The geometry, with the values and defaults of `conv_transpose2d`, for one axis.

    Returns
    -------
    Tensor, shape (N, K, o) or (K, o)
        A contiguous tensor.

    Raises
    ------
    TypeError, ValueError
        Under the conditions that `conv2d` lists.

    See Also
    --------
    conv_transpose2d : Describes all parameters in full.

    Notes
    -----
    The result is that of `fastconv.conv_transpose1d`.

    References
    ----------
    V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning",
    arXiv:1603.07285, 2016, chapter 4.

    Examples
    --------
    >>> import torch
    >>> import fastconv.torch
    >>> x, w = torch.ones(1, 4, 5), torch.ones(4, 2, 3)
    >>> fastconv.torch.conv_transpose1d(x, w, stride=2).shape
    torch.Size([1, 2, 11])
    """
    return convolved(
        "conv_transpose1d", input, weight, bias, stride, padding, output_padding, groups, dilation
    )  # fmt: skip


def conv_transpose2d(
    input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1
):
    """Apply a 2-D transposed convolution layer to images.

    Parameters
    ----------
    input : Tensor, shape (N, C, H, W) or (C, H, W)
        A batch of N images with C channels, or one without a batch axis.
    weight : Tensor, shape (C, K/groups, kH, kW)
        The kernels. The input's channels come first.
    bias : Tensor, shape (K,), optional
        One number per output channel to add.
    stride, dilation : int or tuple of two ints, default 1
        Distance between the kernels that neighbouring inputs add to the output, and between
        neighbouring taps of a kernel.
    padding : int or tuple of two ints, default 0
        Number of positions to cut off both ends of each axis of the output.
    output_padding : int or tuple of two ints, default 0
        Number of positions to add after the output's end, less than stride or dilation.
    groups : int, default 1
        Number of blocks into which C and K are divided.

    Returns
    -------
    Tensor, shape (N, K, oH, oW) or (K, oH, oW)
        A contiguous tensor.

    Raises
    ------
    TypeError, ValueError
        Under the conditions that `conv2d` lists.

    See Also
    --------
    conv2d : Describes dtypes, devices and gradients.

    Notes
    -----
    The result is that of `fastconv.conv_transpose2d`.

    References
    ----------
    V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning",
    arXiv:1603.07285, 2016, chapter 4.

    Examples
    --------
    >>> import torch
    >>> import fastconv.torch
    >>> x, w = torch.ones(1, 4, 5, 5), torch.ones(4, 2, 3, 3)
    >>> fastconv.torch.conv_transpose2d(x, w, stride=2).shape
    torch.Size([1, 2, 11, 11])
    """
    return convolved(
        "conv_transpose2d", input, weight, bias, stride, padding, output_padding, groups, dilation
    )  # fmt: skip


def conv_transpose3d(
    input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1
):
    """Apply a 3-D transposed convolution layer to volumes.

    Parameters
    ----------
    input : Tensor, shape (N, C, D, H, W) or (C, D, H, W)
        A batch of N volumes with C channels, or one without a batch axis.
    weight : Tensor, shape (C, K/groups, kD, kH, kW)
        The kernels. The input's channels come first.
    bias : Tensor, shape (K,), optional
        One number per output channel to add.
    stride, padding, output_padding, groups, dilation
        The geometry, with the values and defaults of `conv_transpose2d`, for three axes.

    Returns
    -------
    Tensor, shape (N, K, oD, oH, oW) or (K, oD, oH, oW)
        A contiguous tensor.

    Raises
    ------
    TypeError, ValueError
        Under the conditions that `conv2d` lists.

    See Also
    --------
    conv_transpose2d : Describes all parameters in full.

    Notes
    -----
    The result is that of `fastconv.conv_transpose3d`.

    References
    ----------
    V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning",
    arXiv:1603.07285, 2016, chapter 4.

    Examples
    --------
    >>> import torch
    >>> import fastconv.torch
    >>> x, w = torch.ones(1, 4, 5, 5, 5), torch.ones(4, 2, 3, 3, 3)
    >>> fastconv.torch.conv_transpose3d(x, w, stride=2).shape
    torch.Size([1, 2, 11, 11, 11])
    """
    return convolved(
        "conv_transpose3d", input, weight, bias, stride, padding, output_padding, groups, dilation
    )  # fmt: skip
