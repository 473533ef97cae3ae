"""Convolution layers in one, two and three dimensions."""

from ..calls import call

__all__ = ["conv1d", "conv2d", "conv3d"]


def conv1d(
    input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1, *, padding_mode="zeros",
    activation=None, add=None, algorithm="auto", accuracy="default", out=None,
    workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Convolution layer over signals (a cross-correlation: the kernel is not flipped).

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
    weight : array_like, shape (K, C/groups, k)
    bias : array_like, shape (K,) or (K, o), optional
    stride, dilation : int or sequence of one int, default 1
    padding : int, [int], [(before, after)] or str, default 0
        All forms of `conv2d`.
    groups, padding_mode, activation, add
        As in `conv2d`.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `conv2d`.

    Returns
    -------
    ndarray, shape (N, K, o) or (K, o)
        o = floor((L + before + after - dilation*(k - 1) - 1) / stride) + 1; the dtype by
        `conv2d`'s rule.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `conv2d` does.

    See Also
    --------
    conv2d : all parameters and rules in full.
    fastconv.correlate : the same sum for arrays without channels.

    References
    ----------
    A. Waibel, T. Hanazawa, G. Hinton, K. Shikano and K. J. Lang, "Phoneme recognition using
    time-delay neural networks", IEEE Trans. Acoustics, Speech, and Signal Processing 37(3), 1989.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.conv1d([[1, 2, 4, 8]], [[[-1, 1]]])
    array([[1, 2, 4]])
    >>> fc.conv1d([[1, 2, 4, 8]], [[[1, 1, 1]]], padding=[(2, 0)])  # causal: nothing from ahead
    array([[ 1,  3,  7, 14]])
    """
    return call(
        "conv1d", (input, weight, bias, add),
        (stride, padding, dilation, groups, padding_mode, activation),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def conv2d(
    input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1, *, padding_mode="zeros",
    activation=None, add=None, algorithm="auto", accuracy="default", out=None,
    workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Convolution layer over images (a cross-correlation: the kernel is not flipped).

    ``y[n, k, i, j] = sum over c, u, v: x[n, c, i*s + u*d - p, j*s + v*d - p] w[k, c, u, v]`` with
    stride s, dilation d and padding p; the result is ``activation(y + bias + add)``.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        float16, float32, float64, complex64, complex128 or any integers; any strides and byte
        order. N may be 0. No array argument is ever modified.
    weight : array_like, shape (K, C/groups, kH, kW)
    bias : array_like, shape (K,) or (K, oH, oW), optional
        One number per output channel, or one per output channel and position.
    stride : int or sequence of two ints, default 1
        Step of the window along each axis.
    padding : int, sequence or str, default 0
        Positions by which the input grows before the window moves over it.

        - int: on every side; a sequence has one entry per axis, an int or a (before, after) pair;
        - ``"valid"``: none;
        - ``"same"``: what makes ceil(size / stride) outputs, an odd one after (SAME_UPPER of ONNX;
          with stride 1 also PyTorch's rule);
        - ``"same_lower"``: the same with an odd one before;
        - ``"full"``: dilation*(k - 1) on every side.
    dilation : int or sequence of two ints, default 1
        Distance between neighbouring taps of the kernel.
    groups : int, default 1
        C and K are divided into so many blocks, and block g of the output sees block g of the
        input alone; groups = C is a depthwise convolution.
    padding_mode : {"zeros", "reflect", "replicate", "circular"}, default "zeros"
        What the padding holds: zeros, the input mirrored without its edge, its edge, or the input
        repeated.
    activation : {None, "relu", "relu6", "silu", "sigmoid", "tanh"}, default None
        Applied last, after `bias` and `add`.
    add : array_like, shape of the output, optional
        A residual connection. It takes no part in the dtype of the result.
    algorithm : str, default "auto"
        "auto" takes the algorithm that is predicted, or was measured, to be the fastest among
        those that `accuracy` and `workspace_limit` admit. A name forces one: naive, direct,
        im2col, implicit_gemm, winograd_f2, winograd_f4, winograd_f6, fft, fft_tiled, separable,
        low_rank, box. It overrides `accuracy`; `workspace_limit` still binds.
    accuracy : {"high", "default", "fast"}, default "default"
        Bound on max|y - y64| / max|y64| against float64, for inputs from N(0, 1) and weights that
        give outputs of variance 1: 2e-6, 1e-5, 5e-5 in float32 and 4e-15, 2e-14, 1e-13 in float64;
        complex as its real type, float16 as float32 and one rounding.
    out : ndarray, optional
        Receives the result and is returned: of exactly its shape and dtype, writeable,
        C-contiguous, in native byte order, sharing no memory with another argument.
    workspace_limit : int, optional
        Bytes of scratch memory the call may use, by default 8 MiB for each default thread or 4
        times the bytes of input, weight and output, whichever is more. 0 leaves the algorithms
        that need none. "naive" always runs.
    num_threads : int, optional
        Threads of this call, by default `fastconv.get_num_threads`. Every number gives bitwise the
        same result.

    Returns
    -------
    ndarray, shape (N, K, oH, oW), or (K, oH, oW) for an unbatched input
        Per axis floor((size + before + after - dilation*(k - 1) - 1) / stride) + 1 outputs,
        C-contiguous. The dtype is NumPy's result_type of input, weight and bias; float16 is
        computed in float32. All-integer calls are exact: int64 modulo 2**64, uint64 if one
        operand is uint64.

    Raises
    ------
    TypeError
        An array is bool, object or longdouble; a size is no int; an activation of complex
        numbers; sigmoid, silu or tanh of integers; `add` does not cast to the result's dtype;
        `out` is no ndarray.
    ValueError
        Shapes do not fit together; a dimension other than N is 0; the kernel spans more than the
        padded input; `groups` does not divide C and K; a number or name is out of its range;
        `out` is unfit.
    UnsupportedAlgorithm
        The algorithm asked for by name cannot run this problem, or not within `workspace_limit`.
        It is a ValueError, and says why.

    See Also
    --------
    fastconv.grad.conv2d_input, fastconv.grad.conv2d_weight, fastconv.grad.conv2d_bias
    fastconv.plan : prepare the weight once for many calls, and see the choice of algorithm.
    fastconv.compare : time the algorithms side by side.

    Notes
    -----
    A NaN or Inf of the input reaches the outputs whose window holds it and no others. An algorithm
    forced by name may spread it further.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, sections 9.1 and
    9.5.
    V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning",
    arXiv:1603.07285, 2016.
    F. Yu and V. Koltun, "Multi-scale context aggregation by dilated convolutions", ICLR 2016.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> x = np.arange(9).reshape(1, 3, 3)
    >>> w = np.arange(4).reshape(1, 1, 2, 2)
    >>> fc.conv2d(x, w)
    array([[[19, 25],
            [37, 43]]])
    >>> fc.conv2d(x, w, padding=1, stride=(3, 2))
    array([[[0, 8],
            [6, 8]]])
    >>> fc.conv2d(x, w, bias=[-30], padding="same", activation="relu").shape
    (1, 3, 3)
    """
    return call(
        "conv2d", (input, weight, bias, add),
        (stride, padding, dilation, groups, padding_mode, activation),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip


def conv3d(
    input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1, *, padding_mode="zeros",
    activation=None, add=None, algorithm="auto", accuracy="default", out=None,
    workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Convolution layer over volumes (a cross-correlation: the kernel is not flipped).

    Parameters
    ----------
    input : array_like, shape (N, C, D, H, W) or (C, D, H, W)
    weight : array_like, shape (K, C/groups, kD, kH, kW)
    bias : array_like, shape (K,) or (K, oD, oH, oW), optional
    stride, dilation : int or sequence of three ints, default 1
    padding : int, sequence of three ints or (before, after) pairs, or str, default 0
        All forms of `conv2d`.
    groups, padding_mode, activation, add
        As in `conv2d`.
    algorithm, accuracy, out, workspace_limit, num_threads
        As in `conv2d`.

    Returns
    -------
    ndarray, shape (N, K, oD, oH, oW) or (K, oD, oH, oW)
        Sizes and dtype by `conv2d`'s rules.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        As `conv2d` does.

    See Also
    --------
    conv2d : all parameters and rules in full.

    References
    ----------
    S. Ji, W. Xu, M. Yang and K. Yu, "3D convolutional neural networks for human action
    recognition", IEEE Trans. Pattern Analysis and Machine Intelligence 35(1), 2013.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> x = np.arange(8).reshape(1, 2, 2, 2)
    >>> fc.conv3d(x, np.ones((1, 1, 2, 2, 2), int))
    array([[[[28]]]])
    >>> w = np.ones((8, 1, 3, 3, 3))
    >>> fc.conv3d(np.ones((4, 1, 16, 16, 32)), w, stride=2, padding=1).shape
    (4, 8, 8, 8, 16)
    """
    return call(
        "conv3d", (input, weight, bias, add),
        (stride, padding, dilation, groups, padding_mode, activation),
        algorithm, accuracy, workspace_limit, out, num_threads,
    )  # fmt: skip
