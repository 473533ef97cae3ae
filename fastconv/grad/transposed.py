"""Gradients of transposed convolutions with respect to their input."""

from ..calls import call

__all__ = ["conv_transpose1d_input", "conv_transpose2d_input", "conv_transpose3d_input"]


def conv_transpose1d_input(
    input_size, weight, grad_output, stride=1, padding=0, output_padding=0, groups=1, dilation=1,
    *, algorithm="auto", accuracy="default", out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.conv_transpose1d` with respect to its input.

    Parameters
    ----------
    input_size : sequence of int, (N, C, L) or (C, L)
        Full shape of the input.
    weight : array_like, shape (C, K/groups, k)
        The weight of the forward call.
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
    ndarray, shape `input_size`
        The gradient, in the dtype that `conv_transpose2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `conv_transpose2d_input` lists.

    See Also
    --------
    conv_transpose2d_input : Describes all parameters and rules in full.

    Notes
    -----
    For groups = 1, compute::

        h[n, c, i] = sum over k, u of conj(w[c, k, u]) g[n, k, i*s + u*d - p]

    where g is `grad_output`, s the stride, d the dilation and p the padding. Positions outside of g
    count as 0.

    References
    ----------
    V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning",
    arXiv:1603.07285, 2016, chapter 4.

    Examples
    --------
    >>> from fastconv import grad
    >>> grad.conv_transpose1d_input((1, 3), [[[1, 10]]], [[1, 2, 3, 4]])
    array([[21, 32, 43]])
    """
    return call(
        "conv_transpose1d_input", (weight, grad_output),
        (input_size, stride, padding, output_padding, groups, dilation),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def conv_transpose2d_input(
    input_size, weight, grad_output, stride=1, padding=0, output_padding=0, groups=1, dilation=1,
    *, algorithm="auto", accuracy="default", out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.conv_transpose2d` with respect to its input.

    For groups = 1, compute::

        h[n, c, i, j] = sum over k, u, v of
            conj(w[c, k, u, v]) g[n, k, i*s + u*d - p, j*s + v*d - p]

    where g is `grad_output`, s the stride, d the dilation and p the padding. Positions outside of g
    count as 0.

    Parameters
    ----------
    input_size : sequence of int, (N, C, H, W) or (C, H, W)
        Full shape of the input.
    weight : array_like, shape (C, K/groups, kH, kW)
        The weight of the forward call.
    grad_output : array_like, shape (N, K, oH, oW), or (K, oH, oW) for an unbatched input
        Gradient with respect to the output of the forward call, in any dtype that `fastconv.conv2d`
        takes.
    stride, padding, output_padding, groups, dilation
        The settings of the forward call, with the values and defaults of
        `fastconv.conv_transpose2d`. If that call had an `output_size`, `output_padding` is what
        this size has beyond (size - 1)*stride - before - after + dilation*(k - 1) + 1.
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
        If an array is bool, object or longdouble, a size is not an int, `padding` is a str, or
        `out` is not an ndarray.
    ValueError
        If `grad_output` does not have the shape of the output, or under the conditions that
        `fastconv.conv_transpose2d` lists.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem, or needs more than `workspace_limit`.

    See Also
    --------
    fastconv.conv2d : Computes the same sum for real numbers.

    Notes
    -----
    For complex numbers, the weight is conjugated, as in PyTorch.

    References
    ----------
    V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning",
    arXiv:1603.07285, 2016, chapter 4.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import grad
    >>> g = np.arange(9).reshape(1, 3, 3)
    >>> grad.conv_transpose2d_input((1, 2, 2), np.arange(4).reshape(1, 1, 2, 2), g)
    array([[[19, 25],
            [37, 43]]])
    """
    return call(
        "conv_transpose2d_input", (weight, grad_output),
        (input_size, stride, padding, output_padding, groups, dilation),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def conv_transpose3d_input(
    input_size, weight, grad_output, stride=1, padding=0, output_padding=0, groups=1, dilation=1,
    *, algorithm="auto", accuracy="default", out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.conv_transpose3d` with respect to its input.

    Parameters
    ----------
    input_size : sequence of int, (N, C, D, H, W) or (C, D, H, W)
        Full shape of the input.
    weight : array_like, shape (C, K/groups, kD, kH, kW)
        The weight of the forward call.
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
    ndarray, shape `input_size`
        The gradient, in the dtype that `conv_transpose2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `conv_transpose2d_input` lists.

    See Also
    --------
    conv_transpose2d_input : Describes all parameters and rules in full.

    Notes
    -----
    For groups = 1, compute::

        h[n, c, h, i, j] = sum over k, t, u, v of
            conj(w[c, k, t, u, v]) g[n, k, h*s + t*d - p, i*s + u*d - p, j*s + v*d - p]

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
    >>> g = np.arange(1, 5).reshape(1, 1, 1, 4)
    >>> grad.conv_transpose3d_input((1, 1, 1, 3), np.array([[[[[1, 10]]]]]), g)
    array([[[[21, 32, 43]]]])
    """
    return call(
        "conv_transpose3d_input", (weight, grad_output),
        (input_size, stride, padding, output_padding, groups, dilation),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip
