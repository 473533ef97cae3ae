"""Draw calls of the functions of `fastconv.signal` that filter signals, and of `sepfir2d`."""

import math

import scipy.signal

from .call import Array, Call
from .sizes import image_shape

#: largest number of samples, and of multiply-adds that SciPy makes
MOST, DIRECT = 2_000_000, 2e8
DTYPES = ("float32", "float64", "float64", "float64", "complex64", "complex128", "int16")


def signal(draw, dtypes=DTYPES):
    """Return a signal of up to three dimensions as an `Array`, and the axis to filter."""
    axes = draw.choice((1, 1, 1, 2, 3))
    axis = draw.randrange(axes)
    shape = [draw.spread(1, 30) for _ in range(axes)]
    shape[axis] = draw.spread(100, MOST // max(1, math.prod(shape) // shape[axis]))
    return Array(tuple(shape), draw.choice(dtypes)), axis


def call(name, arguments, options):
    """Return the `Call` of a function of `fastconv.signal`."""
    return Call(f"signal.{name}", arguments, options, getattr(scipy.signal, name))


def one_way(draw):
    """Draw lfilter without feedback; now and then a moving average."""
    x, axis = signal(draw)
    taps = draw.spread(2, 1000)
    if x.size * taps > DIRECT:
        return None
    b = Array((taps,), "float64" if x.dtype == "int16" else x.dtype,
              "constant" if draw.chance(0.2) else "normal")  # fmt: skip
    return call("lfilter", (b, Array((1,), b.dtype, "constant"), x), {"axis": axis})


def both_ways(draw):
    """Draw filtfilt without feedback."""
    x, axis = signal(draw)
    taps = draw.spread(2, 500)
    if x.size * taps > DIRECT / 2 or x.shape[axis] <= 3 * taps:
        return None
    b = Array((taps,), "float64" if x.dtype == "int16" else x.dtype)
    options = {"axis": axis} | draw.some(0.3, padtype=("even", "constant"))
    return call("filtfilt", (b, Array((1,), b.dtype, "constant"), x), options)


def polynomials(draw):
    """Draw savgol_filter."""
    x, axis = signal(draw, ("float32", "float64", "int16"))
    window = min(2 * draw.spread(2, 100) + 1, x.shape[axis])
    if x.size * window > DIRECT:
        return None
    options = {"axis": axis} | draw.some(0.3, deriv=(1, 2), mode=("nearest", "mirror", "wrap"))
    return call("savgol_filter", (x, window, min(window - 1, draw.randrange(1, 5))), options)


def rates(draw):
    """Draw resample_poly or decimate by a filter without feedback."""
    x, axis = signal(draw)
    if draw.chance(0.3):
        q = draw.spread(2, 50)
        return call("decimate", (x, q), {"ftype": "fir", "axis": axis})
    up, down = draw.spread(1, 200), draw.spread(1, 200)
    common = math.gcd(up, down)
    up, down = up // common, down // common
    if up == down or x.size * up // down * (20 * max(up, down) // up) > DIRECT:
        return None
    if x.size * up // down > MOST:
        return None
    return call("resample_poly", (x, up, down), {"axis": axis})


def two_vectors(draw):
    """Draw sepfir2d."""
    shape = image_shape(draw, MOST // 2, 2)
    row, column = (2 * draw.spread(1, 30) + 1 for _ in range(2))
    if shape[1] < row or shape[0] < column:
        return None  # SciPy reads other memory
    dtype = draw.choice(("float32", "float64", "complex64"))
    vectors = Array((row,), dtype), Array((column,), dtype)
    return call("sepfir2d", (Array(shape, dtype), *vectors), {})


#: what `random_call` draws from, each as often as it stands here
SIGNALS = (one_way, both_ways, polynomials, rates, rates, two_vectors)
