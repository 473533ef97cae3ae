"""Draw calls of `fc.convolve`, `fastconv.signal` and `fastconv.ndimage`."""

import math

import scipy.ndimage
import scipy.signal

from . import references
from .call import Array, Call
from .sizes import image_shape, kernel_shape

#: largest number of elements of an image, and of the result of a transform
MOST = 2_000_000
#: largest number of multiply-adds that SciPy makes one by one
DIRECT = 6e7
BOUNDARIES = ("wrap", "symm", "mirror", "nearest")
IMAGE_MODES = ("reflect", "constant", "nearest", "mirror", "wrap")
DTYPES = ("float32",) * 3 + ("float64",) * 4 + (
    "uint8", "uint8", "int16", "int32", "int64", "uint16", "uint32", "complex64", "complex128",
)  # fmt: skip


def image_array(draw, shape, dtype, layout=True):
    """Return an `Array` for an image."""
    kind = "normal"
    if draw.chance(0.06):
        kind = "nan" if "float" in dtype else "large"
    way = draw.choice(("F", "reversed", "strided")) if layout and draw.chance(0.12) else "C"
    return Array(shape, dtype, kind, way)


def kernel_array(draw, shape, dtype):
    """Return an `Array` for a kernel."""
    kind = draw.choice(("constant", "outer", "zeros")) if draw.chance(0.3) else "normal"
    return Array(shape, dtype, kind)


def pair(draw, shape, kernel):
    """Return an image and a kernel, of one dtype or of two."""
    dtype = draw.choice(DTYPES)
    other = dtype if draw.chance(0.75) else draw.choice(DTYPES)
    image = image_array(draw, shape, dtype)
    if image.values == "nan" and "int" in other:  # SciPy's choice of a method fails
        image = Array(shape, dtype)
    return image, kernel_array(draw, kernel, other)


def transform_size(image, kernel):
    """Return the number of elements of the full output."""
    return math.prod(n + k - 1 for n, k in zip(image, kernel, strict=True))


def slow_for_scipy(image, kernel):
    """Return whether SciPy would compute a pair of arrays directly, and that would take long."""
    direct = image.values == "large" or kernel.values == "large"
    work = math.prod(image.shape) * math.prod(kernel.shape)
    return direct and work > DIRECT or transform_size(image.shape, kernel.shape) > 2 * MOST


# ---------------------------------------------------------------------------------- scipy.signal


def signal_pair(draw):
    """Draw convolve, correlate, fftconvolve or oaconvolve of `fastconv.signal`."""
    name = draw.choice(("convolve", "correlate", "fftconvolve", "oaconvolve"))
    shape = image_shape(draw, MOST)
    image, kernel = pair(draw, shape, kernel_shape(draw, shape))
    if slow_for_scipy(image, kernel):
        return None
    options = draw.some(0.6, mode=("full", "same", "valid"))
    if name in ("convolve", "correlate"):
        options |= draw.some(0.2, method=("auto", "fft"))
    elif len(shape) > 1 and draw.chance(0.2):
        axis = draw.randrange(len(shape))
        kernel = Array(tuple(kernel.shape[axis] if i == axis else 1 for i in range(len(shape))),
                       kernel.dtype)  # fmt: skip
        options["axes"] = axis
    return Call(f"signal.{name}", (image, kernel), options, getattr(scipy.signal, name))


def planar(draw):
    """Draw convolve2d or correlate2d."""
    name = draw.choice(("convolve2d", "correlate2d"))
    shape = image_shape(draw, MOST, 2)
    image, kernel = pair(draw, shape, kernel_shape(draw, shape))
    if transform_size(shape, kernel.shape) * math.prod(kernel.shape) > DIRECT / 4:
        return None
    options = draw.some(
        0.6, mode=("full", "same", "valid"), boundary=("fill", "wrap", "symm"), fillvalue=(0, 2)
    )
    return Call(f"signal.{name}", (image, kernel), options, getattr(scipy.signal, name))


def rates(draw):
    """Draw upfirdn."""
    axes = draw.choice((1, 1, 1, 2, 3))
    shape = image_shape(draw, MOST // 4, axes)
    up, down = (1 if draw.chance(0.3) else draw.spread(1, 2000) for _ in range(2))
    axis = draw.randrange(-1, axes)
    n, taps = shape[axis], draw.spread(1, 5000)
    outputs = math.prod(shape) // n * ((n * up + taps) // down + 1)
    if outputs > MOST or outputs * (taps // up + 1) > DIRECT:
        return None
    dtype = draw.choice(("float32", "float64", "float64", "complex64", "int16"))
    options = {"up": up, "down": down, "axis": axis}
    options |= draw.some(0.3, mode=("symmetric", "smooth", "wrap", "reflect", "line", "constant"))
    if n < 2 and options.get("mode") in ("smooth", "line", "reflect"):
        return None  # SciPy reads other memory, or stops the process
    arrays = Array((taps,), draw.choice(("float64", dtype))), image_array(draw, shape, dtype)
    return Call("signal.upfirdn", arrays, options, references.upfirdn)


# -------------------------------------------------------------------------------------- fastconv


def extended(draw):
    """Draw fc.convolve or fc.correlate with the keywords that SciPy does not have."""
    name = draw.choice(("convolve", "correlate"))
    shape = image_shape(draw, MOST // 2)
    image, kernel = pair(draw, shape, kernel_shape(draw, shape, 1.0))
    options = {"boundary": draw.choice((*BOUNDARIES, "fill"))}
    options |= draw.some(0.6, mode=("full", "same", "valid"))
    options |= draw.some(0.2, stride=(2, 3, draw.spread(1, 5000)))
    dilation = 1
    if draw.chance(0.2):
        dilation = options["dilation"] = draw.choice((2, 3, draw.spread(1, 500)))
    extents = [(k - 1) * dilation + 1 for k in kernel.shape]
    if options.get("mode") == "valid" and any(e > n for e, n in zip(extents, shape, strict=True)):
        return None
    if transform_size(shape, [2 * e for e in extents]) > 2 * MOST:
        return None
    if slow_for_scipy(image, kernel):
        return None
    if draw.chance(0.15):
        options["fillvalue"] = 2
    return Call(name, (image, kernel), options, getattr(references, name))


# --------------------------------------------------------------------------------- scipy.ndimage


def boundary(draw, cval=0.2):
    """Return the options of a boundary of `scipy.ndimage`."""
    options = draw.some(0.6, mode=IMAGE_MODES)
    return options | draw.some(cval, cval=(0.0, 1.0, 2.5))


def image_of(draw, most):
    """Return an image as `scipy.ndimage` takes it."""
    dtype = draw.choice(DTYPES)
    image = image_array(draw, image_shape(draw, most), dtype)
    if image.values == "large" and dtype == "int64":  # SciPy rounds them to float64
        return Array(image.shape, dtype)
    return image


def image_call(draw, name, arguments, options, **more):
    """Return the `Call` of a function of `fastconv.ndimage`."""
    if draw.chance(0.15):
        options["output"] = draw.choice(("float32", "float64", "int16"))
    if any("complex" in a.dtype for a in arguments if isinstance(a, Array)):
        options.pop("output", None)
    reference = getattr(scipy.ndimage, name)
    return Call(f"ndimage.{name}", tuple(arguments), options, reference, **more)


def correlation(draw):
    """Draw convolve or correlate of N axes or of one."""
    name = draw.choice(("convolve", "correlate"))
    image = image_of(draw, MOST // 2)
    if draw.chance(0.3):
        axis = draw.randrange(len(image.shape))
        taps = draw.spread(1, 2 * image.shape[axis])
        if math.prod(image.shape) * taps > DIRECT:
            return None
        options = boundary(draw) | {"axis": axis}
        return image_call(draw, f"{name}1d", (image, kernel_array(draw, (taps,), "float64")),
                          options)  # fmt: skip
    kernel = kernel_array(draw, kernel_shape(draw, image.shape), draw.choice(DTYPES))
    if math.prod(image.shape) * math.prod(kernel.shape) > DIRECT:
        return None
    options = boundary(draw)
    if draw.chance(0.2):
        options["origin"] = tuple(draw.randrange(-(k // 2), (k - 1) // 2 + 1)
                                  for k in kernel.shape)  # fmt: skip
    return image_call(draw, name, (image, kernel), options)


def smoothing(draw):
    """Draw a Gaussian or uniform filter, or a derivative."""
    name = draw.choice((
        "gaussian_filter", "gaussian_filter", "gaussian_filter1d", "uniform_filter",
        "uniform_filter", "uniform_filter1d", "sobel", "prewitt", "laplace", "gaussian_laplace",
        "gaussian_gradient_magnitude",
    ))  # fmt: skip
    image = image_of(draw, MOST)
    options, longest = boundary(draw), max(image.shape)
    if name.startswith("gaussian"):
        wide = max(0.3, draw.spread(1, longest) / 4)
        size = options["sigma"] = draw.choice((0.5, 1, 2, 3.3, wide))
        size *= 8
        if name == "gaussian_filter" and draw.chance(0.3):
            options["order"] = draw.choice((1, 2, 3))
    elif name.startswith("uniform"):
        size = options["size"] = draw.choice((2, 3, 5, 9, draw.spread(1, 2 * longest)))
    if name.startswith("gaussian") and math.prod(image.shape) * size * len(image.shape) > DIRECT:
        return None
    if name in ("sobel", "prewitt") or name.endswith("1d"):
        options["axis"] = draw.randrange(len(image.shape))
    return image_call(draw, name, (image,), options)


def extremum(draw):
    """Draw a maximum or minimum filter."""
    name = draw.choice(("maximum_filter", "minimum_filter"))
    image = image_of(draw, MOST)
    if "complex" in image.dtype:
        return None
    options = boundary(draw)
    way, longest = draw.random(), max(image.shape)
    if way < 0.3:
        options |= {"size": draw.spread(1, 2 * longest), "axis": draw.randrange(len(image.shape))}
        return image_call(draw, name + "1d", (image,), options)
    if way < 0.8:
        options["size"] = draw.choice((1, 2, 3, 5, draw.spread(1, longest)))
        return image_call(draw, name, (image,), options)
    shape = kernel_shape(draw, image.shape)
    if math.prod(image.shape) * math.prod(shape) > DIRECT / 4:
        return None
    marks = Array(shape, "bool")
    return Call(f"ndimage.{name}", (image, None, marks), options,
                getattr(scipy.ndimage, name))  # fmt: skip


#: what `random_call` draws from, each as often as it stands here
FILTERS = (
    signal_pair, signal_pair, signal_pair, planar, rates, extended, extended, extended,
    correlation, correlation, smoothing, smoothing, extremum,
)  # fmt: skip
