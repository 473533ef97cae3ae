"""Make the function that takes the place of another.

It computes by fastconv what the original computes, and is the original in everything else: its
signature, its types, dtypes, warnings and errors. Whatever fastconv refuses, the original answers.
"""

from functools import update_wrapper
from importlib import import_module
from threading import local
from time import perf_counter
from types import FunctionType

import numpy as np

from ..calls.forward import handed
from ..errors import FatalCall
from ..originals import original
from . import counts

#: modules whose functions are replaced, and the modules with the functions that replace them
PLACES = {
    "numpy": f"{__package__}.lines",
    "scipy.signal": "fastconv.signal",
    "scipy.ndimage": "fastconv.ndimage",
    "astropy.convolution": "fastconv.astropy",
}
#: keywords of fastconv's functions that the originals do not have
_OURS = frozenset(("algorithm", "num_threads", "out", "lags"))
#: packages whose arrays the originals convert to plain arrays, as fastconv does
_CONVERTED = frozenset(("builtins", "numpy", "pandas"))
#: packages whose objects and subclasses of arrays fastconv's functions for a module take
_TAKEN = {"astropy.convolution": frozenset(("astropy", "numpy"))}
_CLASSES = frozenset((
    np.ndarray, np.memmap, list, tuple, int, float, complex, bool, str, type, type(None),
))  # fmt: skip


def _has_feedback(b=None, a=1, *rest, **others):
    """Return whether a filter has feedback, which SciPy runs."""
    return len(a) > 1 if isinstance(a, (list, tuple)) else getattr(a, "size", 1) > 1


#: calls that are handed back at once, by the full name of the function
_REFUSED = {
    "scipy.signal.lfilter": _has_feedback,
    "scipy.signal.filtfilt": _has_feedback,
}
#: replacements that were made, by the full name of the function
_made = {}


class _Inside(local):
    """Whether a replacement runs in this thread. What the originals call is theirs."""

    now = False


_inside = _Inside()


def names_of(place):
    """Return the names of the functions that fastconv puts into a module."""
    room = import_module(PLACES[place])
    functions = {n: f for n, f in vars(room).items() if isinstance(f, FunctionType)}
    return tuple(
        n for n, f in functions.items()
        if not n.startswith("_") and f.__module__.startswith(room.__name__)
    )  # fmt: skip


def foreign(value, taken=frozenset()):
    """Return whether an argument is for the original: of a subclass or of another library.

    An array of another library may have rules of its own for the call, as may a subclass of
    NumPy's arrays. `np.memmap` has none.

    Parameters
    ----------
    value : object
    taken : frozenset of str, optional
        Packages whose classes fastconv's function takes nevertheless.
    """
    kind = type(value)
    if kind in _CLASSES:
        return False
    package = kind.__module__.partition(".")[0]
    if package in taken:
        return False
    return isinstance(value, np.ndarray) or package not in _CONVERTED


def replacement_of(place, name):
    """Return the replacement of the function that a module has as `name` now, or had before."""
    theirs = original(place, name)
    made = _made.get((place, name))
    if made is None or made.__wrapped__ is not theirs:
        made = _made[place, name] = _replacement(place, name, theirs)
    return made


def by_name(name):
    """Return the replacement with this name in `functions`, or None."""
    for place in PLACES:
        prefix = place.replace(".", "_") + "_"
        if name.startswith(prefix):
            function = name.removeprefix(prefix)
            return replacement_of(place, function) if function in names_of(place) else None
    return None


def _replacement(place, name, theirs):
    """Return the function that takes the place of `theirs`."""
    ours = getattr(import_module(PLACES[place]), name)
    full = f"{place}.{name}"
    row, refused = counts.row_of(full), _REFUSED.get(full)
    taken = _TAKEN.get(place, frozenset())

    def replacement(*args, **kwargs):
        if _inside.now or not replacement.active:
            return theirs(*args, **kwargs)
        before, ended = handed.count, False
        start = perf_counter()
        _inside.now = True
        try:
            try:
                if not (_theirs(args, kwargs, taken) or (refused and refused(*args, **kwargs))):
                    return ours(*args, **kwargs)
            except FatalCall:
                raise
            except Exception:
                if handed.count != before:  # it is the original's
                    raise
            ended = True
            return theirs(*args, **kwargs)
        finally:
            _inside.now = False
            counts.add(row, perf_counter() - start, ended or handed.count != before)

    update_wrapper(replacement, theirs)
    replacement.__module__ = f"{__package__}.functions"
    replacement.__qualname__ = full.replace(".", "_")
    replacement.active = False
    return replacement


def _theirs(args, kwargs, taken):
    """Return whether the original must answer, whatever fastconv can do."""
    if kwargs:
        if not _OURS.isdisjoint(kwargs):
            return True
        if any(foreign(v, taken) for v in kwargs.values()):
            return True
    return any(foreign(v, taken) for v in args)


