"""Recognise activations: single nodes, and the products that exporters write for some."""

import math

import numpy as np

#: activations without numbers, by the operation's name
NAMED = {"Relu": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "HardSwish": "hardswish"}


def activation_of(node, constant):
    """Return (name, low, high) of the activation that a node applies, or None.

    Parameters
    ----------
    node : Node
    constant : callable
        ``constant(name)`` is the constant array of that name, or None.
    """
    if node.domain:
        return None
    if node.op in NAMED:
        return NAMED[node.op], 0.0, 0.0
    if node.op == "LeakyRelu":
        slope = float(np.float32(node.get("alpha", 0.01)))
        if slope == float(np.float32(0.01)):
            return "leaky_relu", 0.0, 0.0
        return "slope", slope, 0.0
    if node.op == "HardSigmoid" and _is_sixth(node):
        return "hardsigmoid", 0.0, 0.0
    if node.op == "Clip":
        return _clip(node, constant)
    return None


def _is_sixth(node):
    """Return whether a HardSigmoid is x / 6 + 1/2, limited to 0 and 1."""
    alpha, beta = node.get("alpha", 0.2), node.get("beta", 0.5)
    return math.isclose(alpha, 1 / 6, rel_tol=1e-6) and beta == 0.5


def _clip(node, constant):
    low, high = node.get("min", -math.inf), node.get("max", math.inf)
    if len(node.inputs) > 1:
        names = [*node.inputs[1:], ""][:2]
        bounds = [constant(name) if name else None for name in names]
        if any(b is None and name for b, name in zip(bounds, names, strict=True)):
            return None
        low = -math.inf if bounds[0] is None else float(bounds[0])
        high = math.inf if bounds[1] is None else float(bounds[1])
    if not low <= high:
        return None
    return ("relu6", 0.0, 0.0) if (low, high) == (0, 6) else ("clip", low, high)


def product_of(node, fusion):
    """Return (x, activation, nodes between) if a product is x * f(x) for a known f, else None.

    SiLU is written as x * Sigmoid(x), and hardswish as x * HardSigmoid(x).

    Parameters
    ----------
    node : Node
        A Mul.
    fusion : _Fusion
        What was read so far.
    """
    for position in (0, 1):
        x, y = node.inputs[position], node.inputs[1 - position]
        number = fusion.makers.get(y)
        inner = None if number is None else fusion.nodes[number]
        if inner is None or fusion.uses.get(y) != 1 or inner.inputs[0] != x:
            continue
        if inner.of_onnx("Sigmoid"):
            return x, ("silu", 0.0, 0.0), [inner]
        if inner.of_onnx("HardSigmoid") and _is_sixth(inner):
            return x, ("hardswish", 0.0, 0.0), [inner]
    return None


def fits_plan(activation):
    """Return whether `activation=` of a convolution takes this activation."""
    return activation[0] not in ("clip", "slope")
