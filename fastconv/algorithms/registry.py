"""All algorithms, in one explicit order. The last one supports everything."""

from ..caches import Cache
from .bordered import Bordered
from .box import Box
from .direct import Direct
from .exact import Exact
from .fft import Fft
from .fft_tiled import FftTiled
from .footprint import DirectFootprint, DirectStructure, DoublingFootprint, NaiveFootprint
from .grad import BiasSums, WeightProducts, WeightTaps
from .half import Halves
from .im2col import Im2col
from .implicit_gemm import ImplicitGemm
from .integer import IntegerBox, IntegerDirect, IntegerSeparable
from .integer_naive import IntegerNaive
from .kinds import kind_of, of_all_sizes, pattern_of
from .lines import DirectLines
from .local import LocalConvolution
from .lp import PowerNorms
from .matching import Matching
from .missing import Missing
from .morphology import Morphology
from .naive import Naive
from .names import MAXIMA, names_for
from .ordinal import Ordinal
from .planar import Planar
from .polyphase import NaiveResampling, Polyphase
from .pool_backward import AverageGradient, ByIndices, Maxout, Weighted
from .pooling import DirectPooling, Doubling, VanHerk
from .rounded import RoundedDirect, RoundedNaive
from .scipy import Scipy
from .separable import LowRank, Separable
from .settled import Settled
from .sorting import Histogram, NaiveRank, Sorting
from .stepwise import Stepwise
from .stride_phases import StridePhases
from .structure import NaiveStructure
from .tiled import Tiled
from .turned import Turned
from .unfold import Unfold
from .winograd import WINOGRADS

#: algorithms that compute features from an image, of which only the last has complex numbers, and
#: those of gradients: images, and weights
_PRODUCTS = (Direct(), Im2col(), ImplicitGemm(), *WINOGRADS)
_FORWARD = (*_PRODUCTS, FftTiled())
_BACKWARD = (*map(StridePhases, _FORWARD), WeightProducts(), WeightTaps())

#: what depends on the values of the weight
_BY_VALUES = (Separable(), LowRank(), Box())
_POOLINGS = (DirectPooling(), Doubling(), VanHerk())
_NAIVE = Naive()

#: what filters images along axes of which some may be short
_STEPWISE = (*map(Stepwise, _BY_VALUES),)
_EXTREMA = (*map(Bordered, _POOLINGS),)
_FOOTPRINTS = (
    DirectFootprint(), DoublingFootprint(), NaiveFootprint(), DirectStructure(), NaiveStructure()
)  # fmt: skip
_WINDOWS = (*map(Turned, _EXTREMA), *_EXTREMA, Bordered(_NAIVE), *_FOOTPRINTS)
_INTEGER = (IntegerDirect(), IntegerSeparable(), IntegerBox())

#: what convolves arrays with missing elements, and what takes over where the former is not exact
_CONVOLUTIONS = (*_FORWARD, Fft(), *_BY_VALUES, _NAIVE)
_CONTAINED = (*_PRODUCTS[:3], Fft(), _NAIVE)

#: what integers are computed by as well
_REALS = (
    LocalConvolution(),
    *map(Tiled, (*_FORWARD, *_BACKWARD)),
    *_BACKWARD,
    BiasSums(),
    *_FORWARD,
    Fft(),
)

REGISTRY = (
    DirectLines(),
    *(Exact(a) for a in _REALS if a.growth is not None),
    *map(Turned, (*_PRODUCTS[:3], FftTiled(), *_BY_VALUES, *_STEPWISE, *_EXTREMA, *_INTEGER)),
    *map(Planar, (*_PRODUCTS, *_BACKWARD)),
    *_REALS,
    *_BY_VALUES,
    *map(Halves, (Unfold(), PowerNorms(), AverageGradient(), ByIndices(), *_POOLINGS)),
    Unfold(),
    PowerNorms(),
    AverageGradient(),
    ByIndices(),
    Maxout(),
    Weighted(),
    *_POOLINGS,
    *map(Stepwise, (*_FORWARD, Fft())),
    *_STEPWISE,
    Stepwise(_NAIVE),
    *_EXTREMA,
    Bordered(_NAIVE),
    *_FOOTPRINTS,
    *(Morphology([a for a in _WINDOWS if a.name == name]) for name in MAXIMA),
    Sorting(),
    Ordinal(),
    Histogram(),
    NaiveRank(),
    *_INTEGER,
    IntegerNaive(),
    RoundedDirect(),
    RoundedNaive(),
    Settled(FftTiled()),
    *(Missing(a, _CONTAINED) for a in _CONVOLUTIONS),
    Polyphase(),
    NaiveResampling(),
    *map(Matching, (*_FORWARD, Fft(), _NAIVE)),
    Scipy(),
    _NAIVE,
)

#: why a family's tables have rows for names that no algorithm of the family bears
_ABSENT = {
    "integer": "only 'direct', 'fft_tiled', 'separable', 'box', 'naive' and 'scipy' filter images "
    "of integers",
    "rounded": "only 'direct', 'fft_tiled' and 'naive' convert sums to integers",
    "missing": "scipy.signal's functions take no missing elements",
    "separable": "not for filters of 1-D kernels",
    "footprint": "windows without gaps only",
    "matching": "not for searches of templates",
    "structure": "flat structures only",
}


#: the order in which the automatic choice looks at algorithms. Those that are often the fastest
#: come first, as others are then left out at once
_TURNS = (
    "sorting", "histogram", "ordinal", "box", "separable", "direct", "implicit_gemm", "winograd_f4",
    "winograd_f2", "winograd_f6", "doubling", "van_herk", "polyphase", "low_rank", "fft_tiled",
    "fft", "im2col", "scipy", "naive",
)  # fmt: skip
#: for each kind of problem that was met: algorithms by name, and in turn
_serving = {}
#: for patterns of problems: the algorithms that may run, and those of which sizes decide it
_able_patterns = Cache(1024)
_able = _able_patterns.entries


def serving(problem):
    """Return the algorithms that serve `problem`, by name, in the order of its tables.

    A name without an algorithm has None. Where a name stands for several algorithms, it is the
    first that serves the problem.
    """
    return _served(problem)[0]


def in_turn(problem):
    """Return ``(position in tables, algorithm)`` of the algorithms that suit `problem`.

    Likely choices come first.
    """
    return _served(problem)[1]


def able(problem):
    """Return what the choice may take of `in_turn`, as far as the problem's pattern says.

    Returns
    -------
    tuple of (int, Algorithm, bool)
        Position in tables, algorithm, and whether the sizes of the problem decide if it may run.
    """
    return of_all_sizes(problem, "able", _able_of)


def _able_of(problem):
    pattern = pattern_of(problem)
    if pattern is None:
        return tuple([(i, algorithm, True) for i, algorithm in in_turn(problem)])
    found = _able.get(pattern)
    if found is None:
        found = tuple(
            (i, algorithm, algorithm.sized)
            for i, algorithm in in_turn(problem)
            if algorithm.sized or may_run(algorithm, problem)
        )
        _able_patterns.insert(pattern, found)
    return found


def may_run(algorithm, problem):
    """Return whether the automatic choice may take an algorithm."""
    return algorithm.hesitates(problem) is None and algorithm.supports(problem) is None


def _served(problem):
    kind = kind_of(problem)
    found = _serving.get(kind)
    if found is None:
        able = [a for a in REGISTRY if a.serves(problem)]
        rows = {n: next((a for a in able if a.name == n), None) for n in names_for(problem)}
        turns = [(i, a) for i, a in enumerate(rows.values()) if a is not None and a.suits(problem)]
        turns.sort(key=lambda row: _TURNS.index(row[1].name) if row[1].name in _TURNS else -1)
        found = _serving[kind] = rows, tuple(turns)
    return found


def lookup(name, problem):
    """Return the algorithm of that name for `problem`, None for a name without one."""
    return _served(problem)[0].get(name)


def reason_against(name, problem):
    """Return None if the algorithm called `name` can run `problem`, else why not."""
    algorithm = lookup(name, problem)
    if algorithm is not None:
        return algorithm.supports(problem)
    if problem.family == "forwarded":
        return f"{problem.to!r} alone answers: {problem.reason}"
    return _ABSENT.get(problem.family, "not for problems of this kind")
