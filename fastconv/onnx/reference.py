"""Operations that the reference implementation of the `onnx` package computes."""

import contextlib

import onnx
from onnx import defs, helper, shape_inference
from onnx.reference import ReferenceEvaluator

#: operations that give another result in each call
RANDOM = {
    "Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform",
    "RandomUniformLike",
}  # fmt: skip


class Reference:
    """One node, computed by `onnx.reference` in the version of its opset.

    Parameters
    ----------
    node : Node
    opsets : dict
        Version of each domain of the model.
    dtypes : tuple of dtype or None
        dtype of each input and then of each captured value; None where it is not known.
    """

    def __init__(self, node, opsets, dtypes):
        self.node = node
        self.inputs = _names(node)
        self.outputs = list(node.proto.output)
        every = (*node.proto.input, *node.captured)
        known = {name: dtype for name, dtype in zip(every, dtypes, strict=True) if name}
        named = [helper.make_value_info(name, _type(dtype)) for name, dtype in known.items()]
        results = [helper.make_value_info(name, onnx.TypeProto()) for name in self.outputs if name]
        graph = helper.make_graph([node.proto], "node", named, results)
        imports = [helper.make_opsetid(domain, version) for domain, version in opsets.items()]
        model = helper.make_model(graph, opset_imports=imports)
        try:
            self.evaluator = ReferenceEvaluator(model)
        except Exception as error:  # the package raises several types
            raise ValueError(f"no implementation of {node}: {error}") from error

    def __call__(self, arrays):
        """Return the outputs of the node, for all inputs that it has and all captured values."""
        by_name = dict(zip(self.inputs, arrays, strict=True))
        try:
            found = iter(self.evaluator.run(None, by_name))
        except NotImplementedError as error:
            raise ValueError(f"{self.node} cannot be computed: {error}") from error
        return [next(found) if name else None for name in self.outputs]


def _type(dtype):
    """Return the type of an input, which the bodies of some operations depend on."""
    proto = onnx.TypeProto()
    if dtype is not None:
        with contextlib.suppress(KeyError, ValueError):
            proto.tensor_type.elem_type = helper.np_dtype_to_tensor_dtype(dtype)
    return proto


def _names(node):
    """Return the names of inputs and captured values as the node itself has them."""
    return [name for name in (*node.proto.input, *node.captured) if name]


def inferred(node, opsets, values):
    """Return (shape, dtype) of each output of a node, None where it cannot be known before.

    Parameters
    ----------
    node : Node
    opsets : dict
    values : list of Value or None
        What is known of each input that is there, and then of each captured value.
    """
    unknown = [None] * len(node.outputs)
    if any(value is None for value in values):
        return unknown
    try:
        schema = defs.get_schema(node.op, node.version, node.domain)
    except defs.SchemaError:
        return unknown
    types, data = {}, {}
    for name, value in zip(_names(node), values, strict=True):
        try:
            element = helper.np_dtype_to_tensor_dtype(value.dtype)
        except (KeyError, ValueError):
            return unknown
        types[name] = helper.make_tensor_type_proto(element, value.shape)
        if value.constant is not None and value.constant.size <= 4096:
            data[name] = onnx.numpy_helper.from_array(value.constant, name)
    imports = [helper.make_opsetid(domain, version) for domain, version in opsets.items()]
    try:
        found = shape_inference.infer_node_outputs(schema, node.proto, types, data, None, imports)
    except Exception:  # inference is a convenience: running the node shows what is wrong with it
        return unknown
    return [_known(found.get(name)) for name in node.proto.output]


def _known(proto):
    """Return (shape, dtype) of a type if all sizes are known, else None."""
    if proto is None or proto.WhichOneof("value") != "tensor_type":
        return None
    tensor = proto.tensor_type
    if not tensor.elem_type or not tensor.HasField("shape"):
        return None
    if not all(d.HasField("dim_value") for d in tensor.shape.dim):
        return None
    shape = tuple(d.dim_value for d in tensor.shape.dim)
    return shape, helper.tensor_dtype_to_np_dtype(tensor.elem_type)
