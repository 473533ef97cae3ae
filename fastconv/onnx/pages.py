"""Memory in large pages, for weights and results of a network.

A network reads all of its weights once per run. In pages of 4 KiB the processor looks up a page
for every few thousand bytes, and stops to prefetch at its end. Large pages hold hundreds of these.
"""

import contextlib
import ctypes
import mmap
import sys
import threading

import numpy as np

#: bytes of a large page, and of a cache line
PAGE, LINE = 1 << 21, 64
#: bytes that the store asks for at once; larger weights get memory of their own
_SLAB = 4 << 20
#: weights from this size on stay where NumPy put them: it asks for large pages as well, and only
#: the ends of an array lie in small ones
_LARGEST = 8 << 20


def block(size):
    """Return `size` bytes of new memory, in large pages where the system has them.

    Parameters
    ----------
    size : int

    Returns
    -------
    ndarray of uint8
        It starts at a multiple of a cache line.
    """
    advice = getattr(mmap, "MADV_HUGEPAGE", None)
    if size < PAGE or advice is None:
        memory, unit = np.empty(size + LINE, np.uint8), LINE
    else:
        # private: a forked process has its own, and shared memory has large pages rarely
        whole = mmap.mmap(-1, size + PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        with contextlib.suppress(OSError):  # a system without them
            whole.madvise(advice)
        memory, unit = np.frombuffer(whole, np.uint8), PAGE
    start = -memory.ctypes.data % unit
    return memory[start : start + size]


def trim():
    """Return freed memory to the system, which the C library keeps otherwise."""
    if sys.platform == "linux":
        library = ctypes.CDLL(None)
        if hasattr(library, "malloc_trim"):  # glibc
            library.malloc_trim(0)


class Store:
    """Prepared weights of a network, side by side in large pages."""

    def __init__(self):
        self._free, self._lock = np.empty(0, np.uint8), threading.Lock()

    def placed(self, array):
        """Return a copy of an array in the store, or the array itself if it is very large."""
        if array.nbytes >= _LARGEST or array.nbytes == 0:
            return array
        memory = self._memory(array.nbytes)
        copy = memory.view(array.dtype).reshape(array.shape)
        copy[...] = array
        return copy

    def _memory(self, size):
        if size >= _SLAB:
            return block(size)
        whole = -(-size // LINE) * LINE
        with self._lock:
            if whole > self._free.size:
                self._free = block(_SLAB)
            memory, self._free = self._free[:size], self._free[whole:]
        return memory
