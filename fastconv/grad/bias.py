"""Gradients with respect to the bias, which are sums of the gradient with respect to the output."""

from ..calls import call

__all__ = [
    "conv1d_bias", "conv2d_bias", "conv3d_bias", "conv_transpose1d_bias", "conv_transpose2d_bias",
    "conv_transpose3d_bias",
]  # fmt: skip


def conv1d_bias(
    grad_output, *, per_position=False, algorithm="auto", accuracy="default", out=None,
    workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.conv1d` with respect to its bias.

    Parameters
    ----------
    grad_output : array_like, shape (N, K, o) or (K, o)
        Gradient with respect to the output of the forward call.
    per_position : bool, default False
        Whether the bias of the forward call had the shape (K, o).
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
    """Return the gradient of `fastconv.conv2d` with respect to its bias.

    Parameters
    ----------
    grad_output : array_like, shape (N, K, oH, oW) or (K, oH, oW)
        Gradient with respect to the output of the forward call, in any dtype that `fastconv.conv2d`
        takes.
    per_position : bool, default False
        Whether the bias of the forward call had the shape (K, oH, oW).
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape (K,), or (K, oH, oW) with `per_position`
        The gradient. Its dtype is that of `grad_output`, or for integers int64 (uint64 for uint64).
        It is 0 if N = 0.

    Raises
    ------
    TypeError
        If `grad_output` is bool, object or longdouble, `per_position` is not a bool, or `out` is
        not an ndarray.
    ValueError
        If `grad_output` has neither 3 nor 4 dimensions, a dimension other than N is 0, or `out`
        does not meet its conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem.

    See Also
    --------
    conv2d_input, conv2d_weight

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
    """Return the gradient of `fastconv.conv3d` with respect to its bias.

    Parameters
    ----------
    grad_output : array_like, shape (N, K, oD, oH, oW) or (K, oD, oH, oW)
        Gradient with respect to the output of the forward call.
    per_position : bool, default False
        Whether the bias of the forward call had the shape (K, oD, oH, oW).
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape (K,), or (K, oD, oH, oW) with `per_position`
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
    The result is ``h[k] = sum over n, h, i, j of g[n, k, h, i, j]``, where g is `grad_output`. With
    `per_position` it is ``h[k, h, i, j] = sum over n of g[n, k, h, i, j]``.

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
    """Return the gradient of `fastconv.conv_transpose1d` with respect to its bias.

    Parameters
    ----------
    grad_output : array_like, shape (N, K, o) or (K, o)
        Gradient with respect to the output of the forward call.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape (K,)
        The gradient, in the dtype that `conv2d_bias` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `conv2d_bias` lists.

    See Also
    --------
    conv1d_bias : Computes the gradient of a bias per position too.

    Notes
    -----
    The result is ``h[k] = sum over n, i of g[n, k, i]``, where g is `grad_output`. The bias must
    have the shape (K,).

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
    """Return the gradient of `fastconv.conv_transpose2d` with respect to its bias.

    Parameters
    ----------
    grad_output : array_like, shape (N, K, oH, oW) or (K, oH, oW)
        Gradient with respect to the output of the forward call.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape (K,)
        The gradient, in the dtype that `conv2d_bias` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `conv2d_bias` lists.

    See Also
    --------
    conv2d_bias : Computes the gradient of a bias per position too.

    Notes
    -----
    The result is ``h[k] = sum over n, i, j of g[n, k, i, j]``, where g is `grad_output`. The bias
    must have the shape (K,).

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
    """Return the gradient of `fastconv.conv_transpose3d` with respect to its bias.

    Parameters
    ----------
    grad_output : array_like, shape (N, K, oD, oH, oW) or (K, oD, oH, oW)
        Gradient with respect to the output of the forward call.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape (K,)
        The gradient, in the dtype that `conv2d_bias` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `conv2d_bias` lists.

    See Also
    --------
    conv3d_bias : Computes the gradient of a bias per position too.

    Notes
    -----
    The result is ``h[k] = sum over n, h, i, j of g[n, k, h, i, j]``, where g is `grad_output`. The
    bias must have the shape (K,).

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
