"""direct, doubling, naive: maxima and minima over the elements that a footprint marks.

`direct` joins one value for every marked element. `doubling` joins at most two running maxima for
every run of neighbouring elements; those of 2, 4, 8, ... elements are joined from smaller ones once
for all outputs. Its cost goes with the number of runs, whatever their length. With a structure that
is not flat, `direct` adds a number to each value; `structure` has the definition.

References
----------
J. Gil and M. Werman, "Computing 2-D min, median, and max filters", IEEE PAMI, 1993; E. R. Urbach
and M. H. F. Wilkinson, "Efficient 2-D grayscale morphological transformations with arbitrary flat
structuring elements", IEEE Transactions on Image Processing, 2008.
"""

from math import prod

import numpy as np

from .. import config
from ..loops.footprint import Footprint
from ..loops.footprint_layout import KEPT_BYTES, laid_out
from ..problem.arrays import DTYPES
from .base import Algorithm, Latest, overlapped
from .borders import Borders
from .structure import NaiveStructure

#: bytes of a vector in estimates
_VECTOR = 32
#: seconds to find the beginning of a row that an output joins
_POINTER = 0.7e-9
#: how much longer sums take than values
_SUMS = 1.5
#: from where on numbers are not added to integers in vectors
_WHOLE = 2.0**30
#: seconds of NumPy's function for an element of the footprint
_NUMPY = 2e-6


class _Joined(Algorithm):
    """What both algorithms have in common."""

    families = ("footprint",)
    ladder = False

    def __init__(self):
        self._layout = Latest(self._laid_out)

    def refuses(self, problem):
        return None

    def error_bound(self, problem):
        return 0.0

    def cost(self, problem, machine, threads):
        layout, item = self._layout(problem), DTYPES[problem.compute].itemsize
        lanes = _VECTOR // item
        width = layout.strip + layout.row.before + layout.row.after
        copied, outputs = layout.runs.groups * layout.read, layout.rows
        joined = outputs * layout.runs.joined
        vectors = joined * -(-layout.strip // lanes)
        vectors += (2 * copied + 3 * layout.climbed) * -(-width // lanes)
        seconds = vectors * _VECTOR / machine.pool_rate + joined * _POINTER
        seconds += (copied + layout.climbed + outputs) * machine.pool_step
        seconds *= max(1.0, layout.kept * layout.pitch * item / KEPT_BYTES)
        fork = machine.fork if threads > 1 else 0.0
        seconds *= layout.tasks / threads
        return machine.call + fork + overlapped(seconds, problem.bytes / machine.memory_rate)

    def workspace(self, problem, threads):
        return threads * self._layout(problem).thread_bytes

    def bind(self, problem):
        minimum, layout = "minimum" in problem.op, self._layout(problem)
        loop = Footprint(config.current_isa(), problem.compute, minimum, layout)

        def run(arrays, prepared, out, threads):
            x, fill = arrays
            loop(x, fill, out, threads)

        return run

    def _laid_out(self, problem):
        return laid_out(problem, self.ladder, DTYPES[problem.compute].itemsize)


class DirectFootprint(_Joined):
    """Joins a value for every marked element."""

    name = "direct"


class DirectStructure(_Joined):
    """Joins the sum of a value and a number for every marked element."""

    name = "direct"
    families = ("structure",)
    dtypes = ("f32", "f64", "i8", "u8", "i16", "u16", "i32")

    def cost(self, problem, machine, threads):
        return _SUMS * super().cost(problem, machine, threads)

    def bind(self, problem):
        minimum, layout = "erosion" in problem.op, self._layout(problem)
        loop = Footprint(config.current_isa(), problem.compute, minimum, layout)
        marks, whole = problem.footprint, problem.compute[0] != "f"
        by_definition = NaiveStructure().bind(problem)

        def run(arrays, prepared, out, threads):
            x, structure, fill = arrays
            values = structure.reshape(problem.size)[marks]
            if whole and not (np.abs(values) < _WHOLE).all():
                by_definition(arrays, prepared, out, threads)
            else:
                loop(x, fill, out, threads, values)

        return run


class DoublingFootprint(_Joined):
    """Joins two running maxima for every run of marked elements."""

    name = "doubling"
    ladder = True


class NaiveFootprint(Algorithm):
    """Joins the whole image, shifted by each marked element, with NumPy."""

    name = "naive"
    families = ("footprint",)

    def refuses(self, problem):
        return None

    def cost(self, problem, machine, threads):
        moved = 3 * problem.elements * prod(problem.shape) * DTYPES[problem.compute].itemsize
        return machine.call + moved / machine.memory_rate + _NUMPY * problem.elements

    def error_bound(self, problem):
        return 0.0

    def workspace(self, problem, threads):
        return prod(problem.bordered_shape) * DTYPES[problem.compute].itemsize

    def bind(self, problem):
        join = np.minimum if "minimum" in problem.op else np.maximum
        borders = Borders(problem.shape, problem.borders)
        views = []
        for offset in problem.offsets:
            view = [slice(None)] * len(problem.shape)
            for axis, (before, _), at in zip(problem.axes, problem.reach, offset, strict=True):
                view[axis] = slice(before + at, before + at + problem.shape[axis])
            views.append(tuple(view))

        def run(arrays, prepared, out, threads):
            x, fill = arrays
            x = borders(x.reshape(problem.shape), fill)
            result = out.reshape(problem.shape)
            result[...] = x[views[0]]
            for view in views[1:]:
                join(result, x[view], out=result)

        return run
