"""A program that uses the public names with types: `make check` runs `mypy --strict` on it.

No test imports it. `assert_type` fails in mypy if a stub says something else.
"""

from pathlib import Path
from typing import Any, assert_type

import numpy as np
from numpy.typing import NDArray

import fastconv as fc
from fastconv import accel


def program() -> None:
    x = np.zeros((1, 3, 8, 8), np.float32)
    w = np.zeros((4, 3, 3, 3), np.float32)

    assert_type(fc.conv2d(x, w, padding="same", activation="relu"), NDArray[Any])
    assert_type(fc.conv2d(x, w, padding=[(1, 0), (0, 1)], accuracy="high"), NDArray[Any])
    assert_type(fc.conv1d([[1.0, 2.0]], [[[1.0]]]), NDArray[Any])
    assert_type(fc.max_pool2d(x, 2), NDArray[Any])
    assert_type(fc.max_pool2d(x, 2, return_indices=True), tuple[NDArray[Any], NDArray[Any]])
    fc.max_pool2d(x, 2, out=np.zeros((1, 3, 4, 4), np.float32))
    assert_type(fc.grad.conv2d_weight(x, w.shape, np.zeros((1, 4, 6, 6))), NDArray[Any])
    assert_type(fc.convolve(x[0, 0], w[0, 0], "same", boundary="symm", axes=(0, 1)), NDArray[Any])
    assert_type(fc.match_template(x[0, 0], w[0, 0]), NDArray[Any])

    assert_type(fc.ndimage.gaussian_filter(x[0, 0], 1.5, mode=["reflect", "nearest"]), NDArray[Any])
    assert_type(fc.ndimage.sobel(x[0, 0], output=np.float64), NDArray[Any])
    assert_type(fc.signal.fftconvolve(x[0, 0, 0], [1, 2, 1], num_threads=1), NDArray[Any])
    fc.signal.butter(4, 0.2)  # SciPy's own
    assert_type(fc.kernels.gaussian((5, 5), 1.0), NDArray[Any])
    assert_type(fc.kernels.separate(np.ones((3, 3))), list[tuple[NDArray[Any], ...]])

    plan = fc.plan("conv2d", input=(1, 3, 8, 8), weight=w, padding=1, effort="measure")
    assert_type(plan.algorithm, str)
    assert_type(plan.explain(), str)
    plan(x, num_threads=2)

    comparison = fc.compare("conv2d", x, w, padding=1, time_limit=1.0)
    assert_type(comparison.best, str | None)
    assert_type([row.seconds for row in comparison.rows], list[float | None])

    with fc.record() as calls, fc.threads(2), fc.config.isa("baseline"):
        fc.max_pool1d([[[1.0, 2.0]]], 2)
    assert_type(calls, list[tuple[str, str]])

    try:
        fc.conv2d(x, w, algorithm="winograd_f4", stride=2)
    except fc.UnsupportedAlgorithm as error:
        assert_type(error, fc.UnsupportedAlgorithm)

    fc.set_num_threads(None)
    assert_type(fc.get_num_threads(), int)
    fc.wisdom.export(Path("wisdom.json"))
    assert_type(fc.calibrate(lambda name, done, total: None), dict[str, float])
    with accel.installed(["numpy"]):
        np.convolve([1.0, 2.0], [3.0])
    print(accel.report().to_dict(), fc.__version__)
