"""Test the bounded caches, and that `release_memory` empties them."""

import numpy as np

import fastconv as fc
from fastconv.caches import Cache, TableCache


def test_the_oldest_entries_are_dropped():
    cache = Cache(2)
    for key in "abc":
        cache.insert(key, key.upper())
    assert cache.entries == {"b": "B", "c": "C"}
    fc.release_memory()
    assert not cache.entries


def test_tables_are_counted_by_bytes():
    tables = TableCache(1000)
    tables.insert("large", np.zeros(251, np.uint8))
    assert not tables.entries
    for key in range(5):
        tables.insert(key, np.zeros(240, np.uint8))
        tables.insert(key, np.zeros(100, np.uint8))  # is known already
    assert list(tables.entries) == [1, 2, 3, 4] and tables.bytes == 960
    fc.release_memory()
    assert not tables.entries and tables.bytes == 0
