"""Test arrays with any strides, byte order, alignment and container, and `out`."""

from operator import attrgetter

import numpy as np
import pytest
from cases import BY_ID, CASES, build, oracle_function
from numpy.testing import assert_array_equal

import fastconv as fc

# one ordinary problem for every public operation
FIRST = {}
for _case in CASES:
    if "unbatched" not in _case.id and "batch0" not in _case.id:
        FIRST.setdefault(_case.op, _case)
OPERATIONS = sorted(FIRST)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


class Labelled(np.ndarray):
    """An ndarray subclass."""


def reversed_memory(a):
    return np.ascontiguousarray(a[(slice(None, None, -1),) * a.ndim])[
        (slice(None, None, -1),) * a.ndim
    ]


def every_second(a):
    wide = np.full([2 * n for n in a.shape], 77, a.dtype)
    wide[(slice(None, None, 2),) * a.ndim] = a
    return wide[(slice(None, None, 2),) * a.ndim]


def inside(a):
    wide = np.full([n + 3 for n in a.shape], 77, a.dtype)
    wide[(slice(1, -2),) * a.ndim] = a
    return wide[(slice(1, -2),) * a.ndim]


def read_only(a):
    a = a.copy()
    a.flags.writeable = False
    return a


def unaligned(a):
    memory = np.zeros(a.nbytes + 1, np.uint8)
    moved = memory[1:].view(a.dtype).reshape(a.shape)
    moved[...] = a
    assert not moved.flags.aligned
    return moved


FORMS = {
    "reversed": reversed_memory,
    "every-second": every_second,
    "inside": inside,
    "fortran": np.asfortranarray,
    "swapped-axes": lambda a: np.ascontiguousarray(a.swapaxes(0, -1)).swapaxes(0, -1),
    "read-only": read_only,
    "unaligned": unaligned,
    "other-byte-order": lambda a: a.astype(a.dtype.newbyteorder()),
    "subclass": lambda a: a.copy().view(Labelled),
    "list": lambda a: a.tolist(),
}


def call(op, args, kwargs):
    return attrgetter(op)(fc)(*args, **kwargs)


def reshape_arrays(form, args, kwargs):
    """Return the call with every array in another form."""

    def changed(value):
        return form(value) if isinstance(value, np.ndarray) else value

    return [changed(a) for a in args], {k: changed(v) for k, v in kwargs.items()}


def assert_plain(result):
    for array in result if isinstance(result, tuple) else (result,):
        assert type(array) is np.ndarray
        assert array.flags.c_contiguous and array.flags.writeable and array.flags.aligned
        assert array.dtype.isnative


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("op", OPERATIONS)
def test_forms_of_memory(rng, op, form):
    args, kwargs = build(FIRST[op], "f8", rng)
    expected = call(op, args, kwargs)
    args, kwargs = reshape_arrays(FORMS[form], args, kwargs)
    before = [np.array(a) for a in (*args, *kwargs.values())]
    result = call(op, args, kwargs)
    assert_plain(result)
    assert_array_equal(result, expected)
    for array, copy in zip((*args, *kwargs.values()), before, strict=True):
        assert_array_equal(array, copy)


@pytest.mark.parametrize("form", ["reversed", "fortran", "other-byte-order", "unaligned"])
@pytest.mark.parametrize("dtype", ["f2", "f4", "F", "i2", "u1"])
@pytest.mark.parametrize("id", ["conv-2d-stride2", "transposed-2d", "max_pool2d-overlap",
                                "avg_pool2d-2d", "fold-2d", "convolve-2d"])  # fmt: skip
def test_forms_of_other_dtypes(rng, id, dtype, form):
    case = BY_ID[id]
    if dtype == "F" and "max_pool" in case.op or dtype == "u1" and form == "unaligned":
        form, dtype = "reversed", "f4"
    args, kwargs = build(case, dtype, rng)
    expected = call(case.op, args, kwargs)
    result = call(case.op, *reshape_arrays(FORMS[form], args, kwargs))
    assert_plain(result)
    assert result.dtype == expected.dtype
    assert_array_equal(result, expected)


def test_broadcast_arrays_have_stride_zero(rng):
    x = np.broadcast_to(rng.standard_normal((1, 1, 1, 7)), (2, 3, 6, 7))
    w = np.broadcast_to(rng.standard_normal((4, 1, 1, 1)), (4, 3, 3, 3))
    b = np.broadcast_to(np.float64(0.5), 4)
    expected = fc.conv2d(x.copy(), w.copy(), b.copy(), padding=1)
    assert_array_equal(fc.conv2d(x, w, b, padding=1), expected)
    assert_array_equal(fc.max_pool2d(x, 2), fc.max_pool2d(x.copy(), 2))
    g = np.broadcast_to(np.float64(1), expected.shape)
    for_weight = fc.grad.conv2d_weight(x, w.shape, g, padding=1)
    assert_array_equal(for_weight, fc.grad.conv2d_weight(x.copy(), w.shape, g.copy(), padding=1))


def test_windows_that_overlap_in_memory(rng):
    signal = rng.standard_normal(40)
    frames = np.lib.stride_tricks.sliding_window_view(signal, 16)[:, None]
    w = rng.standard_normal((2, 1, 5))
    assert_array_equal(fc.conv1d(frames, w), fc.conv1d(frames.copy(), w))


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_a_matrix_becomes_plain(rng):
    image = np.matrix(rng.standard_normal((6, 7)))
    kernel = rng.standard_normal((2, 3))
    result = fc.convolve(image, kernel)
    assert type(result) is np.ndarray
    assert_array_equal(result, fc.convolve(np.asarray(image), kernel))


def test_memmap(rng, tmp_path):
    x = rng.standard_normal((1, 3, 8, 9)).astype("f4")
    np.save(tmp_path / "x.npy", x)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    w = rng.standard_normal((4, 3, 3, 3)).astype("f4")
    result = fc.conv2d(mapped, w)
    assert type(result) is np.ndarray
    assert_array_equal(result, fc.conv2d(x, w))


def test_python_scalars_of_numpy_are_fine_as_options(rng):
    x, w = rng.standard_normal((1, 4, 9, 9)), rng.standard_normal((4, 2, 3, 3))
    expected = fc.conv2d(x, w, None, 2, 1, 1, 2)
    two, one = np.int64(2), np.int8(1)
    assert_array_equal(fc.conv2d(x, w, None, two, one, one, two), expected)
    assert_array_equal(fc.conv2d(x, w, None, [2, 2], [1, 1], [1, 1], 2), expected)
    assert_array_equal(fc.conv2d(x, w, None, (two, 2), [[1, 1], (1, one)], 1, 2), expected)
    assert_array_equal(fc.conv2d(x, w, None, np.array([2, 2]), 1, 1, 2), expected)


@pytest.mark.parametrize("op", [op for op in OPERATIONS if op not in ("convolve", "correlate")])
def test_batch_of_zero(rng, op):
    args, kwargs = build(FIRST[op], "f8", rng)
    whole = call(op, args, kwargs)
    parameters = oracle_function(op)[1]
    required = [n for n, p in parameters.items() if p.default is p.empty]
    named = dict(zip(required, args, strict=True)) | kwargs
    for name in ("input", "grad_output", "add", "indices"):
        if name in named:
            named[name] = named[name][:0]
    if "input_size" in named:
        named["input_size"] = (0, *named["input_size"][1:])
    result = call(op, (), named)
    if op.endswith(("_weight", "_bias")):
        assert_array_equal(result, np.zeros_like(whole))
    else:
        assert result.shape == (0, *whole.shape[1:])
    assert result.dtype == whole.dtype


@pytest.mark.parametrize("dtype", ["f4", "f8", "i8"])
@pytest.mark.parametrize("op", OPERATIONS)
def test_out_is_returned_and_filled(rng, op, dtype):
    args, kwargs = build(FIRST[op], dtype, rng)
    expected = call(op, args, kwargs)
    out = np.full_like(expected, 99)
    result = call(op, args, {**kwargs, "out": out})
    assert result is out
    assert_array_equal(out, expected)


def test_out_with_indices(rng):
    x = rng.standard_normal((2, 3, 6, 8))
    for name, options in (("max_pool2d", (2,)), ("adaptive_max_pool2d", (3,))):
        function = getattr(fc, name)
        expected, where = function(x, *options, return_indices=True)
        out = np.empty_like(expected)
        result, indices = function(x, *options, return_indices=True, out=out)
        assert result is out
        assert_array_equal(out, expected)
        assert_array_equal(indices, where)
        assert indices.dtype == np.int64 and indices is not where


def test_out_may_be_part_of_a_larger_array_or_a_subclass(rng):
    x, w = rng.standard_normal((1, 3, 8, 9)), rng.standard_normal((4, 3, 3, 3))
    expected = fc.conv2d(x, w)
    stack = np.full((3, *expected.shape), 7.0)
    assert_array_equal(fc.conv2d(x, w, out=stack[1]), expected)
    assert np.all(stack[[0, 2]] == 7)
    labelled = np.empty_like(expected).view(Labelled)
    assert fc.conv2d(x, w, out=labelled) is labelled


def test_results_do_not_share_memory_with_arguments(rng):
    x = rng.standard_normal((1, 3, 5, 5))
    one = np.eye(3)[:, :, None, None]
    for result in (
        fc.conv2d(x, one),
        fc.max_pool2d(x, 1),
        fc.avg_pool2d(x, 1),
        fc.maxout(x, 3),
        fc.unfold(x, 1).reshape(x.shape),
        fc.adaptive_max_pool2d(x, 5),
    ):
        assert not np.shares_memory(result, x)
        assert_array_equal(result, x)
