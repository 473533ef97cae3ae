"""MorphologyProblem: a filter that is made of erosions and dilations, as in `scipy.ndimage`.

A step is a minimum or maximum filter: an `ExtremumProblem`, a `FootprintProblem`, or for a
structure that is not flat a `StructureProblem`. The window of a dilation is that of the erosion,
reflected.
"""

from dataclasses import replace

from .extremum import ExtremumProblem
from .footprint import FootprintProblem, StructureProblem, check_marks, packed, unpacked
from .records import lazily, record
from .window import WindowProblem, mirrored_origin

#: the steps of filters of grey images; those of the second group are applied to the image each
_IN_TURN = {
    "ndimage.grey_opening": ("erosion", "dilation"),
    "ndimage.grey_closing": ("dilation", "erosion"),
    "ndimage.white_tophat": ("erosion", "dilation"),
    "ndimage.black_tophat": ("dilation", "erosion"),
}
_APART = {
    "ndimage.morphological_gradient": ("dilation", "erosion"),
    "ndimage.morphological_laplace": ("dilation", "erosion"),
}
#: the steps of filters of boolean images
_BINARY = {
    "ndimage.binary_erosion": ("erosion",),
    "ndimage.binary_dilation": ("dilation",),
    "ndimage.binary_opening": ("erosion", "dilation"),
    "ndimage.binary_closing": ("dilation", "erosion"),
}
_STEPS = {**_IN_TURN, **_APART, **_BINARY}
OPS = tuple(_STEPS)
#: ops of a `StructureProblem`
SUMMED_OPS = ("ndimage.grey_erosion", "ndimage.grey_dilation")
#: how many iterations estimates assume until a result is stable
_UNTIL_STABLE = 16


@record
class MorphologyProblem(WindowProblem):
    """One filter of several steps: everything that the choice of an algorithm may depend on.

    Its op is one of `OPS`, and its window is that of the erosion.

    Parameters
    ----------
    marks : str
        The elements of the window that count, as in `FootprintProblem`, or empty if all do.
    summed : bool
        Whether the values of a structure are added, as in `StructureProblem`.
    iterations : int
        How often an erosion or dilation of a boolean image is repeated, 0 for until nothing
        changes.
    masked : bool
        Whether a mask says which elements of a boolean image may change.
    """

    marks: str = ""
    summed: bool = False
    iterations: int = 1
    masked: bool = False

    family = "morphology"

    @property
    def is_binary(self) -> bool:
        """Whether the image is boolean, in bytes of 0 and 1."""
        return self.op in _BINARY

    @property
    def footprint(self):
        """The footprint of the erosion as an array of bools, if some elements do not count."""
        return unpacked(self.size, self.marks)

    @property
    def steps(self) -> tuple[str, ...]:
        """Names of the steps: ``erosion`` and ``dilation``, in their order."""
        return _STEPS[self.op]

    @property
    def in_turn(self) -> bool:
        """Whether the second step is applied to the result of the first one."""
        return self.op not in _APART

    @lazily
    def one_window(self) -> bool:
        """Whether all iterations together are one filter with a larger window.

        They are if the window is a box. Past the edges, every iteration sees the border's value
        again; an element that a window meets by way of positions past the edge, it also meets by
        way of positions inside of the image, as this is a box, too.
        """
        return not self.marks and not self.masked and self.iterations > 0

    @property
    def repeats(self) -> int:
        """How often each step runs, 0 for until nothing changes."""
        return 1 if self.one_window else self.iterations

    @lazily
    def erosion(self):
        """The problem of one erosion."""
        return self._step(self.size, self.origin, self.marks, "minimum", "erosion")

    @lazily
    def dilation(self):
        """The problem of one dilation."""
        marks = self.marks
        if marks:
            marks = mirrored_marks(self.size, marks)
        origin = mirrored_origin(self.size, self.origin)
        return self._step(self.size, origin, marks, "maximum", "dilation")

    def _step(self, size, origin, marks, extremum, name):
        dtypes = (self.dtypes[0],) * 3
        common = (dtypes, self.shape, self.axes)
        if self.summed:
            return StructureProblem(
                f"ndimage.grey_{name}", *common, size, self.boundary, origin, marks
            )
        op = f"ndimage.{extremum}_filter"
        if marks:
            return FootprintProblem(op, *common, size, self.boundary, origin, marks)
        if self.iterations > 1 and self.one_window:
            windows = [
                repeated_window(n, o, self.iterations, self.shape[axis])
                for n, o, axis in zip(size, origin, self.axes, strict=True)
            ]
            size, origin = zip(*windows, strict=True)
        return ExtremumProblem(op, *common, size, self.boundary, origin)

    @property
    def flops(self) -> int:
        """Number of comparisons in the definition."""
        times = max(self.iterations, 1)
        return times * sum(getattr(self._alone, name).flops for name in self.steps)

    @property
    def assumed_repeats(self) -> int:
        """How often each step runs, as far as estimates know."""
        return self.repeats or _UNTIL_STABLE

    @property
    def _alone(self):
        """The problem with one iteration."""
        return self if self.iterations == 1 else replace(self, iterations=1)

    @property
    def own_tokens(self) -> list[str]:
        """Return the tokens that only problems of this class have."""
        tokens = [f"marks-{self.marks}"] if self.marks else []
        tokens += ["summed"] if self.summed else []
        tokens += [f"times{self.iterations}"] if self.iterations != 1 else []
        return tokens + (["masked"] if self.masked else [])

    @classmethod
    def from_tokens(cls, op, tokens):
        """Return the problem whose key has these tokens."""
        marks = tokens.take("marks-", "(?:[0-9a-f]{2})+", "")
        summed, masked = tokens.flag("summed"), tokens.flag("masked")
        iterations = int(tokens.take("times", r"\d+", "1"))
        problem = super().from_tokens(
            op, tokens, marks=marks, summed=summed, iterations=iterations, masked=masked
        )
        if marks:
            check_marks(problem.size, marks, tokens)
        wrong = summed and not marks if not problem.is_binary else summed
        if wrong or not problem.is_binary and (masked or iterations != 1):
            tokens.fail("structures are grey, iterations and masks are binary")
        return problem


def repeated_window(size, origin, times, length):
    """Return size and origin of a window that does what `times` windows in turn do.

    It is no longer than needed along an axis of `length`: from a position, the image repeats after
    at most ``2*length`` elements, or the value past the edge does. Longer windows have the same
    extrema.
    """
    before = size // 2 + origin
    after = min(times * (size - 1 - before), 2 * length - 1)
    before = min(times * before, 2 * length - 1)
    size = before + 1 + after
    return size, before - size // 2


def mirrored_marks(size, marks):
    """Return the marks of a footprint that is reflected."""
    footprint = unpacked(size, marks)
    return packed(footprint[(slice(None, None, -1),) * footprint.ndim])
