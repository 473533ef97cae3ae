"""Gradients of max unpooling, which read the gradient at the position of each value."""

from ..calls import call

__all__ = ["max_unpool1d_input", "max_unpool2d_input", "max_unpool3d_input"]


def max_unpool1d_input(
    grad_output, indices, input_size, *, algorithm="auto", out=None, num_threads=None
):
    """Return the gradient of `fastconv.max_unpool1d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, L) or (C, L)
        Gradient with respect to the output of the forward call.
    indices : array_like of int, shape (N, C, o) or (C, o)
        The indices of the forward call, which are flat positions in the L of `grad_output`. The
        gradient at an index of -1 is 0.
    input_size : sequence of int, (N, C, o) or (C, o)
        Full shape of the input, which is that of `indices`.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        The gradient, in the dtype that `max_unpool2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `max_unpool2d_input` lists.

    See Also
    --------
    max_unpool2d_input : Describes all parameters and rules in full.

    Notes
    -----
    Every element of the input receives the gradient of the position to which the forward call
    copied it.

    References
    ----------
    M. D. Zeiler and R. Fergus, "Visualizing and understanding convolutional networks", ECCV 2014.

    Examples
    --------
    >>> from fastconv import grad
    >>> grad.max_unpool1d_input([[0, 1, 2, 3, 4, 5]], [[1, 3, -1]], (1, 3))
    array([[1, 3, 0]])
    """
    return call(
        "max_unpool1d_input", (grad_output, indices), (input_size,),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def max_unpool2d_input(
    grad_output, indices, input_size, *, algorithm="auto", out=None, num_threads=None
):
    """Return the gradient of `fastconv.max_unpool2d` with respect to its input.

    Every element of the input receives the gradient of the position to which the forward call
    copied it.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, H, W) or (C, H, W)
        Gradient with respect to the output of the forward call, in any dtype that `fastconv.conv2d`
        takes.
    indices : array_like of int, shape (N, C, oH, oW) or (C, oH, oW)
        The indices of the forward call, which are flat positions in the H*W of `grad_output`. The
        gradient at an index of -1 is 0.
    input_size : sequence of int, (N, C, oH, oW) or (C, oH, oW)
        Full shape of the input, which is that of `indices`.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        The gradient. Its dtype is that of `grad_output`, or for integers int64 (uint64 for uint64).
        It is 0 where the index is -1.

    Raises
    ------
    TypeError
        If `grad_output` is bool, object or longdouble, `indices` are not integers, or `out` is not
        an ndarray.
    ValueError
        If an index is less than -1 or past the end, the shapes do not fit together, or `out` does
        not meet its conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem.

    See Also
    --------
    fastconv.max_unpool2d : The function of which this is the gradient.

    Notes
    -----
    If several inputs went to the same position, each of them receives its gradient, although only
    the last one remained there.

    References
    ----------
    M. D. Zeiler and R. Fergus, "Visualizing and understanding convolutional networks", ECCV 2014.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import grad
    >>> g = np.arange(8).reshape(1, 2, 4)
    >>> grad.max_unpool2d_input(g, [[[4, 3]]], (1, 1, 2))
    array([[[4, 3]]])
    """
    return call(
        "max_unpool2d_input", (grad_output, indices), (input_size,),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def max_unpool3d_input(
    grad_output, indices, input_size, *, algorithm="auto", out=None, num_threads=None
):
    """Return the gradient of `fastconv.max_unpool3d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, D, H, W) or (C, D, H, W)
        Gradient with respect to the output of the forward call.
    indices : array_like of int, shape (N, C, oD, oH, oW) or (C, oD, oH, oW)
        The indices of the forward call, which are flat positions in the D*H*W of `grad_output`. The
        gradient at an index of -1 is 0.
    input_size : sequence of int, (N, C, oD, oH, oW) or (C, oD, oH, oW)
        Full shape of the input, which is that of `indices`.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        The gradient, in the dtype that `max_unpool2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `max_unpool2d_input` lists.

    See Also
    --------
    max_unpool2d_input : Describes all parameters and rules in full.

    Notes
    -----
    Every element of the input receives the gradient of the position to which the forward call
    copied it.

    References
    ----------
    M. D. Zeiler and R. Fergus, "Visualizing and understanding convolutional networks", ECCV 2014.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import grad
    >>> grad.max_unpool3d_input(np.arange(8).reshape(1, 2, 2, 2), [[[[5]]]], (1, 1, 1, 1))
    array([[[[5]]]])
    """
    return call(
        "max_unpool3d_input", (grad_output, indices), (input_size,),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip
