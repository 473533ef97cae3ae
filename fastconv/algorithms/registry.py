"""All algorithms, in one explicit order. The last one supports everything."""

from ..problem.arguments import choice
from .base import NOT_BUILT, names_for
from .fft import Fft
from .implicit_gemm import ImplicitGemm
from .naive import Naive

REGISTRY = (ImplicitGemm(), Fft(), Naive())
_BY_NAME = {algorithm.name: algorithm for algorithm in REGISTRY}


def lookup(name):
    """Return the algorithm of that name, None for a permanent name without a room."""
    return _BY_NAME.get(name)


def checked_name(name, problem):
    """`name` if tables of `problem` know it, or an error that lists the names that they know."""
    return choice("algorithm", name, names_for(problem))


def reason_against(name, problem):
    """Return None if the algorithm called `name` can run `problem`, else why not."""
    algorithm = _BY_NAME.get(name)
    return NOT_BUILT if algorithm is None else algorithm.supports(problem)
