"""Put replacements into the modules of NumPy and SciPy, and take them out again."""

from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from threading import RLock

from ..errors import shown
from ..originals import forget, keep
from . import counts
from .replacements import PLACES, names_of, replacement_of

_DEFAULT = tuple(PLACES)
_lock = RLock()
#: the replacements that are in place, by module
_placed = {}


def install(targets=("numpy", "scipy.signal", "scipy.ndimage", "astropy.convolution")):
    """Put fastconv's functions in the place of those of NumPy and SciPy.

    Parameters
    ----------
    targets : sequence of str
        Modules whose functions are replaced. The default is all four, without those that are not
        installed, or that fastconv has no functions for.

    Returns
    -------
    None

    Raises
    ------
    ValueError
        If a target has another name.
    ImportError
        If a target was named that is not installed, or that fastconv has no functions for.

    See Also
    --------
    installed : Does the same for a block of code.
    uninstall : Undoes it.
    report : Tells what the functions have done.

    Notes
    -----
    The attributes of these modules are replaced, and nothing else. A name that another module has
    imported before, by ``from scipy.ndimage import sobel``, is the original's, so install first.
    Results have the types, dtypes, warnings and errors of the originals, to which fastconv hands
    back what it does not compute.

    Examples
    --------
    >>> import fastconv.accel
    >>> import scipy.ndimage
    >>> fastconv.accel.install()
    >>> scipy.ndimage.sobel.__module__
    'fastconv.accel.functions'
    >>> fastconv.accel.uninstall()
    >>> scipy.ndimage.sobel.__module__
    'scipy.ndimage._filters'
    """
    named = targets != _DEFAULT
    targets = (targets,) if isinstance(targets, str) else tuple(targets)
    unknown = [t for t in targets if not (isinstance(t, str) and t in PLACES)]
    if unknown:
        raise ValueError(f"targets has {shown(unknown[0])}; allowed: {', '.join(PLACES)}")
    with _lock:
        wanted = [t for t in targets if _available(t, named)]
        if not _placed:
            counts.reset()
        for place in wanted:
            _put(place)


def uninstall():
    """Put the original functions back into their places.

    One call undoes any number of calls of `install`.

    Returns
    -------
    None

    See Also
    --------
    install : Replaces the functions.

    Notes
    -----
    A replacement that a module has imported meanwhile calls the original from now on. A function
    that another program has put in the place of a replacement stays.

    Examples
    --------
    >>> import fastconv.accel
    >>> fastconv.accel.uninstall()
    """
    with _lock:
        for place in tuple(_placed):
            _take(place)


@contextmanager
def installed(targets=("numpy", "scipy.signal", "scipy.ndimage", "astropy.convolution")):
    """Replace functions for a block of code, and restore the state before it.

    Parameters
    ----------
    targets : sequence of str
        As in `install`.

    Returns
    -------
    context manager
        Its value is None.

    Raises
    ------
    ValueError, ImportError
        Under the conditions that `install` lists.

    See Also
    --------
    install : Replaces the functions for good.

    Notes
    -----
    The functions are replaced for all threads.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv.accel
    >>> with fastconv.accel.installed():
    ...     np.convolve([1.0, 2.0, 3.0], [0.5, 0.5])
    array([0.5, 1.5, 2.5, 1.5])
    """
    with _lock:
        before = set(_placed)
        install(targets)
    try:
        yield
    finally:
        with _lock:
            for place in set(_placed) - before:
                _take(place)
            for place in before - set(_placed):
                _put(place)


def _available(place, named):
    """Return whether a target is there; refuse one that is not if it was named."""
    for module in (place, PLACES[place]):
        try:
            there = find_spec(module) is not None
        except ModuleNotFoundError:  # of the package that the module is in
            there = False
        if not there:
            if named:
                raise ImportError(f"targets has {place!r}, and there is no module {module}")
            return False
    return True


def _put(place):
    """Replace the functions of a module, unless they are replaced already."""
    if place in _placed:
        return
    module = import_module(place)
    new = {name: replacement_of(place, name) for name in names_of(place) if hasattr(module, name)}
    for name, replacement in new.items():
        keep(place, name, replacement.__wrapped__)
    for name, replacement in new.items():
        replacement.active = True
        setattr(module, name, replacement)
    _placed[place] = new


def _take(place):
    """Put the original functions of a module back."""
    module = import_module(place)
    for name, replacement in _placed.pop(place).items():
        if getattr(module, name, None) is replacement:
            setattr(module, name, replacement.__wrapped__)
        replacement.active = False
        forget(place, name)
