"""direct, of unfold and fold: rows of the image are copied to a matrix, or summed from one.

Unfolding writes one row of output pixels per tap: a shifted copy of image rows or, with a stride,
of every stride-th value. Elements are moved by their size, whatever they are. Folding is its
adjoint: a value is the sum, in the order of the taps, of the pixels that read it. Sums of integers
wrap, so that those of n bits need n bits.
"""

from math import prod

from .. import config
from ..loops.unfold import Fold as FoldLoop
from ..loops.unfold import Unfold as UnfoldLoop
from ..problem.arrays import DTYPES
from ..problem.gaps import compacted
from ..problem.geometry import Axis
from .base import Algorithm, c_axis

#: most terms of a sum in one chain of additions
_TERMS = 512
#: values per second that are moved one by one, where a stride leaves no vectors
_SINGLE_RATE = 1e9
#: what elements of a size are moved as
_BY_SIZE = {1: "u8", 2: "u16", 4: "f32", 8: "f64", 16: "c128"}


class Unfold(Algorithm):
    """Rows copied, or added, by vectors."""

    name = "direct"
    families = ("pooling",)
    ops = ("unfold", "fold")
    bounds = {"f32": 1.5e-6, "c64": 1.5e-6, "f64": 3e-15, "c128": 3e-15}

    def refuses(self, problem):
        if problem.op not in self.ops or problem.kind != "fwd":
            return "unfold and fold only"
        if len(problem.kernel) > 3:
            return "at most 3 axes"
        if problem.op == "unfold":
            return None
        overlap = prod(-(-k // s) for k, s in zip(problem.kernel, problem.stride, strict=True))
        if problem.compute[0] in "iu" or overlap <= _TERMS:
            return None
        return f"{overlap} windows overlap, at most {_TERMS} can"

    def cost(self, problem, machine, threads):
        seconds = problem.bytes / machine.memory_rate
        if problem.stride[-1] > 1:
            seconds += problem.flops / _SINGLE_RATE / threads
        return machine.call + seconds + (machine.fork if threads > 1 else 0.0)

    def error_bound(self, problem):
        return 0.0 if problem.op == "unfold" else super().error_bound(problem)

    def takes(self, problem):
        own = problem.dtypes[2]
        if problem.op == "fold" and own[0] == "f":
            return None
        return own if own != problem.compute else None

    def bind(self, problem):
        folds = problem.op == "fold"
        dtype = self.takes(problem) or problem.compute
        if not folds:
            dtype = _BY_SIZE[DTYPES[dtype].itemsize]
        elif dtype[0] == "i":
            dtype = dtype.replace("i", "u")
        image, grid = problem.input, problem.output
        if folds:
            image, grid = grid, image
        columns = zip(
            image, grid, problem.kernel, problem.stride, problem.dilation, problem.padding,
            strict=True,
        )  # fmt: skip
        axes = [c_axis(compacted(Axis(i, o, t, s, d, pad[0]))) for i, o, t, s, d, pad in columns]
        loop = (FoldLoop if folds else UnfoldLoop)(
            config.current_isa(), dtype, problem.n * problem.c, axes
        )

        def run(arrays, prepared, out, threads):
            loop(arrays[0], out, threads)

        return run
