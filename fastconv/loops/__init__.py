"""Loops over tiles: the one place of OpenMP, between the algorithms and the C kernels."""

import os


def _built():
    """Return whether the extensions of this folder were ever compiled."""
    from importlib.machinery import EXTENSION_SUFFIXES

    return any(os.path.exists(f"{__path__[0]}/epilogue{suffix}") for suffix in EXTENSION_SUFFIXES)


# GCC's OpenMP lets idle threads spin for some milliseconds before they sleep. Where another
# library's threads (BLAS, say) spin too, a call then waits for whole time slices of the scheduler:
# on two cores 16 ms instead of 1. So many turns still join calls that follow at once. The variable
# is read when the first extension loads OpenMP; nobody else shall see it, and who has set one of
# these knows better.
_SPINS = {"GOMP_SPINCOUNT": "5000"}
if "OMP_WAIT_POLICY" in os.environ or "GOMP_SPINCOUNT" in os.environ:
    _SPINS = {}
os.environ.update(_SPINS)
try:
    from . import epilogue as _first  # noqa: F401
except ImportError:
    if _built():
        raise
    _root = os.path.dirname(os.path.dirname(os.path.abspath(__path__[0])))
    raise ImportError(
        f"fastconv is not built in {_root}: run `make build`, or leave this folder to import the "
        "installed one"
    ) from None
finally:
    for _name in _SPINS:
        del os.environ[_name]
