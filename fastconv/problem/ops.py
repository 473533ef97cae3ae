"""Every function that plans: its arrays and options in signature order, and its validation."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from . import validate_convolution as convolutions
from . import validate_filtering as filters
from . import validate_pooling as poolings
from .arrays import coerce
from .request import Request

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
        Array arguments in signature order.
    optional : frozenset of str
        Those that may be None.
    options : dict
        Other arguments and their defaults, `REQUIRED` where there is none.
    make : callable
        ``make(arrays, options) -> Request``.
    """

    name: str
    arrays: tuple[str, ...]
    options: dict
    make: Callable
    optional: frozenset = frozenset()

    def request(self, arrays, options) -> Request:
        """Validate one call: arrays (or `Spec`) in order, options by name, all of them."""
        return self.make(self.coerce(arrays), options)

    def coerce(self, arrays):
        """The arrays as ndarrays of known dtypes, None where one is absent and may be."""
        result = []
        for name, value in zip(self.arrays, arrays, strict=True):
            if value is None and name in self.optional:
                result.append(None)
            else:
                result.append(coerce(name, value))
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
    signal = {
        "mode": "full", "axes": None, "boundary": "fill", "fillvalue": 0, "stride": 1,
        "dilation": 1,
    }  # fmt: skip
    ndimage = {"mode": "reflect", "cval": 0.0, "origin": 0, "axes": None}
    for name in ("convolve", "correlate"):
        yield Op(name, both, signal, partial(filters.signal_filter, name, None))
        full = f"ndimage.{name}"
        yield Op(full, ("input", "weights"), ndimage, partial(filters.ndimage_filter, full, None))


OPS = {op.name: op for group in (_conv_ops(), _pool_ops(), _filter_ops()) for op in group}
