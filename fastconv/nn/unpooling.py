"""Max unpooling, which inverts max pooling in part."""

from ..calls import call

__all__ = ["max_unpool1d", "max_unpool2d", "max_unpool3d"]


def max_unpool1d(
    input, indices, kernel_size, stride=None, padding=0, output_size=None, *, algorithm="auto",
    out=None, num_threads=None,
):  # fmt: skip
    """Put the maxima of `max_pool1d` back to their positions, with zeros elsewhere.

    Parameters
    ----------
    input, indices : array_like, shape (N, C, o) or (C, o)
        The values to put back and their flat positions in L, as ``max_pool1d(...,
        return_indices=True)`` returns them.
    kernel_size, stride, padding, output_size
        The window, the step and the padding of the pooling, and the size of its input, with the
        values and defaults of `max_unpool2d` for one axis.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, L) or (C, L)
        An array of the input's dtype, which is 0 where no value was put.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `max_unpool2d` lists.

    See Also
    --------
    max_unpool2d : Describes all parameters and rules in full.

    Notes
    -----
    If several values have the same index, the last one in row-major order remains. A value with
    index -1 is skipped.

    References
    ----------
    M. D. Zeiler and R. Fergus, "Visualizing and understanding convolutional networks", ECCV 2014.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.max_unpool1d(*fc.max_pool1d([[1, 5, 2, 4, 3, 0]], 2, return_indices=True), 2)
    array([[0, 5, 0, 4, 3, 0]])
    """
    return call(
        "max_unpool1d", (input, indices), (kernel_size, stride, padding, output_size),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def max_unpool2d(
    input, indices, kernel_size, stride=None, padding=0, output_size=None, *, algorithm="auto",
    out=None, num_threads=None,
):  # fmt: skip
    """Put the maxima of `max_pool2d` back to their positions, with zeros elsewhere.

    Parameters
    ----------
    input : array_like, shape (N, C, oH, oW) or (C, oH, oW)
        The values to put back, in any dtype that `conv2d` takes.
    indices : array_like of int, shape of `input`
        The flat position of each value in the output's H*W. -1 means that the value is skipped.
    kernel_size : int or sequence of two ints
        Size of the pooling's window along each axis.
    stride : int or sequence of two ints, optional
        Step of the pooling's window. None means `kernel_size`.
    padding : int or sequence, default 0
        The pooling's padding: an int, or one int or (before, after) pair per axis. Names such as
        "same" are not allowed.
    output_size : int or sequence of int, optional
        Size of the output: the spatial sizes or the full shape. The default is (size - 1)*stride -
        before - after + k along each axis; a given size must differ from that by less than the
        stride.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, H, W), or (C, H, W) for an unbatched input
        An array of the input's dtype, which is 0 where no value was put.

    Raises
    ------
    TypeError
        If `indices` are not integers, the input is bool, object or longdouble, or a size is not an
        int.
    ValueError
        If an index is less than -1 or past the end of the output, the shapes of `input` and
        `indices` differ, `output_size` does not belong to the window and the stride, the padding
        cuts off the whole output, or `out` does not meet its conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem.

    See Also
    --------
    max_pool2d, fastconv.grad.max_unpool2d_input

    Notes
    -----
    If several values have the same index, the last one in row-major order remains. The size of the
    pooling's input cannot be told from its output alone: `output_size` states it.

    References
    ----------
    M. D. Zeiler and R. Fergus, "Visualizing and understanding convolutional networks", ECCV 2014.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> x = np.array([[[0, 1, 2, 9], [7, 4, 5, 3]]])
    >>> y, where = fc.max_pool2d(x, 2, return_indices=True)
    >>> fc.max_unpool2d(y, where, 2)
    array([[[0, 0, 0, 9],
            [7, 0, 0, 0]]])
    """
    return call(
        "max_unpool2d", (input, indices), (kernel_size, stride, padding, output_size),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def max_unpool3d(
    input, indices, kernel_size, stride=None, padding=0, output_size=None, *, algorithm="auto",
    out=None, num_threads=None,
):  # fmt: skip
    """Put the maxima of `max_pool3d` back to their positions, with zeros elsewhere.

    Parameters
    ----------
    input, indices : array_like, shape (N, C, oD, oH, oW) or (C, oD, oH, oW)
        The values to put back and their flat positions in D*H*W, as ``max_pool3d(...,
        return_indices=True)`` returns them.
    kernel_size, stride, padding, output_size
        The window, the step and the padding of the pooling, and the size of its input, with the
        values and defaults of `max_unpool2d` for three axes.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, D, H, W) or (C, D, H, W)
        An array of the input's dtype, which is 0 where no value was put.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `max_unpool2d` lists.

    See Also
    --------
    max_unpool2d : Describes all parameters and rules in full.

    Notes
    -----
    If several values have the same index, the last one in row-major order remains. A value with
    index -1 is skipped.

    References
    ----------
    M. D. Zeiler and R. Fergus, "Visualizing and understanding convolutional networks", ECCV 2014.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.max_unpool3d([[[[7]]]], [[[[2]]]], (1, 2, 2))
    array([[[[0, 0],
             [7, 0]]]])
    """
    return call(
        "max_unpool3d", (input, indices), (kernel_size, stride, padding, output_size),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip
