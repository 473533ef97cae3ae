"""A bounded, thread-safe cache: reading takes no lock, writing evicts the oldest entry."""

import threading
import weakref

_all = weakref.WeakSet()


class Cache:
    """A dictionary of at most `size` entries.

    Look-ups go to `entries` directly: one dictionary look-up is atomic under the interpreter's
    lock, and only insertion and eviction have to agree.
    """

    def __init__(self, size):
        self.size = size
        self.entries = {}
        self._lock = threading.Lock()
        _all.add(self)

    def insert(self, key, value):
        with self._lock:
            while len(self.entries) >= self.size:
                self.entries.pop(next(iter(self.entries)), None)
            self.entries[key] = value

    def clear(self):
        with self._lock:
            self.entries.clear()


def known(cache):
    """`cache`, which `clear_all` is to empty as well."""
    _all.add(cache)
    return cache


def clear_all():
    """Empty every cache that there is."""
    for cache in list(_all):
        cache.clear()
