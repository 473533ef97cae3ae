"""Loops over tiles: the one place of OpenMP, between the algorithms and the C kernels."""

import os

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
finally:
    for _name in _SPINS:
        del os.environ[_name]
