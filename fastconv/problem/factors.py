"""Split kernels with the traits ``r1``, ``r2``, ... into outer products of vectors."""

import numpy as np


def factors(weight, terms):
    """Return vectors such that each kernel of a depthwise weight is a sum of their outer products.

    The caller has found the trait before: `factors` does not check that the kernels have it.

    Parameters
    ----------
    weight : ndarray, shape (K, 1, *taps)
    terms : int
        Number of outer products per kernel. More than one is allowed for 2-D kernels only.

    Returns
    -------
    list of ndarray, shape (K, terms, taps), float64
        One array per axis. In all but the last array, the absolute values of each vector sum to 1.
        So a sum along some axes is no larger than its largest summand, and overflows only if the
        whole sum does.

    Notes
    -----
    For one term, the row and the column of the largest tap are fitted once to all other taps. This
    is one step of alternating least squares. It averages the rounding of the taps and takes about
    ten microseconds. Several terms are singular vectors.
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
    """Return the column and the row of each matrix of rank one, the row reshaped to `shape`."""
    each = np.arange(len(matrices))
    where = np.abs(matrices).reshape(len(matrices), -1).argmax(axis=1)
    row = matrices[each, where // matrices.shape[2]]
    column = _projected(matrices, row)
    row = _projected(matrices.swapaxes(1, 2), column)
    return column, row.reshape(len(matrices), *shape)


def _projected(matrices, vectors):
    """Return ``matrix @ vector / (vector . vector)``, which is 0 for a vector of zeros.

    The vectors are scaled so that their squares do not overflow.
    """
    peak = np.abs(vectors).max(axis=1, keepdims=True)
    peak[peak == 0] = 1
    scaled = vectors / peak
    square = (scaled * scaled).sum(axis=1, keepdims=True)
    square[square == 0] = 1
    return (matrices @ scaled[:, :, None])[:, :, 0] / square / peak
