"""PoolProblem: one pooling, unpooling, maxout, unfold or fold, or one of their gradients."""

from math import prod

import numpy as np

from .arrays import DTYPES, compute_name
from .keys import dtypes_token, pairs_token, sizes_token
from .records import lazily, record

OPS = (
    "max_pool", "avg_pool", "lp_pool", "adaptive_avg_pool", "adaptive_max_pool", "max_unpool",
    "weighted_pool", "maxout", "unfold", "fold", "min_pool",
)  # fmt: skip
#: ops that move or select values without arithmetic: they compute in the dtype of their input
SELECTING = ("max_pool", "min_pool", "adaptive_max_pool", "max_unpool", "maxout", "unfold")


@record
class PoolProblem:
    """One pooling: everything that the choice of an algorithm may depend on.

    Parameters
    ----------
    op : str
        One of `OPS`. Only minimum filters use ``min_pool``; there is no public function for it.
    kind : str
        ``fwd``, or ``input`` for the gradient with respect to the input.
    dtypes : tuple of str
        Short names of three dtypes: of the two operands and of the result. If there is one operand,
        its dtype is repeated. Indices are not counted as an operand.
    n, c : int
        Batch size and channels. For maxout, `n` is the number of elements along the axes before
        the reduced axis, and `input` the number along the axes after it.
    input, kernel, output : tuple of int
        Spatial sizes of the op's input, of the window and of the op's output. For unfold, `output`
        is the grid of blocks; for fold, `input` is. A gradient that is computed from indices has no
        window, so its kernel is empty.
    stride, dilation, padding : tuples
        One entry per axis; an entry of `padding` is a pair (before, after).
    ceil_mode, count_include_pad : bool
        Options of the pooling, as in PyTorch.
    divisor : float or None
        The option ``divisor_override`` of average pooling.
    norm : float or None
        The exponent p of Lp pooling.
    indices : bool
        Whether the call also returns indices.
    groups : int
        Number of output channels of maxout.
    """

    op: str
    kind: str
    dtypes: tuple[str, str, str]
    n: int
    c: int
    input: tuple[int, ...]
    kernel: tuple[int, ...]
    output: tuple[int, ...]
    stride: tuple[int, ...] = ()
    padding: tuple[tuple[int, int], ...] = ()
    dilation: tuple[int, ...] = ()
    ceil_mode: bool = False
    count_include_pad: bool = True
    divisor: float | None = None
    norm: float | None = None
    indices: bool = False
    groups: int = 1

    family = "pooling"
    traits = None

    @property
    def dims(self) -> int:
        return len(self.input)

    @lazily
    def function(self) -> str:
        """Public name of the op: ``max_pool2d``, ``max_pool2d_input``."""
        plain = self.op in ("maxout", "unfold", "fold")
        return (
            self.op
            + ("" if plain else f"{self.dims}d")
            + ("_input" if self.kind == "input" else "")
        )

    @lazily
    def compute(self) -> str:
        """Short name of the dtype in which kernels compute."""
        if self.op in SELECTING and self.kind == "fwd":
            return "f32" if self.dtypes[2] == "f16" else self.dtypes[2]
        return compute_name(self.dtypes[2])

    @property
    def adaptive(self) -> bool:
        return self.op.startswith("adaptive")

    @property
    def has_window(self) -> bool:
        """Whether the op has a window of fixed size.

        Adaptive poolings, maxout and ops that are computed from indices have none.
        """
        if self.adaptive or self.op in ("maxout", "max_unpool"):
            return False
        return not (self.op == "max_pool" and self.kind == "input")

    def windows(self):
        """Return the positions that every window covers: ``(ptr, index, tap, count)`` per axis.

        Window `o` of an axis covers the input positions ``index[ptr[o]:ptr[o+1]]``, and the taps
        ``tap[ptr[o]:ptr[o+1]]`` of the kernel lie on them. Only positions inside the input are
        listed. ``count[o]`` is the number of positions in the divisor of an average. It includes
        padding if `count_include_pad` is True. It never includes positions past the padded input,
        which windows cover with `ceil_mode`.
        """
        size = self.output if self.op == "fold" else self.input
        grid = self.input if self.op == "fold" else self.output
        if self.adaptive:
            return [_adaptive_windows(n, o) for n, o in zip(size, grid, strict=True)]
        columns = zip(
            size, grid, self.kernel, self.stride, self.dilation, self.padding, strict=True
        )
        return [self._axis_windows(*column) for column in columns]

    def _axis_windows(self, size, outputs, taps, stride, dilation, pad):
        """Return ``(ptr, index, tap, count)`` of one axis, as in `windows`."""
        before, after = pad
        start = np.arange(outputs, dtype=np.int64) * stride - before

        def taps_below(end):
            """Return how many taps of each window lie at positions below `end`."""
            return np.clip(-((start - end) // dilation), 0, taps)

        first = taps_below(0)
        inside = np.maximum(taps_below(size) - first, 0)
        counted = taps_below(size + after) if self.count_include_pad else inside
        ptr = np.concatenate(([0], np.cumsum(inside))).astype(np.int64)
        tap = np.arange(ptr[-1], dtype=np.int64) + np.repeat(first - ptr[:-1], inside)
        return ptr, np.repeat(start, inside) + tap * dilation, tap, counted

    @property
    def flops(self) -> int:
        """Number of additions or comparisons in the definition."""
        if self.op == "maxout":
            return self.n * self.c * prod(self.input)
        grid = self.input if self.op == "fold" else self.output
        taps = prod(self.kernel)
        if self.adaptive:
            taps = -(-prod(self.input) // prod(self.output))
        return self.n * self.c * prod(grid) * max(taps, 1)

    @lazily
    def bytes(self) -> int:
        """Bytes of the input and the output, each counted once."""
        taps = prod(self.kernel) if self.op in ("unfold", "fold") else 1
        values = self.n * self.c * (prod(self.input) + prod(self.output))
        if self.op == "unfold":
            values = self.n * self.c * (prod(self.input) + taps * prod(self.output))
        elif self.op == "fold":
            values = self.n * self.c * (taps * prod(self.input) + prod(self.output))
        return values * DTYPES[self.compute].itemsize

    def key(self) -> str:
        """Return the problem key, from which `fastconv.problem.parse` makes the problem again."""
        tokens = [
            f"{self.op}{self.dims}d", self.kind, dtypes_token(self.dtypes),
            f"n{self.n}", f"c{self.c}", sizes_token("i", self.input),
        ]  # fmt: skip
        if self.kernel:
            tokens += [
                sizes_token("w", self.kernel), sizes_token("s", self.stride),
                pairs_token("p", self.padding), sizes_token("d", self.dilation),
            ]  # fmt: skip
        tokens.append(sizes_token("o", self.output))
        for flag, name in ((self.ceil_mode, "ceil"), (not self.count_include_pad, "nopad")):
            if flag:
                tokens.append(name)
        for value, name in ((self.divisor, "div"), (self.norm, "norm")):
            if value is not None:
                tokens.append(f"{name}-{value!r}")
        if self.groups != 1:
            tokens.append(f"g{self.groups}")
        if self.indices:
            tokens.append("indices")
        return "_".join(tokens)

    @classmethod
    def from_tokens(cls, op, kind, tokens) -> "PoolProblem":
        """Return the problem whose key has these tokens."""
        dtypes = tokens.dtypes()
        n, c = tokens.number("n"), tokens.number("c")
        sizes, kernel = tokens.sizes("i"), tokens.sizes("w", ())
        window = {}
        if kernel:
            window = {
                "stride": tokens.sizes("s"),
                "padding": tokens.pairs("p"),
                "dilation": tokens.sizes("d"),
            }
        real = r"-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|inf)"
        divisor, norm = tokens.take("div-", real, ""), tokens.take("norm-", real, "")
        problem = cls(
            op, kind, dtypes, n, c, sizes, kernel, tokens.sizes("o"), **window,
            ceil_mode=tokens.flag("ceil"),
            count_include_pad=not tokens.flag("nopad"),
            divisor=float(divisor) if divisor else None,
            norm=float(norm) if norm else None,
            groups=int(tokens.take("g", r"\d+", "1")),
            indices=tokens.flag("indices"),
        )  # fmt: skip
        tokens.end()
        if any(len(v) not in (0, problem.dims) for v in (kernel, problem.output, *window.values())):
            tokens.fail(f"every size needs {problem.dims} entries")
        if bool(kernel) != problem.has_window:
            tokens.fail("a window is missing" if problem.has_window else "there is no window")
        if min((c, problem.groups, *sizes, *problem.output, *kernel, *problem.stride)) < 1:
            tokens.fail("sizes must be at least 1")
        return problem


def _adaptive_windows(size, outputs):
    """Return ``(ptr, index, tap, count)`` of an adaptive pooling of one axis.

    With n inputs and m outputs, window `o` covers ``floor(o*n/m) <= i < ceil((o+1)*n/m)``.
    """
    o = np.arange(outputs, dtype=np.int64)
    start, stop = o * size // outputs, -(-(o + 1) * size // outputs)
    count = stop - start
    ptr = np.concatenate(([0], np.cumsum(count))).astype(np.int64)
    tap = np.arange(ptr[-1], dtype=np.int64) - np.repeat(ptr[:-1], count)
    return ptr, np.repeat(start, count) + tap, tap, count
