"""Gradients of conv_transpose1d, conv_transpose2d and conv_transpose3d."""

from ..calls import call

__all__ = [
    "conv_transpose1d_input", "conv_transpose1d_weight", "conv_transpose2d_input",
    "conv_transpose2d_weight", "conv_transpose3d_input", "conv_transpose3d_weight",
]  # fmt: skip


def conv_transpose1d_input(
    input_size, weight, grad_output, stride=1, padding=0, output_padding=0, groups=1, dilation=1,
    *, algorithm="auto", accuracy="default", out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.conv_transpose1d` with respect to its input.

    Parameters
    ----------
    input_size : sequence of int, (N, C, L) or (C, L)
    weight : array_like, shape (C, K/groups, k)
    grad_output : array_like, shape (N, K, o) or (K, o)
    stride, padding, output_padding, groups, dilation
        As `fastconv.conv_transpose1d` had them.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape `input_size`
        Of the dtype that `conv_transpose2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `conv_transpose2d_input` does.

    See Also
    --------
    conv_transpose2d_input : all parameters and rules in full.

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


def conv_transpose1d_weight(
    input, weight_size, grad_output, stride=1, padding=0, output_padding=0, groups=1, dilation=1,
    *, algorithm="auto", accuracy="default", out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.conv_transpose1d` with respect to its weight.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
    weight_size : sequence of int, (C, K/groups, k)
    grad_output : array_like, shape (N, K, o) or (K, o)
    stride, padding, output_padding, groups, dilation
        As `fastconv.conv_transpose1d` had them.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape `weight_size`
        Of the dtype that `conv_transpose2d_weight` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `conv_transpose2d_weight` does.

    See Also
    --------
    conv_transpose2d_weight : all parameters and rules in full.

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


def conv_transpose2d_input(
    input_size, weight, grad_output, stride=1, padding=0, output_padding=0, groups=1, dilation=1,
    *, algorithm="auto", accuracy="default", out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.conv_transpose2d` with respect to its input.

    ``h[n, c, i, j] = sum over k, u, v: conj(w[c, k, u, v]) g[n, k, i*s + u*d - p, j*s + v*d - p]``
    with stride s, dilation d and padding p, where positions outside g count as 0.

    Parameters
    ----------
    input_size : sequence of int, (N, C, H, W) or (C, H, W)
        Full shape of the input.
    weight : array_like, shape (C, K/groups, kH, kW)
    grad_output : array_like, shape (N, K, oH, oW), or (K, oH, oW) for an unbatched input
        Any dtypes that `fastconv.conv2d` takes.
    stride, padding, output_padding, groups, dilation
        As `fastconv.conv_transpose2d` had them; if it was given an `output_size`, the output
        padding is what that had beyond (size - 1)*stride - before - after + dilation*(k - 1) + 1.
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
        An array is bool, object or longdouble; a size is no int; `padding` is a str; `out` is no
        ndarray.
    ValueError
        `grad_output` has not the shape of the output; otherwise as `fastconv.conv_transpose2d`
        does.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem, or not within `workspace_limit`.

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


def conv_transpose2d_weight(
    input, weight_size, grad_output, stride=1, padding=0, output_padding=0, groups=1, dilation=1,
    *, algorithm="auto", accuracy="default", out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.conv_transpose2d` with respect to its weight.

    ``h[c, k, u, v] = sum over n, i, j: conj(x[n, c, i, j]) g[n, k, i*s + u*d - p, j*s + v*d - p]``
    with stride s, dilation d and padding p, where positions outside g count as 0.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
    weight_size : sequence of int, (C, K/groups, kH, kW)
        Shape of the weight.
    grad_output : array_like, shape (N, K, oH, oW), or (K, oH, oW) for an unbatched input
        Any dtypes that `fastconv.conv2d` takes.
    stride, padding, output_padding, groups, dilation
        As in `conv_transpose2d_input`.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape `weight_size`
        The dtype is result_type(input, grad_output); all-integer calls are exact, int64 (uint64
        if one operand is uint64). Zeros for N = 0.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `conv_transpose2d_input` does.

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


def conv_transpose3d_input(
    input_size, weight, grad_output, stride=1, padding=0, output_padding=0, groups=1, dilation=1,
    *, algorithm="auto", accuracy="default", out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.conv_transpose3d` with respect to its input.

    Parameters
    ----------
    input_size : sequence of int, (N, C, D, H, W) or (C, D, H, W)
    weight : array_like, shape (C, K/groups, kD, kH, kW)
    grad_output : array_like, shape (N, K, oD, oH, oW) or (K, oD, oH, oW)
    stride, padding, output_padding, groups, dilation
        As `fastconv.conv_transpose3d` had them.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape `input_size`
        Of the dtype that `conv_transpose2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `conv_transpose2d_input` does.

    See Also
    --------
    conv_transpose2d_input : all parameters and rules in full.

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


def conv_transpose3d_weight(
    input, weight_size, grad_output, stride=1, padding=0, output_padding=0, groups=1, dilation=1,
    *, algorithm="auto", accuracy="default", out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.conv_transpose3d` with respect to its weight.

    Parameters
    ----------
    input : array_like, shape (N, C, D, H, W) or (C, D, H, W)
    weight_size : sequence of int, (C, K/groups, kD, kH, kW)
    grad_output : array_like, shape (N, K, oD, oH, oW) or (K, oD, oH, oW)
    stride, padding, output_padding, groups, dilation
        As `fastconv.conv_transpose3d` had them.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape `weight_size`
        Of the dtype that `conv_transpose2d_weight` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `conv_transpose2d_weight` does.

    See Also
    --------
    conv_transpose2d_weight : all parameters and rules in full.

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
