"""Convolve arrays between pages that nobody may read: run by test_guard_pages.py.

    python guarded.py seed count

Every read or write past the ends of an array ends the process.
"""

import ctypes
import mmap
import random
import sys

import numpy as np

import fastconv as fc

LIBC = ctypes.CDLL(None, use_errno=True)
#: mappings, which live as long as the process
KEPT = []


def guarded(array):
    """Return a copy of an array that ends at a page without access, and begins soon behind one."""
    page = mmap.PAGESIZE
    size = -(-array.nbytes // page) * page
    KEPT.append(mmap.mmap(-1, size + 2 * page))
    base = ctypes.addressof(ctypes.c_char.from_buffer(KEPT[-1]))
    for at in (base, base + page + size):
        if LIBC.mprotect(ctypes.c_void_p(at), ctypes.c_size_t(page), 0) != 0:
            raise OSError("mprotect failed")
    memory = (ctypes.c_char * array.nbytes).from_address(base + page + size - array.nbytes)
    copy = np.frombuffer(memory, array.dtype).reshape(array.shape)
    copy[...] = array
    return copy


def drawn(rng):
    """Return (dtype, shape of the image, shape of the weight, stride, padding) of a convolution."""
    dims = rng.choice((1, 2, 2, 2, 3))
    c, k = rng.choice((1, 2, 3, 8, 17, 64, 97, 130)), rng.choice((1, 2, 4, 9, 33, 40))
    sizes = [rng.randint(1, 16) for _ in range(dims - 1)]
    sizes.append(rng.choice((rng.randint(1, 40), 16, 32, 34, 64, rng.randint(190, 260))))
    kernel = rng.choice(([1] * dims, [3] * dims, [1] * (dims - 1) + [3], [5] + [1] * (dims - 1)))
    return (
        rng.choice(("f4", "f8")), (rng.choice((1, 2)), c, *sizes), (k, c, *kernel),
        rng.choice((1, 2, 2, 3)), rng.choice((0, 0, 1)),
    )  # fmt: skip


def main(seed, count):
    rng, values = random.Random(seed), np.random.default_rng(seed)
    for _ in range(count):
        dtype, shape, kernel, stride, padding = drawn(rng)
        pairs = zip(shape[2:], kernel[2:], strict=True)
        if any(n + 2 * padding < taps for n, taps in pairs):
            continue
        x, w = (values.standard_normal(s).astype(dtype) for s in (shape, kernel))
        function, options = f"conv{len(shape) - 2}d", {"stride": stride, "padding": padding}
        convolve = getattr(fc, function)
        expected = convolve(x, w, **options, algorithm="naive")
        x, w, out = guarded(x), guarded(w), guarded(expected)
        for algorithm in ("direct", "implicit_gemm", "im2col"):
            plan = fc.plan(
                function, input=x.shape, weight=w, dtype=dtype, algorithm=algorithm, **options
            )
            for planned in (False, True):
                out.fill(np.nan)
                if planned:
                    plan(x, out=out)
                else:
                    convolve(x, w, **options, algorithm=algorithm, out=out)
                np.testing.assert_allclose(out, expected, rtol=0, atol=1e-3)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
