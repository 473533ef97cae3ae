"""SeparableProblem: an image filter that is defined by 1-D kernels, such as a Gaussian filter.

A pass is a correlation with a 1-D kernel along one axis. A term is a sequence of passes. A filter
is one term (a blur, a Sobel derivative), the sum of several terms (a Laplacian), or the Euclidean
length of the vector of several terms (a gradient magnitude).
"""

import math
import re
from dataclasses import replace

import numpy as np

from .arrays import DTYPES, short
from .filtering import FilterProblem
from .geometry import BOUNDARIES
from .kernels1d import Kernel1d
from .keys import dtypes_token, sizes_token
from .records import lazily, record

#: functions of `scipy.ndimage` that are defined by 1-D kernels
FUNCTIONS = (
    "gaussian_filter", "gaussian_filter1d", "uniform_filter", "uniform_filter1d", "sobel",
    "prewitt", "laplace", "gaussian_laplace", "gaussian_gradient_magnitude",
)  # fmt: skip
OPS = tuple(f"ndimage.{name}" for name in FUNCTIONS)

#: passes are joined into one N-D kernel only if it has at most so many taps
_MOST_TAPS = 1 << 20
#: passes are applied one by one if they reached so many times the rows of the image together, and
#: computed so many products again
_MOST_REACHED, _MOST_AGAIN = 3, 1 << 16
#: token of a pass: axis, kernel, origin, boundary
_PASS = re.compile(r"(\d+)([gbv][^o@]*)(?:o(-?\d+))?(?:@([a-z]+))?")


@record
class Pass:
    """A correlation with a 1-D kernel along one axis.

    Parameters
    ----------
    axis : int
        The filtered axis, non-negative.
    kernel : Kernel1d
    boundary : str
        One of `geometry.BOUNDARIES`.
    origin : int
        By how many elements the window is shifted, as in `scipy.ndimage`.
    """

    axis: int
    kernel: Kernel1d
    boundary: str = "symmetric"
    origin: int = 0

    def token(self) -> str:
        """Return the part of a problem key that names the pass: ``0g2.0r8@reflect``."""
        origin = f"o{self.origin}" if self.origin else ""
        boundary = f"@{self.boundary}" if self.boundary != "symmetric" else ""
        return f"{self.axis}{self.kernel.token()}{origin}{boundary}"


@record
class SeparableProblem:
    """One filter with 1-D kernels: everything that the choice of an algorithm may depend on.

    Parameters
    ----------
    op : str
        One of `OPS`.
    dtypes : tuple of str
        Short names of three dtypes: twice the image's, then the result's.
    shape : tuple of int
        Shape of the image and of the result.
    terms : tuple of tuple of Pass
        The passes of each term, in the order in which SciPy applies them.
    fill : float
        The value past the edges of an integer image, for the boundary ``constant``. For
        floating-point images the value is passed to the algorithm with the operands.
    in_order : bool
        Whether passes are joined into one step only if they follow each other in memory as well,
        so that they are applied in the order of their terms.
    """

    op: str
    dtypes: tuple[str, str, str]
    shape: tuple[int, ...]
    terms: tuple[tuple[Pass, ...], ...]
    fill: float = 0.0
    in_order: bool = False

    kind = "fwd"
    conjugate = False
    traits = None

    @property
    def function(self) -> str:
        """Public name of the op."""
        return self.op

    @lazily
    def family(self) -> str:
        """Family of algorithms: ``integer`` for integer images, otherwise ``separable``."""
        return "integer" if self.on_integers else "separable"

    @property
    def on_integers(self) -> bool:
        """Whether an integer image is filtered, whose result must be SciPy's bit for bit."""
        return self.dtypes[0][0] in "iu"

    @lazily
    def compute(self) -> str:
        """Short name of the dtype in which kernels compute."""
        if self.on_integers:
            return self.dtypes[0]
        image, _, result = self.dtypes
        return image if image == result else short(np.result_type(DTYPES[image], DTYPES[result]))

    @property
    def combination(self) -> str:
        """How terms are combined: ``sum``, or ``length`` for the length of their vector."""
        return "length" if self.op.endswith("magnitude") else "sum"

    @lazily
    def is_box(self) -> bool:
        """Whether every kernel is constant."""
        return all(p.kernel.kind == "box" for term in self.terms for p in term)

    @lazily
    def longest(self) -> int:
        """Number of taps of the longest kernel."""
        return max((p.kernel.size for term in self.terms for p in term), default=1)

    @lazily
    def steps(self):
        """Steps of each term: floating-point filters that are applied one after the other.

        A step is a tuple ``(problem, vectors)``: a `FilterProblem` along one or more axes, and the
        1-D weights along each of them. Passes along several axes are joined into one step if the
        result stays the same.
        """
        return tuple(tuple(self._steps_of(term)) for term in self.terms)

    def _steps_of(self, term):
        """Yield the steps of one term."""
        passes = self._without_factors(term)
        together = len(passes) > 1 and self._fusible(passes) and not self.wastes(term)
        if together and self.in_order:
            groups = _ascending(passes)
        else:
            groups = [passes] if together else [[p] for p in passes]
        for group in groups:
            group = sorted(group, key=lambda pair: pair[0].axis)
            yield self._filter([p for p, _ in group]), [weights for _, weights in group]

    @lazily
    def narrowed(self):
        """The filter without the ends of Gaussians that no sum of finite values shows, or None.

        None if nothing is left out. `Kernel1d.narrowed` says which taps are.
        """
        terms = tuple(
            tuple(replace(p, kernel=p.kernel.narrowed) for p in term) for term in self.terms
        )
        return None if terms == self.terms else replace(self, terms=terms)

    def wastes(self, term):
        """Return whether one step for all passes of a term would compute many rows again.

        A step filters along the last axis all rows that windows reach, those past the edges too.
        """
        *front, last = sorted(term, key=_axis_of)
        reached = rows = 1
        for p in front:
            n = self.shape[p.axis]
            rows *= n
            reached *= n + p.kernel.size - 1
        again = (reached - rows) * self.shape[last.axis] * last.kernel.size
        return reached > _MOST_REACHED * rows and again > _MOST_AGAIN

    def _without_factors(self, term):
        """Return pairs of a pass and its weights, without passes of one tap.

        The weights of the first other pass are multiplied by their taps. If this would scale the
        fill value, which SciPy does not do, all passes are kept.
        """
        pairs = [(p, self._weights(p)) for p in term]
        factors = [w[0] for _, w in pairs if w.size == 1]
        longer = [(p, w) for p, w in pairs if w.size > 1]
        filled = any(p.boundary == "constant" for p, _ in longer)
        if filled and any(f != 1 for f in factors):
            return pairs
        scale = math.prod(factors)
        if not longer:
            return [(pairs[0][0], np.array([scale]))]
        if scale == 1:
            return longer
        (first, weights), *others = longer
        return [(first, weights * scale), *others]

    def _weights(self, pass_):
        """Return the weights of a pass: their sum, where all meet the one value of an axis."""
        weights = pass_.kernel.weights
        if self.shape[pass_.axis] == 1 and pass_.boundary not in ("constant", "zeros"):
            return np.array([math.fsum(weights)])
        return weights

    def _fusible(self, pairs):
        """Return whether all passes may be joined into one step, along at most three axes.

        Before every pass, SciPy puts the fill value past the edges again. One step gives the same
        result only if the passes do not change the fill value.
        """
        if len(pairs) > 3 or math.prod(w.size for _, w in pairs) > _MOST_TAPS:
            return False
        if all(p.boundary != "constant" for p, _ in pairs):
            return True
        return all(abs(w.sum() - 1) <= 1e-9 for _, w in pairs)

    def _filter(self, passes):
        """Return the `FilterProblem` that joins passes, which are in ascending order of axes."""
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

    @lazily
    def flops(self) -> int:
        """Floating-point operations of all passes, applied one after the other."""
        taps = sum(p.kernel.size for term in self.terms for p in term)
        return 2 * math.prod(self.shape) * taps

    @lazily
    def bytes(self) -> int:
        """Bytes of image and result in the dtypes of the computation, each counted once."""
        result = self.dtypes[2] if self.on_integers else self.compute
        sizes = DTYPES[self.compute].itemsize + DTYPES[result].itemsize
        return math.prod(self.shape) * sizes

    def key(self) -> str:
        """Return the problem key, from which `fastconv.problem.parse` makes the problem again."""
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
        """Return the problem whose key has these tokens."""
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


def _axis_of(pass_):
    return pass_.axis


def _ascending(pairs):
    """Return pairs of a pass and its weights in groups, in each of which the axes ascend."""
    groups = []
    for pair in pairs:
        if groups and groups[-1][-1][0].axis < pair[0].axis:
            groups[-1].append(pair)
        else:
            groups.append([pair])
    return groups


def _pass(tokens, text):
    """Return the `Pass` that a part of a problem key names."""
    match = _PASS.fullmatch(text)
    kernel = Kernel1d.parse(match[2]) if match else None
    boundary = (match[4] or "symmetric") if match else ""
    if kernel is None or boundary not in BOUNDARIES:
        tokens.fail(f"no 1-D kernel is called {text!r}")
    origin = int(match[3] or 0)
    if not 0 <= kernel.size // 2 + origin < kernel.size:
        tokens.fail(f"origin {origin} of a window of {kernel.size}")
    return Pass(int(match[1]), kernel, boundary, origin)
