"""Gradients of max pooling over windows and adaptive windows, which follow the indices."""

from ..calls import call

__all__ = [
    "adaptive_max_pool1d_input", "adaptive_max_pool2d_input", "adaptive_max_pool3d_input",
    "max_pool1d_input", "max_pool2d_input", "max_pool3d_input",
]  # fmt: skip


def max_pool1d_input(
    grad_output, indices, input_size, *, algorithm="auto", out=None, num_threads=None
):
    """Gradient of `fastconv.max_pool1d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, o) or (C, o)
    indices : array_like of int, shape of `grad_output`
        Flat positions in L; -1 is skipped.
    input_size : sequence of int, (N, C, L) or (C, L)
    algorithm, out, num_threads
        As in `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        Of the dtype that `max_pool2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `max_pool2d_input` does.

    See Also
    --------
    max_pool2d_input : all parameters and rules in full.

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
    """Gradient of `fastconv.max_pool2d` with respect to its input.

    Every element of `grad_output` is added to the position of its window's maximum.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, oH, oW) or (C, oH, oW)
        float16, float32, float64 or any integers.
    indices : array_like of int, shape of `grad_output`
        As `fastconv.max_pool2d` returned them: flat positions in H*W; -1 is skipped.
    input_size : sequence of int, (N, C, H, W) or (C, H, W)
    algorithm, out, num_threads
        As in `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        0 where no maximum came from. Of grad_output's dtype; integers give int64 (uint64 for
        uint64).

    Raises
    ------
    TypeError
        `grad_output` is complex, bool, object or longdouble; `indices` are no integers; `out` is no
        ndarray.
    ValueError
        An index is less than -1 or out of range; the shapes do not fit together; `out` is unfit.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem.

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
    """Gradient of `fastconv.max_pool3d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, oD, oH, oW) or (C, oD, oH, oW)
    indices : array_like of int, shape of `grad_output`
        Flat positions in D*H*W; -1 is skipped.
    input_size : sequence of int, (N, C, D, H, W) or (C, D, H, W)
    algorithm, out, num_threads
        As in `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        Of the dtype that `max_pool2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `max_pool2d_input` does.

    See Also
    --------
    max_pool2d_input : all parameters and rules in full.

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


def adaptive_max_pool1d_input(
    grad_output, indices, input_size, *, algorithm="auto", out=None, num_threads=None
):
    """Gradient of `fastconv.adaptive_max_pool1d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, o) or (C, o)
    indices : array_like of int, shape of `grad_output`
        Flat positions in L; -1 is skipped.
    input_size : sequence of int, (N, C, L) or (C, L)
    algorithm, out, num_threads
        As in `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        Of the dtype that `max_pool2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `max_pool2d_input` does.

    See Also
    --------
    max_pool2d_input : all parameters and rules in full.

    References
    ----------
    K. He, X. Zhang, S. Ren and J. Sun, "Spatial pyramid pooling in deep convolutional networks for
    visual recognition", ECCV 2014.

    Examples
    --------
    >>> import fastconv as fc
    >>> y, where = fc.adaptive_max_pool1d([[1, 2, 5, 4, 3]], 2, return_indices=True)
    >>> fc.grad.adaptive_max_pool1d_input([[10, 20]], where, (1, 5))
    array([[ 0,  0, 30,  0,  0]])
    """
    return call(
        "adaptive_max_pool1d_input", (grad_output, indices), (input_size,),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def adaptive_max_pool2d_input(
    grad_output, indices, input_size, *, algorithm="auto", out=None, num_threads=None
):
    """Gradient of `fastconv.adaptive_max_pool2d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, oH, oW) or (C, oH, oW)
    indices : array_like of int, shape of `grad_output`
        Flat positions in H*W; -1 is skipped.
    input_size : sequence of int, (N, C, H, W) or (C, H, W)
    algorithm, out, num_threads
        As in `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        Of the dtype that `max_pool2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `max_pool2d_input` does.

    See Also
    --------
    max_pool2d_input : all parameters and rules in full.

    References
    ----------
    K. He, X. Zhang, S. Ren and J. Sun, "Spatial pyramid pooling in deep convolutional networks for
    visual recognition", ECCV 2014.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> x = np.arange(6).reshape(1, 2, 3)
    >>> y, where = fc.adaptive_max_pool2d(x, 1, return_indices=True)
    >>> fc.grad.adaptive_max_pool2d_input(np.ones_like(y), where, x.shape)
    array([[[0, 0, 0],
            [0, 0, 1]]])
    """
    return call(
        "adaptive_max_pool2d_input", (grad_output, indices), (input_size,),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def adaptive_max_pool3d_input(
    grad_output, indices, input_size, *, algorithm="auto", out=None, num_threads=None
):
    """Gradient of `fastconv.adaptive_max_pool3d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, oD, oH, oW) or (C, oD, oH, oW)
    indices : array_like of int, shape of `grad_output`
        Flat positions in D*H*W; -1 is skipped.
    input_size : sequence of int, (N, C, D, H, W) or (C, D, H, W)
    algorithm, out, num_threads
        As in `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        Of the dtype that `max_pool2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `max_pool2d_input` does.

    See Also
    --------
    max_pool2d_input : all parameters and rules in full.

    References
    ----------
    K. He, X. Zhang, S. Ren and J. Sun, "Spatial pyramid pooling in deep convolutional networks for
    visual recognition", ECCV 2014.

    Examples
    --------
    >>> from fastconv import grad
    >>> grad.adaptive_max_pool3d_input([[[[7]]]], [[[[2]]]], (1, 1, 2, 2))
    array([[[[0, 0],
             [7, 0]]]])
    """
    return call(
        "adaptive_max_pool3d_input", (grad_output, indices), (input_size,),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip
