"""Read a model and return it as a `Graph`."""

import os

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from onnx import external_data_helper, helper, inliner, numpy_helper, version_converter

from ..errors import shown
from . import weights
from .graph import Graph, Node, Port

#: the oldest opset whose operations broadcast as NumPy does
OLDEST = 7


def read(source):
    """Return the `onnx.ModelProto` of a path, of bytes, or the model itself, and weights apart.

    Returns
    -------
    model : onnx.ModelProto
    arrays : dict
        Values of weights by name, which the model lacks.
    """
    if isinstance(source, onnx.ModelProto):
        return source, {}
    if isinstance(source, (bytes, bytearray, memoryview)):
        return _parsed("model", lambda: onnx.load_model_from_string(bytes(source))), {}
    if isinstance(source, (str, os.PathLike)):
        what, arrays = f"model {os.fspath(source)!r}", {}
        return _parsed(what, lambda: _from_file(source, arrays)), arrays
    raise TypeError(f"model must be a path, bytes or an onnx.ModelProto, got {shown(source)}")


def _from_file(path, arrays):
    """Return the model of a file, whose large weights `arrays` gets."""
    if os.fspath(path).endswith(".onnx"):
        try:
            rest, found = weights.apart(path)
            model = onnx.load_model_from_string(rest)
            arrays.update(found)
            external_data_helper.load_external_data_for_model(
                model, os.path.dirname(os.path.abspath(path))
            )
            return model
        except (ValueError, DecodeError):
            arrays.clear()  # the package onnx says what is wrong
    return onnx.load(path)


def _parsed(what, load):
    """Return what `load` returns, or raise a ValueError that says what could not be read."""
    try:
        model = load()
    except OSError:
        raise
    except Exception as error:  # protobuf and onnx have exceptions of their own
        raise ValueError(f"{what} is not an ONNX model: {error}") from error
    if not model.graph.node and not model.graph.output:
        raise ValueError(f"{what} is not an ONNX model: it has no graph")
    return model


def graph_of(model, arrays):
    """Return the graph of a model, with the functions of the model in place of their calls.

    Parameters
    ----------
    model, arrays
        What `read` returns. The graph takes the arrays from the dict.
    """
    if model.functions:
        model = inliner.inline_local_functions(model)
    opsets = {"" if s.domain == "ai.onnx" else s.domain: s.version for s in model.opset_import}
    if opsets.get("", OLDEST) < OLDEST:
        model = version_converter.convert_version(model, OLDEST)
        opsets[""] = OLDEST
    graph = model.graph
    if graph.sparse_initializer:
        raise ValueError("model has sparse initializers; allowed: dense ones")
    constants = {
        t.name: arrays.pop(t.name) if t.name in arrays else numpy_helper.to_array(t)
        for t in graph.initializer
    }
    nodes = [_node(proto, i, opsets) for i, proto in enumerate(graph.node)]
    inputs = [_port(v) for v in graph.input if v.name not in constants]
    return Graph(nodes, constants, inputs, [_port(v) for v in graph.output], opsets)


def _port(value):
    """Return the name, shape and dtype of a graph's input or output."""
    kind = value.type.WhichOneof("value")
    if kind != "tensor_type":
        return Port(value.name, None, None)
    tensor = value.type.tensor_type
    shape = None
    if tensor.HasField("shape"):
        # some exporters write -1 for a free size
        sizes = [d.dim_value if d.HasField("dim_value") else -1 for d in tensor.shape.dim]
        shape = tuple(n if n >= 0 else None for n in sizes)
    dtype = None
    if tensor.elem_type:
        dtype = np.dtype(helper.tensor_dtype_to_np_dtype(tensor.elem_type))
    return Port(value.name, shape, dtype)


def _node(proto, number, opsets):
    if proto.op_type != "Constant":
        # a part of a model keeps the memory of all of it, with the weights
        whole, proto = proto, onnx.NodeProto()
        proto.CopyFrom(whole)
    domain = "" if proto.domain == "ai.onnx" else proto.domain
    attributes = {}
    for a in proto.attribute:
        value = helper.get_attribute_value(a)
        if isinstance(value, bytes):
            value = value.decode(errors="replace")
        elif isinstance(value, list) and value and isinstance(value[0], bytes):
            value = [v.decode(errors="replace") for v in value]
        attributes[a.name] = value
    return Node(
        proto.op_type, domain, opsets.get(domain, 1), proto.name or f"{proto.op_type}_{number}",
        list(proto.input), list(proto.output), attributes, proto, captured_by(proto),
    )  # fmt: skip


def captured_by(proto):
    """Return the names that subgraphs of a node read from outside."""
    found = {}
    for attribute in proto.attribute:
        graphs = [*attribute.graphs]
        if attribute.type == onnx.AttributeProto.GRAPH:
            graphs.append(attribute.g)
        for graph in graphs:
            own = {v.name for v in (*graph.input, *graph.initializer)}
            for node in graph.node:
                for name in (*node.input, *captured_by(node)):
                    if name and name not in own:
                        found[name] = None
                own.update(node.output)
            found.update((v.name, None) for v in graph.output if v.name not in own)
    return tuple(found)
