"""Make sums of outer products and random arrays of every dtype, for tests of kernels."""

import functools

import numpy as np


def outer(vectors):
    return functools.reduce(np.multiply.outer, vectors)


def total(terms):
    return sum(outer(vectors) for vectors in terms)


def random(*shape, dtype=np.float64, seed=0):
    values = np.random.default_rng(seed).standard_normal((2, *shape))
    return (
        (values[0] + 1j * values[1]).astype(dtype)
        if np.dtype(dtype).kind == "c"
        else (values[0].astype(dtype))
    )


def low_rank(rows, columns, rank, dtype=np.float64, seed=0):
    left, right = random(rows, rank, seed=seed), random(rank, columns, seed=seed + 1)
    return (left @ right).astype(dtype)
