"""Options of the functions: their names and defaults, and the shape of a result."""

from torch.nn import functional as F

_PLAIN = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
_TRANSPOSED = {"stride": 1, "padding": 0, "output_padding": 0, "groups": 1, "dilation": 1}
_LOCAL = {"stride": 1, "padding": 0}
#: the number of axes, and the options with their defaults, of each function
FUNCTIONS = {
    **{f"conv{dims}d": (dims, _PLAIN) for dims in (1, 2, 3)},
    **{f"conv_transpose{dims}d": (dims, _TRANSPOSED) for dims in (1, 2, 3)},
    **{f"local_conv{dims}d": (dims, _LOCAL) for dims in (1, 2)},
}


def schema_of(name):
    """Return the options of a function as schemas of operators have them."""
    dims, defaults = FUNCTIONS[name]
    return ", ".join(
        f"int {option}={value}" if option == "groups" else f"int[{dims}] {option}={value}"
        for option, value in defaults.items()
    )


def each(value, dims):
    """Return an int, or a sequence of one or of `dims` ints, as a tuple of `dims` ints."""
    values = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    return values * dims if len(values) == 1 else values


def output_shape(name, input, weight, options):
    """Return the shape of a function's result.

    Parameters
    ----------
    name : str
        Name of the function.
    input, weight : tuple of int
        Shapes of the arrays. The sizes may be symbols.
    options : tuple
        Options in the order of the function; those that are missing at the end have their default.
    """
    dims, defaults = FUNCTIONS[name]
    given = {**defaults, **dict(zip(defaults, options, strict=False))}
    stride, padding = each(given["stride"], dims), each(given["padding"], dims)
    dilation = each(given.get("dilation", 1), dims)
    extra = each(given.get("output_padding", 0), dims)
    lead, sizes = input[: -dims - 1], input[-dims:]
    outputs = []
    for n, k, s, p, d, e in zip(
        sizes, weight[2 : 2 + dims], stride, padding, dilation, extra, strict=True
    ):
        span = d * (k - 1) + 1
        if defaults is _TRANSPOSED:
            outputs.append((n - 1) * s - 2 * p + span + e)
        else:
            outputs.append((n + 2 * p - span) // s + 1)
    channels = weight[1] * given["groups"] if defaults is _TRANSPOSED else weight[0]
    return (*lead, channels, *outputs)


def with_numbers(name, input, weight, options):
    """Return the input, and options that say with numbers what ``padding="same"`` asks for.

    If an odd number of zeros is to be added along an axis, the input gets the last one here.

    Parameters
    ----------
    name : str
        Name of the function.
    input, weight : Tensor
    options : tuple
        All options, in the order of the function.
    """
    dims, defaults = FUNCTIONS[name]
    given = dict(zip(defaults, options, strict=True))
    padding, stride = given["padding"], each(given["stride"], dims)
    if defaults is _TRANSPOSED:
        raise TypeError(f"padding must be an int or a tuple of ints, got {padding!r}")
    if padding not in ("same", "valid"):
        raise ValueError(f"padding is {padding!r}; allowed: valid, same, an int, a tuple of ints")
    totals = [0] * dims
    if padding == "same":
        if any(s != 1 for s in stride):
            raise ValueError(f'stride is {given["stride"]}; padding="same" needs a stride of 1')
        dilation = each(given.get("dilation", 1), dims)
        totals = [d * (k - 1) for d, k in zip(dilation, weight.shape[2 : 2 + dims], strict=True)]
    if any(total % 2 for total in totals):
        input = F.pad(input, [n for total in reversed(totals) for n in (0, total % 2)])
    given["padding"] = tuple(total // 2 for total in totals)
    return input, tuple(given.values())
