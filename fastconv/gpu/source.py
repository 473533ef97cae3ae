"""Sources of kernels with their includes written out, and structures passed to them by value."""

import re
from functools import cache
from pathlib import Path

import numpy as np

_FOLDER = Path(__file__).with_name("cuda")
_INCLUDE = re.compile(r'^#include "([a-z_]+\.cuh)"\n', re.MULTILINE)


@cache
def text(room):
    """Return the source of a room with each of its headers written out once, as one file."""
    seen = set()

    def expanded(name):
        if name in seen:
            return ""
        seen.add(name)
        source = (_FOLDER / name).read_text(encoding="utf-8")
        return _INCLUDE.sub(lambda match: expanded(match[1]), source)

    return expanded(f"{room}.cu")


def rooms():
    """Return the names of all kernel sources."""
    return sorted(path.stem for path in _FOLDER.glob("*.cu"))


class Struct:
    """A C structure that a kernel takes by value.

    Parameters
    ----------
    fields : str
        Members as ``"P image, weight; q count; i dims; d fill; axis axes[3]"``. P is a pointer, q
        and i are integers of 64 and 32 bits, d and f floating point of 64 and 32 bits. Any other
        word names one of `nested`.
    **nested : Struct
        Structures that are members.

    Attributes
    ----------
    dtype : dtype
        With the C compiler's alignment.
    """

    def __init__(self, fields, **nested):
        codes = {"P": np.uint64, "q": np.int64, "i": np.int32, "d": np.float64, "f": np.float32}
        codes |= {name: struct.dtype for name, struct in nested.items()}
        members, self._pointers = [], set()
        for group in fields.split(";"):
            code, _, names = group.strip().partition(" ")
            for name in names.split(","):
                name, _, length = name.strip().partition("[")
                if code == "P":
                    self._pointers.add(name)
                kind = codes[code]
                members.append((name, kind, (int(length[:-1]),)) if length else (name, kind))
        self.dtype = np.dtype(members, align=True)
        self._raw = np.dtype((np.void, self.dtype.itemsize))
        # position of each 64-bit member, an epilogue's too, in an array of such numbers
        self._slots = _slots(self.dtype)
        if "epilogue" in nested:
            start = self.dtype.fields["epilogue"][1] // 8
            inner = _slots(nested["epilogue"].dtype)
            self._slots |= {name: start + slot for name, slot in inner.items()}

    def __call__(self, runtime, **values):
        """Return a structure.

        Parameters
        ----------
        runtime : Runtime
            Says where an array's memory is.
        **values
            Members by name, arrays for pointers. What is None or not named is 0.
        """
        struct = np.zeros(1, self.dtype)
        for name, value in values.items():
            if value is not None:
                struct[name] = runtime.pointer(value) if name in self._pointers else value
        return struct

    def again(self, runtime, template, counts=(), **arrays):
        """Return a copy of a structure with the pointers of another call.

        NumPy copies structures member by member, which would take longer than a launch; this
        copies 64-bit numbers.

        Parameters
        ----------
        runtime : Runtime
        template : ndarray
            What a call of this object returned.
        counts : sequence of tuple (str, int), optional
            Names and values of integers of 64 bits.
        **arrays
            Pointers by name, an epilogue's among them. None leaves what `template` has.
        """
        numbers = template.view(np.uint64).copy()
        for name, array in arrays.items():
            if array is not None:
                numbers[self._slots[name]] = runtime.pointer(array)
        for name, value in counts:
            numbers[self._slots[name]] = value
        return numbers.view(self._raw)

    def rows(self, values):
        """Return tuples of members as the values of an array of this structure in another one."""
        return [tuple(value) for value in values]


def _slots(dtype):
    """Return the offsets of a structure's single 64-bit integers, in units of 8 bytes."""
    wide = (np.dtype(np.uint64), np.dtype(np.int64))
    return {name: at // 8 for name, (kind, at, *_) in dtype.fields.items() if kind in wide}
