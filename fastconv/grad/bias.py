"""Gradients with respect to the bias: sums of the output's gradient over all that shared it."""

from ..calls import call

__all__ = [
    "conv1d_bias", "conv2d_bias", "conv3d_bias", "conv_transpose1d_bias", "conv_transpose2d_bias",
    "conv_transpose3d_bias", "local_conv1d_bias", "local_conv2d_bias", "tiled_conv2d_bias",
]  # fmt: skip


def conv1d_bias(
    grad_output, *, per_position=False, algorithm="auto", accuracy="default", out=None,
    workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.conv1d` with respect to its bias.

    Parameters
    ----------
    grad_output : array_like, shape (N, K, o) or (K, o)
    per_position : bool, default False
        Whether the bias had the shape (K, o).
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape (K,) or (K, o)
        Of the dtype that `conv2d_bias` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `conv2d_bias` does.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5.

    Examples
    --------
    >>> from fastconv import grad
    >>> grad.conv1d_bias([[1, 2, 3], [4, 5, 6]])
    array([ 6, 15])
    """
    return call(
        "conv1d_bias", (grad_output,), (per_position,),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def conv2d_bias(
    grad_output, *, per_position=False, algorithm="auto", accuracy="default", out=None,
    workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.conv2d` with respect to its bias: sums of `grad_output`.

    Parameters
    ----------
    grad_output : array_like, shape (N, K, oH, oW) or (K, oH, oW)
        Any dtype that `fastconv.conv2d` takes.
    per_position : bool, default False
        Whether the bias had the shape (K, oH, oW): then the sum is over the batch alone.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape (K,), or (K, oH, oW) with `per_position`
        Of grad_output's dtype; integers give int64 (uint64 for uint64). Zeros for N = 0.

    Raises
    ------
    TypeError
        `grad_output` is bool, object or longdouble; `per_position` is no bool; `out` is no
        ndarray.
    ValueError
        `grad_output` has neither 3 nor 4 dimensions, or one other than N is 0; `out` is unfit.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import grad
    >>> g = np.arange(8).reshape(2, 1, 2, 2)
    >>> grad.conv2d_bias(g)
    array([28])
    >>> grad.conv2d_bias(g, per_position=True)
    array([[[ 4,  6],
            [ 8, 10]]])
    """
    return call(
        "conv2d_bias", (grad_output,), (per_position,),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def conv3d_bias(
    grad_output, *, per_position=False, algorithm="auto", accuracy="default", out=None,
    workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.conv3d` with respect to its bias.

    Parameters
    ----------
    grad_output : array_like, shape (N, K, oD, oH, oW) or (K, oD, oH, oW)
    per_position : bool, default False
        Whether the bias had the shape (K, oD, oH, oW).
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape (K,) or (K, oD, oH, oW)
        Of the dtype that `conv2d_bias` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `conv2d_bias` does.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import grad
    >>> grad.conv3d_bias(np.ones((2, 3, 4, 4, 4)))
    array([128., 128., 128.])
    """
    return call(
        "conv3d_bias", (grad_output,), (per_position,),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def conv_transpose1d_bias(
    grad_output, *, algorithm="auto", accuracy="default", out=None, workspace_limit=None,
    num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.conv_transpose1d` with respect to a bias of shape (K,).

    Parameters
    ----------
    grad_output : array_like, shape (N, K, o) or (K, o)
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape (K,)
        Of the dtype that `conv2d_bias` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `conv2d_bias` does.

    See Also
    --------
    conv1d_bias : also sums per position.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5.

    Examples
    --------
    >>> from fastconv import grad
    >>> grad.conv_transpose1d_bias([[1, 2, 3], [4, 5, 6]])
    array([ 6, 15])
    """
    return call(
        "conv_transpose1d_bias", (grad_output,), (),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def conv_transpose2d_bias(
    grad_output, *, algorithm="auto", accuracy="default", out=None, workspace_limit=None,
    num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.conv_transpose2d` with respect to a bias of shape (K,).

    Parameters
    ----------
    grad_output : array_like, shape (N, K, oH, oW) or (K, oH, oW)
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape (K,)
        Of the dtype that `conv2d_bias` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `conv2d_bias` does.

    See Also
    --------
    conv2d_bias : also sums per position.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import grad
    >>> grad.conv_transpose2d_bias(np.ones((2, 3, 4, 5)))
    array([40., 40., 40.])
    """
    return call(
        "conv_transpose2d_bias", (grad_output,), (),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def conv_transpose3d_bias(
    grad_output, *, algorithm="auto", accuracy="default", out=None, workspace_limit=None,
    num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.conv_transpose3d` with respect to a bias of shape (K,).

    Parameters
    ----------
    grad_output : array_like, shape (N, K, oD, oH, oW) or (K, oD, oH, oW)
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape (K,)
        Of the dtype that `conv2d_bias` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `conv2d_bias` does.

    See Also
    --------
    conv3d_bias : also sums per position.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import grad
    >>> grad.conv_transpose3d_bias(np.ones((2, 3, 4, 4, 4)))
    array([128., 128., 128.])
    """
    return call(
        "conv_transpose3d_bias", (grad_output,), (),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def local_conv1d_bias(
    grad_output, *, per_position=False, algorithm="auto", accuracy="default", out=None,
    workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.local_conv1d` with respect to its bias.

    Parameters
    ----------
    grad_output : array_like, shape (N, K, o) or (K, o)
    per_position : bool, default False
        Whether the bias had the shape (K, o), as usual for unshared kernels.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape (K,) or (K, o)
        Of the dtype that `conv2d_bias` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `conv2d_bias` does.

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
    """Gradient of `fastconv.local_conv2d` with respect to its bias.

    Parameters
    ----------
    grad_output : array_like, shape (N, K, oH, oW) or (K, oH, oW)
    per_position : bool, default False
        Whether the bias had the shape (K, oH, oW), as usual for unshared kernels.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape (K,) or (K, oH, oW)
        Of the dtype that `conv2d_bias` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `conv2d_bias` does.

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
    """Gradient of `fastconv.tiled_conv2d` with respect to its bias.

    Parameters
    ----------
    grad_output : array_like, shape (N, K, oH, oW) or (K, oH, oW)
        Any dtype that `fastconv.conv2d` takes.
    tiles : int or sequence of two ints, optional
        (tH, tW) of a bias of shape (K, tH, tW); None for a bias of shape (K,). The sizes of the
        output give the gradient of a bias per position.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape (K,) or (K, tH, tW)
        Element (k, a, b) sums the positions (i, j) with i % tH = a and j % tW = b. Of the dtype
        that `conv2d_bias` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `conv2d_bias` does; an entry of `tiles` is no int, or less than 1.

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
