"""Pooling by norms (Lp pooling), and maxima over channels (maxout)."""

from ..calls import call

__all__ = ["lp_pool1d", "lp_pool2d", "lp_pool3d", "maxout"]


def lp_pool1d(
    input, norm_type, kernel_size, stride=None, ceil_mode=False, *, padding=0, dilation=1,
    algorithm="auto", out=None, num_threads=None,
):  # fmt: skip
    """Compute the Lp norm of each window of signals.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
        A batch of N signals with C channels, or one signal without a batch axis. It has a dtype
        that `lp_pool2d` takes.
    norm_type : float
        The exponent p > 0. `inf` gives the largest magnitude.
    kernel_size : int or sequence of one int
        Size of the window, at least 1.
    stride, ceil_mode, padding, dilation
        Choose the step and the spread of the window, the rounding of the output's size and the
        padding, with the values and defaults of `lp_pool2d` for one axis.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, o) or (C, o)
        Size and dtype follow the rules of `lp_pool2d`.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `lp_pool2d` lists.

    See Also
    --------
    lp_pool2d : Describes all parameters and rules in full.

    Notes
    -----
    The norm of a window is ``(sum |x|**p) ** (1/p)`` over its positions, with p = `norm_type`.

    References
    ----------
    C. Gulcehre, K. Cho, R. Pascanu and Y. Bengio, "Learned-norm pooling for deep feedforward and
    recurrent neural networks", ECML PKDD 2014.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.lp_pool1d([[3.0, -4.0, 0.0, 2.0]], 2, 2)
    array([[5., 2.]])
    """
    return call(
        "lp_pool1d", (input,),
        (norm_type, kernel_size, stride, ceil_mode, padding, dilation),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def lp_pool2d(
    input, norm_type, kernel_size, stride=None, ceil_mode=False, *, padding=0, dilation=1,
    algorithm="auto", out=None, num_threads=None,
):  # fmt: skip
    """Compute the Lp norm of each window of images.

    The norm of a window is ``(sum |x|**p) ** (1/p)`` over its positions, with p = `norm_type`.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        A batch of N images with C channels, or one image without a batch axis. It holds float16,
        float32, float64 or integers, with any strides and any byte order. N may be 0.
    norm_type : float
        The exponent p > 0, which need not be whole. 1 sums magnitudes, 2 gives the Euclidean norm
        and `inf` the largest magnitude.
    kernel_size : int or sequence of two ints
        Size of the window along each axis, at least 1.
    stride : int or sequence of two ints, optional
        Step of the window along each axis. None means `kernel_size`.
    ceil_mode : bool, default False
        Whether to round the number of outputs up, by the rule of `max_pool2d`.
    padding : int, sequence or str, default 0
        Number of zeros to add around the input, in the forms and with the limits of `max_pool2d`.
    dilation : int or sequence of two ints, default 1
        Distance between neighbouring positions of the window.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, oH, oW), or (C, oH, oW) for an unbatched input
        The norms. The sizes are those of `max_pool2d`. The dtype is the input's, or float64 for
        integers. float16 is computed in float32.

    Raises
    ------
    TypeError
        If the input is complex, bool, object or longdouble, `norm_type` is not a number, or a size
        is not an int.
    ValueError
        If `norm_type` is not greater than 0, or under the conditions that `max_pool2d` lists.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem.

    See Also
    --------
    fastconv.grad.lp_pool2d_input : Computes the gradient.

    Notes
    -----
    The powers neither overflow nor underflow, even where the plain sum of ``|x|**p`` would. A NaN
    of the input reaches only the outputs whose window holds it. The algorithm direct computes
    p = 1, 2 and inf; naive computes every p.

    References
    ----------
    P. Sermanet, S. Chintala and Y. LeCun, "Convolutional neural networks applied to house numbers
    digit classification", ICPR 2012.
    C. Gulcehre, K. Cho, R. Pascanu and Y. Bengio, "Learned-norm pooling for deep feedforward and
    recurrent neural networks", ECML PKDD 2014.

    Examples
    --------
    >>> import fastconv as fc
    >>> x = [[[3.0, 0.0, -1.0], [0.0, -4.0, 0.0]]]
    >>> fc.lp_pool2d(x, 2, 2, stride=1)
    array([[[5.        , 4.12310563]]])
    >>> fc.lp_pool2d(x, float("inf"), 2, stride=1)
    array([[[4., 4.]]])
    """
    return call(
        "lp_pool2d", (input,),
        (norm_type, kernel_size, stride, ceil_mode, padding, dilation),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def lp_pool3d(
    input, norm_type, kernel_size, stride=None, ceil_mode=False, *, padding=0, dilation=1,
    algorithm="auto", out=None, num_threads=None,
):  # fmt: skip
    """Compute the Lp norm of each window of volumes.

    Parameters
    ----------
    input : array_like, shape (N, C, D, H, W) or (C, D, H, W)
        A batch of N volumes with C channels, or one volume without a batch axis. It has a dtype
        that `lp_pool2d` takes.
    norm_type : float
        The exponent p > 0. `inf` gives the largest magnitude.
    kernel_size : int or sequence of three ints
        Size of the window, at least 1.
    stride, ceil_mode, padding, dilation
        Choose the step and the spread of the window, the rounding of the output's size and the
        padding, with the values and defaults of `lp_pool2d` for three axes.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, oD, oH, oW) or (C, oD, oH, oW)
        Size and dtype follow the rules of `lp_pool2d`.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `lp_pool2d` lists.

    See Also
    --------
    lp_pool2d : Describes all parameters and rules in full.

    Notes
    -----
    The norm of a window is ``(sum |x|**p) ** (1/p)`` over its positions, with p = `norm_type`.

    References
    ----------
    C. Gulcehre, K. Cho, R. Pascanu and Y. Bengio, "Learned-norm pooling for deep feedforward and
    recurrent neural networks", ECML PKDD 2014.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> fc.lp_pool3d(-np.ones((1, 2, 2, 4)), 1, 2)
    array([[[[8., 8.]]]])
    """
    return call(
        "lp_pool3d", (input,),
        (norm_type, kernel_size, stride, ceil_mode, padding, dilation),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def maxout(input, groups, axis=1, *, algorithm="auto", out=None, num_threads=None):
    """Compute the maximum of each block of consecutive channels.

    Parameters
    ----------
    input : array_like, any shape
        An array of float16, float32, float64 or integers.
    groups : int
        Number of output channels. It must divide C, the size of `axis`. Output g is the maximum of
        the channels from g*C/groups to (g + 1)*C/groups - 1.
    axis : int, default 1
        The axis of the channels. A negative number counts from the end. An unbatched (C, *spatial)
        input needs 0.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `max_pool2d`.

    Returns
    -------
    ndarray
        An array of the input's dtype and shape, except that `axis` has `groups` elements.

    Raises
    ------
    TypeError
        If the input is complex, bool, object or longdouble, or `groups` or `axis` is not an int.
    ValueError
        If `groups` does not divide the number of channels, `axis` does not exist, a dimension other
        than the first is 0, or `out` does not meet its conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem.

    See Also
    --------
    fastconv.grad.maxout_input : Computes the gradient, which goes to the first of equal channels.

    Notes
    -----
    A NaN wins over all numbers. Maxout follows a layer that computes C/groups linear functions per
    unit; their maximum is a convex, piecewise linear activation that is learned.

    References
    ----------
    I. J. Goodfellow, D. Warde-Farley, M. Mirza, A. Courville and Y. Bengio, "Maxout networks",
    ICML 2013.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.maxout([[1, 3, 2, 0, 5, 4]], groups=2)  # channels (1, 3, 2) and (0, 5, 4)
    array([[3, 5]])
    """
    return call("maxout", (input,), (groups, axis), algorithm, "default", None, out, num_threads)
