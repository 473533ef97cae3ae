"""MatchProblem: normalized cross-correlation of an image with a template.

    r[i] = sum over t of x[i + t] * (w[t] - mean(w))
           / sqrt(sum over t of (x[i + t] - mean over the window)**2 * sum of (w - mean(w))**2)

References
----------
J. P. Lewis, "Fast normalized cross-correlation", *Vision Interface*, 1995, 120-123.
"""

from functools import partial
from math import prod

import numpy as np

from ..errors import shown
from .arguments import boolean
from .arrays import DTYPES, coerce, native, short
from .filter_requests import filter_request
from .filtering import FilterProblem
from .keys import dtypes_token, sizes_token
from .limits import on_device
from .records import lazily, record
from .request import Request

OPS = ("match_template",)


@record
class MatchProblem:
    """One search for a template: everything that the choice of an algorithm may depend on.

    Parameters
    ----------
    op : str
        ``match_template``.
    dtypes : tuple of str
        Short names of three dtypes, which are equal: of the image, the template and the result.
    shape, weights : tuple of int
        Shapes of the image, with its padding, and of the template.
    """

    op: str
    dtypes: tuple[str, str, str]
    shape: tuple[int, ...]
    weights: tuple[int, ...]

    kind = "fwd"
    family = "matching"
    conjugate = False
    traits = None

    @property
    def function(self) -> str:
        """Public name of the op."""
        return self.op

    @property
    def compute(self) -> str:
        """Short name of the dtype in which the correlation is computed."""
        return self.dtypes[2]

    @lazily
    def output(self) -> tuple[int, ...]:
        """Shape of the result."""
        return tuple(n - m + 1 for n, m in zip(self.shape, self.weights, strict=True))

    @lazily
    def correlation(self) -> FilterProblem:
        """The correlation with the template."""
        return self._filter("correlate", self.compute, None)

    @lazily
    def window_sums(self) -> FilterProblem:
        """The sums over windows, of values and of their squares."""
        return self._filter("correlate", "f64", "box")

    def _filter(self, op, name, traits):
        axes = tuple(range(len(self.shape)))
        ones = (1,) * len(axes)
        return FilterProblem(
            op, (name,) * 3, self.shape, self.weights, axes, "valid", ("zeros",) * len(axes),
            (0,) * len(axes), ones, ones, traits=traits,
        )  # fmt: skip

    @property
    def flops(self) -> int:
        """Floating-point operations of the definition's correlation."""
        return self.correlation.flops

    @property
    def bytes(self) -> int:
        """Bytes of image, template and result, each counted once."""
        values = prod(self.shape) + prod(self.weights) + prod(self.output)
        return values * DTYPES[self.compute].itemsize

    def key(self) -> str:
        """Return the problem key, from which `fastconv.problem.parse` makes the problem again."""
        tokens = [
            self.op.replace("_", "-"), dtypes_token(self.dtypes), sizes_token("i", self.shape),
            sizes_token("w", self.weights),
        ]  # fmt: skip
        return "_".join(tokens)

    @classmethod
    def from_tokens(cls, op, tokens) -> "MatchProblem":
        """Return the problem whose key has these tokens."""
        problem = cls(op, tokens.dtypes(), tokens.sizes("i"), tokens.sizes("w"))
        tokens.end()
        if len(problem.shape) != len(problem.weights) or len(problem.shape) not in (2, 3):
            tokens.fail("image and template need two or three axes each")
        if any(not 1 <= m <= n for n, m in zip(problem.shape, problem.weights, strict=True)):
            tokens.fail("the template must not be larger than the image")
        if problem.dtypes[0] not in ("f32", "f64") or len(set(problem.dtypes)) > 1:
            tokens.fail("f32 or f64 only")
        return problem


def matched(arrays, o):
    """Return the request of ``match_template``; `o` is the dict of its options by name."""
    for name, array in zip(("image", "template"), arrays, strict=True):
        if on_device(array):
            raise TypeError(f"{name} lies on a device; match_template takes NumPy arrays")
    image, template = (_real(n, a) for n, a in zip(("image", "template"), arrays, strict=True))
    shape, weights = tuple(image.shape), tuple(template.shape)
    if len(shape) not in (2, 3):
        raise ValueError(f"image has shape {shape}; two or three dimensions are allowed")
    if len(weights) != len(shape):
        raise ValueError(f"template has shape {weights}; image has {len(shape)} dimensions")
    if 0 in weights or any(m > n for n, m in zip(shape, weights, strict=True)):
        raise ValueError(
            f"template has shape {weights}; it must not be empty or larger than the image, whose "
            f"shape is {shape}"
        )
    dtype = np.dtype(np.float32 if native(image).char in "ef" else np.float64)
    pads, mode, value = boolean("pad_input", o["pad_input"]), o["mode"], o["constant_values"]
    if not (isinstance(mode, str) or callable(mode)):
        raise TypeError(f"mode must be a mode of numpy.pad, got {shown(mode)}")
    if pads:
        shape = tuple(n + m - 1 for n, m in zip(shape, weights, strict=True))
        _check_padding(len(shape), mode, value)
    problem = MatchProblem("match_template", (short(dtype),) * 3, shape, weights)
    inner = filter_request(problem.correlation, dtype, 0)
    padding = {"mode": mode} | ({"constant_values": value} if mode == "constant" else {})
    return Request(
        problem, (dtype, np.dtype(np.float64)), problem.output, dtype, inner.compute_shape, dtype,
        arrange=partial(_operands, padding if pads else None, weights),
    )  # fmt: skip


def _real(name, array):
    """Return an array of real numbers; bools count as 0 and 1."""
    if array.dtype.kind == "c":
        raise ValueError(f"{name} has dtype {array.dtype}; real numbers are allowed")
    return array if array.dtype.kind == "b" else coerce(name, array)


def _check_padding(ndim, mode, value):
    """Raise NumPy's error for a mode that `numpy.pad` does not have."""
    options = {"constant_values": value} if mode == "constant" else {}
    np.pad(np.ones((3,) * ndim), 1, mode, **options)


def _operands(padding, weights, arrays):
    """Return the operands of a search.

    The mean of the image changes no result, because the taps of the template less its mean sum to
    0. Without it, sums of squares lose fewer digits.

    Returns
    -------
    tuple
        The padded image less its mean, the template less its mean, the sum of the squares of this.
    """
    image, template = arrays
    if template is not None:
        template = template - template.mean()
        ssd = float(np.sum(template * template))
    if image is None:
        return None, template, 0.0
    if padding is not None:
        image = np.pad(image, [(m, m) for m in weights], **padding)
        image = image[tuple(slice(m - m // 2, -(m - (m - 1) // 2)) for m in weights)]
    level = image.mean(dtype=np.float64)
    image = np.subtract(image, level if np.isfinite(level) else 0, dtype=np.float64)
    return image, template, ssd
