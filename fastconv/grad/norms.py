"""Gradients of Lp pooling and maxout."""

from ..calls import call

__all__ = ["lp_pool1d_input", "lp_pool2d_input", "lp_pool3d_input", "maxout_input"]


def lp_pool1d_input(
    grad_output, input, norm_type, kernel_size, stride=None, ceil_mode=False, *, padding=0,
    dilation=1, algorithm="auto", out=None, num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.lp_pool1d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, o) or (C, o)
        Gradient with respect to the output of the forward call.
    input : array_like, shape (N, C, L) or (C, L)
        The input of the forward call.
    norm_type, kernel_size, stride, ceil_mode, padding, dilation
        The settings of the forward call, with the values and defaults of `fastconv.lp_pool1d`.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape of `input`
        The gradient, in the dtype that `lp_pool2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `lp_pool2d_input` lists.

    See Also
    --------
    lp_pool2d_input : Describes all parameters and rules in full.

    Notes
    -----
    A window of norm y > 0 with gradient g adds ``g * sign(x) * (|x| / y)**(p - 1)`` to each of its
    positions x. For p = inf, it adds ``g * sign(x)`` to its first largest magnitude.

    References
    ----------
    C. Gulcehre, K. Cho, R. Pascanu and Y. Bengio, "Learned-norm pooling for deep feedforward and
    recurrent neural networks", ECML PKDD 2014.

    Examples
    --------
    >>> from fastconv import grad
    >>> grad.lp_pool1d_input([[5.0, 1.0]], [[3.0, -4.0, 0.0, 0.0]], 2, 2)
    array([[ 3., -4.,  0.,  0.]])
    """
    return call(
        "lp_pool1d_input", (grad_output, input),
        (norm_type, kernel_size, stride, ceil_mode, padding, dilation),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def lp_pool2d_input(
    grad_output, input, norm_type, kernel_size, stride=None, ceil_mode=False, *, padding=0,
    dilation=1, algorithm="auto", out=None, num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.lp_pool2d` with respect to its input.

    A window of norm y > 0 with gradient g adds ``g * sign(x) * (|x| / y)**(p - 1)`` to each of its
    positions x. For p = inf, it adds ``g * sign(x)`` to its first largest magnitude.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, oH, oW), or (C, oH, oW) for an unbatched input
        Gradient with respect to the output of the forward call.
    input : array_like, shape (N, C, H, W) or (C, H, W)
        The input of the forward call. It holds float16, float32, float64 or integers.
    norm_type, kernel_size, stride, ceil_mode, padding, dilation
        The settings of the forward call, with the values and defaults of `fastconv.lp_pool2d`.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape of `input`
        The gradient. Its dtype is result_type(grad_output, input), or float64 for integers.

    Raises
    ------
    TypeError
        If an array is complex, bool, object or longdouble, `norm_type` is not a number, a size is
        not an int, or `out` is not an ndarray.
    ValueError
        If `grad_output` does not have the shape of the output, or under the conditions that
        `fastconv.lp_pool2d` lists.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem.

    See Also
    --------
    fastconv.lp_pool2d : The function of which this is the gradient.

    Notes
    -----
    The gradient at an input of 0 is 0, also for p <= 1, where the derivative does not exist. A
    window whose norm is 0 adds nothing.

    References
    ----------
    C. Gulcehre, K. Cho, R. Pascanu and Y. Bengio, "Learned-norm pooling for deep feedforward and
    recurrent neural networks", ECML PKDD 2014.

    Examples
    --------
    >>> from fastconv import grad
    >>> grad.lp_pool2d_input([[[1.0]]], [[[3.0, 0.0], [0.0, -4.0]]], 2, 2)
    array([[[ 0.6,  0. ],
            [ 0. , -0.8]]])
    """
    return call(
        "lp_pool2d_input", (grad_output, input),
        (norm_type, kernel_size, stride, ceil_mode, padding, dilation),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def lp_pool3d_input(
    grad_output, input, norm_type, kernel_size, stride=None, ceil_mode=False, *, padding=0,
    dilation=1, algorithm="auto", out=None, num_threads=None,
):  # fmt: skip
    """Return the gradient of `fastconv.lp_pool3d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, oD, oH, oW) or (C, oD, oH, oW)
        Gradient with respect to the output of the forward call.
    input : array_like, shape (N, C, D, H, W) or (C, D, H, W)
        The input of the forward call.
    norm_type, kernel_size, stride, ceil_mode, padding, dilation
        The settings of the forward call, with the values and defaults of `fastconv.lp_pool3d`.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape of `input`
        The gradient, in the dtype that `lp_pool2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `lp_pool2d_input` lists.

    See Also
    --------
    lp_pool2d_input : Describes all parameters and rules in full.

    Notes
    -----
    A window of norm y > 0 with gradient g adds ``g * sign(x) * (|x| / y)**(p - 1)`` to each of its
    positions x. For p = inf, it adds ``g * sign(x)`` to its first largest magnitude.

    References
    ----------
    C. Gulcehre, K. Cho, R. Pascanu and Y. Bengio, "Learned-norm pooling for deep feedforward and
    recurrent neural networks", ECML PKDD 2014.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import grad
    >>> grad.lp_pool3d_input([[[[2.0]]]], [[[[1.0, -5.0], [5.0, 3.0]]]], np.inf, (1, 2, 2))
    array([[[[ 0., -2.],
             [ 0.,  0.]]]])
    """
    return call(
        "lp_pool3d_input", (grad_output, input),
        (norm_type, kernel_size, stride, ceil_mode, padding, dilation),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def maxout_input(
    grad_output, input, groups, axis=1, *, algorithm="auto", out=None, num_threads=None
):
    """Return the gradient of `fastconv.maxout` with respect to its input.

    Every element of `grad_output` goes to the channel that was the maximum of its block.

    Parameters
    ----------
    grad_output : array_like
        Gradient with respect to the output of the forward call. Its shape is the input's, except
        that `axis` has `groups` elements.
    input : array_like, any shape
        The input of the forward call. It holds float16, float32, float64 or integers.
    groups, axis
        The number of output channels and the axis of the channels of the forward call, with the
        values and defaults of `fastconv.maxout`.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape of `input`
        The gradient. Its dtype is result_type(grad_output, input), or for integers int64 (uint64 if
        one operand is uint64).

    Raises
    ------
    TypeError
        If an array is complex, bool, object or longdouble, `groups` or `axis` is not an int, or
        `out` is not an ndarray.
    ValueError
        If `grad_output` does not have the shape of the output, or under the conditions that
        `fastconv.maxout` lists.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem.

    See Also
    --------
    fastconv.maxout : The function of which this is the gradient.

    Notes
    -----
    The first of equal maxima receives the gradient. A NaN counts as the maximum.

    References
    ----------
    I. J. Goodfellow, D. Warde-Farley, M. Mirza, A. Courville and Y. Bengio, "Maxout networks",
    ICML 2013.

    Examples
    --------
    >>> from fastconv import grad
    >>> grad.maxout_input([[10, 20]], [[1, 3, 2, 0, 5, 5]], groups=2)
    array([[ 0, 10,  0,  0, 20,  0]])
    """
    return call(
        "maxout_input", (grad_output, input), (groups, axis),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip
