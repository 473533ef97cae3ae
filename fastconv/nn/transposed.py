"""Transposed convolution layers, which compute the gradient of a convolution as a layer."""

from ..calls import call

__all__ = ["conv_transpose1d", "conv_transpose2d", "conv_transpose3d"]


def conv_transpose1d(
    input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1, *,
    output_size=None, activation=None, algorithm="auto", accuracy="default", out=None,
    workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Apply a 1-D transposed convolution layer to signals.

    Every input value adds a scaled kernel to the output::

        y[n, k, i*s + u*d - p] += x[n, c, i] w[c, k, u]

    for all n, c, k, i, u and groups = 1, where s is the stride, d the dilation and p the padding.
    Bias and activation follow.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
        A batch of N signals with C channels, or one signal without a batch axis. It has a dtype
        that `conv2d` takes.
    weight : array_like, shape (C, K/groups, k)
        The kernels. The input's channels come first, as in PyTorch.
    bias : array_like, shape (K,) or (K, o), optional
        Numbers to add: one per output channel, or one per output channel and position.
    stride, dilation : int or sequence of one int, default 1
        The distance between the kernels that neighbouring inputs add, and between neighbouring taps
        of a kernel.
    padding : int, [int] or [(before, after)], default 0
        Number of positions to cut off the output.
    output_padding, groups, output_size, activation
        Choose the size of the output, the blocks of channels and the final function, with the
        values and defaults of `conv_transpose2d`.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `conv2d`.

    Returns
    -------
    ndarray, shape (N, K, o) or (K, o)
        Size and dtype follow the rules of `conv_transpose2d`.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `conv_transpose2d` lists.

    See Also
    --------
    conv_transpose2d : Describes all parameters and rules in full.

    Notes
    -----
    For real numbers, this is the gradient of `conv1d` with respect to its input, with the same
    weight array.

    References
    ----------
    V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning",
    arXiv:1603.07285, 2016, chapter 4.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.conv_transpose1d([[1, 2, 3]], [[[1, 10]]])
    array([[ 1, 12, 23, 30]])
    >>> fc.conv_transpose1d([[1, 2, 3]], [[[1, 10]]], stride=2)
    array([[ 1, 10,  2, 20,  3, 30]])
    """
    return call(
        "conv_transpose1d", (input, weight, bias),
        (stride, padding, output_padding, groups, dilation, output_size, activation),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def conv_transpose2d(
    input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1, *,
    output_size=None, activation=None, algorithm="auto", accuracy="default", out=None,
    workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Apply a 2-D transposed convolution layer to images.

    Every input value adds a scaled kernel to the output::

        y[n, k, i*s + u*d - p, j*s + v*d - p] += x[n, c, i, j] w[c, k, u, v]

    for all n, c, k, i, j, u, v and groups = 1, where s is the stride, d the dilation and p the
    padding. Bias and activation follow. For real numbers, this is the gradient of `conv2d` with
    respect to its input, with the same weight array.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        A batch of N images with C channels, or one image without a batch axis. Dtypes and layouts
        are those of `conv2d`.
    weight : array_like, shape (C, K/groups, kH, kW)
        The kernels. The input's channels come first, as in PyTorch.
    bias : array_like, shape (K,) or (K, oH, oW), optional
        Numbers to add: one per output channel, or one per output channel and position.
    stride : int or sequence of two ints, default 1
        Distance between the kernels that neighbouring inputs add to the output.
    padding : int or sequence, default 0
        Number of positions to cut off the output: an int for every side, or one int or (before,
        after) pair per axis. Names such as "same" are not allowed.
    output_padding : int or sequence of two ints, default 0
        Number of positions to add after the output's end, less than stride or dilation. It selects
        one of the sizes from which a convolution makes an output of the input's size.
    groups : int, default 1
        Number of blocks into which C and K are divided. Block g of the output depends on block g of
        the input only.
    dilation : int or sequence of two ints, default 1
        Distance between neighbouring taps of the kernel.
    output_size : int or sequence of int, optional
        The wanted size of the output, in place of `output_padding`: the spatial sizes or the full
        shape.
    activation : str, optional
        Name of a function to apply last, as in `conv2d`.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `conv2d`.

    Returns
    -------
    ndarray, shape (N, K, oH, oW), or (K, oH, oW) for an unbatched input
        Along each axis it has (size - 1)*stride - before - after + dilation*(k - 1) + 1 +
        output_padding positions. Its dtype is result_type(input, weight, bias), by the rule of
        `conv2d`.

    Raises
    ------
    TypeError
        If `padding` is a str, or under the conditions that `conv2d` lists.
    ValueError
        If the shapes do not fit together, a dimension other than N is 0, the padding cuts off the
        whole output, `output_padding` (given, or implied by `output_size`) is not less than stride
        or dilation, a number or a name is not allowed, or `out` does not meet its conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem, or needs more than `workspace_limit`.

    See Also
    --------
    conv2d : Describes dtypes and the common parameters in full.
    fastconv.grad.conv2d_input : Computes the same sum, for any padding mode.

    Notes
    -----
    With the same stride, padding and dilation, a convolution undoes the change of shape, but not
    the values. "auto" keeps a NaN or Inf of the input to the outputs that its kernel reaches. The
    definition takes N*C*(K/groups)*kH*kW multiply-adds for each input position.

    References
    ----------
    V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning",
    arXiv:1603.07285, 2016, chapter 4.
    M. D. Zeiler, D. Krishnan, G. W. Taylor and R. Fergus, "Deconvolutional networks", CVPR 2010.
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> x = np.arange(4).reshape(1, 2, 2)
    >>> w = np.arange(4).reshape(1, 1, 2, 2)
    >>> fc.conv_transpose2d(x, w)
    array([[[ 0,  0,  1],
            [ 0,  4,  6],
            [ 4, 12,  9]]])
    >>> fc.conv_transpose2d(x, w, stride=2, output_size=(5, 4)).shape
    (1, 5, 4)
    """
    return call(
        "conv_transpose2d", (input, weight, bias),
        (stride, padding, output_padding, groups, dilation, output_size, activation),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def conv_transpose3d(
    input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1, *,
    output_size=None, activation=None, algorithm="auto", accuracy="default", out=None,
    workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Apply a 3-D transposed convolution layer to volumes.

    Every input value adds a scaled kernel to the output::

        y[n, k, h*s + t*d - p, i*s + u*d - p, j*s + v*d - p] +=
            x[n, c, h, i, j] w[c, k, t, u, v]

    for all n, c, k, h, i, j, t, u, v and groups = 1, where s is the stride, d the dilation and p
    the padding. Bias and activation follow.

    Parameters
    ----------
    input : array_like, shape (N, C, D, H, W) or (C, D, H, W)
        A batch of N volumes with C channels, or one volume without a batch axis. It has a dtype
        that `conv2d` takes.
    weight : array_like, shape (C, K/groups, kD, kH, kW)
        The kernels. The input's channels come first, as in PyTorch.
    bias : array_like, shape (K,) or (K, oD, oH, oW), optional
        Numbers to add: one per output channel, or one per output channel and position.
    stride, dilation : int or sequence of three ints, default 1
        The distance between the kernels that neighbouring inputs add, and between neighbouring taps
        of a kernel.
    padding : int or sequence of three ints or (before, after) pairs, default 0
        Number of positions to cut off the output.
    output_padding, groups, output_size, activation
        Choose the size of the output, the blocks of channels and the final function, with the
        values and defaults of `conv_transpose2d`.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `conv2d`.

    Returns
    -------
    ndarray, shape (N, K, oD, oH, oW) or (K, oD, oH, oW)
        Size and dtype follow the rules of `conv_transpose2d`.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `conv_transpose2d` lists.

    See Also
    --------
    conv_transpose2d : Describes all parameters and rules in full.

    Notes
    -----
    For real numbers, this is the gradient of `conv3d` with respect to its input, with the same
    weight array.

    References
    ----------
    V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning",
    arXiv:1603.07285, 2016, chapter 4.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> x = np.arange(1, 3).reshape(1, 1, 1, 2)
    >>> fc.conv_transpose3d(x, np.ones((1, 1, 1, 2, 2), int))
    array([[[[1, 3, 2],
             [1, 3, 2]]]])
    >>> fc.conv_transpose3d(x, np.ones((1, 5, 2, 2, 2)), stride=2).shape
    (5, 2, 2, 4)
    """
    return call(
        "conv_transpose3d", (input, weight, bias),
        (stride, padding, output_padding, groups, dilation, output_size, activation),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip
