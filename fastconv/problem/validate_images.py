"""Validate the arguments of `scipy.ndimage`'s weighted sums, and return a `Request`.

In this module, `o` is the dict of a function's options by name, and `fill` is the value past the
edges.
"""


import numpy as np

from .arrays import DTYPES, native
from .filter_requests import filter_request
from .filtering import FilterProblem
from .kernels1d import Kernel1d
from .request import Request, WithFill
from .scipy_arguments import (
    ForSciPy,
    axes_of,
    axis_of,
    boundary_of,
    fill_of,
    integer_of,
    name_of,
    number_of,
    per_axis,
    require,
    require_shape,
    result_of,
    whole_of,
)
from .separable import Pass, SeparableProblem
from .window_limits import check_windows

#: why SciPy makes the copy that a filter without a window returns
NOTHING = "there is nothing to filter"
#: type characters of images that are filtered in floating point
_FLOATS = frozenset("fdFD")
#: type characters of images that are filtered as integers
_INTEGERS = frozenset("bBhH")
#: type characters of weights
_WEIGHTS = frozenset("?bBhHiIlLqQefdFD")
#: type characters of the results of integer images
_INTEGER_RESULTS = frozenset("bBhHifd")
#: largest radius of a Gaussian; SciPy's function is called for longer ones
_LONGEST = 1 << 16


# ------------------------------------------------------------------- convolution and correlation


def correlation(op, arrays, o):
    """Return the request of ``convolve``, ``correlate``, ``convolve1d`` or ``correlate1d``."""
    x, w = arrays
    require_shape("input", x)
    dtype, target = native(x), result_of(x, o["output"])
    require(w.dtype.char in _WEIGHTS and 0 not in w.shape,
            lambda: f"weights has dtype {w.dtype} and shape {tuple(w.shape)}")  # fmt: skip
    axes, boundary, origin, fill = _geometry(op, x, w, o)
    if dtype.char in _INTEGERS:
        require(w.dtype.kind != "c" and target.char in _INTEGER_RESULTS,
                lambda: f"weights of {w.dtype}, a result of {target}")  # fmt: skip
        weights_dtype = np.dtype(np.float64)
    else:
        natural, target = _floating(dtype, w.dtype, o["output"], target)
        weights_dtype = native(w)
    sizes = [1] * len(x.shape)
    for a, n in zip(axes, w.shape, strict=True):
        sizes[a] = n
    ones = (1,) * len(axes)
    integers = dtype.char in _INTEGERS
    problem = FilterProblem(
        op, (name_of(dtype), name_of(weights_dtype), name_of(target)), tuple(x.shape),
        tuple(sizes), axes, "same", boundary, origin, ones, ones,
        fill=fill if integers and "constant" in boundary else 0.0,
    )  # fmt: skip
    if integers:
        return Request(
            problem, (dtype, weights_dtype), problem.shape, target, problem.shape, target,
            weight=1, arrange=with_nothing_else,
        )  # fmt: skip
    return filter_request(problem, target, fill)


def with_nothing_else(arrays):
    """Return the operands for an integer image. Its fill value is part of the problem."""
    return (*arrays, None, None, None)


def _geometry(op, x, w, o):
    """Return (axes, boundary, origin, fill) of a correlation. The axes are in ascending order."""
    ndim = len(x.shape)
    if op.endswith("1d"):
        along = [axis_of(o["axis"], ndim)]
        require(not np.iterable(o["origin"]), lambda: f"origin is {o['origin']!r}")
    else:
        along = axes_of(o["axes"], ndim)
    require(along and len(w.shape) == len(along),
            lambda: f"weights has {len(w.shape)} dimensions for {len(along)} axes")  # fmt: skip
    fill = fill_of(o["cval"], native(x).kind == "c")
    boundary = (boundary_of(o["mode"], fill),) * len(along)
    origin = [integer_of("origin", v) for v in per_axis("origin", o["origin"], len(along))]
    if len(along) < ndim:  # given all axes, SciPy applies origins in the array's order instead
        origin = [origin[along.index(a)] for a in sorted(along)]
    for v, n in zip(origin, w.shape, strict=True):
        moved = -v - (n % 2 == 0) if op.startswith("ndimage.convolve") else v
        if not -(n // 2) <= moved <= (n - 1) // 2:
            raise ForSciPy(f"origin is {v} for a window of {n}")
    return tuple(sorted(along)), boundary, tuple(origin), fill if "constant" in boundary else 0.0


def _floating(dtype, weights, output, target):
    """Return the default dtype of a floating-point result, and the dtype that is asked for.

    Parameters
    ----------
    dtype, weights : dtype
        dtypes of the image and of the weights.
    output : object
        The option `output`.
    target : dtype
        The dtype that `output` asks for.
    """
    require(dtype.char in _FLOATS, lambda: f"images of {dtype} are SciPy's")
    natural = dtype
    if "c" in (dtype.kind, weights.kind):
        natural = np.promote_types(dtype, np.complex64)
    target = natural if output is None else target
    require(target.char in _FLOATS and target.kind == natural.kind, lambda: f"a result of {target}")
    return natural, target


# --------------------------------------------------------------------------- filters of 1-D kernels


def filter_of(op, terms, arrays, o):
    """Return the request of a filter with 1-D kernels.

    Parameters
    ----------
    op : str
    terms : callable
        ``terms(ndim, options, fill)`` returns `SeparableProblem.terms`.
    arrays : tuple of array
        The image.
    o : dict
    """
    (x,) = arrays
    check_windows(o)
    require_shape("input", x)
    dtype, target = native(x), result_of(x, o["output"])
    require(dtype.char in "fd" or dtype.char in _INTEGERS, lambda: f"images of {dtype} are SciPy's")
    fill = fill_of(o["cval"])
    found = terms(len(x.shape), o, fill)
    require(found and all(found), NOTHING)
    filled = any(p.boundary == "constant" for term in found for p in term)
    fill = fill if filled else 0.0
    integers = dtype.char in _INTEGERS
    results = _INTEGER_RESULTS if integers else "fd"
    require(target.char in results, lambda: f"a result of {target}")
    names = (name_of(dtype), name_of(dtype), name_of(target))
    problem = SeparableProblem(op, names, tuple(x.shape), found, fill if integers else 0.0)
    summed = problem.combination == "sum"
    require(summed or not integers, lambda: f"lengths of gradients of {dtype}")
    compute = target if integers else DTYPES[problem.compute]
    return Request(
        problem, (dtype if integers else compute,), problem.shape, target, problem.shape, compute,
        arrange=WithFill(fill), rereads=len(found) > 1 and not integers,
    )  # fmt: skip


def gaussian(ndim, o, fill):
    """Return the term of a Gaussian filter: a Gaussian or its derivative along each axis."""
    along = axes_of(o["axes"], ndim)
    names = ("sigma", "order", "mode", "radius")
    settings = [per_axis(name, o[name], len(along)) for name in names]
    passes = []
    for axis, sigma, order, mode, radius in zip(along, *settings, strict=True):
        if number_of("sigma", sigma) > 1e-15:
            passes.append(_gaussian(axis, sigma, order, mode, o["truncate"], radius, fill))
    return (tuple(passes),)


def gaussian1d(ndim, o, fill):
    """Return the term of a Gaussian filter along one axis."""
    axis, sigma = axis_of(o["axis"], ndim), number_of("sigma", o["sigma"])
    require(sigma > 0, lambda: f"sigma is {sigma!r}")
    settings = (o["order"], o["mode"], o["truncate"], o["radius"])
    return ((_gaussian(axis, sigma, *settings, fill),),)


def _gaussian(axis, sigma, order, mode, truncate, radius, fill):
    """Return the pass of a Gaussian, or of its derivative, along `axis`."""
    truncate = number_of("truncate", truncate)
    if radius is None:
        require(abs(truncate * float(sigma)) < _LONGEST, lambda: f"sigma is {sigma!r}")
        radius = int(truncate * float(sigma) + 0.5)
    radius, order = whole_of("radius", radius), whole_of("order", order)
    require(0 <= radius <= _LONGEST and order >= 0, lambda: f"radius is {radius}, order {order}")
    return Pass(axis, Kernel1d.gaussian(float(sigma), radius, order), boundary_of(mode, fill))


def laplacian_of_gaussian(ndim, o, fill):
    """Return one term per axis: the second derivative of a Gaussian along it."""
    return _derivatives(ndim, 2, o, fill)


def gradient_of_gaussian(ndim, o, fill):
    """Return one term per axis: the first derivative of a Gaussian along it."""
    # with `axes`, SciPy applies sigma and mode to other axes
    require(o["axes"] is None, "a gradient along some of the axes")
    return _derivatives(ndim, 1, o, fill)


def _derivatives(ndim, order, o, fill):
    """Return one term per axis: a Gaussian with the derivative of this order along that axis."""
    along = axes_of(o["axes"], ndim)
    sigmas, modes = (per_axis(name, o[name], len(along)) for name in ("sigma", "mode"))
    everywhere = [0.0] * ndim
    for axis, sigma in zip(along, sigmas, strict=True):
        everywhere[axis] = number_of("sigma", sigma)
    terms = []
    for axis, mode in zip(along, modes, strict=True):
        orders = [order if a == axis else 0 for a in range(ndim)]
        settings = {**o, "axes": None, "sigma": everywhere, "order": orders, "mode": mode}
        terms += gaussian(ndim, settings, fill)
    return tuple(terms)


def uniform(ndim, o, fill):
    """Return the term of a uniform filter: an average along each axis."""
    along = axes_of(o["axes"], ndim)
    settings = [per_axis(name, o[name], len(along)) for name in ("size", "mode", "origin")]
    passes = []
    for axis, size, mode, origin in zip(along, *settings, strict=True):
        if whole_of("size", size) > 1:
            passes.append(_uniform(axis, size, mode, origin, fill))
    return (tuple(passes),)


def uniform1d(ndim, o, fill):
    """Return the term of a uniform filter along one axis."""
    axis = axis_of(o["axis"], ndim)
    require(whole_of("size", o["size"]) >= 1, lambda: f"size is {o['size']!r}")
    return ((_uniform(axis, o["size"], o["mode"], o["origin"], fill),),)


def _uniform(axis, size, mode, origin, fill):
    """Return the pass of an average along `axis`."""
    size, origin = int(size), whole_of("origin", origin)
    require(0 <= size // 2 + origin < size, lambda: f"origin is {origin} for a window of {size}")
    return Pass(axis, Kernel1d.box(size), boundary_of(mode, fill), origin)


def derivative(smoothing, ndim, o, fill):
    """Return the term of a derivative filter.

    Its kernels are [-1, 0, 1] along the axis and `smoothing` along all other axes.
    """
    axis, modes = axis_of(o["axis"], ndim), per_axis("mode", o["mode"], ndim)
    passes = [Pass(axis, Kernel1d.of(-1, 0, 1), boundary_of(modes[axis], fill))]
    for a in range(ndim):
        if a != axis:
            passes.append(Pass(a, Kernel1d.of(*smoothing), boundary_of(modes[a], fill)))
    return (tuple(passes),)


def laplacian(ndim, o, fill):
    """Return one term per axis: the second difference along it."""
    along = axes_of(o["axes"], ndim)
    modes = per_axis("mode", o["mode"], len(along))
    kernel = Kernel1d.of(1, -2, 1)
    pairs = zip(along, modes, strict=True)
    return tuple((Pass(a, kernel, boundary_of(mode, fill)),) for a, mode in pairs)
