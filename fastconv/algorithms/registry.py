"""All algorithms, in one explicit order. The last one supports everything."""

from ..problem.arguments import choice
from .base import NOT_BUILT, SCIPY_ALONE, family, names_for
from .box import Box
from .direct import Direct
from .fft import Fft
from .grad import BiasSums, WeightProducts, WeightTaps
from .im2col import Im2col
from .implicit_gemm import ImplicitGemm
from .naive import Naive
from .phases import Phases
from .pooling import DirectPooling, Doubling, VanHerk
from .separable import LowRank, Separable
from .unfold import Unfold
from .winograd import WINOGRADS

#: what computes features from images, and so images from features
_FORWARD = (Direct(), Im2col(), ImplicitGemm(), *WINOGRADS)

REGISTRY = (
    *map(Phases, _FORWARD),
    WeightProducts(),
    WeightTaps(),
    BiasSums(),
    *_FORWARD,
    Fft(),
    Separable(),
    LowRank(),
    Box(),
    Unfold(),
    DirectPooling(),
    Doubling(),
    VanHerk(),
    Naive(),
)


def lookup(name, problem):
    """Return the algorithm of that name for `problem`, None for a name without a room."""
    return next((a for a in REGISTRY if a.name == name and _serves(a, problem)), None)


def _serves(algorithm, problem):
    """Whether the name is this algorithm's: "direct" is others for poolings and for gradients."""
    if family(problem) not in algorithm.families:
        return False
    if algorithm.roles is not None and problem.stencil.role not in algorithm.roles:
        return False
    return algorithm.ops is None or problem.op in algorithm.ops


def checked_name(name, problem):
    """`name` if tables of `problem` know it, or an error that lists the names that they know."""
    return choice("algorithm", name, names_for(problem))


def reason_against(name, problem):
    """Return None if the algorithm called `name` can run `problem`, else why not."""
    algorithm = lookup(name, problem)
    if algorithm is None:
        return SCIPY_ALONE if name == "scipy" else NOT_BUILT
    return algorithm.supports(problem)
