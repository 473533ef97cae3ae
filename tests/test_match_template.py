"""Test `fc.match_template` against its definition, and against scikit-image where it is there."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view

import fastconv as fc
from fastconv.problem import parse

MODES = ("constant", "edge", "reflect", "symmetric", "wrap", "mean", "linear_ramp")


def definition(image, template, pad_input=False, mode="constant", constant_values=0):
    """Return the correlation coefficients, window by window, in float64."""
    image, template = (np.asarray(a, np.float64) for a in (image, template))
    if pad_input:
        options = {"constant_values": constant_values} if mode == "constant" else {}
        image = np.pad(image, [(m, m) for m in template.shape], mode, **options)
        image = image[tuple(slice(m - m // 2, -(m - (m - 1) // 2)) for m in template.shape)]
    windows = sliding_window_view(image, template.shape)
    axes = tuple(range(-template.ndim, 0))
    centred = windows - windows.mean(axes, keepdims=True)
    taps = template - template.mean()
    norm = np.sqrt((centred**2).sum(axes) * (taps**2).sum())
    constant = windows.max(axes) == windows.min(axes)
    constant |= template.max() == template.min()
    with np.errstate(all="ignore"):
        return np.where(constant, 0, (centred * taps).sum(axes) / norm)


@settings(deadline=None, max_examples=80)
@given(st.integers(0, 2**32), st.integers(2, 3), st.booleans(), st.sampled_from(MODES),
       st.sampled_from(["float32", "float64", "uint8", "int16", "bool", "float16"]),
       st.sampled_from([0, 2.5]))  # fmt: skip
def test_it_is_the_definition(seed, ndim, pad_input, mode, dtype, value):
    rng = np.random.default_rng(seed)
    shape = rng.integers(1, 30 if ndim == 2 else 12, ndim)
    sizes = [int(rng.integers(1, min(n, 9) + 1)) for n in shape]
    image, template = (
        (100 * rng.random(s)).astype(dtype) if dtype != "bool" else rng.random(s) < 0.5
        for s in (shape, sizes)
    )  # fmt: skip
    value = value if mode == "constant" else 0
    result = fc.match_template(image, template, pad_input, mode, value)
    double = image.dtype.char not in "ef"
    assert result.dtype == (np.float64 if double else np.float32)
    given_ = image if double else image.astype(np.float32)
    expected = definition(given_, template, pad_input, mode, value)
    assert result.shape == expected.shape
    np.testing.assert_allclose(result, expected, atol=1e-9 if double else 2e-3)


@pytest.mark.parametrize("algorithm", ["direct", "im2col", "implicit_gemm", "fft", "fft_tiled"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_algorithm(algorithm, dtype):
    rng = np.random.default_rng(0)
    image = rng.standard_normal((90, 110)).astype(dtype)
    template = image[20:37, 50:61].copy()
    expected = definition(image, template)
    for threads in (1, 3):
        result = fc.match_template(image, template, algorithm=algorithm, num_threads=threads)
        np.testing.assert_allclose(result, expected, atol=2e-5 if dtype == "float32" else 1e-13)
    assert np.unravel_index(result.argmax(), result.shape) == (20, 50)


def test_constant_windows_and_templates_give_zero():
    rng = np.random.default_rng(1)
    image = rng.random((60, 60))
    image[10:40, 10:40] = 0.1
    image[0, 0] = 1e9  # its rounding errors must not reach other windows
    result = fc.match_template(image, rng.random((7, 8)))
    assert (result[10:34, 10:33] == 0).all() and (result != 0).mean() > 0.5
    assert not fc.match_template(image, np.full((5, 5), 0.3)).any()
    assert not fc.match_template(image, np.ones((1, 1))).any()


def test_a_nan_stays_in_its_windows():
    rng = np.random.default_rng(2)
    image, template = rng.standard_normal((300, 300)), rng.standard_normal((25, 25))
    expected = fc.match_template(image, template)
    image[150, 160] = np.nan
    result = fc.match_template(image, template)
    assert np.isnan(result).sum() == 625
    rest = ~np.isnan(result)
    np.testing.assert_allclose(result[rest], expected[rest], atol=1e-12)


def test_inputs_stay_and_out_is_returned():
    rng = np.random.default_rng(3)
    image, template = rng.random((20, 21)), rng.random((4, 5))
    copies = image.copy(), template.copy()
    out = np.empty((17, 17))
    assert fc.match_template(image, template, out=out) is out
    np.testing.assert_array_equal(image, copies[0])
    np.testing.assert_array_equal(template, copies[1])
    np.testing.assert_array_equal(fc.match_template(image, template), out)
    with pytest.raises(ValueError, match="out has"):
        fc.match_template(image, template, True, out=out)


@pytest.mark.parametrize(
    ("image", "template", "options", "message"),
    [
        (np.ones(5), np.ones(3), {}, "image has shape"),
        (np.ones((5, 5, 5, 5)), np.ones((1, 1, 1, 1)), {}, "image has shape"),
        (np.ones((5, 5)), np.ones(3), {}, "template has shape"),
        (np.ones((5, 5)), np.ones((6, 2)), {}, "template has shape"),
        (np.ones((5, 5)), np.ones((0, 2)), {}, "template has shape"),
        (np.ones((5, 5), complex), np.ones((2, 2)), {}, "image has dtype complex128"),
        (np.ones((5, 5)), np.ones((2, 2)), {"pad_input": True, "mode": "none"}, "none"),
    ],
)
def test_wrong_arguments(image, template, options, message):
    with pytest.raises(ValueError, match=message):
        fc.match_template(image, template, **options)


def test_it_is_an_op():
    rng = np.random.default_rng(4)
    image, template = rng.random((64, 70)), rng.random((9, 8))
    with fc.record() as calls:
        expected = fc.match_template(image, template, True)
    (key, algorithm), = calls
    assert parse(key).key() == key == "match-template_f64_i72x77_w9x8"
    plan = fc.plan("match_template", image=image.shape, template=template, pad_input=True,
                   dtype=np.float64)  # fmt: skip
    assert plan.algorithm == algorithm
    np.testing.assert_array_equal(plan(image), expected)
    comparison = fc.compare("match_template", image, template, True, time_limit=0.05, repeat=1)
    assert comparison.chosen == algorithm
    assert all(row.error <= row.error_bound for row in comparison.rows if row.reason is None)


def test_as_scikit_image():
    peer = pytest.importorskip("skimage.feature").match_template
    rng = np.random.default_rng(5)
    for shape, sizes in (((40, 50), (7, 8)), ((14, 15, 16), (3, 4, 5))):
        image, template = 200 * rng.random(shape), rng.random(sizes)
        for options in ({}, {"pad_input": True, "mode": "reflect"}):
            expected = peer(image, template, **options)
            result = fc.match_template(image, template, **options)
            np.testing.assert_allclose(result, expected, atol=1e-10)
