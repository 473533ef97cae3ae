"""Wisdom and machine constants, in memory and on disk.

A file is JSON with a checksum of its payload. A file that is truncated, edited, of another format
or from another machine is refused as a whole: half of somebody's wisdom is worse than none. Entries
of another version of fastconv, or of loops that were written anew since, are ignored one by one.
"""

import contextlib
import hashlib
import json
import os
import tempfile
import threading
from pathlib import Path

import platformdirs

from .. import config
from ..version import __version__
from .machine import DEFAULTS, cpu_model, from_dict, identity, to_dict

_FORMAT = "fastconv-wisdom-2"
_lock = threading.Lock()
#: "algorithm layout" by "version identity accuracy [prepared] key"; the identity is the backend's
_wisdom: dict[str, str] = {}
#: measured `Machine` by ISA
_machines: dict[str, object] = {}
#: whether the user's own file was read
_loaded = False


def cache_file():
    """Return the path of the user's own file; ``FASTCONV_CACHE_DIR`` overrides its directory."""
    directory = os.environ.get("FASTCONV_CACHE_DIR", "").strip()
    base = Path(directory) if directory else Path(platformdirs.user_cache_dir("fastconv"))
    return base / "wisdom.json"


def machine():
    """Return the constants of the current ISA, measured if this machine was tuned, else shipped."""
    _load_once()
    isa = config.current_isa()
    return _machines.get(isa) or DEFAULTS[isa]


def recall(problem, accuracy, prepared=False, where=None):
    """Return name and layout of the algorithm that a measurement chose, None if there was none.

    Parameters
    ----------
    problem : ConvProblem, FilterProblem, PoolProblem, ...
    accuracy : str
    prepared : bool, optional
        Whether the weight is prepared; then a measurement with prepared weights comes first.
    where : str, optional
        What the backend's `identity` returned; by default that of this CPU.
    """
    _load_once()
    if not _wisdom:
        return None
    key = problem.key()
    known = _wisdom.get(_entry(key, accuracy, True, where)) if prepared else None
    known = known or _wisdom.get(_entry(key, accuracy, False, where))
    return None if known is None else _named(known)


def entries():
    """Yield ``(identity, accuracy, prepared, key, algorithm)`` of every measured choice."""
    _load_once()
    with _lock:
        measured = sorted(_wisdom.items())
    for entry, known in measured:
        version, _, rest = entry.partition(" ")
        if version != __version__:
            continue
        rest, _, key = rest.rpartition(" ")
        level = rest.removesuffix(" prepared")
        where, _, accuracy = level.rpartition(" ")
        yield where, accuracy, level != rest, key, _named(known)[0]


def wisdom_size():
    """Return the number of problems that have been measured."""
    return sum(1 for _ in entries())


def remember(problem_key, accuracy, algorithm, layout=1, prepared=False, where=None):
    """Keep the result of a measurement.

    Parameters
    ----------
    problem_key, accuracy, algorithm : str
    layout : int, optional
        That of the algorithm.
    prepared : bool, optional
        Whether it was measured with prepared weights.
    where : str, optional
        As for `recall`.
    """
    _load_once()
    with _lock:
        _wisdom[_entry(problem_key, accuracy, prepared, where)] = f"{algorithm} {layout}"
    config.advance_epoch()


def remember_machine(isa, constants):
    """Use measured constants, a `Machine`, for an ISA from now on."""
    _load_once()
    with _lock:
        _machines[isa] = constants
    config.advance_epoch()


def forget():
    """Drop all wisdom and measured constants, of this process and in the user's file."""
    global _loaded
    with _lock:
        _wisdom.clear()
        _machines.clear()
        _loaded = True
    cache_file().unlink(missing_ok=True)
    config.advance_epoch()


def export(path):
    """Write all wisdom and measured constants to a file."""
    _load_once()
    with _lock:
        payload = {
            "cpu": cpu_model(),
            "machines": {isa: to_dict(m) for isa, m in sorted(_machines.items())},
            "wisdom": dict(sorted(_wisdom.items())),
        }
    document = {"format": _FORMAT, "checksum": _checksum(payload), "payload": payload}
    _write(Path(path), json.dumps(document, indent=1) + "\n")


def save():
    """Write all wisdom and constants to the user's own file, and return its path.

    What other processes have written there since is kept.
    """
    path = cache_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path.with_suffix(".lock")):
        machines, wisdom = _read(path)
        with _lock:
            for ours, theirs in ((_machines, machines), (_wisdom, wisdom)):
                for name, value in theirs.items():
                    ours.setdefault(name, value)
        export(path)
    return path


@contextlib.contextmanager
def _locked(path):
    """Hold the lock of a file that processes take before they change another one."""
    try:
        import fcntl
    except ImportError:  # Windows: the last process to write wins
        yield
        return
    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def load(path):
    """Merge a file written by `export`.

    Raises
    ------
    ValueError
        If the file was not written by `export`, or on another machine.
    """
    text = Path(path).read_text(encoding="utf-8", errors="replace")
    machines, wisdom = _parse(text, str(path))
    _load_once()
    with _lock:
        _machines.update(machines)
        _wisdom.update(wisdom)
    config.advance_epoch()


def _parse(text, name):
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        why = "no JSON, or not all of it" if text.strip() else "empty"
        raise ValueError(f"path: {name} is not a wisdom file of fastconv; it is {why}") from None
    parts = {"format", "checksum", "payload"}
    if not isinstance(document, dict) or set(document) != parts:
        raise ValueError(
            f"path: {name} is not a wisdom file of fastconv; it is JSON, but not what "
            "fastconv.wisdom.export writes"
        )
    payload = document["payload"]
    if document["format"] != _FORMAT or document["checksum"] != _checksum(payload):
        raise ValueError(f"path: {name} is not a wisdom file of this version, or it was changed")
    if payload["cpu"] != cpu_model():
        raise ValueError(f"path: {name} was made on {payload['cpu']!r}; this is {cpu_model()!r}")
    machines, wisdom = payload["machines"], payload["wisdom"]
    if not all(isinstance(v, str) for v in wisdom.values()):
        raise ValueError(f"path: {name} is not a wisdom file of fastconv (wisdom is not text)")
    return {isa: from_dict(m) for isa, m in machines.items()}, wisdom


def _read(path):
    """Return the constants and the wisdom of a file, empty ones if it is missing or bad."""
    try:
        return _parse(path.read_text(encoding="utf-8"), "the cache")
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return {}, {}


def _load_once():
    """Read the user's own file at first use. A bad one is ignored, as it must not break a call."""
    global _loaded
    if _loaded:
        return
    with _lock:
        if _loaded:
            return
        machines, wisdom = _read(cache_file())
        _machines.update(machines)
        _wisdom.update(wisdom)
        _loaded = True


def _entry(problem_key, accuracy, prepared, where=None):
    if where is None:
        here = identity()
        where = f"{here['isa']} {here['threads']}"
    level = f"{accuracy} prepared" if prepared else accuracy
    return f"{__version__} {where} {level} {problem_key}"


def _named(known):
    """Return the name and the layout of what a measurement chose; 0 for a layout that is none."""
    name, _, layout = known.partition(" ")
    return name, int(layout) if layout.isdecimal() else 0


def _checksum(payload):
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{_FORMAT}\n{text}".encode()).hexdigest()


def _write(path, text):
    """Write a file completely or not at all, as another process may be reading it."""
    handle, name = tempfile.mkstemp(dir=path.parent or ".", prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
