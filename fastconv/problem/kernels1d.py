"""1-D kernels that are given by parameters: a Gaussian or its derivative, a box, a few numbers.

Problems contain `Kernel1d` objects instead of arrays, so that they can be hashed, compared and
written into a problem key. `Kernel1d.weights` makes the array.
"""

import re
from functools import lru_cache

import numpy as np

from ..originals import original
from .records import record

_REAL = r"-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?)"
_TOKEN = re.compile(
    rf"g(?P<sigma>{_REAL})r(?P<radius>\d+)(?:d(?P<order>\d+))?|b(?P<box>\d+)"
    rf"|v(?P<values>{_REAL}(?:,{_REAL})*)"
)

#: largest share of the largest tap that is negligible, and the radius of any Gaussian, in standard
#: deviations, up to which no tap is
_NEGLIGIBLE, _SHORTEST = 2.0**-200, 15


@record
class Kernel1d:
    """One 1-D kernel of a correlation.

    Parameters
    ----------
    kind : {"gaussian", "box", "values"}
        A Gaussian or its derivative, an average, or taps that are listed.
    size : int
        Number of taps.
    sigma : float
        Standard deviation of a Gaussian, in samples.
    order : int
        Order of the derivative of a Gaussian.
    values : tuple of float
        The taps of a kernel of the kind ``values``.
    """

    kind: str
    size: int
    sigma: float = 0.0
    order: int = 0
    values: tuple[float, ...] = ()

    @classmethod
    def gaussian(cls, sigma, radius, order=0):
        """Return a Gaussian with ``2*radius + 1`` taps, or its derivative of this order."""
        return cls("gaussian", 2 * radius + 1, float(sigma), order)

    @classmethod
    def box(cls, size):
        """Return a kernel that averages `size` elements."""
        return cls("box", size)

    @classmethod
    def of(cls, *values):
        """Return a kernel with these taps."""
        return cls("values", len(values), values=tuple(float(v) for v in values))

    @property
    def weights(self) -> np.ndarray:
        """The taps in float64. The array may be shared and must not be modified."""
        if self.kind == "gaussian":
            return gaussian_weights(self.sigma, self.order, self.size // 2)
        if self.kind == "box":
            return np.full(self.size, 1 / self.size)
        return np.array(self.values)

    @property
    def narrowed(self) -> "Kernel1d":
        """The kernel without the ends of a Gaussian that are negligible.

        What is left out is less than 2**-200 of the largest tap. Only an infinity or a NaN of the
        image would show it.
        """
        if self.kind != "gaussian":
            return self
        radius = _radius_of(self.sigma, self.order, self.size // 2)
        return self if radius == self.size // 2 else self.gaussian(self.sigma, radius, self.order)

    def token(self) -> str:
        """Return the kernel's part of a problem key: ``g2.0r8``, ``b9``, ``v-1,0,1``."""
        if self.kind == "gaussian":
            order = f"d{self.order}" if self.order else ""
            return f"g{self.sigma!r}r{self.size // 2}{order}"
        if self.kind == "box":
            return f"b{self.size}"
        return "v" + ",".join(f"{v:g}" for v in self.values)

    @classmethod
    def parse(cls, text):
        """Return the kernel that a token of a problem key names, or None if `text` is none."""
        match = _TOKEN.fullmatch(text)
        if match is None:
            return None
        if match["sigma"]:
            order = int(match["order"] or 0)
            return cls.gaussian(float(match["sigma"]), int(match["radius"]), order)
        if match["box"]:
            return cls.box(int(match["box"])) if int(match["box"]) else None
        return cls.of(*(float(v) for v in match["values"].split(",")))


@lru_cache(256)
def _radius_of(sigma, order, radius):
    """Return the radius of a Gaussian, or of its derivative, without negligible ends."""
    if radius <= _SHORTEST * sigma:
        return radius
    sizes = np.abs(gaussian_weights(sigma, order, radius))
    kept = np.flatnonzero(sizes > _NEGLIGIBLE * sizes.max())
    return int(np.abs(kept - radius).max(initial=0))


@lru_cache(256)
def gaussian_weights(sigma, order, radius):
    """Return the weights of SciPy's Gaussian filter, which are its response to an impulse.

    In this way they equal SciPy's bit for bit.
    """
    impulse = np.zeros(2 * radius + 1)
    impulse[radius] = 1
    filter1d = original("scipy.ndimage", "gaussian_filter1d")
    answer = filter1d(impulse, sigma, order=order, mode="constant", radius=radius)[::-1]
    return np.ascontiguousarray(answer)
