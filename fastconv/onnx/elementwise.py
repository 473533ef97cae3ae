"""Operations that NumPy computes value by value, with broadcasting.

Each function takes a node and returns ``f(arrays, out)``, which writes into `out`, or into a new
array if it is None; or None if NumPy has no such operation for the node's attributes.
"""

import numpy as np

from .values import INTO, OUTPUT, Action


def _ufunc(ufunc):
    def make(node):
        return lambda arrays, out: ufunc(*arrays, out=out)

    return make


def _reduced(ufunc):
    """Return what makes a ufunc of two arrays one of any number."""

    def make(node):
        def run(arrays, out):
            if len(arrays) == 1:
                return np.positive(arrays[0], out=out) if out is not None else arrays[0].copy()
            result = ufunc(arrays[0], arrays[1], out=out)
            for array in arrays[2:]:
                result = ufunc(result, array, out=out)
            return result

        return run

    return make


def _composed(function):
    """Return what computes an activation ``function(x, *numbers)`` in a few passes."""

    def with_defaults(**defaults):
        def make(node):
            numbers = [node.get(name, value) for name, value in defaults.items()]

            def run(arrays, out):
                x = arrays[0]
                result = function(x, *numbers).astype(x.dtype, copy=False)
                if out is None:
                    return result
                np.copyto(out, result)
                return out

            return run

        return make

    return with_defaults


def _erf(node):
    from scipy.special import erf

    return lambda arrays, out: erf(arrays[0], out=out)


def _reciprocal(arrays, out):
    return np.divide(arrays[0].dtype.type(1), arrays[0], out=out)


def _where(node):
    def run(arrays, out):
        condition, yes, no = arrays
        if out is None:
            return np.where(condition, yes, no)
        np.copyto(out, no)
        np.copyto(out, yes, where=condition)
        return out

    return run


def _prelu(node):
    def run(arrays, out):
        x, slope = arrays
        negative = np.minimum(x, 0)
        negative *= slope
        out = np.maximum(x, 0, out=out)
        out += negative
        return out

    return run


def _sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x < 0, e, e.dtype.type(1)) / (1 + e)


def _elu(x, alpha):
    return np.where(x < 0, alpha * np.expm1(np.minimum(x, 0)), x)


def _selu(x, alpha, gamma):
    return gamma * np.where(x <= 0, alpha * np.expm1(np.minimum(x, 0)), x)


def _softplus(x):
    return np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0)


def _gelu(x, approximate):
    from scipy.special import erf

    if approximate == "tanh":
        return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi).astype(x.dtype) * (x + 0.044715 * x**3)))
    return 0.5 * x * (1 + erf(x * x.dtype.type(np.sqrt(0.5))))


#: operations whose result has the dtype of the first input
_KEEP = {
    "Abs": _ufunc(np.abs), "Neg": _ufunc(np.negative), "Ceil": _ufunc(np.ceil),
    "Floor": _ufunc(np.floor), "Round": _ufunc(np.rint), "Sqrt": _ufunc(np.sqrt),
    "Exp": _ufunc(np.exp), "Log": _ufunc(np.log), "Sin": _ufunc(np.sin), "Cos": _ufunc(np.cos),
    "Sign": _ufunc(np.sign), "Tanh": _ufunc(np.tanh), "Erf": _erf,
    "Reciprocal": lambda node: _reciprocal,
    "Not": _ufunc(np.logical_not),
    "Add": _ufunc(np.add), "Sub": _ufunc(np.subtract), "Mul": _ufunc(np.multiply),
    "Div": _ufunc(np.divide), "Pow": _ufunc(np.power),
    "Max": _reduced(np.maximum), "Min": _reduced(np.minimum), "Sum": _reduced(np.add),
    "And": _ufunc(np.logical_and), "Or": _ufunc(np.logical_or), "Xor": _ufunc(np.logical_xor),
    "Where": _where, "PRelu": _prelu,
    "Relu": lambda node: lambda arrays, out: np.maximum(
        arrays[0], arrays[0].dtype.type(0), out=out
    ),
    "Sigmoid": _composed(_sigmoid)(),
    "Elu": _composed(_elu)(alpha=1.0),
    "Selu": _composed(_selu)(alpha=1.6732632423543772, gamma=1.0507009873554805),
    "Softplus": _composed(_softplus)(),
    "Softsign": _composed(lambda x: x / (1 + np.abs(x)))(),
    "Mish": _composed(lambda x: x * np.tanh(_softplus(x)))(),
    "Gelu": _composed(_gelu)(approximate="none"),
}  # fmt: skip
_COMPARE = {
    "Equal": _ufunc(np.equal), "Greater": _ufunc(np.greater), "Less": _ufunc(np.less),
    "GreaterOrEqual": _ufunc(np.greater_equal), "LessOrEqual": _ufunc(np.less_equal),
}  # fmt: skip
#: operations of floating numbers alone: NumPy's result of integers would be another
_FLOATING = {
    "Ceil", "Floor", "Round", "Sqrt", "Exp", "Log", "Sin", "Cos", "Tanh", "Erf", "Reciprocal",
    "Div", "Pow", "PRelu", "Sigmoid", "Elu", "Selu", "Softplus", "Softsign", "Mish", "Gelu",
}  # fmt: skip
_LOGICAL = {"Not", "And", "Or", "Xor"}
#: operations that chains are made of, with activations that a C pass computes
JOINED = {
    "Abs",
    "Neg",
    "Ceil",
    "Floor",
    "Round",
    "Sqrt",
    "Exp",
    "Log",
    "Sin",
    "Cos",
    "Sign",
    "Tanh",
    "Erf",
    "Reciprocal",
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Pow",
    "Relu",
    "Sigmoid",
    "Elu",
    "Selu",
    "Softplus",
    "Softsign",
    "Mish",
    "Gelu",
    "Clip",
    "LeakyRelu",
    "HardSwish",
    "HardSigmoid",
}
#: operations that read an input only where they write: the output may take its place
_FIRST_PASS = {"PRelu", "Where"}


def action(node, values, context):
    """Return the `Action` of a node that NumPy computes value by value, or None."""
    name = node.op
    if node.domain or name not in _KEEP and name not in _COMPARE:
        return None
    if any(v is None or not v.plain for v in values) or len(node.outputs) != 1:
        return None
    if name in _FLOATING and any(v.dtype.kind != "f" for v in values):
        return None
    if name in _LOGICAL and any(v.dtype.kind != "b" for v in values):
        return None
    first = values[1] if name == "Where" else values[0]
    others = values[1:] if name == "Where" else values
    if any(v.dtype != first.dtype for v in others):
        return None
    if name in ("Neg", "Sub", "Add", "Mul") and first.dtype.kind == "b":
        return None
    if name in _COMPARE:
        run, dtype = _COMPARE[name](node), np.dtype(bool)
    else:
        run, dtype = _KEEP[name](node), first.dtype
    try:
        shape = np.broadcast_shapes(*(v.shape for v in values))
    except ValueError:
        return None
    if name == "PRelu" and shape != first.shape:
        return None
    same = [i for i, v in enumerate(values) if v.shape == shape and v.dtype == dtype]
    if name in _FIRST_PASS or len(values) > 2:
        same = []

    def into(arrays, outs, threads):
        with np.errstate(all="ignore"):
            run(arrays, outs[0])

    alike = (*(i for i, v in enumerate(values) if v.shape == shape), OUTPUT)
    return Action(INTO, [(shape, dtype)], into, tuple(same), function=run, alike=(alike,))
