"""All algorithms, in one explicit order. The last one supports everything."""

from ..problem.arguments import choice
from .base import NOT_BUILT, SCIPY_ALONE, family, names_for
from .box import Box
from .direct import Direct
from .fft import Fft
from .implicit_gemm import ImplicitGemm
from .naive import Naive
from .separable import LowRank, Separable
from .winograd import WINOGRADS

REGISTRY = (Direct(), ImplicitGemm(), *WINOGRADS, Fft(), Separable(), LowRank(), Box(), Naive())
#: "direct" is one algorithm for convolutions and another for poolings
_BY_NAME = {(family, a.name): a for a in REGISTRY for family in a.families}


def lookup(name, problem):
    """Return the algorithm of that name for `problem`, None for a name without a room."""
    return _BY_NAME.get((family(problem), name))


def checked_name(name, problem):
    """`name` if tables of `problem` know it, or an error that lists the names that they know."""
    return choice("algorithm", name, names_for(problem))


def reason_against(name, problem):
    """Return None if the algorithm called `name` can run `problem`, else why not."""
    algorithm = lookup(name, problem)
    if algorithm is None:
        return SCIPY_ALONE if name == "scipy" else NOT_BUILT
    return algorithm.supports(problem)
