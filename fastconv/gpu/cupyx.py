"""Calls of the SciPy faces that CuPy's own functions answer."""

import inspect

from ..config import checked_threads
from ..recording import note
from .arrays import checked_out

#: options that CuPy's functions may lack if they have these defaults
_DEFAULTS = {"axes": None, "radius": None, "output": None, "boundary": "fill", "fillvalue": 0,
             "stride": 1, "dilation": 1}  # fmt: skip


class DeviceForwardCall:
    """Takes the place of a `DeviceExecutor` if CuPy's function answers the call.

    Parameters
    ----------
    runtime : Runtime
    op : Op
    request : Request
    options : tuple
        The op's options in its order, as the caller gave them.
    """

    algorithm = None
    forwards = True

    def __init__(self, runtime, op, request, options):
        self.runtime, self.op, self.request, self.options = runtime, op, request, options

    def __call__(self, arrays, prepared, out, num_threads):
        result = self._answer(arrays, dict(zip(self.op.options, self.options, strict=True)),
                              num_threads)  # fmt: skip
        return self._delivered(result, out, arrays)

    def into(self, arrays, output, num_threads):
        """Return the result for an `output` that is an array of the device, a dtype or None."""
        options = dict(zip(self.op.options, self.options, strict=True))
        is_array = hasattr(output, "shape") and hasattr(output, "strides")
        result = self._answer(arrays, {**options, "output": None if is_array else output},
                              num_threads)  # fmt: skip
        return self._delivered(result, output, arrays) if is_array else result

    def _answer(self, arrays, options, num_threads):
        if num_threads is not None:
            checked_threads(num_threads)  # checked, and without effect on a device
        package, name = self.op.scipy
        note(self.request.problem, "scipy")
        with self.runtime.current():
            function = getattr(self.runtime.scipy(package), name)
            known = inspect.signature(function).parameters
            given = {
                word: value
                for word, value in options.items()
                if word in known or not (word in _DEFAULTS and value == _DEFAULTS[word])
            }
            if given.get("method") == "auto" and arrays[0].ndim > 1:
                given["method"] = "direct"  # CuPy has no "auto" for several axes
            return function(**dict(zip(self.op.arrays, arrays, strict=True)), **given)

    def _delivered(self, result, out, arrays):
        if out is None:
            return result
        named = dict(zip(self.op.arrays, arrays, strict=True))
        checked_out(self.runtime, out, result.shape, result.dtype, named)
        out[...] = result
        return out
