"""All algorithms of a device, in one explicit order. The last one supports everything."""

from functools import cache

from ..algorithms.names import CONVOLUTIONS, names_for
from .cudnn import Cudnn
from .direct import Direct
from .fft import Fft
from .im2col import Im2col
from .implicit_gemm import ImplicitGemm
from .naive import Naive
from .pooling import DirectPooling
from .separable import Separable
from .winograd import winograds


@cache
def registry(runtime):
    """Return the algorithms, bound to a runtime."""
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
    """Return the names that a problem's tables have a row for.

    They are the host's and, for convolutions of networks, cuDNN.
    """
    known = names_for(problem)
    return (*known, "cudnn") if known == CONVOLUTIONS else known


def lookup(runtime, name, problem):
    """Return the algorithm of that name for `problem`, None for a name without a module here."""
    return next((a for a in registry(runtime) if a.name == name and a.serves(problem)), None)
