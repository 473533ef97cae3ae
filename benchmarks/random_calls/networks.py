"""Draw layers of networks, their gradients, and poolings."""

import math

from . import references
from .call import Array, Call
from .filters import DIRECT, MOST, kernel_array
from .sizes import image_shape, kernel_shape

DTYPES = ("float32",) * 6 + ("float64", "float64", "float16", "complex64", "int16", "uint8")
PADDING_MODES = ("reflect", "replicate", "circular")


def layer(draw):
    """Return sizes and options of a layer, or None if they do not fit.

    Returns
    -------
    n, c, k, groups : int
        Samples, channels of input and output, groups.
    image, kernel, outputs : tuple of int
    options : dict
    """
    dims = draw.choice((1, 1, 2, 2, 2, 3))
    image = image_shape(draw, MOST // 8, dims)
    kernel = kernel_shape(draw, image)
    n, groups = draw.choice((1, 1, 1, 2)), 1
    c, k = draw.choice((1, 1, 2, 3, 8)), draw.choice((1, 1, 2, 4, 8))
    if draw.chance(0.25):
        groups = draw.choice((2, 8, 16))
        c, k = groups, groups * draw.choice((1, 1, 2))
    options = draw.some(0.3, stride=(2, 3, draw.spread(1, 1 << 20)))
    options |= draw.some(0.3, padding=(1, 2, tuple(w // 2 for w in kernel), draw.spread(1, 300)))
    options |= draw.some(0.2, dilation=(2, 3, draw.spread(1, 5000)))
    if groups > 1:
        options["groups"] = groups
    outputs = output_sizes(image, kernel, options)
    if min(outputs) < 1:
        return None
    return (n, c, k, groups), image, kernel, outputs, options


def output_sizes(image, kernel, options):
    """Return the sizes of the output of a layer."""
    dims = len(image)
    stride, padding, dilation = (
        references.per_axis(options.get(name, default), dims)
        for name, default in (("stride", 1), ("padding", 0), ("dilation", 1))
    )
    return [
        (i + 2 * p - d * (w - 1) - 1) // s + 1
        for i, w, s, p, d in zip(image, kernel, stride, padding, dilation, strict=True)
    ]


def convolution(draw):
    """Draw a layer or one of its gradients."""
    found = layer(draw)
    if found is None:
        return None
    (n, c, k, groups), image, kernel, outputs, options = found
    dims = len(image)
    dtype = draw.choice(DTYPES)
    x, w = Array((n, c, *image), dtype), Array((k, c // groups, *kernel), dtype)
    y = Array((n, k, *outputs), dtype)
    padding = references.per_axis(options.get("padding", 0), dims)
    dilation = references.per_axis(options.get("dilation", 1), dims)
    wide = math.prod(i + 2 * p + d * (w - 1) for i, p, d, w in zip(
        image, padding, dilation, kernel, strict=True))  # fmt: skip
    if wide * n * k * c // groups > 2 * MOST:
        return None
    kind = draw.choice(("", "", "input", "weight"))
    if kind == "":
        if draw.chance(0.2) and max(padding) < min(image):
            options["padding_mode"] = draw.choice(PADDING_MODES)
        if draw.chance(0.3):
            w = kernel_array(draw, w.shape, dtype)
        return Call(f"conv{dims}d", (x, w), options, references.conv)
    if dtype.startswith("complex"):
        return None
    if kind == "input":
        arguments = (x.shape, w, y)
        return Call(f"grad.conv{dims}d_input", arguments, options, references.conv_input)
    return Call(f"grad.conv{dims}d_weight", (x, w.shape, y), options, references.conv_weight)


def transposed(draw):
    """Draw a transposed convolution."""
    found = layer(draw)
    if found is None:
        return None
    (n, c, k, groups), image, kernel, _, options = found
    dims, dtype = len(image), draw.choice(DTYPES)
    stride, padding, dilation = (
        references.per_axis(options.get(name, default), dims)
        for name, default in (("stride", 1), ("padding", 0), ("dilation", 1))
    )
    full = [
        (i - 1) * s + d * (w - 1) + 1
        for i, w, s, d in zip(image, kernel, stride, dilation, strict=True)
    ]
    if math.prod(full) * n * k * c // groups > 2 * MOST:
        return None
    if min(f - 2 * p for f, p in zip(full, padding, strict=True)) < 1:
        return None
    if max(stride) > 1 and draw.chance(0.2):
        options["output_padding"] = 1 if min(stride) > 1 or max(dilation) > 1 else 0
    arrays = Array((n, c, *image), dtype), Array((c, k // groups, *kernel), dtype)
    return Call(f"conv_transpose{dims}d", arrays, options, references.conv_transpose)


def pooling(draw):
    """Draw a pooling with windows of a given size."""
    dims = draw.choice((1, 2, 2, 3))
    image = image_shape(draw, MOST // 8, dims)
    kernel = kernel_shape(draw, image, 1.0)
    name = draw.choice(("max_pool", "avg_pool"))
    options = {"kernel_size": kernel}
    options |= draw.some(0.5, stride=(1, 2, draw.spread(1, 100)))
    options |= draw.some(0.3, padding=(tuple(k // 2 for k in kernel),))
    dtype = draw.choice([d for d in DTYPES if not d.startswith("complex")])
    if name == "max_pool" and draw.chance(0.2) and max(kernel) < 20:
        options["dilation"] = draw.choice((2, 3))
    if min(output_sizes(image, kernel, {"dilation": 1, **options, "stride": 1})) < 1:
        return None
    samples = draw.choice((1, 1, 2)), draw.choice((1, 1, 3, 8))
    if name == "avg_pool" and math.prod((*samples, *image)) * sum(kernel) > DIRECT:
        return None
    arrays = (Array((*samples, *image), dtype),)
    return Call(f"{name}{dims}d", arrays, options, getattr(references, name), exact=True)


def adaptive(draw):
    """Draw a pooling with an output of a given size."""
    dims = draw.choice((1, 2, 2, 3))
    image = image_shape(draw, MOST // 8, dims)
    outputs = tuple(draw.spread(1, min(i + i // 2, 400)) for i in image)
    dtype = draw.choice([d for d in DTYPES if not d.startswith("complex")])
    name = draw.choice(("adaptive_avg_pool", "adaptive_max_pool"))
    arrays = (Array((1, draw.choice((1, 3, 8)), *image), dtype), outputs)
    return Call(f"{name}{dims}d", arrays, {}, getattr(references, name))


def windows(draw):
    """Draw unfold or fold."""
    dims = draw.choice((1, 2, 2, 3))
    image = image_shape(draw, MOST // 8, dims)
    kernel = kernel_shape(draw, image, 1.0)
    options = draw.some(0.4, stride=(2, 3, draw.spread(1, 100)))
    options |= draw.some(0.3, padding=(1, 2), dilation=(2, 3))
    outputs = output_sizes(image, kernel, options)
    n, c, taps = draw.choice((1, 2)), draw.choice((1, 3)), math.prod(kernel)
    if min(outputs) < 1 or n * c * math.prod(outputs) * taps > MOST or taps > 20_000:
        return None
    dtype = draw.choice([d for d in DTYPES if not d.startswith("complex")])
    if draw.chance(0.5):
        return Call("unfold", (Array((n, c, *image), dtype), kernel), options, references.unfold)
    x = Array((n, c * taps, math.prod(outputs)), dtype)
    return Call("fold", (x, image, kernel), options, references.fold)


#: what `random_call` draws from, each as often as it stands here
NETWORKS = (convolution, convolution, convolution, transposed, pooling, adaptive, windows)
