"""The networks whose graphs the `onnx` package carries, with noise for weights.

`onnx/backend/test/data/light` has AlexNet, DenseNet-121, Inception v1 and v2, ResNet-50,
ShuffleNet, SqueezeNet, VGG-19 and ZFNet-512 as classifiers of images of 224 x 224. All their
weights are equal constants, so results would say little. Noise keeps the values of all layers at
about one size.
"""

from pathlib import Path

import numpy as np

NAMES = (
    "bvlc_alexnet", "densenet121", "inception_v1", "inception_v2", "resnet50", "shufflenet",
    "squeezenet", "vgg19", "zfnet512",
)  # fmt: skip


def network(name, batch=1, seed=0):
    """Return one of the networks as an `onnx.ModelProto`.

    Parameters
    ----------
    name : str
        One of `NAMES`.
    batch : int, default 1
        Size of the batch.
    seed : int, default 0
        Of the noise.
    """
    import onnx
    from onnx import numpy_helper
    from onnx.backend.test import loader

    path = Path(loader.__file__).parent.parent / "data" / "light" / f"light_{name}.onnx"
    model = onnx.load(path)
    graph, rng = model.graph, np.random.default_rng(seed)
    old = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    shapes = {
        node.output[0]: tuple(int(n) for n in old[node.input[0]])
        for node in graph.node
        if node.op_type == "ConstantOfShape"
    }
    roles = _roles(graph, shapes)
    nodes = [node for node in graph.node if node.op_type != "ConstantOfShape"]
    weights = [
        numpy_helper.from_array(_noise(shape, roles.get(value), rng), value)
        for value, shape in shapes.items()
    ]
    kept = [t for t in graph.initializer if t.name not in {n.input[0] for n in graph.node
            if n.op_type == "ConstantOfShape"}]  # fmt: skip
    inputs = [v for v in graph.input if v.name not in old]
    if batch != 1:
        for value in (*inputs, *graph.output):
            value.type.tensor_type.shape.dim[0].dim_value = batch
        kept = [_for_batch(t, batch) for t in kept]
    result = onnx.helper.make_graph(nodes, graph.name, inputs, graph.output, [*kept, *weights])
    return onnx.helper.make_model(result, opset_imports=model.opset_import, ir_version=8)


def _for_batch(tensor, batch):
    """Return the target of a Reshape for another size of the batch."""
    from onnx import numpy_helper

    array = numpy_helper.to_array(tensor)
    if array.dtype == np.int64 and array.ndim == 1 and array.size > 1 and array[0] == 1:
        array = np.array([batch, *array[1:]])
    return numpy_helper.from_array(array, tensor.name)


def _roles(graph, shapes):
    """Return what each constant is for: (op, position), seen through Unsqueeze."""
    roles, alias = {}, {}
    for node in graph.node:
        if node.op_type == "Unsqueeze":
            alias[node.output[0]] = node.input[0]
    for node in graph.node:
        for position, value in enumerate(node.input):
            value = alias.get(value, value)
            if value in shapes and node.op_type != "Unsqueeze":
                roles[value] = node.op_type, position
    return roles


def _noise(shape, role, rng):
    """Return weights that keep the size of values, scales near 1 and shifts near 0."""
    noise = rng.standard_normal(shape)
    op, position = role or ("", 0)
    if op in ("Conv", "Gemm") and position == 1:
        fan = np.prod(shape[1:]) if op == "Conv" else max(shape)
        noise *= np.sqrt(2 / fan)
    elif (op, position) == ("BatchNormalization", 4):
        noise = rng.uniform(0.8, 1.2, shape)
    elif (op, position) in (("BatchNormalization", 1), ("Mul", 1)):
        noise = rng.uniform(0.7, 0.9, shape)
    else:
        noise *= 0.05
    return noise.astype(np.float32)
