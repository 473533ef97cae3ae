"""Kernels written as outer products: the vectors behind the traits ``r1``, ``r2``, ..."""

import numpy as np


def factors(weight, terms):
    """Vectors whose outer products, `terms` of them, sum to each kernel of a depthwise weight.

    For kernels that have the trait: it has been looked at before. One term costs some ten
    microseconds: the row and the column of the largest tap, fitted to all others once (a step of
    alternating least squares, which averages the rounding of the taps). More terms, of 2-D kernels,
    are singular vectors.

    Parameters
    ----------
    weight : ndarray, shape (K, 1, *taps)
    terms : int

    Returns
    -------
    list of ndarray, shape (K, terms, taps), float64
        One per axis. Absolute values along each axis but the last sum to 1: a sum over some axes
        is no larger than what it sums, and overflows only where the whole sum does.
    """
    kernels = np.asarray(weight, np.float64).reshape(len(weight), *weight.shape[2:])
    if terms > 1:
        left, values, right = np.linalg.svd(kernels, full_matrices=False)
        vectors = [
            left[:, :, :terms].swapaxes(1, 2),
            right[:, :terms] * values[:, :terms, None],
        ]
    else:
        vectors = []
        while kernels.ndim > 2:
            column, kernels = _fitted(kernels.reshape(*kernels.shape[:2], -1), kernels.shape[2:])
            vectors.append(column[:, None])
        vectors.append(kernels[:, None])
    for i, vector in enumerate(vectors[:-1]):
        total = np.abs(vector).sum(axis=2, keepdims=True)
        total[total == 0] = 1
        vectors[i] = vector / total
        vectors[-1] = vectors[-1] * total
    return vectors


def _fitted(matrices, shape):
    """The column and the row of each matrix of rank one; the row folded to `shape`."""
    each = np.arange(len(matrices))
    where = np.abs(matrices).reshape(len(matrices), -1).argmax(axis=1)
    row = matrices[each, where // matrices.shape[2]]
    column = _projected(matrices, row)
    row = _projected(matrices.swapaxes(1, 2), column)
    return column, row.reshape(len(matrices), *shape)


def _projected(matrices, vectors):
    """matrix @ vector / (vector . vector), 0 for a vector of zeros; scaled against overflow."""
    peak = np.abs(vectors).max(axis=1, keepdims=True)
    peak[peak == 0] = 1
    scaled = vectors / peak
    square = (scaled * scaled).sum(axis=1, keepdims=True)
    square[square == 0] = 1
    return (matrices @ scaled[:, :, None])[:, :, 0] / square / peak
