"""Problems: what a call computes, described without the values of its arrays.

A problem holds shapes, dtypes and options. This package validates the arguments of every public
function, makes the problem, and writes and reads the key that names it.

=========================  ================================================================
`records`                  small objects that are made fast
`channels_last`            arrays with the channels of a pixel side by side
`arrays`                   what counts as an array, dtypes of results
`arguments`                checks of ints, tuples, padding and names that callers pass
`limits`                   refuses arrays that are larger than the memory
`window_limits`            the same for windows of image filters, given by sigma or size
`geometry`                 `Stencil` and `Axis`: the geometry that all convolution kernels share
`gaps`                     makes axes compact whose windows lie far apart
`convolution`              `ConvProblem`: a convolution of a network, or a gradient
`pooling`                  `PoolProblem`: also unpooling, maxout, unfold and fold
`filtering`                `FilterProblem`: convolution and correlation of N-D arrays
`missing`                  filters with missing elements, as filters of two images
`results`                  how sums become integers
`separable`, `kernels1d`   `SeparableProblem`: image filters given as 1-D kernels
`extremum`                 `ExtremumProblem`: maximum and minimum filters
`footprint`                `FootprintProblem`: the same with windows that have gaps, or a structure
`morphology`               `MorphologyProblem`: erosions and dilations in turn
`ranks`                    `RankProblem`: medians and other ranks
`window`                   `WindowProblem`: what these five have in common
`resampling`               `ResampleProblem`: upfirdn and resample_poly
`matching`                 `MatchProblem`: match_template, and its validation
`forwarded`                `ForwardedProblem`: a call that only SciPy or torch can compute
`scipy_arguments`          checks of arguments that follow SciPy's rules
`scipy_faults`             refuses calls that stop the process inside of SciPy
`lags`                     the lags of `signal.correlate`
`request`                  `Request`: a problem, and how arrays become its operands
`filter_requests`          requests of filters: their arrays as operands, and results as arrays
`resized`                  requests of calls that differ from an earlier one in sizes only
`turned`                   image filters with short last axes, as filters with these in front
`factors`                  splits kernels into outer products of vectors
`validate_convolution`     arguments of convolutions and their gradients to a `Request`
`validate_pooling`         the same for poolings, maxout, unfold and fold
`pool_arguments`           windows, norms and indices that these have in common
`validate_filtering`       the same for `convolve` and `correlate`
`validate_missing`         the same for these two with missing elements
`validate_results`         the same for these two with a dtype for the result
`validate_images`          the same for `scipy.ndimage`'s weighted sums
`validate_extrema`         the same for its maximum and minimum filters
`validate_morphology`      the same for its erosions and dilations
`validate_ranks`           the same for its medians, percentiles and ranks
`validate_signals`         the same for `scipy.signal`'s functions
`validate_fir`, `savgol`   the same for its filters without feedback
`validate_rates`           the same for `resample_poly` and `decimate`
`op`                       `Op`: one function, with its arrays, options and validation
`ops`                      `OPS`, the table of all functions
`keys`                     the grammar of problem keys
`traits`                   finds structure in a weight: constant, an outer product, low rank
=========================  ================================================================
"""

import re

from ..errors import shown
from . import (
    convolution,
    extremum,
    filtering,
    matching,
    morphology,
    pooling,
    ranks,
    resampling,
    separable,
)
from .convolution import ConvProblem
from .extremum import ExtremumProblem
from .filtering import FilterProblem
from .footprint import FootprintProblem, StructureProblem
from .forwarded import ForwardedProblem
from .geometry import Axis, Stencil
from .keys import Tokens
from .matching import MatchProblem
from .morphology import MorphologyProblem
from .op import REQUIRED
from .ops import OPS
from .pooling import PoolProblem
from .ranks import RankProblem
from .request import Request
from .resampling import ResampleProblem
from .separable import SeparableProblem

__all__ = [
    "OPS", "REQUIRED", "Axis", "ConvProblem", "ExtremumProblem", "FilterProblem",
    "FootprintProblem", "ForwardedProblem", "MatchProblem", "MorphologyProblem", "PoolProblem",
    "RankProblem", "Request", "ResampleProblem", "SeparableProblem", "Stencil", "StructureProblem",
    "parse",
]  # fmt: skip

#: the problem class of each function of the SciPy faces
_FACES = {
    op: problem
    for module, problem in (
        (filtering, FilterProblem), (separable, SeparableProblem), (extremum, ExtremumProblem),
        (resampling, ResampleProblem), (matching, MatchProblem),
        (morphology, MorphologyProblem),
        (ranks, RankProblem),
    )
    for op in module.OPS
} | dict.fromkeys(morphology.SUMMED_OPS, StructureProblem)  # fmt: skip


def parse(key):
    """Return the problem that a key names: ``parse(p.key()) == p``.

    Parameters
    ----------
    key : str
        A problem key; `fastconv.problem.keys` describes its grammar.

    Raises
    ------
    ValueError
        If `key` is not a problem key. The message names the part that is wrong.
    """
    if not isinstance(key, str):
        raise TypeError(f"key must be a str, got {shown(key)}")
    head, *parts = key.split("_")
    op = head.replace("-", "_")  # in keys, an underscore separates tokens
    if op in OPS and parts[:1] in (["scipy"], ["torch"]):
        return ForwardedProblem.from_tokens(op, Tokens(key, parts))
    if op in extremum.OPS and any(part.startswith("marks-") for part in parts):
        return FootprintProblem.from_tokens(op, Tokens(key, parts))
    if op in _FACES:
        return _FACES[op].from_tokens(op, Tokens(key, parts))
    match = re.fullmatch(r"([a-z_]+?)([123])d_([a-z]+)_(.*)", key)
    if not match:
        raise ValueError(f"key {shown(key)} is not a problem key: no known op at its head")
    op, _, kind, rest = match.groups()
    tokens = Tokens(key, rest.split("_"))
    if op in convolution.OPS and kind in convolution.KINDS:
        problem = ConvProblem.from_tokens(op, kind, tokens)
    elif op in pooling.OPS and kind in ("fwd", "input"):
        problem = PoolProblem.from_tokens(op, kind, tokens)
    else:
        tokens.fail(f"unknown op {op!r} or kind {kind!r}")
    if problem.dims != int(match[2]):
        tokens.fail(f"sizes have {problem.dims} entries")
    return problem
