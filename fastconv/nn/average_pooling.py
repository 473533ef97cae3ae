"""Average pooling over windows, plain and weighted."""

from ..calls import call

__all__ = ["avg_pool1d", "avg_pool2d", "avg_pool3d", "weighted_pool2d"]


def avg_pool1d(
    input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True,
    divisor_override=None, *, dilation=1, algorithm="auto", out=None, num_threads=None,
):  # fmt: skip
    """Compute the average of each window of signals.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
        A batch of N signals with C channels, or one signal without a batch axis. It has a dtype
        that `conv2d` takes.
    kernel_size : int or sequence of one int
        Size of the window, at least 1.
    stride, padding, ceil_mode, count_include_pad, divisor_override, dilation
        Choose the step and the spread of the window, the padding, the rounding of the output's size
        and the divisor, with the values and defaults of `avg_pool2d` for one axis.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, o) or (C, o)
        Size and dtype follow the rules of `avg_pool2d`.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `avg_pool2d` lists.

    See Also
    --------
    avg_pool2d : Describes all parameters and rules in full.
    fastconv.ndimage.uniform_filter1d : Uses a window around every sample, with other boundaries.

    Notes
    -----
    Padding counts in the divisor if `count_include_pad` is True. Positions past the padded input,
    where `ceil_mode` lets windows reach, never count.

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
    """Compute the average of each window of images.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        A batch of N images with C channels, or one image without a batch axis. It has a dtype that
        `conv2d` takes, complex ones included. N may be 0.
    kernel_size : int or sequence of two ints
        Size of the window along each axis, at least 1.
    stride : int or sequence of two ints, optional
        Step of the window along each axis. None means `kernel_size`.
    padding : int, sequence or str, default 0
        Number of zeros to add around the input, in the forms and with the limits of `max_pool2d`.
    ceil_mode : bool, default False
        Whether to round the number of outputs up. The last window may then reach past the padded
        input, but must start inside the input or the padding before it (PyTorch's rule).
    count_include_pad : bool, default True
        Whether positions in the padding count in the divisor. Positions past the padded input,
        where `ceil_mode` lets windows reach, never count.
    divisor_override : float, optional
        Divisor of every window in place of the number of its positions. It must be finite and not
        0.
    dilation : int or sequence of two ints, default 1
        Distance between neighbouring positions of the window.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, oH, oW), or (C, oH, oW) for an unbatched input
        The averages. The sizes are those of `max_pool2d`. The dtype is the input's, or float64 for
        integers. float16 is computed in float32.

    Raises
    ------
    TypeError
        If the input is bool, object or longdouble, a size is not an int, a flag is not a bool, or
        `out` is not an ndarray.
    ValueError
        If the input has neither 3 nor 4 dimensions, a dimension other than N is 0, the window spans
        more than the padded input, a number or a name is not allowed, or `out` does not meet its
        conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem.

    See Also
    --------
    weighted_pool2d : Uses a weight per position of the window.
    fastconv.grad.avg_pool2d_input : Computes the gradient.
    fastconv.ndimage.uniform_filter : Uses a window around every pixel, with other boundaries.

    Notes
    -----
    The divisor of a window is the number of its positions inside the input, plus those in the
    padding if `count_include_pad` is True. If that number is 0, the average is NaN. A NaN or Inf of
    the input reaches only the outputs whose window holds it.

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
    """Compute the average of each window of volumes.

    Parameters
    ----------
    input : array_like, shape (N, C, D, H, W) or (C, D, H, W)
        A batch of N volumes with C channels, or one volume without a batch axis. It has a dtype
        that `conv2d` takes.
    kernel_size : int or sequence of three ints
        Size of the window, at least 1.
    stride, padding, ceil_mode, count_include_pad, divisor_override, dilation
        Choose the step and the spread of the window, the padding, the rounding of the output's size
        and the divisor, with the values and defaults of `avg_pool2d` for three axes.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, oD, oH, oW) or (C, oD, oH, oW)
        Size and dtype follow the rules of `avg_pool2d`.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `avg_pool2d` lists.

    See Also
    --------
    avg_pool2d : Describes all parameters and rules in full.

    Notes
    -----
    Padding counts in the divisor if `count_include_pad` is True. Positions past the padded input,
    where `ceil_mode` lets windows reach, never count.

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
    """Compute a weighted sum of each window of images, for every channel separately.

    Weights that decrease with the distance from the centre and sum to 1 give the distance-weighted
    average of textbooks. The sum is not divided by anything.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        A batch of N images with C channels, or one image without a batch axis. It has a dtype that
        `conv2d` takes.
    weights : array_like, shape (kH, kW)
        One weight per position of the window, the same for all channels. Its shape is the window's.
    stride : int or sequence of two ints, optional
        Step of the window along each axis. None means ``weights.shape``.
    padding : int, sequence or str, default 0
        Number of zeros to add around the input, in any form that `conv2d` takes.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, oH, oW), or (C, oH, oW) for an unbatched input
        The sums. The sizes are those of `conv2d`. The dtype is result_type(input, weights), or
        float64 for integers.

    Raises
    ------
    TypeError, ValueError
        If `weights` does not have two dimensions or is empty, or under the conditions that
        `avg_pool2d` lists.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem.

    See Also
    --------
    avg_pool2d : Computes the plain average.
    fastconv.kernels.gaussian : Makes weights that decrease with the distance.
    fastconv.grad.weighted_pool2d_input : Computes the gradient.

    Notes
    -----
    With window (u, v), stride s and padding p, the result is::

        y[n, c, i, j] = sum over u, v of weights[u, v] x[n, c, i*s + u - p, j*s + v - p]

    which equals a depthwise `conv2d` that has the same kernel for all channels.

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
