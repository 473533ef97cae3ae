"""Process-wide settings: instruction set, default number of threads, state after a fork.

This module reads nothing from the environment or the operating system at import. `import fastconv`
must stay cheap, and the first call that needs a malformed variable reports it.
"""

import operator
import os
import threading
from pathlib import Path

from .errors import shown

_lock = threading.RLock()
_available: tuple[str, ...] = ()
_isa: str | None = None
_explicit_threads: int | None = None
_default_threads: int | None = None
_forked = False
_epoch = 0

ISA_NAMES = ("baseline", "avx2", "avx512", "neon")


def epoch() -> int:
    """Return the number of changes of settings so far.

    A cached choice of algorithm is valid as long as this number stays the same.
    """
    return _epoch


def advance_epoch() -> None:
    """Invalidate every cached choice of algorithm.

    Call this after a change of ISA, threads, wisdom or machine constants.
    """
    global _epoch
    with _lock:
        _epoch += 1


# ------------------------------------------------------------------------------------------- ISA


def register_isas(names: tuple[str, ...]) -> None:
    """Store the instruction sets that this CPU can run, best first, for ``loops.simd``."""
    global _available
    _available = tuple(names)


def available_isas() -> tuple[str, ...]:
    """Return the instruction sets that are built and that this CPU runs, best first."""
    return _available


def current_isa() -> str:
    """Return the name of the instruction set in use; ``FASTCONV_ISA`` sets it at first use."""
    global _isa
    if _isa is None:
        name = os.environ.get("FASTCONV_ISA", "").strip()
        _isa = (
            _checked_isa(name, "the environment variable FASTCONV_ISA") if name else _available[0]
        )
    return _isa


def _checked_isa(name, what):
    """Return `name` if it is an available instruction set, or raise an error about `what`."""
    allowed = ", ".join(_available)
    if not isinstance(name, str):
        raise TypeError(f"{what} must be a str, got {shown(name)}; allowed: {allowed}")
    if name not in _available:
        kind = "cannot run on this machine or is not built" if name in ISA_NAMES else "is unknown"
        raise ValueError(f"{what} is {shown(name)}, which {kind}; allowed: {allowed}")
    return name


class isa:  # noqa: N801 - used as `with fc.config.isa("avx2"):`
    """Use another instruction set in the whole process until the ``with`` block ends.

    Parameters
    ----------
    name : {"baseline", "avx2", "avx512", "neon"}
        Name of the instruction set.

    Raises
    ------
    TypeError
        If `name` is not a str.
    ValueError
        If `name` is unknown, not built, or cannot run on this CPU.

    Notes
    -----
    The setting applies to all threads of the process, so blocks of different threads should not
    overlap. The previous instruction set is restored at the end of the block. The environment
    variable ``FASTCONV_ISA`` sets the instruction set from the start.

    Examples
    --------
    >>> import fastconv as fc
    >>> with fc.config.isa(fc.config.available_isas()[-1]):
    ...     y = fc.conv1d([[1.0, 2.0, 3.0]], [[[1.0, 1.0]]])
    >>> y
    array([[3., 5.]])
    """

    def __init__(self, name):
        self.name = _checked_isa(name, "isa")

    def __enter__(self):
        global _isa
        with _lock:
            self._previous = current_isa()
            _isa = self.name
            advance_epoch()
        return self

    def __exit__(self, *exc):
        global _isa
        with _lock:
            _isa = self._previous
            advance_epoch()


# --------------------------------------------------------------------------------------- threads


#: Largest number of threads. Every thread needs a stack and scratch memory, and operating systems
#: refuse to start many more.
MOST_THREADS = 1024


def checked_threads(n, name="num_threads") -> int:
    """Return `n` as an int from 1 to `MOST_THREADS`, or raise an error that names it."""
    if isinstance(n, bool):
        raise TypeError(f"{name} must be an int >= 1 or None, got {shown(n)}")
    try:
        value = operator.index(n)
    except TypeError:
        raise TypeError(f"{name} must be an int >= 1 or None, got {shown(n)}") from None
    if not 1 <= value <= MOST_THREADS:
        raise ValueError(f"{name} must be from 1 to {MOST_THREADS}, got {value}")
    return value


def set_num_threads(n) -> None:
    """Set the default number of threads of this process.

    Parameters
    ----------
    n : int or None
        Number of threads, from 1 to 1024. None restores the default of the environment, as
        `get_num_threads` describes it.

    Returns
    -------
    None

    Raises
    ------
    TypeError
        If `n` is neither an int nor None.
    ValueError
        If `n` is not from 1 to 1024.

    See Also
    --------
    threads : Sets the number for a block of code.

    Notes
    -----
    The choice of algorithm depends on this number. The `num_threads` of a call does not change the
    choice, and so gives bitwise the same result.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.set_num_threads(1)
    >>> fc.get_num_threads()
    1
    >>> fc.set_num_threads(None)
    """
    global _explicit_threads
    n = None if n is None else checked_threads(n, "n")
    with _lock:
        _explicit_threads = n
        advance_epoch()


def get_num_threads() -> int:
    """Return the default number of threads.

    Returns
    -------
    int
        The first of these that is set: the number of `set_num_threads`, the environment variable
        ``FASTCONV_NUM_THREADS``, the variable ``OMP_NUM_THREADS``, and the number of CPUs that the
        process may use (affinity mask and cgroup quota).

    Raises
    ------
    ValueError
        If ``FASTCONV_NUM_THREADS`` is malformed.

    Notes
    -----
    A forked child returns the same number, although its calls run on one thread. The choice of
    algorithm depends on this number, so the child's results are bitwise the same.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.get_num_threads() >= 1
    True
    """
    global _default_threads
    if _explicit_threads is not None:
        return _explicit_threads
    if _default_threads is None:
        _default_threads = _threads_from_environment()
    return _default_threads


class threads:  # noqa: N801 - used as `with fc.threads(2):`
    """Use another default number of threads in the whole process until the ``with`` block ends.

    Parameters
    ----------
    n : int
        Number of threads, from 1 to 1024.

    Raises
    ------
    TypeError
        If `n` is not an int.
    ValueError
        If `n` is not from 1 to 1024.

    Notes
    -----
    The setting applies to all threads of the process, so blocks of different threads should not
    overlap. The previous default is restored at the end of the block.

    Examples
    --------
    >>> import fastconv as fc
    >>> with fc.threads(1):
    ...     fc.get_num_threads()
    1
    """

    def __init__(self, n):
        self.n = checked_threads(n, "n")

    def __enter__(self):
        self._previous = _explicit_threads
        set_num_threads(self.n)
        return self

    def __exit__(self, *exc):
        set_num_threads(self._previous)


def run_threads(num_threads=None) -> int:
    """Return the number of threads of a call: its own `num_threads` or the default.

    It is 1 in a forked child, because libgomp's workers do not exist after a fork and a request for
    a team of them hangs.
    """
    n = get_num_threads() if num_threads is None else checked_threads(num_threads)
    return 1 if _forked else n


def forked() -> bool:
    """Return whether this process was forked from one that had imported fastconv."""
    return _forked


def threads_source() -> str:
    """Return where the default number of threads comes from, in words."""
    if _explicit_threads is not None:
        return "set_num_threads"
    for name in ("FASTCONV_NUM_THREADS", "OMP_NUM_THREADS"):
        if os.environ.get(name, "").split(",")[0].strip().isdigit():
            return name
    return "the CPUs of the affinity mask and the cgroup quota"


def _threads_from_environment() -> int:
    """Return the number of threads that the environment or the operating system suggests."""
    value = os.environ.get("FASTCONV_NUM_THREADS", "").strip()
    if value:
        if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= MOST_THREADS:
            raise ValueError(
                f"the environment variable FASTCONV_NUM_THREADS is {value!r}; "
                f"allowed: an integer from 1 to {MOST_THREADS}"
            )
        return int(value)
    # OpenMP defines this variable: it may be a list with one entry per nesting level, and a value
    # that is malformed is not an error of ours.
    first = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    if first.isascii() and first.isdigit() and int(first) >= 1:
        return min(int(first), MOST_THREADS)
    return _usable_cpus()


def _usable_cpus() -> int:
    """Return the number of CPUs that the affinity mask and the cgroup quota allow."""
    try:
        cpus = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS has no affinity mask
        cpus = os.cpu_count() or 1
    quota = _cgroup_cpus()
    return cpus if quota is None else max(1, min(cpus, quota))


def _cgroup_cpus() -> int | None:
    """Return the whole CPUs of the cgroup's quota (version 2, else 1), or None without a quota."""
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()[:2]
    except (OSError, ValueError):
        try:
            quota = Path("/sys/fs/cgroup/cpu/cpu.cfs_quota_us").read_text().strip()
            period = Path("/sys/fs/cgroup/cpu/cpu.cfs_period_us").read_text().strip()
        except OSError:
            return None
    if quota in ("max", "-1"):
        return None
    return max(1, int(quota) // int(period))


def _after_fork_in_child() -> None:
    """Mark this process as forked and forget what may have changed or is held by other threads."""
    global _forked, _default_threads, _lock
    _forked = True
    _default_threads = None
    _lock = threading.RLock()  # another thread of the parent may have held it
    advance_epoch()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
