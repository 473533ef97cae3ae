"""`scipy.ndimage`'s convolution and correlation, N-D and along one axis."""

import operator
from functools import partial

import numpy as np

from ..calls import chosen_executor
from ..loops.epilogue import any_nonfinite
from ..planner.traits import BY_VALUES, engine_weight, looks, with_traits
from ..problem import OPS
from ..problem.arrays import Spec
from ..problem.validate_filtering import NDIMAGE_BOUNDARIES
from . import integers
from .lines import Line, axes_of, axis_of, checked_fill
from .outputs import chosen
from .recipes import Recipe, answered

__all__ = ["convolve", "convolve1d", "correlate", "correlate1d"]

#: type characters of the images and of the weights that the engine filters as SciPy does
_IMAGES = frozenset("fdFD")
_WEIGHTS = frozenset("?bBhHiIlLqQefdFD")

# SciPy's N-D functions skip weights that are no larger than this.
_SKIPPED = np.finfo(np.float64).eps


def correlate(
    input, weights, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None,
    algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Correlate an N-D array with weights, as `scipy.ndimage.correlate`.

    Parameters
    ----------
    input : array_like
        Any real or complex dtype that SciPy takes (not float16, longdouble, object).
    weights : array_like
        With as many dimensions as there are `axes`.
    output : ndarray or dtype_like, optional
        The array that takes the result, or the result's dtype.
    mode : str, default "reflect"
        What lies past the edges: ``reflect`` (``grid-mirror``), ``mirror``, ``nearest``, ``wrap``
        (``grid-wrap``), ``constant`` (``grid-constant``).
    cval : scalar, default 0.0
        The value past the edges for ``constant``.
    origin : int or sequence of int, default 0
        Moves the window by so many elements: 0 puts element ``n // 2`` of the weights on the
        output's place, positive values a later one.
    axes : int or iterable of int, optional
        Axes to filter, by default all.
    algorithm : str, default "auto"
        ``auto``, or the name of one algorithm; ``scipy`` is SciPy itself, which answers
        calls with integers alone.
    num_threads : int, optional
        At most so many threads.
    out : ndarray, optional
        The same as an array for `output`.

    Returns
    -------
    ndarray of the input's shape
        Of the input's dtype, or the complex one of its precision if `weights` are complex.

    Raises
    ------
    ValueError, TypeError, RuntimeError
        As SciPy, or both `out` and `output` are given.
    UnsupportedAlgorithm
        `algorithm` cannot run this problem.

    See Also
    --------
    fastconv.correlate : full, same and valid; strides and dilation.

    References
    ----------
    R. C. Gonzalez and R. E. Woods, *Digital Image Processing*, 4th ed., Pearson, 2018, section 3.4.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.correlate([1.0, 2.0, 4.0, 8.0], [-1, 0, 1])
    array([1., 3., 6., 4.])
    """
    return _filtered(
        "correlate", input, weights, (mode, cval, origin), axes, chosen(input, output, out),
        algorithm, num_threads,
    )  # fmt: skip


def convolve(
    input, weights, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None,
    algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Convolve an N-D array with weights, as `scipy.ndimage.convolve`.

    Parameters
    ----------
    input, weights, output, mode, cval, origin, axes, algorithm, num_threads, out
        As in `correlate`; the weights are turned round, and so is `origin`.

    Returns
    -------
    ndarray of the input's shape
        Of the dtype that `correlate` returns.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        As `correlate` does.

    References
    ----------
    R. C. Gonzalez and R. E. Woods, *Digital Image Processing*, 4th ed., Pearson, 2018, section 3.4.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.convolve([1.0, 2.0, 4.0, 8.0], [1, 10], mode="constant")
    array([12., 24., 48., 80.])
    """
    return _filtered(
        "convolve", input, weights, (mode, cval, origin), axes, chosen(input, output, out),
        algorithm, num_threads,
    )  # fmt: skip


def correlate1d(
    input, weights, axis=-1, output=None, mode="reflect", cval=0.0, origin=0, *, algorithm="auto",
    num_threads=None, out=None,
):  # fmt: skip
    """Correlate along one axis, as `scipy.ndimage.correlate1d`.

    Parameters
    ----------
    input : array_like
    weights : array_like, 1-D
    axis : int, default -1
    output, mode, cval, origin, algorithm, num_threads, out
        As in `correlate`; `origin` is one int.

    Returns
    -------
    ndarray of the input's shape
        Of the dtype that `correlate` returns.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        As `correlate` does; `numpy.exceptions.AxisError` for an axis that is not there.

    References
    ----------
    R. C. Gonzalez and R. E. Woods, *Digital Image Processing*, 4th ed., Pearson, 2018, section 3.4.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.correlate1d([[1.0, 2.0], [3.0, 5.0]], [-1, 1], axis=0)
    array([[0., 0.],
           [2., 3.]])
    """
    return _filtered(
        "correlate1d", input, weights, (mode, cval, origin), axis, chosen(input, output, out),
        algorithm, num_threads,
    )  # fmt: skip


def convolve1d(
    input, weights, axis=-1, output=None, mode="reflect", cval=0.0, origin=0, *, algorithm="auto",
    num_threads=None, out=None,
):  # fmt: skip
    """Convolve along one axis, as `scipy.ndimage.convolve1d`.

    Parameters
    ----------
    input, weights, axis, output, mode, cval, origin, algorithm, num_threads, out
        As in `correlate1d`; the weights are turned round, and so is `origin`.

    Returns
    -------
    ndarray of the input's shape
        Of the dtype that `correlate` returns.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        As `correlate1d` does.

    References
    ----------
    R. C. Gonzalez and R. E. Woods, *Digital Image Processing*, 4th ed., Pearson, 2018, section 3.4.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.convolve1d([1.0, 2.0, 4.0, 8.0], [1, 10], mode="nearest")
    array([12., 24., 48., 88.])
    """
    return _filtered(
        "convolve1d", input, weights, (mode, cval, origin), axis, chosen(input, output, out),
        algorithm, num_threads,
    )  # fmt: skip


def _filtered(name, input, weights, settings, axes, output, algorithm, num_threads):
    """Run the engine where its results are SciPy's, else SciPy, which also has all the errors."""
    w = np.asarray(weights)
    if name.endswith("1d"):
        arguments, keywords = (input, w, axes, output, *settings), {}
    else:
        arguments, keywords = (input, w, output, *settings), {"axes": axes}
    return answered(
        name, input, (*settings, axes), output, algorithm, num_threads,
        partial(_recipe, name, w, settings, axes), arguments, weights=w, **keywords,
    )  # fmt: skip


def _recipe(name, w, settings, axes, shape, dtype, target, algorithm):
    """What `answered` is to do for weights whose values are known."""
    if w.dtype.char not in _WEIGHTS or not w.size or not np.isfinite(w).all():
        return None
    options = _options(name, len(shape), dtype, w, *settings, axes)
    if options is None:
        return None
    if dtype.kind in "iu":
        return _of_integers(name, w, options, shape, dtype, target, algorithm)
    compute = compute_dtype(dtype, w.dtype, target)
    if compute is None:
        return None
    op = OPS["ndimage." + name.removesuffix("1d")]
    gaps = compute.kind == "c"  # SciPy filters the real and the imaginary part apart
    if not name.endswith("1d"):
        w = _without_skipped(w)
        gaps = gaps or not w.all()
    w = w.astype(compute)
    run = Prepared(op, shape, w, options, algorithm)
    unsure = any_nonfinite if gaps and algorithm == "auto" else None
    return Recipe(run, compute, compute, unsure=unsure)


def _of_integers(name, w, options, shape, dtype, target, algorithm):
    if algorithm != "auto" or w.dtype.kind == "c":
        return None
    target = dtype if target is None else target
    mode, cval, origins, axes = options
    w = w.astype(np.float64)
    if name.startswith("convolve"):
        w = np.flip(w)
        origins = tuple(-o - (n % 2 == 0) for o, n in zip(origins, w.shape, strict=True))
    if name.endswith("1d"):
        line = Line(axes[0], w, mode, origins[0])
        run = integers.filtering(shape, dtype, target, [line], cval, False)
    else:
        run = integers.dense(shape, dtype, target, w, mode, cval, origins, axes)
    return None if run is None else Recipe(run, dtype, target)


class Prepared:
    """A filter of one kernel: ``run(x, out, num_threads)``."""

    def __init__(self, op, shape, weights, options, algorithm):
        self.weights = weights
        specs = (Spec(shape, weights.dtype), weights)
        request = op.request(specs, dict(zip(op.options, options, strict=True)))
        common = (algorithm, "default", None, ())
        alone = (None, weights)
        if looks(request.problem, *common):
            request = with_traits(request, engine_weight(request, alone))
        self.executor = executor = chosen_executor(op, common, request)
        self.prepared = None
        if executor.algorithm.name in BY_VALUES:
            self.prepared = executor.algorithm.prepare(
                request.problem, engine_weight(request, alone)
            )

    def __call__(self, x, out, num_threads):
        return self.executor((x, self.weights), self.prepared, out, num_threads)


def compute_dtype(dtype, weights, target=None):
    """dtype in which the engine filters as precisely as SciPy, None for what it leaves to SciPy.

    Of dtypes: of an image, of weights, of the `output`.
    """
    if dtype.char not in _IMAGES or weights.char not in _WEIGHTS:
        return None
    natural = dtype.newbyteorder("=")
    if "c" in (dtype.kind, weights.kind):
        natural = np.promote_types(natural, np.complex64)
    target = natural if target is None else target
    if target.char not in _IMAGES or target.kind != natural.kind:
        return None
    return np.result_type(natural, target)


def _options(name, ndim, dtype, w, mode, cval, origin, axes):
    """The engine's (mode, cval, origin, axes), None where SciPy has an error for them."""
    along = _one_axis(axes, ndim) if name.endswith("1d") else axes_of(axes, ndim)
    if not along or w.ndim != len(along) or not isinstance(mode, str):
        return None
    value = checked_fill(cval, dtype.kind == "c")
    if mode not in NDIMAGE_BOUNDARIES or value is None:
        return None
    try:
        given = list(origin) if np.iterable(origin) else [origin] * len(along)
        given = [operator.index(o) for o in given]
    except TypeError:
        return None
    if len(given) != len(along) or (name.endswith("1d") and np.iterable(origin)):
        return None
    if len(along) < ndim:  # with all axes, SciPy takes the origins in the array's order
        given = [given[along.index(a)] for a in sorted(along)]
    for o, n in zip(given, w.shape, strict=True):
        if name.startswith("convolve"):
            o = -o - (n % 2 == 0)
        if not -(n // 2) <= o <= (n - 1) // 2:
            return None
    return mode, value if "constant" in mode else 0.0, tuple(given), tuple(sorted(along))


def _one_axis(axis, ndim):
    axis = axis_of(axis, ndim)
    return None if axis is None else [axis]


def _without_skipped(w):
    """The weights with zeros where SciPy's N-D functions skip them; a complex one part by part."""
    if w.dtype.kind == "c":
        small = [(p != 0) & (np.abs(p) <= _SKIPPED) for p in (w.real, w.imag)]
        if any(s.any() for s in small):
            return np.where(small[0], 0, w.real) + 1j * np.where(small[1], 0, w.imag)
    elif w.dtype.kind == "f":
        small = (w != 0) & (np.abs(w) <= _SKIPPED)
        if small.any():
            return np.where(small, 0, w)
    return w
