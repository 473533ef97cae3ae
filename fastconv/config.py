"""Process-wide settings: instruction set, default number of threads, state after a fork.

Nothing here is read from the environment or the operating system at import: `import fastconv`
must stay cheap, and a malformed variable is reported by the first call that needs it.
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
    """Number of process-wide switches so far; cached choices are valid within one epoch."""
    return _epoch


def advance_epoch() -> None:
    """Make every cached choice of algorithm stale (a switch of ISA, threads, wisdom, constants)."""
    global _epoch
    with _lock:
        _epoch += 1


# ------------------------------------------------------------------------------------------- ISA


def register_isas(names: tuple[str, ...]) -> None:
    """Called once by ``loops.simd``: the instruction sets this CPU runs, best first."""
    global _available
    _available = tuple(names)


def available_isas() -> tuple[str, ...]:
    """Names of the instruction sets that this build holds and this CPU runs, best first."""
    return _available


def current_isa() -> str:
    """Name of the instruction set in use (``FASTCONV_ISA`` decides at first use)."""
    global _isa
    if _isa is None:
        name = os.environ.get("FASTCONV_ISA", "").strip()
        _isa = (
            _checked_isa(name, "the environment variable FASTCONV_ISA") if name else _available[0]
        )
    return _isa


def _checked_isa(name, what):
    allowed = ", ".join(_available)
    if not isinstance(name, str):
        raise TypeError(f"{what} must be a str, got {shown(name)}; allowed: {allowed}")
    if name not in _available:
        kind = "cannot run on this machine or is not built" if name in ISA_NAMES else "is unknown"
        raise ValueError(f"{what} is {shown(name)}, which {kind}; allowed: {allowed}")
    return name


class isa:  # noqa: N801 - used as `with fc.config.isa("avx2"):`
    """Context manager: run on another instruction set, process-wide, until the block ends.

    Parameters
    ----------
    name : str
        ``"baseline"``, ``"avx2"``, ``"avx512"`` or ``"neon"``.

    Raises
    ------
    ValueError
        The instruction set cannot run here.

    Examples
    --------
    >>> import fastconv as fc
    >>> with fc.config.isa("baseline"):
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


#: every thread has a stack and scratch memory of its own; systems refuse to start many more
MOST_THREADS = 1024


def checked_threads(n, name="num_threads") -> int:
    """`n` as an int from 1 to `MOST_THREADS`, or an error that names it."""
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
    """Set the default number of threads of this process; None returns to the environment's.

    Parameters
    ----------
    n : int or None
        From 1 to 1024.

    Raises
    ------
    TypeError, ValueError
        `n` is not an int from 1 to 1024.

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

    In this order: `set_num_threads`, ``FASTCONV_NUM_THREADS``, ``OMP_NUM_THREADS``, the CPUs that
    the process may use (affinity mask and cgroup quota). The same in a forked child, whose calls
    run on one thread: choices follow this number, so that results keep their bits.

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
    """Context manager: another default number of threads, process-wide, until the block ends.

    Parameters
    ----------
    n : int
        From 1 to 1024.

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
    """Threads that one call may use: its own `num_threads` or the default; 1 in a forked child.

    libgomp's workers do not exist after a fork, and asking it for a team of them hangs.
    """
    n = get_num_threads() if num_threads is None else checked_threads(num_threads)
    return 1 if _forked else n


def forked() -> bool:
    """Whether this process was forked from one that had fastconv imported."""
    return _forked


def threads_source() -> str:
    """What the default number of threads comes from, in words."""
    if _explicit_threads is not None:
        return "set_num_threads"
    for name in ("FASTCONV_NUM_THREADS", "OMP_NUM_THREADS"):
        if os.environ.get(name, "").split(",")[0].strip().isdigit():
            return name
    return "the CPUs of the affinity mask and the cgroup quota"


def _threads_from_environment() -> int:
    value = os.environ.get("FASTCONV_NUM_THREADS", "").strip()
    if value:
        if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= MOST_THREADS:
            raise ValueError(
                f"the environment variable FASTCONV_NUM_THREADS is {value!r}; "
                f"allowed: an integer from 1 to {MOST_THREADS}"
            )
        return int(value)
    # OpenMP's own variable may be a list, one entry per nesting level; it is not ours to refuse
    first = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    if first.isascii() and first.isdigit() and int(first) >= 1:
        return min(int(first), MOST_THREADS)
    return _usable_cpus()


def _usable_cpus() -> int:
    try:
        cpus = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS has no affinity mask
        cpus = os.cpu_count() or 1
    quota = _cgroup_cpus()
    return cpus if quota is None else max(1, min(cpus, quota))


def _cgroup_cpus() -> int | None:
    """Whole CPUs of the cgroup's quota (version 2, then 1), None without one."""
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
    global _forked, _default_threads, _lock
    _forked = True
    _default_threads = None
    _lock = threading.RLock()  # another thread of the parent may have held it
    advance_epoch()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
