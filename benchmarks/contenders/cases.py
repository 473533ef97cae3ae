"""Turn the problem keys of benchmarks/problems into calls with arrays."""

from dataclasses import dataclass, replace

from fastconv.algorithms.kinds import is_filter, is_pooling
from fastconv.problem import OPS, FilterProblem, parse
from fastconv.problem.ops import EXTENDED

from ..common import PROBLEMS, Call
from . import pictures

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
    "filters": ("filters",),
    "signal": ("signal",),
    "resampling": ("resampling",),
    "morphology": ("morphology",),
    "lines": ("lines",),
    "pool": ("pool",),
    "small": ("small",),
    "gpu": ("gpu",),
}  # fmt: skip

#: files whose names begin the classes of their filters
_SORTED = ("colour", "integers", "volumes", "lines", "filters", "resampling", "morphology")
#: options in which one number cannot replace a tuple
_WHOLE = ("output_size", "input_size", "weight_size", "axes", "structure")


@dataclass(frozen=True)
class Case:
    """One problem, with the plainest call that poses it.

    Parameters
    ----------
    key, remark, source : str
        The problem's key, the comment beside it, and the name of its file.
    problem : ConvProblem, PoolProblem, FilterProblem, ...
        The problem.
    name : str
        Name of the function, as `fastconv.plan` takes it.
    arrays, options : dict
        Arguments of the function by name, without defaults.
    """

    key: str
    remark: str
    source: str
    problem: object
    name: str
    arrays: dict
    options: dict

    @property
    def group(self):
        """Name of the class of problems in whose means the case counts."""
        p = self.problem
        dtype = p.dtypes[0]
        if self.source.startswith("drawn: "):
            return f"{self.source.removeprefix('drawn: ')} {dtype}"
        if is_pooling(p):
            return f"{p.op}{'' if p.kind == 'fwd' else ' gradient'} {dtype}"
        if is_filter(p):
            return self._filters
        if p.kind != "fwd" or p.op != "conv":
            return f"{p.function} {dtype}"
        taps = max(p.kernel)
        if p.groups == p.c == p.k and p.groups > 1:
            size = "depthwise from 13x13" if taps >= 13 else "depthwise"
        else:
            size = "1x1" if taps == 1 else "up to 3x3" if taps <= 3 else "5x5 and larger"
            size += ", grouped" if p.groups > 1 else ""
        return f"conv{p.dims}d {size} {dtype}"

    @property
    def _filters(self):
        """Name of the class of a filter: its function, or the size of its kernel."""
        p, function = self.problem, self.name.rpartition(".")[2]
        dtypes = p.dtypes[0] if p.dtypes[2] == p.dtypes[0] else f"{p.dtypes[0]} to {p.dtypes[2]}"
        if self.source in _SORTED:
            return f"{self.source}, {function} {dtypes}"
        if not isinstance(p, FilterProblem):
            return f"{function} {dtypes}"
        taps = max(p.weights[a] for a in p.axes)
        if len(p.axes) == 1:
            return f"signals, {'from' if taps >= 33 else 'below'} 33 taps, {dtypes}"
        if p.traits is not None:
            return f"{'constant' if p.traits == 'box' else 'separable'} kernels {dtypes}"
        sizes = ((3, "to 3"), (11, "5 to 11"), (63, "12 to 63"))
        size = next((name for most, name in sizes if taps <= most), "from 64")
        return f"filters, {size} taps, {dtypes}"


def read(names):
    """Return (key, comment, file) of every problem of these files, without repetitions."""
    found = {}
    for name in names:
        for line in (PROBLEMS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            key, _, remark = (part.strip() for part in line.partition("#"))
            if key:
                found.setdefault(key, (key, remark, name))
    return list(found.values())


def select(set_name, text=None, limit=None, dtype=None):
    """Return (key, comment, file) of the problems of a set.

    Parameters
    ----------
    set_name : str
        One of `SETS`.
    text : str, optional
        A text that the key, the comment or the name of the file has.
    limit : int, optional
        Largest number of problems; they are evenly spread.
    dtype : {"f32", "f64"}, optional
        dtype of all problems, in place of the other one.
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
    """Return the case of one key. A comment may name the kind of picture that is filtered."""
    call = Call(key)
    options, arrays = plain(call.name, call.options), call.arrays
    if remark in pictures.KINDS:
        first, x = next(iter(arrays.items()))
        arrays = {**arrays, first: pictures.picture(remark, x.shape, x.dtype)}
    return Case(key, remark, source, call.problem, call.name, arrays, options)


def plain(name, options):
    """Return options as a user writes them: no defaults, one number if it is that of all axes."""
    op = OPS[name] if options.keys() <= OPS[name].options.keys() else EXTENDED[name]
    defaults, result = op.options, {}
    for word, value in options.items():
        # of unfold and fold a number is two-dimensional
        blocks = word == "kernel_size" and name in ("unfold", "fold")
        if word not in _WHOLE and not blocks:
            value = _collapsed(value)
        if value is not None and (hasattr(value, "shape") or value != defaults[word]):
            result[word] = value
    return result


def _collapsed(value):
    if not isinstance(value, tuple) or not value:
        return value
    inner = tuple(_collapsed(v) for v in value)
    if any(isinstance(v, tuple) for v in inner):
        return value
    return inner[0] if len(set(inner)) == 1 else inner
