"""Gradients of conv1d, conv2d and conv3d with respect to their input."""

from ..calls import call

__all__ = ["conv1d_input", "conv2d_input", "conv3d_input"]


def conv1d_input(
    input_size, weight, grad_output, stride=1, padding=0, dilation=1, groups=1, *,
    padding_mode="zeros", algorithm="auto", accuracy="default", out=None, workspace_limit=None,
    num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.conv1d` with respect to its input.

    Parameters
    ----------
    input_size : sequence of int, (N, C, L) or (C, L)
        Full shape of the input.
    weight : array_like, shape (K, C/groups, k)
        The weight of the forward call.
    grad_output : array_like, shape (N, K, o) or (K, o)
        Gradient with respect to the output of the forward call.
    stride, padding, dilation, groups, padding_mode
        The settings of the forward call, with the values and defaults of `fastconv.conv2d`.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape `input_size`
        The gradient, in the dtype that `conv2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `conv2d_input` lists.

    See Also
    --------
    conv2d_input : Describes all parameters and rules in full.

    Notes
    -----
    For groups = 1, compute for all n, c, k, i, u::

        h[n, c, i*s + u*d - p] += conj(w[k, c, u]) g[n, k, i]

    where g is `grad_output`, s the stride, d the dilation and p the padding. Values at padded
    positions are added to the positions that `padding_mode` copied, or dropped if it is zeros.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5.

    Examples
    --------
    >>> from fastconv import grad
    >>> grad.conv1d_input((1, 4), [[[1, 10]]], [[1, 2, 3]])
    array([[ 1, 12, 23, 30]])
    """
    return call(
        "conv1d_input", (weight, grad_output),
        (input_size, stride, padding, dilation, groups, padding_mode),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def conv2d_input(
    input_size, weight, grad_output, stride=1, padding=0, dilation=1, groups=1, *,
    padding_mode="zeros", algorithm="auto", accuracy="default", out=None, workspace_limit=None,
    num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.conv2d` with respect to its input.

    For groups = 1, compute for all n, c, k, i, j, u, v::

        h[n, c, i*s + u*d - p, j*s + v*d - p] += conj(w[k, c, u, v]) g[n, k, i, j]

    where g is `grad_output`, s the stride, d the dilation and p the padding. Values at padded
    positions are added to the positions that `padding_mode` copied, or dropped if it is zeros.

    Parameters
    ----------
    input_size : sequence of int, (N, C, H, W) or (C, H, W)
        Full shape of the input. It must be given because inputs of several sizes have outputs of
        the same size.
    weight : array_like, shape (K, C/groups, kH, kW)
        The weight of the forward call.
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
    ndarray, shape `input_size`
        The gradient. Its dtype is result_type(weight, grad_output). If all operands are integers,
        the result is exact: int64, or uint64 if one operand is uint64. It is empty if N = 0.

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
    fastconv.conv_transpose2d :
        Computes the same sum as a layer, which derives the size of its output.

    Notes
    -----
    The definition takes as many multiply-adds as the forward call. For complex numbers, the weight
    is conjugated, as in PyTorch.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5,
    equation 9.13.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import grad
    >>> w = np.arange(4).reshape(1, 1, 2, 2)
    >>> grad.conv2d_input((1, 3, 3), w, np.ones((1, 2, 2), int))
    array([[[0, 1, 1],
            [2, 6, 4],
            [2, 5, 3]]])
    """
    return call(
        "conv2d_input", (weight, grad_output),
        (input_size, stride, padding, dilation, groups, padding_mode),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def conv3d_input(
    input_size, weight, grad_output, stride=1, padding=0, dilation=1, groups=1, *,
    padding_mode="zeros", algorithm="auto", accuracy="default", out=None, workspace_limit=None,
    num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.conv3d` with respect to its input.

    Parameters
    ----------
    input_size : sequence of int, (N, C, D, H, W) or (C, D, H, W)
        Full shape of the input.
    weight : array_like, shape (K, C/groups, kD, kH, kW)
        The weight of the forward call.
    grad_output : array_like, shape (N, K, oD, oH, oW) or (K, oD, oH, oW)
        Gradient with respect to the output of the forward call.
    stride, padding, dilation, groups, padding_mode
        The settings of the forward call, with the values and defaults of `fastconv.conv2d`.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape `input_size`
        The gradient, in the dtype that `conv2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `conv2d_input` lists.

    See Also
    --------
    conv2d_input : Describes all parameters and rules in full.

    Notes
    -----
    For groups = 1, compute for all n, c, k, h, i, j, t, u, v::

        h[n, c, h*s + t*d - p, i*s + u*d - p, j*s + v*d - p] +=
            conj(w[k, c, t, u, v]) g[n, k, h, i, j]

    where g is `grad_output`, s the stride, d the dilation and p the padding. Values at padded
    positions are added to the positions that `padding_mode` copied, or dropped if it is zeros.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import grad
    >>> grad.conv3d_input((1, 1, 1, 3), np.array([[[[[1, 10]]]]]), np.array([[[[1, 2]]]]))
    array([[[[ 1, 12, 20]]]])
    """
    return call(
        "conv3d_input", (weight, grad_output),
        (input_size, stride, padding, dilation, groups, padding_mode),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip
