"""Test fastconv.astropy: against astropy, by astropy's own tests, and without astropy."""

import inspect
import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from fastconv import astropy as own

HERE = Path(__file__).parent
#: astropy's test modules that call either function
MODULES = ("convolve", "convolve_fft", "convolve_kernels", "convolve_models", "convolve_nddata")


@pytest.fixture
def theirs():
    return pytest.importorskip("astropy.convolution", reason="astropy is not installed")


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def run(arguments, tmp_path, **environment):
    path = os.pathsep.join([str(HERE.parent), str(HERE), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=1800,
        env={**os.environ, "PYTHONPATH": path, **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    return done.stdout


@pytest.mark.slow
def test_astropys_own_tests(theirs, tmp_path):
    calls = tmp_path / "calls.json"
    modules = [f"astropy.convolution.tests.test_{name}" for name in MODULES]
    plugins = ["-p", "astropy_stand_in", "-p", "no:cacheprovider"]
    run(
        ["-m", "pytest", "-q", *plugins, "--pyargs", *modules], tmp_path,
        FASTCONV_ASTROPY_CALLS=str(calls),
    )  # fmt: skip
    counts = json.loads(calls.read_text())
    assert min(counts.values()) > 500, counts


def test_arrays_need_no_astropy(tmp_path):
    code = (
        "import sys\nsys.modules['astropy'] = None\n"
        "import numpy as np, fastconv.astropy as a\n"
        "x = np.array([1.0, np.nan, 3, 4])\n"
        "print(a.convolve(x, [1, 1, 1.0]), a.convolve_fft(np.ma.masked_invalid(x), [1, 1, 1.0]))\n"
        "try:\n    a.convolve(x, [1.0, 1.0])\nexcept ValueError as error:\n    print(error)\n"
        "import warnings\n"
        "with warnings.catch_warnings(record=True) as found:\n"
        "    a.convolve_fft(x, [1, 1, 1.0], boundary=None)\n"
        "print(found[0].category.__name__)"
    )
    printed = run(["-c", code], tmp_path).splitlines()
    assert printed[0].count("[") == 2 and "nan" not in printed[0]
    assert printed[1:] == ["Kernel size must be odd in all axes.", "UserWarning"]


def answer(function, *args, **kwargs):
    """Return what a call returns, and its warnings; or the error that it raises."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        try:
            result = function(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - compared with the other's
            return type(error), str(error)
    return result, sorted((w.category.__name__, str(w.message)) for w in found)


def assert_same_answer(ours, reference):
    assert ours[1] == reference[1]
    if isinstance(reference[0], type):
        assert ours[0] is reference[0]
        return
    assert type(ours[0]) is type(reference[0])
    a, b = (getattr(r[0], "array", r[0]) for r in (ours, reference))
    assert a.dtype == b.dtype and a.shape == b.shape
    np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("name", ["convolve", "convolve_fft"])
@pytest.mark.parametrize("seed", range(150))
def test_answers_of_astropy(theirs, name, seed):
    rng = np.random.default_rng(seed)
    pick = lambda *values: values[rng.integers(len(values))]  # noqa: E731
    ndim = pick(1, 2, 2, 3)
    shape = tuple(rng.integers(1, 14, ndim))
    sizes = tuple(rng.integers(0, 4, ndim) * 2 + pick(1, 1, 1, 2))
    x = rng.standard_normal(shape).astype(pick("f8", "f8", "f4", ">f4", "f2"))
    w = rng.random(sizes) - pick(0, 0, 0, 0.5)
    # fastconv takes the larger array as the image, and infinite weights meet zeros past its edges
    within = all(k <= n for n, k in zip(shape, sizes, strict=True))
    value = pick(np.nan, np.nan, np.nan, np.inf if within else np.nan)
    x[rng.random(shape) < pick(0, 0.1, 0.5)] = value
    options = {
        "boundary": pick("fill", "fill", "wrap", "extend", None),
        "fill_value": pick(0.0, 2.5, np.nan),
        "nan_treatment": pick("interpolate", "interpolate", "fill"),
        "normalize_kernel": pick(True, True, False),
        "preserve_nan": pick(True, False, False),
        "mask": pick(None, None, rng.random(shape) < 0.2),
    }
    if name == "convolve_fft":
        options |= {
            "psf_pad": pick(None, None, True, False), "fft_pad": pick(None, None, True, False),
            "min_wt": pick(0.0, 0.0, 0.3), "crop": pick(True, True, True, False),
            "return_fft": pick(False, False, False, True), "dealias": pick(False, False, True),
            "normalize_kernel": pick(True, True, False, np.max),
        }  # fmt: skip
    ours = answer(getattr(own, name), x, w, **options)
    assert_same_answer(ours, answer(getattr(theirs, name), x, w, **options))


def test_signatures(theirs):
    for name in ("convolve", "convolve_fft"):
        a, b = (inspect.signature(getattr(m, name)).parameters for m in (own, theirs))
        assert [(p.name, p.kind, p.default) for p in a.values()] == [
            (p.name, p.kind, p.default) for p in b.values()
        ]


def test_objects_of_astropy(theirs, rng):
    units = pytest.importorskip("astropy.units")
    nddata = pytest.importorskip("astropy.nddata")
    x = rng.standard_normal((20, 30))
    x[3:5, 7] = np.nan
    image = nddata.NDData(np.nan_to_num(x), mask=np.isnan(x))
    kernel, ring = theirs.Gaussian2DKernel(1.0), theirs.Ring2DKernel(2, 1)
    pairs = [
        (x, kernel), (x * units.Jy, kernel), (image, kernel), (np.ma.masked_invalid(x), ring),
        (kernel, ring), (kernel, kernel.array), (theirs.Box1DKernel(3), theirs.Box1DKernel(5)),
        (x.tolist(), kernel), (x, np.ma.array(kernel.array, mask=True)),
        (x, theirs.Box1DKernel(3)), (x[0] > 0, [1, 1, 1]), (["a", "b"], [1, 1, 1]),
    ]  # fmt: skip
    for array, w in pairs:
        for name in ("convolve", "convolve_fft"):
            ours = answer(getattr(own, name), array, w)
            assert_same_answer(ours, answer(getattr(theirs, name), array, w))


def test_sizes_that_must_be_allowed(theirs):
    for n in (9001, 40001):
        x, w = np.zeros((1, n)), np.ones((n, 1))
        ours = answer(own.convolve_fft, x, w)
        assert ours[0] is ValueError and ours == answer(theirs.convolve_fft, x, w)
