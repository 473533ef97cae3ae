"""Draw layers at random, as networks have them and as they don't: no list to tune to.

Sizes are spread evenly on a logarithmic scale and are often odd. Every kind of layer is a class of
its own in the tables.
"""

import math
import random

from fastconv.problem import parse

#: kinds of layers, and how often each is drawn
KINDS = {
    "1x1": 5, "1x1 stride 2": 2, "3x3": 4, "3x3 stride 2": 4, "5x5 and larger": 3,
    "5x5 and larger, strided": 3, "not square": 2, "first": 3, "dilated": 3, "grouped": 3,
    "depthwise": 4, "few outputs": 2, "1-D": 5, "3-D": 4,
}  # fmt: skip
#: smallest and largest number of multiply-adds, and largest number of bytes of a layer
WORK = (1e5, 4e8)
BYTES = 4e7


class _Draw:
    """Random sizes from one seed."""

    def __init__(self, seed):
        self.rng = random.Random(seed)

    def spread(self, low, high):
        """Return an int between `low` and `high`, whose logarithm is evenly distributed."""
        return round(math.exp(self.rng.uniform(math.log(low), math.log(high))))

    def choice(self, *values):
        return self.rng.choice(values)

    def channels(self, low=8, high=1024):
        """Return a number of channels: mostly a multiple of 8 or 16, sometimes any."""
        c = self.spread(low, high)
        step = self.choice(1, 8, 16, 16)
        return max(low, c // step * step)

    def map(self, low=5, high=160, dims=2):
        """Return the sizes of a map: mostly equal ones."""
        size = self.spread(low, high)
        if self.rng.random() < 0.6:
            return [size] * dims
        return [max(low, round(size * math.exp(self.rng.uniform(-0.7, 0.7)))) for _ in range(dims)]


def _layer(draw, kind):
    """Return (n, groups, c, k, image, kernel, stride, dilation, padded) of one layer."""
    n, groups, c, k = draw.choice(1, 1, 1, 1, 2, draw.spread(1, 16)), 1, None, None
    image, kernel, stride, dilation = draw.map(), [3, 3], 1, 1
    if kind in ("1x1", "1x1 stride 2"):
        kernel, stride = [1, 1], 2 if "stride" in kind else 1
    elif kind == "3x3 stride 2":
        stride = 2
    elif kind.startswith("5x5"):
        kernel = [draw.choice(5, 5, 7, 9, 11)] * 2
        stride = draw.choice(2, 2, 3, 4) if "strided" in kind else 1
    elif kind == "not square":
        kernel = draw.choice([1, 3], [3, 1], [1, 7], [7, 1], [2, 2], [7, 3], [3, 5], [4, 4])
        stride = draw.choice(1, 1, 2, 3)
    elif kind == "first":
        c, k = draw.choice(1, 2, 3, 3, 3, 4), draw.channels(16, 96)
        image, kernel = draw.map(60, 300), [draw.choice(3, 3, 5, 7, 11)] * 2
        stride = draw.choice(1, 2, 2, 4)
    elif kind == "dilated":
        kernel, dilation = [draw.choice(3, 3, 5)] * 2, draw.choice(2, 2, 3, 4, 6, 12)
        stride = draw.choice(1, 1, 1, 2)
    elif kind == "grouped":
        groups = draw.choice(2, 3, 4, 8, 16, 32)
        c, k = groups * draw.channels(4, 64), groups * draw.channels(4, 64)
        kernel = [draw.choice(1, 3, 3, 5, 11)] * 2
        stride = draw.choice(1, 1, 2, 3)
    elif kind == "depthwise":
        c = k = groups = draw.channels(8, 1024)
        kernel = draw.choice([3, 3], [3, 3], [5, 5], [7, 7], [1, 9], [9, 1])
        stride = draw.choice(1, 1, 2)
    elif kind == "few outputs":
        k, kernel = draw.spread(1, 8), draw.choice([1, 1], [3, 3], [3, 3], [1, 3], [5, 5])
        stride = draw.choice(1, 1, 2, 3)
    elif kind == "1-D":
        image, kernel = [draw.spread(30, 40000)], [draw.choice(1, 2, 3, 3, 5, 7, 9, 15, 31)]
        stride, dilation = draw.choice(1, 1, 2, 3), draw.choice(1, 1, 1, 2, 4, 256)
    elif kind == "3-D":
        image = draw.map(5, 40, 3)
        kernel = draw.choice([1, 1, 1], [2, 2, 2], [3, 3, 3], [3, 3, 3], [5, 5, 5], [1, 3, 3])
        stride = draw.choice(1, 1, 2)
    c, k = c or draw.channels(), k or draw.channels()
    return n, groups, c, k, image, kernel, stride, dilation, draw.choice(True, True, False)


def _key(dtype, n, groups, c, k, image, kernel, stride, dilation, padded):
    """Return the key of a layer, or None if its kernel is larger than its image."""
    pads = [dilation * (w - 1) // 2 if padded else 0 for w in kernel]
    if any(i + 2 * p <= dilation * (w - 1) for i, w, p in zip(image, kernel, pads, strict=True)):
        return None
    dims, x = len(image), "x".join
    return (
        f"conv{dims}d_fwd_{dtype}_n{n}_g{groups}_c{c}_k{k}_i{x(map(str, image))}"
        f"_w{x(map(str, kernel))}_s{x([str(stride)] * dims)}_p{x(f'{p}.{p}' for p in pads)}"
        f"_d{x([str(dilation)] * dims)}"
    )


def layers(count, seed, dtype="f32"):
    """Return (key, comment, class) of `count` layers.

    Parameters
    ----------
    count : int
    seed : int
        The same seed draws the same layers; a larger count adds to them.
    dtype : {"f32", "f64"}, optional
    """
    draw, found = _Draw(seed), {}
    while len(found) < count:
        kind = draw.rng.choices(list(KINDS), list(KINDS.values()))[0]
        key = _key(dtype, *_layer(draw, kind))
        if key is None:
            continue
        problem = parse(key)
        if WORK[0] < problem.stencil.multiply_adds < WORK[1] and problem.bytes < BYTES:
            found.setdefault(key, (key, "", f"drawn: {kind}"))
    return list(found.values())
