"""What is compared: one call, or a problem alone, and how each algorithm runs it."""

import inspect
import sys
from dataclasses import replace

import numpy as np

from .. import config, grad, nd, ndimage, nn, signal
from ..calls.by_values import ByValues
from ..calls.eager import executor_for, needs_values
from ..gpu.arrays import device_of
from ..planner.backend import HOST
from ..planner.choose import check_arguments, choose
from ..planner.measure import sample_arrays, taken
from ..planner.traits import engine_weight, looks, possible, with_traits
from ..plans import checked_op, split_arguments
from ..problem import OPS
from ..problem.arrays import DTYPES
from ..problem.ops import op_for, op_of
from ..problem.validate_filtering import PLAIN
from .rebuilt import call_of

#: arguments of the public functions that say how to run a call, not which
_FOREIGN = ("algorithm", "method", "out", "num_threads")
#: arguments that limit the choice of an algorithm
_COMMON = ("accuracy", "workspace_limit")
#: functions whose definition is that of `convolve`
_SPECTRAL = ("signal.fftconvolve", "signal.oaconvolve")
_DOUBLE = {"f": np.float64, "c": np.complex128}


class Call:
    """A call of a public function with its arguments.

    Attributes
    ----------
    problem : ConvProblem, PoolProblem, FilterProblem, ...
        With the traits of the weight.
    chosen : str
        What ``algorithm="auto"`` runs.
    accuracy, workspace_limit
        As in every function.
    backend : Host or Device
    """

    backend = HOST

    def __init__(self, op, arrays, options, accuracy="default", workspace_limit=None):
        self.op, self.accuracy, self.workspace_limit = op, accuracy, workspace_limit
        self.options = options
        self.arrays = op.coerce(arrays)
        request = op.validated(self.arrays, options)
        check_arguments("auto", accuracy, workspace_limit, request.problem, self.backend)
        _not_empty(request.problem)
        self.problem, seen = self._traits(request)
        self.chosen = choose(seen, "auto", accuracy, workspace_limit).name

    def _traits(self, request):
        """Return the problem with all traits, and as the automatic choice sees it."""
        problem = request.problem
        on_image = needs_values(problem)
        if not on_image and not possible(problem):
            return problem, problem
        weight = engine_weight(request, self.arrays)
        whole = with_traits(request, weight, sys.maxsize if possible(problem) else 0).problem
        highest = looks(problem, "auto", self.accuracy, self.workspace_limit)
        if not (highest or on_image):
            return whole, problem
        return whole, with_traits(request, weight, highest).problem

    def runner(self, name):
        """Return ``run(threads, blank)``, which makes the call with the algorithm `name`.

        With `blank` the result is written over zeros, so that an algorithm that leaves a part of it
        unwritten does not look right.
        """
        common = (name, self.accuracy, self.workspace_limit)
        return self._run(executor_for(self.op, self.arrays, self._ordered(), common, False))

    def _run(self, executor):
        if isinstance(executor, ByValues):
            executor = executor.bound(self.arrays)

        def run(threads, blank=False):
            out = None
            if blank and not executor.forwards:
                out = np.zeros(executor.request.out_shape, executor.request.out_dtype)
            return executor(self.arrays, None, out, threads)

        return run

    def _ordered(self):
        return tuple(self.options[name] for name in self.op.options)

    def reference(self):
        """Return ``run(threads)`` of the definition in double precision, and its predicted seconds.

        (None, why) where the definition cannot run the call.
        """
        op, options = self.op, self.options
        if op.name in _SPECTRAL:
            op = OPS["convolve"]
        if op is not self.op:
            options = {**PLAIN, **options, "method": "auto"}
        elif op.has_methods:
            options = {**options, "method": "auto"}
        if "output" in options and self.problem.family != "integer":
            options = {**options, "output": None}
        double = Call.__new__(type(self))
        double.__dict__.update(self.__dict__, op=op, options=options)
        if self.problem.compute[:1] in ("f", "c"):
            double.arrays = tuple(map(_in_double, self.arrays))
        return double._naive()

    def _naive(self):
        request = self.op.validated(self.arrays, self.options)
        try:
            naive = choose(request.problem, "naive", backend=self.backend)
        except Exception as error:  # noqa: BLE001 - the reason is shown
            return None, str(error)
        return self.runner("naive"), naive.seconds


class DeviceCall(Call):
    """A call with arrays on a device."""

    def __init__(self, runtime, op, arrays, options, accuracy="default", workspace_limit=None):
        from ..gpu.calls import DeviceCalls

        self._calls = DeviceCalls(runtime)
        self.backend = self._calls.backend
        self.op, self.accuracy, self.workspace_limit = op, accuracy, workspace_limit
        self.options, self.arrays = options, arrays
        with runtime.current():
            request = self._calls.request(op, arrays, options)
            check_arguments("auto", accuracy, workspace_limit, request.problem, self.backend)
            _not_empty(request.problem)
            seen = self.problem = request.problem
            if possible(request.problem):
                self.problem = self._calls.with_traits(request, arrays).problem
            self.chosen = choose(seen, "auto", accuracy, workspace_limit, False, self.backend).name

    def runner(self, name):
        common = (name, self.accuracy, self.workspace_limit)
        executor = self._calls.executor_for(self.op, self.arrays, self._ordered(), common)

        def run(threads, blank=False):
            out = None
            if blank and not executor.forwards:
                request = executor.request
                out = self._calls.zeros(request.out_shape, request.out_dtype)
            return executor(self.arrays, None, out, threads)

        return run

    def _naive(self):
        request = self._calls.request(self.op, self.arrays, self.options)
        naive = choose(request.problem, "naive", backend=self.backend)
        return self.runner("naive"), naive.seconds


class Noise:
    """A problem that no function poses: algorithms run on operands of noise."""

    backend = HOST

    def __init__(self, problem, accuracy="default", workspace_limit=None):
        check_arguments("auto", accuracy, workspace_limit, problem)
        _not_empty(problem)
        self.problem, self.accuracy, self.workspace_limit = problem, accuracy, workspace_limit
        self.operands, self._out = sample_arrays(problem)
        self.chosen = choose(problem, "auto", accuracy, workspace_limit).name

    def runner(self, name):
        if name == "scipy":
            raise ValueError("no function of SciPy poses this problem")
        algorithm = HOST.lookup(name, self.problem)
        run_bound = algorithm.bind(self.problem)
        operands, like = taken(algorithm, self.problem, self.operands, self._out)

        def run(threads, blank=False):
            make = np.zeros_like if blank else np.empty_like
            out = tuple(map(make, like)) if isinstance(like, tuple) else make(like)
            run_bound(operands, None, out, config.run_threads(threads))
            return out

        return run

    def reference(self):
        compute = self.problem.compute
        double = Noise.__new__(Noise)
        double.__dict__.update(self.__dict__)
        if compute[0] in "fc":
            name = "c128" if compute[0] == "c" else "f64"
            double.problem = replace(self.problem, dtypes=(name,) * 3)
            double.operands = tuple(map(_in_double, self.operands))
            values, *indices = self._out if isinstance(self._out, tuple) else (self._out,)
            values = np.empty(values.shape, DTYPES[name])
            double._out = (values, *indices) if indices else values
        try:
            naive = choose(double.problem, "naive")
        except Exception as error:  # noqa: BLE001 - the reason is shown
            return None, str(error)
        return double.runner("naive"), naive.seconds


def _in_double(array):
    """Return an array of floating-point numbers in double precision, anything else as it is."""
    wide = _DOUBLE.get(array.dtype.kind) if hasattr(array, "astype") else None
    return array if wide is None else array.astype(wide)


# ------------------------------------------------------------------------------------ from a call


def public_function(name):
    """Return the function of fastconv that `plan` and `compare` call `name`."""
    checked_op(name)
    package, _, function = name.rpartition(".")
    if package:
        return getattr({"ndimage": ndimage, "signal": signal}[package], function)
    module = next(m for m in (nn, nd, grad) if hasattr(m, name))
    return getattr(module, name)


def from_call(name, args, options):
    """Return the `Call` of the public function `name` with these arguments."""
    function = public_function(name)
    # plans of all functions take these two, also where the function has no such argument
    common = options.get("accuracy", "default"), options.get("workspace_limit")
    options = {word: v for word, v in options.items() if word not in _COMMON}
    try:
        bound = inspect.signature(function).bind(*args, **options)
    except TypeError as error:
        raise TypeError(f"{name}: {error}") from None
    op = checked_op(name)
    foreign = [word for word in _FOREIGN if word != "method" or op.has_methods]
    for word in foreign:
        if word in bound.arguments:
            raise TypeError(f"{word} is no argument of compare, which runs every algorithm itself")
    bound.apply_defaults()
    given = {w: v for w, v in bound.arguments.items() if w not in (*foreign, *_COMMON)}
    given.update(given.pop("kwargs", {}))
    if isinstance(given.get("output"), np.ndarray):
        raise TypeError("output is an array; compare takes a dtype, its rows have arrays of theirs")
    op = op_for(name, given)
    arrays, all_options = split_arguments(op, given)
    runtime = device_of(arrays)
    if runtime is not None:
        return DeviceCall(runtime, op, arrays, all_options, *common)
    return Call(op, arrays, all_options, *common)


# ------------------------------------------------------------------------- from a problem alone


def from_problem(problem, accuracy="default", workspace_limit=None):
    """Return the `Call` that poses a problem, or its `Noise` where no function poses it."""
    found = call_of(problem)
    if found is None:
        return Noise(problem, accuracy, workspace_limit)
    name, arrays, options = found
    return Call(op_of(name, arrays), arrays, options, accuracy, workspace_limit)


def _not_empty(problem):
    if getattr(problem, "n", 1) == 0:
        raise ValueError("the batch is empty: there is nothing to compare")
