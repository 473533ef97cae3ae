"""The problems: keys of benchmarks/problems as calls with arrays."""

import inspect
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from fastconv import kernels
from fastconv.algorithms.base import is_filter, is_pooling
from fastconv.comparison.subject import public_function
from fastconv.problem import parse

from ..common import PROBLEMS, Call

SETS = {
    "dense": (
        "resnet50", "vgg16", "alexnet", "mobilenet_v1", "mobilenet_v2", "resnext50", "depthwise",
        "segmentation", "yolo9000", "tvm", "mec", "training", "conv1d", "conv3d", "large_kernels",
        "gradients", "transposed",
    ),
    "backward": ("gradients", "pool_backward"),
    "transposed": ("transposed",),
    "local": ("local",),
    "image": ("image",),
    "colour": ("colour",),
    "integers": ("integers",),
    "volumes": ("volumes",),
    "signal": ("signal",),
    "lines": ("lines",),
    "pool": ("pool",),
    "small": ("small",),
    "gpu": ("gpu",),
}  # fmt: skip

#: sets of filters of which the first word of a comment says what they are
_FILTERS = ("image", "colour", "integers", "volumes", "lines")
#: functions of their own, which have no plan, and what they are of the image
WINDOWS = {"maximum": "maximum_filter", "minimum": "minimum_filter"}
#: options that a number would not stand for
_WHOLE = ("output_size", "input_size", "weight_size", "axes")


@dataclass(frozen=True)
class Case:
    """One problem, with arrays and the plainest call that poses it.

    `kind` is the first word of the comment: gaussian, box, maximum and minimum are also functions
    of their own, here and in other libraries; integer kernels of bytes give int16.
    """

    key: str
    remark: str
    source: str
    problem: object
    name: str
    arrays: dict
    options: dict
    kind: str = ""
    sigma: float | None = None

    @property
    def group(self):
        """The class of problems that it is counted with."""
        p = self.problem
        dtype = p.dtypes[0]
        if is_pooling(p):
            return f"{p.op}{'' if p.kind == 'fwd' else ' gradient'} {dtype}"
        if is_filter(p):
            taps = max(p.weights[a] for a in p.axes)
            if self.source in _FILTERS[1:]:
                return f"{self.source}, {self.kind} {dtype}"
            if len(p.axes) == 1:
                return f"signals, {'from' if taps >= 33 else 'below'} 33 taps, {dtype}"
            if self.kind in ("gaussian", "box", "sepfilter2d"):
                return f"{self.kind} {dtype}"
            sizes = ((3, "to 3"), (11, "5 to 11"), (63, "12 to 63"))
            size = next((name for most, name in sizes if taps <= most), "from 64")
            return f"filters, {size} taps, {dtype}"
        if p.kind != "fwd" or p.op != "conv":
            return f"{p.function} {dtype}"
        taps = max(p.kernel)
        if p.groups == p.c == p.k and p.groups > 1:
            size = "depthwise from 13x13" if taps >= 13 else "depthwise"
        else:
            size = "1x1" if taps == 1 else "to 3x3" if taps <= 3 else "5x5 and larger"
            size += ", grouped" if p.groups > 1 else ""
        return f"conv{p.dims}d {size} {dtype}"


def read(names):
    """(key, comment, file) of every problem of these files, the first of equal keys."""
    found = {}
    for name in names:
        for line in (PROBLEMS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            key, _, remark = (part.strip() for part in line.partition("#"))
            if key:
                found.setdefault(key, (key, remark, name))
    return list(found.values())


def select(set_name, text=None, limit=None, dtype=None):
    """The problems of a set: those that `text` is found in, at most `limit`, evenly spread.

    `dtype`, f32 or f64, replaces the other in every key.
    """
    rows = [row for row in read(SETS[set_name]) if text is None or text in " ".join(row)]
    if dtype is not None:
        rows = [(_in(dtype, key), remark, source) for key, remark, source in rows]
        rows = list({row[0]: row for row in rows if row[0] is not None}.values())
    if limit is not None and limit < len(rows):
        rows = [rows[i * len(rows) // limit] for i in range(limit)]
    return rows


def _in(dtype, key):
    problem = parse(key)
    if set(problem.dtypes) - {"f32", "f64"}:
        return None
    return replace(problem, dtypes=(dtype,) * 3).key()


def case(key, remark="", source=""):
    """The case of one key."""
    call = Call(key)
    kind, sigma = "", None
    arrays = dict(call.arrays)
    if source in _FILTERS and remark:
        kind = remark.split()[0]
    if kind and "weights" in arrays:
        size = arrays["weights"].shape
        if kind == "gaussian":
            sigma = 0.3 * ((size[0] - 1) * 0.5 - 1) + 0.8  # OpenCV's, from the size alone
            weight = kernels.gaussian(size, sigma)
        elif kind == "box":
            weight = np.full(size, 1 / prod(size))
        elif kind == "integer":
            weight = np.rint(np.clip(arrays["weights"], -3, 3))
        elif call.problem.dtypes[0][0] in "iu":
            # a mean: outside of the range of integers libraries differ, and all are right
            weight = np.abs(arrays["weights"]) / np.abs(arrays["weights"]).sum()
        else:
            weight = arrays["weights"]
        arrays["weights"] = weight.astype(arrays["weights"].dtype)
    options = plain(public_function(call.name), call.options)
    return Case(key, remark, source, call.problem, call.name, arrays, options, kind, sigma)


def plain(function, options):
    """Options as a user would write them: no defaults, one number where all axes agree."""
    parameters = inspect.signature(function).parameters
    result = {}
    for name, value in options.items():
        # of unfold and fold a number is two-dimensional
        blocks = name == "kernel_size" and function.__name__ in ("unfold", "fold")
        if name not in _WHOLE and not blocks:
            value = _collapsed(value)
        if value != parameters[name].default and value is not None:
            result[name] = value
    return result


def _collapsed(value):
    if not isinstance(value, tuple) or not value:
        return value
    inner = tuple(_collapsed(v) for v in value)
    if any(isinstance(v, tuple) for v in inner):
        return value
    return inner[0] if len(set(inner)) == 1 else inner
