"""fastconv: fast convolution of NumPy arrays on a CPU that explains its choice of algorithm.

The functions of neural networks (`conv2d`, `max_pool2d`, ...) are in this namespace, and their
gradients in `fastconv.grad`. The functions of SciPy are in `fastconv.signal` and
`fastconv.ndimage`; `convolve` and `correlate` are extended forms of them. `plan` prepares a problem
for many calls, and `compare` times every algorithm.
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING

from . import config, grad, kernels, wisdom
from .calls import release_memory
from .config import get_num_threads, set_num_threads, threads
from .errors import UnsupportedAlgorithm
from .info import show_config
from .nd import convolve, correlate, match_template
from .nn import *  # noqa: F403 - nn.__all__ is the list of network-style functions
from .nn import __all__ as _nn
from .plans import plan
from .recording import record
from .version import __version__
from .wisdom import calibrate

if _TYPE_CHECKING:
    from . import linalg, ndimage, signal  # noqa: F401 - see _LATER
    from .comparison import compare  # noqa: F401

#: names that are imported at their first use, with their module if it has another name
_LATER = {"linalg": None, "ndimage": None, "signal": None, "compare": "comparison"}

__all__ = [
    "UnsupportedAlgorithm", "__version__", "calibrate", "config", "convolve", "correlate",
    "get_num_threads", "grad", "kernels", "match_template", "plan", "record", "release_memory",
    "set_num_threads", "show_config", "threads", "wisdom", *_nn, *_LATER,
]  # fmt: skip


def __getattr__(name):
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    room = _import_module(f".{_LATER[name] or name}", __name__)
    found = room if _LATER[name] is None else getattr(room, name)
    globals()[name] = found
    return found


def __dir__():
    return sorted({*globals(), *__all__})
