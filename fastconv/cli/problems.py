"""Problems from the words of a command line.

The words are a problem key, or an op with its arrays as shapes and its options as ``name=value``::

    conv2d input=1,64,56,56 weight=64,64,3,3 padding=1 dtype=float32

A value is a Python literal (``1``, ``1,2``, ``((1,2),(0,1))``, ``True``, ``None``), ``inf``, or a
name (``same``).
"""

import ast

import numpy as np

from ..comparison import compare, compare_problem
from ..comparison.sample import sample
from ..errors import shown
from ..plans import OWN_DTYPES, plan, similar_ops
from ..problem import OPS, parse
from ..problem.arrays import Spec
from ..problem.ops import EXTENDED, op_for
from .output import UsageError, usage

#: Arguments of `plan` that are options of the commands, or have no meaning for them.
_NOT_HERE = ("algorithm", "effort", "time_limit", "accuracy", "workspace_limit")

HELP = (
    "a problem key, or an op with its arrays as shapes and its options, for example: conv2d "
    "input=1,64,56,56 weight=64,64,3,3 padding=1 dtype=float32"
)
_PAIRS = "arrays as shapes, options as Python literals, dtype=float32 for the arrays"


def add_problem(command):
    """Add the arguments that name a problem, and the options of all commands about problems."""
    command.add_argument("problem", help=HELP)
    command.add_argument("arguments", nargs="*", default=(), metavar="name=value", help=_PAIRS)
    command.add_argument("--accuracy", default="default", choices=("high", "default", "fast"))
    command.add_argument(
        "--workspace-limit", type=int, metavar="BYTES", help="scratch memory that a call may use"
    )
    add_threads(command)


def add_threads(command):
    """Add the argument for the number of threads."""
    command.add_argument(
        "--threads", type=int, metavar="N", help="threads to plan for and to run with"
    )


def problem_of(words):
    """Return the problem that the words of a command line name, or raise `UsageError`."""
    name, *pairs = words
    if name not in OPS:
        if pairs or "_" not in name or not any(c.isdigit() for c in name):
            raise UsageError(_unknown(name))
        with usage():
            problem = parse(name)
        if problem.family == "forwarded" and problem.to == "torch":
            raise UsageError(f"{shown(name)} is a call of fastconv.torch that torch computes")
        return problem
    with usage():
        return plan(name, **_named(name, pairs)).problem


def comparison_of(words, **settings):
    """Return the comparison of what the words of a command line name.

    Parameters
    ----------
    words : sequence of str
        An op, which is called as it is, or a problem key, whose call `fastconv.comparison.rebuilt`
        finds.
    **settings
        Arguments of `compare`.
    """
    problem = problem_of(words)
    name, *pairs = words
    with usage():
        if name not in OPS:
            return compare_problem(problem, **settings)
        given = _named(name, pairs)
        op = op_for(name, given)
        dtype = np.dtype(given.pop("dtype", np.float32))
        specs = [
            None if given.get(word) is None else Spec(tuple(given[word]), _dtype(word, dtype))
            for word in op.arrays
        ]
        arrays = sample(problem, op, specs, seed=0)
        return compare(name, **{**given, **dict(zip(op.arrays, arrays, strict=True))}, **settings)


def _dtype(word, dtype):
    """Return the dtype of the array `word`, where `dtype` is that of the op's arrays."""
    return np.dtype(OWN_DTYPES.get(word, dtype))


def _unknown(name):
    """Return the message for a name that is neither a key nor an op."""
    listed = ", ".join(similar_ops(name))
    return f"{shown(name)} is neither a problem key nor an op such as {listed}"


def _named(function, pairs):
    """Return the arguments of a function of `OPS` that ``name=value`` pairs give."""
    op = EXTENDED.get(function, OPS[function])
    named = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name.isidentifier():
            raise UsageError(f"{pair!r} is not a name=value pair")
        if name in _NOT_HERE:
            raise UsageError(f"{name} is not an argument of the op; --help lists what is allowed")
        if name in named:
            raise UsageError(f"{name} is given twice")
        named[name] = _shape(name, text) if name in op.arrays else literal(text)
    return named


def _shape(name, text):
    """Return the shape of an array, or None if the text is None."""
    value = literal(text)
    sizes = (value,) if type(value) is int else value  # bias=64
    if sizes is not None and not (
        isinstance(sizes, (tuple, list)) and all(type(n) is int for n in sizes)
    ):
        raise UsageError(f"{name} is {shown(text)}; it must be a shape, such as 1,64,56,56")
    return sizes


def literal(text):
    """Return the value of a Python literal or of ``inf``; any other text is returned as it is."""
    if text in ("inf", "-inf"):
        return float(text)
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
