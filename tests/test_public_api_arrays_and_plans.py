"""Test the list of array-style functions, plans and settings of the process.

As in test_public_api.py, the tests check names and signatures, and that each function works.
"""

import importlib
import inspect
import re

import numpy as np
import pytest
from signatures import sections, signature

import fastconv as fc

# --------------------------------------------------------------------------- array-style functions

FILTER = (
    "(in1, in2, mode='full', method='auto', *, axes=None, boundary='fill', fillvalue=0, stride=1, "
    "dilation=1, mask=None, nan_policy='propagate', normalize=False, output_dtype=None, "
    "rounding='truncate', saturate=False, algorithm='auto', out=None, num_threads=None)"
)
SIGNAL = (
    "convolve", "correlate", "fftconvolve", "oaconvolve", "convolve2d", "correlate2d",
    "choose_conv_method", "correlation_lags", "upfirdn", "lfilter", "filtfilt", "savgol_filter",
    "resample_poly", "decimate", "sepfir2d",
)  # fmt: skip
NDIMAGE = (
    "convolve", "correlate", "convolve1d", "correlate1d", "gaussian_filter", "gaussian_filter1d",
    "uniform_filter", "uniform_filter1d", "sobel", "prewitt", "laplace", "gaussian_laplace",
    "gaussian_gradient_magnitude", "maximum_filter", "minimum_filter", "maximum_filter1d",
    "minimum_filter1d",
    "grey_erosion", "grey_dilation", "grey_opening", "grey_closing", "morphological_gradient",
    "morphological_laplace", "white_tophat", "black_tophat", "binary_erosion",
    "binary_dilation", "binary_opening", "binary_closing", "median_filter",
    "percentile_filter", "rank_filter",
)  # fmt: skip
FACES = [("signal", name) for name in SIGNAL] + [("ndimage", name) for name in NDIMAGE]
#: functions without `algorithm` and `out`, because they return no array
WITHOUT_KEYWORDS = {"choose_conv_method", "correlation_lags"}
#: compiled functions of SciPy that tell no signature, and their parameters
WITHOUT_SIGNATURE = {"sepfir2d": ("input", "hrow", "hcol")}


@pytest.mark.parametrize("name", ["convolve", "correlate"])
def test_convolve_and_correlate(name):
    function = getattr(fc, name)
    assert signature(function) == FILTER
    assert {"Parameters", "Returns", "Raises", "Examples", "References"} <= set(sections(function))
    assert function([1, 2, 3], [1, 1]).tolist() == [1, 3, 5, 3]


@pytest.mark.parametrize("package, name", FACES, ids=[".".join(f) for f in FACES])
def test_scipy_faces_have_scipys_signatures_and_our_keywords(package, name):
    scipys = getattr(importlib.import_module(f"scipy.{package}"), name)
    ours = getattr(importlib.import_module(f"fastconv.{package}"), name)
    assert ours is not scipys
    if name in WITHOUT_SIGNATURE:
        expected = [inspect.Parameter(word, inspect.Parameter.POSITIONAL_OR_KEYWORD)
                    for word in WITHOUT_SIGNATURE[name]]  # fmt: skip
    else:
        expected = list(inspect.signature(scipys).parameters.values())
    found = [p.replace(annotation=p.empty) for p in inspect.signature(ours).parameters.values()]
    open_ended = [p for p in expected if p.kind is p.VAR_KEYWORD]
    assert [p for p in found if p.kind is p.VAR_KEYWORD] == open_ended
    expected, found = ([p for p in ps if p.kind is not p.VAR_KEYWORD] for ps in (expected, found))
    assert found[: len(expected)] == expected
    extra = found[len(expected) :]
    assert all(p.kind is p.KEYWORD_ONLY for p in extra)
    wanted = {} if name in WITHOUT_KEYWORDS else {
        "algorithm": "auto", "num_threads": None, "out": None,
    }  # fmt: skip
    if (package, name) == ("signal", "correlate"):
        wanted["lags"] = None
    assert {p.name: p.default for p in extra} == wanted
    assert inspect.getdoc(ours)


@pytest.mark.parametrize("package, names", [("signal", SIGNAL), ("ndimage", NDIMAGE)])
def test_every_other_name_of_scipy_passes_through(package, names):
    scipys = importlib.import_module(f"scipy.{package}")
    ours = importlib.import_module(f"fastconv.{package}")
    for name in set(scipys.__all__) - set(names):
        assert getattr(ours, name) is getattr(scipys, name), name
    assert set(scipys.__all__) <= set(dir(ours))
    with pytest.raises(AttributeError, match="no_such_name"):
        ours.no_such_name  # noqa: B018 - looking it up is the test
    star = {}
    exec(f"from fastconv.{package} import *", star)
    assert set(scipys.__all__) <= set(star)
    assert all(star[name] is getattr(ours, name) for name in names)


KERNELS = {
    "gaussian": "(size, sigma)", "box": "(size)", "sobel": "(axis)", "prewitt": "(axis)",
    "scharr": "(axis)", "laplacian": "(diagonal=False)", "sharpen": "()", "emboss": "()",
    "log": "(size, sigma)", "separate": "(kernel, rtol=None)",
    "gabor": "(size, frequency, theta, sigma, phase=0, aspect=1)",
}  # fmt: skip
LINALG = {
    "toeplitz": "(kernel, input_shape, mode='full')",
    "linear_operator": "(weight, input_size, **conv_options)",
}


@pytest.mark.parametrize("module, table", [("kernels", KERNELS), ("linalg", LINALG)])
def test_kernels_and_linalg(module, table):
    module = getattr(fc, module)
    assert set(module.__all__) == set(table)
    for name, expected in table.items():
        function = getattr(module, name)
        assert signature(function) == expected, name
        assert {"Returns", "Examples"} <= set(sections(function)), name


def test_kernels_are_float64_arrays():
    values = {
        "gaussian": (3, 1.0), "box": ((2, 5),), "sobel": (0,), "prewitt": (1,), "scharr": (0,),
        "laplacian": (), "sharpen": (), "emboss": (), "log": (7, 1.0),
        "gabor": (7, 0.2, 0.5, 2.0),
    }  # fmt: skip
    for name, arguments in values.items():
        kernel = getattr(fc.kernels, name)(*arguments)
        assert kernel.dtype == np.float64, name
    assert len(fc.kernels.separate(fc.kernels.box(3))) == 1


# ------------------------------------------------------------- plans, comparisons, process settings

SETTINGS = {
    "compare": "(op, *args, repeat=None, time_limit=10.0, reference=True, num_threads=None, "
               "**options)",
    "wisdom.export": "(path)", "wisdom.load": "(path)", "wisdom.forget": "()",
    "release_memory": "()", "show_config": "()",
    "set_num_threads": "(n)", "get_num_threads": "()", "threads": "(n)", "config.isa": "(name)",
}  # fmt: skip


def resolve(path):
    """Return the object with a dotted name in `fastconv`."""
    found = fc
    for part in path.split("."):
        found = getattr(found, part)
    return found


@pytest.mark.parametrize("path", SETTINGS)
def test_settings(path):
    function = resolve(path)
    assert signature(function) == SETTINGS[path]
    assert "Examples" in sections(function)


def test_calibrate_needs_no_argument():
    inspect.signature(fc.calibrate).bind()
    assert "Examples" in sections(fc.calibrate)


def test_top_level_names():
    names = {path.split(".")[0] for path in SETTINGS}
    names |= {"plan", "calibrate", "convolve", "correlate", "match_template"}
    names |= {"grad", "signal", "ndimage", "kernels", "linalg"}
    names |= {"UnsupportedAlgorithm", "__version__", *fc.nn.__all__}
    assert names <= set(fc.__all__)
    assert set(fc.__all__) <= set(dir(fc))
    assert issubclass(fc.UnsupportedAlgorithm, ValueError)
    assert re.match(r"\d+\.\d+", fc.__version__)


def test_plan():
    parameters = list(inspect.signature(fc.plan).parameters.values())
    op, *named_, rest = parameters
    assert (op.name, op.kind) == ("op", op.POSITIONAL_OR_KEYWORD)
    assert rest.kind is rest.VAR_KEYWORD
    assert all(p.kind is p.KEYWORD_ONLY for p in named_)
    defaults = {p.name: p.default for p in named_}
    assert {"effort": "estimate", "time_limit": None, "dtype": None}.items() <= defaults.items()

    w = np.ones((3, 2, 3, 3), np.float32)
    plan = fc.plan("conv2d", input=(1, 2, 8, 8), weight=w, padding=1)
    call = signature(plan).removesuffix(")").split(", **")[0]
    assert call == "(x, weight=None, bias=None, *, out=None, num_threads=None"
    assert plan(np.ones((1, 2, 8, 8), np.float32)).shape == (1, 3, 8, 8)
    assert isinstance(plan.algorithm, str)
    assert plan.key == plan.problem.key()
    assert plan.predicted_seconds > 0
    assert plan.error_bound > 0
    assert plan.workspace_bytes >= 0
    assert plan.prepared_bytes >= 0
    text = plan.explain()
    assert plan.algorithm in text
    assert "naive" in text


def test_comparison():
    rng = np.random.default_rng(5)
    x, w = rng.standard_normal((1, 2, 8, 8)), rng.standard_normal((3, 2, 3, 3))
    found = fc.compare("conv2d", x, w, padding=1, repeat=1, time_limit=1.0)
    assert list(inspect.signature(found.plot).parameters) == ["path"]
    told = found.to_dict()
    assert set(told) == {"problem", "threads", "isa", "cpu", "chosen", "rows"}
    columns = {
        "algorithm", "seconds", "predicted_seconds", "error", "error_bound", "workspace_bytes",
        "reason",
    }  # fmt: skip
    assert all(set(row) == columns for row in told["rows"])
    names = [row["algorithm"] for row in told["rows"]]
    assert {found.best, found.chosen} <= set(names)
    assert set(names) >= {
        "naive", "direct", "im2col", "implicit_gemm", "winograd_f2", "winograd_f4", "winograd_f6",
        "fft", "fft_tiled", "separable", "low_rank", "box",
    }  # fmt: skip
    assert all((row["seconds"] is None) == (row["reason"] is not None) for row in told["rows"])
    assert found.chosen in str(found)


def test_a_forced_algorithm_that_cannot_run_says_why():
    with pytest.raises(fc.UnsupportedAlgorithm, match="winograd_f2"):
        fc.conv1d(np.ones((1, 1, 9)), np.ones((1, 1, 7)), stride=2, algorithm="winograd_f2")
