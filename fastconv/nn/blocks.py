"""Windows as the columns of a matrix (im2col), and their sum back into an image (col2im)."""

from ..calls import call

__all__ = ["fold", "unfold"]


def unfold(
    input, kernel_size, dilation=1, padding=0, stride=1, *, algorithm="auto", out=None,
    num_threads=None,
):  # fmt: skip
    """Copy every window into a column, in one to three dimensions.

    ``weight.reshape(K, -1) @ unfold(x, ...)`` is the convolution layer with that weight, its
    positions in one axis.

    Parameters
    ----------
    input : array_like, shape (N, C, *spatial) or (C, *spatial)
        Any dtype that `conv2d` takes; any strides and byte order. N may be 0.
    kernel_size : int or sequence of one to three ints
        Sizes of the window. A sequence's length is the number of spatial dimensions; an int means
        two, as in PyTorch.
    dilation, stride : int or sequence of int, default 1
        As in `conv2d`.
    padding : int, sequence or str, default 0
        Zeros around the input, in all forms of `conv2d`.
    algorithm, out, num_threads
        As in `max_pool2d`; the algorithms are naive and direct.

    Returns
    -------
    ndarray, shape (N, C*prod(k), L), or (C*prod(k), L) for an unbatched input
        L windows in row-major order; rows are ordered (channel, kernel position). The input's
        dtype.

    Raises
    ------
    TypeError
        The input is bool, object or longdouble; a size is no int; `out` is no ndarray.
    ValueError
        The input's dimensions are not those of `kernel_size` and one or two more, or one other
        than N is 0; the window spans more than the padded input; a number or name is out of its
        range; `out` is unfit.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem.

    See Also
    --------
    fold : the adjoint, and so the gradient, of unfolding.
    numpy.lib.stride_tricks.sliding_window_view : the same windows without a copy or padding.

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
    """Add every column to its window: the adjoint of `unfold`, in one to three dimensions.

    Parameters
    ----------
    input : array_like, shape (N, C*prod(k), L) or (C*prod(k), L)
        As `unfold` returns it. Any dtype that `conv2d` takes.
    output_size : int or sequence of int
        Spatial sizes of the output.
    kernel_size : int or sequence of one to three ints
        As in `unfold`: an int means two dimensions.
    dilation, stride : int or sequence of int, default 1
        As in `unfold`.
    padding : int or sequence, default 0
        What `unfold` added, cropped here: an int, or one int or (before, after) pair per axis. The
        names that `unfold` takes do not exist here.
    algorithm, out, num_threads
        As in `max_pool2d`; the algorithms are naive and direct.

    Returns
    -------
    ndarray, shape (N, C, *output_size), or (C, *output_size) for an unbatched input
        Sums where windows overlap, 0 where there is none. The input's dtype: integers wrap,
        float16 is summed in float32.

    Raises
    ------
    TypeError
        The input is bool, object or longdouble; a size is no int; `padding` is a str; `out` is no
        ndarray.
    ValueError
        The rows are no multiple of prod(k), or the columns not as many as `output_size` has
        windows; the window spans more than the padded output; `out` is unfit.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem.

    See Also
    --------
    unfold

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
