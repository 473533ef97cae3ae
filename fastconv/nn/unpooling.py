"""Max unpooling, the partial inverse of max pooling."""

from ..calls import call

__all__ = ["max_unpool1d", "max_unpool2d", "max_unpool3d"]


def max_unpool1d(
    input, indices, kernel_size, stride=None, padding=0, output_size=None, *, algorithm="auto",
    out=None, num_threads=None,
):  # fmt: skip
    """Put the maxima of `max_pool1d` back to where they came from, zeros elsewhere.

    Parameters
    ----------
    input, indices : array_like, shape (N, C, o) or (C, o)
        What ``max_pool1d(..., return_indices=True)`` returned.
    kernel_size, stride, padding, output_size
        As in `max_unpool2d`, for one axis.
    algorithm, out, num_threads
        As in `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, L) or (C, L)
        Of the input's dtype.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `max_unpool2d` does.

    See Also
    --------
    max_unpool2d : all parameters and rules in full.

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
    """Put the maxima of `max_pool2d` back to where they came from, zeros elsewhere.

    Parameters
    ----------
    input : array_like, shape (N, C, oH, oW) or (C, oH, oW)
        Any dtype that `conv2d` takes.
    indices : array_like of int, shape of `input`
        Flat positions in the output's H*W. Where several agree, the last value in row-major order
        stays; -1 is skipped.
    kernel_size : int or sequence of two ints
    stride : int or sequence of two ints, optional
        None means `kernel_size`.
    padding : int or sequence, default 0
        As the pooling had it: an int, or one int or (before, after) pair per axis. The names that
        `max_pool2d` takes do not exist here.
    output_size : int or sequence of int, optional
        The spatial sizes or the full shape, where (size - 1)*stride - before - after + k is not
        what the pooling's input had; each must differ from that by less than the stride.
    algorithm, out, num_threads
        As in `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, H, W), or (C, H, W) for an unbatched input
        Of the input's dtype.

    Raises
    ------
    TypeError
        `indices` are no integers; the input is bool, object or longdouble; a size is no int.
    ValueError
        An index is less than -1 or beyond the output; the shapes of `input` and `indices` differ;
        `output_size` does not belong to the window and stride; the padding crops everything;
        `out` is unfit.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem.

    See Also
    --------
    max_pool2d, fastconv.grad.max_unpool2d_input

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
    """Put the maxima of `max_pool3d` back to where they came from, zeros elsewhere.

    Parameters
    ----------
    input, indices : array_like, shape (N, C, oD, oH, oW) or (C, oD, oH, oW)
        What ``max_pool3d(..., return_indices=True)`` returned.
    kernel_size, stride, padding, output_size
        As in `max_unpool2d`, for three axes.
    algorithm, out, num_threads
        As in `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, D, H, W) or (C, D, H, W)
        Of the input's dtype.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `max_unpool2d` does.

    See Also
    --------
    max_unpool2d : all parameters and rules in full.

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
