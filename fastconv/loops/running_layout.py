"""Cut a rank filter along one axis into groups of lines, and its windows into blocks."""

from dataclasses import dataclass
from functools import lru_cache
from math import log2, prod

#: windows of a block, and outputs of a part of a line, at most
_BLOCK, _PART = 512, 1024
#: number of tasks that there should be
_TASKS = 8
#: values sorted in registers, and pairs for which more of them take longer, from memory
_FEW, _MORE = 8, 1.6


@dataclass
class Layout:
    """How a filter along one axis is cut.

    Parameters
    ----------
    shape : tuple of int
        Sizes of the axes before the filtered one, of this one, and of those after it.
    count : int
        Number of values of a window.
    block : int
        Number of windows that are computed together.
    segment : int
        Outputs of a part of a line, a multiple of the block.
    across : bool
        Whether lanes are neighbouring columns; otherwise they are parts of lines.
    tasks : int
    """

    shape: tuple[int, int, int]
    count: int
    block: int
    segment: int
    across: bool
    tasks: int


def axis_of(problem):
    """Return the place, among the filtered axes, of the only one with a window, or None.

    Parameters
    ----------
    problem : RankProblem
    """
    wide = [i for i, n in enumerate(problem.size) if n > 1]
    if len(wide) != 1 or problem.elements != problem.size[wide[0]] or problem.elements < 3:
        return None
    return wide[0]


def sorted_pairs(count):
    """Return the pairs that a bitonic sort of `count` values compares."""
    steps = (count - 1).bit_length()
    return count * steps * (steps + 1) / 4


def pairs_of(count, block):
    """Return how many pairs each window of a block compares, or takes as long as.

    Parameters
    ----------
    count : int
        Number of values of a window.
    block : int
        Number of windows of the block.
    """
    shared = -(-(count - block + 1) // _FEW) * _FEW
    pairs, half = sorted_pairs(shared) / block, block // 2
    while half:
        pairs += 1 + log2(half) + sorted_pairs(half) / half + (_MORE if half >= _FEW else 0)
        half //= 2
    return pairs


@lru_cache(maxsize=256)
def best_block(count, share):
    """Return the number of windows of a block that compares the fewest pairs for each of them.

    Parameters
    ----------
    count : int
        Number of values of a window.
    share : int
        Number of outputs of a line, or of a part of it.
    """
    most = min(count, _BLOCK, 1 << (share - 1).bit_length())
    blocks = [1 << k for k in range(1, max(2, most.bit_length()))]
    return min(blocks, key=lambda b: pairs_of(count, b))


def cut(problem, lanes):
    """Return the `Layout` of a problem for which `axis_of` is not None.

    Parameters
    ----------
    problem : RankProblem
    lanes : int
        Number of lines that are filtered at a time.
    """
    axis = problem.axes[axis_of(problem)]
    shape = prod(problem.shape[:axis]), problem.shape[axis], prod(problem.shape[axis + 1 :])
    outer, length, inner = shape
    count, lines = problem.elements, outer * inner
    across = inner >= lanes
    # with few lines, each lane gets a part of one, of which a block should not be more
    share = length if across else max(1, min(length, lines * length // lanes))
    block = best_block(count, share)
    most = max(block, _PART)
    if across:
        groups = outer * -(-inner // lanes)
        parts = max(-(-length // most), min(-(-_TASKS // groups), length // (4 * block)))
    else:
        groups = max(-(-lines * length // (most * lanes)), _TASKS)
        parts = max(1, min(groups * lanes // lines, -(-length // block)))
        parts = max(parts, -(-length // most)) if lines >= lanes else parts
    segment = -(-length // max(1, parts))
    segment = -(-segment // block) * block
    parts = -(-length // segment)
    tasks = groups * parts if across else -(-lines * parts // lanes)
    return Layout(shape, count, block, segment, across, tasks)
