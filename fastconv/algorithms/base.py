"""The contract of an algorithm, and the names that algorithms have for good."""

from math import prod

from ..problem.arrays import DTYPES

#: every convolution algorithm that tables, wisdom and `algorithm=` may name, best known first
CONVOLUTIONS = (
    "naive", "direct", "im2col", "implicit_gemm", "winograd_f2", "winograd_f4", "winograd_f6",
    "fft", "fft_tiled", "separable", "low_rank", "box",
)  # fmt: skip
#: serves the SciPy faces alone
FILTERS = (*CONVOLUTIONS, "scipy")
POOLINGS = ("naive", "direct")
#: what a large window of maxima may use besides
MAXIMA = (*POOLINGS, "doubling", "van_herk")

#: why plans and the automatic choice do not list SciPy among what they can run
SCIPY_ALONE = "SciPy itself: algorithm='scipy' of convolve, correlate, signal and ndimage"


class Algorithm:
    """One way to compute a problem. Stateless: everything a call needs is in what `bind` returns.

    Subclasses set `name`, `families` (of problems: convolution, pooling), `ops` and `roles` where
    the name stands for another algorithm in other ops of the family or in other roles (of a
    convolution's stencil; of poolings, kinds), `checks` where `run` makes the check of values that
    the request asks for, and `spreads` where a NaN or Inf of the input may reach outputs whose
    window does not hold it; the caller then checks the output and repeats the call elsewhere.
    """

    name = ""
    families = ("convolution",)
    ops = None
    roles = None
    spreads = False
    checks = False

    def serves(self, problem):
        """Whether the name is this algorithm's for `problem`, which it may still refuse."""
        if family(problem) not in self.families:
            return False
        if self.roles is not None and role(problem) not in self.roles:
            return False
        return self.ops is None or problem.op in self.ops

    def supports(self, problem):
        """Return None if this algorithm can run `problem`, else the reason why not."""
        raise AssertionError(f"{self.name} does not say what it supports")

    def cost(self, problem, machine, threads):
        """Return the predicted seconds of one call."""
        raise AssertionError(f"{self.name} has no cost")

    def error_bound(self, problem):
        """Return the bound on max|y - y64| / max|y64| for the accuracy contract's inputs."""
        raise AssertionError(f"{self.name} has no error bound")

    def workspace(self, problem, threads):
        """Return the bytes that a call leases besides its operands and its output."""
        return 0

    def preparation(self, problem, machine, threads):
        """Return (seconds, bytes) of `cost` and `workspace` that a prepared weight saves a call."""
        return 0.0, 0

    def prepare(self, problem, weight):
        """Transform a weight once for many calls; None where nothing is to be gained."""
        return None

    def laid_out(self, problem, vectors):
        """Return what `prepare` would for the outer product of vectors; None: it needs the weight.

        A vector for each filtered axis of more than one tap, in the order of the axes.
        """
        return None

    def bind(self, problem):
        """Return ``run(arrays, prepared, out, threads)`` for `problem` on the current ISA.

        `run` never validates. `arrays` are the op's operands in signature order, C-contiguous and
        in the dtype of the computation; `prepared` is what `prepare` returned, or None.
        """
        raise AssertionError(f"{self.name} cannot be bound")


def against_forward(stencil):
    """The reason of algorithms that go forward over at most 3 axes with one kernel, or None."""
    if stencil.role != "fwd":
        return "forward convolutions only"
    if any(a.tile != 1 for a in stencil.axes):
        return "the kernel changes from position to position"
    if len(stencil.axes) > 3:
        return "at most 3 filtered axes"
    return None


def c_axis(axis):
    """An axis as the loops take it; last the image index at every padded coordinate."""
    sizes = (axis.image, axis.feature, axis.taps, axis.stride, axis.dilation, axis.before)
    return (*sizes, axis.line())


def moved(problem):
    """Bytes that a call moves at least: operands and output, of an image what windows reach."""
    s = problem.stencil
    if s.role != "fwd":
        return problem.bytes
    *outer, columns = s.axes
    reached = prod(min(a.image, a.used) for a in outer) * min(columns.image, columns.read)
    missed = prod(a.image for a in s.axes) - reached
    return problem.bytes - s.n * s.image_channels * missed * DTYPES[problem.compute].itemsize


def overlapped(work, memory):
    """Seconds of arithmetic and of moving data: the longer hides most of the other."""
    return max(work, memory) + 0.2 * min(work, memory)


def rounding(problem):
    """What rounding the result to float16 adds to an error bound."""
    return 2.0**-11 if problem.dtypes[2] == "f16" else 0.0


def is_filter(problem):
    """Whether a problem belongs to the SciPy faces."""
    return hasattr(problem, "boundary")


def is_pooling(problem):
    """Whether a problem is a pooling."""
    return not hasattr(problem, "stencil")


def family(problem):
    """``pooling`` or ``convolution``, filters among the latter."""
    return "pooling" if is_pooling(problem) else "convolution"


def role(problem):
    """What is computed: the role of a convolution's stencil, the kind of a pooling."""
    return problem.kind if is_pooling(problem) else problem.stencil.role


def names_for(problem):
    """The permanent names that a problem's tables have a row for."""
    if is_filter(problem):
        return FILTERS
    if not is_pooling(problem):
        return CONVOLUTIONS
    maxima = problem.op in ("max_pool", "adaptive_max_pool", "min_pool") and problem.kind == "fwd"
    return MAXIMA if maxima else POOLINGS
