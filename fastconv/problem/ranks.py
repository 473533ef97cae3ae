"""RankProblem: the value of a given rank in a window around every element, as a median."""

from math import prod

from .footprint import FootprintProblem, check_marks
from .records import record

OPS = ("ndimage.rank_filter",)
#: most elements of a window
MOST = 1 << 16


@record
class RankProblem(FootprintProblem):
    """One rank filter: everything that the choice of an algorithm may depend on.

    Its op is ``ndimage.rank_filter``, also for medians and percentiles.

    Parameters
    ----------
    rank : int
        Position of the result among the window's marked elements, once they are sorted.
    """

    rank: int

    family = "rank"

    @property
    def flops(self) -> int:
        """Number of comparisons of an insertion sort, about."""
        return prod(self.shape) * self.elements * self.elements // 4

    @property
    def own_tokens(self) -> list[str]:
        """Return the tokens that only problems of this class have."""
        return [*super().own_tokens, f"rank{self.rank}"]

    @classmethod
    def from_tokens(cls, op, tokens):
        """Return the problem whose key has these tokens."""
        marks, rank = tokens.take("marks-", "(?:[0-9a-f]{2})+"), tokens.number("rank")
        problem = super(FootprintProblem, cls).from_tokens(op, tokens, marks=marks, rank=rank)
        check_marks(problem.size, marks, tokens)
        if not rank < problem.elements <= MOST:
            tokens.fail(f"rank {rank} of {problem.elements} elements, of at most {MOST}")
        return problem
