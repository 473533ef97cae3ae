"""Max pooling over windows."""

from ..calls import call

__all__ = ["max_pool1d", "max_pool2d", "max_pool3d"]


def max_pool1d(
    input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False,
    *, algorithm="auto", out=None, num_threads=None,
):  # fmt: skip
    """Maximum of each window of a signal.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
    kernel_size : int or sequence of one int
    stride, padding, dilation, ceil_mode, return_indices
        As in `max_pool2d`, for one axis.
    algorithm, out, num_threads
        As in `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, o) or (C, o), or a pair (output, indices)
        Size, dtype and indices by `max_pool2d`'s rules.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `max_pool2d` does.

    See Also
    --------
    max_pool2d : all parameters and rules in full.
    fastconv.ndimage.maximum_filter1d : a window around every sample, with other boundaries.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.3.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.max_pool1d([[1, 5, 2, 4, 3]], 2)
    array([[5, 4]])
    >>> fc.max_pool1d([[1, 5, 2, 4, 3]], 2, ceil_mode=True)
    array([[5, 4, 3]])
    """
    return call(
        "max_pool1d", (input,),
        (kernel_size, stride, padding, dilation, ceil_mode, return_indices),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def max_pool2d(
    input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False,
    *, algorithm="auto", out=None, num_threads=None,
):  # fmt: skip
    """Maximum of each window of an image.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        float16, float32, float64 or any integers; any strides and byte order. N may be 0.
    kernel_size : int or sequence of two ints
        Sizes of the window.
    stride : int or sequence of two ints, optional
        Step of the window; None means `kernel_size`.
    padding : int, sequence or str, default 0
        Positions around the input that never win.

        - int: on every side, at most half of the window's span dilation*(k - 1) + 1;
        - sequence: per axis an int, or a (before, after) pair with entries less than the span;
        - ``"valid"``: none;
        - ``"same"``: what makes ceil(size / stride) outputs, an odd one after; ``"same_lower"``:
          before.
    dilation : int or sequence of two ints, default 1
        Distance between neighbouring positions of the window.
    ceil_mode : bool, default False
        Also use a last window that reaches past the padded input, if it starts inside the input
        or the padding before it (PyTorch's rule).
    return_indices : bool, default False
        Also return where the maxima lie.
    algorithm : str, default "auto"
        "auto" takes the one that is predicted, or was measured, to be the fastest. A name forces
        one: naive, direct, and for maxima doubling and van_herk.
    out : ndarray, optional
        Receives the output and is returned: of exactly its shape and dtype, writeable,
        C-contiguous, in native byte order, sharing no memory with another argument. Indices are
        always a new array.
    num_threads : int, optional
        Threads of this call, by default `fastconv.get_num_threads`. Every number gives bitwise the
        same result.

    Returns
    -------
    output : ndarray, shape (N, C, oH, oW), or (C, oH, oW) for an unbatched input
        Per axis floor((size + before + after - span) / stride) + 1 values of the input's dtype
        (`ceil_mode` rounds up). A NaN wins over numbers. A window that holds nothing but padding
        gives -inf, or the smallest integer of the dtype.
    indices : ndarray of int64, shape of `output`
        With `return_indices` alone: flat positions in the unpadded H*W. Among equals the first
        one wins; -1 stands for a window of padding.

    Raises
    ------
    TypeError
        The input is complex, bool, object or longdouble; a size is no int; a flag is no bool;
        `out` is no ndarray.
    ValueError
        The input has neither 3 nor 4 dimensions, or one other than N is 0; the window spans more
        than the padded input; a number or name is out of its range; `out` is unfit.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem. It is a ValueError, and says why.

    See Also
    --------
    max_unpool2d : put the maxima back to where they came from.
    fastconv.grad.max_pool2d_input : the gradient.
    fastconv.ndimage.maximum_filter : a window around every pixel, with other boundaries.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.3.
    Y.-T. Zhou and R. Chellappa, "Computation of optical flow using a neural network", IEEE
    International Conference on Neural Networks, 1988.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> x = np.array([[[0, 1, 2], [7, 4, 5], [6, 3, 8]]])
    >>> fc.max_pool2d(x, 2, stride=1)
    array([[[7, 5],
            [7, 8]]])
    >>> fc.max_pool2d(x, 2, stride=1, return_indices=True)[1]
    array([[[3, 5],
            [3, 8]]])
    """
    return call(
        "max_pool2d", (input,),
        (kernel_size, stride, padding, dilation, ceil_mode, return_indices),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def max_pool3d(
    input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False,
    *, algorithm="auto", out=None, num_threads=None,
):  # fmt: skip
    """Maximum of each window of a volume.

    Parameters
    ----------
    input : array_like, shape (N, C, D, H, W) or (C, D, H, W)
    kernel_size : int or sequence of three ints
    stride, padding, dilation, ceil_mode, return_indices
        As in `max_pool2d`, for three axes.
    algorithm, out, num_threads
        As in `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, oD, oH, oW) or (C, oD, oH, oW), or a pair (output, indices)
        Sizes, dtype and indices by `max_pool2d`'s rules; indices are flat in D*H*W.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `max_pool2d` does.

    See Also
    --------
    max_pool2d : all parameters and rules in full.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.3.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> fc.max_pool3d(np.arange(16).reshape(1, 2, 2, 4), 2)
    array([[[[13, 15]]]])
    """
    return call(
        "max_pool3d", (input,),
        (kernel_size, stride, padding, dilation, ceil_mode, return_indices),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip
