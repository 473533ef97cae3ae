"""Every function that plans: its arrays and options in signature order, and its validation."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from . import validate_convolution as convolutions
from . import validate_filtering as filters
from . import validate_images as images
from . import validate_pooling as poolings
from . import validate_signals as signals
from .arrays import Spec, any_array, coerce
from .forwarded import ForwardedProblem, dtype_name
from .limits import within_memory
from .request import Request
from .scipy_arguments import ForSciPy

#: marks an option without a default
REQUIRED = object()


@dataclass(frozen=True)
class Op:
    """One function.

    Parameters
    ----------
    name : str
        As `fastconv.plan` takes it: ``conv2d``, ``conv2d_weight``, ``max_pool2d``.
    arrays : tuple of str
        Array arguments in signature order; the signal of ``upfirdn`` comes first.
    options : dict
        Other arguments and their defaults, `REQUIRED` where there is none.
    make : callable
        ``make(arrays, options) -> Request``.
    optional : frozenset of str
        Those arrays that may be None.
    scipy : tuple of str or None
        Package and name of SciPy's function, for the functions of the SciPy faces.
    guard : callable or None
        ``guard(options)`` refuses options with which SciPy's function cannot be called.
    """

    name: str
    arrays: tuple[str, ...]
    options: dict
    make: Callable
    optional: frozenset = frozenset()
    scipy: tuple[str, str] | None = None
    guard: Callable | None = None

    def request(self, arrays, options) -> Request:
        """Validate one call: arrays (or `Spec`) in order, options by name, all of them."""
        return self.validated(self.coerce(arrays), options)

    def validated(self, arrays, options) -> Request:
        """Validate one call whose arrays `coerce` returned.

        The problem is a `ForwardedProblem` where SciPy is to answer.
        """
        if self.scipy is None:
            return self.make(arrays, options)
        try:
            return self.make(arrays, options)
        except ForSciPy as reason:
            if self.guard is not None:
                self.guard(options)
            return self.forwarded(arrays, str(reason))

    def forwarded(self, arrays, reason) -> Request:
        """Return the request of a call that SciPy answers, for `reason`."""
        names = tuple(dtype_name(a.dtype) for a in arrays)
        problem = ForwardedProblem(self.name, names, tuple(tuple(a.shape) for a in arrays), reason)
        dtypes = tuple(a.dtype for a in arrays)
        return Request(problem, dtypes, (), np.dtype(float), (), np.dtype(float))

    def coerce(self, arrays):
        """Return the arrays as ndarrays, None where one is absent and may be.

        Those of the SciPy faces may have any dtype, all others one that fastconv computes with.
        """
        as_array = coerce if self.scipy is None else any_array
        result = []
        for name, value in zip(self.arrays, arrays, strict=True):
            if value is None and name in self.optional or isinstance(value, Spec):
                result.append(value)
            else:
                result.append(as_array(name, value))
        return tuple(result)


def _conv_ops():
    ends = {"padding_mode": "zeros", "activation": None}
    bias = frozenset({"bias", "add"})
    for dims in (1, 2, 3):
        plain = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
        turned = {"stride": 1, "padding": 0, "output_padding": 0, "groups": 1, "dilation": 1}
        gradient = {**plain, "padding_mode": "zeros"}
        yield _conv("conv", dims, "fwd", {**plain, **ends}, bias)
        yield _conv("conv", dims, "input", gradient)
        yield _conv("conv", dims, "weight", gradient)
        yield _conv("conv", dims, "bias", {"per_position": False})
        forward = {**turned, "output_size": None, "activation": None}
        yield _conv("conv_transpose", dims, "fwd", forward, frozenset({"bias"}))
        yield _conv("conv_transpose", dims, "input", turned)
        yield _conv("conv_transpose", dims, "weight", turned)
        yield _conv("conv_transpose", dims, "bias", {})
    for op, dims in (("local_conv", 1), ("local_conv", 2), ("tiled_conv", 2)):
        place = {"stride": 1, "padding": 0}
        yield _conv(op, dims, "fwd", {**place, "activation": None}, frozenset({"bias"}))
        yield _conv(op, dims, "input", place)
        yield _conv(op, dims, "weight", place)
        bias_options = {"tiles": None} if op == "tiled_conv" else {"per_position": False}
        yield _conv(op, dims, "bias", bias_options)


def _conv(op, dims, kind, options, optional=frozenset()):
    arrays, make, size = {
        "fwd": (("input", "weight", "bias"), convolutions.forward, None),
        "input": (("weight", "grad_output"), convolutions.input_gradient, "input_size"),
        "weight": (("input", "grad_output"), convolutions.weight_gradient, "weight_size"),
        "bias": (("grad_output",), convolutions.bias_gradient, None),
    }[kind]
    if kind == "fwd" and "add" in optional:
        arrays = (*arrays, "add")
    if size:
        options = {size: REQUIRED, **options}
    name = f"{op}{dims}d" + ("" if kind == "fwd" else f"_{kind}")
    return Op(name, arrays, options, partial(make, op, dims), optional)


def _pool_ops():
    one, window = ("input",), {"kernel_size": REQUIRED, "stride": None}
    place = {"dilation": 1, "padding": 0, "stride": 1}
    average = {
        "padding": 0, "ceil_mode": False, "count_include_pad": True, "divisor_override": None,
        "dilation": 1,
    }  # fmt: skip
    lp = {"norm_type": REQUIRED, **window, "ceil_mode": False, "padding": 0, "dilation": 1}
    size, adaptive = {"input_size": REQUIRED}, {"output_size": REQUIRED}
    by_index = ("grad_output", "indices")
    for dims in (1, 2, 3):
        rows = (
            ("max_pool", one, poolings.pool,
             {**window, "padding": 0, "dilation": 1, "ceil_mode": False, "return_indices": False}),
            ("avg_pool", one, poolings.pool, {**window, **average}),
            ("lp_pool", one, poolings.pool, lp),
            ("adaptive_avg_pool", one, poolings.adaptive, adaptive),
            ("adaptive_max_pool", one, poolings.adaptive, {**adaptive, "return_indices": False}),
            ("max_unpool", ("input", "indices"), poolings.unpool,
             {**window, "padding": 0, "output_size": None}),
        )  # fmt: skip
        gradients = (
            ("max_pool", by_index, poolings.by_indices, size),
            ("adaptive_max_pool", by_index, poolings.by_indices, size),
            ("max_unpool", by_index, poolings.by_indices, size),
            ("adaptive_avg_pool", ("grad_output",), poolings.average_gradient, size),
            (
                "avg_pool",
                ("grad_output",),
                poolings.average_gradient,
                {**size, **window, **average},
            ),
            ("lp_pool", ("grad_output", "input"), poolings.lp_gradient, lp),
        )
        for suffix, table in (("", rows), ("_input", gradients)):
            for op, arrays, make, options in table:
                yield Op(f"{op}{dims}d{suffix}", arrays, options, partial(make, op, dims))
    weighted = {"stride": None, "padding": 0}
    channels = {"groups": REQUIRED, "axis": 1}
    for name, arrays, make, options in (
        ("weighted_pool2d", ("input", "weights"), poolings.weighted, weighted),
        (
            "weighted_pool2d_input",
            ("grad_output", "weights"),
            poolings.weighted,
            {**size, **weighted},
        ),
        ("maxout", one, poolings.maxout, channels),
        ("maxout_input", ("grad_output", "input"), poolings.maxout, channels),
        ("unfold", one, poolings.unfold, {"kernel_size": REQUIRED, **place}),
        ("fold", one, poolings.fold, {**adaptive, "kernel_size": REQUIRED, **place}),
    ):
        op = name.removesuffix("_input").removesuffix("2d")
        yield Op(name, arrays, options, partial(make, op, 2))


def _filter_ops():
    both = ("in1", "in2")
    plain = {"mode": "full", "method": "auto"}
    for name in ("convolve", "correlate"):
        extended = {**plain, **filters.PLAIN}
        make, guard = partial(filters.signal_filter, name), partial(filters.check_plain, name)
        yield Op(name, both, extended, make, scipy=("signal", name), guard=guard)
        yield _signal(name, both, plain, partial(signals.general, name))
    for name, method in (("fftconvolve", "fft"), ("oaconvolve", "overlap")):
        options = {"mode": "full", "axes": None}
        yield _signal(name, both, options, partial(signals.transformed, method))
    for name in ("convolve", "correlate"):
        options = {"mode": "full", "boundary": "fill", "fillvalue": 0}
        yield _signal(f"{name}2d", both, options, partial(signals.planar, name))
    rates = {"up": 1, "down": 1, "axis": -1, "mode": "constant", "cval": 0}
    yield _signal("upfirdn", ("x", "h"), rates, signals.resampled, signals.check_up)


def _signal(name, arrays, options, make, guard=None):
    return Op(f"signal.{name}", arrays, options, make, scipy=("signal", name), guard=guard)


def _image_ops():
    """The functions of `scipy.ndimage`; their option `output` is the result's dtype."""
    one, both = ("input",), ("input", "weights")
    edges = {"mode": "reflect", "cval": 0.0}
    moved, axes, last = {**edges, "origin": 0}, {"axes": None}, {"axis": -1}
    derived = {"sigma": REQUIRED, **edges, **axes, "truncate": 4.0, "radius": None}
    smooth = {"sigma": REQUIRED, "order": 0, **edges, "truncate": 4.0, "radius": None}
    window = {"size": None, "footprint": None, **moved}
    size = {"size": REQUIRED, **moved}
    for name in ("convolve", "correlate"):
        yield _image(name, both, {**moved, **axes}, images.correlation)
        yield _image(f"{name}1d", both, {**moved, **last}, images.correlation)
    for name, terms, options in (
        ("gaussian_filter", images.gaussian, {**smooth, **axes}),
        ("gaussian_filter1d", images.gaussian1d, {**smooth, **last}),
        ("uniform_filter", images.uniform, {**size, "size": 3, **axes}),
        ("uniform_filter1d", images.uniform1d, {**size, **last}),
        ("sobel", partial(images.edges, (1, 2, 1)), {**edges, **last}),
        ("prewitt", partial(images.edges, (1, 1, 1)), {**edges, **last}),
        ("laplace", images.laplacian, {**edges, **axes}),
        ("gaussian_laplace", images.laplacian_of_gaussian, derived),
        ("gaussian_gradient_magnitude", images.gradient_of_gaussian, derived),
    ):
        yield _image(name, one, options, images.filter_of, terms)
    for name in ("maximum_filter", "minimum_filter"):
        op = f"ndimage.{name}"
        for suffix, windows, options in (
            ("", images.windows_of, {**window, **axes}),
            ("1d", images.window1d_of, {**size, **last}),
        ):
            make = partial(images.extremum, op, windows)
            options = {**options, "output": None}
            yield Op(op + suffix, one, options, make, scipy=("ndimage", name + suffix))


def _image(name, arrays, options, make, *more):
    op = f"ndimage.{name}"
    options = {**options, "output": None}
    return Op(op, arrays, options, partial(make, op, *more), scipy=("ndimage", name))


_GROUPS = (_conv_ops(), _pool_ops(), _filter_ops(), _image_ops())
OPS = {op.name: within_memory(op) for group in _GROUPS for op in group}
