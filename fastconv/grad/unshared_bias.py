"""Gradients with respect to the bias of local and tiled convolutions."""

from ..calls import call

__all__ = ["local_conv1d_bias", "local_conv2d_bias", "tiled_conv2d_bias"]


def local_conv1d_bias(
    grad_output, *, per_position=False, algorithm="auto", accuracy="default", out=None,
    workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.local_conv1d` with respect to its bias.

    Parameters
    ----------
    grad_output : array_like, shape (N, K, o) or (K, o)
        Gradient with respect to the output of the forward call.
    per_position : bool, default False
        Whether the bias of the forward call had the shape (K, o), which is usual for unshared
        kernels.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape (K,), or (K, o) with `per_position`
        The gradient, in the dtype that `conv2d_bias` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `conv2d_bias` lists.

    See Also
    --------
    conv2d_bias : Describes all parameters and rules in full.

    Notes
    -----
    The result is ``h[k] = sum over n, i of g[n, k, i]``, where g is `grad_output`. With
    `per_position` it is ``h[k, i] = sum over n of g[n, k, i]``.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5.

    Examples
    --------
    >>> from fastconv import grad
    >>> grad.local_conv1d_bias([[[1, 2, 3]], [[4, 5, 6]]], per_position=True)
    array([[5, 7, 9]])
    """
    return call(
        "local_conv1d_bias", (grad_output,), (per_position,),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def local_conv2d_bias(
    grad_output, *, per_position=False, algorithm="auto", accuracy="default", out=None,
    workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.local_conv2d` with respect to its bias.

    Parameters
    ----------
    grad_output : array_like, shape (N, K, oH, oW) or (K, oH, oW)
        Gradient with respect to the output of the forward call.
    per_position : bool, default False
        Whether the bias of the forward call had the shape (K, oH, oW), which is usual for unshared
        kernels.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape (K,), or (K, oH, oW) with `per_position`
        The gradient, in the dtype that `conv2d_bias` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `conv2d_bias` lists.

    See Also
    --------
    conv2d_bias : Describes all parameters and rules in full.

    Notes
    -----
    The result is ``h[k] = sum over n, i, j of g[n, k, i, j]``, where g is `grad_output`. With
    `per_position` it is ``h[k, i, j] = sum over n of g[n, k, i, j]``.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import grad
    >>> grad.local_conv2d_bias(np.arange(8).reshape(2, 1, 2, 2), per_position=True)
    array([[[ 4,  6],
            [ 8, 10]]])
    """
    return call(
        "local_conv2d_bias", (grad_output,), (per_position,),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def tiled_conv2d_bias(
    grad_output, tiles=None, *, algorithm="auto", accuracy="default", out=None,
    workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.tiled_conv2d` with respect to its bias.

    Parameters
    ----------
    grad_output : array_like, shape (N, K, oH, oW) or (K, oH, oW)
        Gradient with respect to the output of the forward call, in any dtype that `fastconv.conv2d`
        takes.
    tiles : int or sequence of two ints, optional
        The sizes (tH, tW) of a bias of shape (K, tH, tW). None means a bias of shape (K,). The
        sizes of the output mean a bias per position.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape (K,) or (K, tH, tW)
        The gradient, in the dtype that `conv2d_bias` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an entry of `tiles` is not an int or is less than 1, or under the conditions that
        `conv2d_bias` lists.

    See Also
    --------
    conv2d_bias : Describes the rules in full.

    Notes
    -----
    Element (k, a, b) is the sum of ``g[n, k, i, j]`` over n and over all i, j with i % tH = a and j
    % tW = b, where g is `grad_output`.

    References
    ----------
    Q. V. Le, J. Ngiam, Z. Chen, D. Chia, P. W. Koh and A. Y. Ng, "Tiled convolutional neural
    networks", NIPS 2010.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import grad
    >>> g = np.arange(6).reshape(1, 2, 3)
    >>> grad.tiled_conv2d_bias(g)
    array([15])
    >>> grad.tiled_conv2d_bias(g, (1, 2))
    array([[[10,  5]]])
    """
    return call(
        "tiled_conv2d_bias", (grad_output,), (tiles,),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip
