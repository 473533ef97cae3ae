"""The way in of a public function, and where its executor is found or made."""

import numbers
import sys
from functools import partial

import numpy as np

from .. import config
from ..gpu.arrays import device_of
from ..loops.operands import described
from ..planner.cache import Cache, clear_all, known
from ..planner.choose import check_arguments, check_method, choose
from ..planner.traits import looks
from ..problem import OPS
from ..problem.arguments import is_word
from .by_values import ByValues
from .call_cache import CallCache
from .executor import Executor
from .fast_call import call_key
from .forward import ForwardCall

#: algorithm, accuracy and workspace_limit of a call that leaves all to fastconv
AUTO = ("auto", "default", None)
#: stands for a value that cannot be part of a key
_UNKNOWN = object()

_cache = Cache(4096)
_entries = _cache.entries
#: what the last calls found there
recent = known(CallCache())


def call(name, arrays, options, algorithm="auto", accuracy="default", workspace_limit=None,
         out=None, num_threads=None):  # fmt: skip
    """Run the function `name` of `problem.OPS`.

    Parameters
    ----------
    name : str
    arrays, options : tuple
        The function's arrays and options in the order of its `Op`.
    algorithm, accuracy, workspace_limit, out, num_threads
        As in every function.
    """
    common = (algorithm, accuracy, workspace_limit)
    executor = recent.find(name, arrays, options, common, config.epoch())
    if executor is None:
        executor, arrays = found(name, arrays, options, common)
    return executor(arrays, None, out, num_threads)


def found(name, arrays, options, common=AUTO, valued=-1):
    """Return the executor of a call, kept or new, and its arrays as arrays.

    Parameters
    ----------
    name : str
    arrays, options : tuple
        In the order of the op.
    common : tuple
        algorithm, accuracy and workspace_limit.
    valued : int
        Position of the array whose values the executor may depend on; -1 for none.
    """
    epoch = config.epoch()
    key = call_key(name, arrays, options, common, epoch)
    op, given = OPS[name], arrays
    executor = None if key is None else _entries.get(key)
    if executor is None:
        runtime = device_of(arrays) if key is None else None
        if runtime is not None:
            from ..gpu.calls import executor_of

            return executor_of(runtime, op, arrays, options, common), arrays
        arrays = op.coerce(arrays)
        if key is None:
            frozen = _frozen(options)
            if frozen is not _UNKNOWN and _UNKNOWN is not _frozen(common):
                key = (name, frozen, _frozen(common), epoch, described(arrays))
                executor = _entries.get(key)
    if executor is None:
        executor = executor_for(op, arrays, options, common)
        if key is not None:
            _cache.insert(key, executor)
    if valued >= 0 and isinstance(executor, ByValues):
        executor = executor.bound(arrays)
    recent.keep(name, given, options, common, epoch, executor, valued)
    return executor, arrays


def executor_for(op, arrays, options, common, exclusive=True):
    """Return a new executor of a call whose arrays `op.coerce` returned.

    With `exclusive`, a method beside an algorithm is refused.
    """
    algorithm = common[0]
    given = dict(zip(op.options, options, strict=True))
    if exclusive:
        check_method(given, algorithm)
    if op.scipy is not None and is_word(algorithm, "scipy"):
        if op.guard is not None:
            op.guard(given)
        return ForwardCall(op, op.validated(arrays, given), options)
    request = op.validated(arrays, given)
    check_arguments(*common, request.problem)
    make = partial(chosen_executor, op, options, common)
    structure = looks(request.problem, *common)
    if structure or request.problem.family != "pooling" and needs_values(request.problem):
        return ByValues(request, make, structure)
    return make(request)


def needs_values(problem):
    """Return whether every call must look at its weights: filters of images, as SciPy's do."""
    return getattr(problem, "on_image", False)


def chosen_executor(op, options, common, request):
    """Return the executor of a request, with the algorithm that `common` asks for."""
    algorithm, accuracy, workspace_limit = common
    candidate = choose(request.problem, algorithm, accuracy, workspace_limit)
    if candidate.name == "scipy":
        return ForwardCall(op, request, options)
    return Executor(
        op, options, request, candidate, accuracy, workspace_limit, may_redo=algorithm == "auto"
    )


def _frozen(value):
    """Return `value` as part of a key that no value of another type equals."""
    if value is None or isinstance(value, (str, bytes)):
        return value
    if isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim == 1):
        entries = tuple(_frozen(v) for v in value)
        return _UNKNOWN if _UNKNOWN in entries else (type(value), entries)
    if isinstance(value, (numbers.Number, np.dtype)):
        return type(value), value
    return value if isinstance(value, type) else _UNKNOWN


def release_memory():
    """Free the scratch memory and the cached choices that fastconv keeps between calls.

    Returns
    -------
    None

    Notes
    -----
    Later calls allocate and choose again. Plans and wisdom are not affected.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.release_memory()
    """
    from ..loops import scratch

    clear_all()
    device_calls = sys.modules.get(f"{__package__.rpartition('.')[0]}.gpu.calls")
    if device_calls is not None:
        device_calls.release_memory()
    scratch.release_memory()
