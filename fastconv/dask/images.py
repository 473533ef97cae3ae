"""The filters of `scipy.ndimage`: every block is computed with what the filter reaches around it.

A block at an edge of the image ends there, so that each pass of the filter continues it as it
continues the whole image. Between blocks, the parts around them hold the reach of all passes.
"""

from dataclasses import replace

import numpy as np

from ..problem import OPS
from ..problem.arrays import Spec
from ..problem.filtering import FilterProblem
from ..problem.forwarded import ForwardedProblem
from ..problem.morphology import MorphologyProblem
from ..problem.separable import SeparableProblem
from ..problem.validate_images import NOTHING
from .arguments import (
    check_kernel,
    check_output,
    forwards,
    impossible,
    lazy,
    request_of,
    small_result,
    specs_of,
)
from .axes import Reach, bounds, reaching
from .graph import Source, build, whole
from .tasks import Call

#: rank filters have the windows of this function, whatever their sizes
_WINDOWS = "ndimage.maximum_filter"
_RANKS = {"ndimage.median_filter": 0, "ndimage.percentile_filter": 1, "ndimage.rank_filter": 1}


def filtered(op, arrays, options, common):
    """Return the result of a filter of an image.

    Parameters
    ----------
    op : Op
    arrays : tuple
        The image, and weights, a structure or a mask.
    options : dict
    common : tuple
        algorithm, accuracy and workspace_limit.
    """
    check_output(options["output"])
    specs = specs_of(op, arrays)
    is_mask = op.arrays[-1] == "mask"
    if len(arrays) > 1 and not is_mask:
        check_kernel(op.arrays[1], arrays[1])
    image = lazy(arrays[0])
    image = image if image.size else image.rechunk(-1)
    dtype, problem = _planned(op, specs, options, common, image.npartitions)
    reaches = reaches_of(op, problem, image.numblocks)
    takes, crops = [], []
    for axis, chunks in enumerate(image.chunks):
        found, crop = _along(chunks, reaches.get(axis))
        takes.append((axis, found))
        crops.append(crop)
    sources = [Source(image, takes)]
    if len(arrays) > 1 and arrays[1] is not None:
        second = lazy(arrays[1], image.chunks if is_mask else -1)
        if is_mask:
            sources.append(Source(second.rechunk(image.chunks), takes))
        else:
            sources.append(whole(second))
    call = Call(op.name, options, common, tuple(a is None for a in arrays))
    return build(call, sources, image.chunks, dtype, crops)


def _along(chunks, reach):
    """Return the takes and the crops of all blocks along an axis."""
    if reach is None:
        reach = Reach(0, 0)
    found = reaching(chunks, reach)
    crops = [(first - take.start, last - take.start)
             for take, (first, last) in zip(found, bounds(chunks), strict=True)]  # fmt: skip
    whole = all(take.length == n for take, n in zip(found, chunks, strict=True))
    return found, None if whole else crops


def _planned(op, specs, options, common, blocks):
    """Return the dtype of a result, and a problem that has the windows of the call.

    Images of dtypes that SciPy alone filters have the windows of the same call for float64. What
    has no windows, SciPy computes of an image in one block.
    """
    request = request_of(op, specs, options, common)
    if not forwards(request) and op.name not in _RANKS:
        return request.out_dtype, request.problem
    shapes = tuple(None if s is None else _few(s) if i == 0 else s.shape
                   for i, s in enumerate(specs))  # fmt: skip
    if op.arrays[-1] == "mask" and specs[1] is not None:
        shapes = (shapes[0], shapes[0])
    dtype = request.out_dtype
    if forwards(request):
        dtype = np.asarray(small_result(op, options, shapes, specs)).dtype
    windows, given = op, {**options, "output": None}
    if op.name in _RANKS:
        windows = OPS[_WINDOWS]
        given = {name: given[name] for name in windows.options}
    double = np.dtype(np.float64)
    reals = tuple(None if s is None else Spec(s.shape, double if i == 0 else _real(s.dtype))
                  for i, s in enumerate(specs))  # fmt: skip
    again = request_of(windows, reals, given)
    if forwards(again) and again.problem.reason != NOTHING and blocks > 1:
        raise impossible(
            op, f"SciPy alone computes it, since {again.problem.reason}; use one chunk"
        )  # fmt: skip
    return dtype, again.problem


def _few(spec):
    """Return a shape of at most two elements per axis."""
    return tuple(min(n, 2) for n in spec.shape)


def _real(dtype):
    """Return the dtype of weights that have the windows of those of another dtype."""
    return dtype if dtype.kind == "b" else np.dtype(np.float64)


def reaches_of(op, problem, numblocks):
    """Return the `Reach` of a filter by axis.

    Parameters
    ----------
    op : Op
    problem : SeparableProblem, FilterProblem, WindowProblem or ForwardedProblem
    numblocks : tuple of int
        Number of blocks along each axis of the image.
    """
    if isinstance(problem, ForwardedProblem):
        return {}  # nothing is filtered
    if isinstance(problem, SeparableProblem):
        return _of_passes(problem)
    if isinstance(problem, FilterProblem):
        rows = zip(problem.axes, problem.windows, problem.boundary, strict=True)
        return {axis: Reach(problem.weights[axis] - 1 - start, start, boundary == "circular")
                for axis, (start, _), boundary in rows}  # fmt: skip
    found = {}
    rows = zip(problem.axes, problem.size, problem.origin, problem.boundary, strict=True)
    for axis, size, origin, boundary in rows:
        before = size // 2 + origin
        reach = Reach(before, size - 1 - before, boundary == "circular")
        if isinstance(problem, MorphologyProblem):
            reach = _of_steps(op, problem, reach, numblocks[axis])
        found[axis] = reach
    return found


def _of_passes(problem):
    """Return the reaches of a filter of 1-D kernels: the longest of its terms along each axis."""
    found, boundaries = {}, {}
    for term in problem.terms:
        sums = {}
        for step in term:
            before = step.kernel.size // 2 + step.origin
            b, a = sums.get(step.axis, (0, 0))
            sums[step.axis] = b + before, a + step.kernel.size - 1 - before
            boundaries.setdefault(step.axis, set()).add(step.boundary)
        for axis, (b, a) in sums.items():
            known = found.get(axis, Reach(0, 0))
            found[axis] = Reach(max(b, known.before), max(a, known.after))
    for axis, names in boundaries.items():
        circular = "circular" in names
        # terms that continue an axis in different ways see all of it
        mixed = circular and len(names) > 1
        found[axis] = replace(found[axis], wraps=circular, whole=mixed)
    return found


def _of_steps(op, problem, erosion, blocks):
    """Return the reach of a filter of erosions and dilations along an axis.

    Parameters
    ----------
    op : Op
    problem : MorphologyProblem
    erosion : Reach
        Of one erosion. That of a dilation is its reflection.
    blocks : int
        Number of blocks along the axis.
    """
    if problem.iterations < 1:
        if blocks > 1:
            raise impossible(
                op, f"iterations is {problem.iterations}, until nothing changes, and that depends "
                "on the whole image; give a number of iterations"
            )  # fmt: skip
        return replace(erosion, whole=True)
    sizes = {
        "erosion": (erosion.before, erosion.after), "dilation": (erosion.after, erosion.before),
    }  # fmt: skip
    pairs = [sizes[step] for step in problem.steps]
    join = sum if problem.in_turn else max
    before, after = (join(side) * problem.iterations for side in zip(*pairs, strict=True))
    return replace(erosion, before=before, after=after)
