"""A bounded, thread-safe cache. Reading takes no lock; writing drops the oldest entry."""

import threading
import weakref

_all = weakref.WeakSet()


class Cache:
    """A dictionary of at most `size` entries.

    Callers read `entries` themselves: one look-up is atomic under the interpreter's lock. Only
    inserting and dropping entries need a lock of their own.

    Parameters
    ----------
    size : int
    """

    def __init__(self, size):
        self.size = size
        self.entries = {}
        self._lock = threading.Lock()
        _all.add(self)

    def insert(self, key, value):
        """Add an entry, and drop the oldest one if there are too many."""
        with self._lock:
            while len(self.entries) >= self.size:
                self.entries.pop(next(iter(self.entries)), None)
            self.entries[key] = value

    def clear(self):
        """Drop all entries."""
        with self._lock:
            self.entries.clear()


def known(cache):
    """Return `cache`, after telling `clear_all` to empty it as well."""
    _all.add(cache)
    return cache


def clear_all():
    """Empty every cache."""
    for cache in list(_all):
        cache.clear()
