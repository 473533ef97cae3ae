"""Write a convolutional network as an ONNX model, with noise for weights.

Each method adds one operation and returns its output, which knows its shape. `mark` notes the shape
of a layer under its name, for the tables of the book.
"""

from dataclasses import dataclass
from math import prod

import numpy as np
from onnx import TensorProto, helper, numpy_helper


@dataclass(frozen=True)
class Value:
    """The output of an operation: its name in the model, and its shape."""

    name: str
    shape: tuple

    @property
    def channels(self):
        return self.shape[1]


class Builder:
    """A network in the making.

    Parameters
    ----------
    *shape : int
        Batch, channels, height and width of the input.
    seed : int, default 0
        Of the noise.
    """

    def __init__(self, *shape, seed=0):
        self.rng = np.random.default_rng(seed)
        self.nodes, self.weights, self.layers = [], [], {}
        self.input = Value("image", shape)

    def constant(self, array):
        """Return the name of a constant."""
        name = f"constant_{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def noise(self, *shape, size=1.0, around=0.0):
        """Return the name of a constant of noise with a mean and a standard deviation."""
        array = self.rng.standard_normal(shape, np.float32)
        return self.constant(array * np.float32(size) + np.float32(around))

    def node(self, op, inputs, shape, **attributes):
        """Add an operation and return its output."""
        name = f"{op.lower()}_{len(self.nodes)}"
        names = [v.name if isinstance(v, Value) else v for v in inputs]
        self.nodes.append(helper.make_node(op, names, [name], name, **attributes))
        return Value(name, tuple(shape))

    def mark(self, layer, x):
        """Note the shape of a layer, without the batch, and return the layer."""
        self.layers[layer] = x.shape[1:]
        return x

    def conv(self, x, features, kernel=1, stride=1, padding=0, groups=1, bias=True):
        depth = x.channels // groups
        size = np.sqrt(2 / (depth * kernel * kernel))
        inputs = [x, self.noise(features, depth, kernel, kernel, size=size)]
        if bias:
            inputs.append(self.noise(features, size=0.05))
        pixels = [(n + 2 * padding - kernel) // stride + 1 for n in x.shape[2:]]
        return self.node(
            "Conv", inputs, (x.shape[0], features, *pixels), kernel_shape=[kernel] * 2,
            strides=[stride] * 2, pads=[padding] * 4, group=groups,
        )  # fmt: skip

    def batch_norm(self, x):
        """Add a normalisation with the statistics of a training."""
        channels = x.channels
        variance = self.constant(self.rng.uniform(0.8, 1.2, channels).astype(np.float32))
        terms = [self.noise(channels, size=0.05, around=0.8), self.noise(channels, size=0.05),
                 self.noise(channels, size=0.05), variance]  # fmt: skip
        return self.node("BatchNormalization", [x, *terms], x.shape)

    def activation(self, x, op="Relu"):
        return self.node(op, [x], x.shape)

    def relu(self, x):
        return self.activation(x)

    def relu6(self, x):
        limits = [self.constant(np.float32(v)) for v in (0, 6)]
        return self.node("Clip", [x, *limits], x.shape)

    def silu(self, x):
        return self.product(x, self.activation(x, "Sigmoid"))

    def pool(self, x, kernel, stride, padding=0, op="MaxPool", ceil=False):
        spare = stride - 1 if ceil else 0
        pixels = [(n + 2 * padding - kernel + spare) // stride + 1 for n in x.shape[2:]]
        return self.node(
            op, [x], (*x.shape[:2], *pixels), kernel_shape=[kernel] * 2, strides=[stride] * 2,
            pads=[padding] * 4, ceil_mode=int(ceil),
        )  # fmt: skip

    def global_pool(self, x):
        return self.node("GlobalAveragePool", [x], (*x.shape[:2], 1, 1))

    def flatten(self, x):
        return self.node("Flatten", [x], (x.shape[0], prod(x.shape[1:])))

    def linear(self, x, features):
        weight = self.noise(features, x.channels, size=np.sqrt(2 / x.channels))
        inputs = [x, weight, self.noise(features, size=0.05)]
        return self.node("Gemm", inputs, (x.shape[0], features), transB=1)

    def concat(self, *values):
        channels = sum(v.channels for v in values)
        first = values[0].shape
        return self.node("Concat", values, (first[0], channels, *first[2:]), axis=1)

    def add(self, x, y):
        return self.node("Add", [x, y], x.shape)

    def product(self, x, y):
        return self.node("Mul", [x, y], x.shape)

    def shuffle(self, x, groups):
        """Interleave the channels of groups, as ShuffleNet does."""
        n, channels, *pixels = x.shape
        split = (n, groups, channels // groups, *pixels)
        y = self.node("Reshape", [x, self.constant(np.array(split))], split)
        order = (0, 2, 1, 3, 4)
        y = self.node("Transpose", [y], [split[i] for i in order], perm=order)
        return self.node("Reshape", [y, self.constant(np.array(x.shape))], x.shape)

    def model(self, output, name="network"):
        """Return the network as an `onnx.ModelProto`."""
        ends = [
            helper.make_tensor_value_info(v.name, TensorProto.FLOAT, v.shape)
            for v in (self.input, output)
        ]
        graph = helper.make_graph(self.nodes, name, ends[:1], ends[1:], self.weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
