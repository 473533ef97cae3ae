"""Gradients of max_pool*d."""

from ..calls import call

__all__ = ["max_pool1d_input", "max_pool2d_input", "max_pool3d_input"]


def max_pool1d_input(
    grad_output, indices, input_size, *, algorithm="auto", out=None, num_threads=None
):
    """Return the gradient of `fastconv.max_pool1d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, o) or (C, o)
        Gradient with respect to the output of the forward call.
    indices : array_like of int, shape of `grad_output`
        The indices that `fastconv.max_pool1d` returned, which are flat positions in L. -1 means
        that the element is skipped.
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
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.3.

    Examples
    --------
    >>> import fastconv as fc
    >>> y, where = fc.max_pool1d([[1, 5, 2, 4, 3]], 2, return_indices=True)
    >>> fc.grad.max_pool1d_input([[10, 20]], where, (1, 5))
    array([[ 0, 10,  0, 20,  0]])
    """
    return call(
        "max_pool1d_input", (grad_output, indices), (input_size,),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def max_pool2d_input(
    grad_output, indices, input_size, *, algorithm="auto", out=None, num_threads=None
):
    """Return the gradient of `fastconv.max_pool2d` with respect to its input.

    Every element of `grad_output` is added to the position of its window's maximum.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, oH, oW) or (C, oH, oW)
        Gradient with respect to the output of the forward call. It holds float16, float32, float64
        or integers.
    indices : array_like of int, shape of `grad_output`
        The indices that `fastconv.max_pool2d` returned, which are flat positions in H*W. -1 means
        that the element is skipped.
    input_size : sequence of int, (N, C, H, W) or (C, H, W)
        Full shape of the input.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        The gradient. Its dtype is that of `grad_output`, or for integers int64 (uint64 for uint64).
        It is 0 at positions from which no maximum came.

    Raises
    ------
    TypeError
        If `grad_output` is complex, bool, object or longdouble, `indices` are not integers, or
        `out` is not an ndarray.
    ValueError
        If an index is less than -1 or past the end, the shapes do not fit together, or `out` does
        not meet its conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem.

    See Also
    --------
    fastconv.max_pool2d : The function of which this is the gradient.

    Notes
    -----
    Windows that overlap may have the same maximum, whose gradient is then a sum. The window, the
    stride and the padding are not needed, because the indices determine the result.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.3.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> x = np.array([[[0, 1, 2], [7, 4, 5], [6, 3, 8]]])
    >>> y, where = fc.max_pool2d(x, 2, stride=1, return_indices=True)
    >>> fc.grad.max_pool2d_input(np.ones_like(y), where, x.shape)  # the 7 won twice
    array([[[0, 0, 0],
            [2, 0, 1],
            [0, 0, 1]]])
    """
    return call(
        "max_pool2d_input", (grad_output, indices), (input_size,),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def max_pool3d_input(
    grad_output, indices, input_size, *, algorithm="auto", out=None, num_threads=None
):
    """Return the gradient of `fastconv.max_pool3d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, oD, oH, oW) or (C, oD, oH, oW)
        Gradient with respect to the output of the forward call.
    indices : array_like of int, shape of `grad_output`
        The indices that `fastconv.max_pool3d` returned, which are flat positions in D*H*W. -1 means
        that the element is skipped.
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
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.3.

    Examples
    --------
    >>> from fastconv import grad
    >>> grad.max_pool3d_input([[[[7]]]], [[[[2]]]], (1, 1, 2, 2))
    array([[[[0, 0],
             [7, 0]]]])
    """
    return call(
        "max_pool3d_input", (grad_output, indices), (input_size,),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip
