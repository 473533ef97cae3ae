"""Gradients of adaptive_avg_pool*d and adaptive_max_pool*d."""

from ..calls import call

__all__ = [
    "adaptive_avg_pool1d_input", "adaptive_avg_pool2d_input", "adaptive_avg_pool3d_input",
    "adaptive_max_pool1d_input", "adaptive_max_pool2d_input", "adaptive_max_pool3d_input",
]  # fmt: skip


def adaptive_avg_pool1d_input(
    grad_output, input_size, *, algorithm="auto", out=None, num_threads=None
):
    """Return the gradient of `fastconv.adaptive_avg_pool1d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, o) or (C, o)
        Gradient with respect to the output of the forward call.
    input_size : sequence of int, (N, C, L) or (C, L)
        Full shape of the input.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        The gradient, in the dtype that `adaptive_avg_pool2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `adaptive_avg_pool2d_input` lists.

    See Also
    --------
    adaptive_avg_pool2d_input : Describes all parameters and rules in full.

    Notes
    -----
    Every position of a window receives the window's gradient divided by the number of positions in
    the window.

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
    """Return the gradient of `fastconv.adaptive_avg_pool2d` with respect to its input.

    Every position of a window receives the window's gradient divided by the number of positions in
    the window.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, oH, oW), or (C, oH, oW) for an unbatched input
        Gradient with respect to the output of the forward call, in any dtype that `fastconv.conv2d`
        takes.
    input_size : sequence of int, (N, C, H, W) or (C, H, W)
        Full shape of the input.
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
        If `grad_output` is bool, object or longdouble, a size is not an int, or `out` is not an
        ndarray.
    ValueError
        If `grad_output` and `input_size` differ in the batch or the channels, a dimension other
        than N is 0, or `out` does not meet its conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem.

    See Also
    --------
    fastconv.adaptive_avg_pool2d : The function of which this is the gradient.

    Notes
    -----
    Windows may overlap. A position in several windows receives the sum.

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
    """Return the gradient of `fastconv.adaptive_avg_pool3d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, oD, oH, oW) or (C, oD, oH, oW)
        Gradient with respect to the output of the forward call.
    input_size : sequence of int, (N, C, D, H, W) or (C, D, H, W)
        Full shape of the input.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        The gradient, in the dtype that `adaptive_avg_pool2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `adaptive_avg_pool2d_input` lists.

    See Also
    --------
    adaptive_avg_pool2d_input : Describes all parameters and rules in full.

    Notes
    -----
    Every position of a window receives the window's gradient divided by the number of positions in
    the window.

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


def adaptive_max_pool1d_input(
    grad_output, indices, input_size, *, algorithm="auto", out=None, num_threads=None
):
    """Return the gradient of `fastconv.adaptive_max_pool1d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, o) or (C, o)
        Gradient with respect to the output of the forward call.
    indices : array_like of int, shape of `grad_output`
        The indices that `fastconv.adaptive_max_pool1d` returned, which are flat positions in L. -1
        means that the element is skipped.
    input_size : sequence of int, (N, C, L) or (C, L)
        Full shape of the input.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        The gradient, in the dtype that `max_pool2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `max_pool2d_input` lists.

    See Also
    --------
    max_pool2d_input : Describes all parameters and rules in full.

    Notes
    -----
    Every element of `grad_output` is added to the position of its window's maximum.

    References
    ----------
    K. He, X. Zhang, S. Ren and J. Sun, "Spatial pyramid pooling in deep convolutional networks for
    visual recognition", ECCV 2014.

    Examples
    --------
    >>> import fastconv as fc
    >>> y, where = fc.adaptive_max_pool1d([[1, 2, 5, 4, 3]], 2, return_indices=True)
    >>> fc.grad.adaptive_max_pool1d_input([[10, 20]], where, (1, 5))
    array([[ 0,  0, 30,  0,  0]])
    """
    return call(
        "adaptive_max_pool1d_input", (grad_output, indices), (input_size,),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def adaptive_max_pool2d_input(
    grad_output, indices, input_size, *, algorithm="auto", out=None, num_threads=None
):
    """Return the gradient of `fastconv.adaptive_max_pool2d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, oH, oW) or (C, oH, oW)
        Gradient with respect to the output of the forward call.
    indices : array_like of int, shape of `grad_output`
        The indices that `fastconv.adaptive_max_pool2d` returned, which are flat positions in H*W.
        -1 means that the element is skipped.
    input_size : sequence of int, (N, C, H, W) or (C, H, W)
        Full shape of the input.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        The gradient, in the dtype that `max_pool2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `max_pool2d_input` lists.

    See Also
    --------
    max_pool2d_input : Describes all parameters and rules in full.

    Notes
    -----
    Every element of `grad_output` is added to the position of its window's maximum.

    References
    ----------
    K. He, X. Zhang, S. Ren and J. Sun, "Spatial pyramid pooling in deep convolutional networks for
    visual recognition", ECCV 2014.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> x = np.arange(6).reshape(1, 2, 3)
    >>> y, where = fc.adaptive_max_pool2d(x, 1, return_indices=True)
    >>> fc.grad.adaptive_max_pool2d_input(np.ones_like(y), where, x.shape)
    array([[[0, 0, 0],
            [0, 0, 1]]])
    """
    return call(
        "adaptive_max_pool2d_input", (grad_output, indices), (input_size,),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def adaptive_max_pool3d_input(
    grad_output, indices, input_size, *, algorithm="auto", out=None, num_threads=None
):
    """Return the gradient of `fastconv.adaptive_max_pool3d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, oD, oH, oW) or (C, oD, oH, oW)
        Gradient with respect to the output of the forward call.
    indices : array_like of int, shape of `grad_output`
        The indices that `fastconv.adaptive_max_pool3d` returned, which are flat positions in D*H*W.
        -1 means that the element is skipped.
    input_size : sequence of int, (N, C, D, H, W) or (C, D, H, W)
        Full shape of the input.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        The gradient, in the dtype that `max_pool2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `max_pool2d_input` lists.

    See Also
    --------
    max_pool2d_input : Describes all parameters and rules in full.

    Notes
    -----
    Every element of `grad_output` is added to the position of its window's maximum.

    References
    ----------
    K. He, X. Zhang, S. Ren and J. Sun, "Spatial pyramid pooling in deep convolutional networks for
    visual recognition", ECCV 2014.

    Examples
    --------
    >>> from fastconv import grad
    >>> grad.adaptive_max_pool3d_input([[[[7]]]], [[[[2]]]], (1, 1, 2, 2))
    array([[[[0, 0],
             [7, 0]]]])
    """
    return call(
        "adaptive_max_pool3d_input", (grad_output, indices), (input_size,),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip
