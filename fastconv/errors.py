"""The one exception class of fastconv's own, and how messages show what was given."""

import reprlib


class UnsupportedAlgorithm(ValueError):
    """The algorithm that was asked for cannot run this problem; the message says why."""


class _Short(reprlib.Repr):
    """The beginning of values of any size; arrays by shape and dtype."""

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
        # Python itself refuses to write out longer ones
        bits = number.bit_length()
        return repr(number) if bits <= 128 else f"int of {bits} bits"


_short = _Short()


def shown(value):
    """`value` as a message shows it: its repr if that is short."""
    text = _short.repr(value)
    return text if len(text) <= 200 else f"{text[:197]}..."
