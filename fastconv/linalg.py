"""Convolution as a matrix that is stored (`toeplitz`) or only applied (`linear_operator`)."""

import math
import operator
from contextlib import nullcontext

import numpy as np
from scipy.sparse import csr_array, get_index_dtype
from scipy.sparse.linalg import LinearOperator

from .errors import shown
from .gpu.arrays import device_of
from .plans import plan
from .problem.arguments import is_integer
from .problem.arrays import as_array
from .problem.limits import checked_size

__all__ = ["linear_operator", "toeplitz"]

# The options of conv{1,2,3}d with which it is linear in its input.
_OPTIONS = (
    "stride",
    "padding",
    "dilation",
    "groups",
    "padding_mode",
    "algorithm",
    "accuracy",
    "workspace_limit",
    "num_threads",
)

# Numbers of 8 bytes that `toeplitz` holds at once for each entry of the matrix.
_WORDS = 6

# Number of plans that an operator keeps, for both directions and a few dtypes and numbers of
# columns.
_PLANS_KEPT = 8


def toeplitz(kernel, input_shape, mode="full"):
    """Return the sparse matrix of a convolution.

    The matrix T is Toeplitz in 1-D and doubly block Toeplitz in 2-D. It satisfies::

        T @ x.ravel() == convolve(x, kernel, mode).ravel()

    for every x of shape `input_shape`, where `convolve` reverses the kernel, as
    `scipy.signal.convolve` does.

    Parameters
    ----------
    kernel : array_like
        Integers or floating-point numbers with at least one axis. For a CuPy array, the matrix is
        made on the host and returned as CuPy's.
    input_shape : int or tuple of int
        Shape of x. It has as many entries as the kernel has axes.
    mode : {"full", "same", "valid"}, default "full"
        The outputs to compute, as `scipy.signal.convolve` defines them: all, those of the input's
        shape around the centre, or those that need no padding.

    Returns
    -------
    scipy.sparse.csr_array, shape (number of outputs, number of inputs)
        The matrix, in the kernel's dtype (in float32 for float16, which sparse arrays lack). It
        does not store the zeros of the kernel. Its indices are sorted.

    Raises
    ------
    TypeError
        If `kernel` is bool, longdouble or not a number, or `input_shape` holds anything but ints.
    ValueError
        If a size is less than 1, the numbers of axes differ, the mode is unknown, or the mode is
        "valid" and neither kernel nor input is at least as large as the other on every axis.

    See Also
    --------
    linear_operator : Applies a convolution layer without storing a matrix.

    Notes
    -----
    Row o and column i of T hold ``kernel[o + start - i]``, where `start` is the number of outputs
    that the mode cuts off from the front of the full output. Memory and time are proportional to
    the number of stored entries, which is at most the number of taps times the number of outputs.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.1 and
    example 9.6.

    Examples
    --------
    >>> from fastconv import linalg
    >>> linalg.toeplitz([1, 2], 3).toarray()
    array([[1, 0, 0],
           [2, 1, 0],
           [0, 2, 1],
           [0, 0, 2]])
    >>> linalg.toeplitz([[1, -1]], (280, 320), mode="valid").nnz  # each pixel minus its neighbour
    178640
    """
    runtime = device_of((kernel,))
    if runtime is not None:
        matrix = toeplitz(runtime.to_host(kernel), input_shape, mode)
        with runtime.current():
            return runtime.sparse(matrix)
    kernel = _checked_kernel(kernel)
    input_shape = _checked_shape("input_shape", input_shape, smallest=1)
    if len(input_shape) != kernel.ndim:
        raise ValueError(
            f"input_shape is {input_shape} and kernel has shape {kernel.shape}; "
            "they must have the same number of axes"
        )
    rows = [n + k - 1 for n, k in zip(input_shape, kernel.shape, strict=True)]
    given = f"input_shape is {shown(input_shape)}"
    checked_size((math.prod(rows),), np.int64, "the index of the matrix's rows", given)
    inputs = np.array(input_shape, dtype=np.int64)
    outputs, start = _cut(mode, inputs, np.array(kernel.shape, dtype=np.int64))

    # Tap t contributes to the outputs o with 0 <= o + start - t < inputs, which form a box. The
    # taps are in reverse order, so that the columns of each row are in ascending order.
    taps = np.argwhere(kernel != 0)[::-1]
    first = np.maximum(0, taps - start)
    lengths = np.maximum(0, np.minimum(outputs, taps - start + inputs) - first)
    entries = lengths.prod(axis=1)
    count = int(entries.sum(dtype=np.float64))
    checked_size((_WORDS, count), np.int64, "the matrix and its making", given)
    owner = np.repeat(np.arange(len(taps)), entries)
    within = np.arange(len(owner)) - np.repeat(entries.cumsum() - entries, entries)

    index = get_index_dtype(maxval=max(outputs.prod(), inputs.prod(), len(owner)))
    row, column = np.zeros((2, len(owner)), dtype=index)
    row_stride = column_stride = 1
    for axis in reversed(range(kernel.ndim)):
        within, position = np.divmod(within, lengths[owner, axis])
        position += first[owner, axis]
        row += row_stride * position
        column += column_stride * (position + start[axis] - taps[owner, axis])
        row_stride *= int(outputs[axis])
        column_stride *= int(inputs[axis])
    values = kernel[tuple(taps.T)][owner]
    return csr_array((values, (row, column)), shape=(row_stride, column_stride))


def linear_operator(weight, input_size, **conv_options):
    """Return a convolution layer as a linear operator on its input.

    The layer is ``conv1d``, ``conv2d`` or ``conv3d`` of x and `weight`. `matvec` runs the
    convolution, and `rmatvec` runs its conjugate transpose, which is the gradient with respect to
    the input. The iterative solvers of `scipy.sparse.linalg` need no more.

    Parameters
    ----------
    weight : array_like, shape (K, C/groups, *taps)
        The weight of the layer, with one to three spatial axes. Integers are converted to float64.
        The operator keeps a copy.
    input_size : tuple of int
        Shape of x: (N, C, *spatial), or (C, *spatial) for an unbatched input.
    **conv_options
        Options of the convolution: `stride`, `padding`, `dilation`, `groups`, `padding_mode`,
        `algorithm`, `accuracy`, `workspace_limit` and `num_threads`, with the values and defaults
        of `fastconv.conv2d`.

    Returns
    -------
    scipy.sparse.linalg.LinearOperator, shape (size of the output, size of the input)
        The operator, in the dtype of the weight. Its vectors are the raveled input and output. They
        may have another dtype than the weight; the result then has the common one.

    Raises
    ------
    TypeError
        If an option is not one of these (a bias or an activation is not linear), or `input_size`
        holds anything but ints.
    ValueError
        If `weight` does not have 3 to 5 axes, `input_size` does not fit it, or the convolution
        refuses an option.
    UnsupportedAlgorithm
        If the named `algorithm` cannot run the convolution. The transpose is checked at its first
        use.

    See Also
    --------
    toeplitz : Returns the matrix itself, for convolutions without channels.

    Notes
    -----
    The operator stores no matrix, but only plans with their prepared weights. `matmat` and
    `rmatmat` treat the columns of a matrix as one batch, which is faster than one column at a time.

    References
    ----------
    C. C. Paige and M. A. Saunders, "LSQR: an algorithm for sparse linear equations and sparse least
    squares", ACM Transactions on Mathematical Software 8(1), 1982 (a solver that needs only the two
    products).

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.sparse.linalg import lsqr
    >>> from fastconv import linalg
    >>> blur = linalg.linear_operator(np.array([[[1.0, 2.0, 1.0]]]), (1, 5), padding=1)
    >>> blurred = blur @ np.array([0.0, 0.0, 1.0, 0.0, 0.0])
    >>> blurred
    array([0., 1., 2., 1., 0.])
    >>> (lsqr(blur, blurred)[0].round(6) + 0).tolist()
    [0.0, 0.0, 1.0, 0.0, 0.0]
    """
    unknown = sorted(set(conv_options) - set(_OPTIONS))
    if unknown:
        raise TypeError(
            f"linear_operator does not take {', '.join(unknown)}; allowed are {', '.join(_OPTIONS)}"
        )
    runtime = device_of((weight,))
    weight = as_array("weight", weight) if runtime is None else weight
    if weight.ndim not in (3, 4, 5):
        raise ValueError(
            f"weight has shape {weight.shape}; it must be (K, C/groups, *taps) with 3 to 5 axes"
        )
    input_size = _checked_shape("input_size", input_size, smallest=0)
    if len(input_size) not in (weight.ndim - 1, weight.ndim):
        raise ValueError(
            f"input_size is {shown(input_size)}; for a weight of shape {weight.shape} it must have "
            f"{weight.ndim} entries, or {weight.ndim - 1} for an unbatched input"
        )
    checked_size(input_size, weight.dtype, "a vector", f"input_size is {shown(input_size)}")
    if runtime is None:
        return _ConvolutionOperator(weight, input_size, conv_options)
    own = _ConvolutionOperator(weight, input_size, conv_options, runtime)
    return runtime.scipy("sparse.linalg").LinearOperator(
        own.shape, own._matvec, own._rmatvec, own._matmat, own.dtype
    )


class _ConvolutionOperator(LinearOperator):
    """Apply a convolution to columns, each of which is a flattened batch of inputs.

    Several columns make one larger batch.
    """

    def __init__(self, weight, input_size, options, runtime=None):
        self._runtime = runtime  # None on the host; a device's runtime does not pickle
        dtype = weight.dtype if weight.dtype.kind not in "iu" else np.dtype(np.float64)
        with self._current():
            self._weight = weight.astype(dtype)
        self._options = dict(options)
        self._num_threads = self._options.pop("num_threads", None)
        self._op = f"conv{weight.ndim - 2}d"
        self._batch = 1 if len(input_size) < weight.ndim else input_size[0]
        self._image = input_size[-(weight.ndim - 1) :]
        self._plans = {}
        problem = self._plan("matvec", dtype, 1).problem
        self._feature = (problem.k, *problem.output)
        sizes = [self._batch * math.prod(shape) for shape in (self._feature, self._image)]
        super().__init__(dtype, sizes)

    def _matmat(self, columns):
        return self._apply("matvec", columns, self._image, self._feature)

    def _rmatmat(self, columns):
        return self._apply("rmatvec", columns, self._feature, self._image)

    def _matvec(self, vector):
        return self._matmat(vector.reshape(-1, 1))

    def _rmatvec(self, vector):
        return self._rmatmat(vector.reshape(-1, 1))

    def _current(self):
        """Return a context in which new arrays are made where the weight is."""
        return nullcontext() if self._runtime is None else self._runtime.current()

    def _apply(self, *call):
        with self._current():
            return self._applied(*call)

    def _applied(self, direction, columns, shape, result_shape):
        """Run a plan on columns of arrays of `shape`, and return the columns of the results."""
        xp = np if self._runtime is None else self._runtime.xp
        columns = xp.asarray(columns)
        count = columns.shape[1]
        dtype = np.result_type(self.dtype, columns.dtype)
        if count == 0:
            return xp.zeros((self._batch * math.prod(result_shape), 0), dtype)
        batch = columns.T.astype(dtype).reshape(count * self._batch, *shape)
        run = self._plan(direction, dtype, count)
        arrays = (batch,) if direction == "matvec" else (self._weight.astype(dtype), batch)
        result = run(*arrays, num_threads=self._num_threads)
        return result.reshape(count, self._batch * math.prod(result_shape)).T

    def _plan(self, direction, dtype, count):
        """Return the plan for `count` columns, which is kept for later calls."""
        key = (direction, dtype, count)
        found = self._plans.get(key)
        if found is None:
            found = self._new_plan(direction, dtype, count * self._batch)
            # The dictionary is replaced, because other threads may be reading the old one.
            kept = list(self._plans.items())[-(_PLANS_KEPT - 1) :]
            self._plans = dict([*kept, (key, found)])
        return found

    def _new_plan(self, direction, dtype, batch):
        """Make a plan for one direction, ``matvec`` or ``rmatvec``, and a batch of images."""
        weight = self._weight.astype(dtype, copy=False)
        image = (batch, *self._image)
        if direction == "matvec":
            return plan(self._op, input=image, weight=weight, dtype=dtype, **self._options)
        return plan(
            f"{self._op}_input",
            input_size=image,
            weight=weight,
            grad_output=(batch, *self._feature),
            dtype=dtype,
            **self._options,
        )


def _checked_kernel(kernel):
    """Return the kernel as an array that `csr_array` can hold, or raise an error that names it."""
    kernel = as_array("kernel", kernel)
    longest = 16 if kernel.dtype.kind == "c" else 8
    if kernel.dtype.kind not in "iufc" or kernel.dtype.itemsize > longest:
        raise TypeError(
            f"kernel has dtype {kernel.dtype}; allowed are integers, float16, float32, float64, "
            "complex64 and complex128"
        )
    if kernel.ndim == 0 or kernel.size == 0:
        raise ValueError(f"kernel has shape {kernel.shape}; it must have axes, none of size 0")
    native = kernel.dtype.newbyteorder("=")
    return kernel.astype(np.float32 if native == np.float16 else native, copy=False)


def _checked_shape(name, shape, smallest):
    """Return `shape` as a tuple of ints of at least `smallest`, or raise an error about it."""
    sizes = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    if not all(map(is_integer, sizes)):
        raise TypeError(f"{name} is {shown(shape)}; it must be an int or a tuple of ints")
    if not sizes or min(sizes) < smallest:
        raise ValueError(f"{name} is {shown(shape)}; it must hold sizes of at least {smallest}")
    return tuple(map(operator.index, sizes))


def _cut(mode, inputs, taps):
    """Return the sizes of the output, and the number of full outputs that come before it."""
    full = inputs + taps - 1
    if mode == "full":
        return full, 0 * full
    if mode == "same":
        return inputs, (taps - 1) // 2
    if mode != "valid":
        raise ValueError(f"mode is {shown(mode)}; allowed are 'full', 'same' and 'valid'")
    if not ((inputs >= taps).all() or (inputs <= taps).all()):
        raise ValueError(
            f"mode 'valid' needs one of input_shape {tuple(inputs.tolist())} and the kernel's "
            f"shape {tuple(taps.tolist())} to be at least as large as the other on every axis"
        )
    shorter = np.minimum(inputs, taps)
    return full - 2 * (shorter - 1), shorter - 1
