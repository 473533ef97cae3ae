"""Run the call of a public function, and find or make its executor."""

import numbers
import sys
from functools import partial

import numpy as np

from .. import config
from ..caches import Cache, clear_all, known
from ..gpu.arrays import device_of
from ..loops.operands import described
from ..planner.choose import check_arguments, check_method, choose
from ..planner.traits import looks
from ..problem.arguments import is_word
from ..problem.ops import op_of, with_mask
from ..problem.resized import resizing
from .by_values import ByValues, OfSeveral
from .call_cache import CallCache
from .executor import Executor
from .fast_call import call_key, sizeless
from .forward import ForwardCall
from .kinds import handler_of

#: defaults of algorithm, accuracy and workspace_limit
AUTO = ("auto", "default", None)
#: marks a value that cannot be part of a key
_UNKNOWN = object()

#: all executors, under the hashable keys of their calls
_cache = Cache(4096)
_entries = _cache.entries
#: the executors of the last calls, which are found faster
last_calls = known(CallCache())
#: what makes requests for other sizes, under the keys of calls without sizes; None where nothing
_resizings = Cache(256)


def call(name, arrays, options, algorithm="auto", accuracy="default", workspace_limit=None,
         out=None, num_threads=None):  # fmt: skip
    """Run the function `name` of `problem.OPS`.

    Parameters
    ----------
    name : str
        Name of the op.
    arrays, options : tuple
        The function's arrays and options in the order of its `Op`.
    algorithm, accuracy, workspace_limit, out, num_threads
        As in the public functions.

    Returns
    -------
    ndarray or tuple of ndarray
    """
    common = (algorithm, accuracy, workspace_limit)
    executor = last_calls.find(name, arrays, options, common, config.epoch())
    if executor is None:
        executor, arrays = find_executor(name, arrays, options, common)
    return executor(arrays, None, out, num_threads)


def find_executor(name, arrays, options, common=AUTO, valued=-1):
    """Return the executor of a call, kept or new, and the call's arrays.

    This is slower than the lookup in the call cache. It handles arguments that are not arrays yet,
    options that are lists, and calls that were not made before.

    Parameters
    ----------
    name : str
        Name of the op.
    arrays, options : tuple
        The call's arrays and options in the order of the op.
    common : tuple
        algorithm, accuracy and workspace_limit.
    valued : int
        Position of the array on whose values the executor depends, or -1 for none. The call cache
        then keeps the executor for these values.

    Returns
    -------
    executor : callable
    arrays : tuple
        The arrays, converted to ndarrays if the executor needs it.
    """
    epoch = config.epoch()
    key = call_key(name, arrays, options, common, epoch)
    if key is None:
        masked = with_mask(name, arrays, options)
        if masked is not None:
            arrays, options = masked
            key = call_key(name, arrays, options, common, epoch)
    op, given = op_of(name, arrays), arrays
    executor = None if key is None else _entries.get(key)
    if executor is None:
        handler = handler_of(arrays) if key is None else None
        if handler is not None:
            return handler.executor_of(op, arrays, options, common), arrays
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
        if key is None:
            executor = executor_for(op, arrays, _owned(options), common)
        else:
            executor = _resized(op, key, arrays, _owned(options), common)
            _cache.insert(key, executor)
    if valued >= 0 and isinstance(executor, ByValues):
        executor = executor.bound(arrays)
    last_calls.keep(name, given, options, common, epoch, executor, valued)
    return executor, arrays


def executor_for(op, arrays, options, common, exclusive=True):
    """Return a new executor for a call.

    Parameters
    ----------
    op : Op
    arrays : tuple of ndarray, Spec or None
        The arrays that `op.coerce` returned.
    options : tuple
        The options in the order of the op.
    common : tuple
        algorithm, accuracy and workspace_limit.
    exclusive : bool
        Whether to refuse a call that gives both `method` and `algorithm`.
    """
    request = _validated(op, arrays, options, common, exclusive)
    if is_word(common[0], "scipy") and op.scipy is not None:
        return ForwardCall(op, request, options)
    return _executor_of(op, options, common, request)


def _validated(op, arrays, options, common, exclusive=True):
    """Return the request of a call, whose parameters are those of `executor_for`."""
    algorithm = common[0]
    given = dict(zip(op.options, options, strict=True))
    if exclusive:
        check_method(op, given, algorithm)
    if op.scipy is not None and is_word(algorithm, "scipy"):
        if op.guard is not None:
            op.guard(arrays, given)
        return op.validated(arrays, given)
    request = op.validated(arrays, given)
    check_arguments(*common, request.problem)
    return request


def _resized(op, key, arrays, options, common):
    """Return a new executor for a call, whose request is made from that of an earlier one.

    Parameters
    ----------
    op, arrays, options, common
        As for `executor_for`.
    key : tuple
        What `call_key` returned.
    """
    if is_word(common[0], "scipy"):
        return executor_for(op, arrays, options, common)
    pattern = sizeless(key)
    shape, *others = [None if a is None else a.shape for a in arrays]
    others = tuple(others)
    resize = _resizings.entries.get(pattern)
    request = None if resize is None else resize(shape, others)
    if request is None:
        request = _validated(op, arrays, options, common)
        if resize is None:
            _resizings.insert(pattern, resizing(request, others, _gives_sizes(op, options)))
    return _executor_of(op, options, common, request)


def _gives_sizes(op, options):
    """Return whether options give the sizes of the output."""
    given = dict(zip(op.options, options, strict=True))
    return given.get("output_size") is not None


def _executor_of(op, options, common, request):
    """Return a new executor of a validated call."""
    make = partial(chosen_executor, op, options, common)
    structure = looks(request.problem, *common) if request.fixed is None else 0
    if structure and request.beside:
        return OfSeveral(request, make, structure)
    if structure or request.problem.family != "pooling" and needs_values(request.problem):
        return ByValues(request, make, structure)
    return make(request)


def needs_values(problem):
    """Return whether every call must inspect its weights.

    SciPy's image filters do, and sums that become integers are those of its filters.
    """
    return getattr(problem, "on_image", False) or problem.family == "rounded"


def chosen_executor(op, options, common, request):
    """Return a new executor of a request, with the algorithm that `common` asks for.

    Parameters
    ----------
    op : Op
    options : tuple
        The options in the order of the op.
    common : tuple
        algorithm, accuracy and workspace_limit.
    request : Request
    """
    algorithm, accuracy, workspace_limit = common
    candidate = choose(request.problem, algorithm, accuracy, workspace_limit)
    if candidate.name == "scipy":
        return ForwardCall(op, request, options)
    return Executor(
        op, options, request, candidate, accuracy, workspace_limit, may_redo=algorithm == "auto"
    )


def _owned(options):
    """Return options of which the caller cannot change the values: executors keep them."""
    return tuple([o.copy() if isinstance(o, (list, np.ndarray)) else o for o in options])


def _frozen(value):
    """Return a hashable form of `value` for a key, or `_UNKNOWN` if there is none.

    Values of different types have different forms, although 1 == 1.0 == True.
    """
    if value is None or isinstance(value, (str, bytes)):
        return value
    if isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in "biufc":
        return np.ndarray, value.dtype, value.tobytes()
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
