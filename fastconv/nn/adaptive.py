"""Adaptive pooling: as many outputs as asked for, from an input of any size."""

from ..calls import call

__all__ = [
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d", "adaptive_max_pool1d",
    "adaptive_max_pool2d", "adaptive_max_pool3d",
]  # fmt: skip


def adaptive_avg_pool1d(input, output_size, *, algorithm="auto", out=None, num_threads=None):
    """Averages of a given number of windows that cover a signal.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
    output_size : int or sequence of one int
    algorithm, out, num_threads
        As in `max_pool2d`; the algorithms are naive and direct.

    Returns
    -------
    ndarray, shape (N, C, output_size) or (C, output_size)
        The input's dtype, float64 for integers.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `adaptive_avg_pool2d` does.

    See Also
    --------
    adaptive_avg_pool2d : all parameters and rules in full.

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
    """Averages of a given number of windows that cover an image.

    Window i of m outputs covers the positions floor(i*size/m) to ceil((i + 1)*size/m) - 1; with
    ``output_size=1`` it is the global average.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        Any dtype that `conv2d` takes, complex too; any strides and byte order. N may be 0.
    output_size : int or sequence of two ints
        Sizes of the output; an entry None keeps the input's size, as in PyTorch.
    algorithm, out, num_threads
        As in `max_pool2d`; the algorithms are naive and direct.

    Returns
    -------
    ndarray, shape (N, C, oH, oW), or (C, oH, oW) for an unbatched input
        The input's dtype, float64 for integers; float16 is computed in float32.

    Raises
    ------
    TypeError
        The input is bool, object or longdouble; a size is no int; `out` is no ndarray.
    ValueError
        The input has neither 3 nor 4 dimensions, or one other than N is 0; a size is less than
        1; `out` is unfit.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem.

    See Also
    --------
    fastconv.grad.adaptive_avg_pool2d_input : the gradient.

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
    """Averages of a given number of windows that cover a volume.

    Parameters
    ----------
    input : array_like, shape (N, C, D, H, W) or (C, D, H, W)
    output_size : int or sequence of three ints
        An entry None keeps the input's size.
    algorithm, out, num_threads
        As in `max_pool2d`; the algorithms are naive and direct.

    Returns
    -------
    ndarray, shape (N, C, oD, oH, oW) or (C, oD, oH, oW)
        The input's dtype, float64 for integers.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `adaptive_avg_pool2d` does.

    See Also
    --------
    adaptive_avg_pool2d : all parameters and rules in full.

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
    """Maxima of a given number of windows that cover a signal.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
    output_size : int or sequence of one int
    return_indices : bool, default False
        Also return where the maxima lie.
    algorithm, out, num_threads
        As in `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, output_size) or (C, output_size), or a pair (output, indices)
        The input's dtype; indices as `max_pool2d` returns them.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `adaptive_max_pool2d` does.

    See Also
    --------
    adaptive_max_pool2d : all parameters and rules in full.

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
    """Maxima of a given number of windows that cover an image.

    Window i of m outputs covers the positions floor(i*size/m) to ceil((i + 1)*size/m) - 1.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        float16, float32, float64 or any integers; any strides and byte order. N may be 0.
    output_size : int or sequence of two ints
        Sizes of the output; an entry None keeps the input's size, as in PyTorch.
    return_indices : bool, default False
        Also return where the maxima lie.
    algorithm, out, num_threads
        As in `max_pool2d`.

    Returns
    -------
    output : ndarray, shape (N, C, oH, oW), or (C, oH, oW) for an unbatched input
        The input's dtype. A NaN wins over numbers.
    indices : ndarray of int64, shape of `output`
        With `return_indices` alone: flat positions in H*W. Among equals the first one wins.

    Raises
    ------
    TypeError
        The input is complex, bool, object or longdouble; a size is no int; `return_indices` is no
        bool; `out` is no ndarray.
    ValueError
        The input has neither 3 nor 4 dimensions, or one other than N is 0; a size is less than
        1; `out` is unfit.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem.

    See Also
    --------
    fastconv.grad.adaptive_max_pool2d_input : the gradient.

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
    """Maxima of a given number of windows that cover a volume.

    Parameters
    ----------
    input : array_like, shape (N, C, D, H, W) or (C, D, H, W)
    output_size : int or sequence of three ints
        An entry None keeps the input's size.
    return_indices : bool, default False
        Also return where the maxima lie.
    algorithm, out, num_threads
        As in `max_pool2d`.

    Returns
    -------
    ndarray, shape (N, C, oD, oH, oW) or (C, oD, oH, oW), or a pair (output, indices)
        The input's dtype; indices are flat in D*H*W.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `adaptive_max_pool2d` does.

    See Also
    --------
    adaptive_max_pool2d : all parameters and rules in full.

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
