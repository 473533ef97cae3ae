"""What is made of weights, kept for images of other sizes."""

from typing import NamedTuple

from ..caches import TableCache

#: bytes of weights that are kept, and of all that is made of them
_MOST_WEIGHTS, _MOST = 1 << 16, 1 << 22
_kept = TableCache(_MOST)


class _Entry(NamedTuple):
    made: object
    nbytes: int


def kept_by_value(make, weights, *given):
    """Return ``make(weights, *given)``, which may be kept from an earlier call.

    Parameters
    ----------
    make : callable
        What it returns has an attribute `nbytes`, or is None. It does not change.
    weights : ndarray of float64
        Its values and its shape decide.
    *given
        Hashable.
    """
    if weights.nbytes > _MOST_WEIGHTS:
        return make(weights, *given)
    key = make, weights.shape, weights.tobytes(), given
    entry = _kept.entries.get(key)
    if entry is None:
        made = make(weights, *given)
        nbytes = weights.nbytes + (0 if made is None else made.nbytes)
        entry = _Entry(made, nbytes)
        _kept.insert(key, entry)
    return entry.made
