"""Bounded, thread-safe caches, and the list of all caches that `release_memory` empties.

Reading takes no lock; writing drops the oldest entries.
"""

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


class TableCache:
    """A dictionary of tables that together take at most `most_bytes`.

    Parameters
    ----------
    most_bytes : int
        Bytes of all tables. A table of more than a quarter of them is not kept.
    """

    def __init__(self, most_bytes):
        self.most_bytes = most_bytes
        self.bytes = 0
        self.entries = {}
        self._lock = threading.Lock()
        _all.add(self)

    def insert(self, key, table):
        """Add a table, which has an attribute `nbytes`, and drop the oldest ones."""
        if 4 * table.nbytes > self.most_bytes:
            return
        with self._lock:
            if key in self.entries:
                return
            while self.entries and self.bytes + table.nbytes > self.most_bytes:
                self.bytes -= self.entries.pop(next(iter(self.entries))).nbytes
            self.entries[key] = table
            self.bytes += table.nbytes

    def clear(self):
        """Drop all tables."""
        with self._lock:
            self.entries.clear()
            self.bytes = 0


def known(cache):
    """Return `cache`, after telling `clear_all` to empty it as well."""
    _all.add(cache)
    return cache


def clear_all():
    """Empty every cache."""
    for cache in list(_all):
        cache.clear()
