"""Layers whose kernel depends on the output position: local (unshared) and tiled convolution."""

from ..calls import call

__all__ = ["local_conv1d", "local_conv2d", "tiled_conv2d"]


def local_conv1d(
    input, weight, bias=None, stride=1, padding=0, *, activation=None, algorithm="auto",
    accuracy="default", out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Locally connected layer over signals: every output position has a kernel of its own.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
    weight : array_like, shape (K, C, k, o)
        The last axis is the output position.
    bias : array_like, shape (K,) or (K, o), optional
    stride, padding
        As in `conv1d`; the padding holds zeros.
    activation, algorithm, accuracy, out, workspace_limit, num_threads
        As in `conv2d`.

    Returns
    -------
    ndarray, shape (N, K, o) or (K, o)
        Size and dtype by `conv2d`'s rules.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `local_conv2d` does.

    See Also
    --------
    local_conv2d : all parameters and rules in full.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5,
    "unshared convolution".

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.local_conv1d([[1, 2, 4]], [[[[1, 0], [0, 1]]]])  # first tap at 0, second tap at 1
    array([[1, 4]])
    """
    return call(
        "local_conv1d", (input, weight, bias), (stride, padding, activation),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def local_conv2d(
    input, weight, bias=None, stride=1, padding=0, *, activation=None, algorithm="auto",
    accuracy="default", out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Locally connected layer over images: every output position has a kernel of its own.

    ``y[n, k, i, j] = sum over c, u, v: x[n, c, i*s + u - p, j*s + v - p] w[k, c, u, v, i, j]``
    with stride s and padding p; then bias and activation.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        dtypes and layouts as in `conv2d`.
    weight : array_like, shape (K, C, kH, kW, oH, oW)
        The last two axes are the output position and must have the output's sizes.
    bias : array_like, shape (K,) or (K, oH, oW), optional
    stride : int or sequence of two ints, default 1
    padding : int, sequence or str, default 0
        All forms of `conv2d`; the padding holds zeros.
    activation : {None, "relu", "relu6", "silu", "sigmoid", "tanh"}, default None
        Applied last.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `conv2d`.

    Returns
    -------
    ndarray, shape (N, K, oH, oW), or (K, oH, oW) for an unbatched input
        Sizes as in `conv2d`; the dtype is result_type(input, weight, bias), by `conv2d`'s rule.

    Raises
    ------
    TypeError
        As `conv2d` does.
    ValueError
        As `conv2d` does; the weight's last two axes are not the output's sizes.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem, or not within `workspace_limit`.

    See Also
    --------
    tiled_conv2d : a few kernels that take turns.
    fastconv.grad.local_conv2d_input, fastconv.grad.local_conv2d_weight

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5,
    "unshared convolution".
    Y. LeCun, "Generalization and network design strategies", Technical report CRG-TR-89-4,
    University of Toronto, 1989.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> x = np.arange(9).reshape(1, 3, 3)
    >>> w = np.zeros((1, 1, 2, 2, 2, 2), int)
    >>> w[..., 0, 0, :, :] = [[1, 2], [3, 4]]  # a factor of the top left pixel per output position
    >>> fc.local_conv2d(x, w)
    array([[[ 0,  2],
            [ 9, 16]]])
    """
    return call(
        "local_conv2d", (input, weight, bias), (stride, padding, activation),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def tiled_conv2d(
    input, weight, bias=None, stride=1, padding=0, *, activation=None, algorithm="auto",
    accuracy="default", out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Tiled convolution of images: a few kernels take turns as the window moves.

    ``y[n, k, i, j] = sum over c, u, v: x[n, c, i*s + u - p, j*s + v - p] w[k, c, u, v, a, b]`` with
    a = i % tH, b = j % tW, stride s and padding p; then bias and activation. With one tile it is
    `conv2d`, with a tile for every output position `local_conv2d`.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        dtypes and layouts as in `conv2d`.
    weight : array_like, shape (K, C, kH, kW, tH, tW)
        tH * tW kernels, chosen by the output index modulo the tile's sizes.
    bias : array_like, shape (K,), (K, oH, oW) or (K, tH, tW), optional
        Per channel, per position or per tile; where the last two shapes agree they mean the same.
    stride : int or sequence of two ints, default 1
    padding : int, sequence or str, default 0
        All forms of `conv2d`; the padding holds zeros.
    activation : {None, "relu", "relu6", "silu", "sigmoid", "tanh"}, default None
        Applied last.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `conv2d`.

    Returns
    -------
    ndarray, shape (N, K, oH, oW), or (K, oH, oW) for an unbatched input
        Sizes as in `conv2d`; the dtype is result_type(input, weight, bias), by `conv2d`'s rule.

    Raises
    ------
    TypeError, ValueError
        As `conv2d` does.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem, or not within `workspace_limit`.

    See Also
    --------
    conv2d, local_conv2d
    fastconv.grad.tiled_conv2d_input, fastconv.grad.tiled_conv2d_weight

    References
    ----------
    K. Gregor and Y. LeCun, "Emergence of complex-like cells in a temporal product network with
    local receptive fields", arXiv:1006.0448, 2010.
    Q. V. Le, J. Ngiam, Z. Chen, D. Chia, P. W. Koh and A. Y. Ng, "Tiled convolutional neural
    networks", NIPS 2010.
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> x = np.ones((1, 2, 5))
    >>> w = np.array([1.0, 10.0]).reshape(1, 1, 1, 1, 1, 2)  # two kernels, alternating in a row
    >>> fc.tiled_conv2d(x, w)
    array([[[ 1., 10.,  1., 10.,  1.],
            [ 1., 10.,  1., 10.,  1.]]])
    """
    return call(
        "tiled_conv2d", (input, weight, bias), (stride, padding, activation),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip
