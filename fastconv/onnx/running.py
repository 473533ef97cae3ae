"""Run the action of one node on arrays, with new arrays for its outputs."""

import numpy as np

from .handlers import action_of
from .reference import RANDOM
from .values import INTO, VIEW, Value

#: inputs of at most so many integers may decide the shape of an output: axes, sizes, ...
_FEW = 256


def part(array, shape, dtype, offset):
    """Return the array of `shape` that starts `offset` bytes after the first one of `array`."""
    size = int(np.prod(shape, dtype=np.int64))
    start = offset // dtype.itemsize
    return np.ascontiguousarray(array).reshape(-1)[start : start + size].reshape(shape)


def run_action(node, action, arrays, threads):
    """Return the outputs of an action as a list of arrays."""
    if action.kind == VIEW:
        pairs = zip(action.outputs, action.offsets, strict=True)
        return [part(arrays[0], *output, offset) for output, offset in pairs]
    if action.kind == INTO:
        outs = [np.empty(*output) for output in action.outputs]
        action.run(arrays, outs, threads)
        return outs[: len(node.outputs)]
    return [apart(result, arrays) for result in action.run(arrays, None, threads)]


def apart(result, arrays):
    """Return a result of NumPy's as a contiguous array that shares no memory with `arrays`."""
    if isinstance(result, np.generic):
        result = np.asarray(result)
    if not isinstance(result, np.ndarray):
        return result
    if any(isinstance(a, np.ndarray) and np.may_share_memory(result, a) for a in arrays):
        return result.copy()
    return result if result.flags.c_contiguous else np.ascontiguousarray(result)


def value_of(array):
    """Return the `Value` of an array at run time, None for anything else."""
    if not isinstance(array, np.ndarray):
        return None
    few = array.dtype.kind in "iu" and array.size <= _FEW
    return Value(array.shape, array.dtype, array if few else None)


def computed(node, arrays, context, threads=1, known=None):
    """Return the outputs of a node whose inputs are all at hand.

    Parameters
    ----------
    node : Node
    arrays : list
        Each input and each captured value; None for one that is left out.
    context : Context
    threads : int
    known : list of Value or None, optional
        What is known of them; by default all are constant.
    """
    if known is None:
        known = [Value(a.shape, a.dtype, a) if isinstance(a, np.ndarray) else None for a in arrays]
    action = action_of(node, known, context)
    return run_action(node, action, arrays, threads)


def foldable(node):
    """Return whether equal inputs always give equal outputs."""
    return node.op not in RANDOM and not node.captured
