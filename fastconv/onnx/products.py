"""Reductions, normalisations and products of matrices, which NumPy computes.

The functions have the arguments and results of those in `moves`.
"""

import numpy as np

from .values import INTO, OUTPUT, Action, integers, same_dtype


def _reduction(function):
    def make(node, values, context):
        x = values[0]
        known, axes = integers(node, values, 1, "axes")
        if not known or x.dtype.kind != "f" or x.size == 0 or x.ndim == 0:
            return None
        if not axes:
            if node.get("noop_with_empty_axes", 0):
                return None
            axes = range(x.ndim)
        axes = tuple(sorted(a % x.ndim for a in axes))
        keep = bool(node.get("keepdims", 1))
        shape = tuple(1 if i in axes else n for i, n in enumerate(x.shape) if keep or i not in axes)
        whole = tuple(1 if i in axes else n for i, n in enumerate(x.shape))

        def into(arrays, outs, threads):
            function(arrays[0], axis=axes, keepdims=True, out=outs[0].reshape(whole))

        return Action(INTO, [(shape, x.dtype)], into, alike=((0,),))

    return make


def _softmax(logarithm):
    def make(node, values, context):
        x = values[0]
        if x.dtype.kind != "f" or x.size == 0 or x.ndim == 0:
            return None
        old = node.version < 13
        axis = node.get("axis", 1 if old else -1)
        axis = axis + x.ndim if axis < 0 else axis
        # before opset 13, all axes from the given one are one
        shape = x.shape
        if old:
            front = int(np.prod(x.shape[:axis], dtype=np.int64))
            shape, axis = (front, x.size // front), 1

        def into(arrays, outs, threads):
            x, out = arrays[0].reshape(shape), outs[0].reshape(shape)
            np.subtract(x, x.max(axis=axis, keepdims=True), out=out)
            if logarithm:
                out -= np.log(np.exp(out).sum(axis=axis, keepdims=True))
            else:
                np.exp(out, out=out)
                out /= out.sum(axis=axis, keepdims=True)

        return Action(INTO, [(x.shape, x.dtype)], into, in_place=(0,))

    return make


def _matmul(node, values, context):
    a, b = values
    if a.dtype != b.dtype or a.dtype.kind != "f" or a.ndim < 2 or b.ndim < 2:
        return None
    if a.shape[-1] != b.shape[-2]:
        return None
    shape = (*np.broadcast_shapes(a.shape[:-2], b.shape[:-2]), a.shape[-2], b.shape[-1])

    def into(arrays, outs, threads):
        np.matmul(arrays[0], arrays[1], out=outs[0])

    return Action(INTO, [(shape, a.dtype)], into)


def _gemm(node, values, context):
    a, b, c = (*values, None)[:3]
    if not same_dtype([v for v in (a, b, c) if v is not None]) or a.dtype.kind != "f":
        return None
    alpha, beta = node.get("alpha", 1.0), node.get("beta", 1.0)
    left, right = bool(node.get("transA", 0)), bool(node.get("transB", 0))
    shape = (a.shape[1 if left else 0], b.shape[0 if right else 1])

    def into(arrays, outs, threads):
        out = outs[0]
        np.matmul(arrays[0].T if left else arrays[0], arrays[1].T if right else arrays[1], out=out)
        if alpha != 1:
            out *= out.dtype.type(alpha)
        if c is not None:
            out += arrays[2] if beta == 1 else arrays[2] * out.dtype.type(beta)

    return Action(INTO, [(shape, a.dtype)], into)


def _normalization(node, values, context):
    """Return the action of a BatchNormalization with the statistics of the training."""
    if len([name for name in node.outputs if name]) > 1 or node.get("training_mode", 0):
        return None
    x = values[0]
    if any(v is None or v.dtype.kind != "f" for v in values) or x.ndim < 2:
        return None
    epsilon = node.get("epsilon", 1e-5)
    columns = (1, -1) + (1,) * (x.ndim - 2)

    def into(arrays, outs, threads):
        x, scale, shift, mean, variance = arrays
        factor = scale / np.sqrt(variance + variance.dtype.type(epsilon))
        term = shift - mean * factor
        y = x * factor.reshape(columns) + term.reshape(columns)
        np.copyto(outs[0], y, casting="unsafe")

    return Action(INTO, [(x.shape, x.dtype)], into)


def _lrn(node, values, context):
    """Return the action of LRN: x / (bias + alpha / size * sum of x^2 of channels around)^beta."""
    x = values[0]
    if x.dtype.kind != "f" or x.ndim < 3:
        return None
    size, beta = node.attributes["size"], node.get("beta", 0.75)
    alpha, bias = node.get("alpha", 1e-4) / size, node.get("bias", 1.0)
    before, channels = (size - 1) // 2, x.shape[1]

    def into(arrays, outs, threads):
        x, out = arrays[0], outs[0]
        square = x * x
        total = np.zeros_like(x)
        for shift in range(-before, size - before):
            low, high = max(0, -shift), min(channels, channels - shift)
            if high > low:
                total[:, low:high] += square[:, low + shift : high + shift]
        total *= x.dtype.type(alpha)
        total += x.dtype.type(bias)
        if beta == 0.75:  # two square roots are faster than a power
            np.sqrt(total, out=total)
            np.sqrt(total, out=square)
            total *= square
        else:
            np.power(total, x.dtype.type(beta), out=total)
        np.divide(x, total, out=out)

    return Action(INTO, [(x.shape, x.dtype)], into, alike=((0, OUTPUT),))


#: the function of each operation
ACTIONS = {
    "ReduceMean": _reduction(np.mean), "ReduceSum": _reduction(np.sum),
    "ReduceMax": _reduction(np.max), "ReduceMin": _reduction(np.min), "Softmax": _softmax(False),
    "LogSoftmax": _softmax(True), "MatMul": _matmul, "Gemm": _gemm,
    "BatchNormalization": _normalization, "LRN": _lrn,
}  # fmt: skip
