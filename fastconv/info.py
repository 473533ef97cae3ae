"""Report what fastconv found on this machine and what it uses (`show_config`)."""

import os
import platform

from . import config
from .loops import simd
from .planner import store
from .planner.machine import DEFAULTS, cpu_model
from .version import __version__

_VARIABLES = (
    "FASTCONV_ISA", "FASTCONV_NUM_THREADS", "FASTCONV_CACHE_DIR", "OMP_NUM_THREADS",
)  # fmt: skip


def config_dict():
    """Return what `show_config` prints, as a dictionary that `json.dumps` takes.

    Returns
    -------
    dict
        Versions, instruction sets, compiler, number of threads, cache file, and the environment
        variables that are set.

    Raises
    ------
    ValueError
        If a FASTCONV_* environment variable is malformed. The message names it.

    Examples
    --------
    >>> from fastconv.info import config_dict
    >>> config_dict()["threads"] >= 1
    True
    """
    import numpy
    import scipy

    isa = config.current_isa()
    return {
        "fastconv": __version__,
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "scipy": scipy.__version__,
        "system": f"{platform.system()} {platform.machine()}",
        "cpu": cpu_model(),
        "isas_built": list(simd.compiled_isas()),
        "isas_available": list(config.available_isas()),
        "isa": isa,
        "compiler": simd.compiler(),
        "openmp": simd.openmp(),
        "libraries": _libraries(),
        "threads": config.get_num_threads(),
        "threads_from": config.threads_source(),
        "cache_file": str(store.cache_file()),
        "constants": "measured" if store.machine() is not DEFAULTS[isa] else "shipped",
        "wisdom_entries": store.wisdom_size(),
        "environment": {n: os.environ[n] for n in _VARIABLES if os.environ.get(n, "").strip()},
    }


def _libraries():
    """Return the paths of the OpenMP and BLAS libraries that the process has loaded, by kind.

    There are none without threadpoolctl, which comes with the extra ``[cli]``. Two OpenMP libraries
    in a process do not know of each other's threads.
    """
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return {}
    found = {}
    for row in threadpool_info():
        kind = {"openmp": "OpenMP", "blas": "BLAS"}.get(row["user_api"], row["user_api"])
        found.setdefault(kind, []).append(row["filepath"])
    return found


def show_config():
    """Print versions, instruction sets, compiler, number of threads, and the path of the wisdom.

    Returns
    -------
    None

    Raises
    ------
    ValueError
        If a FASTCONV_* environment variable is malformed. The message names it.

    Notes
    -----
    ``python -m fastconv info`` prints the same. A bug report should include it.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.show_config()  # doctest: +ELLIPSIS
    fastconv      ...
    """
    print(config_text(config_dict()))


def config_text(found):
    """Return the dictionary of `config_dict` as aligned lines of text."""
    built = ", ".join(
        name if name in found["isas_available"] else f"{name} (cannot run here)"
        for name in found["isas_built"]
    )
    openmp = found["openmp"]
    constants = {
        "measured": "measured on this machine",
        "shipped": "shipped; `python -m fastconv tune` measures them",
    }[found["constants"]]
    lines = {
        "fastconv": found["fastconv"],
        "Python": found["python"],
        "NumPy": found["numpy"],
        "SciPy": found["scipy"],
        "system": found["system"],
        "CPU": found["cpu"],
        "ISA": f"{found['isa']}; built: {built}",
        "compiler": found["compiler"],
        **{f"{kind} found": ", ".join(paths) for kind, paths in found["libraries"].items()},
        "OpenMP": f"version {openmp}" if openmp else "not in this build: one thread only",
        "threads": f"{found['threads']}, from {found['threads_from']}",
        "cache file": found["cache_file"],
        "constants": constants,
        "wisdom": f"{found['wisdom_entries']} entries",
    }
    for name, value in found["environment"].items():
        lines[name] = value
    width = max(12, *map(len, lines))
    return "\n".join(f"{name.ljust(width)}  {value}" for name, value in lines.items())
