"""Max pooling over windows."""

from ..calls import call

__all__ = ["max_pool1d", "max_pool2d", "max_pool3d"]


def max_pool1d(
    input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False,
    *, algorithm="auto", out=None, num_threads=None,
):  # fmt: skip
    """Compute the maximum of each window of signals.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
        A batch of N signals with C channels, or one signal without a batch axis. It has a dtype
        that `max_pool2d` takes.
    kernel_size : int or sequence of one int
        Size of the window, at least 1.
    stride, padding, dilation, ceil_mode, return_indices
        Choose the step and the spread of the window, the padding, the rounding of the output's size
        and whether to return indices, with the values and defaults of `max_pool2d` for one axis.
    algorithm, out, num_threads
        Choose the algorithm, the output array and the number of threads, with the values and
        defaults of `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, o) or (C, o), or a pair (output, indices)
        Size, dtype and indices follow the rules of `max_pool2d`.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `max_pool2d` lists.

    See Also
    --------
    max_pool2d : Describes all parameters and rules in full.
    fastconv.ndimage.maximum_filter1d : Uses a window around every sample, with other boundaries.

    Notes
    -----
    A NaN wins over all numbers, and the first of equal maxima gives the index.

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
    """Compute the maximum of each window of images.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        A batch of N images with C channels, or one image without a batch axis. It holds float16,
        float32, float64 or integers, with any strides and any byte order. N may be 0.
    kernel_size : int or sequence of two ints
        Size of the window along each axis, at least 1.
    stride : int or sequence of two ints, optional
        Step of the window along each axis. None means `kernel_size`.
    padding : int, sequence or str, default 0
        Number of positions to add around the input. They never win. The span of the window is
        dilation*(k - 1) + 1.

        - int: this number on every side, at most half of the span.
        - sequence: one entry per axis, which is an int or a (before, after) pair. Entries of a pair
          are less than the span.
        - ``"valid"``: no padding.
        - ``"same"``: as many positions as give ceil(size / stride) outputs. If their number is odd,
          one more comes after the input than before it.
        - ``"same_lower"``: as many positions as ``"same"``. If their number is odd, one more comes
          before the input.
    dilation : int or sequence of two ints, default 1
        Distance between neighbouring positions of the window.
    ceil_mode : bool, default False
        Whether to round the number of outputs up. The last window may then reach past the padded
        input, but must start inside the input or the padding before it (PyTorch's rule).
    return_indices : bool, default False
        Whether to return the positions of the maxima too.
    algorithm : str, default "auto"
        "auto" picks the algorithm that is predicted, or was measured, to be the fastest. A name
        runs that algorithm: naive or direct, and for maxima also doubling or van_herk.
    out : ndarray, optional
        Array that receives the output and is returned. It must have exactly the output's shape and
        dtype, be writeable, C-contiguous and in native byte order, and share no memory with another
        argument. By default the call makes a new array. Indices are always a new array.
    num_threads : int, optional
        Largest number of threads of this call, from 1 to 1024. The default is that of
        `fastconv.get_num_threads`. The result is bitwise the same for every number.

    Returns
    -------
    output : ndarray, shape (N, C, oH, oW), or (C, oH, oW) for an unbatched input
        The maxima, in the input's dtype. Along each axis there are floor((size + before + after -
        span) / stride) + 1 of them; `ceil_mode` rounds up instead.
    indices : ndarray of int64, shape of `output`
        The flat position of each maximum in H*W, without padding. Returned only with
        `return_indices`.

    Raises
    ------
    TypeError
        If the input is complex, bool, object or longdouble, a size is not an int, a flag is not a
        bool, or `out` is not an ndarray.
    ValueError
        If the input has neither 3 nor 4 dimensions, a dimension other than N is 0, the window spans
        more than the padded input, a number or a name is not allowed, or `out` does not meet its
        conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem. It is a subclass of ValueError, and its
        message gives the reason.

    See Also
    --------
    max_unpool2d : Puts the maxima back to their positions.
    fastconv.grad.max_pool2d_input : Computes the gradient.
    fastconv.ndimage.maximum_filter : Uses a window around every pixel, with other boundaries.

    Notes
    -----
    Of equal maxima, the first one in row-major order gives the index. A NaN wins over all numbers.
    A window that holds nothing but padding gives -inf, or the smallest integer of the dtype, and
    the index -1.

    The definition takes kH*kW comparisons per output. The algorithms doubling and van_herk take
    O(log k) and O(1) comparisons per output and axis.

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
    """Compute the maximum of each window of volumes.

    Parameters
    ----------
    input : array_like, shape (N, C, D, H, W) or (C, D, H, W)
        A batch of N volumes with C channels, or one volume without a batch axis. It has a dtype
        that `max_pool2d` takes.
    kernel_size : int or sequence of three ints
        Size of the window, at least 1.
    stride, padding, dilation, ceil_mode, return_indices
        Choose the step and the spread of the window, the padding, the rounding of the output's size
        and whether to return indices, with the values and defaults of `max_pool2d` for three axes.
    algorithm, out, num_threads
        Choose the algorithm, the output array and the number of threads, with the values and
        defaults of `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, oD, oH, oW) or (C, oD, oH, oW), or a pair (output, indices)
        Size, dtype and indices follow the rules of `max_pool2d`. Indices are flat positions in
        D*H*W.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `max_pool2d` lists.

    See Also
    --------
    max_pool2d : Describes all parameters and rules in full.

    Notes
    -----
    A NaN wins over all numbers, and the first of equal maxima gives the index.

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
