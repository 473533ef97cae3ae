"""Remove constants, and nodes that change nothing, from a graph."""

import numpy as np
from onnx import numpy_helper

from .running import computed, foldable


def fold(graph, context):
    """Compute all nodes that depend on constants alone, and drop what nobody reads.

    Parameters
    ----------
    graph : Graph
        It is changed.
    context : Context
    """
    graph.drop_unused()
    outputs = {port.name for port in graph.outputs}
    read = set(graph.uses())
    captured = {name for node in graph.nodes for name in node.captured}
    kept = []
    for node in graph.nodes:
        if node.of_onnx("Constant"):
            array = _constant(node)
            if array is not None:
                graph.constants[node.outputs[0]] = array
                continue
        if _changes_nothing(node, graph, read) and node.outputs[0] not in outputs | captured:
            graph.rename(node.outputs[0], node.inputs[0])
            continue
        names = [*node.inputs, *node.captured]
        if foldable(node) and node.inputs and all(n in graph.constants for n in names if n):
            arrays = [graph.constants.get(name) for name in names]
            results = computed(node, arrays, context)
            if all(isinstance(r, np.ndarray) for r in results):
                graph.constants.update(
                    {n: r for n, r in zip(node.outputs, results, strict=True) if n}
                )
                continue
        kept.append(node)
    graph.nodes = kept
    graph.drop_unused()


def _constant(node):
    """Return the array of a Constant node, or None if it is sparse."""
    get = node.attributes.get
    if "value" in node.attributes:
        return numpy_helper.to_array(get("value"))
    for name, dtype in (
        ("value_float", np.float32), ("value_int", np.int64), ("value_floats", np.float32),
        ("value_ints", np.int64), ("value_string", object), ("value_strings", object),
    ):  # fmt: skip
        if name in node.attributes:
            return np.array(get(name), dtype)
    return None


def _changes_nothing(node, graph, read):
    """Return whether a node returns its first input; `read` are the values that are needed."""
    if node.of_onnx("Identity"):
        return True
    if node.of_onnx("Dropout") and not any(name in read for name in node.outputs[1:]):
        training = node.inputs[2] if len(node.inputs) > 2 else ""
        if not training:
            return True
        array = graph.constants.get(training)
        return array is not None and not array
    return False
