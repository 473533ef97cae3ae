"""The module in which pickle finds replacements, by names such as ``scipy_signal_convolve``.

A replacement that another process loads calls the original function, unless fastconv replaces it
there as well.
"""

from .replacements import by_name


def __getattr__(name):
    found = by_name(name)
    if found is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return found
