"""Gradients of max unpooling: each input reads where its value went."""

from ..calls import call

__all__ = ["max_unpool1d_input", "max_unpool2d_input", "max_unpool3d_input"]


def max_unpool1d_input(
    grad_output, indices, input_size, *, algorithm="auto", out=None, num_threads=None
):
    """Gradient of `fastconv.max_unpool1d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, L) or (C, L)
    indices : array_like of int, shape (N, C, o) or (C, o)
        Flat positions in L of `grad_output`; -1 is skipped.
    input_size : sequence of int, (N, C, o) or (C, o)
    algorithm, out, num_threads
        As in `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        Of the dtype that `max_unpool2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `max_unpool2d_input` does.

    See Also
    --------
    max_unpool2d_input : all parameters and rules in full.

    References
    ----------
    M. D. Zeiler and R. Fergus, "Visualizing and understanding convolutional networks", ECCV 2014.

    Examples
    --------
    >>> from fastconv import grad
    >>> grad.max_unpool1d_input([[0, 1, 2, 3, 4, 5]], [[1, 3, -1]], (1, 3))
    array([[1, 3, 0]])
    """
    return call(
        "max_unpool1d_input", (grad_output, indices), (input_size,),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def max_unpool2d_input(
    grad_output, indices, input_size, *, algorithm="auto", out=None, num_threads=None
):
    """Gradient of `fastconv.max_unpool2d` with respect to its input.

    Every element of the input receives what `grad_output` holds where its value went.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, H, W) or (C, H, W)
        Any dtype that `fastconv.conv2d` takes.
    indices : array_like of int, shape (N, C, oH, oW) or (C, oH, oW)
        As the unpooling had them. Flat positions in `grad_output`'s H*W; -1 is skipped.
    input_size : sequence of int, (N, C, oH, oW) or (C, oH, oW)
    algorithm, out, num_threads
        As in `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        0 where the index is -1. Of grad_output's dtype; integers give int64 (uint64 for uint64).

    Raises
    ------
    TypeError
        `grad_output` is bool, object or longdouble; `indices` are no integers; `out` is no
        ndarray.
    ValueError
        An index is less than -1 or out of range; the shapes do not fit together; `out` is unfit.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem.

    References
    ----------
    M. D. Zeiler and R. Fergus, "Visualizing and understanding convolutional networks", ECCV 2014.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import grad
    >>> g = np.arange(8).reshape(1, 2, 4)
    >>> grad.max_unpool2d_input(g, [[[4, 3]]], (1, 1, 2))
    array([[[4, 3]]])
    """
    return call(
        "max_unpool2d_input", (grad_output, indices), (input_size,),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def max_unpool3d_input(
    grad_output, indices, input_size, *, algorithm="auto", out=None, num_threads=None
):
    """Gradient of `fastconv.max_unpool3d` with respect to its input.

    Parameters
    ----------
    grad_output : array_like, shape (N, C, D, H, W) or (C, D, H, W)
    indices : array_like of int, shape (N, C, oD, oH, oW) or (C, oD, oH, oW)
        Flat positions in D*H*W of `grad_output`; -1 is skipped.
    input_size : sequence of int, (N, C, oD, oH, oW) or (C, oD, oH, oW)
    algorithm, out, num_threads
        As in `fastconv.max_pool2d`.

    Returns
    -------
    ndarray, shape `input_size`
        Of the dtype that `max_unpool2d_input` describes.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `max_unpool2d_input` does.

    See Also
    --------
    max_unpool2d_input : all parameters and rules in full.

    References
    ----------
    M. D. Zeiler and R. Fergus, "Visualizing and understanding convolutional networks", ECCV 2014.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import grad
    >>> grad.max_unpool3d_input(np.arange(8).reshape(1, 2, 2, 2), [[[[5]]]], (1, 1, 1, 1))
    array([[[[5]]]])
    """
    return call(
        "max_unpool3d_input", (grad_output, indices), (input_size,),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip
