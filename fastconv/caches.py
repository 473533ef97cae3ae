"""Bounded, thread-safe caches, and the list of all caches that `release_memory` empties.

Reading takes no lock; writing drops the oldest entries.
"""

import os
import threading
import weakref

_all = weakref.WeakSet()
#: held by whoever adds to `_all` or goes through it, because other threads make caches meanwhile
_all_lock = threading.Lock()


class Cache:
    """A dictionary of at most `size` entries.

    Callers read `entries` themselves: one look-up is atomic, with the interpreter's lock or without
    it. Only inserting and dropping entries need a lock of their own.

    Parameters
    ----------
    size : int
    """

    def __init__(self, size):
        self.size = size
        self.entries = {}
        self._lock = threading.Lock()
        known(self)

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
        known(self)

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
    with _all_lock:
        _all.add(cache)
    return cache


def clear_all():
    """Empty every cache."""
    with _all_lock:
        caches = list(_all)
    for cache in caches:
        cache.clear()


def _after_fork():
    """Replace the locks in a forked child: threads that it does not have may hold them."""
    global _all_lock
    _all_lock = threading.Lock()
    for cache in list(_all):
        if hasattr(cache, "_lock"):
            cache._lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
