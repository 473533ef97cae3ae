"""Gradients of average pooling: over windows, adaptive and weighted."""

from ..calls import call

__all__ = [
    "adaptive_avg_pool1d_input", "adaptive_avg_pool2d_input", "adaptive_avg_pool3d_input",
    "avg_pool1d_input", "avg_pool2d_input", "avg_pool3d_input", "weighted_pool2d_input",
]  # fmt: skip


def avg_pool1d_input(
    grad_output, input_size, kernel_size, stride=None, padding=0, ceil_mode=False,
    count_include_pad=True, divisor_override=None, *, dilation=1, algorithm="auto", out=None,
    num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.avg_pool1d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, o) or (C, o)
    input_size : sequence of int, (N, C, L) or (C, L)
    kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override, dilation
        As `fastconv.avg_pool1d` had them.
    algorithm, out, num_threads
        As in `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        Of the dtype that `avg_pool2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `avg_pool2d_input` does.

    See Also
    --------
    avg_pool2d_input : all parameters and rules in full.

    References
    ----------
    Y.-L. Boureau, J. Ponce and Y. LeCun, "A theoretical analysis of feature pooling in visual
    recognition", ICML 2010.

    Examples
    --------
    >>> from fastconv import grad
    >>> grad.avg_pool1d_input([[2.0, 4.0]], (1, 5), 2)
    array([[1., 1., 2., 2., 0.]])
    """
    return call(
        "avg_pool1d_input", (grad_output,),
        (
            input_size, kernel_size, stride, padding, ceil_mode, count_include_pad,
            divisor_override, dilation,
        ),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def avg_pool2d_input(
    grad_output, input_size, kernel_size, stride=None, padding=0, ceil_mode=False,
    count_include_pad=True, divisor_override=None, *, dilation=1, algorithm="auto", out=None,
    num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.avg_pool2d` with respect to its input.

    Every position of a window receives the window's gradient over its divisor.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, oH, oW), or (C, oH, oW) for an unbatched input
        Any dtype that `fastconv.conv2d` takes.
    input_size : sequence of int, (N, C, H, W) or (C, H, W)
        Full shape of the input.
    kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override, dilation
        As `fastconv.avg_pool2d` had them, in all its forms.
    algorithm, out, num_threads
        As in `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        Of grad_output's dtype, float64 for integers. Empty for N = 0.

    Raises
    ------
    TypeError
        `grad_output` is bool, object or longdouble; a size is no int; a flag is no bool; `out` is
        no ndarray.
    ValueError
        `grad_output` has not the shape of the output; otherwise as `fastconv.avg_pool2d` does.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem.

    References
    ----------
    Y.-L. Boureau, J. Ponce and Y. LeCun, "A theoretical analysis of feature pooling in visual
    recognition", ICML 2010.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import grad
    >>> grad.avg_pool2d_input(np.full((1, 2, 2), 4.0), (1, 3, 3), 2, stride=1)
    array([[[1., 2., 1.],
            [2., 4., 2.],
            [1., 2., 1.]]])
    """
    return call(
        "avg_pool2d_input", (grad_output,),
        (
            input_size, kernel_size, stride, padding, ceil_mode, count_include_pad,
            divisor_override, dilation,
        ),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def avg_pool3d_input(
    grad_output, input_size, kernel_size, stride=None, padding=0, ceil_mode=False,
    count_include_pad=True, divisor_override=None, *, dilation=1, algorithm="auto", out=None,
    num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.avg_pool3d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, oD, oH, oW) or (C, oD, oH, oW)
    input_size : sequence of int, (N, C, D, H, W) or (C, D, H, W)
    kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override, dilation
        As `fastconv.avg_pool3d` had them.
    algorithm, out, num_threads
        As in `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        Of the dtype that `avg_pool2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `avg_pool2d_input` does.

    See Also
    --------
    avg_pool2d_input : all parameters and rules in full.

    References
    ----------
    Y.-L. Boureau, J. Ponce and Y. LeCun, "A theoretical analysis of feature pooling in visual
    recognition", ICML 2010.

    Examples
    --------
    >>> from fastconv import grad
    >>> grad.avg_pool3d_input([[[[8.0]]]], (1, 2, 2, 2), 2)
    array([[[[1., 1.],
             [1., 1.]],
    <BLANKLINE>
            [[1., 1.],
             [1., 1.]]]])
    """
    return call(
        "avg_pool3d_input", (grad_output,),
        (
            input_size, kernel_size, stride, padding, ceil_mode, count_include_pad,
            divisor_override, dilation,
        ),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def adaptive_avg_pool1d_input(
    grad_output, input_size, *, algorithm="auto", out=None, num_threads=None
):
    """Gradient of `fastconv.adaptive_avg_pool1d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, o) or (C, o)
    input_size : sequence of int, (N, C, L) or (C, L)
    algorithm, out, num_threads
        As in `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        Of grad_output's dtype, float64 for integers.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `adaptive_avg_pool2d_input` does.

    References
    ----------
    K. He, X. Zhang, S. Ren and J. Sun, "Spatial pyramid pooling in deep convolutional networks for
    visual recognition", ECCV 2014.

    Examples
    --------
    >>> from fastconv import grad
    >>> grad.adaptive_avg_pool1d_input([[3.0, 6.0]], (1, 5))  # windows 0..2 and 2..4
    array([[1., 1., 3., 2., 2.]])
    """
    return call(
        "adaptive_avg_pool1d_input", (grad_output,), (input_size,),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def adaptive_avg_pool2d_input(
    grad_output, input_size, *, algorithm="auto", out=None, num_threads=None
):
    """Gradient of `fastconv.adaptive_avg_pool2d` with respect to its input.

    Every position of a window receives the window's gradient over the window's size.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, oH, oW), or (C, oH, oW) for an unbatched input
        Any dtype that `fastconv.conv2d` takes.
    input_size : sequence of int, (N, C, H, W) or (C, H, W)
        Full shape of the input.
    algorithm, out, num_threads
        As in `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        Of grad_output's dtype, float64 for integers. Empty for N = 0.

    Raises
    ------
    TypeError
        `grad_output` is bool, object or longdouble; a size is no int; `out` is no ndarray.
    ValueError
        Batch or channels of `grad_output` and `input_size` differ; a dimension other than N is
        0; `out` is unfit.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem.

    References
    ----------
    K. He, X. Zhang, S. Ren and J. Sun, "Spatial pyramid pooling in deep convolutional networks for
    visual recognition", ECCV 2014.

    Examples
    --------
    >>> from fastconv import grad
    >>> grad.adaptive_avg_pool2d_input([[[6.0]]], (1, 2, 3))
    array([[[1., 1., 1.],
            [1., 1., 1.]]])
    """
    return call(
        "adaptive_avg_pool2d_input", (grad_output,), (input_size,),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def adaptive_avg_pool3d_input(
    grad_output, input_size, *, algorithm="auto", out=None, num_threads=None
):
    """Gradient of `fastconv.adaptive_avg_pool3d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, oD, oH, oW) or (C, oD, oH, oW)
    input_size : sequence of int, (N, C, D, H, W) or (C, D, H, W)
    algorithm, out, num_threads
        As in `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        Of grad_output's dtype, float64 for integers.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `adaptive_avg_pool2d_input` does.

    References
    ----------
    K. He, X. Zhang, S. Ren and J. Sun, "Spatial pyramid pooling in deep convolutional networks for
    visual recognition", ECCV 2014.

    Examples
    --------
    >>> from fastconv import grad
    >>> grad.adaptive_avg_pool3d_input([[[[4.0]]]], (1, 1, 2, 2))
    array([[[[1., 1.],
             [1., 1.]]]])
    """
    return call(
        "adaptive_avg_pool3d_input", (grad_output,), (input_size,),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def weighted_pool2d_input(
    grad_output, input_size, weights, stride=None, padding=0, *, algorithm="auto", out=None,
    num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.weighted_pool2d` with respect to its input.

    Every position of a window receives the window's gradient times its (conjugated) weight.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, oH, oW), or (C, oH, oW) for an unbatched input
        Any dtype that `fastconv.conv2d` takes.
    input_size : sequence of int, (N, C, H, W) or (C, H, W)
        Full shape of the input.
    weights : array_like, shape (kH, kW)
    stride, padding
        As `fastconv.weighted_pool2d` had them, in all its forms.
    algorithm, out, num_threads
        As in `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        The dtype is result_type(grad_output, weights), float64 for integers. Empty for N = 0.

    Raises
    ------
    TypeError
        An array is bool, object or longdouble; a size is no int; `out` is no ndarray.
    ValueError
        `grad_output` has not the shape of the output; otherwise as `fastconv.weighted_pool2d`
        does.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.3.

    Examples
    --------
    >>> from fastconv import grad
    >>> grad.weighted_pool2d_input([[[1.0, 4.0]]], (1, 1, 4), [[0.75, 0.25]])
    array([[[0.75, 0.25, 3.  , 1.  ]]])
    """
    return call(
        "weighted_pool2d_input", (grad_output, weights), (input_size, stride, padding),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip
