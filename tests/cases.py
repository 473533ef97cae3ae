"""Named test problems, which tests and the oracle share.

A Case is plain data: the public name of the operation ("conv2d", "grad.conv2d_weight",
"max_pool2d", "convolve"), the shapes of its arrays by argument name, and its other arguments.
`build` makes the arrays, `reference` asks the oracle, `accepts` says which dtypes the operation
takes and `result_dtype` what it must return. Gradients are derived from the forward lines.
"""

import inspect
import math
import re
from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter

import numpy as np
import oracle
from case_tables import (
    ADAPTIVE,
    CONVOLUTIONS,
    FILTERS,
    FOLDS,
    MAXOUTS,
    POOLS,
    TRANSPOSED,
    UNFOLDS,
    UNPOOLS,
    UNSHARED,
    WEIGHTED,
)

#: activations that integers do not have
ROUNDED = ("sigmoid", "silu", "tanh", "hardswish", "hardsigmoid", "leaky_relu")
ACTIVATIONS = ("relu", "relu6", *ROUNDED)
KEEPS_THE_DTYPE = ("max", "adaptive_max", "unfold", "fold", "convolve", "correlate")


@dataclass(frozen=True)
class Case:
    """One named problem. `source` is the max pooling that returns the array `indices`."""

    id: str
    op: str
    arrays: dict = field(hash=False)
    options: dict = field(hash=False)
    source: "Case | None" = None

    def __str__(self):
        return self.id


@cache
def oracle_function(op):
    """Return the oracle's function for a public name, and its parameters."""
    function = attrgetter(op)(oracle)
    return function, inspect.signature(function).parameters


def random_array(shape, dtype, rng):
    """Return N(0, 1) values, or integers from the whole range of the dtype, so that sums wrap."""
    dtype = np.dtype(dtype)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return rng.integers(info.min, info.max, shape, dtype=dtype, endpoint=True)
    values = rng.standard_normal(shape)
    if dtype.kind == "c":
        values = (values + 1j * rng.standard_normal(shape)) / math.sqrt(2)
    return values.astype(dtype)


def fan_in(case, name):
    """Return how many products each output sums, for the array `name` as the weight."""
    shape = case.arrays[name]
    if name == "weight":
        dims = int(re.search(r"(\d)d", case.op)[1])
        if "transpose" in case.op:
            return shape[0] * math.prod(shape[2:]) / case.options.get("groups", 1)
        return math.prod(shape[1 : 2 + dims])
    return math.prod(shape)


def build(case, dtype, rng):
    """Return (args, kwargs) of a call. Arguments without a default are positional."""
    values = dict(case.options)
    for name, shape in case.arrays.items():
        if name == "indices":
            args, kwargs = build(case.source, "f8", rng)
            values[name] = reference(case.source, args, kwargs)[1]
            assert values[name].shape == shape
            continue
        values[name] = random_array(shape, dtype, rng)
        if name in ("weight", "weights", "in2") and np.dtype(dtype).kind in "fc":
            scaled = values[name] / math.sqrt(fan_in(case, name))
            values[name] = scaled.astype(dtype)
    _, parameters = oracle_function(case.op)
    required = [n for n, p in parameters.items() if p.default is p.empty]
    return tuple(values.pop(name) for name in required), values


def reference(case, args, kwargs):
    """Return the oracle's result. Keywords that only say how to compute are dropped."""
    function, parameters = oracle_function(case.op)
    return function(*args, **{k: v for k, v in kwargs.items() if k in parameters})


def accepts(case, dtype):
    """Return whether the operation takes arrays of this dtype. Others raise TypeError."""
    kind = np.dtype(dtype).kind
    if case.options.get("activation") in ROUNDED and kind in "iu":
        return False
    maximum = any(name in case.op for name in ("max_pool", "maxout", "lp_pool"))
    return not (kind == "c" and (maximum or case.options.get("activation")))


def result_dtype(case, dtype):
    """Return the dtype of the result if all arrays have `dtype`."""
    dtype = np.dtype(dtype)
    if dtype.kind not in "iu":
        return dtype
    if any(name in case.op for name in ("avg_pool", "lp_pool", "weighted_pool")):
        return np.dtype("f8")
    if case.op.startswith(KEEPS_THE_DTYPE):
        return dtype
    return np.dtype("u8" if dtype == np.uint64 else "i8")


def shape_of(case):
    """Return the shape of the output, from the oracle's result for zeros."""
    zeros = Case(case.id, case.op, case.arrays, case.options, case.source)
    args, kwargs = build(zeros, "f4", np.random.default_rng(0))
    result = reference(zeros, args, kwargs)
    return (result[0] if isinstance(result, tuple) else result).shape


def forward(name, prefix, dims, input, weight, options):
    """Return the case of a convolution. `bias` is "channel", "position" or a shape."""
    options = dict(options)
    bias, add = options.pop("bias", None), options.pop("add", False)
    op = f"{prefix}{dims}d"
    case = Case(name, op, {"input": input, "weight": weight}, options)
    features = weight[1] * options.get("groups", 1) if "transpose" in op else weight[0]
    output = shape_of(case)
    if bias is not None:
        own = {"channel": (), "position": output[-dims:]}.get(bias, bias)
        case.arrays["bias"] = (features, *own)
    if add:
        case.arrays["add"] = output
    return case


def gradients(case):
    """Yield the cases of its gradients with respect to input, weight and bias."""
    arrays = case.arrays
    drop = ("activation", "output_size")
    options = {k: v for k, v in case.options.items() if k not in drop}
    output = shape_of(case)
    made = {
        "input": ({"weight": arrays["weight"]}, {"input_size": arrays["input"], **options}),
        "weight": ({"input": arrays["input"]}, {"weight_size": arrays["weight"], **options}),
    }
    if "bias" in arrays:
        per_position = len(arrays["bias"]) > 1 and "transpose" not in case.op
        if "tiled" in case.op:
            made["bias"] = ({}, {"tiles": arrays["weight"][4:]} if per_position else {})
        else:
            made["bias"] = ({}, {"per_position": True} if per_position else {})
    for kind, (operands, others) in made.items():
        if "output_size" in case.options and kind != "bias":
            continue
        operands = {**operands, "grad_output": output}
        yield Case(f"{case.id}-{kind}", f"grad.{case.op}_{kind}", operands, others)


def pooling(name, op, input, options, source=None, **arrays):
    """Yield the cases of a pooling and of its gradient."""
    arrays = {"input": input, **arrays}
    case = Case(name, op, arrays, options, source)
    yield case
    operands, others = {"grad_output": shape_of(case)}, {"input_size": input}
    if op.startswith(("max_pool", "adaptive_max")):
        source = Case(name, op, arrays, {**options, "return_indices": True})
        operands["indices"] = operands["grad_output"]
        yield Case(f"{name}-indices", op, arrays, source.options)
    elif op.startswith("max_unpool"):
        operands["indices"] = arrays["indices"]
    elif op.startswith(("avg", "weighted")):
        others |= options
    elif op.startswith(("lp", "maxout")):
        operands["input"], others = input, options
    if "weights" in arrays:
        operands["weights"] = arrays["weights"]
    yield Case(f"{name}-input", f"grad.{op}_input", operands, others, source)


def every_case():
    """Yield the cases of all tables, in order."""
    for line in CONVOLUTIONS:
        case = forward(f"conv-{line[0]}", "conv", len(line[2]) - 2, *line[1:])
        yield from (case, *gradients(case))
    for line in TRANSPOSED:
        case = forward(f"transposed-{line[0]}", "conv_transpose", len(line[2]) - 2, *line[1:])
        yield from (case, *gradients(case))
    for name, prefix, dims, *line in UNSHARED:
        case = forward(f"{prefix[:-5]}-{name}", prefix, dims, *line)
        yield from (case, *gradients(case))
    for name, op, input, options in POOLS + ADAPTIVE:
        yield from pooling(f"{op}-{name}", op, input, options)
    for name, source_op, input, options, others in UNPOOLS:
        options = {**options, "return_indices": True}
        source = Case(name, source_op, {"input": input}, options)
        pooled, op = shape_of(source), source_op.replace("pool", "unpool")
        yield from pooling(f"{op}-{name}", op, pooled, others, source, indices=pooled)
    for name, input, weights, options in WEIGHTED:
        yield from pooling(f"weighted-{name}", "weighted_pool2d", input, options, weights=weights)
    for name, input, options in MAXOUTS:
        yield from pooling(f"maxout-{name}", "maxout", input, options)
    for op, lines in (("unfold", UNFOLDS), ("fold", FOLDS)):
        for name, input, options in lines:
            yield Case(f"{op}-{name}", op, {"input": input}, options)
    for name, in1, in2, options in FILTERS:
        for op in ("convolve", "correlate"):
            yield Case(f"{op}-{name}", op, {"in1": in1, "in2": in2}, options)


CASES = list(every_case())
BY_ID = {case.id: case for case in CASES}
assert len(BY_ID) == len(CASES), "two cases have the same id"
