"""Gradients of transposed convolutions with respect to their weight."""

from ..calls import call

__all__ = ["conv_transpose1d_weight", "conv_transpose2d_weight", "conv_transpose3d_weight"]


def conv_transpose1d_weight(
    input, weight_size, grad_output, stride=1, padding=0, output_padding=0, groups=1, dilation=1,
    *, algorithm="auto", accuracy="default", out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.conv_transpose1d` with respect to its weight.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
        The input of the forward call.
    weight_size : sequence of int, (C, K/groups, k)
        Shape of the weight.
    grad_output : array_like, shape (N, K, o) or (K, o)
        Gradient with respect to the output of the forward call.
    stride, padding, output_padding, groups, dilation
        The settings of the forward call, with the values and defaults of
        `fastconv.conv_transpose2d`.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape `weight_size`
        The gradient, in the dtype that `conv_transpose2d_weight` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `conv_transpose2d_weight` lists.

    See Also
    --------
    conv_transpose2d_weight : Describes all parameters and rules in full.

    Notes
    -----
    For groups = 1, compute::

        h[c, k, u] = sum over n, i of conj(x[n, c, i]) g[n, k, i*s + u*d - p]

    where g is `grad_output`, s the stride, d the dilation and p the padding. Positions outside of g
    count as 0.

    References
    ----------
    V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning",
    arXiv:1603.07285, 2016, chapter 4.

    Examples
    --------
    >>> from fastconv import grad
    >>> grad.conv_transpose1d_weight([[1, 0, 1]], (1, 1, 2), [[1, 2, 4, 8]])
    array([[[ 5, 10]]])
    """
    return call(
        "conv_transpose1d_weight", (input, grad_output),
        (weight_size, stride, padding, output_padding, groups, dilation),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def conv_transpose2d_weight(
    input, weight_size, grad_output, stride=1, padding=0, output_padding=0, groups=1, dilation=1,
    *, algorithm="auto", accuracy="default", out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.conv_transpose2d` with respect to its weight.

    For groups = 1, compute::

        h[c, k, u, v] = sum over n, i, j of
            conj(x[n, c, i, j]) g[n, k, i*s + u*d - p, j*s + v*d - p]

    where g is `grad_output`, s the stride, d the dilation and p the padding. Positions outside of g
    count as 0.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        The input of the forward call.
    weight_size : sequence of int, (C, K/groups, kH, kW)
        Shape of the weight.
    grad_output : array_like, shape (N, K, oH, oW), or (K, oH, oW) for an unbatched input
        Gradient with respect to the output of the forward call, in any dtype that `fastconv.conv2d`
        takes.
    stride, padding, output_padding, groups, dilation
        The settings of the forward call, in the form that `conv_transpose2d_input` takes.
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
        If an argument is not allowed, under the conditions that `conv_transpose2d_input` lists.

    See Also
    --------
    conv_transpose2d_input, conv_transpose2d_bias

    Notes
    -----
    For complex numbers, the input is conjugated, as in PyTorch.

    References
    ----------
    V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning",
    arXiv:1603.07285, 2016, chapter 4.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import grad
    >>> x = np.array([[[1, 0], [0, 2]]])
    >>> grad.conv_transpose2d_weight(x, (1, 1, 2, 2), np.arange(9).reshape(1, 3, 3))
    array([[[[ 8, 11],
             [17, 20]]]])
    """
    return call(
        "conv_transpose2d_weight", (input, grad_output),
        (weight_size, stride, padding, output_padding, groups, dilation),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def conv_transpose3d_weight(
    input, weight_size, grad_output, stride=1, padding=0, output_padding=0, groups=1, dilation=1,
    *, algorithm="auto", accuracy="default", out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.conv_transpose3d` with respect to its weight.

    Parameters
    ----------
    input : array_like, shape (N, C, D, H, W) or (C, D, H, W)
        The input of the forward call.
    weight_size : sequence of int, (C, K/groups, kD, kH, kW)
        Shape of the weight.
    grad_output : array_like, shape (N, K, oD, oH, oW) or (K, oD, oH, oW)
        Gradient with respect to the output of the forward call.
    stride, padding, output_padding, groups, dilation
        The settings of the forward call, with the values and defaults of
        `fastconv.conv_transpose2d`.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape `weight_size`
        The gradient, in the dtype that `conv_transpose2d_weight` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `conv_transpose2d_weight` lists.

    See Also
    --------
    conv_transpose2d_weight : Describes all parameters and rules in full.

    Notes
    -----
    For groups = 1, compute::

        h[c, k, t, u, v] = sum over n, h, i, j of
            conj(x[n, c, h, i, j]) g[n, k, h*s + t*d - p, i*s + u*d - p, j*s + v*d - p]

    where g is `grad_output`, s the stride, d the dilation and p the padding. Positions outside of g
    count as 0.

    References
    ----------
    V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning",
    arXiv:1603.07285, 2016, chapter 4.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import grad
    >>> x = np.arange(8).reshape(1, 2, 2, 2)
    >>> grad.conv_transpose3d_weight(x, (1, 1, 1, 1, 1), x)  # a scalar: the sum of squares
    array([[[[[140]]]]])
    """
    return call(
        "conv_transpose3d_weight", (input, grad_output),
        (weight_size, stride, padding, output_padding, groups, dilation),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip
