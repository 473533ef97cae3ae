"""Gradients of conv1d, conv2d and conv3d with respect to their weight."""

from ..calls import call

__all__ = ["conv1d_weight", "conv2d_weight", "conv3d_weight"]


def conv1d_weight(
    input, weight_size, grad_output, stride=1, padding=0, dilation=1, groups=1, *,
    padding_mode="zeros", algorithm="auto", accuracy="default", out=None, workspace_limit=None,
    num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.conv1d` with respect to its weight.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
        The input of the forward call.
    weight_size : sequence of int, (K, C/groups, k)
        Shape of the weight.
    grad_output : array_like, shape (N, K, o) or (K, o)
        Gradient with respect to the output of the forward call.
    stride, padding, dilation, groups, padding_mode
        The settings of the forward call, with the values and defaults of `fastconv.conv2d`.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape `weight_size`
        The gradient, in the dtype that `conv2d_weight` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `conv2d_weight` lists.

    See Also
    --------
    conv2d_weight : Describes all parameters and rules in full.

    Notes
    -----
    For groups = 1, compute::

        h[k, c, u] = sum over n, i of g[n, k, i] conj(x[n, c, i*s + u*d - p])

    where g is `grad_output`, s the stride, d the dilation and p the padding.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5.

    Examples
    --------
    >>> from fastconv import grad
    >>> grad.conv1d_weight([[1, 2, 4, 8]], (1, 1, 2), [[1, 0, 1]])
    array([[[ 5, 10]]])
    """
    return call(
        "conv1d_weight", (input, grad_output),
        (weight_size, stride, padding, dilation, groups, padding_mode),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def conv2d_weight(
    input, weight_size, grad_output, stride=1, padding=0, dilation=1, groups=1, *,
    padding_mode="zeros", algorithm="auto", accuracy="default", out=None, workspace_limit=None,
    num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.conv2d` with respect to its weight.

    For groups = 1, compute::

        h[k, c, u, v] = sum over n, i, j of
            g[n, k, i, j] conj(x[n, c, i*s + u*d - p, j*s + v*d - p])

    where g is `grad_output`, s the stride, d the dilation and p the padding.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        The input of the forward call.
    weight_size : sequence of int, (K, C/groups, kH, kW)
        Shape of the weight.
    grad_output : array_like, shape (N, K, oH, oW), or (K, oH, oW) for an unbatched input
        Gradient with respect to the output of the forward call, in any dtype that `fastconv.conv2d`
        takes.
    stride, padding, dilation, groups, padding_mode
        The settings of the forward call, with the values and defaults of `fastconv.conv2d`.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape `weight_size`
        The gradient. Its dtype is result_type(input, grad_output). If all operands are integers,
        the result is exact: int64, or uint64 if one operand is uint64. It is 0 if N = 0.

    Raises
    ------
    TypeError
        If an array is bool, object or longdouble, a size is not an int, or `out` is not an ndarray.
    ValueError
        If `grad_output` does not have the shape of the output, or under the conditions that
        `fastconv.conv2d` lists.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem, or needs more than `workspace_limit`.

    See Also
    --------
    conv2d_input, conv2d_bias

    Notes
    -----
    The definition takes as many multiply-adds as the forward call. For complex numbers, the input
    is conjugated, as in PyTorch.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5,
    equation 9.11.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import grad
    >>> x = np.arange(9).reshape(1, 3, 3)
    >>> grad.conv2d_weight(x, (1, 1, 2, 2), np.array([[[1, 0], [0, 2]]]))
    array([[[[ 8, 11],
             [17, 20]]]])
    """
    return call(
        "conv2d_weight", (input, grad_output),
        (weight_size, stride, padding, dilation, groups, padding_mode),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def conv3d_weight(
    input, weight_size, grad_output, stride=1, padding=0, dilation=1, groups=1, *,
    padding_mode="zeros", algorithm="auto", accuracy="default", out=None, workspace_limit=None,
    num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.conv3d` with respect to its weight.

    Parameters
    ----------
    input : array_like, shape (N, C, D, H, W) or (C, D, H, W)
        The input of the forward call.
    weight_size : sequence of int, (K, C/groups, kD, kH, kW)
        Shape of the weight.
    grad_output : array_like, shape (N, K, oD, oH, oW) or (K, oD, oH, oW)
        Gradient with respect to the output of the forward call.
    stride, padding, dilation, groups, padding_mode
        The settings of the forward call, with the values and defaults of `fastconv.conv2d`.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape `weight_size`
        The gradient, in the dtype that `conv2d_weight` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `conv2d_weight` lists.

    See Also
    --------
    conv2d_weight : Describes all parameters and rules in full.

    Notes
    -----
    For groups = 1, compute::

        h[k, c, t, u, v] = sum over n, h, i, j of
            g[n, k, h, i, j] conj(x[n, c, h*s + t*d - p, i*s + u*d - p, j*s + v*d - p])

    where g is `grad_output`, s the stride, d the dilation and p the padding.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import grad
    >>> x = np.arange(8).reshape(1, 2, 2, 2)
    >>> grad.conv3d_weight(x, (1, 1, 1, 1, 1), x)  # a scalar: the sum of squares
    array([[[[[140]]]]])
    """
    return call(
        "conv3d_weight", (input, grad_output),
        (weight_size, stride, padding, dilation, groups, padding_mode),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip
