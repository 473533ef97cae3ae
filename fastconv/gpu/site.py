"""What a plan needs to know of arrays on a device."""

from ..planner.choose import choose
from ..planner.traits import possible
from ..problem.arrays import Spec
from .arrays import checked, ready
from .calls import looked_at
from .executor import DeviceExecutor
from .place import place_of


class DeviceSite:
    """The device's counterpart of the host's part in `fastconv.plans`.

    Parameters
    ----------
    runtime : Runtime
    """

    def __init__(self, runtime):
        self._runtime = runtime
        self.place = place_of(runtime)
        self.array = runtime.array

    def coerce(self, name, value):
        """An array of this device, or what stands for one that is not there yet."""
        if not isinstance(value, Spec):
            checked(self._runtime, (name,), (value,))
        return value

    def copy(self, name, value):
        with self._runtime.current():
            return self.coerce(name, value).copy()

    def ready(self, arrays, dtypes):
        return ready(self._runtime, arrays, dtypes)

    def executor(self, op, request, candidate, accuracy, workspace_limit, may_redo):
        return DeviceExecutor(
            self.place, op, request, candidate, accuracy, workspace_limit, may_redo
        )

    def looks(self, problem, common, chosen):
        """A plan can afford the copy of a weight that is looked at."""
        return possible(problem)

    def with_traits(self, request, arrays):
        return looked_at(self._runtime, request, arrays)

    def by_traits(self, op, common, blind):
        """The executor for other weights than the one that was looked at."""
        return _ByTraits(self, op, common, blind)


class _ByTraits:
    """Looks at the weight of every call; as `planner.traits.ByTraits` for the host."""

    def __init__(self, site, op, common, blind):
        self._site, self._op, self._common, self._blind = site, op, common, blind
        self._executors = {}

    def __call__(self, arrays, prepared, out, num_threads):
        with self._site.place.current():
            executor = self._executor(arrays)
        return executor(arrays, None, out, num_threads)

    def _executor(self, arrays):
        request = self._site.with_traits(self._blind, arrays)
        found = request.problem.traits
        if found not in self._executors:
            algorithm, accuracy, workspace_limit, exclude = self._common
            candidate = choose(
                request.problem, algorithm, accuracy, workspace_limit, exclude,
                place=self._site.place,
            )  # fmt: skip
            self._executors[found] = self._site.executor(
                self._op, request, candidate, accuracy, workspace_limit, algorithm == "auto"
            )
        return self._executors[found]
