"""The exception class of fastconv, and the form in which messages show an argument."""

import reprlib


class UnsupportedAlgorithm(ValueError):
    """Error for an algorithm that was named but cannot run the problem; the message says why.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> x, w = np.ones((1, 2, 9, 9)), np.ones((2, 2, 5, 5))
    >>> fc.conv2d(x, w, algorithm="winograd_f2")
    Traceback (most recent call last):
        ...
    fastconv.errors.UnsupportedAlgorithm: ...
    """


class FatalCall(ValueError):
    """Error for a call that would make SciPy's function stop the process or read other memory."""


class _Short(reprlib.Repr):
    """Represent values of any size by their beginning, and arrays by shape and dtype."""

    def __init__(self):
        super().__init__()
        self.maxlevel = 2
        self.maxlist = self.maxtuple = 8
        self.maxstring = 120
        self.maxother = 60

    def repr_ndarray(self, array, level):
        if array.ndim == 0:
            return self.repr_instance(array, level)
        return f"array of shape {array.shape} and dtype {array.dtype}"

    def repr_int(self, number, level):
        # Python refuses to convert very long ints to text, and long ones would fill the message.
        bits = number.bit_length()
        return repr(number) if bits <= 128 else f"int of {bits} bits"


_short = _Short()


def shown(value):
    """Return the repr of `value`, shortened to at most 200 characters."""
    text = _short.repr(value)
    return text if len(text) <= 200 else f"{text[:197]}..."
