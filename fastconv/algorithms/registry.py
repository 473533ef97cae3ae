"""All algorithms, in one explicit order. The last one supports everything."""

from .base import SCIPY_ALONE
from .box import Box
from .direct import Direct
from .fft import Fft
from .fft_tiled import FftTiled
from .grad import BiasSums, WeightProducts, WeightTaps
from .im2col import Im2col
from .implicit_gemm import ImplicitGemm
from .local import LocalConvolution
from .naive import Naive
from .phases import Phases
from .pooling import DirectPooling, Doubling, VanHerk
from .separable import LowRank, Separable
from .spread import AverageGradient, Maxout, Placed, Weighted
from .tiled import Tiled
from .unfold import Unfold
from .winograd import WINOGRADS

#: what computes features from images, images from features, and weights from both
_FORWARD = (Direct(), Im2col(), ImplicitGemm(), *WINOGRADS, FftTiled())
_BACKWARD = (*map(Phases, _FORWARD), WeightProducts(), WeightTaps())

REGISTRY = (
    LocalConvolution(),
    *map(Tiled, (*_FORWARD, *_BACKWARD)),
    *_BACKWARD,
    BiasSums(),
    *_FORWARD,
    Fft(),
    Separable(),
    LowRank(),
    Box(),
    Unfold(),
    AverageGradient(),
    Placed(),
    Maxout(),
    Weighted(),
    DirectPooling(),
    Doubling(),
    VanHerk(),
    Naive(),
)


def lookup(name, problem):
    """Return the algorithm of that name for `problem`, None for SciPy's own.

    Of several that a name stands for, the first that serves the problem.
    """
    return next((a for a in REGISTRY if a.name == name and a.serves(problem)), None)


def reason_against(name, problem):
    """Return None if the algorithm called `name` can run `problem`, else why not."""
    algorithm = lookup(name, problem)
    return SCIPY_ALONE if algorithm is None else algorithm.supports(problem)
