"""Wisdom and machine constants, in memory and on disk.

A file is JSON with a checksum of its payload. A file that is truncated, edited, of another format
or from another machine is refused as a whole: half of somebody's wisdom is worse than none.
"""

import hashlib
import json
import os
import tempfile
import threading
from pathlib import Path

import platformdirs

from .. import config
from .machine import DEFAULTS, cpu_model, from_dict, identity, to_dict

_FORMAT = "fastconv-wisdom-1"
_lock = threading.Lock()
#: name of the algorithm by "identity accuracy [prepared] key"; the identity is the backend's
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
    """Return the name of the algorithm that a measurement chose, None if there was none.

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
    return known or _wisdom.get(_entry(key, accuracy, False, where))


def wisdom_size():
    """Return the number of problems that have been measured."""
    _load_once()
    return len(_wisdom)


def remember(problem_key, accuracy, algorithm, prepared=False, where=None):
    """Keep the result of a measurement.

    Parameters
    ----------
    problem_key, accuracy, algorithm : str
    prepared : bool, optional
        Whether it was measured with prepared weights.
    where : str, optional
        As for `recall`.
    """
    _load_once()
    with _lock:
        _wisdom[_entry(problem_key, accuracy, prepared, where)] = algorithm
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
    document = {"format": _FORMAT, "sha256": _digest(payload), "payload": payload}
    _write(Path(path), json.dumps(document, indent=1) + "\n")


def save():
    """Write all wisdom and constants to the user's own file, and return its path."""
    path = cache_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    export(path)
    return path


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
    parts = {"format", "sha256", "payload"}
    if not isinstance(document, dict) or set(document) != parts:
        raise ValueError(
            f"path: {name} is not a wisdom file of fastconv; it is JSON, but not what "
            "fastconv.wisdom.export writes"
        )
    payload = document["payload"]
    if document["format"] != _FORMAT or document["sha256"] != _digest(payload):
        raise ValueError(f"path: {name} is not a wisdom file of this version, or it was changed")
    if payload["cpu"] != cpu_model():
        raise ValueError(f"path: {name} was made on {payload['cpu']!r}; this is {cpu_model()!r}")
    machines, wisdom = payload["machines"], payload["wisdom"]
    if not all(isinstance(v, str) for v in wisdom.values()):
        raise ValueError(f"path: {name} is not a wisdom file of fastconv (wisdom is not text)")
    return {isa: from_dict(m) for isa, m in machines.items()}, wisdom


def _load_once():
    """Read the user's own file at first use. A bad one is ignored, as it must not break a call."""
    global _loaded
    if _loaded:
        return
    with _lock:
        if _loaded:
            return
        try:
            machines, wisdom = _parse(cache_file().read_text(encoding="utf-8"), "the cache")
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            machines, wisdom = {}, {}
        _machines.update(machines)
        _wisdom.update(wisdom)
        _loaded = True


def _entry(problem_key, accuracy, prepared, where=None):
    if where is None:
        here = identity()
        where = f"{here['isa']} {here['threads']}"
    level = f"{accuracy} prepared" if prepared else accuracy
    return f"{where} {level} {problem_key}"


def _digest(payload):
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
