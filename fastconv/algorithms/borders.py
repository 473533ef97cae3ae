"""Borders: write an image and its continuation past the edges into a new array; views of it."""

import numpy as np

#: the modes of `numpy.pad` that continue an image by its own values, and how many values of an axis
#: of n a border may have here
_OWN = {"edge": lambda n: np.inf, "symmetric": lambda n: n, "wrap": lambda n: n,
        "reflect": lambda n: n - 1}  # fmt: skip


class Borders:
    """The borders of images of one shape: ``borders(x, fill)`` returns an image with borders.

    `numpy.pad` does the same, and takes longer than many filters of a small image.

    Parameters
    ----------
    shape : tuple of int
        Shape of the images.
    borders : iterable of tuple
        Arguments ``(widths, mode)`` of `numpy.pad`. In each, at most one axis has widths.
    """

    def __init__(self, shape, borders):
        self.borders = list(borders)
        self.shape = list(shape)
        self.inside = [slice(None)] * len(shape)
        self.steps = []  # (axis, place of a border along it, place of what it equals or None)
        self.repeats = False  # whether a border is longer than the image
        for widths, mode in self.borders:
            axis = next((a for a, pair in enumerate(widths) if any(pair)), None)
            if axis is not None:
                self._add(axis, *widths[axis], mode)
        self.inside = tuple(self.inside)
        self.steps.sort(key=lambda step: step[0])

    def _add(self, axis, left, right, mode):
        n = self.shape[axis]
        self.repeats |= max(left, right) > _OWN.get(mode, _OWN["edge"])(n)
        self.shape[axis] += left + right
        self.inside[axis] = slice(left, left + n)
        end = left + n
        sources = {
            "edge": (slice(left, left + 1), slice(end - 1, end)),
            "wrap": (slice(end - left, end), slice(left, left + right)),
            "symmetric": (_reversed(2 * left - 1, left), _reversed(end - 1, right)),
            "reflect": (_reversed(2 * left, left), _reversed(end - 2, right)),
        }.get(mode, (None, None))
        places = slice(0, left), slice(end, end + right)
        for width, place, source in zip((left, right), places, sources, strict=True):
            if width:
                self.steps.append((axis, place, source))

    def __call__(self, x, fill):
        if self.repeats:
            return self._padded(x, fill)
        out = np.empty(self.shape, x.dtype)
        out[self.inside] = x
        for axis, place, source in self.steps:
            # axes before this one have their borders already
            whole = [slice(None)] * axis, self.inside[axis + 1 :]
            to = (*whole[0], place, *whole[1])
            out[to] = fill if source is None else out[(*whole[0], source, *whole[1])]
        return out

    def _padded(self, x, fill):
        for widths, mode in self.borders:
            values = {"constant_values": fill} if mode == "constant" else {}
            x = np.pad(x, widths, mode, **values)
        return x


def _reversed(first, count):
    """Return the slice of `count` positions that goes down from `first`."""
    stop = first - count
    return slice(first, None if stop < 0 else stop, -1)


def views_of(problem, x, offsets, top, end):
    """Return the part of an image with borders that each element of a window meets.

    Parameters
    ----------
    problem : FootprintProblem
    x : ndarray
        The image with its borders.
    offsets : ndarray
        `problem.offsets`.
    top, end : int
        Positions along the first axis.
    """
    views = []
    for offset in offsets:
        view = [slice(top, end)] + [slice(None)] * (len(problem.shape) - 1)
        for axis, (before, _), at in zip(problem.axes, problem.reach, offset, strict=True):
            first, last = (top, end) if axis == 0 else (0, problem.shape[axis])
            view[axis] = slice(first + before + at, last + before + at)
        views.append(x[tuple(view)])
    return views
