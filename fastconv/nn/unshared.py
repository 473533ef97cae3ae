"""Layers whose kernel depends on the output position: local (unshared) and tiled convolution."""

from ..calls import call

__all__ = ["local_conv1d", "local_conv2d", "tiled_conv2d"]


def local_conv1d(
    input, weight, bias=None, stride=1, padding=0, *, activation=None, algorithm="auto",
    accuracy="default", out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Apply a 1-D locally connected layer to signals.

    Every output position has its own kernel::

        y[n, k, i] = sum over c, u of x[n, c, i*s + u - p] w[k, c, u, i]

    where s is the stride and p the padding before the signal. Bias and activation follow.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
        A batch of N signals with C channels, or one signal without a batch axis. Dtypes and layouts
        are those of `conv2d`.
    weight : array_like, shape (K, C, k, o)
        The kernels. The last axis is the output position and must have the output's size.
    bias : array_like, shape (K,) or (K, o), optional
        Numbers to add: one per output channel, or one per output channel and position.
    stride : int or sequence of one int, default 1
        Step of the window.
    padding : int, sequence or str, default 0
        Number of zeros to add around the input, in any form that `conv1d` takes.
    activation : str, optional
        Name of a function to apply last, as in `conv2d`.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `conv2d`.

    Returns
    -------
    ndarray, shape (N, K, o) or (K, o)
        Size and dtype follow the rules of `conv1d`.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `local_conv2d` lists.

    See Also
    --------
    local_conv2d : Describes all parameters and rules in full.

    Notes
    -----
    The weight has o times as many numbers as that of `conv1d`, and each of them is used once per
    sample.

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
    """Apply a 2-D locally connected layer to images.

    Every output position has its own kernel::

        y[n, k, i, j] = sum over c, u, v of
            x[n, c, i*s + u - p, j*s + v - p] w[k, c, u, v, i, j]

    where s is the stride and p the padding before the image. Bias and activation follow.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        A batch of N images with C channels, or one image without a batch axis. Dtypes and layouts
        are those of `conv2d`.
    weight : array_like, shape (K, C, kH, kW, oH, oW)
        The kernels. The last two axes are the output position and must have the output's sizes.
    bias : array_like, shape (K,) or (K, oH, oW), optional
        Numbers to add: one per output channel, or one per output channel and position.
    stride : int or sequence of two ints, default 1
        Step of the window.
    padding : int, sequence or str, default 0
        Number of zeros to add around the input, in any form that `conv2d` takes.
    activation : str, optional
        Name of a function to apply last, as in `conv2d`.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `conv2d`.

    Returns
    -------
    ndarray, shape (N, K, oH, oW), or (K, oH, oW) for an unbatched input
        The sizes are those of `conv2d`. The dtype is result_type(input, weight, bias), by the rule
        of `conv2d`.

    Raises
    ------
    TypeError
        Under the conditions that `conv2d` lists.
    ValueError
        If the weight's last two axes do not have the output's sizes, or under the conditions that
        `conv2d` lists.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem, or needs more than `workspace_limit`.

    See Also
    --------
    tiled_conv2d : Uses a few kernels in turn.
    fastconv.grad.local_conv2d_input, fastconv.grad.local_conv2d_weight

    Notes
    -----
    The weight has oH*oW times as many numbers as that of `conv2d`, and each of them is used once
    per sample. For a small batch, the time is therefore that of reading the weight.

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
    """Apply a tiled 2-D convolution layer to images.

    A few kernels take turns as the window moves::

        y[n, k, i, j] = sum over c, u, v of
            x[n, c, i*s + u - p, j*s + v - p] w[k, c, u, v, i % tH, j % tW]

    where s is the stride and p the padding before the image. Bias and activation follow. With one
    tile this is `conv2d`; with one tile per output position it is `local_conv2d`.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        A batch of N images with C channels, or one image without a batch axis. Dtypes and layouts
        are those of `conv2d`.
    weight : array_like, shape (K, C, kH, kW, tH, tW)
        tH*tW kernels per pair of channels. The output position modulo (tH, tW) selects the kernel.
    bias : array_like, shape (K,), (K, oH, oW) or (K, tH, tW), optional
        Numbers to add: per output channel, per position or per tile. If the last two shapes are
        equal, they mean the same.
    stride : int or sequence of two ints, default 1
        Step of the window along each axis.
    padding : int, sequence or str, default 0
        Number of zeros to add around the input, in any form that `conv2d` takes.
    activation : str, optional
        Name of a function to apply last, as in `conv2d`.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `conv2d`.

    Returns
    -------
    ndarray, shape (N, K, oH, oW), or (K, oH, oW) for an unbatched input
        The sizes are those of `conv2d`. The dtype is result_type(input, weight, bias), by the rule
        of `conv2d`.

    Raises
    ------
    TypeError, ValueError
        Under the conditions that `conv2d` lists.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem, or needs more than `workspace_limit`.

    See Also
    --------
    conv2d, local_conv2d
    fastconv.grad.tiled_conv2d_input, fastconv.grad.tiled_conv2d_weight

    Notes
    -----
    The number of multiply-adds is that of `conv2d`. Neighbouring outputs may differ in their
    kernels, so that features need not be invariant to shifts.

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
