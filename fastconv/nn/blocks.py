"""Copy windows into the columns of a matrix (im2col), and add them back to an array (col2im)."""

from ..calls import call

__all__ = ["fold", "unfold"]


def unfold(
    input, kernel_size, dilation=1, padding=0, stride=1, *, algorithm="auto", out=None,
    num_threads=None,
):  # fmt: skip
    """Copy every window of the input into a column of a matrix (im2col).

    The input has one to three spatial dimensions. ``weight.reshape(K, -1) @ unfold(x, ...)`` is the
    convolution layer with that weight, with all output positions in one axis.

    Parameters
    ----------
    input : array_like, shape (N, C, *spatial) or (C, *spatial)
        A batch of N arrays with C channels, or one such array. It has a dtype that `conv2d` takes,
        with any strides and any byte order. N may be 0.
    kernel_size : int or sequence of one to three ints
        Size of the window along each axis. The length of a sequence is the number of spatial
        dimensions. An int means two dimensions, as in PyTorch.
    dilation, stride : int or sequence of int, default 1
        The distance between neighbouring positions of a window, and the step of the window.
    padding : int, sequence or str, default 0
        Number of zeros to add around the input, in any form that `conv2d` takes.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C*prod(k), L), or (C*prod(k), L) for an unbatched input
        An array of the input's dtype. Its L columns are the windows in row-major order, and its
        rows are ordered by channel, then by position in the window.

    Raises
    ------
    TypeError
        If the input is bool, object or longdouble, a size is not an int, or `out` is not an
        ndarray.
    ValueError
        If the input does not have one or two dimensions more than `kernel_size` has entries, a
        dimension other than N is 0, the window spans more than the padded input, a number or a name
        is not allowed, or `out` does not meet its conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem.

    See Also
    --------
    fold : Computes the adjoint of `unfold`, which is also its gradient.
    numpy.lib.stride_tricks.sliding_window_view :
        Gives the windows without a copy and without padding.

    Notes
    -----
    With stride 1, the result takes about prod(k) times the memory of the input. `conv2d` does not
    need such a matrix: apart from im2col, its algorithms read the windows from the input.

    References
    ----------
    K. Chellapilla, S. Puri and P. Simard, "High performance convolutional neural networks for
    document processing", International Workshop on Frontiers in Handwriting Recognition, 2006.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> fc.unfold(np.arange(6).reshape(1, 2, 3), 2)
    array([[0, 1],
           [1, 2],
           [3, 4],
           [4, 5]])
    >>> fc.unfold([[1, 2, 3, 4]], (2,), stride=2)  # a tuple of one: a signal
    array([[1, 3],
           [2, 4]])
    """
    return call(
        "unfold", (input,), (kernel_size, dilation, padding, stride),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def fold(
    input, output_size, kernel_size, dilation=1, padding=0, stride=1, *, algorithm="auto",
    out=None, num_threads=None,
):  # fmt: skip
    """Add every column of a matrix to its window (col2im), the adjoint of `unfold`.

    Parameters
    ----------
    input : array_like, shape (N, C*prod(k), L) or (C*prod(k), L)
        Columns as `unfold` returns them, in any dtype that `conv2d` takes.
    output_size : int or sequence of int
        Size of the output along each spatial axis.
    kernel_size : int or sequence of one to three ints
        Size of the window along each axis. The length of a sequence is the number of spatial
        dimensions. An int means two dimensions.
    dilation, stride : int or sequence of int, default 1
        The distance between neighbouring positions of a window, and the step of the window.
    padding : int or sequence, default 0
        Number of positions that `unfold` added and that are cut off here: an int, or one int or
        (before, after) pair per axis. Names such as "same" are not allowed.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, *output_size), or (C, *output_size) for an unbatched input
        An array of the input's dtype. It holds the sum of all windows at a position, and 0 where
        there is no window. Integers wrap around. float16 is summed in float32.

    Raises
    ------
    TypeError
        If the input is bool, object or longdouble, a size is not an int, `padding` is a str, or
        `out` is not an ndarray.
    ValueError
        If the number of rows is not a multiple of prod(k), the number of columns is not the number
        of windows of `output_size`, the window spans more than the padded output, or `out` does not
        meet its conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem.

    See Also
    --------
    unfold : Copies windows into columns.

    Notes
    -----
    `fold` does not invert `unfold`: ``fold(unfold(x))`` is x times the number of windows that hold
    each position.

    References
    ----------
    K. Chellapilla, S. Puri and P. Simard, "High performance convolutional neural networks for
    document processing", International Workshop on Frontiers in Handwriting Recognition, 2006.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> x = np.arange(6).reshape(1, 2, 3)
    >>> fc.fold(fc.unfold(x, 2), (2, 3), 2)  # the middle column lies in both windows
    array([[[0, 2, 2],
            [3, 8, 5]]])
    """
    return call(
        "fold", (input,), (output_size, kernel_size, dilation, padding, stride),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip
