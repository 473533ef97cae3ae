"""Gradients of Lp pooling and maxout."""

from ..calls import call

__all__ = ["lp_pool1d_input", "lp_pool2d_input", "lp_pool3d_input", "maxout_input"]


def lp_pool1d_input(
    grad_output, input, norm_type, kernel_size, stride=None, ceil_mode=False, *, padding=0,
    dilation=1, algorithm="auto", out=None, num_threads=None,
):  # fmt: skip
    """Gradient of `fastconv.lp_pool1d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, o) or (C, o)
    input : array_like, shape (N, C, L) or (C, L)
    norm_type, kernel_size, stride, ceil_mode, padding, dilation
        As `fastconv.lp_pool1d` had them.
    algorithm, out, num_threads
        As in `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape of `input`
        Of the dtype that `lp_pool2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `lp_pool2d_input` does.

    See Also
    --------
    lp_pool2d_input : all parameters and rules in full.

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
    """Gradient of `fastconv.lp_pool2d` with respect to its input.

    A window of norm y adds ``g * sign(x) * (|x| / y)**(p - 1)`` to each of its positions, and
    nothing if y is 0. For p = inf it adds g * sign(x) to its first largest magnitude.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, oH, oW), or (C, oH, oW) for an unbatched input
    input : array_like, shape (N, C, H, W) or (C, H, W)
        float16, float32, float64 or any integers.
    norm_type, kernel_size, stride, ceil_mode, padding, dilation
        As `fastconv.lp_pool2d` had them.
    algorithm, out, num_threads
        As in `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape of `input`
        The dtype is result_type(grad_output, input), float64 for integers. The gradient at an
        input of 0 is 0, for p <= 1 too.

    Raises
    ------
    TypeError
        An array is complex, bool, object or longdouble; `norm_type` is no number; a size is no
        int; `out` is no ndarray.
    ValueError
        `grad_output` has not the shape of the output; otherwise as `fastconv.lp_pool2d` does.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem.

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
    """Gradient of `fastconv.lp_pool3d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, oD, oH, oW) or (C, oD, oH, oW)
    input : array_like, shape (N, C, D, H, W) or (C, D, H, W)
    norm_type, kernel_size, stride, ceil_mode, padding, dilation
        As `fastconv.lp_pool3d` had them.
    algorithm, out, num_threads
        As in `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape of `input`
        Of the dtype that `lp_pool2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `lp_pool2d_input` does.

    See Also
    --------
    lp_pool2d_input : all parameters and rules in full.

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
    """Gradient of `fastconv.maxout` with respect to its input.

    Every element of `grad_output` goes to the channel that was the maximum of its group, the
    first one among equals; a NaN counts as the maximum.

    Parameters
    ----------
    grad_output : array_like
        Of the input's shape with `groups` in place of the size of `axis`.
    input : array_like, any shape
        float16, float32, float64 or any integers.
    groups, axis
        As `fastconv.maxout` had them.
    algorithm, out, num_threads
        As in `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape of `input`
        The dtype is result_type(grad_output, input); integers give int64 (uint64 if one operand
        is uint64).

    Raises
    ------
    TypeError
        An array is complex, bool, object or longdouble; `groups` or `axis` is no int; `out` is no
        ndarray.
    ValueError
        `grad_output` has not the shape of the output; otherwise as `fastconv.maxout` does.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem.

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
