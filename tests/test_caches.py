"""Test the bounded caches, and that `release_memory` empties them."""

import numpy as np

import fastconv as fc
from fastconv.algorithms import kept
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


def test_what_is_made_of_weights_is_kept_in_a_few_bytes():
    made = []

    def sizes(weights, dtype):
        made.append(dtype)
        return weights.astype(dtype)

    fc.release_memory()
    for _ in range(2):
        for weights in (np.ones(3), np.ones((3, 1)), np.full(3, 2.0)):
            assert kept.kept_by_value(sizes, weights, "f4").shape == weights.shape
    assert len(made) == 3 and kept._kept.bytes == 3 * (24 + 12)
    large = np.ones(1 << 14)
    for _ in range(2):
        kept.kept_by_value(sizes, large, "f4")
    assert len(made) == 5
    fc.release_memory()
    assert not kept._kept.entries


def test_weights_of_bytes_are_kept_for_images_of_other_sizes():
    fc.release_memory()
    weights = np.arange(9.0).reshape(3, 3) / 7
    for size in (20, 21, 22):
        fc.ndimage.convolve(np.full((size, 20), 9, np.uint8), weights)
    assert len(kept._kept.entries) == 1
