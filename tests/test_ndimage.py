"""Compare each function of fastconv.ndimage with scipy.ndimage."""

import numpy as np
import pytest
import scipy.ndimage
from faces import assert_agrees, assert_same, assert_signature, outcome, random_array

import fastconv as fc
from fastconv import ndimage

KERNELS = ("convolve", "correlate")
LINES = ("convolve1d", "correlate1d")
#: the other functions, with arguments for a 2-D image
FORWARDED = {
    "gaussian_filter": ((1.2,), {"order": (0, 1), "truncate": 3.0}),
    "gaussian_filter1d": ((1.2,), {"axis": 0, "radius": 2}),
    "uniform_filter": ((), {"size": (3, 2), "mode": ["wrap", "nearest"], "axes": (0, 1)}),
    "uniform_filter1d": ((4,), {"origin": 1}),
    "sobel": ((), {"axis": 0, "mode": ("mirror", "constant"), "cval": 2.0}),
    "prewitt": ((), {}),
    "laplace": ((), {"axes": (1,)}),
    "gaussian_laplace": ((0.8,), {"truncate": 3.0}),
    "gaussian_gradient_magnitude": (((0.8, 1.0),), {"mode": "wrap"}),
    "maximum_filter": ((), {"footprint": [[0, 1], [1, 1], [1, 0]]}),
    "minimum_filter": ((3,), {"origin": (0, 1), "mode": "mirror"}),
    "maximum_filter1d": ((3,), {"axis": 0}),
    "minimum_filter1d": ((2,), {"origin": -1}),
    "grey_erosion": ((3,), {"mode": "nearest"}),
    "grey_dilation": ((), {"structure": [[0.5, 1], [2, 1]], "cval": 1}),
    "grey_opening": ((), {"footprint": [[0, 1], [1, 1]]}),
    "grey_closing": (((2, 3),), {"mode": ("wrap", "constant")}),
    "morphological_gradient": ((3,), {"origin": (0, 1)}),
    "morphological_laplace": ((2,), {}),
    "white_tophat": ((3,), {"axes": (1,)}),
    "black_tophat": ((), {"structure": [[0.5, 1, 2]]}),
    "binary_erosion": ((), {"border_value": 1}),
    "median_filter": ((3,), {"mode": "constant", "cval": 1}),
    "percentile_filter": ((30,), {"footprint": [[0, 1, 1], [1, 1, 0]]}),
    "rank_filter": ((-2, (2, 3)), {"origin": (0, 1)}),
    "binary_dilation": (([[1, 1], [0, 1]], 2), {}),
    "binary_opening": ((), {"iterations": 2, "origin": (0, 1)}),
    "binary_closing": (([[1, 1, 1]],), {"brute_force": True}),
}
FUNCTIONS = (*KERNELS, *LINES, *FORWARDED)
MODES = (
    "reflect", "constant", "nearest", "mirror", "wrap", "grid-mirror", "grid-constant", "grid-wrap",
)  # fmt: skip


@pytest.fixture
def rng():
    return np.random.default_rng(22)


def both(name):
    return getattr(ndimage, name), getattr(scipy.ndimage, name)


def example(name, rng):
    """Return arguments and keywords of a call that every function accepts."""
    image = rng.standard_normal((8, 9))
    if name in KERNELS:
        return (image, rng.standard_normal((3, 2))), {}
    if name in LINES:
        return (image, rng.standard_normal(4)), {}
    args, keywords = FORWARDED[name]
    return (image, *args), dict(keywords)


# ------------------------------------------------------------------------------ the stand-in


@pytest.mark.parametrize("name", FUNCTIONS)
def test_signature(name):
    own = assert_signature(*both(name))
    assert own == {"algorithm": "auto", "num_threads": None, "out": None}


def test_every_other_name_is_scipys():
    for name in scipy.ndimage.__all__:
        assert (getattr(ndimage, name) is getattr(scipy.ndimage, name)) == (name not in FUNCTIONS)
    assert {n for n in dir(scipy.ndimage) if not n.startswith("_")} <= set(dir(ndimage))
    starred = {}
    exec("from fastconv.ndimage import *", starred)
    assert set(scipy.ndimage.__all__) <= set(starred)
    assert starred["sobel"] is ndimage.sobel
    with pytest.raises(AttributeError, match="fastconv.ndimage"):
        _ = ndimage.no_such_name


@pytest.mark.parametrize("name", FORWARDED)
@pytest.mark.parametrize("dtype", ["f", "d", "B", "h", "q", "D", "e", "?"])
def test_other_functions(rng, name, dtype):
    args, keywords = example(name, rng)
    image = random_array(rng, args[0].shape, dtype)
    assert_agrees(*both(name), image, *args[1:], **keywords)


# ------------------------------------------------------------------------ convolve, correlate


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("image", "kernel"),
    [((20,), (3,)), ((20,), (4,)), ((9, 8), (3, 3)), ((9, 8), (4, 5)), ((5, 6, 7), (3, 2, 3)),
     ((2, 3), (9, 8)), ((1, 6), (3, 3)), ((4, 4), (1, 1))],
    ids=str,
)  # fmt: skip
def test_kernels(rng, name, mode, image, kernel):
    for dtypes in ("ff", "dd", "fd", "df", "FF", "DD", "dD", "Fd", "dq", "f?", "de", "hd", "Bi"):
        x, w = random_array(rng, image, dtypes[0]), random_array(rng, kernel, dtypes[1])
        assert_agrees(*both(name), x, w, mode=mode, cval=1.5)


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("shape", [(3, 4), (2, 5), (6, 6)])
def test_origins(rng, name, shape):
    x, w = rng.standard_normal((9, 8)), rng.standard_normal(shape)
    for origin in range(-4, 5):
        assert_agrees(*both(name), x, w, origin=origin)
        assert_agrees(*both(name), x, w, origin=(origin, -1), mode="wrap")
        assert_agrees(*both(name), x, w, None, "mirror", 0.0, [0, origin])


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize(
    "axes", [None, (0, 1, 2), (1, 0, 2), (1,), [2], 1, (0, 2), (2, 0), (-1, 0)]
)
def test_axes(rng, name, axes):
    x = rng.standard_normal((6, 5, 7))
    count = 3 if axes is None else np.size(axes)
    w = rng.standard_normal((3, 2, 4)[:count])
    assert_agrees(*both(name), x, w, axes=axes)
    assert_agrees(*both(name), x, w, axes=axes, origin=[-1, 0, 1][:count], mode="nearest")


@pytest.mark.parametrize("name", KERNELS)
def test_complex_constants(rng, name):
    x, w = random_array(rng, (7, 8), "D"), random_array(rng, (3, 4), "D")
    for arrays in ((x, w), (x, w.real), (x.real, w), (x.real, w.real)):
        for cval in (2, 1.5, 1j, 2 - 3j, np.float32(3), np.complex64(1j), "1", None, np.inf):
            assert_agrees(*both(name), *arrays, mode="constant", cval=cval)


@pytest.mark.parametrize("name", KERNELS)
def test_what_scipy_skips(rng, name):
    """Test that weights of at most 2.2e-16 are skipped, so that a NaN does not spread by them."""
    x = rng.standard_normal((8, 9))
    laplacian = np.array([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])
    tiny = np.array([[1e-17, 2, 1e-16], [1, 0.5, 3e-16]])
    for image in (x, x.astype("f"), x + 1j * x):
        for value in (None, np.nan, np.inf):
            for w in (laplacian, tiny, tiny * (1 + 1e-17j), 1e-17 * laplacian):
                if value is not None:
                    image = image.copy()
                    image[4, 4] = value
                with np.errstate(invalid="ignore"):
                    assert_agrees(*both(name), image, w)
    for value in (np.nan, np.inf):
        with np.errstate(invalid="ignore"):
            assert_agrees(*both(name), x, [[1.0, value, 2.0]])


@pytest.mark.parametrize("name", (*KERNELS, *LINES))
def test_nan_stays_in_its_windows(rng, name):
    x = rng.standard_normal((60, 61))
    x[30, 30] = np.nan
    w = rng.standard_normal(31) if name in LINES else rng.standard_normal((31, 31))
    result = getattr(ndimage, name)(x, w)
    assert np.isnan(result).sum() == w.size
    assert_same(result, getattr(scipy.ndimage, name)(x, w))


@pytest.mark.parametrize("name", KERNELS)
def test_errors_of_kernels(name):
    x, w = np.ones((5, 6)), np.ones((2, 3))
    for args, keywords in (
        ((x, w[0]), {}), ((x, np.ones((2, 0))), {}), ((x, w), {"mode": "edge"}),
        ((x, w), {"mode": None}), ((x, w), {"mode": ["wrap", "wrap"]}), ((x, w), {"origin": 1.0}),
        ((x, w), {"origin": (0, 0, 0)}), ((x, w), {"origin": 2}), ((x, w), {"axes": (0, 0)}),
        ((x, w), {"axes": (0, 2)}), ((x, w), {"axes": 1.5}), ((x, w[0]), {"axes": -1}),
        ((x, w[0]), {"axes": 2}), ((x, [["a", "b"]]), {}), ((x.astype("e"), w), {}),
        ((x.astype("g"), w), {}), ((x.astype("O"), w), {}), ((x, w.astype("O")), {}),
        ((np.ones((0, 3)), w), {}), ((np.array(3.0), np.array(2.0)), {}), ((x, w), {"axes": ()}),
        (([[1, 2], [3]], w), {}),
    ):  # fmt: skip
        assert_agrees(*both(name), *args, **keywords)


# ------------------------------------------------------------------------------- along a line


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [1, 2, 3, 8, 19])
def test_lines(rng, name, mode, size):
    for dtypes in ("ff", "dd", "fd", "FF", "DD", "dD", "dq", "hd"):
        x, w = random_array(rng, (5, 7, 6), dtypes[0]), random_array(rng, size, dtypes[1])
        for axis in (-1, 1, 0):
            assert_agrees(*both(name), x, w, axis, mode=mode, cval=-2.5)
        for origin in range(-3, 4):
            assert_agrees(*both(name), x, w, mode=mode, origin=origin)


@pytest.mark.parametrize("name", LINES)
def test_lines_multiply_by_zero(rng, name):
    for value in (np.nan, np.inf):
        for x in (rng.standard_normal(30), random_array(rng, 30, "D")):
            x[10] = value
            with np.errstate(invalid="ignore"):
                assert_agrees(*both(name), x, [1.0, 0.0, 2.0, 1e-17, 0.0])


@pytest.mark.parametrize("name", LINES)
def test_errors_of_lines(name):
    x, w = np.ones((5, 6)), np.ones(3)
    for args, keywords in (
        ((x, [w]), {}), ((x, []), {}), ((x, 2.0), {}), ((x, w, 2), {}), ((x, w, 0.5), {}),
        ((x, w), {"mode": "edge"}), ((x, w), {"mode": ["wrap"]}), ((x, w), {"origin": 2}),
        ((x, w), {"origin": [0]}), ((x, w), {"origin": 0.0}), ((x.astype("e"), w), {}),
        ((x, w), {"cval": 1j}), ((x, w), {"cval": "a"}), ((np.array(1.0), w), {}),
    ):  # fmt: skip
        assert_agrees(*both(name), *args, **keywords)


# --------------------------------------------------------------------------------- output=, out=


@pytest.mark.parametrize("name", FUNCTIONS)
def test_output_as_dtype(rng, name):
    args, keywords = example(name, rng)
    for image in (args[0], args[0].astype("f"), (9 * args[0]).astype("h"), args[0] + 1j):
        for output in ("f", "d", "float32", np.float64, float, np.dtype(">f8"), "h", np.uint8, int,
                       "D", complex, "e", "bool", bool, "nonsense"):  # fmt: skip
            # casts of negative numbers to uint8 depend on the C compiler
            positive = np.abs(image) if output == np.uint8 else image
            assert_agrees(*both(name), positive, *args[1:], output=output, **keywords)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("keyword", ["output", "out"])
def test_output_as_array(rng, name, keyword):
    args, keywords = example(name, rng)
    ours, theirs = both(name)
    for out in (
        np.full((8, 9), 7.0), np.full((8, 9), 7.0, order="F"), np.full((16, 9), 7.0)[::2],
        np.full((8, 9), 7.0, ">f8"), np.full((8, 9), 7.0, "f"),
    ):  # fmt: skip
        expected = theirs(*args, output=np.zeros((8, 9), out.dtype), **keywords)
        assert ours(*args, **keywords, **{keyword: out}) is out
        assert_same(np.ascontiguousarray(out), expected)
    in_place = args[0].copy()
    assert ours(in_place, *args[1:], **keywords, **{keyword: in_place}) is in_place
    again = args[0].copy()
    theirs(again, *args[1:], output=again, **keywords)
    assert_same(in_place, again)


@pytest.mark.parametrize("name", KERNELS)
def test_output_like_scipys(rng, name):
    x, w = rng.standard_normal((8, 9)), rng.standard_normal((3, 3))
    read_only = np.zeros((8, 9))
    read_only.flags.writeable = False
    for image, weights in ((x, w), (x + 1j, w), (x, w * 1j), (x.astype("h"), w)):
        for output in (
            np.zeros((9, 8)), np.zeros((8, 9), "D"), np.zeros((8, 9)), np.zeros((8, 9), "h"),
            np.zeros((8, 9)).tolist(), [0.0], read_only, np.zeros((8, 9), "e"),
        ):  # fmt: skip
            assert_agrees(*both(name), image, weights, output=output)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_errors_of_out(rng, name):
    args, keywords = example(name, rng)
    function = getattr(ndimage, name)
    out = np.empty((8, 9))
    with pytest.raises(ValueError, match="out and output"):
        function(*args, output="d", out=out, **keywords)
    with pytest.raises(TypeError, match="out"):
        function(*args, out=out.tolist(), **keywords)
    with pytest.raises(ValueError, match="out"):
        function(*args, out=out[:-1], **keywords)
    out.flags.writeable = False
    with pytest.raises(ValueError, match="out"):
        function(*args, out=out, **keywords)


# ---------------------------------------------------------------------- algorithm, num_threads


@pytest.mark.parametrize("name", FUNCTIONS)
def test_algorithm(rng, name):
    args, keywords = example(name, rng)
    ours, theirs = both(name)
    expected = theirs(*args, **keywords)
    np.testing.assert_array_equal(ours(*args, algorithm="scipy", **keywords), expected)
    ranks = name.startswith(("max", "min", "grey", "morph", "white", "black", "binary"))
    if name.endswith(("median_filter", "percentile_filter", "rank_filter")):
        ranks, others = True, ("sorting",)
    else:
        others = ("doubling",) if ranks else ("implicit_gemm", "fft")
    for algorithm in ("naive",) if "structure" in keywords else ("naive", *others):
        assert_same(ours(*args, algorithm=algorithm, **keywords), expected)
        if algorithm not in ("naive", "doubling", "sorting"):
            with pytest.raises(fc.UnsupportedAlgorithm, match="scipy"):
                ours(args[0].astype("h"), *args[1:], algorithm=algorithm, **keywords)
    for image in (args[0], args[0].astype("h")):
        with pytest.raises(ValueError, match="algorithm.*allowed"):
            ours(image, *args[1:], algorithm="fastest", **keywords)
        with pytest.raises(ValueError, match="num_threads"):
            ours(image, *args[1:], num_threads=0, **keywords)
        with pytest.raises(TypeError, match="num_threads"):
            ours(image, *args[1:], num_threads=1.5, **keywords)


def test_num_threads_changes_no_bit(rng, always_parallel):
    x, w = rng.standard_normal((64, 65)).astype("f"), rng.standard_normal((5, 6))
    for name, weights in (("correlate", w), ("convolve1d", w[0])):
        results = [getattr(ndimage, name)(x, weights, num_threads=n) for n in (1, 2, 3)]
        assert all((r == results[0]).all() for r in results)


def test_warnings_are_scipys(rng):
    x = rng.standard_normal((5, 6))
    _, _, warned = outcome(ndimage.maximum_filter, x, 3, np.ones((3, 3)))
    assert [category for category, _ in warned] == [UserWarning]
    _, _, warned = outcome(ndimage.correlate, x + 1j, np.ones((3, 3)), output=float)
    assert [category for category, _ in warned] == [UserWarning]


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.complex128, np.uint8])
@pytest.mark.parametrize("name", ["convolve", "correlate", "convolve1d", "correlate1d"])
def test_weights_that_are_changed_in_place(name, dtype):
    image = (200 * np.random.default_rng(3).random((30, 40))).astype(dtype)
    first = np.random.default_rng(4).random((3, 3) if name[-1] == "e" else 9)
    if np.dtype(dtype).kind != "u":
        first = first.astype(dtype)
    weights = first.copy()
    getattr(ndimage, name)(image, weights)
    weights[...] = 0
    wanted = getattr(scipy.ndimage, name)(image, first)
    result = getattr(ndimage, name)(image, first)
    np.testing.assert_allclose(result, wanted, rtol=1e-5 if image.itemsize < 8 else 1e-12)
