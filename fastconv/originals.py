"""SciPy's and NumPy's own functions, also while `fastconv.accel` has replaced them.

SciPy's packages are imported by the first call that needs them, so that `import fastconv` is fast.
"""

from importlib import import_module

#: functions that are replaced at present, by the module's name and theirs
_replaced = {}


def original(module, name):
    """Return the attribute `name` of a module, before any replacement.

    Parameters
    ----------
    module : str
        Full name of the module: ``scipy.signal``.
    name : str

    Raises
    ------
    AttributeError
        If the module has no such attribute.
    """
    found = _replaced.get((module, name))
    return getattr(import_module(module), name) if found is None else found


def keep(module, name, function):
    """Keep the function that a module has as `name`, before it is replaced."""
    _replaced[module, name] = function


def forget(module, name):
    """Forget what `keep` kept, after the function is in its place again."""
    del _replaced[module, name]
