"""Average pooling over windows, plain and weighted."""

from ..calls import call

__all__ = ["avg_pool1d", "avg_pool2d", "avg_pool3d", "weighted_pool2d"]


def avg_pool1d(
    input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True,
    divisor_override=None, *, dilation=1, algorithm="auto", out=None, num_threads=None,
):  # fmt: skip
    """Average of each window of a signal.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
    kernel_size : int or sequence of one int
    stride, padding, ceil_mode, count_include_pad, divisor_override, dilation
        As in `avg_pool2d`, for one axis.
    algorithm, out, num_threads
        As in `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, o) or (C, o)
        Size and dtype by `avg_pool2d`'s rules.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `avg_pool2d` does.

    See Also
    --------
    avg_pool2d : all parameters and rules in full.
    fastconv.ndimage.uniform_filter1d : a window around every sample, with other boundaries.

    References
    ----------
    Y.-L. Boureau, J. Ponce and Y. LeCun, "A theoretical analysis of feature pooling in visual
    recognition", ICML 2010.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.avg_pool1d([[1, 5, 2, 4, 3]], 2)
    array([[3., 3.]])
    """
    return call(
        "avg_pool1d", (input,),
        (kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override, dilation),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def avg_pool2d(
    input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True,
    divisor_override=None, *, dilation=1, algorithm="auto", out=None, num_threads=None,
):  # fmt: skip
    """Average of each window of an image.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        Any dtype that `conv2d` takes, complex too; any strides and byte order. N may be 0.
    kernel_size : int or sequence of two ints
        Sizes of the window.
    stride : int or sequence of two ints, optional
        Step of the window; None means `kernel_size`.
    padding : int, sequence or str, default 0
        Zeros around the input, in the forms and with the limits of `max_pool2d`.
    ceil_mode : bool, default False
        Also use a last window that reaches past the padded input, if it starts inside the input
        or the padding before it (PyTorch's rule).
    count_include_pad : bool, default True
        Whether padding counts in the divisor. What `ceil_mode` lets hang over never does.
    divisor_override : float, optional
        The divisor of every window instead of its count; finite, not 0.
    dilation : int or sequence of two ints, default 1
        Distance between neighbouring positions of the window.
    algorithm, out, num_threads
        As in `max_pool2d`; the algorithms are naive and direct.

    Returns
    -------
    ndarray, shape (N, C, oH, oW), or (C, oH, oW) for an unbatched input
        Sizes as in `max_pool2d`. The input's dtype, float64 for integers; float16 is computed in
        float32. Without a divisor (a window of padding that does not count) the average is NaN.

    Raises
    ------
    TypeError
        The input is bool, object or longdouble; a size is no int; a flag is no bool; `out` is no
        ndarray.
    ValueError
        The input has neither 3 nor 4 dimensions, or one other than N is 0; the window spans more
        than the padded input; a number or name is out of its range; `out` is unfit.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem.

    See Also
    --------
    weighted_pool2d : the same with a weight per position of the window.
    fastconv.grad.avg_pool2d_input : the gradient.
    fastconv.ndimage.uniform_filter : a window around every pixel, with other boundaries.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document
    recognition", Proceedings of the IEEE 86(11), 1998.
    Y.-L. Boureau, J. Ponce and Y. LeCun, "A theoretical analysis of feature pooling in visual
    recognition", ICML 2010.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> x = np.arange(9.0).reshape(1, 3, 3)
    >>> fc.avg_pool2d(x, 2, stride=1)
    array([[[2., 3.],
            [5., 6.]]])
    >>> fc.avg_pool2d(x, 2, padding=1, count_include_pad=False)
    array([[[0. , 1.5],
            [4.5, 6. ]]])
    """
    return call(
        "avg_pool2d", (input,),
        (kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override, dilation),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def avg_pool3d(
    input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True,
    divisor_override=None, *, dilation=1, algorithm="auto", out=None, num_threads=None,
):  # fmt: skip
    """Average of each window of a volume.

    Parameters
    ----------
    input : array_like, shape (N, C, D, H, W) or (C, D, H, W)
    kernel_size : int or sequence of three ints
    stride, padding, ceil_mode, count_include_pad, divisor_override, dilation
        As in `avg_pool2d`, for three axes.
    algorithm, out, num_threads
        As in `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, oD, oH, oW) or (C, oD, oH, oW)
        Sizes and dtype by `avg_pool2d`'s rules.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `avg_pool2d` does.

    See Also
    --------
    avg_pool2d : all parameters and rules in full.

    References
    ----------
    Y.-L. Boureau, J. Ponce and Y. LeCun, "A theoretical analysis of feature pooling in visual
    recognition", ICML 2010.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> fc.avg_pool3d(np.arange(16).reshape(1, 2, 2, 4), 2)
    array([[[[6.5, 8.5]]]])
    """
    return call(
        "avg_pool3d", (input,),
        (kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override, dilation),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def weighted_pool2d(
    input, weights, stride=None, padding=0, *, algorithm="auto", out=None, num_threads=None
):
    """Weighted sum of each window of an image, every channel by itself.

    Weights that fall off from the centre and sum to 1 give the distance-weighted average of
    textbooks. The sum is not divided by anything.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        Any dtype that `conv2d` takes.
    weights : array_like, shape (kH, kW)
        One weight per position of the window, the same for all channels; its shape is the window.
    stride : int or sequence of two ints, optional
        Step of the window; None means ``weights.shape``.
    padding : int, sequence or str, default 0
        Zeros around the input, in all forms of `conv2d`.
    algorithm, out, num_threads
        As in `max_pool2d`; the algorithms are naive and direct.

    Returns
    -------
    ndarray, shape (N, C, oH, oW), or (C, oH, oW) for an unbatched input
        Sizes as in `conv2d`; the dtype is result_type(input, weights), float64 for integers.

    Raises
    ------
    TypeError, ValueError
        As `avg_pool2d` does; `weights` has not two dimensions or is empty.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem.

    See Also
    --------
    avg_pool2d
    fastconv.kernels.gaussian : weights by distance.
    fastconv.grad.weighted_pool2d_input : the gradient.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.3.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.weighted_pool2d([[[1.0, 2.0, 4.0, 8.0]]], [[0.75, 0.25]])
    array([[[1.25, 5.  ]]])
    """
    return call(
        "weighted_pool2d", (input, weights), (stride, padding),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip
