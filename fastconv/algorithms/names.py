"""The permanent names of algorithms, and which of them a problem's tables list."""

from ..problem import ConvProblem, ResampleProblem
from ..problem.morphology import OPS as MORPHOLOGICAL
from ..problem.morphology import SUMMED_OPS
from .kinds import is_filter

#: what tables, wisdom and `algorithm=` call the algorithms of convolutions, best known first
CONVOLUTIONS = (
    "naive", "direct", "im2col", "implicit_gemm", "winograd_f2", "winograd_f4", "winograd_f6",
    "fft", "fft_tiled", "separable", "low_rank", "box",
)  # fmt: skip
#: names for the problems of the SciPy faces
FILTERS = (*CONVOLUTIONS, "scipy")
#: names for poolings
POOLINGS = ("naive", "direct")
#: names for forward maxima and minima, whose windows may be large
MAXIMA = (*POOLINGS, "doubling", "van_herk")
#: names for maximum and minimum filters
EXTREMA = (*MAXIMA, "scipy")
#: names for changes of the sampling rate
RESAMPLINGS = ("naive", "polyphase", "scipy")
#: names for medians and other ranks
RANKS = ("naive", "sorting", "ordinal", "histogram", "scipy")
#: names for other functions of images
_NAMES = {
    **dict.fromkeys((*MORPHOLOGICAL, *SUMMED_OPS), EXTREMA),
    **{f"ndimage.{m}_filter{d}": EXTREMA for m in ("maximum", "minimum") for d in ("", "1d")},
    **{f"ndimage.{m}_filter": RANKS for m in ("median", "percentile", "rank")},
}


def names_for(problem):
    """Return the permanent names that a problem's tables have a row for."""
    if isinstance(problem, ConvProblem):
        return CONVOLUTIONS
    if problem.op in _NAMES:
        return _NAMES[problem.op]
    if isinstance(problem, ResampleProblem):
        return RESAMPLINGS
    if is_filter(problem):
        return FILTERS
    maxima = problem.op in ("max_pool", "adaptive_max_pool", "min_pool") and problem.kind == "fwd"
    return MAXIMA if maxima else POOLINGS
