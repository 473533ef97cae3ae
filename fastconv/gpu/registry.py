"""All algorithms of a device, in one explicit order. The last one supports everything."""

from functools import cache

from ..algorithms.base import CONVOLUTIONS, names_for
from .cudnn import Cudnn
from .direct import Direct
from .fft import Fft
from .im2col import Im2col
from .implicit_gemm import ImplicitGemm
from .naive import Naive
from .poolings import DirectPooling
from .separable import Separable
from .winograd import winograds


@cache
def registry(runtime):
    """The algorithms, bound to a runtime."""
    return (
        Direct(runtime),
        Im2col(runtime),
        ImplicitGemm(runtime),
        *winograds(runtime),
        Fft(runtime),
        Separable(runtime),
        Cudnn(runtime),
        DirectPooling(runtime),
        Naive(runtime),
    )


def names(problem):
    """The names that a problem's tables have a row for: the CPU's, and cuDNN's for networks."""
    known = names_for(problem)
    return (*known, "cudnn") if known == CONVOLUTIONS else known


def lookup(runtime, name, problem):
    """The algorithm of that name for `problem`, None for a name without a room."""
    return next((a for a in registry(runtime) if a.name == name and a.serves(problem)), None)
