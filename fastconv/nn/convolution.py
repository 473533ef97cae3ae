"""Convolution layers in one, two and three dimensions."""

from ..calls import call

__all__ = ["conv1d", "conv2d", "conv3d"]


def conv1d(
    input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1, *, padding_mode="zeros",
    activation=None, add=None, algorithm="auto", accuracy="default", out=None,
    workspace_limit=None, num_threads=None,
):  # fmt: skip
    """Apply a 1-D convolution layer to signals.

    This is a cross-correlation, as in PyTorch: the kernel is not flipped. The result is
    ``activation(y + bias + add)`` with::

        y[n, k, i] = sum over c, u of x[n, c, i*s + u*d - p] w[k, c, u]

    for groups = 1, where s is the stride, d the dilation and p the padding before the signal.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
        A batch of N signals with C channels, or one signal without a batch axis. It has a dtype
        that `conv2d` takes.
    weight : array_like, shape (K, C/groups, k)
        The kernels, one for each of K output channels.
    bias : array_like, shape (K,) or (K, o), optional
        Numbers to add: one per output channel, or one per output channel and position.
    stride, dilation : int or sequence of one int, default 1
        The step of the window, and the distance between neighbouring taps of the kernel.
    padding : int, [int], [(before, after)] or str, default 0
        Number of positions to add around the input, in any form that `conv2d` takes.
    groups, padding_mode, activation, add
        Choose the blocks of channels, the content of the padding, the final function and a residual
        connection, with the values and defaults of `conv2d`.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `conv2d`.

    Returns
    -------
    ndarray, shape (N, K, o) or (K, o)
        o = floor((L + before + after - dilation*(k - 1) - 1) / stride) + 1. The dtype follows the
        rule of `conv2d`.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `conv2d` lists.

    See Also
    --------
    conv2d : Describes all parameters and rules in full.
    fastconv.correlate : Computes the same sum for arrays without channels.

    Notes
    -----
    The definition takes N*K*(C/groups) multiply-adds for each output position and tap. Accuracy,
    NaN and Inf behave as in `conv2d`.

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
    """Apply a 2-D convolution layer to images.

    This is a cross-correlation, as in PyTorch: the kernel is not flipped. The result is
    ``activation(y + bias + add)`` with::

        y[n, k, i, j] = sum over c, u, v of
            x[n, c, i*s + u*d - p, j*s + v*d - p] w[k, c, u, v]

    for groups = 1, where s is the stride, d the dilation and p the padding before the image.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W) or (C, H, W)
        A batch of N images with C channels, or one image without a batch axis. It holds float16,
        float32, float64, complex64, complex128 or integers, with any strides and any byte order. N
        may be 0. No function of this package modifies its inputs.
    weight : array_like, shape (K, C/groups, kH, kW)
        The kernels, one for each of K output channels. All dtypes of `input` are allowed.
    bias : array_like, shape (K,) or (K, oH, oW), optional
        Numbers to add: one per output channel, or one per output channel and position. None adds
        nothing.
    stride : int or sequence of two ints, default 1
        Step of the window along each axis.
    padding : int, sequence or str, default 0
        Number of positions to add around the input before the window moves over it.

        - int: this number on every side. A sequence has one entry per axis, which is an int or a
          (before, after) pair.
        - ``"valid"``: no padding.
        - ``"same"``: as many positions as give ceil(size / stride) outputs. If their number is odd,
          one more comes after the input than before it (SAME_UPPER of ONNX; with stride 1 this is
          also PyTorch's rule).
        - ``"same_lower"``: as many positions as ``"same"``. If their number is odd, one more comes
          before the input.
        - ``"full"``: dilation*(k - 1) positions on every side.
    dilation : int or sequence of two ints, default 1
        Distance between neighbouring taps of the kernel.
    groups : int, default 1
        Number of blocks into which C and K are divided. Block g of the output depends on block g of
        the input only. ``groups=C`` is a depthwise convolution.
    padding_mode : {"zeros", "reflect", "replicate", "circular"}, default "zeros"
        Content of the padding: zeros, the image mirrored without its edge, the value at the edge,
        or the image repeated.
    activation : str, optional
        Function to apply last, after `bias` and `add`: "relu", max(y, 0); "relu6", min(max(y, 0),
        6); "silu", y / (1 + exp(-y)); "sigmoid", 1 / (1 + exp(-y)); "tanh", tanh(y); "hardsigmoid",
        min(max(y / 6 + 1/2, 0), 1); "hardswish", y * hardsigmoid(y); or "leaky_relu", y where it is
        positive, else y / 100. Without a name nothing is applied.
    add : array_like, shape of the output, optional
        Array to add before the activation (a residual connection). It does not influence the dtype
        of the result.
    algorithm : str, default "auto"
        "auto" picks the algorithm that is predicted, or was measured, to be the fastest among those
        that `accuracy` and `workspace_limit` allow. A name runs that algorithm: naive, direct,
        im2col, implicit_gemm, winograd_f2, winograd_f4, winograd_f6, fft, fft_tiled, separable,
        low_rank or box. A name overrides `accuracy`, while `workspace_limit` still applies.
    accuracy : {"high", "default", "fast"}, default "default"
        Error bound that the algorithm must respect. The Notes give the numbers.
    out : ndarray, optional
        Array that receives the result and is returned. It must have exactly the result's shape and
        dtype, be writeable, C-contiguous and in native byte order, and share no memory with another
        argument. By default the call makes a new array.
    workspace_limit : int, optional
        Number of bytes of scratch memory that the call may use. The default is the larger of 8 MiB
        per default thread and 4 times the bytes of input, weight and output. 0 allows only
        algorithms that need none. "naive" always runs.
    num_threads : int, optional
        Largest number of threads of this call, from 1 to 1024. The default is that of
        `fastconv.get_num_threads`. The result is bitwise the same for every number.

    Returns
    -------
    ndarray, shape (N, K, oH, oW), or (K, oH, oW) for an unbatched input
        A C-contiguous array with floor((size + before + after - dilation*(k - 1) - 1) / stride) + 1
        positions along each axis. Its dtype is NumPy's result_type of input, weight and bias.
        float16 is computed in float32. If all operands are integers, the result is exact: int64
        modulo 2**64, or uint64 if one operand is uint64.

    Raises
    ------
    TypeError
        If an array is bool, object or longdouble, a size is not an int, an activation is applied to
        complex numbers, one other than relu and relu6 to integers, `add` cannot be cast to the
        result's dtype, or `out` is not an ndarray.
    ValueError
        If the shapes do not fit together, a dimension other than N is 0, the kernel spans more than
        the padded input, `groups` does not divide C and K, a number or a name is not allowed, or
        `out` does not meet its conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem, or needs more than `workspace_limit`. It is
        a subclass of ValueError, and its message gives the reason.

    See Also
    --------
    fastconv.grad.conv2d_input, fastconv.grad.conv2d_weight, fastconv.grad.conv2d_bias
    fastconv.plan : Prepares the weight once for many calls, and shows the choice of algorithm.
    fastconv.compare : Times the algorithms side by side.

    Notes
    -----
    `accuracy` bounds max|y - y64| / max|y64|, where y64 is the result computed in float64, for
    inputs drawn from N(0, 1) and weights scaled such that outputs have variance 1::

        level        float32    float64
        "high"       2e-6       4e-15
        "default"    1e-5       2e-14
        "fast"       5e-5       1e-13

    Complex numbers have the bound of their real type. float16 has the bound of float32 plus one
    rounding.

    With "auto", a NaN or Inf of the input reaches only the outputs whose window holds it. An
    algorithm that is forced by name may spread it further.

    The definition takes N*K*(C/groups)*kH*kW*oH*oW multiply-adds. Winograd and FFT algorithms take
    fewer.

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
    """Apply a 3-D convolution layer to volumes.

    This is a cross-correlation, as in PyTorch: the kernel is not flipped. The result is
    ``activation(y + bias + add)`` with::

        y[n, k, h, i, j] = sum over c, t, u, v of
            x[n, c, h*s + t*d - p, i*s + u*d - p, j*s + v*d - p] w[k, c, t, u, v]

    for groups = 1, where s is the stride, d the dilation and p the padding before the volume.

    Parameters
    ----------
    input : array_like, shape (N, C, D, H, W) or (C, D, H, W)
        A batch of N volumes with C channels, or one volume without a batch axis. It has a dtype
        that `conv2d` takes.
    weight : array_like, shape (K, C/groups, kD, kH, kW)
        The kernels, one for each of K output channels.
    bias : array_like, shape (K,) or (K, oD, oH, oW), optional
        Numbers to add: one per output channel, or one per output channel and position.
    stride, dilation : int or sequence of three ints, default 1
        The step of the window, and the distance between neighbouring taps of the kernel.
    padding : int, sequence of three ints or (before, after) pairs, or str, default 0
        Number of positions to add around the input, in any form that `conv2d` takes.
    groups, padding_mode, activation, add
        Choose the blocks of channels, the content of the padding, the final function and a residual
        connection, with the values and defaults of `conv2d`.
    algorithm, accuracy, out, workspace_limit, num_threads
        Choose the algorithm, its error bound, the output array, the scratch memory and the number
        of threads, with the values and defaults of `conv2d`.

    Returns
    -------
    ndarray, shape (N, K, oD, oH, oW) or (K, oD, oH, oW)
        `conv2d` gives the formula for the size along each axis. The dtype follows the rule of
        `conv2d`.

    Raises
    ------
    TypeError, ValueError, UnsupportedAlgorithm
        If an argument is not allowed, under the conditions that `conv2d` lists.

    See Also
    --------
    conv2d : Describes all parameters and rules in full.

    Notes
    -----
    The definition takes N*K*(C/groups) multiply-adds for each output position and tap. Accuracy,
    NaN and Inf behave as in `conv2d`.

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
