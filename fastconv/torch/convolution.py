"""Convolution layers of tensors in one, two and three dimensions."""

from .calling import convolved

__all__ = ["conv1d", "conv2d", "conv3d"]


def conv1d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Apply a 1-D convolution layer to signals.

    Parameters
    ----------
    input : Tensor, shape (N, C, L) or (C, L)
        A batch of N signals with C channels, or one without a batch axis.
    weight : Tensor, shape (K, C/groups, k)
        The kernels.
    bias : Tensor, shape (K,), optional
        One number per output channel to add.
    stride, padding, dilation, groups
        The geometry, with the values and defaults of `conv2d`, for one axis.

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
    conv2d : Describes all parameters and rules in full.

    Notes
    -----
    Dtypes, devices, threads and gradients are those of `conv2d`.

    References
    ----------
    A. Waibel et al., "Phoneme recognition using time-delay neural networks", IEEE Trans. Acoustics,
    Speech, and Signal Processing 37(3), 1989.

    Examples
    --------
    >>> import torch
    >>> import fastconv.torch
    >>> fastconv.torch.conv1d(torch.tensor([[1.0, 2, 4, 8]]), torch.tensor([[[-1.0, 1]]]))
    tensor([[1., 2., 4.]])
    """
    return convolved("conv1d", input, weight, bias, stride, padding, dilation, groups)


def conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Apply a 2-D convolution layer to images.

    Parameters
    ----------
    input : Tensor, shape (N, C, H, W) or (C, H, W)
        A batch of N images with C channels, or one image without a batch axis. fastconv computes
        float32 and float64 on the CPU; torch itself computes the rest, which `fastconv.record`
        shows. A tensor that is contiguous is not copied.
    weight : Tensor, shape (K, C/groups, kH, kW)
        The kernels, in the dtype of the input.
    bias : Tensor, shape (K,), optional
        One number per output channel to add.
    stride, dilation : int or tuple of two ints, default 1
        The step of the window, and the distance between neighbouring taps of the kernel.
    padding : int, tuple of two ints, "valid" or "same", default 0
        Number of zeros to add on both sides of each axis. "same" gives as many outputs as the input
        has positions, and needs a stride of 1.
    groups : int, default 1
        Number of blocks into which C and K are divided.

    Returns
    -------
    Tensor, shape (N, K, oH, oW) or (K, oH, oW)
        A contiguous tensor.

    Raises
    ------
    TypeError, ValueError
        If an argument is not allowed: the message names it. Calls that torch computes raise
        torch's own errors.

    See Also
    --------
    torch.nn.functional.conv2d : Has the same arguments.
    replace_convolutions : Lets the layers of a network call these functions.

    Notes
    -----
    The result is that of `fastconv.conv2d` with the automatic choice of an algorithm, on as many
    threads as `fastconv.get_num_threads()` says. The call is the operator ``fastconv::conv2d``,
    with gradients of any order by the functions of `fastconv.grad`; `torch.compile` and
    `torch.export` keep it in their graphs.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, chapter 9.

    Examples
    --------
    >>> import torch
    >>> import fastconv.torch
    >>> x = torch.arange(9.0).reshape(1, 1, 3, 3).requires_grad_()
    >>> y = fastconv.torch.conv2d(x, torch.ones(1, 1, 2, 2))
    >>> y.sum().backward()
    >>> x.grad
    tensor([[[[1., 2., 1.],
              [2., 4., 2.],
              [1., 2., 1.]]]])
    """
    return convolved("conv2d", input, weight, bias, stride, padding, dilation, groups)


def conv3d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Apply a 3-D convolution layer to volumes.

    Parameters
    ----------
    input : Tensor, shape (N, C, D, H, W) or (C, D, H, W)
        A batch of N volumes with C channels, or one without a batch axis.
    weight : Tensor, shape (K, C/groups, kD, kH, kW)
        The kernels.
    bias : Tensor, shape (K,), optional
        One number per output channel to add.
    stride, padding, dilation, groups
        The geometry, with the values and defaults of `conv2d`, for three axes.

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
    conv2d : Describes all parameters and rules in full.

    Notes
    -----
    Dtypes, devices, threads and gradients are those of `conv2d`.

    References
    ----------
    S. Ji, W. Xu, M. Yang and K. Yu, "3D convolutional neural networks for human action
    recognition", IEEE Trans. Pattern Analysis and Machine Intelligence 35(1), 2013.

    Examples
    --------
    >>> import torch
    >>> import fastconv.torch
    >>> x, w = torch.ones(1, 2, 4, 4, 4), torch.ones(3, 2, 3, 3, 3)
    >>> fastconv.torch.conv3d(x, w, padding="same").shape
    torch.Size([1, 3, 4, 4, 4])
    """
    return convolved("conv3d", input, weight, bias, stride, padding, dilation, groups)
