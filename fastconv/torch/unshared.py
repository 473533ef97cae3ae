"""Layers of tensors with a kernel for each output position."""

from .calling import convolved

__all__ = ["local_conv1d", "local_conv2d"]


def local_conv1d(input, weight, bias=None, stride=1, padding=0):
    """Apply a 1-D locally connected layer to signals: one kernel per output position.

    Parameters
    ----------
    input : Tensor, shape (N, C, L) or (C, L)
        A batch of N signals with C channels, or one without a batch axis.
    weight : Tensor, shape (K, C, k, o)
        The kernels, one for each output position, which the last axis counts.
    bias : Tensor, shape (K,) or (K, o), optional
        Numbers to add: one per output channel, or one per output channel and position.
    stride : int or tuple of one int, default 1
        Step of the window.
    padding : int, tuple of one int, "valid" or "same", default 0
        Number of zeros to add on both sides, as in `conv2d`.

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
    conv2d : Describes dtypes, devices and gradients.

    Notes
    -----
    The result is that of `fastconv.local_conv1d`. Torch has no such function. For other dtypes and
    devices it sums over a view of all windows.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5,
    "unshared convolution".

    Examples
    --------
    >>> import torch
    >>> import fastconv.torch
    >>> x = torch.tensor([[1.0, 2, 3]])
    >>> w = torch.tensor([[[[1.0, 10, 100]]]])  # one tap, another factor at each position
    >>> fastconv.torch.local_conv1d(x, w)
    tensor([[  1.,  20., 300.]])
    """
    return convolved("local_conv1d", input, weight, bias, stride, padding)


def local_conv2d(input, weight, bias=None, stride=1, padding=0):
    """Apply a 2-D locally connected layer to images: one kernel per output position.

    Parameters
    ----------
    input : Tensor, shape (N, C, H, W) or (C, H, W)
        A batch of N images with C channels, or one without a batch axis.
    weight : Tensor, shape (K, C, kH, kW, oH, oW)
        The kernels, one for each output position, which the last two axes count.
    bias : Tensor, shape (K,) or (K, oH, oW), optional
        Numbers to add: one per output channel, or one per output channel and position.
    stride : int or tuple of two ints, default 1
        Step of the window.
    padding : int, tuple of two ints, "valid" or "same", default 0
        Number of zeros to add on both sides of each axis, as in `conv2d`.

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
    The result is that of `fastconv.local_conv2d`. Torch has no such function. For other dtypes and
    devices it sums over a view of all windows.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5,
    "unshared convolution".

    Examples
    --------
    >>> import torch
    >>> import fastconv.torch
    >>> x, w = torch.ones(1, 2, 6, 6), torch.ones(3, 2, 3, 3, 4, 4)
    >>> fastconv.torch.local_conv2d(x, w, torch.zeros(3, 4, 4)).shape
    torch.Size([1, 3, 4, 4])
    """
    return convolved("local_conv2d", input, weight, bias, stride, padding)
