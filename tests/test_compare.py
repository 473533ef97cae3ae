"""Test `compare`: rows, reasons, errors, the choice, and its text, export and plot."""

import inspect
import json
import sys

import numpy as np
import pytest

import fastconv as fc
from fastconv.algorithms.names import CONVOLUTIONS, FILTERS, MAXIMA, POOLINGS
from fastconv.comparison import Comparison, Row, compare_problem
from fastconv.comparison.subject import from_call, from_problem, public_function
from fastconv.comparison.text import grouped
from fastconv.planner.choose import tolerance
from fastconv.planner.text import aligned, number_text, seconds_text, size_text
from fastconv.problem import OPS, parse
from fastconv.problem.ops import EXTENDED

QUICK = {"time_limit": 0.02, "repeat": 1}
KEYS = {"problem", "threads", "isa", "cpu", "chosen", "rows"}
ROW_KEYS = {
    "algorithm", "seconds", "predicted_seconds", "error", "error_bound", "workspace_bytes",
    "reason",
}  # fmt: skip
RUN = {"algorithm", "accuracy", "out", "workspace_limit", "num_threads", "method", "output"}


def noise(*shape, dtype=np.float32):
    values = np.random.default_rng(len(shape)).standard_normal(shape)
    return (values * 8).astype(dtype) if np.dtype(dtype).kind in "iu" else values.astype(dtype)


X, W, G = noise(1, 4, 9, 9), noise(6, 4, 3, 3), noise(1, 6, 7, 7)
Y, INDICES = fc.max_pool2d(X, 3, 2, return_indices=True)

CALLS = {
    "conv2d": ((X, W), {"padding": 1}),
    "conv2d unbatched, fused": (
        (X[0], W, noise(6)),
        {"padding": "same", "activation": "relu", "add": noise(6, 9, 9)},
    ),
    "conv2d integers": ((noise(1, 2, 6, 6, dtype="i2"), noise(3, 2, 3, 3, dtype="i2")), {}),
    "conv2d complex": ((X + 1j * X, W + 2j * W), {}),
    "conv2d float16": ((X.astype(np.float16), W.astype(np.float16)), {}),
    "conv2d float64": ((X.astype(np.float64), W), {"groups": 1}),
    "conv2d_input": (((1, 4, 9, 9), W, G), {}),
    "conv2d_weight": ((X, (6, 4, 3, 3), G), {}),
    "conv2d_bias": ((G,), {"per_position": True}),
    "conv_transpose1d": ((noise(2, 4, 9), noise(4, 2, 3)), {"stride": 2, "output_padding": 1}),
    "local_conv2d": ((X, noise(2, 4, 3, 3, 7, 7)), {}),
    "max_pool2d": ((X, 3, 2), {}),
    "max_pool2d indices": ((X, 3, 2), {"return_indices": True}),
    "max_pool2d_input": ((Y, INDICES, (1, 4, 9, 9)), {}),
    "max_unpool2d": ((Y, INDICES, 3, 2), {}),
    "avg_pool2d": ((X, 3), {"dilation": 2}),
    "lp_pool2d": ((X, 2, 3), {}),
    "weighted_pool2d": ((X, noise(3, 3)), {}),
    "unfold": ((X, 3), {}),
    "maxout": ((X, 2), {}),
    "convolve": ((noise(20), noise(5)), {"mode": "same"}),
    "correlate": ((noise(2, 10, 3), noise(1, 3, 1)), {"axes": 1, "fillvalue": 2}),
    "ndimage.convolve": ((noise(9, 8), noise(3, 4)), {"mode": "wrap", "origin": (0, 1)}),
    "ndimage.correlate float64": ((noise(9, 8, dtype="f8"), noise(3, 3)), {"cval": 2.0}),
}


@pytest.fixture(scope="module")
def comparisons():
    return {
        name: fc.compare(name.split()[0], *args, **QUICK, **options)
        for name, (args, options) in CALLS.items()
    }


@pytest.mark.parametrize("name", CALLS)
def test_every_permanent_name_has_a_row_and_a_reason_exactly_where_it_did_not_run(
    comparisons, name
):
    comparison = comparisons[name]
    op = name.split()[0]
    expected = CONVOLUTIONS
    if "pool" in op or op in ("unfold", "maxout"):
        expected = MAXIMA if op == "max_pool2d" else POOLINGS
    elif op.removeprefix("ndimage.") in ("convolve", "correlate"):
        expected = FILTERS
    assert sorted(row.algorithm for row in comparison.rows) == sorted(expected)
    for row in comparison.rows:
        assert (row.seconds is None) == (row.reason is not None)
        assert row.seconds is None or row.seconds > 0


@pytest.mark.parametrize("dtype", [np.uint8, np.int16])
@pytest.mark.parametrize("result", [np.float32, np.float64])
def test_real_results_of_integer_images_promise_an_error(dtype, result):
    x = np.random.default_rng(3).integers(0, 200, (60, 70), dtype)
    for name, *given in (
        ("ndimage.correlate", x, noise(3, 3)), ("ndimage.correlate", x, noise(9, 9)),
        ("ndimage.correlate1d", x, noise(5)), ("ndimage.gaussian_filter", x, 1.5),
        ("ndimage.uniform_filter", x, 7), ("ndimage.sobel", x),
    ):  # fmt: skip
        rows = fc.compare(name, *given, output=result, **QUICK).rows
        for row in [row for row in rows if row.seconds is not None and row.algorithm != "scipy"]:
            assert row.error <= row.error_bound, (name, row.algorithm)
            assert row.error_bound > 0 or name.endswith("sobel")


@pytest.mark.parametrize("name", CALLS)
def test_what_ran_is_as_exact_as_it_promises(comparisons, name):
    comparison = comparisons[name]
    ran = [row for row in comparison.rows if row.seconds is not None]
    assert "naive" in [row.algorithm for row in ran]
    for row in ran:
        if row.algorithm == "scipy":
            assert row.error < 1e-5 and row.predicted_seconds is None
        else:
            assert row.error <= row.error_bound
            assert row.predicted_seconds > 0 and row.workspace_bytes >= 0
    if "integers" in name:
        assert {row.error for row in ran} == {0}


@pytest.mark.parametrize("name", CALLS)
def test_it_exports_the_agreed_keys_and_nothing_that_json_lacks(comparisons, name):
    found = comparisons[name].to_dict()
    assert set(found) == KEYS
    assert all(set(row) == ROW_KEYS for row in found["rows"])
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert parse(found["problem"]).key() == found["problem"]


@pytest.mark.parametrize("name", CALLS)
def test_chosen_is_what_auto_runs_and_best_the_fastest_that_is_exact_enough(comparisons, name):
    comparison = comparisons[name]
    args, options = CALLS[name]
    if name.startswith("conv2d") and "_" not in name:
        with fc.record() as calls:
            fc.conv2d(*args, **options)
        assert comparison.chosen == calls[0][1]
    assert comparison.row(comparison.best).seconds is not None
    allowed = tolerance(comparison.problem, "default")
    ran = [
        row for row in comparison.rows if row.seconds is not None and row.error_bound is not None
    ]
    for row in ran:
        if row.error_bound <= allowed:
            assert comparison.row(comparison.best).seconds <= row.seconds


@pytest.mark.parametrize("name", CALLS)
def test_it_prints_every_name_and_marks_the_choice(comparisons, name):
    comparison = comparisons[name]
    text = str(comparison)
    assert comparison.problem.key() in text
    assert all(row.algorithm in text for row in comparison.rows)
    assert f"\n* {comparison.chosen} " in text
    assert "nan" not in text
    assert comparison.chosen in repr(comparison)


def test_the_public_signature_of_every_op_binds_to_its_arrays_and_options():
    for name, op in OPS.items():
        parameters = set(inspect.signature(public_function(name)).parameters)
        if "kwargs" in parameters:  # as in SciPy, they are passed to gaussian_filter
            parameters = parameters - {"kwargs"} | {"truncate", "radius"}
        op = EXTENDED.get(name, op)
        known = {*op.arrays, *op.options}
        assert known <= parameters, name
        assert parameters - known <= RUN, name


def test_plain_rows_without_a_reference():
    comparison = fc.compare("conv2d", X, W, reference=False, **QUICK)
    assert {row.error for row in comparison.rows} == {None}
    assert comparison.best is not None


def test_a_workspace_limit_binds_and_leaves_naive():
    comparison = fc.compare("conv2d", X, W, workspace_limit=0, **QUICK)
    assert comparison.chosen == "naive"
    assert "workspace" in comparison.row("fft").reason


def test_a_level_of_accuracy_keeps_rows_but_not_as_the_best():
    comparison = fc.compare("conv2d", X, W, accuracy="high", **QUICK)
    fft = comparison.row("fft")
    assert fft.seconds is not None and fft.reason is None
    assert "error bound" in fft.note
    assert comparison.best != "fft"
    assert "not for auto" in str(comparison)


def test_a_nan_that_spreads_shows_as_an_infinite_error():
    x = X.copy()
    x[0, 0, 4, 4] = np.nan
    comparison = fc.compare("conv2d", x, W, **QUICK)
    assert comparison.row("naive").error < 1e-6
    assert comparison.row("fft").error == np.inf
    rows = {row["algorithm"]: row for row in comparison.to_dict()["rows"]}
    assert rows["fft"]["error"] is None


def test_integer_images_have_algorithms_of_their_own():
    image = noise(60, 60, dtype="u1")
    comparison = fc.compare("ndimage.convolve", image, np.full((3, 3), 1 / 9), **QUICK)
    assert comparison.chosen == "direct"
    ran = {row.algorithm: row.error for row in comparison.rows if row.seconds is not None}
    assert ran == {"direct": 0.0, "fft_tiled": 0.0, "naive": 0.0, "scipy": 0.0}
    comparison = fc.compare("ndimage.gaussian_filter", image, 2, **QUICK)
    assert comparison.chosen == "separable"
    assert comparison.row("separable").error == comparison.row("scipy").error == 0.0
    assert fc.compare("ndimage.uniform_filter", image, 5, **QUICK).chosen == "box"
    assert fc.compare("ndimage.correlate", image > 0, np.ones((3, 3)), **QUICK).chosen == "scipy"


def test_predictions_beyond_the_limit_are_not_run():
    problem = parse("conv2d_fwd_f32_n1_g1_c512_k512_i112x112_w5x5_s1x1_p2.2x2.2_d1x1")
    comparison = compare_problem(problem, time_limit=1e-3)
    naive = comparison.row("naive")
    assert naive.seconds is None and naive.predicted_seconds > 1
    assert "time_limit" in naive.reason
    assert "no errors" in comparison.remark and comparison.remark in str(comparison)
    assert comparison.best is None
    assert comparison.plot() is not None


def test_an_algorithm_that_runs_out_of_memory_has_a_reason(monkeypatch):
    naive_only = fc.compare("conv2d", X, W, workspace_limit=0, **QUICK)
    monkeypatch.setattr("fastconv.planner.backend.Host.free_memory", lambda self: 1)
    comparison = fc.compare("conv2d", X, W, **QUICK)
    assert "free" in comparison.row("fft").reason
    assert comparison.best == naive_only.best == "naive"


def test_threads_are_taken_and_reported():
    assert fc.compare("conv2d", X, W, num_threads=1, **QUICK).threads == 1
    assert fc.compare("conv2d", X, W, num_threads=2, **QUICK).to_dict()["threads"] == 2


@pytest.mark.parametrize(
    ("error", "args", "options", "word"),
    [
        (ValueError, ("conv9d", X, W), {}, "conv9d"),
        (TypeError, (3, X, W), {}, "op"),
        (TypeError, ("conv2d", X), {}, "weight"),
        (TypeError, ("conv2d", X, W), {"shape": 3}, "shape"),
        (TypeError, ("conv2d", X, W), {"algorithm": "fft"}, "algorithm"),
        (TypeError, ("convolve", X, X), {"method": "fft"}, "method"),
        (ValueError, ("conv2d", X, W[:, :1]), {}, "weight"),
        (ValueError, ("conv2d", X[:0], W), {}, "empty"),
        (ValueError, ("conv2d", X, W), {"time_limit": 0}, "time_limit"),
        (TypeError, ("conv2d", X, W), {"time_limit": "1"}, "time_limit"),
        (ValueError, ("conv2d", X, W), {"repeat": 0}, "repeat"),
        (TypeError, ("conv2d", X, W), {"reference": 1}, "reference"),
        (ValueError, ("conv2d", X, W), {"num_threads": 0}, "num_threads"),
        (ValueError, ("conv2d", X, W), {"accuracy": "best"}, "accuracy"),
        (ValueError, ("max_unpool2d", Y, INDICES + 1000, 3, 2), {}, "indices"),
    ],
)
def test_bad_arguments_are_named(error, args, options, word):
    with pytest.raises(error, match=word):
        fc.compare(*args, **options)


@pytest.mark.parametrize(
    "key",
    [
        "conv2d_fwd_f32_n1_g2_c4_k6_i9x9_w3x3_s2x2_p1.1x1.1_d1x1_bias-position_act-relu_add",
        "conv2d_weight_f64_n2_g1_c4_k6_i9x9_w3x3_s1x1_p1.0x0.1_d1x1",
        "conv_transpose1d_fwd_c64_n1_g1_c2_k4_i9_w3_s2_p1.1_d1_op1_bias-channel",
        "conv2d_fwd_u8.f64.f64_n1_g1_c4_k6_i9x9_w3x3_s1x1_p0.0x0.0_d1x1",
        "max_pool2d_fwd_f32_n1_c4_i9x9_w3x3_s2x2_p1.1x1.1_d1x1_o5x5_indices",
        "avg_pool2d_input_f32_n1_c4_i9x9_w3x3_s2x2_p1.1x1.1_d1x1_o5x5",
        "convolve_f32_i20x4_w3x1_full_axes-0_mode-circular_s2_d2",
        "correlate_f32_i20_w3_same_mode-constant",
        "ndimage.correlate_f32_i8x9_w3x3_same_mode-reflect_origin1x0",
        "ndimage.convolve_f64_i8x9_w3x3_same_mode-symmetric.circular",
        "ndimage.gaussian-filter_f32_i20x30_t0g2.0r8*1g1.0r4@reflect",
        "ndimage.gaussian-filter1d_u8_i20x30_t0g2.0r8",
        "ndimage.uniform-filter_f64_i20x30_t0b4o-1*1b3",
        "ndimage.sobel_u8.u8.i16_i20x30_t1v-1,0,1*0v1,2,1",
        "ndimage.laplace_f32_i20x30_t0v1,-2,1_t1v1,-2,1@constant",
        "ndimage.gaussian-laplace_f32_i20x30_t0g1.0r4d2*1g1.0r4_t0g1.0r4*1g1.0r4d2",
        "ndimage.maximum-filter_f32_i20x30_w5x4",
        "ndimage.minimum-filter_i32_i20x30x3_w7x7_axes-0x1_mode-constant_origin-1x2",
        "ndimage.maximum-filter_u8_i20x30x3_w3x3_marks-5d00_axes-0x1_mode-circular_origin1x0",
        "signal.upfirdn_c64.f32.c64_i40_w9_up3_down2_axis0_mode-symmetric",
        "convolve_f32_i40_w9_full_by-overlap",
    ],
)
def test_a_key_is_enough_to_compare(key):
    comparison = compare_problem(parse(key), **QUICK)
    assert comparison.problem.key() == key
    naive = comparison.row("naive")
    assert naive.error <= naive.error_bound


@pytest.mark.parametrize("boundary", ["fill", "wrap", "symm", "mirror", "nearest"])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_the_call_of_a_filter_problem_makes_that_problem(mode, boundary):
    calls = (
        (noise(3, 3), {}),
        (noise(3, 3), {"stride": (2, 1), "dilation": (1, 2)}),
        (noise(3, 1), {"axes": 0}),
    )
    for kernel, options in calls:
        options = {"mode": mode, "boundary": boundary, **options}
        problem = from_call("correlate", (noise(7, 8), kernel), options).problem
        assert from_problem(problem).problem == problem


@pytest.mark.parametrize(
    "key",
    [
        "ndimage.gaussian-filter_f32_i20x30_t0g2.0r8*1g2.0r8", "ndimage.uniform-filter_u8_i20_t0b3",
        "ndimage.maximum-filter_f32_i20x30_w5x5", "signal.upfirdn_f32_i40_w9_up3_down2_axis0",
        "ndimage.correlate_f32_i20x30_w3x3_same_traits-r1", "convolve_f32_i40_w9_full_by-fft",
    ],
)  # fmt: skip
def test_scipy_has_a_row_for_the_key_of_its_function(key):
    row = compare_problem(parse(key), **QUICK).row("scipy")
    assert row.reason is None and row.seconds > 0 and row.error < 1e-6


def test_accuracy_limits_the_choice_for_functions_that_have_no_such_argument():
    image = noise(40, 40)
    comparison = fc.compare("ndimage.gaussian_filter", image, 2, accuracy="high", **QUICK)
    assert "accuracy contract's 2e-06" in comparison.row("low_rank").note
    comparison = fc.compare("ndimage.gaussian_filter", image, 2, workspace_limit=0, **QUICK)
    assert "limit of 0 B" in comparison.row("separable").reason


def test_operands_of_a_problem_have_its_shapes():
    problem = parse("conv2d_input_f64_n1_g1_c4_k6_i9x9_w3x3_s1x1_p0.0x0.0_d1x1")
    subject = from_problem(problem)
    assert [a.shape for a in subject.arrays] == [(6, 4, 3, 3), (1, 6, 7, 7)]
    assert subject.runner("naive")(1).shape == (1, 4, 9, 9)


# ---------------------------------------------------------------------------------------- figures


def test_the_plot_is_a_figure_and_goes_to_a_file(tmp_path):
    figure_module = pytest.importorskip("matplotlib.figure")
    comparison = fc.compare("conv2d", X, W, **QUICK)
    for name, head in (("a.png", b"\x89PNG"), ("a.svg", b"<?xml")):
        figure = comparison.plot(tmp_path / name)
        assert isinstance(figure, figure_module.Figure)
        assert (tmp_path / name).read_bytes().startswith(head)
    assert "matplotlib.pyplot" not in sys.modules
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert labels == [row.algorithm for row in comparison.rows if row.seconds is not None]


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"pip install fastconv\[cli\]"):
        made_up().plot()


def made_up():
    rows = (
        Row("winograd_f4", 0.001, 0.002, 1e-6, 2e-6, 2048),
        Row("fft", 0.25, 0.3, 0.0, 1e-6, 3 << 20, None, "error bound 1e-06 exceeds 5e-07"),
        Row("naive", None, 40.0, None, 0.0, 0, "predicted 40.0 s exceeds time_limit=10 s"),
        Row("im2col", reason="not built"),
        Row("box", reason="not built"),
    )
    problem = parse("conv2d_fwd_f32_n1_g1_c1_k1_i9x9_w3x3_s1x1_p0.0x0.0_d1x1")
    return Comparison(problem, rows, "winograd_f4", 1, "avx2", "a CPU")


def test_the_table_reads_as_it_should():
    assert str(made_up()) == "\n".join(
        [
            "conv2d_fwd_f32_n1_g1_c1_k1_i9x9_w3x3_s1x1_p0.0x0.0_d1x1",
            "a CPU, avx2, 1 thread; * is the choice of auto",
            "",
            "                  time  of best  GFLOP/s  predicted    error    bound  workspace",
            "* winograd_f4  1.00 ms     100%      0.0    2.00 ms  1.0e-06  2.0e-06    2.0 KiB",
            "  fft           250 ms       0%      0.0     300 ms        0  1.0e-06    3.0 MiB",
            "  naive              -        -        -     40.0 s        -        0        0 B",
            "  fft: not for auto: error bound 1e-06 exceeds 5e-07",
            "  naive: predicted 40.0 s exceeds time_limit=10 s",
            "  im2col, box: not built",
        ]
    )


def test_numbers_have_three_digits_and_units():
    assert [seconds_text(s) for s in (None, 2e-9, 9.996e-6, 0.99951, 0.0123, 12.34, 99.96)] == [
        "-", "0.00 us", "10.0 us", "1.00 s", "12.3 ms", "12.3 s", "100 s",
    ]  # fmt: skip
    assert [size_text(n) for n in (None, 0, 1023, 1536, 20480, 5 << 30)] == [
        "-", "0 B", "1023 B", "1.5 KiB", "20 KiB", "5.0 GiB",
    ]  # fmt: skip
    assert [number_text(v) for v in (None, 0.0, 1.26e-7, np.inf)] == ["-", "0", "1.3e-07", "inf"]


def test_tables_align_and_reasons_group():
    assert aligned(["a", "b"], [["xx", "1"], ["y", "22"]]) == "a    b\nxx   1\ny   22"
    assert grouped([("a", "no"), ("b", "why"), ("c", "no")]) == ["a, c: no", "b: why"]
