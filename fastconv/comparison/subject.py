"""What is compared: a problem, and operands in the form that every algorithm takes."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from .. import grad, nd, ndimage, nn
from ..algorithms.base import is_filter, is_pooling
from ..gpu.arrays import device_of
from ..loops.operands import ready
from ..ndimage.convolutions import compute_dtype
from ..planner.backend import HOST
from ..planner.choose import check_arguments
from ..planner.measure import noise, sample_arrays
from ..planner.traits import engine_weight, possible, with_traits
from ..plans import checked_op, split_arguments
from ..problem.arrays import DTYPES
from ..problem.validate_filtering import NDIMAGE_BOUNDARIES, SIGNAL_BOUNDARIES

#: arguments of the public functions that have no place in a comparison
_FOREIGN = ("algorithm", "method", "out", "output", "num_threads")


@dataclass(frozen=True)
class Subject:
    """A problem with its operands, cast and arranged for the engine, and room for its output.

    `restore` turns the output into what the caller of the function gets; `scipy` runs the same
    call through SciPy, where it has the function; `scipy_alone` is the reason why nothing else can.
    """

    problem: object
    operands: tuple
    out: object  # an array, or (output, indices)
    accuracy: str = "default"
    workspace_limit: int | None = None
    restore: Callable | None = None
    scipy: Callable | None = None
    scipy_alone: str | None = None
    backend: object = HOST

    def result(self):
        """Values as the caller gets them, and indices (or None), both on the host."""
        values, indices = self.out if isinstance(self.out, tuple) else (self.out, None)
        if self.restore is not None:
            values = self.restore(values)
        with np.errstate(all="ignore"):
            values = values.astype(DTYPES[self.problem.dtypes[2]])
        return self.backend.get((values, indices))

    def blank(self):
        """Overwrite `out`: an algorithm that leaves a part of it unwritten shall not look right."""
        for array in self.out if isinstance(self.out, tuple) else (self.out,):
            array.fill(0)

    def in_double(self):
        """The same subject in float64 or complex128; itself where results are integers."""
        compute = self.problem.compute
        if compute[0] not in "fc":
            return self
        name = "c128" if compute[0] == "c" else "f64"
        double = DTYPES[name]

        def cast(array):
            # indices are the one kind of operand that is not computed with
            floating = hasattr(array, "astype") and array.dtype.kind in "fc"
            return array.astype(double) if floating else array

        values, *indices = self.out if isinstance(self.out, tuple) else (self.out,)
        out = self.backend.put(np.empty(values.shape, double))
        return replace(
            self,
            problem=replace(self.problem, dtypes=(name,) * 3),
            operands=tuple(cast(a) for a in self.operands),
            out=(out, indices[0].copy()) if indices else out,
        )


# ------------------------------------------------------------------------------------ from a call


def public_function(name):
    """The function of fastconv that `plan` and `compare` call `name`."""
    checked_op(name)
    if name.startswith("ndimage."):
        return getattr(ndimage, name.removeprefix("ndimage."))
    module = next(m for m in (nn, nd, grad) if hasattr(m, name))
    return getattr(module, name)


def from_call(name, args, options):
    """Subject of a call of the public function `name` with these arguments."""
    function = public_function(name)
    try:
        bound = inspect.signature(function).bind(*args, **options)
    except TypeError as error:
        raise TypeError(f"{name}: {error}") from None
    for word in _FOREIGN:
        if word in bound.arguments:
            raise TypeError(f"{word} is no argument of compare, which runs every algorithm itself")
    bound.apply_defaults()
    given = {word: v for word, v in bound.arguments.items() if word not in _FOREIGN}
    accuracy = given.pop("accuracy", "default")
    workspace_limit = given.pop("workspace_limit", None)
    op = checked_op(name)
    arrays, all_options = split_arguments(op, given)
    runtime = device_of(arrays)
    if runtime is not None:
        return _from_device(runtime, op, arrays, all_options, accuracy, workspace_limit)
    arrays = op.coerce(arrays)
    alone = None
    if name.startswith("ndimage."):
        dtype = compute_dtype(*(a.dtype for a in arrays))
        if dtype is None:
            alone = "SciPy's rounding of these dtypes is left to SciPy"
        else:
            arrays = tuple(a.astype(dtype, copy=False) for a in arrays)
    request = op.make(arrays, all_options)
    problem = request.problem
    check_arguments("auto", accuracy, workspace_limit, problem)
    _not_empty(problem)
    if possible(problem):
        request = with_traits(request, engine_weight(request, arrays))
        problem = request.problem
    operands = request.operands(ready, arrays)
    out = np.empty(request.compute_shape, request.compute_dtype)
    if request.indices:
        out = (out, np.empty(request.compute_shape, np.int64))

    def run_scipy(num_threads):
        return function(*args, **options, algorithm="scipy", num_threads=num_threads)

    return Subject(
        problem, operands, out, accuracy, workspace_limit, request.restore,
        run_scipy if is_filter(problem) else None, alone,
    )  # fmt: skip


def _from_device(runtime, op, arrays, options, accuracy, workspace_limit):
    """The same from arrays on a device."""
    from ..gpu.calls import DeviceCalls

    calls = DeviceCalls(runtime)
    with runtime.current():
        request, operands, out = calls.compared(op, arrays, options)
    check_arguments("auto", accuracy, workspace_limit, request.problem, calls.backend)
    _not_empty(request.problem)
    return Subject(
        request.problem, operands, out, accuracy, workspace_limit, request.restore,
        backend=calls.backend,
    )  # fmt: skip


# ------------------------------------------------------------------------- from a problem alone


def from_problem(problem, accuracy="default", workspace_limit=None):
    """Subject of a problem alone: its operands are noise."""
    check_arguments("auto", accuracy, workspace_limit, problem)
    _not_empty(problem)
    # SciPy's own signatures have no words for a weight's traits and for a boundary per axis
    if is_filter(problem) and problem.traits is None and len(set(problem.boundary)) == 1:
        subject = from_call(*filter_call(problem))
        return replace(subject, accuracy=accuracy, workspace_limit=workspace_limit)
    operands, out = sample_arrays(problem)
    if not is_pooling(problem):
        operands = _unit_variance(problem, operands)
    return Subject(problem, operands, out, accuracy, workspace_limit)


def filter_call(problem):
    """Name, arguments and options of a call that makes this filter problem, with noise."""
    rng = np.random.default_rng(0)
    scipys = problem.op.startswith("ndimage")
    weights = tuple(problem.weights[a] for a in problem.axes) if scipys else problem.weights
    arrays = (
        noise(rng, problem.shape, DTYPES[problem.dtypes[0]]),
        noise(rng, weights, DTYPES[problem.dtypes[1]]),
    )
    names = {ours: theirs for theirs, ours in SIGNAL_BOUNDARIES.items()}
    if scipys:
        names = {ours: theirs for theirs, ours in reversed(NDIMAGE_BOUNDARIES.items())}
        options = {"mode": names[problem.boundary[0]], "origin": problem.origin}
    else:
        fill = problem.boundary[0] == "constant"
        boundary = "fill" if fill else {**names, "zeros": "fill"}[problem.boundary[0]]
        options = {
            "mode": problem.mode, "boundary": boundary, "fillvalue": 1 if fill else 0,
            "stride": problem.stride, "dilation": problem.dilation,
        }  # fmt: skip
    if problem.axes != tuple(range(len(problem.shape))):
        options["axes"] = problem.axes
    return problem.op, arrays, options


def _unit_variance(problem, operands):
    """Weights scaled so that outputs have variance 1, as the accuracy contract has it."""
    if problem.kind != "fwd" or problem.compute[0] not in "fc":
        return operands
    stencil = problem.stencil
    terms = stencil.multiply_adds / max(1, np.prod(stencil.feature_shape))
    first, weight, *rest = operands
    return (first, weight / weight.dtype.type(terms**0.5), *rest)


def _not_empty(problem):
    if getattr(problem, "n", 1) == 0:
        raise ValueError("the batch is empty: there is nothing to compare")
