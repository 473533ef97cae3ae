"""Problems: what is to be computed, apart from the values. Shapes, validation, names.

=========================  ================================================================
`arrays`                   what counts as an array, dtypes of results
`arguments`                ints, tuples, padding, names as callers write them
`limits`                   arrays that cannot exist, refused by name
`geometry`                 `Stencil` and `Axis`: the one geometry of every convolution kernel
`gaps`                     axes whose windows lie far apart, drawn together
`convolution`              `ConvProblem`
`pooling`                  `PoolProblem`
`filtering`                `FilterProblem`: convolution and correlation, SciPy's way of asking
`separable`, `kernels1d`   `SeparableProblem`: image filters given as 1-D kernels
`extremum`                 `ExtremumProblem`: maximum and minimum filters
`resampling`               `ResampleProblem`: upfirdn
`forwarded`                `ForwardedProblem`: what SciPy alone answers
`scipy_arguments`          arguments as SciPy's functions accept them
`request`                  what validation returns
`factors`                  kernels as sums of outer products
`validate_*`               from a function's arguments to a `Request`
`ops`                      the table of all functions
`keys`                     the grammar of problem keys
`traits`                   what a weight's values allow
=========================  ================================================================
"""

import re

from ..errors import shown
from . import convolution, extremum, filtering, pooling, resampling, separable
from .convolution import ConvProblem
from .extremum import ExtremumProblem
from .filtering import FilterProblem
from .forwarded import ForwardedProblem
from .geometry import Axis, Stencil
from .keys import Tokens
from .ops import OPS, REQUIRED
from .pooling import PoolProblem
from .request import Request
from .resampling import ResampleProblem
from .separable import SeparableProblem

__all__ = [
    "OPS", "REQUIRED", "Axis", "ConvProblem", "ExtremumProblem", "FilterProblem",
    "ForwardedProblem", "PoolProblem", "Request", "ResampleProblem", "SeparableProblem", "Stencil",
    "parse",
]  # fmt: skip

#: the problems of the SciPy faces, by the op that a key begins with
_FACES = {
    op: problem
    for module, problem in (
        (filtering, FilterProblem), (separable, SeparableProblem), (extremum, ExtremumProblem),
        (resampling, ResampleProblem),
    )
    for op in module.OPS
}  # fmt: skip


def parse(key):
    """Turn a problem key back into the problem: ``parse(p.key()) == p``.

    Raises
    ------
    ValueError
        `key` is not a problem key; the message says where it fails.
    """
    if not isinstance(key, str):
        raise TypeError(f"key must be a str, got {shown(key)}")
    head, *parts = key.split("_")
    op = head.replace("-", "_")  # an underscore ends a token
    if op in OPS and parts[:1] == ["scipy"]:
        return ForwardedProblem.from_tokens(op, Tokens(key, parts))
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
