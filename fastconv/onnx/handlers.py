"""Which module computes a node: plans, C passes, NumPy, or the reference implementation."""

import numpy as np

from . import arrays, chains, elementwise, gates, passes, resizing, windows
from .graph import OURS
from .reference import Reference, inferred
from .values import OWN, Action

_MODULES = (windows, passes, gates, elementwise, arrays, resizing, chains)


def action_of(node, values, context):
    """Return the `Action` of a node.

    Parameters
    ----------
    node : Node
    values : list of Value or None
        What is known of each input and then of each captured value. None for an input that is left
        out, or of which nothing is known.
    context : Context
    """
    inputs = values[: len(node.inputs)]
    present = all(v is not None for v, name in zip(inputs, node.inputs, strict=True) if name)
    if present and not node.captured:
        while inputs and inputs[-1] is None:  # left out at the end
            inputs = inputs[:-1]
        for module in _MODULES:
            found = module.action(node, inputs, context)
            if found is not None:
                return found
    if node.domain == OURS:
        raise ValueError(f"{node} cannot run on {[v and v.shape for v in inputs]}")
    return _referred(node, values, context)


def _referred(node, values, context):
    dtypes = tuple(v and v.dtype for v in values)
    key = node.name, node.op, *node.outputs, dtypes
    evaluator = context.evaluators.get(key)
    if evaluator is None:
        evaluator = context.evaluators[key] = Reference(node, context.opsets, dtypes)
    names = [name for name in (*node.inputs, *node.captured)]
    places = [i for i, name in enumerate(names) if name]
    outputs = [None] * len(node.outputs)
    if tuple(node.outputs) not in context.misinferred:
        outputs = inferred(node, context.opsets, [values[i] for i in places])

    def own(arrays, outs, threads):
        with np.errstate(all="ignore"):
            return evaluator([arrays[i] for i in places])

    return Action(OWN, outputs, own, algorithm="onnx.reference")
