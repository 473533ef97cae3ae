"""Gradients of conv1d, conv2d and conv3d with respect to input and weight."""

from ..calls import call

__all__ = [
    "conv1d_input", "conv1d_weight", "conv2d_input", "conv2d_weight", "conv3d_input",
    "conv3d_weight",
]  # fmt: skip


def conv1d_input(
    input_size, weight, grad_output, stride=1, padding=0, dilation=1, groups=1, *,
    padding_mode="zeros", algorithm="auto", accuracy="default", out=None, workspace_limit=None,
    num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.conv1d` with respect to its input.

    Parameters
    ----------
    input_size : sequence of int, (N, C, L) or (C, L)
    weight : array_like, shape (K, C/groups, k)
    grad_output : array_like, shape (N, K, o) or (K, o)
    stride, padding, dilation, groups, padding_mode
        As `fastconv.conv1d` had them.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape `input_size`
        Of the dtype that `conv2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `conv2d_input` does.

    See Also
    --------
    conv2d_input : all parameters and rules in full.

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


def conv1d_weight(
    input, weight_size, grad_output, stride=1, padding=0, dilation=1, groups=1, *,
    padding_mode="zeros", algorithm="auto", accuracy="default", out=None, workspace_limit=None,
    num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.conv1d` with respect to its weight.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
    weight_size : sequence of int, (K, C/groups, k)
    grad_output : array_like, shape (N, K, o) or (K, o)
    stride, padding, dilation, groups, padding_mode
        As `fastconv.conv1d` had them.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape `weight_size`
        Of the dtype that `conv2d_weight` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `conv2d_weight` does.

    See Also
    --------
    conv2d_weight : all parameters and rules in full.

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


def conv2d_input(
    input_size, weight, grad_output, stride=1, padding=0, dilation=1, groups=1, *,
    padding_mode="zeros", algorithm="auto", accuracy="default", out=None, workspace_limit=None,
    num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.conv2d` with respect to its input.

    ``h[n, c, i*s + u*d - p, j*s + v*d - p] += conj(w[k, c, u, v]) g[n, k, i, j]`` for all n, c, k,
    i, j, u, v, with stride s, dilation d and padding p; what falls on the padding goes where
    `padding_mode` took it from.

    Parameters
    ----------
    input_size : sequence of int, (N, C, H, W) or (C, H, W)
        Full shape of the input; several sizes lead to the same output, so it cannot be left out.
    weight : array_like, shape (K, C/groups, kH, kW)
    grad_output : array_like, shape (N, K, oH, oW), or (K, oH, oW) for an unbatched input
        Any dtypes that `fastconv.conv2d` takes.
    stride, padding, dilation, groups, padding_mode
        As `fastconv.conv2d` had them, in all its forms.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape `input_size`
        The dtype is result_type(weight, grad_output); all-integer calls are exact, int64 (uint64
        if one operand is uint64). Empty for N = 0.

    Raises
    ------
    TypeError
        An array is bool, object or longdouble; a size is no int; `out` is no ndarray.
    ValueError
        `grad_output` has not the shape of the output; otherwise as `fastconv.conv2d` does.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem, or not within `workspace_limit`.

    See Also
    --------
    fastconv.conv_transpose2d : the same sum as a layer, where the output's size follows.

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


def conv2d_weight(
    input, weight_size, grad_output, stride=1, padding=0, dilation=1, groups=1, *,
    padding_mode="zeros", algorithm="auto", accuracy="default", out=None, workspace_limit=None,
    num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.conv2d` with respect to its weight.

    ``h[k, c, u, v] = sum over n, i, j: g[n, k, i, j] conj(x[n, c, i*s + u*d - p, j*s + v*d - p])``
    with stride s, dilation d and padding p.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
    weight_size : sequence of int, (K, C/groups, kH, kW)
        Shape of the weight.
    grad_output : array_like, shape (N, K, oH, oW), or (K, oH, oW) for an unbatched input
        Any dtypes that `fastconv.conv2d` takes.
    stride, padding, dilation, groups, padding_mode
        As `fastconv.conv2d` had them, in all its forms.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape `weight_size`
        The dtype is result_type(input, grad_output); all-integer calls are exact, int64 (uint64
        if one operand is uint64). Zeros for N = 0.

    Raises
    ------
    TypeError
        An array is bool, object or longdouble; a size is no int; `out` is no ndarray.
    ValueError
        `grad_output` has not the shape of the output; otherwise as `fastconv.conv2d` does.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem, or not within `workspace_limit`.

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


def conv3d_input(
    input_size, weight, grad_output, stride=1, padding=0, dilation=1, groups=1, *,
    padding_mode="zeros", algorithm="auto", accuracy="default", out=None, workspace_limit=None,
    num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.conv3d` with respect to its input.

    Parameters
    ----------
    input_size : sequence of int, (N, C, D, H, W) or (C, D, H, W)
    weight : array_like, shape (K, C/groups, kD, kH, kW)
    grad_output : array_like, shape (N, K, oD, oH, oW) or (K, oD, oH, oW)
    stride, padding, dilation, groups, padding_mode
        As `fastconv.conv3d` had them.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape `input_size`
        Of the dtype that `conv2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `conv2d_input` does.

    See Also
    --------
    conv2d_input : all parameters and rules in full.

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


def conv3d_weight(
    input, weight_size, grad_output, stride=1, padding=0, dilation=1, groups=1, *,
    padding_mode="zeros", algorithm="auto", accuracy="default", out=None, workspace_limit=None,
    num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.conv3d` with respect to its weight.

    Parameters
    ----------
    input : array_like, shape (N, C, D, H, W) or (C, D, H, W)
    weight_size : sequence of int, (K, C/groups, kD, kH, kW)
    grad_output : array_like, shape (N, K, oD, oH, oW) or (K, oD, oH, oW)
    stride, padding, dilation, groups, padding_mode
        As `fastconv.conv3d` had them.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape `weight_size`
        Of the dtype that `conv2d_weight` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `conv2d_weight` does.

    See Also
    --------
    conv2d_weight : all parameters and rules in full.

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
