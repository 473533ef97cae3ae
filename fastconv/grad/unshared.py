"""Gradients of local_conv1d, local_conv2d and tiled_conv2d."""

from ..calls import call

__all__ = [
    "local_conv1d_input", "local_conv1d_weight", "local_conv2d_input", "local_conv2d_weight",
    "tiled_conv2d_input", "tiled_conv2d_weight",
]  # fmt: skip


def local_conv1d_input(
    input_size, weight, grad_output, stride=1, padding=0, *, algorithm="auto", accuracy="default",
    out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.local_conv1d` with respect to its input.

    Parameters
    ----------
    input_size : sequence of int, (N, C, L) or (C, L)
    weight : array_like, shape (K, C, k, o)
    grad_output : array_like, shape (N, K, o) or (K, o)
    stride, padding
        As `fastconv.local_conv1d` had them.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape `input_size`
        Of the dtype that `local_conv2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `local_conv2d_input` does.

    See Also
    --------
    local_conv2d_input : all parameters and rules in full.

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
    """Gradient of `fastconv.local_conv1d` with respect to its weight.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
    weight_size : sequence of int, (K, C, k, o)
    grad_output : array_like, shape (N, K, o) or (K, o)
    stride, padding
        As `fastconv.local_conv1d` had them.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `fastconv.conv2d`.

    Returns
    -------
    ndarray, shape `weight_size`
        Of the dtype that `local_conv2d_weight` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `local_conv2d_weight` does.

    See Also
    --------
    local_conv2d_weight : all parameters and rules in full.

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
    """Gradient of `fastconv.local_conv2d` with respect to its input.

    ``h[n, c, i*s + u - p, j*s + v - p] += conj(w[k, c, u, v, i, j]) g[n, k, i, j]`` for all n, c,
    k, i, j, u, v, with stride s and padding p; what falls on the padding is dropped.

    Parameters
    ----------
    input_size : sequence of int, (N, C, H, W) or (C, H, W)
        Full shape of the input.
    weight : array_like, shape (K, C, kH, kW, oH, oW)
    grad_output : array_like, shape (N, K, oH, oW), or (K, oH, oW) for an unbatched input
        Any dtypes that `fastconv.conv2d` takes.
    stride, padding
        As `fastconv.local_conv2d` had them.
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
        `grad_output` has not the shape of the output; otherwise as `fastconv.local_conv2d` does.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem, or not within `workspace_limit`.

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
    """Gradient of `fastconv.local_conv2d` with respect to its weight.

    ``h[k, c, u, v, i, j] = sum over n: g[n, k, i, j] conj(x[n, c, i*s + u - p, j*s + v - p])``
    with stride s and padding p.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
    weight_size : sequence of int, (K, C, kH, kW, oH, oW)
        Shape of the weight.
    grad_output : array_like, shape (N, K, oH, oW), or (K, oH, oW) for an unbatched input
        Any dtypes that `fastconv.conv2d` takes.
    stride, padding
        As `fastconv.local_conv2d` had them.
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
        As `local_conv2d_input` does.

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


def tiled_conv2d_input(
    input_size, weight, grad_output, stride=1, padding=0, *, algorithm="auto", accuracy="default",
    out=None, workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.tiled_conv2d` with respect to its input.

    ``h[n, c, i*s + u - p, j*s + v - p] += conj(w[k, c, u, v, i % tH, j % tW]) g[n, k, i, j]`` for
    all n, c, k, i, j, u, v, with stride s and padding p; what falls on the padding is dropped.

    Parameters
    ----------
    input_size : sequence of int, (N, C, H, W) or (C, H, W)
        Full shape of the input.
    weight : array_like, shape (K, C, kH, kW, tH, tW)
    grad_output : array_like, shape (N, K, oH, oW), or (K, oH, oW) for an unbatched input
        Any dtypes that `fastconv.conv2d` takes.
    stride, padding
        As `fastconv.tiled_conv2d` had them.
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
        `grad_output` has not the shape of the output; otherwise as `fastconv.tiled_conv2d` does.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem, or not within `workspace_limit`.

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
    """Gradient of `fastconv.tiled_conv2d` with respect to its weight.

    ``h[k, c, u, v, a, b] = sum of g[n, k, i, j] conj(x[n, c, i*s + u - p, j*s + v - p])`` over n
    and all i, j with i % tH = a and j % tW = b; stride s and padding p.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
    weight_size : sequence of int, (K, C, kH, kW, tH, tW)
        Shape of the weight.
    grad_output : array_like, shape (N, K, oH, oW), or (K, oH, oW) for an unbatched input
        Any dtypes that `fastconv.conv2d` takes.
    stride, padding
        As `fastconv.tiled_conv2d` had them.
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
        As `tiled_conv2d_input` does.

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
