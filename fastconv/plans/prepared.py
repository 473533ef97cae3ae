"""`Plan`: a problem, its executor, and copies of the arrays that were given."""

from dataclasses import replace

import numpy as np

from ..calls.by_values import ByValues
from ..calls.eager import needs_values
from ..calls.host import HostCalls, calls_of
from ..planner.choose import check_arguments, check_method, choose, table
from ..planner.measure import measured_choice
from ..planner.text import aligned, number_text, seconds_text, size_text
from ..problem.arrays import Spec, native
from ..problem.ops import op_of, with_mask


class Plan:
    """A problem with a chosen algorithm and a prepared weight, as `plan` returns it.

    Several threads may call a plan at once. A plan can be pickled; its weight is stored, and the
    preparation is repeated when it is loaded.

    Attributes
    ----------
    algorithm : str
        Name of the chosen algorithm.
    problem : ConvProblem, PoolProblem or FilterProblem
        The problem.
    key : str
        The problem key, which names the problem in tables and in the wisdom.
    predicted_seconds, error_bound : float
        The time of one call that the cost model predicts, and the bound on its error.
    workspace_bytes, prepared_bytes : int
        The scratch memory of one call, and the memory of the prepared weight.

    See Also
    --------
    plan : Makes one.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> w = np.ones((4, 2, 3, 3), np.float32)
    >>> plan = fc.plan("conv2d", input=(1, 2, 8, 8), weight=w)
    >>> plan.key
    'conv2d_fwd_f32_n1_g1_c2_k4_i8x8_w3x3_s1x1_p0.0x0.0_d1x1'
    >>> plan(np.ones((1, 2, 8, 8), np.float32)).shape
    (1, 4, 6, 6)
    """

    def __init__(self, op, arrays, options, algorithm, accuracy, workspace_limit, effort,
                 time_limit, chosen=None, prepares=True, channels_last=None):  # fmt: skip
        self._made_from = (op.name, arrays, options, algorithm, accuracy, workspace_limit)
        self._calls = calls_of(arrays)
        self._channels_last = channels_last
        with self._calls.backend.current():
            self._make(*self._made_from[1:], op, effort, time_limit, chosen, prepares)
            self._calls.backend.synchronize()

    def _make(self, arrays, options, algorithm, accuracy, workspace_limit, op, effort, time_limit,
              chosen, prepares):  # fmt: skip
        calls = self._calls
        self._array = calls.array
        specs = tuple(
            None if a is None and name in op.optional else calls.coerce(op, name, a)
            for name, a in zip(op.arrays, arrays, strict=True)
        )
        check_method(op, options, algorithm)
        request = op.validated(specs, options)
        if self._channels_last is not None:
            problem = replace(request.problem, channels_last=self._channels_last)
            request = replace(request, problem=problem)
        general_request = request
        check_arguments(algorithm, accuracy, workspace_limit, request.problem, calls.backend)
        self._given = tuple(None if isinstance(a, Spec) else a for a in specs)
        common = (algorithm, accuracy, workspace_limit)
        position = request.weight
        weights = () if position is None else request.made_from(position)
        known = bool(weights) and all(self._given[i] is not None for i in weights)
        on_image = needs_values(request.problem) and calls is HostCalls
        structure = calls.looks(request.problem, common, chosen)
        if known and (structure or on_image):
            request = calls.with_traits(request, self._given, structure)
        chosen = chosen or algorithm
        if chosen == "auto" and effort != "estimate":
            chosen = measured_choice(
                request.problem, accuracy, workspace_limit, effort == "exhaustive", time_limit,
                position if known else None, calls.backend,
            )  # fmt: skip
        candidate = choose(request.problem, chosen, accuracy, workspace_limit, known, calls.backend)
        self._op = op
        self._specs = specs
        self._known, self._weights = known, weights
        self._accuracy, self._workspace_limit = accuracy, workspace_limit
        ordered = tuple(options[name] for name in op.options)
        self._executor = executor = calls.executor(
            op, ordered, request, candidate, accuracy, workspace_limit, algorithm == "auto"
        )
        self._request = request
        # whether a call may give the first array only, and that is not the prepared weight
        self._complete = position != 0 and all(
            spec is None or given is not None
            for spec, given in zip(specs[1:], self._given[1:], strict=True)
        )
        self._prepared, self.prepared_bytes = None, 0
        if prepares:
            self.prepare_weight()
        # calls with another weight need an executor that does not assume the traits of this one
        self._general_executor = executor
        if request is not general_request or on_image and not executor.forwards:
            self._general_executor = calls.by_values(
                op, ordered, common, general_request, structure
            )
        if on_image and not executor.forwards:
            self._executor = self._of_image()
        self.algorithm = candidate.name
        self.problem = request.problem
        self.key = request.problem.key()
        self.predicted_seconds = candidate.seconds
        self.error_bound = candidate.error_bound
        self.workspace_bytes = candidate.workspace

    def _of_image(self):
        """Return the executor of an image filter, which inspects the weight as SciPy does."""
        if not self._known:
            return self._general_executor
        by_values = ByValues(self._request, lambda request: self._executor, 0)
        return by_values.with_values(self._given, self._executor, self._prepared)

    def prepare_weight(self):
        """Prepare the weight, if it is known. Whoever makes a plan that does not calls this."""
        position = self._request.weight
        if position is None or not self._known:
            return
        if not (self._executor.forwards or self._executor.empty):
            self._prepared = self._prepare(self._given)
            self.prepared_bytes = 0 if self._prepared is None else self._prepared.nbytes

    def prepare(self, weight):
        """Return a weight of the planned shape and dtype as the plan's algorithm prepares it."""
        position = self._request.weight
        return self._prepare(
            tuple(weight if i == position else None for i in range(len(self._given)))
        )

    def _prepare(self, given):
        position = self._request.weight
        weight = self._request.operands(self._calls.ready, given, only=position)[position]
        return self._executor.algorithm.prepare(self._request.problem, weight)

    def forget_weight(self):
        """Drop the weight if calls need the prepared one alone, and return whether they do.

        The prepared weight then has all values of the weight, in another order. After this, only
        what `runner` returns may be called.
        """
        position = self._request.weight
        if self._prepared is None or not self._executor.algorithm.permutes:
            return False
        arrays = [Spec(a.shape, a.dtype) if i == position else a for i, a in enumerate(self._specs)]
        self._specs = tuple(arrays)
        self._given = tuple(None if i == position else a for i, a in enumerate(self._given))
        self._made_from = (self._made_from[0], self._specs, *self._made_from[2:])
        self._general_executor = self._executor
        return True

    def __call__(self, x, weight=None, bias=None, *, out=None, num_threads=None, **arrays):
        """Run the plan.

        Parameters
        ----------
        x : array_like
            The first array of the function, with the planned shape and dtype. None means the array
            that was given to `plan` (for example the weight of a gradient with respect to the
            input).
        weight, bias : array_like, optional
            The second and the third array of the function. For a gradient, the second is
            `grad_output`. None means the array that was given to `plan`.
        out : ndarray, optional
            Array that receives the result and is returned, as in the function.
        num_threads : int, optional
            Largest number of threads of this call, as in the function.
        **arrays
            Arrays of the function by their own names.

        Returns
        -------
        ndarray, or a tuple (output, indices)
            The result of the function.

        Raises
        ------
        ValueError
            If an array is missing, or does not have the planned shape and dtype.
        """
        if weight is None and bias is None and not arrays and self._fits(x):
            return self._executor((x, *self._given[1:]), self._prepared, out, num_threads)
        given = [self._given[0] if x is None else x, *self._given[1:]]
        names = self._op.arrays
        for position, name, value in ((1, "weight", weight), (2, "bias", bias)):
            if value is None:
                continue
            if position >= len(names):
                raise TypeError(f"{name}: {self._op.name} takes {', '.join(names)}")
            given[position] = value
        for name, value in arrays.items():
            if name not in names:
                raise TypeError(f"{name}: {self._op.name} takes {', '.join(names)}")
            given[names.index(name)] = value
        masked = with_mask(self._op.name, tuple(given), ())
        if masked is not None:
            if len(names) < 3 or self._specs[2] is None:
                raise ValueError(
                    f"{names[0]} is a numpy.ma.MaskedArray; give the shape of a mask to "
                    "fastconv.plan, or the array itself"
                )
            given = list(masked[0])
        for i, (name, spec) in enumerate(zip(names, self._specs, strict=True)):
            given[i] = self._checked(name, given[i], spec)
        if any(given[i] is not self._given[i] for i in self._weights):
            return self._general_executor(tuple(given), None, out, num_threads)
        return self._executor(tuple(given), self._prepared, out, num_threads)

    @property
    def prepared(self):
        """The prepared weight, or None. It may be replaced by an equal one, to share memory."""
        return self._prepared

    @prepared.setter
    def prepared(self, value):
        self._prepared = value

    def result(self):
        """Return the shape and the dtype of the (first) result."""
        return self._request.out_shape, self._request.out_dtype

    def runner(self):
        """Return ``run(arrays, out, num_threads)``, which does not check the arrays.

        Networks call it. `arrays` are all arrays of the function in its order, of the planned
        shapes and dtypes; one that was given to `plan` may be None.
        """
        executor, given, prepared = self._executor, self._given, self._prepared
        if all(array is None for array in given):

            def run(arrays, out, num_threads):
                return executor(arrays, prepared, out, num_threads)

        else:

            def run(arrays, out, num_threads):
                whole = [k if a is None else a for a, k in zip(arrays, given, strict=True)]
                return executor(tuple(whole), prepared, out, num_threads)

        return run

    def direct(self, arrays, out):
        """Return ``call(threads)`` for arrays as `runner` takes them, as `Executor.direct` does."""
        whole = [k if a is None else a for a, k in zip(arrays, self._given, strict=True)]
        return self._executor.direct(tuple(whole), self._prepared, out)

    def _fits(self, x):
        """Return whether `x` is as planned, and all other arrays were given to `plan`."""
        spec = self._specs[0]
        return (
            type(x) is self._array
            and x.shape == spec.shape
            and x.dtype == spec.dtype
            and x.dtype.isnative
            and self._complete
        )

    def _checked(self, name, value, spec):
        """Return the argument `name` as an array, and refuse one that differs from `spec`."""
        if spec is None:
            if value is not None:
                raise ValueError(f"{name} was not planned; give its shape to fastconv.plan")
            return None
        if value is None:
            raise ValueError(f"{name} is missing; an array of shape {spec.shape} was planned")
        value = self._calls.coerce(self._op, name, value)
        if tuple(value.shape) != tuple(spec.shape) or native(value) != native(spec):
            raise ValueError(
                f"{name} has shape {value.shape} and dtype {value.dtype}; the plan is for "
                f"{tuple(spec.shape)} and {spec.dtype}"
            )
        return value

    def explain(self):
        """Return a table of all algorithms as text.

        It lists predicted time, workspace and error bound, or the reason why an algorithm cannot
        run.
        """
        backend = self._calls.backend
        rows = table(
            self.problem, self._accuracy, self._workspace_limit, self._known, backend
        )  # fmt: skip
        lines = [
            [
                f"{'*' if row.name == self.algorithm else ' '} {row.name}",
                seconds_text(row.seconds), size_text(row.workspace), number_text(row.error_bound),
                row.reason or "",
            ]
            for row in rows
        ]  # fmt: skip
        header = ["", "predicted", "workspace", "bound", "why not"]
        return "\n".join(
            [
                self.key,
                f"{self.algorithm}: chosen for {backend.label()[0]}, {backend.threads()} threads",
                *self._cost_of_limit(backend),
                "",
                aligned(header, lines, left=(0, 4)),
            ]
        )

    def _cost_of_limit(self, backend):
        """Return a line that says what the caller's limit on workspace costs, if it costs time."""
        limit, chosen = self._workspace_limit, self.predicted_seconds
        if limit is None or chosen is None:
            return []
        free = choose(self.problem, "auto", self._accuracy, None, self._known, backend)
        if free.seconds is None or free.workspace <= limit or free.seconds >= chosen:
            return []
        return [
            f"workspace_limit={limit} costs time: {free.name} would be {chosen / free.seconds:.1f} "
            f"times as fast with {size_text(free.workspace)}"
        ]

    def __repr__(self):
        return f"<Plan {self.key} algorithm={self.algorithm}>"

    def __reduce__(self):
        return _rebuild, (*self._made_from, self.algorithm, self._channels_last)


def _rebuild(name, arrays, options, algorithm, accuracy, workspace_limit, chosen, channels_last):
    """Return an unpickled plan with the algorithm that was chosen before, on any machine."""
    op = op_of(name, arrays)
    return Plan(
        op, arrays, options, algorithm, accuracy, workspace_limit, "estimate", None, chosen,
        channels_last=channels_last,
    )  # fmt: skip


def shared(plan, weights, placed=None):
    """Let a plan use a prepared weight that another plan has made; return the prepared weights.

    Parameters
    ----------
    plan : Plan
    weights : dict
        Prepared weights of all plans, by size; it gets those of this one.
    placed : callable, optional
        ``placed(prepared)`` returns the prepared weight where it is to be kept.
    """
    prepared = plan.prepared
    if not isinstance(prepared, np.ndarray):
        return () if prepared is None else (prepared,)
    alike = weights.setdefault((prepared.shape, prepared.dtype), [])
    for other in alike:
        if np.array_equal(prepared.view(np.uint8), other.view(np.uint8)):
            plan.prepared = other
            return (other,)
    if placed is not None:
        plan.prepared = prepared = placed(prepared)
    alike.append(prepared)
    return (prepared,)
