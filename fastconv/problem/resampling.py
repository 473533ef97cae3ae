"""ResampleProblem: upsample, filter and downsample a signal, as `scipy.signal.upfirdn` does.

    y[m] = sum over k of h[first + m * down - k * up] * x[k]
"""

from math import gcd, prod

from .arrays import DTYPES
from .geometry import BOUNDARIES
from .keys import dtypes_token, sizes_token
from .records import lazily, record

OPS = ("signal.upfirdn",)


@record
class ResampleProblem:
    """One change of the sampling rate: everything that the choice of an algorithm may depend on.

    Parameters
    ----------
    op : str
        ``signal.upfirdn``.
    dtypes : tuple of str
        Short names of the dtypes of the signal, the filter and the result.
    shape : tuple of int
        Shape of the signal.
    axis : int
        The axis that is resampled, non-negative.
    taps, up, down : int
        Length of the filter, the factor of upsampling and the factor of downsampling.
    boundary : str
        One of `geometry.BOUNDARIES`: how the signal continues past its ends.
    first : int
        Position of the first output in the full output of the filter on the upsampled signal.
    count : int
        Number of outputs, 0 for all from `first` to the end of the full output.
    """

    op: str
    dtypes: tuple[str, str, str]
    shape: tuple[int, ...]
    axis: int
    taps: int
    up: int
    down: int
    boundary: str = "zeros"
    first: int = 0
    count: int = 0

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
        """Short name of the dtype in which kernels compute, which is the result's."""
        return self.dtypes[2]

    @property
    def length(self) -> int:
        """Number of samples of the result along `axis`."""
        if self.count:
            return self.count
        return ((self.shape[self.axis] - 1) * self.up + self.taps - 1 - self.first) // self.down + 1

    @property
    def last(self) -> int:
        """Position of the last output in the full output of the filter."""
        return self.first + (self.length - 1) * self.down

    @lazily
    def output(self) -> tuple[int, ...]:
        """Shape of the result."""
        return (*self.shape[: self.axis], self.length, *self.shape[self.axis + 1 :])

    @property
    def phases(self) -> int:
        """Number of polyphase components of the filter that outputs use."""
        return self.up // gcd(self.up, self.down)

    @property
    def flops(self) -> int:
        """Floating-point operations. Products with zeros between samples do not count."""
        return 2 * prod(self.output) * -(-self.taps // self.up)

    @property
    def bytes(self) -> int:
        """Bytes of signal, filter and result, each counted once."""
        values = prod(self.shape) + self.taps + prod(self.output)
        return values * DTYPES[self.compute].itemsize

    def key(self) -> str:
        """Return the problem key, from which `fastconv.problem.parse` makes the problem again."""
        tokens = [
            self.op, dtypes_token(self.dtypes), sizes_token("i", self.shape), f"w{self.taps}",
            f"up{self.up}", f"down{self.down}", f"axis{self.axis}",
        ]  # fmt: skip
        if self.boundary != "zeros":
            tokens.append(f"mode-{self.boundary}")
        if self.first or self.count:
            tokens.append(f"from{self.first}.{self.count}")
        return "_".join(tokens)

    @classmethod
    def from_tokens(cls, op, tokens) -> "ResampleProblem":
        """Return the problem whose key has these tokens."""
        dtypes, shape = tokens.dtypes(), tokens.sizes("i")
        numbers = [tokens.number(name) for name in ("axis", "w", "up", "down")]
        boundary = tokens.take("mode-", "[a-z]+", "zeros")
        first, count = tokens.take("from", r"\d+\.\d+", "0.0").split(".")
        problem = cls(op, dtypes, shape, *numbers, boundary, int(first), int(count))
        tokens.end()
        if problem.axis >= len(shape) or problem.boundary not in BOUNDARIES:
            tokens.fail(f"axis {problem.axis} or mode {problem.boundary}")
        if min((*shape, problem.taps, problem.up, problem.down)) < 1:
            tokens.fail("sizes must be at least 1")
        if problem.first and gcd(problem.up, problem.down) != 1:
            tokens.fail("a part of the output needs up and down without a common divisor")
        samples = shape[problem.axis] + -(-problem.taps // problem.up)
        if problem.length < 1 or problem.last >= samples * problem.up:
            tokens.fail("the part lies beyond the full output")
        if dtypes[2] not in ("f32", "f64", "c64", "c128"):
            tokens.fail(f"no result of {dtypes[2]}")
        return problem
