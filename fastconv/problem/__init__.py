"""Problems: what is to be computed, apart from the values. Shapes, validation, names.

=========================  ================================================================
`arrays`                   what counts as an array, dtypes of results
`arguments`                ints, tuples, padding, names as callers write them
`geometry`                 `Stencil` and `Axis`: the one geometry of every convolution kernel
`convolution`              `ConvProblem`
`pooling`                  `PoolProblem`
`filtering`                `FilterProblem`
`validate_*`               from a function's arguments to a `Request`
`ops`                      the table of all functions
`keys`                     the grammar of problem keys
`traits`                   what a weight's values allow
=========================  ================================================================
"""

import re

from ..errors import shown
from . import convolution, filtering, pooling
from .convolution import ConvProblem
from .filtering import FilterProblem
from .geometry import Axis, Stencil
from .keys import Tokens
from .ops import OPS, REQUIRED
from .pooling import PoolProblem
from .request import Request

__all__ = [
    "OPS", "REQUIRED", "Axis", "ConvProblem", "FilterProblem", "PoolProblem", "Request", "Stencil",
    "parse",
]  # fmt: skip


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
    if head in filtering.OPS:
        return FilterProblem.from_tokens(head, Tokens(key, parts))
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
