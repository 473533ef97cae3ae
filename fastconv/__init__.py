"""fastconv: the fastest convolution for NumPy arrays on a CPU, and the one that shows its reasons.

Network-style functions (`conv2d`, `max_pool2d`, ...) are in this namespace, their gradients in
`fastconv.grad`; array-style ones are `convolve`, `correlate`, `fastconv.signal` and
`fastconv.ndimage`. `plan` prepares a problem for many calls, `compare` times every algorithm.
"""

from importlib import import_module as _import_module
from importlib.metadata import version as _version

from . import config, grad, kernels, ndimage, signal, wisdom
from . import scipy_plan as _scipy_plan  # noqa: F401 - `plan` makes its plans from here on
from .calls import release_memory
from .comparison import compare
from .config import get_num_threads, set_num_threads, threads
from .errors import UnsupportedAlgorithm
from .info import show_config
from .nd import convolve, correlate
from .nn import *  # noqa: F403 - nn.__all__ is the list of network-style functions
from .nn import __all__ as _nn
from .plans import plan
from .wisdom import calibrate

__version__ = _version("fastconv")

__all__ = [
    "UnsupportedAlgorithm", "__version__", "calibrate", "compare", "config", "convolve",
    "correlate", "get_num_threads", "grad", "kernels", "linalg", "ndimage", "plan",  # noqa: F405
    "release_memory", "set_num_threads", "show_config", "signal", "threads", "wisdom", *_nn,
]  # fmt: skip


def __getattr__(name):
    """Load `linalg` when it is first used: it needs SciPy's sparse matrices, slow to import."""
    if name == "linalg":
        return _import_module(".linalg", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *__all__})
