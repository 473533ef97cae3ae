"""Sums over single windows of two images, for results that an algorithm does not compute well."""

from math import prod

import numpy as np

#: values that are gathered together
_BLOCK = 1 << 19
#: seconds of a value
_VALUE = 10e-9


class Windows:
    """The sums of a filter of two images at some of its results.

    Parameters
    ----------
    both : FilterProblem
        Its kernel is the same for all entries of the batch.
    along : sequence of tuple
        ``(axis of an image, numbers of the `Axis`, its `line`)`` of each filtered axis.
    """

    def __init__(self, both, along):
        self.both = both
        self.lines = {a: line for a, _, line in along}
        self.steps = {a: (stride, np.arange(taps) * dilation)
                      for a, (_, _, taps, stride, dilation, _), _ in along}  # fmt: skip
        self.taps = prod(steps.size for _, steps in self.steps.values())

    def seconds(self, count):
        """Return the predicted seconds of so many results."""
        return count * self.taps * _VALUE

    def __call__(self, images, kernel, shape, positions):
        """Return both sums at flat positions of a result of a shape, in double precision.

        Parameters
        ----------
        images : ndarray (2, ...)
        kernel : ndarray
            in2.
        shape : tuple of int
        positions : ndarray of int
        """
        correlates = self.both.op == "correlate"
        weights = kernel.conj() if correlates else np.flip(kernel, tuple(self.lines))
        double = np.complex128 if images.dtype.kind == "c" else np.float64
        weights = weights.reshape(-1).astype(double)
        sums = np.empty((2, positions.size), double)
        step = max(1, _BLOCK // self.taps)
        for start in range(0, positions.size, step):
            reads = self._reads(np.unravel_index(positions[start : start + step], shape))
            for image, target in zip(images, sums, strict=True):
                values = image.reshape(-1)[reads].astype(double)
                target[start : start + step] = np.einsum("mt,t->m", values, weights)
        return sums

    def _reads(self, places):
        """Return the flat positions in an image that windows read, a row for each window."""
        reads = np.zeros((places[0].size, 1), np.int64)
        for a, (place, size) in enumerate(zip(places, self.both.shape[1:], strict=True)):
            if a in self.lines:
                stride, steps = self.steps[a]
                along = self.lines[a][place[:, None] * stride + steps]
            else:  # an axis of one element is repeated
                along = np.minimum(place, size - 1)[:, None]
            reads = (reads[:, :, None] * size + along[:, None]).reshape(len(reads), -1)
        return reads
