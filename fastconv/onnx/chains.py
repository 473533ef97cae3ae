"""Several operations value by value, one after the other on blocks that stay in cache.

`fusion` makes nodes "Chain" of the domain `OURS` of operations whose results only the next one
reads. Their attribute ``members`` has the nodes. Where a chain cannot run in blocks, because shapes
or dtypes change on the way, `binding` takes its members one by one.
"""

from dataclasses import replace
from math import prod

import numpy as np

from ..loops.epilogue import affine
from . import elementwise
from .activations import activation_of
from .graph import OURS
from .values import INTO, OUTPUT, Action, Value
from .volumes import turned

#: values of a block: those of a few operands fit a cache of 256 KiB
BLOCK = 8192


def may_join(node):
    """Return whether a node may be part of a chain."""
    return node.domain == "" and node.op in elementwise.JOINED and len(node.outputs) == 1


def action(node, values, context):
    """Return the `Action` of a "Chain", or None if its members must run one by one."""
    if node.domain != OURS or node.op != "Chain":
        return None
    if any(value.last for value in values):
        return _turned(node, values, context)
    return _of(node, values, context)


def _of(node, values, context, flat=True):
    """Return the action, or None; `flat` says whether full arrays may be read as one row."""
    known = dict(zip(node.inputs, values, strict=True))
    operands = {name: i for i, name in enumerate(node.inputs)}
    parts, results = [], []
    for member in node.attributes["members"]:
        inputs = [known[name] for name in member.inputs if name]
        found = _part(member, inputs, context)
        if found is None:
            return None
        result, run = found
        parts.append((run, [operands[name] for name in member.inputs if name]))
        results.append(result)
        known[member.outputs[0]] = result
        operands[member.outputs[0]] = -len(parts)  # the result of member 0 is operand -1, ...
    last = results[-1]
    if any(r.shape != last.shape for r in results):
        return None
    cuts = _cuts(values, last.shape, flat)
    if cuts is None:
        return None
    dtypes = [result.dtype for result in results]
    in_place = tuple(
        i for i, v in enumerate(values) if (v.shape, v.dtype) == (last.shape, last.dtype)
    )

    def into(arrays, outs, threads):
        with np.errstate(all="ignore"):
            _run_blocks(parts, dtypes, cuts, arrays, outs[0])

    alike = ((*(i for i, v in enumerate(values) if v.shape == last.shape), OUTPUT),)
    return Action(
        INTO, [(last.shape, last.dtype)], into, in_place, algorithm="numpy, in blocks", alike=alike
    )


def _turned(node, values, context):
    """Return the action for operands with channels last, which it takes as (pixels, C).

    If one is not alike for all pixels, or for all channels, they are (N, ..., C).
    """
    ndim = max(value.ndim for value in values)

    def last(shape):
        n, channels, *sizes = (1,) * (ndim - len(shape)) + tuple(shape)
        return (n, *sizes, channels)

    whole = last(np.broadcast_shapes(*(value.shape for value in values)))
    shapes = [last(value.shape) for value in values]
    if all(shape == whole or prod(shape[:-1]) == 1 for shape in shapes):
        shapes = [(prod(shape[:-1]), shape[-1]) for shape in shapes]
    laid = [replace(v, shape=s, last=False) for v, s in zip(values, shapes, strict=True)]
    found = _of(node, laid, context, flat=False)
    ((inner, dtype),) = found.outputs

    def into(arrays, outs, threads):
        arrays = [
            turned(a).reshape(shape) if a.ndim == ndim else a.reshape(shape)
            for a, shape in zip(arrays, shapes, strict=True)
        ]
        found.run(arrays, [turned(outs[0]).reshape(inner)], threads)

    return replace(found, run=into, outputs=[((whole[0], whole[-1], *whole[1:-1]), dtype)])


def _part(member, inputs, context):
    """Return the `Value` of a member's result and ``run(arrays, out)``, or None."""
    x = inputs[0]
    by_name = dict(zip([name for name in member.inputs if name], inputs, strict=True))
    if x.real:
        found = activation_of(member, lambda name: by_name[name].constant)
        if found is not None:
            name, low, high = found

            def apply(arrays, out):
                affine(out, arrays[0], max(1, out.size), None, None, None, name, low, high, 1)

            return Value(x.shape, x.dtype), apply
    known = elementwise.action(member, inputs, context)
    if known is None:
        return None
    ((shape, dtype),) = known.outputs
    return Value(shape, dtype), known.function


def _cuts(values, shape, flat):
    """Return how to cut operands into blocks: (axis, length of a block, cut or not), or None.

    Axis -1 stands for arrays that are read as one row, if they are `flat`.
    """
    size = prod(shape)
    full = [v.shape == shape for v in values]
    if flat and all(f or v.size == 1 for f, v in zip(full, values, strict=True)):
        return -1, BLOCK, full
    axis = next((i for i, n in enumerate(shape) if n > 1), None)
    if axis is None or size == 0:
        return None
    cut = []
    for value in values:
        at = axis - (len(shape) - value.ndim)
        if at >= 0 and any(n > 1 for n in value.shape[:at]):
            return None
        cut.append(at >= 0 and value.shape[at] == shape[axis])
    return axis, max(1, BLOCK * shape[axis] // size), cut


def _run_blocks(parts, dtypes, cuts, arrays, out):
    axis, length, cut = cuts
    if axis < 0:
        whole, axis = out.reshape(-1), 0
        arrays = [a.reshape(-1) if c else a.reshape(()) for a, c in zip(arrays, cut, strict=True)]
    else:
        whole = out
    count, before = whole.shape[axis], (slice(None),) * axis
    # where an operand has fewer dimensions than the result, its axis lies further in front
    axes = [axis - (whole.ndim - a.ndim) for a in arrays]
    buffers = None
    for start in range(0, count, length):
        stop = min(start + length, count)
        target = whole[(*before, slice(start, stop))]
        if buffers is None or buffers[0].shape != target.shape:
            buffers = [np.empty(target.shape, dtype) for dtype in dtypes[:-1]] or [target]
        pieces = [
            a[(*(slice(None),) * at, slice(start, stop))] if c else a
            for a, c, at in zip(arrays, cut, axes, strict=True)
        ]
        made = []
        for number, (run, operands) in enumerate(parts):
            inputs = [pieces[i] if i >= 0 else made[-1 - i] for i in operands]
            result = target if number == len(parts) - 1 else buffers[number]
            run(inputs, result)
            made.append(result)
