"""Maximum and minimum filters on the engine's poolings.

Where a reflection shows a window nothing but what it holds anyway, the image simply ends; elsewhere
its continuation is written out first.
"""

import numbers

import numpy as np

from ..calls import Executor
from ..loops.epilogue import any_nonfinite
from ..planner.choose import choose
from ..problem import OPS, PoolProblem, Request
from ..problem.arrays import Spec, short
from ..problem.validate_filtering import NDIMAGE_BOUNDARIES
from .lines import axes_of, axis_of, each, is_integer, known_modes
from .recipes import Recipe

_CORRELATE, _POOL = OPS["ndimage.correlate"], OPS["max_pool2d"]
#: type characters of what poolings take
_DTYPES = frozenset("bBhHiIlLqQfd")
#: NumPy's names of the boundaries that have to be written out
_PADDED = {
    "constant": "constant", "circular": "wrap", "reflect": "reflect", "symmetric": "symmetric",
    "replicate": "edge",
}  # fmt: skip


class Window:
    """One axis: its place in the array, elements in front of the output's place and behind it."""

    def __init__(self, axis, size, mode, origin):
        self.axis = axis
        self.size = size
        self.before = size // 2 + origin
        self.after = size - 1 - self.before
        self.boundary = NDIMAGE_BOUNDARIES[mode]

    @property
    def shows_more(self):
        """Whether the continuation past an edge has elements that the window lacks."""
        apart = abs(self.before - self.after)
        at_most = {"symmetric": 1, "reflect": 0, "replicate": self.size}
        return apart > at_most.get(self.boundary, -1)


def several(size, footprint, mode, origin, axes):
    """``windows(ndim)`` of the filters over several axes, None where SciPy is to judge."""

    def windows(ndim):
        along = axes_of(axes, ndim)
        if not along:
            return None
        wanted = size
        if footprint is not None:
            marks = np.asarray(footprint, bool)
            if size is not None or marks.ndim != len(along) or not marks.size or not marks.all():
                return None
            wanted = marks.shape
        settings = [each(v, len(along)) for v in (wanted, mode, origin)]
        if wanted is None or None in settings:
            return None
        return _checked(zip(along, *settings, strict=True))

    return windows


def single(size, axis, mode, origin):
    """``windows(ndim)`` of the filters along one axis."""

    def windows(ndim):
        along = axis_of(axis, ndim)
        return None if along is None else _checked([(along, size, mode, origin)])

    return windows


def _checked(columns):
    result = []
    for axis, size, mode, origin in columns:
        if not (is_integer(size) and is_integer(origin) and known_modes([mode])):
            return None
        if size < 1 or not 0 <= size // 2 + origin < size:
            return None
        if size > 1:
            result.append(Window(axis, int(size), mode, int(origin)))
    return sorted(result, key=lambda window: window.axis)


def of_windows(op, windows, cval):
    """`make` of `recipes.answered` for ``max_pool`` or ``min_pool`` over windows."""

    def make(shape, dtype, target, algorithm):
        target = dtype if target is None else target
        given = np.dtype(np.uint8) if dtype.kind == "b" else dtype
        if given.char not in _DTYPES or not np.can_cast(dtype, target) or target.kind == "c":
            return None
        found = windows(len(shape))
        if not found:
            return None
        padded = [w for w in found if w.shows_more]
        if any(w.boundary == "constant" for w in padded) and not _fits(cval, given):
            return None
        run = Extremes(op, shape, given, found, padded, cval)
        return Recipe(run, dtype, dtype) if run.choose(algorithm) else None

    return make


def _fits(cval, dtype):
    if not isinstance(cval, numbers.Real) or not np.isfinite(cval):
        return False
    return dtype.kind == "f" or (
        cval == int(cval) and np.iinfo(dtype).min <= cval <= np.iinfo(dtype).max
    )


class Extremes:
    """One filter: ``run(x, out, num_threads)``, None for an x with a NaN, which SciPy loses."""

    def __init__(self, op, shape, dtype, windows, padded, cval):
        self.op, self.shape, self.dtype, self.cval = op, shape, dtype, cval
        self.windows, self.padded = windows, padded
        self.padding = []
        self.executor = None

    def choose(self, algorithm):
        """Find the executor; False where the array would have to be transposed."""
        shape, dtype = self.shape, self.dtype
        sizes = list(shape)
        for w in self.padded:
            widths = [(0, 0)] * len(shape)
            widths[w.axis] = (w.before, w.after)
            self.padding.append((widths, _PADDED[w.boundary]))
            sizes[w.axis] += w.before + w.after
        lead, axes = _merged(tuple(sizes), self.windows)
        if not 0 < len(axes) <= 3:
            return False
        outputs = [a.image for a in axes]
        pads = [(a.before, a.after) for a in axes]
        moving = [i for i, a in enumerate(axes) if a.taps > 1]
        for i, w in zip(moving, self.windows, strict=True):
            if w in self.padded:
                outputs[i] -= (w.before + w.after) * axes[i].unit
                pads[i] = (0, 0)
        name = short(dtype)
        problem = PoolProblem(
            self.op, "fwd", (name,) * 3, lead, 1, tuple(a.image for a in axes),
            tuple(a.taps for a in axes), tuple(outputs), (1,) * len(axes), tuple(pads),
            tuple(a.dilation for a in axes),
        )  # fmt: skip
        images = (lead, 1, *problem.input)
        request = Request(
            problem, (dtype,), tuple(shape), dtype, (lead, 1, *outputs), dtype,
            arrange=lambda arrays: (arrays[0].reshape(images),),
        )  # fmt: skip
        self.executor = Executor(_POOL, request, choose(problem, algorithm), may_redo=False)
        return True

    def __call__(self, x, out, num_threads):
        result, threads = x.dtype, num_threads or 1
        x = np.ascontiguousarray(x).view(self.dtype)
        if self.dtype.kind == "f" and any_nonfinite(x, threads) and np.isnan(x).any():
            return None
        for widths, mode in self.padding:
            values = {"constant_values": self.cval} if mode == "constant" else {}
            x = np.pad(x, widths, mode, **values)
        if out is not None:
            self.executor((x,), None, out.view(self.dtype), num_threads)
            return out
        return self.executor((x,), None, None, num_threads).view(result)


def _merged(shape, windows):
    """Batch size and axes of the array as it lies in memory."""
    options = {
        "mode": "reflect",
        "cval": 0.0,
        "origin": tuple(w.before - w.size // 2 for w in windows),
        "axes": tuple(w.axis for w in windows),
    }
    sizes = tuple(w.size for w in windows)
    specs = (Spec(shape, np.dtype(np.float32)), Spec(sizes, np.dtype(np.float32)))
    return _CORRELATE.request(specs, options).problem.in_place or (None, ())
