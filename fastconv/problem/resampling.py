"""ResampleProblem: a signal upsampled, filtered and downsampled, `scipy.signal.upfirdn`.

    y[m] = sum over k of h[m * down - k * up] * x[k]
"""

from dataclasses import dataclass
from functools import cached_property
from math import gcd, prod

from .arrays import DTYPES
from .geometry import BOUNDARIES
from .keys import dtypes_token, sizes_token

OPS = ("signal.upfirdn",)


@dataclass(frozen=True)
class ResampleProblem:
    """Everything about one change of the sampling rate that a choice of algorithm may depend on.

    Parameters
    ----------
    op : str
        ``signal.upfirdn``.
    dtypes : tuple of str
        Short names of the dtypes of the signal, of the filter and of the result.
    shape : tuple of int
        Shape of the signal.
    axis : int
        The axis that is resampled, non-negative.
    taps, up, down : int
        Length of the filter, and the two factors.
    boundary : str
        What continues the signal past its ends, in `geometry.BOUNDARIES`' names.
    """

    op: str
    dtypes: tuple[str, str, str]
    shape: tuple[int, ...]
    axis: int
    taps: int
    up: int
    down: int
    boundary: str = "zeros"

    kind = "fwd"
    family = "resampling"
    conjugate = False
    traits = None

    @property
    def function(self) -> str:
        """Public name of the op."""
        return self.op

    @property
    def compute(self) -> str:
        """Short name of the dtype in which kernels compute: the result's."""
        return self.dtypes[2]

    @property
    def length(self) -> int:
        """Samples of the result along `axis`."""
        return ((self.shape[self.axis] - 1) * self.up + self.taps - 1) // self.down + 1

    @cached_property
    def output(self) -> tuple[int, ...]:
        """Shape of the result."""
        return (*self.shape[: self.axis], self.length, *self.shape[self.axis + 1 :])

    @property
    def phases(self) -> int:
        """Number of different sets of taps that outputs use."""
        return self.up // gcd(self.up, self.down)

    @property
    def flops(self) -> int:
        """Floating-point operations without those on the zeros between samples."""
        return 2 * prod(self.output) * -(-self.taps // self.up)

    @property
    def bytes(self) -> int:
        """Bytes of signal, filter and result, each once."""
        values = prod(self.shape) + self.taps + prod(self.output)
        return values * DTYPES[self.compute].itemsize

    def key(self) -> str:
        """Return the problem's name; `fastconv.problem.parse` turns it back."""
        tokens = [
            self.op, dtypes_token(self.dtypes), sizes_token("i", self.shape), f"w{self.taps}",
            f"up{self.up}", f"down{self.down}", f"axis{self.axis}",
        ]  # fmt: skip
        if self.boundary != "zeros":
            tokens.append(f"mode-{self.boundary}")
        return "_".join(tokens)

    @classmethod
    def from_tokens(cls, op, tokens) -> "ResampleProblem":
        """Build the problem that `key` wrote."""
        dtypes, shape = tokens.dtypes(), tokens.sizes("i")
        numbers = (tokens.number(name) for name in ("axis", "w", "up", "down"))
        problem = cls(op, dtypes, shape, *numbers, tokens.take("mode-", "[a-z]+", "zeros"))
        tokens.end()
        if problem.axis >= len(shape) or problem.boundary not in BOUNDARIES:
            tokens.fail(f"axis {problem.axis} or mode {problem.boundary}")
        if min((*shape, problem.taps, problem.up, problem.down)) < 1:
            tokens.fail("sizes must be at least 1")
        if dtypes[2] not in ("f32", "f64", "c64", "c128"):
            tokens.fail(f"no result of {dtypes[2]}")
        return problem
