"""Pooling by norms (Lp pooling), and maxima across channels (maxout)."""

from ..calls import call

__all__ = ["lp_pool1d", "lp_pool2d", "lp_pool3d", "maxout"]


def lp_pool1d(
    input, norm_type, kernel_size, stride=None, ceil_mode=False, *, padding=0, dilation=1,
    algorithm="auto", out=None, num_threads=None,
):  # fmt: skip
    """Lp norm of each window of a signal.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
    norm_type : float
        p > 0; `inf` gives the largest magnitude.
    kernel_size : int or sequence of one int
    stride, ceil_mode, padding, dilation
        As in `lp_pool2d`, for one axis.
    algorithm, out, num_threads
        As in `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, o) or (C, o)
        Size and dtype by `lp_pool2d`'s rules.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `lp_pool2d` does.

    See Also
    --------
    lp_pool2d : all parameters and rules in full.

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
    """Lp norm of each window of an image: ``(sum |x|**p) ** (1/p)``.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        float16, float32, float64 or any integers; any strides and byte order. N may be 0.
    norm_type : float
        p > 0, not necessarily whole: 1 sums magnitudes, 2 is the Euclidean norm, `inf` the
        largest magnitude.
    kernel_size : int or sequence of two ints
        Sizes of the window.
    stride : int or sequence of two ints, optional
        Step of the window; None means `kernel_size`.
    ceil_mode : bool, default False
        As in `max_pool2d`.
    padding : int, sequence or str, default 0
        Zeros around the input, in the forms and with the limits of `max_pool2d`.
    dilation : int or sequence of two ints, default 1
        Distance between neighbouring positions of the window.
    algorithm, out, num_threads
        As in `max_pool2d`; the algorithms are naive and direct.

    Returns
    -------
    ndarray, shape (N, C, oH, oW), or (C, oH, oW) for an unbatched input
        Sizes as in `max_pool2d`. The input's dtype, float64 for integers; float16 is computed in
        float32.

    Raises
    ------
    TypeError
        The input is complex, bool, object or longdouble; `norm_type` is no number; a size is no
        int.
    ValueError
        `norm_type` is not greater than 0; otherwise as `max_pool2d` does.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem.

    See Also
    --------
    fastconv.grad.lp_pool2d_input : the gradient.

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
    """Lp norm of each window of a volume.

    Parameters
    ----------
    input : array_like, shape (N, C, D, H, W) or (C, D, H, W)
    norm_type : float
        p > 0; `inf` gives the largest magnitude.
    kernel_size : int or sequence of three ints
    stride, ceil_mode, padding, dilation
        As in `lp_pool2d`, for three axes.
    algorithm, out, num_threads
        As in `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, oD, oH, oW) or (C, oD, oH, oW)
        Sizes and dtype by `lp_pool2d`'s rules.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `lp_pool2d` does.

    See Also
    --------
    lp_pool2d : all parameters and rules in full.

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
    """Pool over channels: each of `groups` outputs is the maximum of consecutive channels.

    Parameters
    ----------
    input : array_like, any shape
        float16, float32, float64 or any integers.
    groups : int
        Number of output channels; it must divide the size C of `axis`. Output g is the maximum
        of channels g*C/groups to (g + 1)*C/groups - 1.
    axis : int, default 1
        Where the channels are; counted from the end if negative. An unbatched (C, *spatial) input
        needs 0.
    algorithm, out, num_threads
        As in `max_pool2d`.

    Returns
    -------
    ndarray
        The input's shape with `groups` in place of C, and the input's dtype. A NaN wins over
        numbers.

    Raises
    ------
    TypeError
        The input is complex, bool, object or longdouble; `groups` or `axis` is no int.
    ValueError
        `groups` does not divide the channels; `axis` does not exist; a dimension other than the
        first is 0; `out` is unfit.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem.

    See Also
    --------
    fastconv.grad.maxout_input : the gradient; it goes to the first of equal channels.

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
