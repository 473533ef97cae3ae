"""Transposed convolution layers: the gradient of a convolution as a layer of its own."""

from ..calls import call

__all__ = ["conv_transpose1d", "conv_transpose2d", "conv_transpose3d"]


def conv_transpose1d(
    input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1, *,
    output_size=None, activation=None, algorithm="auto", accuracy="default", out=None,
    workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Transposed convolution of signals: every input value adds a scaled kernel to the output.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
    weight : array_like, shape (C, K/groups, k)
    bias : array_like, shape (K,) or (K, o), optional
    stride, dilation : int or sequence of one int, default 1
    padding : int, [int] or [(before, after)], default 0
        Crops the output.
    output_padding, groups, output_size, activation
        As in `conv_transpose2d`.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `conv2d`.

    Returns
    -------
    ndarray, shape (N, K, o) or (K, o)
        Size and dtype by `conv_transpose2d`'s rules.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `conv_transpose2d` does.

    See Also
    --------
    conv_transpose2d : all parameters and rules in full.

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
    """Transposed convolution of images: every input value adds a scaled kernel to the output.

    ``y[n, k, i*s + u*d - p, j*s + v*d - p] += x[n, c, i, j] w[c, k, u, v]`` for all n, c, k, i, j,
    u, v, with stride s, dilation d and padding p; then bias and activation. For real numbers it is
    the gradient of `conv2d` with respect to its input, with the same weight array.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        dtypes and layouts as in `conv2d`.
    weight : array_like, shape (C, K/groups, kH, kW)
        The input's channels come first, as in PyTorch.
    bias : array_like, shape (K,) or (K, oH, oW), optional
    stride : int or sequence of two ints, default 1
        Distance between the kernels that neighbouring inputs add.
    padding : int or sequence, default 0
        Crops the output: an int on every side, or one int or (before, after) pair per axis. The
        names that `conv2d` takes do not exist here.
    output_padding : int or sequence of two ints, default 0
        Positions added after the output's end, less than stride or dilation. Several input sizes
        of a convolution give the same output size, and this chooses among them.
    groups : int, default 1
        As in `conv2d`.
    dilation : int or sequence of two ints, default 1
        Distance between neighbouring taps of the kernel.
    output_size : int or sequence of int, optional
        The same choice by its result: the spatial sizes, or the output's full shape. Not together
        with `output_padding`.
    activation : {None, "relu", "relu6", "silu", "sigmoid", "tanh"}, default None
        Applied last.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `conv2d`.

    Returns
    -------
    ndarray, shape (N, K, oH, oW), or (K, oH, oW) for an unbatched input
        Per axis (size - 1)*stride - before - after + dilation*(k - 1) + 1 + output_padding
        outputs. The dtype is result_type(input, weight, bias), by `conv2d`'s rule.

    Raises
    ------
    TypeError
        As `conv2d` does; `padding` is a str.
    ValueError
        Shapes do not fit together; a dimension other than N is 0; the crop leaves nothing;
        `output_padding` is not less than stride or dilation, or `output_size` would need that;
        a number or name is out of its range; `out` is unfit.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem, or not within `workspace_limit`.

    See Also
    --------
    conv2d : dtypes, algorithm, accuracy, out, workspace_limit, num_threads in full.
    fastconv.grad.conv2d_input : the gradient, which also knows padding modes.

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
    """Transposed convolution of volumes: every input value adds a scaled kernel to the output.

    Parameters
    ----------
    input : array_like, shape (N, C, D, H, W) or (C, D, H, W)
    weight : array_like, shape (C, K/groups, kD, kH, kW)
    bias : array_like, shape (K,) or (K, oD, oH, oW), optional
    stride, dilation : int or sequence of three ints, default 1
    padding : int or sequence of three ints or (before, after) pairs, default 0
        Crops the output.
    output_padding, groups, output_size, activation
        As in `conv_transpose2d`.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `conv2d`.

    Returns
    -------
    ndarray, shape (N, K, oD, oH, oW) or (K, oD, oH, oW)
        Sizes and dtype by `conv_transpose2d`'s rules.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `conv_transpose2d` does.

    See Also
    --------
    conv_transpose2d : all parameters and rules in full.

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
