"""Launch every kernel of fastconv.gpu on small problems, for compute-sanitizer.

    compute-sanitizer --tool memcheck --error-exitcode 1 python tools/gpu_sanitize.py
    compute-sanitizer --tool racecheck --error-exitcode 1 python tools/gpu_sanitize.py

The problems are lines of the tests' table. With the sanitizer, each takes up to a second.
"""

import sys
from operator import attrgetter
from pathlib import Path

import cupy
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from cases import CASES, accepts, build  # noqa: E402

import fastconv as fc  # noqa: E402
from fastconv.gpu.arrays import runtime_of  # noqa: E402
from fastconv.gpu.backend import backend_of  # noqa: E402

#: one of so many lines of the table is run
STEP = int(sys.argv[1]) if len(sys.argv) > 1 else 12


def put(value):
    """Return an array on the device. Other values are returned as they are."""
    return cupy.asarray(value) if isinstance(value, np.ndarray) else value


def main():
    backend = backend_of(runtime_of(cupy.zeros(1)))
    ran = 0
    for i, case in enumerate(CASES[::STEP]):
        dtype = ("float32", "float64", "complex64")[i % 3]
        if not accepts(case, dtype):
            dtype = "float32"
        args, kwargs = build(case, dtype, np.random.default_rng(i))
        args, kwargs = [put(a) for a in args], {n: put(v) for n, v in kwargs.items()}
        for name in ("naive", "direct", "im2col", "implicit_gemm", "winograd_f2", "winograd_f4",
                     "fft"):  # fmt: skip
            try:
                attrgetter(case.op)(fc)(*args, **kwargs, algorithm=name)
                ran += 1
            except ValueError:  # not supported, or not an algorithm of this op
                continue
    cupy.cuda.get_current_stream().synchronize()
    print(f"{ran} runs on {backend.label()[1]}")


if __name__ == "__main__":
    main()
