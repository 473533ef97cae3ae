"""Pictures of integers: a photograph, noise, and flat areas."""

import functools

import numpy as np

KINDS = ("photograph", "noise", "flat")


def picture(kind, shape, dtype, seed=0):
    """Return a picture.

    Parameters
    ----------
    kind : str
        One of `KINDS`. A photograph is continued by its reflection where it is too small. Flat
        areas are rectangles of one value each.
    shape : tuple of int
        Height, width, and perhaps channels.
    dtype : dtype
        Of integers. Photographs use its whole range.
    seed : int
        Seed of noise and of flat areas.
    """
    rng, limits = np.random.default_rng(seed), np.iinfo(dtype)
    if kind == "noise":
        return rng.integers(limits.min, limits.max, shape, dtype=dtype, endpoint=True)
    if kind == "flat":
        values = rng.integers(limits.min, limits.max, shape[2:], dtype=dtype, endpoint=True)
        result = np.empty(shape, dtype)
        result[...] = values
        for _ in range(40):
            top, left = rng.integers(0, shape[0]), rng.integers(0, shape[1])
            height, width = rng.integers(8, 200, 2)
            values = rng.integers(limits.min, limits.max, shape[2:], dtype=dtype, endpoint=True)
            result[top : top + height, left : left + width] = values
        return result
    grey = _photograph()
    pads = [(0, max(0, n - m)) for n, m in zip(shape, grey.shape, strict=False)]
    grey = np.pad(grey, pads, "symmetric")[: shape[0], : shape[1]]
    scaled = grey * (float(limits.max) - float(limits.min)) + float(limits.min)
    if len(shape) == 3:  # channels that differ
        scaled = np.stack([np.roll(scaled, 7 * c, 1) for c in range(shape[2])], axis=2)
    return scaled.astype(dtype)


@functools.cache
def _photograph():
    """Return a photograph with values from 0 to 1: the cameraman of scikit-image.

    Its bytes get smooth fractions, so that a scaled copy has all values of a wider dtype.
    """
    from skimage import data

    grey = data.camera() / 255.0
    blurred = (np.roll(grey, 1, 0) + np.roll(grey, -1, 0) + np.roll(grey, 1, 1)) / 3
    return np.clip(grey + (blurred - grey) / 256, 0.0, 1.0)
