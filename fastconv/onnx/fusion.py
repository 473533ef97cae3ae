"""Let normalisation, bias, addition and activation become part of what computes their input.

The nodes are read in their order. A node that can join the one before it takes its place there:
the joined node stands where the later one stood, because all its inputs are known by then. A value
that somebody else reads as well, or that is an output of the network, stays as it is.
"""

import numpy as np

from .activations import activation_of, product_of
from .chains import may_join
from .graph import OURS, Node

#: operations whose output has the rank of their first input
_KEEP_RANK = {
    "BatchNormalization", "Relu", "LeakyRelu", "Sigmoid", "Tanh", "Clip", "HardSwish", "Elu",
    "HardSigmoid", "PRelu", "MaxPool", "AveragePool", "LpPool", "GlobalAveragePool",
    "GlobalMaxPool", "Concat", "LRN", "Dropout", "Softmax", "InstanceNormalization", "Affine",
}  # fmt: skip
_FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


def fuse(graph):
    """Join nodes of a graph, which is changed."""
    _Fusion(graph).run()
    graph.drop_unused()


class _Fusion:
    """The nodes that were read so far, and what is known of their outputs."""

    def __init__(self, graph):
        self.graph = graph
        self.uses = {name: len(nodes) for name, nodes in graph.uses().items()}
        self.nodes = []
        self.makers = {}  # value -> number of its node in `nodes`
        self.ranks = {p.name: len(p.shape) for p in graph.inputs if p.shape is not None}

    def run(self):
        for node in self.graph.nodes:
            node = self.translated(node)
            joined = self.joined(node)
            while joined is not None:
                node = joined
                joined = self.joined(node)
            self.append(node)
        self.graph.nodes = [node for node in self.nodes if node is not None]

    def append(self, node):
        for name in node.outputs:
            self.makers[name] = len(self.nodes)
        self.nodes.append(node)
        rank = None
        if node.op in ("Conv", "ConvTranspose"):
            weight = self.constant(node.inputs[1])
            rank = None if weight is None else weight.ndim
        elif node.inputs and node.op in _KEEP_RANK:
            rank = self.ranks.get(node.inputs[0])
        elif node.of_onnx("Add", "Mul", "Sub", "Sum"):
            ranks = [self.ranks.get(name) for name in node.inputs]
            rank = max(ranks) if None not in ranks else None
        if rank is not None:
            self.ranks[node.outputs[0]] = rank

    # What is known of values

    def constant(self, name):
        return self.graph.constants.get(name) if name else None

    def add_constant(self, array, hint):
        name = f"{hint}/fused"
        while name in self.graph.constants:
            name += "'"
        self.graph.constants[name] = np.ascontiguousarray(array)
        return name

    def maker(self, name, *ops):
        """Return the node of `OURS` in `ops` that computes a value, if only one node reads it."""
        number = self.makers.get(name)
        if number is None or self.uses.get(name) != 1:
            return None
        node = self.nodes[number]
        return node if node is not None and node.domain == OURS and node.op in ops else None

    def take(self, node):
        """Remove a node that becomes part of a later one."""
        self.nodes[self.makers[node.outputs[0]]] = None

    # Nodes on their own

    def translated(self, node):
        """Return a node as the operation of `OURS` that computes it, if there is one."""
        if node.of_onnx("Conv"):
            weight = self.constant(node.inputs[1])
            if weight is not None and weight.dtype in _FLOATS and weight.ndim in (3, 4, 5):
                bias = self.constant(node.inputs[2]) if len(node.inputs) > 2 else None
                if bias is not None or len(node.inputs) == 2 or not node.inputs[2]:
                    return _ours(node, "Conv", node.inputs, dict(node.attributes))
        if node.of_onnx("BatchNormalization"):
            return self.normalization(node) or node
        if node.of_onnx("Gemm", "MatMul"):
            return self.dense(node) or node
        return node

    def normalization(self, node):
        terms = [self.constant(name) for name in node.inputs[1:5]]
        outputs = [name for name in node.outputs if name]
        if any(t is None or t.dtype not in _FLOATS for t in terms) or len(outputs) > 1:
            return None
        if node.get("training_mode", 0) or len({t.dtype for t in terms}) > 1:
            return None
        if self.ranks.get(node.inputs[0], 4) < 2:
            return None
        scale, shift, mean, variance = (t.astype(np.float64) for t in terms)
        factor = scale / np.sqrt(variance + node.get("epsilon", 1e-5))
        return self.affine(node, node.inputs[0], factor, shift - mean * factor, terms[0].dtype)

    def affine(self, node, x, factor, term, dtype):
        name = node.outputs[0]
        vectors = [
            "" if a is None else self.add_constant(a.astype(dtype), name) for a in (factor, term)
        ]
        return _ours(node, "Affine", [x, *vectors, ""], {})

    def dense(self, node):
        """Return a product with a constant matrix as an operation of ours, or None."""
        weight = self.constant(node.inputs[1])
        if weight is None or weight.ndim != 2 or weight.dtype not in _FLOATS or not weight.size:
            return None
        bias = None
        if node.op == "Gemm":
            if node.get("transA", 0):
                return None
            weight = weight if node.get("transB", 0) else weight.T
            if node.get("alpha", 1.0) != 1:
                weight = weight * weight.dtype.type(node.get("alpha"))
            if len(node.inputs) > 2 and node.inputs[2]:
                bias = self.constant(node.inputs[2])
                if bias is None or bias.size not in (1, len(weight)) or bias.ndim > 2:
                    return None
                if bias.size != bias.shape[-1:][0] if bias.ndim else False:
                    return None
                bias = np.broadcast_to(bias.reshape(-1), (len(weight),)) * bias.dtype.type(
                    node.get("beta", 1.0)
                )
        else:
            weight = weight.T
        name = node.outputs[0]
        inputs = [node.inputs[0], self.add_constant(weight[:, :, None, None], name)]
        if bias is not None:
            inputs.append(self.add_constant(bias, name))
        return _ours(node, "Dense", inputs, {})

    # Nodes that join the one before

    def joined(self, node):
        """Return the node as part of the one before it, or None."""
        if node.domain == OURS and node.op == "Affine" and not node.fused:
            return self.affine_into_convolution(node)
        found = activation_of(node, self.constant)
        if found is not None:
            return self.activation_into(node, node.inputs[0], found) or self.chained(node)
        if node.of_onnx("Mul"):
            found = product_of(node, self)
            if found is not None:
                x, activation, inner = found
                return self.product_into(node, x, activation, inner)
        if node.of_onnx("Mul", "Add", "Sub", "Div"):
            joined = self.vector_into(node)
            if joined is not None:
                return joined
        if node.of_onnx("Add") or node.of_onnx("Sum") and len(node.inputs) == 2:
            joined = self.addition(node)
            if joined is not None:
                return joined
        return self.chained(node)

    def chained(self, node):
        """Return a node as the last member of a chain, or None."""
        if not may_join(node) and not (node.domain == OURS and node.op == "Chain"):
            return None
        for name in node.inputs:
            number = self.makers.get(name)
            before = None if number is None or self.uses.get(name) != 1 else self.nodes[number]
            if before is None or not (may_join(before) or before.op == "Chain"):
                continue
            self.take(before)
            members = [*before.get("members", [before]), *node.get("members", [node])]
            made = {member.outputs[0] for member in members}
            inputs = dict.fromkeys(n for m in members for n in m.inputs if n and n not in made)
            names = [member.op for member in members]
            return Node(
                "Chain", OURS, 1, node.name, list(inputs), list(node.outputs),
                {"members": members}, fused=tuple(names[1:]), origin=names[0],
            )  # fmt: skip
        return None

    def affine_into_convolution(self, node):
        convolution = self.maker(node.inputs[0], "Conv")
        if convolution is None or _finished(convolution):
            return None
        factor, term = (self.constant(name) for name in node.inputs[1:3])
        return self.scaled(convolution, node, factor, term)

    def scaled(self, node, last, factor, term):
        """Return a convolution or a pass whose output is then scaled and shifted per channel."""
        name = last.outputs[0]
        self.take(node)
        if node.op == "Affine":
            old = [self.constant(n) for n in node.inputs[1:3]]
            dtype = next(a.dtype for a in (*old, factor, term) if a is not None)
            factor, term = _composed(*old, factor, term)
            inputs = [node.inputs[0]]
            inputs += [
                "" if a is None else self.add_constant(a.astype(dtype), name)
                for a in (factor, term)
            ]
            return node.with_fused(last, inputs=[*inputs, ""], outputs=last.outputs)
        weight = self.constant(node.inputs[1])
        bias = self.constant(node.inputs[2]) if len(node.inputs) > 2 else None
        dtype, channels = weight.dtype, len(weight)
        total = np.zeros(channels) if bias is None else bias.astype(np.float64)
        inputs = [*node.inputs[:2]]
        if factor is not None:
            factor = np.broadcast_to(factor, (channels,)).astype(np.float64)
            scaled = weight * factor.reshape(-1, *(1,) * (weight.ndim - 1))
            inputs[1] = self.add_constant(scaled.astype(dtype), name)
            total = total * factor
        if term is not None:
            total = total + term
        if bias is not None or term is not None:
            inputs.append(self.add_constant(total.astype(dtype), name))
        return node.with_fused(last, inputs=inputs, outputs=last.outputs)

    def vector_into(self, node):
        """Return a product or sum with constants per channel as part of the node before it."""
        for position in (0, 1):
            vector, x = self.constant(node.inputs[position]), node.inputs[1 - position]
            if vector is None or vector.dtype not in _FLOATS:
                continue
            if node.op in ("Sub", "Div") and position == 0:
                return None
            before = self.maker(x, "Conv", "Affine", "Dense")
            if before is None or _finished(before):
                return None
            vector = self.per_channel(vector, x, before)
            if vector is None:
                return None
            if before.op == "Dense":
                return self.bias_of_dense(before, node, vector)
            vector = vector.astype(np.float64)
            if node.op in ("Mul", "Div"):
                factor = vector if node.op == "Mul" else 1 / vector
                return self.scaled(before, node, factor, None)
            return self.scaled(before, node, None, vector if node.op == "Add" else -vector)
        return None

    def per_channel(self, vector, x, before):
        """Return a constant that broadcasts along channels as a vector, or None."""
        if vector.size == 1 and before.op != "Dense":
            rank = self.ranks.get(x)
            fits = rank is not None and vector.ndim <= rank
            return vector.reshape(-1) if fits else None
        if before.op == "Dense":
            features = len(self.constant(before.inputs[1]))
            fits = vector.shape == (features,)
            return vector if fits else None
        rank = self.ranks.get(x)
        if rank is None or vector.ndim > rank:
            return None
        shape = (1,) * (rank - vector.ndim) + vector.shape
        fits = all(n == 1 for i, n in enumerate(shape) if i != 1)
        channels = self.channels(before)
        return vector.reshape(-1) if fits and channels in (None, vector.size) else None

    def channels(self, node):
        if node.op == "Conv":
            return len(self.constant(node.inputs[1]))
        vectors = [self.constant(name) for name in node.inputs[1:3] if name]
        sizes = [v.size for v in vectors if v.size > 1]
        return sizes[0] if sizes else None

    def bias_of_dense(self, before, node, vector):
        if node.op not in ("Add", "Sub"):
            return None
        self.take(before)
        if len(before.inputs) > 2:
            old = self.constant(before.inputs[2])
            vector = old + vector if node.op == "Add" else old - vector
        elif node.op == "Sub":
            vector = -vector
        inputs = [*before.inputs[:2], self.add_constant(vector, node.outputs[0])]
        return before.with_fused(node, inputs=inputs, outputs=node.outputs)

    def addition(self, node):
        """Return the sum of two values as part of the convolution that computes one of them."""
        if node.inputs[0] == node.inputs[1]:
            return None
        found = []
        for position in (0, 1):
            before = self.maker(node.inputs[position], "Conv")
            if before is not None and not _finished(before):
                found.append((self.makers[before.outputs[0]], position, before))
        if not found:
            return None
        _, position, before = max(found, key=lambda f: f[0])
        self.take(before)
        inputs = [*before.inputs, *[""] * (3 - len(before.inputs)), node.inputs[1 - position]]
        return before.with_fused(node, inputs=inputs, outputs=node.outputs)

    def activation_into(self, node, x, activation):
        before = self.maker(x, "Conv", "Affine", "Dense")
        if before is None or "activation" in before.attributes:
            before = self.sum_of(x)
            if before is None:
                return None
        self.take(before)
        attributes = {**before.attributes, "activation": activation}
        return before.with_fused(node, attributes=attributes, outputs=node.outputs)

    def sum_of(self, name):
        """Return a sum of two values that only an activation reads as a pass, or None."""
        number = self.makers.get(name)
        node = None if number is None else self.nodes[number]
        if node is None or self.uses.get(name) != 1 or len(node.inputs) != 2:
            return None
        if not node.of_onnx("Add", "Sum") or any(n in self.graph.constants for n in node.inputs):
            return None
        return _ours(node, "Affine", [node.inputs[0], "", "", node.inputs[1]], {})

    def product_into(self, node, x, activation, inner):
        """Return ``x * f(x)`` as an activation of what computes x, or as a pass of its own."""
        for other in inner:
            self.take(other)
        number = self.makers.get(x)
        before = None if number is None else self.nodes[number]
        only = self.uses.get(x) == 2
        fits = (
            only and before is not None and before.domain == OURS
            and before.op in ("Conv", "Affine", "Dense") and "activation" not in before.attributes
        )  # fmt: skip
        if fits:
            self.take(before)
            attributes = {**before.attributes, "activation": activation}
            return before.with_fused(*inner, node, attributes=attributes, outputs=node.outputs)
        made = _ours(node, "Affine", [x, "", "", ""], {"activation": activation})
        return made.with_fused(*inner)


def _ours(node, op, inputs, attributes):
    return Node(
        op, OURS, 1, node.name, list(inputs), list(node.outputs), attributes,
        fused=node.fused, origin=node.label,
    )  # fmt: skip


def _finished(node):
    """Return whether something after the scale and the bias is already part of a node."""
    return "activation" in node.attributes or len(node.inputs) > 3 and bool(node.inputs[3])


def _composed(factor, term, second_factor, second_term):
    """Return factor and term of (x * factor + term) * second_factor + second_term."""
    if second_factor is not None:
        factor = second_factor if factor is None else factor * second_factor
        term = None if term is None else term * second_factor
    if second_term is not None:
        term = second_term if term is None else term + second_term
    sizes = [a.size for a in (factor, term) if a is not None]
    return tuple(None if a is None else np.broadcast_to(a, (max(sizes),)) for a in (factor, term))
