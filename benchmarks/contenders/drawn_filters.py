"""Draw filters of 8-bit and 16-bit images at random: no list to tune to.

Sizes of images and of kernels are spread evenly on a logarithmic scale. Every kind of filter is a
class of its own in the tables. A third of the images each are photographs, noise and flat areas.
"""

import math
import random

from fastconv.problem import parse

from .pictures import KINDS as PICTURES

#: kinds of filters, and how often each is drawn
KINDS = {
    "box": 4, "Gaussian": 4, "separable": 3, "along one axis": 2, "derivatives": 4,
    "dense of small integers": 4, "dense": 3, "as OpenCV rounds": 3, "maximum and minimum": 3,
}  # fmt: skip
#: smallest and largest height and width, smallest and largest kernel
SIDES, TAPS = (200, 2000), (3, 51)
#: largest dense kernel, and its largest number of multiply-adds
DENSE, WORK = 31, 1.5e9
BOUNDARIES = ("symmetric", "symmetric", "reflect", "replicate")
_DENSE = ("dense of small integers", "dense", "as OpenCV rounds")
#: dtypes of the results of kernels of integers that both SciPy and OpenCV have
_WIDER = {"u8": "i16", "u16": "f32", "i16": "f32"}


def filters(count, seed):
    """Return (key, picture, class) of `count` filters.

    Parameters
    ----------
    count : int
    seed : int
        The same seed draws the same filters; a larger count adds to them.
    """
    rng, found = random.Random(seed), {}
    while len(found) < count:
        kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
        key = parse(_key(rng, kind)).key()
        if kind in _DENSE and parse(key).stencil.multiply_adds > WORK:
            continue
        found.setdefault(key, (key, rng.choice(PICTURES), f"drawn: {kind}"))
    return list(found.values())


def _spread(rng, low, high):
    """Return an int between `low` and `high`, whose logarithm is evenly distributed."""
    return round(math.exp(rng.uniform(math.log(low), math.log(high))))


def _taps(rng, high):
    """Return the odd size of a kernel."""
    return _spread(rng, TAPS[0], high) // 2 * 2 + 1


def _key(rng, kind):
    """Return the key of one filter."""
    dtype, boundary = rng.choice(("u8", "u8", "u16", "i16")), rng.choice(BOUNDARIES)
    colour = rng.random() < 0.2
    image = [_spread(rng, *SIDES), _spread(rng, *SIDES)] + [3] * colour
    size, wider = "x".join(map(str, image)), _WIDER[dtype]
    at = "" if boundary == "symmetric" else f"@{boundary}"
    mode = "" if boundary == "symmetric" else f"_mode-{boundary}"
    axes = "_axes-0x1" if colour else ""
    n = _taps(rng, TAPS[1])
    if kind == "box":
        return f"ndimage.uniform-filter_{dtype}_i{size}_t0b{n}{at}*1b{n}{at}"
    if kind == "Gaussian":
        sigma = f"g{0.3 * (n // 2 - 1) + 0.8:.4g}r{n // 2}"
        return f"ndimage.gaussian-filter_{dtype}_i{size}_t0{sigma}{at}*1{sigma}{at}"
    if kind == "maximum and minimum":
        name = rng.choice(("maximum", "minimum"))
        return f"ndimage.{name}-filter_{dtype}_i{size}_w{n}x{n}{axes}{mode}"
    if kind == "derivatives":
        first = rng.choice((0, 1))
        smoothing, name = rng.choice((("1,2,1", "sobel"), ("1,1,1", "prewitt"), ("", "laplace")))
        dtypes, image = f"{dtype}.{dtype}.{wider}", "x".join(map(str, image[:2]))
        if name == "laplace":
            return f"ndimage.laplace_{dtypes}_i{image}_t0v1,-2,1{at}_t1v1,-2,1{at}"
        passes = f"{first}v-1,0,1{at}*{1 - first}v{smoothing}{at}"
        return f"ndimage.{name}_{dtypes}_i{image}_t{passes}"
    if kind == "along one axis":
        axis = rng.choice((0, 1))
        window = "x".join(str(n if a == axis else 1) for a in range(len(image)))
        dtypes = f"{dtype}.f64.{dtype}"
        return f"ndimage.correlate1d_{dtypes}_i{size}_w{window}_same_axes-{axis}{mode}"
    result, traits = dtype, ""
    if kind == "separable":
        traits = "_traits-r1"
    else:
        n = _taps(rng, DENSE)
        result = wider if kind == "dense of small integers" else dtype
    window = f"{n}x{n}" + "x1" * colour
    if kind == "as OpenCV rounds":
        how = f"same{axes}_mode-{boundary}_nearest_saturate"
        return f"correlate_{dtype}.f64.{dtype}_i{size}_w{window}_{how}"
    return f"ndimage.correlate_{dtype}.f64.{result}_i{size}_w{window}_same{axes}{mode}{traits}"
