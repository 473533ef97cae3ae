"""Adaptive pooling, which makes a given number of outputs from an input of any size."""

from ..calls import call

__all__ = [
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d", "adaptive_max_pool1d",
    "adaptive_max_pool2d", "adaptive_max_pool3d",
]  # fmt: skip


def adaptive_avg_pool1d(input, output_size, *, algorithm="auto", out=None, num_threads=None):
    """Compute the averages of a given number of windows that cover signals.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
        A batch of N signals with C channels, or one signal without a batch axis. It has a dtype
        that `adaptive_avg_pool2d` takes.
    output_size : int or sequence of one int
        Size of the output along the axis, at least 1. None keeps the input's size.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, output_size) or (C, output_size)
        The averages, in the input's dtype, or in float64 for integers.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `adaptive_avg_pool2d` lists.

    See Also
    --------
    adaptive_avg_pool2d : Describes all parameters and rules in full.

    Notes
    -----
    Along an axis with m outputs, window i covers the positions from floor(i*size/m) to ceil((i +
    1)*size/m) - 1. Neighbouring windows may therefore overlap.

    References
    ----------
    K. He, X. Zhang, S. Ren and J. Sun, "Spatial pyramid pooling in deep convolutional networks for
    visual recognition", ECCV 2014.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.adaptive_avg_pool1d([[1, 2, 3, 4, 5]], 2)  # windows 0..2 and 2..4
    array([[2., 4.]])
    """
    return call(
        "adaptive_avg_pool1d", (input,), (output_size,),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def adaptive_avg_pool2d(input, output_size, *, algorithm="auto", out=None, num_threads=None):
    """Compute the averages of a given number of windows that cover images.

    Along an axis with m outputs, window i covers the positions from floor(i*size/m) to ceil((i +
    1)*size/m) - 1. Neighbouring windows may therefore overlap. ``output_size=1`` gives the global
    average.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        A batch of N images with C channels, or one image without a batch axis. It has a dtype that
        `conv2d` takes, complex ones included. N may be 0.
    output_size : int or sequence of two ints
        Size of the output along each axis, at least 1. An entry None keeps the input's size.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, oH, oW), or (C, oH, oW) for an unbatched input
        The averages, in the input's dtype, or in float64 for integers. float16 is computed in
        float32.

    Raises
    ------
    TypeError
        If the input is bool, object or longdouble, a size is not an int, or `out` is not an
        ndarray.
    ValueError
        If the input has neither 3 nor 4 dimensions, a dimension other than N is 0, a size is less
        than 1, or `out` does not meet its conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem.

    See Also
    --------
    fastconv.grad.adaptive_avg_pool2d_input : Computes the gradient.

    Notes
    -----
    The divisor of a window is the number of its positions. A NaN or Inf of the input reaches only
    the outputs whose window holds it.

    References
    ----------
    M. Lin, Q. Chen and S. Yan, "Network in network", ICLR 2014 (global average pooling).
    K. He, X. Zhang, S. Ren and J. Sun, "Spatial pyramid pooling in deep convolutional networks for
    visual recognition", ECCV 2014.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> x = np.arange(12.0).reshape(1, 3, 4)
    >>> fc.adaptive_avg_pool2d(x, (1, 2))
    array([[[4.5, 6.5]]])
    >>> fc.adaptive_avg_pool2d(x, 1)
    array([[[5.5]]])
    """
    return call(
        "adaptive_avg_pool2d", (input,), (output_size,),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def adaptive_avg_pool3d(input, output_size, *, algorithm="auto", out=None, num_threads=None):
    """Compute the averages of a given number of windows that cover volumes.

    Parameters
    ----------
    input : array_like, shape (N, C, D, H, W) or (C, D, H, W)
        A batch of N volumes with C channels, or one volume without a batch axis. It has a dtype
        that `adaptive_avg_pool2d` takes.
    output_size : int or sequence of three ints
        Size of the output along each axis, at least 1. An entry None keeps the input's size.
    algorithm, out, num_threads
        Choose the algorithm (naive or direct), the output array and the number of threads, with the
        defaults of `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, oD, oH, oW) or (C, oD, oH, oW)
        The averages, in the input's dtype, or in float64 for integers.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `adaptive_avg_pool2d` lists.

    See Also
    --------
    adaptive_avg_pool2d : Describes all parameters and rules in full.

    Notes
    -----
    Along an axis with m outputs, window i covers the positions from floor(i*size/m) to ceil((i +
    1)*size/m) - 1. Neighbouring windows may therefore overlap.

    References
    ----------
    K. He, X. Zhang, S. Ren and J. Sun, "Spatial pyramid pooling in deep convolutional networks for
    visual recognition", ECCV 2014.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> fc.adaptive_avg_pool3d(np.arange(16).reshape(1, 2, 2, 4), (2, 1, 1))
    array([[[[ 3.5]],
    <BLANKLINE>
            [[11.5]]]])
    """
    return call(
        "adaptive_avg_pool3d", (input,), (output_size,),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def adaptive_max_pool1d(
    input, output_size, return_indices=False, *, algorithm="auto", out=None, num_threads=None
):
    """Compute the maxima of a given number of windows that cover signals.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
        A batch of N signals with C channels, or one signal without a batch axis. It has a dtype
        that `adaptive_max_pool2d` takes.
    output_size : int or sequence of one int
        Size of the output along the axis, at least 1. None keeps the input's size.
    return_indices : bool, default False
        Whether to return the positions of the maxima too.
    algorithm, out, num_threads
        Choose the algorithm, the output array and the number of threads, with the values and
        defaults of `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, output_size) or (C, output_size), or a pair (output, indices)
        The maxima, in the input's dtype, and their flat positions in L.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `adaptive_max_pool2d` lists.

    See Also
    --------
    adaptive_max_pool2d : Describes all parameters and rules in full.

    Notes
    -----
    Along an axis with m outputs, window i covers the positions from floor(i*size/m) to ceil((i +
    1)*size/m) - 1. Neighbouring windows may therefore overlap.

    References
    ----------
    K. He, X. Zhang, S. Ren and J. Sun, "Spatial pyramid pooling in deep convolutional networks for
    visual recognition", ECCV 2014.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.adaptive_max_pool1d([[1, 5, 2, 4, 3]], 2)
    array([[5, 4]])
    """
    return call(
        "adaptive_max_pool1d", (input,), (output_size, return_indices),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def adaptive_max_pool2d(
    input, output_size, return_indices=False, *, algorithm="auto", out=None, num_threads=None
):
    """Compute the maxima of a given number of windows that cover images.

    Along an axis with m outputs, window i covers the positions from floor(i*size/m) to ceil((i +
    1)*size/m) - 1. Neighbouring windows may therefore overlap. ``output_size=1`` gives the global
    maximum.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        A batch of N images with C channels, or one image without a batch axis. It holds float16,
        float32, float64 or integers, with any strides and any byte order. N may be 0.
    output_size : int or sequence of two ints
        Size of the output along each axis, at least 1. An entry None keeps the input's size.
    return_indices : bool, default False
        Whether to return the positions of the maxima too.
    algorithm, out, num_threads
        Choose the algorithm, the output array and the number of threads, with the values and
        defaults of `max_pool2d`.

    Returns
    -------
    output : ndarray, shape (N, C, oH, oW), or (C, oH, oW) for an unbatched input
        The maxima, in the input's dtype.
    indices : ndarray of int64, shape of `output`
        The flat position of each maximum in H*W. Returned only with `return_indices`.

    Raises
    ------
    TypeError
        If the input is complex, bool, object or longdouble, a size is not an int, `return_indices`
        is not a bool, or `out` is not an ndarray.
    ValueError
        If the input has neither 3 nor 4 dimensions, a dimension other than N is 0, a size is less
        than 1, or `out` does not meet its conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem.

    See Also
    --------
    fastconv.grad.adaptive_max_pool2d_input : Computes the gradient.

    Notes
    -----
    Of equal maxima, the first one in row-major order gives the index. A NaN wins over all numbers.

    References
    ----------
    K. He, X. Zhang, S. Ren and J. Sun, "Spatial pyramid pooling in deep convolutional networks for
    visual recognition", ECCV 2014.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> y, where = fc.adaptive_max_pool2d(np.arange(12.0).reshape(1, 3, 4), (1, 2), True)
    >>> y
    array([[[ 9., 11.]]])
    >>> where
    array([[[ 9, 11]]])
    """
    return call(
        "adaptive_max_pool2d", (input,), (output_size, return_indices),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def adaptive_max_pool3d(
    input, output_size, return_indices=False, *, algorithm="auto", out=None, num_threads=None
):
    """Compute the maxima of a given number of windows that cover volumes.

    Parameters
    ----------
    input : array_like, shape (N, C, D, H, W) or (C, D, H, W)
        A batch of N volumes with C channels, or one volume without a batch axis. It has a dtype
        that `adaptive_max_pool2d` takes.
    output_size : int or sequence of three ints
        Size of the output along each axis, at least 1. An entry None keeps the input's size.
    return_indices : bool, default False
        Whether to return the positions of the maxima too.
    algorithm, out, num_threads
        Choose the algorithm, the output array and the number of threads, with the values and
        defaults of `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, oD, oH, oW) or (C, oD, oH, oW), or a pair (output, indices)
        The maxima, in the input's dtype, and their flat positions in D*H*W.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `adaptive_max_pool2d` lists.

    See Also
    --------
    adaptive_max_pool2d : Describes all parameters and rules in full.

    Notes
    -----
    Along an axis with m outputs, window i covers the positions from floor(i*size/m) to ceil((i +
    1)*size/m) - 1. Neighbouring windows may therefore overlap.

    References
    ----------
    K. He, X. Zhang, S. Ren and J. Sun, "Spatial pyramid pooling in deep convolutional networks for
    visual recognition", ECCV 2014.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> fc.adaptive_max_pool3d(np.arange(16).reshape(1, 2, 2, 4), (1, 1, 2))
    array([[[[13, 15]]]])
    """
    return call(
        "adaptive_max_pool3d", (input,), (output_size, return_indices),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip
