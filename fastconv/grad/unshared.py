"""Gradients of local_conv1d and local_conv2d."""

from ..calls import call

__all__ = [
    "local_conv1d_input", "local_conv1d_weight", "local_conv2d_input", "local_conv2d_weight",
]  # fmt: skip


def local_conv1d_input(
    input_size, weight, grad_output, stride=1, padding=0, *, algorithm="auto", accuracy="default",
    out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.local_conv1d` with respect to its input.

    Parameters
    ----------
    input_size : sequence of int, (N, C, L) or (C, L)
        Full shape of the input.
    weight : array_like, shape (K, C, k, o)
        The weight of the forward call.
    grad_output : array_like, shape (N, K, o) or (K, o)
        Gradient with respect to the output of the forward call.
    stride, padding
        The step of the window and the padding of the forward call, with the values and defaults of
        `fastconv.local_conv1d`.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape `input_size`
        The gradient, in the dtype that `local_conv2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `local_conv2d_input` lists.

    See Also
    --------
    local_conv2d_input : Describes all parameters and rules in full.

    Notes
    -----
    Compute for all n, c, k, i, u::

        h[n, c, i*s + u - p] += conj(w[k, c, u, i]) g[n, k, i]

    where g is `grad_output`, s the stride and p the padding. Values at padded positions are
    dropped.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5.

    Examples
    --------
    >>> from fastconv import grad
    >>> grad.local_conv1d_input((1, 3), [[[[1, 0], [0, 1]]]], [[5, 7]])
    array([[5, 0, 7]])
    """
    return call(
        "local_conv1d_input", (weight, grad_output), (input_size, stride, padding),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def local_conv1d_weight(
    input, weight_size, grad_output, stride=1, padding=0, *, algorithm="auto", accuracy="default",
    out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.local_conv1d` with respect to its weight.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
        The input of the forward call.
    weight_size : sequence of int, (K, C, k, o)
        Shape of the weight.
    grad_output : array_like, shape (N, K, o) or (K, o)
        Gradient with respect to the output of the forward call.
    stride, padding
        The step of the window and the padding of the forward call, with the values and defaults of
        `fastconv.local_conv1d`.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape `weight_size`
        The gradient, in the dtype that `local_conv2d_weight` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `local_conv2d_weight` lists.

    See Also
    --------
    local_conv2d_weight : Describes all parameters and rules in full.

    Notes
    -----
    Compute::

        h[k, c, u, i] = sum over n of g[n, k, i] conj(x[n, c, i*s + u - p])

    where g is `grad_output`, s the stride and p the padding.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5.

    Examples
    --------
    >>> from fastconv import grad
    >>> grad.local_conv1d_weight([[1, 2, 4]], (1, 1, 2, 2), [[1, 10]])
    array([[[[ 1, 20],
             [ 2, 40]]]])
    """
    return call(
        "local_conv1d_weight", (input, grad_output), (weight_size, stride, padding),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def local_conv2d_input(
    input_size, weight, grad_output, stride=1, padding=0, *, algorithm="auto", accuracy="default",
    out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.local_conv2d` with respect to its input.

    Compute for all n, c, k, i, j, u, v::

        h[n, c, i*s + u - p, j*s + v - p] += conj(w[k, c, u, v, i, j]) g[n, k, i, j]

    where g is `grad_output`, s the stride and p the padding. Values at padded positions are
    dropped.

    Parameters
    ----------
    input_size : sequence of int, (N, C, H, W) or (C, H, W)
        Full shape of the input.
    weight : array_like, shape (K, C, kH, kW, oH, oW)
        The weight of the forward call.
    grad_output : array_like, shape (N, K, oH, oW), or (K, oH, oW) for an unbatched input
        Gradient with respect to the output of the forward call, in any dtype that `fastconv.conv2d`
        takes.
    stride, padding
        The step of the window and the padding of the forward call, with the values and defaults of
        `fastconv.local_conv2d`.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape `input_size`
        The gradient. Its dtype is result_type(weight, grad_output). If all operands are integers,
        the result is exact: int64, or uint64 if one operand is uint64. It is empty if N = 0.

    Raises
    ------
    TypeError
        If an array is bool, object or longdouble, a size is not an int, or `out` is not an ndarray.
    ValueError
        If `grad_output` does not have the shape of the output, or under the conditions that
        `fastconv.local_conv2d` lists.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem, or needs more than `workspace_limit`.

    See Also
    --------
    local_conv2d_weight, local_conv2d_bias

    Notes
    -----
    For complex numbers, the weight is conjugated, as in PyTorch.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import grad
    >>> w = np.arange(1, 5).reshape(1, 1, 1, 1, 2, 2)  # one factor per position
    >>> grad.local_conv2d_input((1, 3, 3), w, np.ones((1, 2, 2), int), stride=2)
    array([[[1, 0, 2],
            [0, 0, 0],
            [3, 0, 4]]])
    """
    return call(
        "local_conv2d_input", (weight, grad_output), (input_size, stride, padding),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def local_conv2d_weight(
    input, weight_size, grad_output, stride=1, padding=0, *, algorithm="auto", accuracy="default",
    out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.local_conv2d` with respect to its weight.

    Compute::

        h[k, c, u, v, i, j] = sum over n of
            g[n, k, i, j] conj(x[n, c, i*s + u - p, j*s + v - p])

    where g is `grad_output`, s the stride and p the padding.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        The input of the forward call.
    weight_size : sequence of int, (K, C, kH, kW, oH, oW)
        Shape of the weight.
    grad_output : array_like, shape (N, K, oH, oW), or (K, oH, oW) for an unbatched input
        Gradient with respect to the output of the forward call, in any dtype that `fastconv.conv2d`
        takes.
    stride, padding
        The step of the window and the padding of the forward call, with the values and defaults of
        `fastconv.local_conv2d`.
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
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `local_conv2d_input` lists.

    See Also
    --------
    local_conv2d_input, local_conv2d_bias

    Notes
    -----
    For complex numbers, the input is conjugated, as in PyTorch.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import grad
    >>> x = np.arange(1, 5).reshape(1, 2, 2)
    >>> grad.local_conv2d_weight(x, (1, 1, 1, 1, 2, 2), 10 * x)
    array([[[[[[ 10,  40],
               [ 90, 160]]]]]])
    """
    return call(
        "local_conv2d_weight", (input, grad_output), (weight_size, stride, padding),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip
