"""A key is enough: `call_of` finds the call that poses a problem, and weights have its traits."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_keys import problems

from fastconv.comparison import compare_problem
from fastconv.comparison.rebuilt import call_of
from fastconv.comparison.subject import from_problem
from fastconv.problem import OPS, ForwardedProblem, parse
from fastconv.problem.arrays import DTYPES, Spec

PROBLEMS = Path(__file__).parent.parent / "benchmarks" / "problems"
EDGES = ("reflect", "constant", "nearest", "mirror", "wrap")
IMAGES = ("float32", "float64", "uint8", "int16")


def keys_of_benchmarks():
    for path in sorted(PROBLEMS.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            key = line.split("#")[0].strip()
            if key:
                yield key


def posed(found):
    """Return the problem that a call poses, without a look at values."""
    name, arrays, options = found
    return OPS[name].request(arrays, options).problem


def check(problem):
    """Check that the problem's key names it, and that its call poses it."""
    assert parse(problem.key()) == problem
    assert parse(problem.key()).key() == problem.key()
    found = call_of(problem)
    assert found is not None, problem.key()
    assert posed(found) == problem


def test_problems_of_networks_and_signals_have_calls():
    for _, problem in problems():
        check(problem)


def test_keys_of_the_benchmarks_have_calls(monkeypatch):
    monkeypatch.setattr("fastconv.comparison.rebuilt.sample", lambda p, op, specs, seed: specs)
    keys = list(keys_of_benchmarks())
    for key in keys:
        assert parse(key).key() == key
        assert call_of(parse(key)) is not None, key
    assert len(keys) > 500


# ------------------------------------------------------------------------------------------ images


def a_tuple(draw, strategy, count):
    return tuple(draw(strategy) for _ in range(count))


@st.composite
def image_calls(draw):
    """A call of a filter of `ndimage`, with settings that differ from axis to axis."""
    ndim = draw(st.integers(1, 3))
    shape = a_tuple(draw, st.integers(3, 9), ndim)
    dtype = draw(st.sampled_from(IMAGES))
    axes = tuple(sorted(draw(st.sets(st.integers(0, ndim - 1), min_size=1))))
    n = len(axes)
    modes = a_tuple(draw, st.sampled_from(EDGES), n)
    everywhere = a_tuple(draw, st.sampled_from(EDGES), ndim)
    fill = draw(st.sampled_from((0.0, 2.0)))
    output = draw(st.sampled_from((None, np.float32) if dtype[0] in "ui" else (None, dtype)))
    axis, mode = axes[0], modes[0]
    sigma = a_tuple(draw, st.sampled_from((0.6, 1.0, 2.5)), n)
    sizes = a_tuple(draw, st.integers(2, 5), n)
    origin = a_tuple(draw, st.integers(-1, 0), n)
    order = a_tuple(draw, st.integers(0, 2), n)
    common = {"cval": fill, "output": output}
    gaussian = {"sigma": sigma, "order": order, "radius": a_tuple(draw, st.integers(0, 4), n)}
    derived = {"sigma": draw(st.sampled_from((0.7, 1.5))), "mode": everywhere}
    windows = {"size": sizes, "origin": origin, "mode": modes, "axes": axes}
    one = {"axis": axis, "mode": mode}
    names = {
        "gaussian_filter": {**gaussian, "mode": modes, "axes": axes},
        "gaussian_filter1d": {**one, "sigma": sigma[0], "order": order[0]},
        "uniform_filter": windows,
        "uniform_filter1d": {**one, "size": sizes[0], "origin": origin[0]},
        "sobel": {"axis": axis, "mode": everywhere},
        "prewitt": {"axis": axis, "mode": mode},
        "laplace": {"axes": axes, "mode": modes},
        "gaussian_laplace": derived,
        "gaussian_gradient_magnitude": derived,
        "maximum_filter": windows,
        "minimum_filter": windows,
        "maximum_filter1d": {**one, "size": sizes[0], "origin": origin[0]},
        "grey_dilation": {**windows, "mode": modes},
        "grey_closing": windows,
        "black_tophat": {**windows, "output": None},
        "median_filter": {**windows, "mode": mode},
        "rank_filter": {**windows, "mode": mode, "rank": 1},
        "correlate": {"mode": mode, "axes": axes, "origin": origin},
        "convolve": {"mode": mode, "axes": axes},
        "correlate1d": {**one, "origin": origin[0]},
    }
    name = draw(st.sampled_from(sorted(names)))
    specs = [Spec(shape, np.dtype(dtype))]
    if "correlate" in name or "convolve" in name:
        taps = sizes[:1] if name.endswith("1d") else sizes
        specs.append(Spec(taps, np.dtype(np.float64 if dtype[0] in "ui" else dtype)))
    op = OPS[f"ndimage.{name}"]
    specs += [None] * (len(op.arrays) - len(specs))
    return op.request(tuple(specs), {**op.options, **common, **names[name]}).problem


@given(
    st.sampled_from(("grey_erosion", "grey_dilation", "grey_opening", "white_tophat")),
    st.integers(1, 3), st.integers(2, 4), st.integers(-1, 0), st.sampled_from(EDGES),
)  # fmt: skip
def test_filters_with_structures_have_calls(name, rows, columns, origin, mode):
    specs = (Spec((6, 7), np.dtype("f")), Spec((rows, columns), np.dtype("d")))
    op = OPS[f"ndimage.{name}"]
    options = {**op.options, "origin": (0, origin), "mode": mode}
    check(op.request(specs, options).problem)


@given(
    st.sampled_from(("binary_erosion", "binary_dilation", "binary_opening", "binary_closing")),
    st.booleans(), st.integers(0, 3), st.sampled_from((None, ((1, 1), (0, 1)), ((1, 1, 1),))),
)  # fmt: skip
def test_filters_of_boolean_images_have_calls(name, masked, iterations, structure):
    mask = Spec((6, 7), np.dtype("B")) if masked else None
    op = OPS[f"ndimage.{name}"]
    options = {**op.options, "iterations": iterations, "structure": structure}
    check(op.request((Spec((6, 7), np.dtype("B")), mask), options).problem)


@given(image_calls())
def test_filters_of_images_have_calls(problem):
    if isinstance(problem, ForwardedProblem):
        assert call_of(problem) is None
    else:
        check(problem)


@given(
    st.integers(1, 9), st.integers(2, 5), st.integers(1, 5), st.booleans(),
    st.sampled_from(("constant", "wrap", "edge", "symmetric", "reflect")),
    st.sampled_from((0, 2)), st.sampled_from(("float32", "float64", "int16", "complex64")),
)  # fmt: skip
def test_changes_of_the_rate_have_calls(taps, up, down, last, mode, fill, dtype):
    specs = (Spec((6, 7), np.dtype(dtype)), Spec((taps,), np.dtype(np.float32)))
    options = {"up": up, "down": down, "axis": -last, "mode": mode, "cval": fill}
    check(OPS["signal.upfirdn"].request(specs, options).problem)


@pytest.mark.parametrize(
    ("name", "shapes", "options"),
    [
        ("signal.fftconvolve", ((20,), (5,)), {"mode": "same"}),
        ("signal.fftconvolve", ((4, 20), (4, 5)), {"axes": -1}),
        ("signal.oaconvolve", ((50, 3), (7, 3)), {"axes": 0, "mode": "valid"}),
        ("signal.convolve2d", ((9, 8), (3, 2)), {"boundary": "wrap", "mode": "same"}),
        ("signal.correlate2d", ((9, 8), (2, 2)), {"mode": "same"}),
        ("signal.convolve", ((9, 8), (3, 2)), {"method": "fft"}),
        ("correlate", ((9, 8), (1, 3)), {"axes": 1, "stride": 2, "boundary": "symm"}),
        ("signal.upfirdn", ((40,), (7,)), {"down": 3}),
        ("signal.correlate", ((9, 8), (3, 2)), {"lags": ((-4, 1), (0, 20))}),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "int32", "complex128"])
def test_convolutions_of_signals_have_calls(name, shapes, options, dtype):
    op = OPS[name]
    specs = tuple(Spec(shape, np.dtype(dtype)) for shape in shapes)
    check(op.request(specs, {**op.options, **options}).problem)


@pytest.mark.parametrize(
    ("name", "shapes", "options"),
    [
        ("signal.lfilter", ((4, 40), (7,), (1,)), {"axis": 1}),
        ("signal.resample_poly", ((3, 40),), {"up": 3, "down": 2, "axis": 1}),
        ("signal.resample_poly", ((400,),), {"up": 1, "down": 4, "padtype": "wrap"}),
        ("signal.resample_poly", ((400,),), {"up": 7, "down": 4, "cval": 1}),
        ("signal.decimate", ((3, 4000),), {"q": 3, "ftype": "fir"}),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "complex128"])
def test_filters_of_signals_have_calls(name, shapes, options, dtype):
    op = OPS[name]
    specs = [Spec(shape, np.dtype(dtype)) for shape in shapes]
    specs += [None] * (len(op.arrays) - len(specs))
    problem = op.request(tuple(specs), {**op.options, **options}).problem
    check(problem)
    assert parse(problem.key()) == problem


@pytest.mark.parametrize(
    "key",
    [
        "convolve_f64_i5x300_w1x31_part0.300_axes-1_mode-reflect_d2",
        "convolve_f64_i5x360_w1x61_part60.300_axes-1",
        "ndimage.correlate_f64_i8x9_w3x3_same_mode-symmetric.circular",
        "ndimage.gaussian-filter_f32_i8x9_t0b3*1g1.0r4",
        "ndimage.gaussian-filter_f32_i8x9_t0g1.0r4@zeros*1g1.0r4@constant",
        "ndimage.uniform-filter_f32_i8x9_t0b3_t1b3",
        "ndimage.sobel_f32_i8x9_t0v-1,0,1*1v1,3,1",
        "ndimage.maximum-filter_f32_i8x9_w3x3_mode-zeros",
        "signal.upfirdn_f32_i40_w7_up2_down4_axis0",
        "maxout2d_fwd_f32_n2_c6_i5x5_o5x5_g3",
        "signal.upfirdn_scipy_float32.str_1d9.1d3",
    ],
)
def test_what_no_function_poses_has_no_call(key):
    assert call_of(parse(key)) is None


def test_what_no_function_poses_is_compared_by_its_algorithms_alone():
    key = "ndimage.correlate_f64_i8x9_w3x3_same_mode-symmetric.circular"
    comparison = compare_problem(parse(key), time_limit=0.02, repeat=1)
    assert comparison.row("direct").seconds > 0
    assert "no function of SciPy" in comparison.row("scipy").reason


# -------------------------------------------------------------------------------------- operands


@pytest.mark.parametrize("trait", ["box", "r1", "r2"])
@pytest.mark.parametrize(
    "key",
    [
        "ndimage.correlate_f32_i30x40_w7x9_same_mode-reflect_traits-{}",
        "ndimage.convolve_f64_i30x40x3_w7x7x1_same_axes-0x1_traits-{}",
        "convolve_f32_i7x8_w30x30_full_traits-{}",
        "convolve_f64_i3x30x40_w3x7x9_same_axes-1x2_traits-{}",
        "conv2d_fwd_f32_n1_g5_c5_k5_i20x20_w7x7_s1x1_p3.3x3.3_d1x1_traits-{}",
    ],
)
def test_weights_have_the_traits_of_the_key(key, trait):
    key = key.format(trait)
    assert from_problem(parse(key)).problem.key() == key


@pytest.mark.parametrize("trait", ["nonfinite", "large"])
def test_weights_of_integers_have_the_traits_of_the_key(trait):
    key = f"ndimage.correlate_u8.f64.u8_i9x8_w3x3_same_traits-{trait}"
    assert from_problem(parse(key)).problem.key() == key


@pytest.mark.parametrize(
    "key",
    [
        "conv2d_fwd_f32_n2_g1_c16_k8_i30x30_w3x3_s1x1_p0.0x0.0_d1x1",
        "ndimage.correlate_f64_i60x60_w9x9_same",
        "ndimage.correlate_f64_i60x60_w9x9_same_traits-box",
        "convolve_f32_i4000_w65_valid",
        "signal.upfirdn_f64_i4000_w65_up3_down2_axis0",
    ],
)
def test_outputs_have_the_variance_of_the_inputs(key):
    subject = from_problem(parse(key))
    values = subject.runner("naive")(1)
    assert 0.5 < values.std() < 2


def test_images_of_integers_stay_in_their_range():
    weights = call_of(parse("ndimage.correlate_u8.f64.u8_i9x8_w5x5_same"))[1][1]
    assert weights.min() >= 0 and weights.sum() == pytest.approx(1)
    weights = call_of(parse("ndimage.correlate_u8.f64.i16_i9x8_w5x5_same"))[1][1]
    assert np.array_equal(weights, np.rint(weights)) and abs(weights).max() <= 3


def test_noise_depends_on_the_seed_alone():
    problem = parse("convolve_f32_i40_w7_same")
    one, same, other = (call_of(problem, seed)[1] for seed in (1, 1, 2))
    assert np.array_equal(one[0], same[0]) and not np.array_equal(one[0], other[0])
    assert one[0].dtype == DTYPES["f32"]


@pytest.mark.parametrize(("size", "output"), [(7, 14), (7, 15), (5, 7), (1, 4), (7, 3), (4, 4)])
def test_any_sizes_of_an_unpooling_have_a_call(size, output):
    check(parse(f"max_unpool1d_fwd_f32_n2_c3_i{size}_o{output}"))
