"""The contract of an algorithm, and what several algorithms share."""

from functools import cache
from math import ceil, prod

from .. import config
from ..caches import known
from ..loops.simd import splits
from ..problem.arrays import DTYPES
from ..problem.filtering import SPECTRAL_METHODS

#: names of the algorithms that are Fourier transforms
SPECTRAL = ("fft", "fft_tiled")
#: families of the problems that functions of the SciPy faces have
FACES = (
    "convolution", "missing", "integer", "separable", "extremum", "footprint", "structure",
    "morphology", "rank", "resampling", "forwarded",
)  # fmt: skip
#: multiply-adds and bytes per second, in which the loops of an algorithm are compared
RATES = {
    "baseline": (13e9, 20e9), "neon": (20e9, 20e9), "avx2": (50e9, 20e9),
    "avx512": (60e9, 25e9) if splits("avx512") else (115e9, 28e9),
}  # fmt: skip
#: number of parts of a problem whose loops are kept until the problem is bound
PARTS = 8


class Algorithm:
    """One way to compute a problem. Stateless: everything a call needs is in what `bind` returns.

    What is asked before an algorithm is chosen (`supports`, `floor`, `cost`, `error_bound`,
    `workspace`, `preparation`) is arithmetic on sizes. Only `prepare` and `bind` make tables.

    Subclasses set the attributes that differ from the defaults here and define their methods in the
    order of this class.

    Attributes
    ----------
    name : str
        One of the permanent names.
    families : tuple of str
        Families of problems, as `family` names them.
    ops : tuple of str or None
        Ops of the family that the name is this algorithm's for; None for all.
    roles : tuple of str or None
        Roles of a convolution's stencil, or kinds of a pooling, that the name is this algorithm's
        for; None for all.
    forward_only : bool
        Whether it refuses all stencils but those of role ``fwd``.
    dtypes : tuple of str or None
        Short names of the dtypes that it computes in; None for all.
    dtype_reason : str or None
        Why it refuses other dtypes; None for a sentence made from `dtypes`.
    bounds : dict
        Bound on max|y - y64| / max|y64| per floating dtype of the computation, without the
        rounding of the result. Integers are exact.
    spreads_nan : bool
        Whether a NaN or Inf of the input may reach outputs whose window does not hold it. The
        caller then checks the output and repeats the call.
    growth : int or None
        Largest factor by which sums of integers exceed those of the definition, counted in units of
        the smallest fraction in them. None if integers cannot be computed.
    checks : bool
        Whether `run` makes the check of values that the request asks for.
    predicts : bool
        Whether cost, error bound and workspace are known; they are None otherwise.
    layout : int
        Number of the form of its loops. It grows when these are written anew, so that what was
        measured of the former ones is not used.
    permutes : bool
        Whether `prepare` only puts the values of a weight in another order, perhaps with zeros
        between them, and a call with a prepared weight does not read the weight itself.
    channels_last : bool
        Whether it can read and write arrays with channels last, as a convolution's `channels_last`
        asks for.
    sized : bool
        Whether `supports` or `hesitates` depends on sizes that `pattern_of` leaves out. If not,
        the automatic choice asks once for all problems of a pattern.
    """

    name = ""
    families = ("convolution",)
    ops = None
    roles = None
    forward_only = False
    dtypes = None
    dtype_reason = None
    bounds = {}
    spreads_nan = False
    growth = 1
    checks = False
    predicts = True
    layout = 1
    permutes = False
    channels_last = False
    sized = True

    def serves(self, problem):
        """Return whether the name is this algorithm's for `problem`, which it may still refuse."""
        if problem.family not in self.families:
            return False
        if self.roles is not None and role(problem) not in self.roles:
            return False
        return self.ops is None or problem.op in self.ops

    def suits(self, problem):
        """Return whether the algorithm can run any problem of this kind, as `kind_of` counts them.

        The automatic choice asks this once for each kind.
        """
        if self.forward_only and role(problem) != "fwd":
            return False
        if last_of(problem) and not self.channels_last:
            return False
        return self.dtypes is None or problem.compute in self.dtypes

    def supports(self, problem):
        """Return None if this algorithm can run `problem`, else the reason why not."""
        if self.dtypes is not None and problem.compute not in self.dtypes:
            return self.dtype_reason or f"{_listed(self.dtypes)} only"
        if last_of(problem) and not self.channels_last:
            return "no arrays with channels last"
        if problem.traits == "nonfinite":
            return "weights with a NaN or an infinity go to 'scipy'"
        return self.refuses(problem)

    def refuses(self, problem):
        """Return None or the reason why not, for a problem in one of `dtypes`."""
        raise AssertionError(f"{self.name} does not say what it supports")

    def hesitates(self, problem):
        """Return None, or why the automatic choice leaves out an algorithm that can run."""
        method = getattr(problem, "method", "auto")
        if method == "direct" and self.name in SPECTRAL:
            return "method='direct' rules out Fourier transforms"
        if method in SPECTRAL_METHODS and self.name not in SPECTRAL:
            return "the method asks for Fourier transforms"
        return None

    def floor(self, problem, machine, threads):
        """Return seconds that `cost` does not fall below, from few sizes.

        The automatic choice does not ask for the cost of an algorithm that is too slow at its best.
        """
        return 0.0

    def cost(self, problem, machine, threads):
        """Return the predicted seconds of one call.

        Parameters
        ----------
        problem : ConvProblem, FilterProblem or PoolProblem
        machine : Machine
            Constants of the cost model.
        threads : int
        """
        raise AssertionError(f"{self.name} has no cost")

    def error_bound(self, problem):
        """Return the bound on max|y - y64| / max|y64| for the accuracy contract's inputs."""
        if problem.compute[0] in "iu":
            return 0.0
        return self.bounds[problem.compute] + rounding(problem)

    def workspace(self, problem, threads):
        """Return the bytes that a call leases besides its operands and its output."""
        return 0

    def preparation(self, problem, machine, threads):
        """Return (seconds, bytes) of `cost` and `workspace` that a call saves by `prepare`."""
        return 0.0, 0

    def prepare(self, problem, weight):
        """Return a weight transformed once for many calls, None where nothing is to be gained."""
        return None

    def prepare_vectors(self, problem, vectors):
        """Return what `prepare` would for a weight that is the outer product of vectors.

        None where the algorithm needs the weight itself.

        Parameters
        ----------
        problem : FilterProblem
        vectors : sequence of ndarray
            One for each filtered axis of more than one tap, in the order of the axes.
        """
        return None

    def takes(self, problem):
        """Return the short name of the dtype of operands and result for `run`.

        None stands for that of the computation. Algorithms of poolings take another one if they
        convert values themselves, or only move them.
        """
        return None

    def adapted(self, request):
        """Return a request for `problem`, with the dtypes of operands and result that `run` takes.

        These are those of the computation, except for algorithms that compute in another dtype.
        """
        own = self.takes(request.problem)
        return request if own is None else request.with_operands_of(DTYPES[own])

    def bind(self, problem):
        """Return ``run(arrays, prepared, out, threads)`` for `problem` on the current ISA.

        `run` validates nothing. `arrays` are the op's operands in the order of its signature,
        C-contiguous and in the dtype of the computation; `prepared` is what `prepare` returned, or
        None; `out` is one array, or (output, indices).
        """
        raise AssertionError(f"{self.name} cannot be bound")

    def bind_automatic(self, problem, machine):
        """Return what `bind` returns, for a call whose algorithm was not named.

        Another algorithm may then take over when values are known.
        """
        return self.bind(problem)


def role(problem):
    """Return what is computed: the role of a convolution's stencil, or the kind of another."""
    return problem.stencil.role if problem.family == "convolution" else problem.kind


def last_of(problem):
    """Return which arrays of a problem have channels last, or None; see `ConvProblem`."""
    return getattr(problem, "channels_last", None)


@cache
def _listed(dtypes):
    """Return the long names of dtypes: ``float32 and float64``."""
    *front, last = (str(DTYPES[name]) for name in dtypes)
    return f"{', '.join(front)} and {last}" if front else last


def refuses_axes(stencil):
    """Return why an algorithm of at most 3 axes and one kernel cannot run a stencil, or None."""
    if stencil.tiled:
        return "the kernel changes from position to position"
    if len(stencil.axes) > 3:
        return "at most 3 filtered axes"
    return None


def refuses_forward(stencil):
    """Return why a forward algorithm of at most 3 axes and one kernel cannot run it, or None."""
    if stencil.role != "fwd":
        return "forward convolutions only"
    return refuses_axes(stencil)


def add_bias(problem, bias, out):
    """Add a bias by channel or by position to a convolution.

    Parameters
    ----------
    problem : ConvProblem
    bias : ndarray
    out : ndarray
        The convolution, C-contiguous. Axes of the problem that its stencil does without may be left
        out of its shape.
    """
    n, channels, *sizes = problem.stencil.out_shape
    shaped = out.reshape(n, channels, prod(sizes))
    shaped += bias.reshape(channels, -1)


def in_forward_order(problem, run):
    """Return a function that takes the problem's operands in their own order, made from `run`.

    The operands of an input gradient are (weight, grad_output): the weight comes first. Those of
    all other problems start as a forward convolution's.

    Parameters
    ----------
    problem : ConvProblem or FilterProblem
    run : callable
        ``run((source, weight, bias, add, ...), prepared, out, threads)``
    """
    if problem.kind != "input":
        return run

    def run_gradient(arrays, prepared, out, threads):
        weight, grad_output = arrays
        run((grad_output, weight, None, None), prepared, out, threads)

    return run_gradient


class Latest:
    """A function of a problem that remembers its last results.

    The parts of a choice ask for the same loops in turn: cost, workspace and call.

    Parameters
    ----------
    function : callable
        Its result may depend on the problem and on the instruction set.
    most : int, optional
        Number of results. Loops of forward convolutions are asked for by all parts of a problem.
    """

    def __init__(self, function, most=1):
        self.function, self.most = function, most
        self.last = ()
        known(self)

    def __call__(self, problem):
        isa = config.current_isa()
        for of, on, result in self.last:
            if of is problem and on == isa:
                return result
        result = self.function(problem)
        self.last = ((problem, isa, result), *self.last[: self.most - 1])
        return result

    def clear(self):
        """Forget the results."""
        self.last = ()


def c_axis(axis):
    """Return an axis as the loops take it: a tuple with its sizes, its boundary and its unit."""
    return (
        axis.image, axis.feature, axis.taps, axis.stride, axis.dilation, axis.before,
        axis.boundary, axis.unit,
    )  # fmt: skip


def moved(problem):
    """Return the minimum memory traffic of a call in bytes.

    Of the image, only positions that some window covers count.
    """
    s = problem.stencil
    if s.role != "fwd":
        return problem.bytes
    *outer, columns = s.axes
    reached, image = min(columns.image, columns.read), columns.image
    for a in outer:
        reached *= min(a.image, a.used)
        image *= a.image
    if reached == image:
        return problem.bytes
    missed = s.n * s.image_channels * (image - reached)
    return problem.bytes - missed * DTYPES[problem.compute].itemsize


def overlapped(work, memory):
    """Return the seconds of arithmetic and memory traffic together.

    The longer of the two hides most of the other.
    """
    return max(work, memory) + 0.2 * min(work, memory)


def products_floor(problem, machine, threads):
    """Return the seconds of the definition's products at full speed."""
    wide = 1.0 if problem.compute == "f32" else 2.0
    return problem.stencil.multiply_adds * wide / machine.gemm_rate / threads


def least_inside(axis):
    """Return a lower bound on the share of an axis' products that read the image, not a border."""
    missed, after = 0, axis.after
    if axis.before <= 0 >= after:
        return 1.0
    for border in (axis.before, after):
        if border > 0:
            taps, outputs = ceil(border / axis.dilation), ceil(border / axis.stride)
            missed += min(taps, axis.taps) * min(outputs, axis.feature)
    return max(0.0, 1 - missed / (axis.taps * axis.feature))


def rounding(problem):
    """Return what rounding the result to float16 adds to an error bound."""
    return 2.0**-11 if problem.dtypes[-1] == "f16" else 0.0
