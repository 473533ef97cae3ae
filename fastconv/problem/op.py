"""`Op`: one public function, with its arrays, its options and its validation."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .arrays import Spec, any_array, coerce
from .forwarded import ForwardedProblem, dtype_name
from .limits import on_device
from .request import Request
from .scipy_arguments import ForSciPy

#: stands in `Op.options` for the default of an option that has none
REQUIRED = object()


@dataclass(frozen=True)
class Op:
    """One function that can be called, planned and compared.

    Parameters
    ----------
    name : str
        Name that `fastconv.plan` takes: ``conv2d``, ``conv2d_weight``, ``max_pool2d``.
    arrays : tuple of str
        Names of the array arguments in the order of the signature. For ``upfirdn``, the signal
        comes first.
    options : dict
        Names of the other arguments and their defaults, `REQUIRED` for one without a default.
    make : callable
        ``make(arrays, options)`` validates a call and returns its `Request`.
    optional : frozenset of str
        Names of the arrays that may be None.
    scipy : tuple of str or None
        Package and name of the function of SciPy that this function replaces.
    guard : callable or None
        ``guard(arrays, options)`` refuses calls that SciPy's function must not answer.
    checks_dtypes : bool
        Whether `make` checks the dtypes of the arrays itself, as it does for functions of SciPy.
    host_only : bool
        Whether the function takes no arrays on a device.
    """

    name: str
    arrays: tuple[str, ...]
    options: dict
    make: Callable
    optional: frozenset = frozenset()
    scipy: tuple[str, str] | None = None
    guard: Callable | None = None
    checks_dtypes: bool = False
    host_only: bool = False

    def __post_init__(self):
        object.__setattr__(self, "checks_dtypes", self.checks_dtypes or self.scipy is not None)

    @property
    def has_methods(self) -> bool:
        """Whether the option `method` names algorithms. That of ``filtfilt`` does not."""
        return self.options.get("method") == "auto"

    def request(self, arrays, options) -> Request:
        """Validate one call and return its `Request`.

        Parameters
        ----------
        arrays : tuple of array, Spec or None
            All arrays in the order of the op.
        options : dict
            All options by name.
        """
        return self.validated(self.coerce(arrays), options)

    def validated(self, arrays, options) -> Request:
        """Validate one call whose arrays `coerce` returned, and return its `Request`.

        If SciPy's function must compute it, the problem is a `ForwardedProblem`.
        """
        if self.scipy is None:
            return self.make(arrays, options)
        try:
            request = self.make(arrays, options)
            if request.on_host and any(on_device(a) for a in arrays):
                raise ForSciPy("CuPy's function computes it on a device")
            return request
        except ForSciPy as reason:
            if self.guard is not None:
                self.guard(arrays, options)
            return self.forwarded(arrays, str(reason))

    def forwarded(self, arrays, reason) -> Request:
        """Return the request of a call that SciPy's function must compute, for `reason`."""
        given = [a for a in arrays if a is not None]
        names, shapes = [dtype_name(a.dtype) for a in given], [tuple(a.shape) for a in given]
        problem = ForwardedProblem(self.name, tuple(names), tuple(shapes), reason)
        dtypes = tuple(None if a is None else a.dtype for a in arrays)
        return Request(problem, dtypes, (), np.dtype(float), (), np.dtype(float))

    def coerce(self, arrays):
        """Return the arrays as ndarrays, and None for optional ones that are absent.

        Where `make` does not check dtypes, they must be among those that fastconv computes with.
        """
        as_array = any_array if self.checks_dtypes else coerce
        result = []
        for name, value in zip(self.arrays, arrays, strict=True):
            if value is None and name in self.optional or isinstance(value, Spec):
                result.append(value)
            else:
                result.append(as_array(name, value))
        return tuple(result)
