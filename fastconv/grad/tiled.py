"""Gradients of tiled_conv2d."""

from ..calls import call

__all__ = ["tiled_conv2d_input", "tiled_conv2d_weight"]


def tiled_conv2d_input(
    input_size, weight, grad_output, stride=1, padding=0, *, algorithm="auto", accuracy="default",
    out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.tiled_conv2d` with respect to its input.

    Compute for all n, c, k, i, j, u, v::

        h[n, c, i*s + u - p, j*s + v - p] +=
            conj(w[k, c, u, v, i % tH, j % tW]) g[n, k, i, j]

    where g is `grad_output`, s the stride and p the padding. Values at padded positions are
    dropped.

    Parameters
    ----------
    input_size : sequence of int, (N, C, H, W) or (C, H, W)
        Full shape of the input.
    weight : array_like, shape (K, C, kH, kW, tH, tW)
        The weight of the forward call.
    grad_output : array_like, shape (N, K, oH, oW), or (K, oH, oW) for an unbatched input
        Gradient with respect to the output of the forward call, in any dtype that `fastconv.conv2d`
        takes.
    stride, padding
        The step of the window and the padding of the forward call, with the values and defaults of
        `fastconv.tiled_conv2d`.
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
        `fastconv.tiled_conv2d` lists.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem, or needs more than `workspace_limit`.

    See Also
    --------
    tiled_conv2d_weight, tiled_conv2d_bias

    Notes
    -----
    For complex numbers, the weight is conjugated, as in PyTorch.

    References
    ----------
    Q. V. Le, J. Ngiam, Z. Chen, D. Chia, P. W. Koh and A. Y. Ng, "Tiled convolutional neural
    networks", NIPS 2010.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import grad
    >>> w = np.array([1, 10]).reshape(1, 1, 1, 1, 1, 2)
    >>> grad.tiled_conv2d_input((1, 1, 5), w, np.arange(5).reshape(1, 1, 5))
    array([[[ 0, 10,  2, 30,  4]]])
    """
    return call(
        "tiled_conv2d_input", (weight, grad_output), (input_size, stride, padding),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def tiled_conv2d_weight(
    input, weight_size, grad_output, stride=1, padding=0, *, algorithm="auto", accuracy="default",
    out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.tiled_conv2d` with respect to its weight.

    Compute::

        h[k, c, u, v, a, b] = sum over n, i, j of
            g[n, k, i, j] conj(x[n, c, i*s + u - p, j*s + v - p])

    where g is `grad_output`, s the stride and p the padding. The sum is over all i, j with i % tH =
    a and j % tW = b.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        The input of the forward call.
    weight_size : sequence of int, (K, C, kH, kW, tH, tW)
        Shape of the weight.
    grad_output : array_like, shape (N, K, oH, oW), or (K, oH, oW) for an unbatched input
        Gradient with respect to the output of the forward call, in any dtype that `fastconv.conv2d`
        takes.
    stride, padding
        The step of the window and the padding of the forward call, with the values and defaults of
        `fastconv.tiled_conv2d`.
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
        If an argument is not allowed, under the conditions that `tiled_conv2d_input` lists.

    See Also
    --------
    tiled_conv2d_input, tiled_conv2d_bias

    Notes
    -----
    For complex numbers, the input is conjugated, as in PyTorch.

    References
    ----------
    Q. V. Le, J. Ngiam, Z. Chen, D. Chia, P. W. Koh and A. Y. Ng, "Tiled convolutional neural
    networks", NIPS 2010.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import grad
    >>> x = np.arange(5).reshape(1, 1, 5)
    >>> grad.tiled_conv2d_weight(x, (1, 1, 1, 1, 1, 2), np.ones((1, 1, 5), int))
    array([[[[[[6, 4]]]]]])
    """
    return call(
        "tiled_conv2d_weight", (input, grad_output), (weight_size, stride, padding),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip
