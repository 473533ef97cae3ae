"""Calls of a face: what was found for a shape, a dtype and settings is kept for the next one."""

import numbers

import numpy as np

from .. import config
from ..algorithms.base import FILTERS
from ..calls import recent
from ..config import run_threads
from ..forwarding import ENGINE_DIMS
from ..planner.cache import Cache
from ..problem.arguments import choice
from . import integers, separated
from .lines import checked_fill
from .outputs import answer, by_scipy, target_dtype

_FLOATS = "fd"
_INTEGERS = "bBhH"
#: weights of so many bytes are known again by their values
_KNOWN_BYTES = 1 << 16
_kept = Cache(1024)
#: what the calls of faces have in common in `recent`
_FACE = ("ndimage",)
#: stands for a value that cannot be part of a key
_UNKNOWN = object()


class Recipe:
    """How one call is answered: ``run(x, out, num_threads)`` on an x of dtype `given`.

    The result has dtype `dtype`. `rereads`: SciPy's reads the input again after it has written to
    the output, which shows where they are the same. `unsure` says of a result that SciPy's may
    differ.
    """

    __slots__ = ("dtype", "given", "rereads", "run", "unsure")

    def __init__(self, run, given, dtype, rereads=False, unsure=None):
        self.run, self.given, self.dtype = run, given, dtype
        self.rereads, self.unsure = rereads, unsure


def answered(name, input, settings, output, algorithm, num_threads, make, arguments, names=FILTERS,
             weights=None, **keywords):  # fmt: skip
    """The result of a face.

    Parameters
    ----------
    name : str
        Of the function in `scipy.ndimage`.
    input : array_like
    settings : tuple
        All that the recipe depends on, besides the input's shape and dtype, the output's dtype and
        the values of the weights.
    output : ndarray, dtype_like or None
    algorithm, num_threads
    make : callable
        ``make(shape, dtype, target, algorithm)`` returns a `Recipe`, None for what SciPy is to do;
        `target` is the output's dtype if one is given, else None.
    arguments, keywords
        Of SciPy's function.
    weights : ndarray, optional
        Whose values the recipe depends on.
    """
    arrays, valued = (input, output, weights), -1 if weights is None else 2
    epoch = config.epoch()
    if algorithm == "auto":
        recipe = recent.find(name, arrays, settings, _FACE, epoch, valued)
        if recipe is not None:
            result = _run(recipe, input, output, num_threads)
            if result is not None:
                return result if output is None else answer(result, output)
    x = np.asarray(input)
    recipe = None
    if algorithm != "auto":
        choice("algorithm", algorithm, ("auto", *names))
    if algorithm != "scipy":
        recipe = _recall(name, x, _with_values(settings, weights), output, algorithm, make)
    if recipe is not None:
        result = _run(recipe, x, output, num_threads)
        if result is not None:
            if algorithm == "auto":
                recent.keep(name, arrays, settings, _FACE, epoch, recipe, valued)
            return answer(result, output)
    return by_scipy(name, arguments, algorithm, num_threads, names, **keywords)


def _with_values(settings, weights):
    """The settings, and small weights as bytes that can be part of a key."""
    if weights is None:
        return settings
    if weights.nbytes > _KNOWN_BYTES or weights.dtype.char == "O":
        return (*settings, _UNKNOWN)
    return (*settings, weights.tobytes(), weights.shape, weights.dtype.str)


def _run(recipe, x, output, num_threads):
    """The result in the recipe's dtype, None where SciPy is to be asked."""
    out = None
    if isinstance(output, np.ndarray):
        shared = np.may_share_memory(output, x)
        if shared and recipe.rereads:
            return None
        if not shared and output.dtype == recipe.dtype and output.flags.carray:
            out = output
    if num_threads is not None:
        run_threads(num_threads)
    if x.dtype is not recipe.given:
        x = np.asarray(x, recipe.given)
    result = recipe.run(x, out, num_threads)
    return None if recipe.unsure and recipe.unsure(result) else result


def _recall(name, x, settings, output, algorithm, make):
    described = frozen(settings)
    target = output if output is None else target_dtype(output, x.dtype)
    if target is not None:
        target = target.newbyteorder("=")
    key = None
    if described is not _UNKNOWN and isinstance(algorithm, str):
        key = (name, x.shape, x.dtype, described, target, algorithm, config.epoch())
        recipe = _kept.entries.get(key, _UNKNOWN)
        if recipe is not _UNKNOWN:
            return recipe if _shaped(output, x) else None
    recipe = None
    if x.size and 0 < x.ndim <= ENGINE_DIMS and (target is not None or output is None):
        recipe = make(x.shape, x.dtype.newbyteorder("="), target, algorithm)
    if key is not None:
        _kept.insert(key, recipe)
    return recipe if _shaped(output, x) else None


def _shaped(output, x):
    """Whether SciPy has no error for the shape of an `output` that is an array."""
    if output is None or isinstance(output, (type, np.dtype, str)):
        return True
    return np.shape(output) == x.shape


def frozen(value):
    """`value` as part of a key that other types do not equal; `_UNKNOWN` where there is none."""
    if value is None or isinstance(value, (str, bytes)):
        return value
    if isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim == 1):
        entries = tuple(frozen(v) for v in value)
        return _UNKNOWN if _UNKNOWN in entries else entries
    if isinstance(value, numbers.Number):
        return type(value), value
    return _UNKNOWN


def of_lines(terms, cval, *arguments, trait="r1", combine=separated.Added):
    """`make` of `answered` for a filter whose ``terms(ndim, *arguments)`` are lines of weights."""

    def make(shape, dtype, target, algorithm):
        target = dtype if target is None else target
        if dtype.char not in _FLOATS + _INTEGERS:
            return None
        fill = checked_fill(cval, False)
        lines = None if fill is None else terms(len(shape), *arguments)
        if lines is None:
            return None
        if not any("constant" in line.mode for term in lines for line in term):
            fill = 0.0
        if dtype.char in _INTEGERS:
            run = _of_integers(shape, dtype, target, lines, fill, algorithm, trait, combine)
            return None if run is None else Recipe(run, dtype, target)
        if target.char not in _FLOATS:
            return None
        compute = np.result_type(dtype, target)
        run = separated.filtering(shape, compute, lines, fill, algorithm, trait, combine)
        return None if run is None else Recipe(run, compute, compute, len(lines) > 1)

    return make


def _of_integers(shape, dtype, target, terms, fill, algorithm, trait, combine):
    if algorithm != "auto" or combine is not separated.Added:
        return None
    if len(terms) == 1:
        return integers.filtering(shape, dtype, target, terms[0], fill, trait == "box")
    return integers.cross(shape, dtype, target, terms, fill)
