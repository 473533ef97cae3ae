"""scipy: SciPy's own function, for the functions of the SciPy faces.

It is chosen where no algorithm of fastconv can run the call, or where only the definition could.
It makes no predictions: what SciPy does is SciPy's.
"""

from math import prod

from .base import FACES, Algorithm
from .kinds import is_filter

#: families whose other algorithms do not round integers of 64 bits
_EXACT = ("extremum", "footprint", "morphology", "rank")


#: values of an image up to which NumPy's calls take longer than SciPy's loop
_SMALL = 4096
#: dtypes of images to which NumPy adds a structure
_SUMMED = ("i64", "u64", "u32")


class Scipy(Algorithm):
    """The call handed over to SciPy (`fastconv.calls.forward` makes it)."""

    name = "scipy"
    families = FACES
    predicts = False
    sized = False

    def serves(self, problem):
        return is_filter(problem) and super().serves(problem)

    def supports(self, problem):
        if problem.family == "forwarded" and problem.to != "scipy":
            return problem.reason
        if problem.family != "convolution" or problem.on_image or problem.asked:
            return None
        plain = {*problem.stride, *problem.dilation} == {1} and set(problem.boundary) == {"zeros"}
        plain = plain and len(problem.axes) == len(problem.shape)
        return None if plain else "SciPy's function has no axes, boundary, stride and dilation"

    def hesitates(self, problem):
        if problem.family == "forwarded" or _is_small(problem):
            return None
        if problem.family in _EXACT and problem.compute in ("i64", "u64"):
            return "it computes in double, which does not hold all integers of 64 bits"
        return "chosen where nothing else can run"

    def cost(self, problem, machine, threads):
        return None

    def error_bound(self, problem):
        return None

    def workspace(self, problem, threads):
        return None


def _is_small(problem):
    """Return whether NumPy would add a structure to a small image."""
    summed = problem.family == "structure" or getattr(problem, "summed", False)
    return summed and problem.compute in _SUMMED and prod(problem.shape) <= _SMALL
