"""`OPS`: the table of all functions, with their arguments and the validation of each."""

import sys
from functools import partial

from . import matching, savgol, scipy_faults
from . import validate_convolution as convolutions
from . import validate_extrema as extrema
from . import validate_filtering as filters
from . import validate_fir as firs
from . import validate_images as images
from . import validate_missing as missing
from . import validate_morphology as morphology
from . import validate_pooling as poolings
from . import validate_ranks as ranks
from . import validate_rates as rate
from . import validate_results as results
from . import validate_signals as signals
from .lags import check_lags
from .limits import within_memory
from .op import REQUIRED, Op


def _conv_ops():
    epilogue = {"padding_mode": "zeros", "activation": None}
    bias = frozenset({"bias", "add"})
    for dims in (1, 2, 3):
        plain = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
        transposed = {"stride": 1, "padding": 0, "output_padding": 0, "groups": 1, "dilation": 1}
        gradient = {**plain, "padding_mode": "zeros"}
        yield _conv("conv", dims, "fwd", {**plain, **epilogue}, bias)
        yield _conv("conv", dims, "input", gradient)
        yield _conv("conv", dims, "weight", gradient)
        yield _conv("conv", dims, "bias", {"per_position": False})
        forward = {**transposed, "output_size": None, "activation": None}
        yield _conv("conv_transpose", dims, "fwd", forward, frozenset({"bias"}))
        yield _conv("conv_transpose", dims, "input", transposed)
        yield _conv("conv_transpose", dims, "weight", transposed)
        yield _conv("conv_transpose", dims, "bias", {})
    for op, dims in (("local_conv", 1), ("local_conv", 2), ("tiled_conv", 2)):
        geometry = {"stride": 1, "padding": 0}
        yield _conv(op, dims, "fwd", {**geometry, "activation": None}, frozenset({"bias"}))
        yield _conv(op, dims, "input", geometry)
        yield _conv(op, dims, "weight", geometry)
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
    geometry = {"dilation": 1, "padding": 0, "stride": 1}
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
        ("unfold", one, poolings.unfold, {"kernel_size": REQUIRED, **geometry}),
        ("fold", one, poolings.fold, {**adaptive, "kernel_size": REQUIRED, **geometry}),
    ):
        op = name.removesuffix("_input").removesuffix("2d")
        yield Op(name, arrays, options, partial(make, op, 2))


def _filter_ops():
    both = ("in1", "in2")
    plain = {"mode": "full", "method": "auto"}
    for name in ("convolve", "correlate"):
        extended = {**plain, **filters.PLAIN}
        make, guard = partial(filters.array_filter, name), partial(filters.check_plain, name)
        yield Op(name, both, extended, make, scipy=("signal", name), guard=guard)
        options = {**plain, "lags": None} if name == "correlate" else plain
        guard = check_lags if name == "correlate" else None
        yield _signal(name, both, options, partial(signals.general, name), guard)
    searched = {"pad_input": False, "mode": "constant", "constant_values": 0}
    both_images = ("image", "template")
    yield Op("match_template", both_images, searched, matching.matched, checks_dtypes=True)
    for name, method in (("fftconvolve", "fft"), ("oaconvolve", "overlap")):
        options = {"mode": "full", "axes": None}
        yield _signal(name, both, options, partial(signals.transformed, method))
    for name in ("convolve", "correlate"):
        options = {"mode": "full", "boundary": "fill", "fillvalue": 0}
        make = partial(signals.planar, name)
        yield _signal(f"{name}2d", both, options, make, scipy_faults.check_planar)
    yield from _fir_ops()
    rates = {"up": 1, "down": 1, "axis": -1, "mode": "constant", "cval": 0}
    yield _signal("upfirdn", ("x", "h"), rates, signals.resampled, scipy_faults.check_resampling)


def _fir_ops():
    """Yield the functions of `scipy.signal` whose filters have no feedback."""
    fewest = scipy_faults.check_polyphase
    yield _signal(
        "lfilter", ("x", "b", "a", "zi"), {"axis": -1}, firs.filtered, optional=frozenset({"zi"})
    )
    pad = {"axis": -1, "padtype": "odd", "padlen": None, "method": "pad", "irlen": None}
    yield _signal("filtfilt", ("x", "b", "a"), pad, firs.filtered_twice)
    fit = {
        "window_length": REQUIRED, "polyorder": REQUIRED, "deriv": 0, "delta": 1.0, "axis": -1,
        "mode": "interp", "cval": 0.0,
    }  # fmt: skip
    yield _signal("savgol_filter", ("x",), fit, savgol.smoothed)
    rates = {
        "up": REQUIRED, "down": REQUIRED, "axis": 0, "window": ("kaiser", 5.0),
        "padtype": "constant", "cval": None,
    }  # fmt: skip
    yield _signal("resample_poly", ("x",), rates, rate.resampled, fewest)
    factor = {"q": REQUIRED, "n": None, "ftype": "iir", "axis": -1, "zero_phase": True}
    yield _signal("decimate", ("x",), factor, rate.decimated)
    rows = ("input", "hrow", "hcol")
    yield _signal("sepfir2d", rows, {}, firs.planar, scipy_faults.check_separable)


def _extended_ops():
    for name in ("convolve", "correlate"):
        options = {"mode": "full", "method": "auto", **filters.PLAIN, **results.DEFAULTS}
        make, guard = partial(results.array_filter, name), partial(results.refuse_scipy, name)
        yield Op(
            name, ("in1", "in2", "mask"), options, make, frozenset({"mask"}),
            scipy=("signal", name), guard=guard, host_only=True,
        )  # fmt: skip


def _signal(name, arrays, options, make, guard=None, optional=frozenset()):
    function = ("signal", name)
    return Op(f"signal.{name}", arrays, options, make, optional, scipy=function, guard=guard)


def _image_ops():
    """Yield the functions of `scipy.ndimage`. Their option `output` is the result's dtype."""
    one, both = ("input",), ("input", "weights")
    boundary = {"mode": "reflect", "cval": 0.0}
    shifted, axes, last = {**boundary, "origin": 0}, {"axes": None}, {"axis": -1}
    derived = {"sigma": REQUIRED, **boundary, **axes, "truncate": 4.0, "radius": None}
    smooth = {"sigma": REQUIRED, "order": 0, **boundary, "truncate": 4.0, "radius": None}
    window = {"size": None, "footprint": None, **shifted}
    reach = scipy_faults.check_reach
    size = {"size": REQUIRED, **shifted}
    for name in ("convolve", "correlate"):
        yield _image(name, both, {**shifted, **axes}, images.correlation, guard=reach)
        yield _image(f"{name}1d", both, {**shifted, **last}, images.correlation)
    for name, terms, options in (
        ("gaussian_filter", images.gaussian, {**smooth, **axes}),
        ("gaussian_filter1d", images.gaussian1d, {**smooth, **last}),
        ("uniform_filter", images.uniform, {**size, "size": 3, **axes}),
        ("uniform_filter1d", images.uniform1d, {**size, **last}),
        ("sobel", partial(images.derivative, (1, 2, 1)), {**boundary, **last}),
        ("prewitt", partial(images.derivative, (1, 1, 1)), {**boundary, **last}),
        ("laplace", images.laplacian, {**boundary, **axes}),
        ("gaussian_laplace", images.laplacian_of_gaussian, derived),
        ("gaussian_gradient_magnitude", images.gradient_of_gaussian, derived),
    ):
        yield _image(name, one, options, images.filter_of, terms)
    for name in ("maximum_filter", "minimum_filter"):
        op = f"ndimage.{name}"
        for suffix, windows, options, guard in (
            ("", extrema.windows_of, {**window, **axes}, reach),
            ("1d", extrema.window1d_of, {**size, **last}, None),
        ):
            make = partial(extrema.extremum, op, windows)
            options, function = {**options, "output": None}, ("ndimage", name + suffix)
            yield Op(op + suffix, one, options, make, scipy=function, guard=guard)
    for name, rank_of, first in (
        ("median_filter", ranks.median, {}),
        ("percentile_filter", ranks.percentile, {"percentile": REQUIRED}),
        ("rank_filter", ranks.rank, {"rank": REQUIRED}),
    ):
        options = {**first, **window, **axes}
        yield _image(name, one, options, _ranked, rank_of, guard=reach)
    for name in (
        "grey_erosion", "grey_dilation", "grey_opening", "grey_closing", "morphological_gradient",
        "morphological_laplace", "white_tophat", "black_tophat",
    ):  # fmt: skip
        yield _morphology(name, "structure", {**window, **axes}, morphology.grey)
    once = {"structure": None, "iterations": 1}
    for name in ("binary_erosion", "binary_dilation", "binary_opening", "binary_closing"):
        options = {**once, "border_value": 0, "origin": 0, "brute_force": False, **axes}
        yield _morphology(name, "mask", options, morphology.binary)


def _ranked(op, rank_of, arrays, o):
    return ranks.ranked(rank_of, arrays, o)


def _image(name, arrays, options, make, *more, guard=None):
    op = f"ndimage.{name}"
    options, function = {**options, "output": None}, ("ndimage", name)
    return Op(op, arrays, options, partial(make, op, *more), scipy=function, guard=guard)


def _morphology(name, second, options, make):
    reflects = name in ("binary_dilation", "binary_closing")
    centre = partial(scipy_faults.check_centre, reflects)
    guard = scipy_faults.check_reach if second == "structure" else centre
    options, function = {**options, "output": None}, ("ndimage", name)
    return Op(
        f"ndimage.{name}", ("input", second), options, partial(make, name), frozenset({second}),
        scipy=function, guard=guard,
    )  # fmt: skip


_GROUPS = (_conv_ops(), _pool_ops(), _filter_ops(), _image_ops())
OPS = {op.name: within_memory(op) for group in _GROUPS for op in group}
#: functions of `OPS` with more arrays and options, which rare calls have
EXTENDED = {op.name: within_memory(op) for op in _extended_ops()}


def op_of(name, arrays):
    """Return the `Op` of a function for a call with so many arrays."""
    op = OPS[name]
    return op if len(arrays) == len(op.arrays) else EXTENDED[name]


def op_for(name, given):
    """Return the `Op` of a function for a call with arguments that `given` has by name.

    Arguments of the extended function that are at their defaults are removed from `given`. A
    `numpy.ma.MaskedArray` in `given` is replaced by its data and its mask.
    """
    op, more = OPS[name], EXTENDED.get(name)
    if more is None:
        return op
    if is_masked_array(given.get("in1")):
        mask = given.get("mask")
        given["in1"], given["mask"] = missing.masked_parts(given["in1"], mask)
    refuse_masked(given.get("in2"))
    known = (*op.arrays, *op.options)
    added = [word for word in (*more.arrays, *more.options) if word not in known]
    plain = True
    for word in added:
        default = more.options.get(word)
        value = given.get(word, default)
        plain &= value is default or (isinstance(value, str) and value == default)
    if not plain:
        return more
    for word in added:
        given.pop(word, None)
    return op


def is_masked_array(value):
    """Return whether a value is a `numpy.ma.MaskedArray`, without an import of `numpy.ma`."""
    module = sys.modules.get("numpy.ma")
    return module is not None and isinstance(value, module.MaskedArray)


def refuse_masked(in2):
    """Refuse a masked array as in2."""
    if is_masked_array(in2):
        raise TypeError(
            "in2 is a numpy.ma.MaskedArray; only in1 may have masked elements: pass in2.filled(0)"
        )


def with_mask(name, arrays, options):
    """Return the arrays and options of a call of the extended function, if in1 is masked.

    Return None if no array is a `numpy.ma.MaskedArray`.

    Parameters
    ----------
    name : str
    arrays, options : tuple
        In the order of the function's `Op`, the extended one or not.
    """
    if name not in EXTENDED:
        return None
    refuse_masked(arrays[1])
    if not is_masked_array(arrays[0]):
        return None
    in1, mask = missing.masked_parts(arrays[0], *arrays[2:3] or (None,))
    defaults = tuple(results.DEFAULTS.values())
    options = options if len(arrays) == 3 else (*options, *defaults)
    return (in1, arrays[1], mask), options
