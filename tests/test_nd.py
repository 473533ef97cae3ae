"""Test fastconv.convolve and correlate: SciPy's results by default, and the other keywords."""

import inspect
import warnings

import numpy as np
import pytest
from faces import assert_agrees, assert_same, random_array
from oracle import assert_matches
from scipy import ndimage, signal

import fastconv as fc
from fastconv.algorithms.registry import lookup

NAMES = ("convolve", "correlate")
SHAPES = [
    ((30,), (7,)),
    ((17,), (4,)),
    ((5,), (12,)),
    ((9, 11), (3, 4)),
    ((3, 4), (9, 11)),
    ((4, 12), (9, 3)),
    ((1, 12), (9, 3)),
    ((5, 6, 7), (2, 3, 3)),
    ((3, 4, 3, 5), (2, 2, 1, 3)),
    ((700,), (300,)),
]
PAD = {"wrap": "wrap", "symm": "symmetric", "mirror": "reflect", "nearest": "edge"}


@pytest.fixture
def rng():
    return np.random.default_rng(20)


def both(name):
    return getattr(fc, name), getattr(signal, name)


@pytest.mark.parametrize("name", NAMES)
def test_signature(name):
    expected = (
        "(in1, in2, mode='full', method='auto', *, axes=None, boundary='fill', fillvalue=0, "
        "stride=1, dilation=1, mask=None, nan_policy='propagate', normalize=False, "
        "output_dtype=None, rounding='truncate', saturate=False, algorithm='auto', "
        "out=None, num_threads=None)"
    )
    assert str(inspect.signature(getattr(fc, name))) == expected


# ---------------------------------------------------------------------------- SciPy's problem


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("shapes", SHAPES, ids=str)
def test_scipys_results(rng, name, mode, shapes):
    for dtypes in ("ff", "dd", "FF", "DD", "fD", "Bf", "bb", "Bi", "qq"):
        a, b = (random_array(rng, s, d) for s, d in zip(shapes, dtypes, strict=True))
        # SciPy transforms a float32 array in float32, whatever the other array is
        for method in ("direct",) if dtypes == "fD" else ("auto", "direct", "fft"):
            assert_agrees(*both(name), a, b, mode, method)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("method", ["auto", "direct", "fft"])
@pytest.mark.parametrize("dtypes", ["ee", "ei", "eB", "ef", "eD"])
def test_float16(rng, name, method, dtypes):
    a, b = random_array(rng, 40, dtypes[0]), random_array(rng, 9, dtypes[1])
    result = getattr(fc, name)(a, b, method=method)
    assert result.dtype == np.result_type(a, b)
    wide = "D" if result.dtype.kind == "c" else "d"
    assert_matches(result, getattr(signal, name)(a.astype(wide), b.astype(wide)))
    # SciPy's direct method has no float16 in more than one dimension
    a, b = random_array(rng, (8, 9), "e"), random_array(rng, (3, 2), "e")
    expected = getattr(signal, name)(a.astype("d"), b.astype("d"))
    assert_matches(getattr(fc, name)(a, b, method=method), expected, dtype="e")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtypes", ["??", "?q", "gg", "gf", "GD", "OO", "Od", "SS", "dU"])
def test_dtypes_that_scipy_answers(rng, name, dtypes):
    a, b = ([1, 0, 1, 1], [0, 1, 1])
    a, b = np.array(a).astype(dtypes[0]), np.array(b).astype(dtypes[1])
    for mode in ("full", "same", "valid"):
        assert_agrees(*both(name), a, b, mode)
    assert_agrees(*both(name), a, b, method="direct")
    with pytest.raises(TypeError, match="in[12] has dtype"):
        getattr(fc, name)(a, b, stride=2)


@pytest.mark.parametrize("name", NAMES)
def test_zero_dimensions_give_scalars(name):
    for a, b in ((2, 3), (2.5, np.float32(2)), (2j, 3j), (np.uint8(200), np.uint8(2)), (True, 2)):
        for method in ("auto", "direct", "fft"):
            assert_agrees(*both(name), a, b, method=method)
    out = np.empty((), np.int64)
    assert getattr(fc, name)(2, 3, out=out) is out
    assert out == 6


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shapes", [((0,), (0,)), ((3,), (0,)), ((0, 3), (2, 2)), ((3, 3), (0, 2))])
def test_empty_arrays_are_scipys(name, shapes):
    a, b = map(np.ones, shapes)
    for mode in ("full", "same", "valid"):
        assert_agrees(*both(name), a, b, mode)
    with pytest.raises(ValueError, match="empty"):
        getattr(fc, name)(a, b, dilation=2)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dims", [20, 30, 31, 33, 40])
def test_many_dimensions(rng, name, dims):
    ones = (1,) * (dims - 2)
    a, b = rng.standard_normal((*ones, 4, 3)), rng.standard_normal((*ones, 2, 2))
    for function, arrays in ((name, (a, b)), ("fftconvolve", (a, b)), ("oaconvolve", (a, b))):
        assert_agrees(getattr(fc.signal, function), getattr(signal, function), *arrays)
    assert_agrees(getattr(fc.ndimage, name), getattr(ndimage, name), a, b)
    if dims > 30:
        with pytest.raises(ValueError, match="dimensions"):
            getattr(fc, name)(a, b, stride=2)


@pytest.mark.parametrize("name", NAMES)
def test_errors_are_scipys(name):
    ours, theirs = both(name)
    a = np.arange(4.0)
    for args in (
        (a, a, "sam"), (a, a, 2), (a, a, None), (a, a, "full", "foo"),
        (a, a, "full", None), (a, 2.0), (a[None], a), (np.ones((3, 4)), np.ones((4, 3)), "valid"),
        (np.ones((3, 4)), np.ones((4, 3)), "valid", "fft"), ([[1, 2], [3]], [1]),
    ):  # fmt: skip
        assert_agrees(ours, theirs, *args)


@pytest.mark.parametrize("name", NAMES)
def test_integers_wrap_and_round(rng, name):
    a, b = np.full(100, 100, "i1"), np.full(100, 100, "i1")
    for dtype in ("i1", "u1"):
        exact = getattr(fc, name)(a.astype(dtype), b.astype(dtype))
        assert exact.dtype == dtype
        for method in ("direct", "fft"):
            result = getattr(fc, name)(a.astype(dtype), b.astype(dtype), method=method)
            np.testing.assert_array_equal(result, exact)
    large = rng.integers(-(2**62), 2**62, 60)
    result = getattr(fc, name)(large, large)  # only SciPy's method "direct" would be exact
    np.testing.assert_array_equal(result, getattr(signal, name)(large, large, method="direct"))


# --------------------------------------------------------------------------- method, algorithm


@pytest.mark.parametrize("name", NAMES)
def test_nan_spreads_by_fft_alone(rng, name):
    a, b = rng.standard_normal((40, 50)), rng.standard_normal((9, 8))
    a[20, 30] = np.nan
    for method in ("auto", "direct"):
        result = getattr(fc, name)(a, b, method=method)
        assert_same(result, getattr(signal, name)(a, b, method="direct"))
        assert np.isnan(result).sum() == 72
    assert_agrees(*both(name), a, b, method="fft")
    assert_agrees(*both(name), a, b[:1], method="fft")  # axis 0 is not transformed
    assert_agrees(*both(name), a, b[:1, :1], method="fft")
    a[20, 30] = np.inf
    assert_agrees(*both(name), a[20], b[0], method="fft")


@pytest.mark.parametrize("face", [fc, fc.signal], ids=["fc", "signal"])
@pytest.mark.parametrize("name", NAMES)
def test_warning_points_at_the_caller(face, name):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        getattr(face, name)([np.nan, 1.0, 2.0], [1.0, 1.0], method="fft")
    assert [w.filename for w in caught] == [__file__]


def test_direct_is_never_an_fft(rng, monkeypatch):
    a, b = rng.standard_normal(2**12), rng.standard_normal(2**11)
    plan = fc.plan("convolve", in1=a, in2=b)
    assert plan.algorithm == "fft_tiled"

    def refuse(self, problem):
        raise AssertionError("the FFT was chosen")

    for name in ("fft", "fft_tiled"):
        monkeypatch.setattr(type(lookup(name, plan.problem)), "bind", refuse)
    fc.release_memory()
    assert_matches(fc.convolve(a, b, method="direct"), signal.convolve(a, b, method="direct"))
    with pytest.raises(AssertionError):
        fc.convolve(a, b, method="fft")


@pytest.mark.parametrize("name", NAMES)
def test_algorithm(rng, name):
    ours, theirs = both(name)
    a, b = rng.standard_normal((12, 9)), rng.standard_normal((3, 4))
    for algorithm in ("naive", "implicit_gemm", "fft", "scipy"):
        assert_same(ours(a, b, algorithm=algorithm), theirs(a, b))
    with pytest.raises(ValueError, match="method.*algorithm"):
        ours(a, b, method="direct", algorithm="naive")
    with pytest.raises(ValueError, match="algorithm.*allowed"):
        ours(a, b, algorithm="fastest")
    with pytest.raises(ValueError, match="algorithm.*allowed"):
        ours(a > 0, b > 0, algorithm="fastest")
    with pytest.raises(fc.UnsupportedAlgorithm, match="scipy"):
        ours(a > 0, b > 0, algorithm="naive")
    for keyword in ({"axes": 0}, {"boundary": "wrap"}, {"stride": 2}, {"dilation": (1, 2)}):
        with pytest.raises(fc.UnsupportedAlgorithm, match=next(iter(keyword))):
            ours(a, b, algorithm="scipy", **keyword)
    for arrays in ((a, b), (a > 0, b > 0)):
        for method in ("auto", "fft"):
            with pytest.raises(ValueError, match="num_threads"):
                ours(*arrays, method=method, num_threads=0)


# ------------------------------------------------------------------------------- our keywords


def explicit(a, b, mode, boundary="fill", fillvalue=0, stride=1, dilation=1):
    """Compute the definition in float64, by padding, spreading taps and slicing."""
    dims = range(a.ndim)
    stride, dilation = (np.broadcast_to(v, a.ndim) for v in (stride, dilation))
    spread = np.zeros([(n - 1) * d + 1 for n, d in zip(b.shape, dilation, strict=True)], b.dtype)
    spread[tuple(slice(None, None, d) for d in dilation)] = b
    around = [(n - 1, n - 1) for n in spread.shape]
    fill = {"constant_values": fillvalue} if boundary == "fill" else {}
    wide = np.pad(a, around, PAD.get(boundary, "constant"), **fill)
    full = signal.convolve(wide, spread, "valid", "direct")
    keep = []
    for axis in dims:
        n, m = a.shape[axis], spread.shape[axis]
        count = {"full": n + m - 1, "same": n, "valid": abs(n - m) + 1}[mode]
        start = (n + m - 1 - count) // 2
        keep.append(slice(start, start + count, stride[axis]))
    return np.ascontiguousarray(full[tuple(keep)])


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("boundary", ["fill", "wrap", "symm", "mirror", "nearest"])
@pytest.mark.parametrize("shapes", [((13,), (4,)), ((9, 8), (3, 4)), ((3, 2), (5, 7))], ids=str)
def test_boundaries_strides_and_dilation(rng, mode, boundary, shapes):
    a, b = (rng.standard_normal(s) for s in shapes)
    for options in ({}, {"stride": 2}, {"dilation": 2}, {"stride": 3, "dilation": 2}):
        keywords = {"boundary": boundary, "fillvalue": 1.5, **options}
        expected = explicit(a, b, mode, **keywords)
        assert_matches(fc.convolve(a, b, mode, **keywords), expected)
        assert_matches(fc.correlate(a, np.flip(b), mode, **keywords), expected)
        for method in ("direct", "fft"):
            assert_matches(fc.convolve(a, b, mode, method, **keywords), expected)


@pytest.mark.parametrize("method", ["auto", "direct", "fft"])
def test_keywords_of_integers(rng, method):
    a, b = random_array(rng, (12, 9), "i2"), random_array(rng, (3, 4), "i2")
    keywords = {"boundary": "symm", "stride": (2, 1), "dilation": (1, 2)}
    expected = explicit(a.astype("q"), b.astype("q"), "same", **keywords)
    result = fc.convolve(a, b, "same", method, **keywords)
    np.testing.assert_array_equal(result, expected.astype("i2"))
    assert result.dtype == "i2"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("axes", [0, -1, (1,), [2, 0], (0, 1, 2)])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_axes(rng, name, axes, mode):
    filtered = {a % 3 for a in (axes if np.iterable(axes) else [axes])}
    a = random_array(rng, (6, 5, 7), "D")
    b = random_array(rng, [3 if i in filtered else a.shape[i] for i in range(3)], "D")
    turned = np.flip(b.conj(), tuple(filtered)) if name == "correlate" else b
    expected = signal.fftconvolve(a, turned, mode, axes=axes)
    assert_matches(getattr(fc, name)(a, b, mode, axes=axes), expected)
    one = b.take([0], axis=min({0, 1, 2} - filtered)) if len(filtered) < 3 else b
    turned = np.flip(one.conj(), tuple(filtered)) if name == "correlate" else one
    expected = signal.fftconvolve(a, turned, mode, axes=axes)
    assert_matches(getattr(fc, name)(a, one, mode, axes=axes), expected)


def test_strides_belong_to_the_axes_as_named(rng):
    a, b = rng.standard_normal((9, 8)), rng.standard_normal((3, 2))
    expected = fc.convolve(a, b)[::3, ::2]
    assert_matches(fc.convolve(a, b, axes=(1, 0), stride=(2, 3)), expected.copy())


@pytest.mark.parametrize(
    ("keyword", "error"),
    [({"axes": 2}, ValueError), ({"axes": (0, 0)}, ValueError), ({"axes": ()}, ValueError),
     ({"axes": 0.5}, TypeError), ({"stride": 0}, ValueError), ({"stride": 1.5}, TypeError),
     ({"stride": (1, 2, 3)}, ValueError), ({"dilation": -1}, ValueError),
     ({"boundary": "reflect"}, ValueError), ({"boundary": 1}, TypeError),
     ({"fillvalue": "a"}, TypeError), ({"num_threads": 0}, ValueError)],
)  # fmt: skip
def test_errors_name_the_argument(keyword, error):
    with pytest.raises(error, match=next(iter(keyword))):
        fc.convolve(np.ones((5, 6)), np.ones((2, 3)), **keyword)


# ------------------------------------------------------------------------------------------ out


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ["e", "f", "D", "B", "q", "?", "g"])
@pytest.mark.parametrize("method", ["auto", "direct", "fft"])
def test_out(rng, name, dtype, method):
    if dtype == "?" and method == "fft":
        return  # SciPy's rounding error becomes True
    a, b = random_array(rng, 30, dtype), random_array(rng, 4, dtype)
    function = getattr(fc, name)
    expected = function(a, b, method=method)
    out = np.empty_like(expected)
    assert function(a, b, method=method, out=out) is out
    np.testing.assert_array_equal(out, expected)
    wrong = np.empty(33, "d" if dtype != "d" else "f")
    for bad, error in ((out[:-1], ValueError), (wrong, ValueError), ([0] * 33, TypeError),
                       (np.empty(66, out.dtype)[::2], ValueError)):  # fmt: skip
        with pytest.raises(error, match="out"):
            function(a, b, method=method, out=bad)
    same = function(a, b, "same", method)
    if same.dtype == a.dtype:
        with pytest.raises(ValueError, match="out overlaps in1"):
            function(a, b, "same", method, out=a)


def test_num_threads_changes_no_bit(rng, always_parallel):
    a, b = rng.standard_normal((64, 65)), rng.standard_normal((7, 6))
    for method in ("auto", "direct", "fft"):
        results = [fc.convolve(a, b, method=method, num_threads=n) for n in (1, 2, 3)]
        assert all((r == results[0]).all() for r in results)
