"""Gradients of avg_pool*d and weighted_pool2d."""

from ..calls import call

__all__ = ["avg_pool1d_input", "avg_pool2d_input", "avg_pool3d_input", "weighted_pool2d_input"]


def avg_pool1d_input(
    grad_output, input_size, kernel_size, stride=None, padding=0, ceil_mode=False,
    count_include_pad=True, divisor_override=None, *, dilation=1, algorithm="auto", out=None,
    num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.avg_pool1d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, o) or (C, o)
        Gradient with respect to the output of the forward call.
    input_size : sequence of int, (N, C, L) or (C, L)
        Full shape of the input.
    kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override, dilation
        The settings of the forward call, with the values and defaults of `fastconv.avg_pool1d`.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        The gradient, in the dtype that `avg_pool2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `avg_pool2d_input` lists.

    See Also
    --------
    avg_pool2d_input : Describes all parameters and rules in full.

    Notes
    -----
    Every position of a window receives the window's gradient divided by the window's divisor.

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
    """Return the gradient of `fastconv.avg_pool2d` with respect to its input.

    Every position of a window receives the window's gradient divided by the window's divisor.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, oH, oW), or (C, oH, oW) for an unbatched input
        Gradient with respect to the output of the forward call, in any dtype that `fastconv.conv2d`
        takes.
    input_size : sequence of int, (N, C, H, W) or (C, H, W)
        Full shape of the input.
    kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override, dilation
        The settings of the forward call, with the values and defaults of `fastconv.avg_pool2d`.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        The gradient. Its dtype is that of `grad_output`, or float64 for integers. It is empty if N
        = 0.

    Raises
    ------
    TypeError
        If `grad_output` is bool, object or longdouble, a size is not an int, a flag is not a bool,
        or `out` is not an ndarray.
    ValueError
        If `grad_output` does not have the shape of the output, or under the conditions that
        `fastconv.avg_pool2d` lists.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem.

    See Also
    --------
    fastconv.avg_pool2d :
        The function of which this is the gradient, with the rule for the divisor.

    Notes
    -----
    Gradients at padded positions are dropped. They make up a part of the window's gradient if
    `count_include_pad` is True.

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
    """Return the gradient of `fastconv.avg_pool3d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, oD, oH, oW) or (C, oD, oH, oW)
        Gradient with respect to the output of the forward call.
    input_size : sequence of int, (N, C, D, H, W) or (C, D, H, W)
        Full shape of the input.
    kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override, dilation
        The settings of the forward call, with the values and defaults of `fastconv.avg_pool3d`.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        The gradient, in the dtype that `avg_pool2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `avg_pool2d_input` lists.

    See Also
    --------
    avg_pool2d_input : Describes all parameters and rules in full.

    Notes
    -----
    Every position of a window receives the window's gradient divided by the window's divisor.

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


def weighted_pool2d_input(
    grad_output, input_size, weights, stride=None, padding=0, *, algorithm="auto", out=None,
    num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.weighted_pool2d` with respect to its input.

    Every position of a window receives the window's gradient times the position's weight.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, oH, oW), or (C, oH, oW) for an unbatched input
        Gradient with respect to the output of the forward call, in any dtype that `fastconv.conv2d`
        takes.
    input_size : sequence of int, (N, C, H, W) or (C, H, W)
        Full shape of the input.
    weights : array_like, shape (kH, kW)
        The weights of the forward call.
    stride, padding
        The step of the window and the padding of the forward call, with the values and defaults of
        `fastconv.weighted_pool2d`.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        The gradient. Its dtype is result_type(grad_output, weights), or float64 for integers. It is
        empty if N = 0.

    Raises
    ------
    TypeError
        If an array is bool, object or longdouble, a size is not an int, or `out` is not an ndarray.
    ValueError
        If `grad_output` does not have the shape of the output, or under the conditions that
        `fastconv.weighted_pool2d` lists.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem.

    See Also
    --------
    fastconv.weighted_pool2d : The function of which this is the gradient.

    Notes
    -----
    For complex numbers, the weights are conjugated, as in PyTorch. Gradients at padded positions
    are dropped.

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
