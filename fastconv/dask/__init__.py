"""The functions of fastconv on arrays of Dask: larger than memory, and on several machines.

Nothing here computes. The functions of `fastconv`, `fastconv.ndimage`, `fastconv.signal` and
`fastconv.grad` recognise an array of Dask and ask this package for the blocks of the result: which
parts of which blocks of the input each one needs, and which call makes it. Dask runs these calls.
"""

try:
    import dask.array as _array  # noqa: F401 - asked for here, so that the message names the extra
except ImportError as error:
    raise ImportError(
        "fastconv.dask needs the package dask: pip install 'fastconv[dask]'"
    ) from error

from ..calls.kinds import register as _register_kind
from .handling import Handler as _Handler

_register_kind("dask", _Handler)

__all__ = []
