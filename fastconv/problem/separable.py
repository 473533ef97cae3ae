"""SeparableProblem: an image filter that is given as 1-D kernels, one per axis.

Gaussian and uniform filters and derivatives are such filters. A term is a list of passes, each a
1-D kernel along one axis; a filter is one term (a blur, a Sobel derivative), the sum of several
(a Laplacian) or the length of a vector of them (a gradient magnitude).
"""

import math
import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .arrays import DTYPES, short
from .filtering import FilterProblem
from .geometry import BOUNDARIES
from .kernels1d import Kernel1d
from .keys import dtypes_token, sizes_token

#: functions of `scipy.ndimage` that are filters of 1-D kernels
FUNCTIONS = (
    "gaussian_filter", "gaussian_filter1d", "uniform_filter", "uniform_filter1d", "sobel",
    "prewitt", "laplace", "gaussian_laplace", "gaussian_gradient_magnitude",
)  # fmt: skip
OPS = tuple(f"ndimage.{name}" for name in FUNCTIONS)

#: a kernel of several axes is multiplied out up to so many taps
_MOST_TAPS = 1 << 20
_PASS = re.compile(r"(\d+)([gbv][^o@]*)(?:o(-?\d+))?(?:@([a-z]+))?")


@dataclass(frozen=True)
class Pass:
    """A 1-D kernel along one axis.

    Parameters
    ----------
    axis : int
    kernel : Kernel1d
    boundary : str
        One of `geometry.BOUNDARIES`.
    origin : int
        Moves the window, as in `scipy.ndimage`.
    """

    axis: int
    kernel: Kernel1d
    boundary: str = "symmetric"
    origin: int = 0

    def token(self) -> str:
        origin = f"o{self.origin}" if self.origin else ""
        boundary = f"@{self.boundary}" if self.boundary != "symmetric" else ""
        return f"{self.axis}{self.kernel.token()}{origin}{boundary}"


@dataclass(frozen=True)
class SeparableProblem:
    """Everything about one filter of 1-D kernels that a choice of algorithm may depend on.

    Parameters
    ----------
    op : str
        One of `OPS`.
    dtypes : tuple of str
        Short names of the dtypes of the image (twice) and of the result.
    shape : tuple of int
        Shape of the image and of the result.
    terms : tuple of tuple of Pass
        The passes of each term, in the order in which SciPy applies them.
    fill : float
        The value past the edges for the boundary ``constant``, of an image of integers; for
        floating-point images it travels with the arrays.
    """

    op: str
    dtypes: tuple[str, str, str]
    shape: tuple[int, ...]
    terms: tuple[tuple[Pass, ...], ...]
    fill: float = 0.0

    kind = "fwd"
    conjugate = False
    traits = None

    @property
    def function(self) -> str:
        """Public name of the op."""
        return self.op

    @property
    def family(self) -> str:
        """``integer`` for images of integers, else ``separable``."""
        return "integer" if self.on_integers else "separable"

    @property
    def on_integers(self) -> bool:
        """Whether the image holds integers, which the result must match bit for bit."""
        return self.dtypes[0][0] in "iu"

    @cached_property
    def compute(self) -> str:
        """Short name of the dtype in which kernels compute."""
        if self.on_integers:
            return self.dtypes[0]
        return short(np.result_type(DTYPES[self.dtypes[0]], DTYPES[self.dtypes[2]]))

    @property
    def combination(self) -> str:
        """What becomes of several terms: their ``sum``, or the ``length`` of the vector."""
        return "length" if self.op.endswith("magnitude") else "sum"

    @property
    def is_box(self) -> bool:
        """Whether every kernel is constant."""
        return all(p.kernel.kind == "box" for term in self.terms for p in term)

    @cached_property
    def longest(self) -> int:
        """Taps of the longest kernel."""
        return max((p.kernel.size for term in self.terms for p in term), default=1)

    @cached_property
    def steps(self):
        """Per term, the floating-point filters to apply one after the other.

        Each is ``(problem, vectors)``: a `FilterProblem` over one axis or several, and the 1-D
        weights along its axes. Several axes are one step where that gives what one axis after the
        other gives.
        """
        return tuple(tuple(self._steps_of(term)) for term in self.terms)

    def _steps_of(self, term):
        passes = self._without_factors(term)
        together = len(passes) > 1 and self._fusible(passes)
        groups = [passes] if together else [[p] for p in passes]
        for group in groups:
            group = sorted(group, key=lambda pair: pair[0].axis)
            yield self._filter([p for p, _ in group]), [weights for _, weights in group]

    def _without_factors(self, term):
        """Pair passes with weights; kernels of one tap become factors of the others.

        They stay where SciPy would not multiply the fill value by them.
        """
        pairs = [(p, p.kernel.weights) for p in term]
        factors = [w[0] for _, w in pairs if w.size == 1]
        longer = [(p, w) for p, w in pairs if w.size > 1]
        filled = any(p.boundary == "constant" for p, _ in longer)
        if filled and any(f != 1 for f in factors):
            return pairs
        scale = math.prod(factors)
        if not longer:
            return [(pairs[0][0], np.array([scale]))]
        (first, weights), *others = longer
        return [(first, weights * scale), *others]

    def _fusible(self, pairs):
        """Whether one pass over at most three axes gives what one axis after the other gives.

        Past an edge SciPy sees the fill value again before every pass, not what the passes before
        it would make of the fill value.
        """
        if len(pairs) > 3 or math.prod(w.size for _, w in pairs) > _MOST_TAPS:
            return False
        changed = any(abs(w.sum() - 1) > 1e-9 for _, w in pairs)
        return not (changed and any(p.boundary == "constant" for p, _ in pairs))

    def _filter(self, passes):
        """Return the `FilterProblem` of passes in ascending order of their axes."""
        weights = [1] * len(self.shape)
        for p in passes:
            weights[p.axis] = p.kernel.size
        ones = (1,) * len(passes)
        return FilterProblem(
            "ndimage.correlate", (self.compute,) * 3, self.shape, tuple(weights),
            tuple(p.axis for p in passes), "same", tuple(p.boundary for p in passes),
            tuple(p.origin for p in passes), ones, ones,
            traits="box" if self.is_box else "r1",
        )  # fmt: skip

    @cached_property
    def flops(self) -> int:
        """Floating-point operations of one axis after the other."""
        taps = sum(p.kernel.size for term in self.terms for p in term)
        return 2 * math.prod(self.shape) * taps

    @cached_property
    def bytes(self) -> int:
        """Bytes of image and result, each once, in the dtypes of the computation."""
        result = self.dtypes[2] if self.on_integers else self.compute
        sizes = DTYPES[self.compute].itemsize + DTYPES[result].itemsize
        return math.prod(self.shape) * sizes

    def key(self) -> str:
        """Return the problem's name; `fastconv.problem.parse` turns it back."""
        head, _, function = self.op.partition(".")
        tokens = [
            f"{head}.{function.replace('_', '-')}", dtypes_token(self.dtypes),
            sizes_token("i", self.shape),
        ]  # fmt: skip
        tokens += ["t" + "*".join(p.token() for p in term) for term in self.terms]
        if self.fill:
            tokens.append(f"fill{self.fill!r}")
        return "_".join(tokens)

    @classmethod
    def from_tokens(cls, op, tokens) -> "SeparableProblem":
        """Build the problem that `key` wrote."""
        dtypes, shape = tokens.dtypes(), tokens.sizes("i")
        texts = tokens.all("t", ".+")
        terms = tuple(tuple(_pass(tokens, text) for text in term.split("*")) for term in texts)
        problem = cls(op, dtypes, shape, terms, tokens.real("fill", 0.0))
        tokens.end()
        if not terms or min(shape) < 1:
            tokens.fail("a filter needs terms, and sizes of at least 1")
        if any(p.axis >= len(shape) for term in terms for p in term):
            tokens.fail(f"axes must be below {len(shape)}")
        if "c" in (dtypes[0][0], dtypes[2][0]):
            tokens.fail("no complex numbers")
        return problem


def _pass(tokens, text):
    """The `Pass` that its token wrote."""
    match = _PASS.fullmatch(text)
    kernel = Kernel1d.parse(match[2]) if match else None
    boundary = (match[4] or "symmetric") if match else ""
    if kernel is None or boundary not in BOUNDARIES:
        tokens.fail(f"no 1-D kernel is called {text!r}")
    origin = int(match[3] or 0)
    if not 0 <= kernel.size // 2 + origin < kernel.size:
        tokens.fail(f"origin {origin} of a window of {kernel.size}")
    return Pass(int(match[1]), kernel, boundary, origin)
