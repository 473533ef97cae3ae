"""Compare convolution matrices with scipy.linalg and scipy.signal, and operators with loops."""

import itertools
import math
import pickle
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import linalg as dense
from scipy import signal
from scipy.sparse import csr_array
from scipy.sparse.linalg import LinearOperator, aslinearoperator, lsqr

import fastconv as fc
from fastconv.linalg import linear_operator, toeplitz


def random(*shape, dtype=np.float64, seed=0):
    values = np.random.default_rng(seed).standard_normal((2, *shape))
    return (values[0] + 1j * values[1] if np.dtype(dtype).kind == "c" else values[0]).astype(dtype)


# --- toeplitz ------------------------------------------------------------------------------------


@pytest.mark.parametrize("taps", [1, 2, 5, 9])
def test_one_axis_is_the_toeplitz_matrix_of_scipy(taps):
    kernel, n = np.arange(1, taps + 1), 6
    column = np.concatenate([kernel, np.zeros(n - 1, int)])
    expected = dense.toeplitz(column, np.r_[kernel[0], np.zeros(n - 1, int)])
    assert_array_equal(toeplitz(kernel, n).toarray(), expected)


def test_two_axes_are_doubly_block_toeplitz():
    matrix = toeplitz([[1, 2], [3, 4]], (3, 4)).toarray().reshape(4, 5, 3, 4)
    blocks = [matrix[i, :, j, :] for i, j in itertools.product(range(4), range(3))]
    for (i, j), block in zip(itertools.product(range(4), range(3)), blocks, strict=True):
        if i and j:
            assert_array_equal(block, matrix[i - 1, :, j - 1, :])
        assert_array_equal(block, dense.toeplitz(block[:, 0], block[0]))


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize(
    "taps, shape",
    [
        ((3,), (8,)),
        ((4,), (8,)),
        ((8,), (3,)),
        ((3, 4), (6, 7)),
        ((7, 8), (3, 4)),
        ((3, 3), (3, 5)),
        ((1, 2, 3), (4, 3, 5)),
        ((5, 4, 5), (4, 4, 5)),
        ((2, 1, 2, 2), (3, 2, 3, 4)),
    ],
)
def test_product_is_the_convolution_of_scipy(taps, shape, mode):
    kernel, x = random(*taps), random(*shape, seed=1)
    expected = signal.convolve(x, kernel, mode, method="direct")
    matrix = toeplitz(kernel, shape, mode)
    assert isinstance(matrix, csr_array)
    assert matrix.shape == (expected.size, x.size)
    assert matrix.has_canonical_format
    assert_allclose(matrix @ x.ravel(), expected.ravel(), atol=1e-13)


@pytest.mark.parametrize("mode", ["same", "full"])
def test_neither_larger_is_fine_except_for_valid(mode):
    kernel, x = random(5, 2), random(3, 4, seed=1)
    expected = signal.convolve(x, kernel, mode, method="direct")
    assert_allclose(toeplitz(kernel, x.shape, mode) @ x.ravel(), expected.ravel(), atol=1e-13)
    with pytest.raises(ValueError, match="valid"):
        toeplitz(kernel, x.shape, "valid")


sizes = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=3)


@given(sizes, st.sampled_from(["full", "same"]), st.integers(0, 1000))
def test_any_small_shape(pairs, mode, seed):
    taps, shape = zip(*pairs, strict=True)
    rng = np.random.default_rng(seed)
    kernel, x = rng.integers(-2, 3, taps), rng.integers(-9, 9, shape)
    matrix = toeplitz(kernel, shape, mode)
    expected = signal.convolve(x, kernel, mode, method="direct")
    assert_array_equal(matrix @ x.ravel(), expected.ravel())
    if mode == "full":
        assert matrix.nnz == np.count_nonzero(kernel) * x.size


def test_textbook_edge_detection_has_178640_entries():
    matrix = toeplitz([[1, -1]], (280, 320), mode="valid")
    assert matrix.nnz == 178_640
    assert matrix.indices.dtype == np.int32
    assert matrix.shape == (280 * 319, 280 * 320)
    image = random(280, 320)
    assert_allclose(matrix @ image.ravel(), (image[:, 1:] - image[:, :-1]).ravel())


def test_zeros_are_not_stored():
    assert toeplitz(np.zeros((3, 3)), (5, 5)).nnz == 0
    assert toeplitz([[0, 1, 0], [1, -4, 1], [0, 1, 0]], (5, 5), "valid").nnz == 9 * 5
    assert toeplitz([[0.0, math.nan]], (2, 2)).nnz == 4


@pytest.mark.parametrize(
    "given_dtype, stored",
    [
        ("i1", "i1"),
        ("u8", "u8"),
        ("i8", "i8"),
        ("f2", "f4"),
        ("f4", "f4"),
        (">f4", "f4"),
        ("f8", "f8"),
        ("c8", "c8"),
        ("c16", "c16"),
    ],
)
def test_dtype_follows_the_kernel(given_dtype, stored):
    matrix = toeplitz(np.array([1, 2], given_dtype), 4)
    assert matrix.dtype == np.dtype(stored) and matrix.dtype.isnative
    assert_array_equal(matrix.toarray()[:3, 1].real, [0, 1, 2])


@pytest.mark.parametrize(
    "kernel, shape, mode, error, words",
    [
        (np.ones(3, bool), 5, "full", TypeError, "bool"),
        (np.ones(3, np.longdouble), 5, "full", TypeError, "longdouble|float128"),
        (1.0, (), "full", ValueError, "kernel has shape"),
        (np.ones((3, 0)), (5, 5), "full", ValueError, "kernel has shape"),
        (np.ones((3, 3)), 5, "full", ValueError, "number of axes"),
        (np.ones(3), 0, "full", ValueError, "input_shape is 0"),
        (np.ones(3), 5.0, "full", TypeError, "input_shape is 5.0"),
        (np.ones(3), 5, "wrap", ValueError, "mode is 'wrap'"),
    ],
)
def test_toeplitz_names_bad_arguments(kernel, shape, mode, error, words):
    with pytest.raises(error, match=words):
        toeplitz(kernel, shape, mode)


# --- linear_operator -----------------------------------------------------------------------------


def boundary_index(i, n, mode):
    """Return the input index whose value position i of the padded input reads, or None."""
    if 0 <= i < n:
        return i
    if mode == "zeros":
        return None
    if mode == "replicate":
        return min(max(i, 0), n - 1)
    if mode == "circular":
        return i % n
    return -i if i < 0 else 2 * (n - 1) - i  # reflect


def layer_matrix(
    weight, input_size, stride=1, padding=0, dilation=1, groups=1, padding_mode="zeros"
):
    """Return the matrix of a layer, built from single multiplications."""
    n, _, *image = input_size
    k, channels, *taps = weight.shape
    out = [(i + 2 * padding - dilation * (t - 1) - 1) // stride + 1
           for i, t in zip(image, taps, strict=True)]  # fmt: skip
    matrix = np.zeros((n, k, *out, *input_size), weight.dtype)
    positions = itertools.product(range(n), range(k), np.ndindex(*out))
    for b, q, o in positions:
        for c, t in itertools.product(range(channels), np.ndindex(*taps)):
            source = [
                boundary_index(p * stride + s * dilation - padding, size, padding_mode)
                for p, s, size in zip(o, t, image, strict=True)
            ]
            if None not in source:
                channel = q // (k // groups) * channels + c
                matrix[(b, q, *o, b, channel, *source)] += weight[(q, c, *t)]
    return matrix.reshape(n * k * math.prod(out), -1)


CASES = [
    ((3, 2, 3), (2, 9), {}),
    ((4, 1, 3), (1, 2, 9), {"groups": 2, "padding": 2, "stride": 2}),
    ((3, 2, 3, 2), (1, 2, 6, 5), {"padding": 1}),
    ((3, 2, 3, 2), (2, 2, 6, 5), {"padding": 1, "stride": 2, "dilation": 2}),
    ((4, 2, 3, 3), (4, 6, 5), {"groups": 2, "padding": 1}),
    ((2, 1, 3, 3), (1, 1, 5, 6), {"padding": 1, "padding_mode": "circular"}),
    ((2, 1, 3, 3), (1, 1, 5, 6), {"padding": 2, "padding_mode": "reflect", "stride": 2}),
    ((2, 1, 3, 3), (1, 5, 6), {"padding": 1, "padding_mode": "replicate"}),
    ((2, 2, 2, 3, 2), (1, 2, 4, 4, 3), {"padding": 1}),
]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
@pytest.mark.parametrize("shape, input_size, options", CASES, ids=str)
def test_operator_is_the_matrix_of_the_layer(shape, input_size, options, dtype):
    weight = random(*shape, dtype=dtype)
    operator = linear_operator(weight, input_size, **options)
    batched = input_size if len(input_size) == len(shape) else (1, *input_size)
    matrix = layer_matrix(weight, batched, **options)
    assert isinstance(operator, LinearOperator)
    assert operator.shape == matrix.shape and operator.dtype == dtype
    tolerance = 200 * np.finfo(dtype).eps

    x = random(operator.shape[1], dtype=dtype, seed=1)
    y = random(operator.shape[0], dtype=dtype, seed=2)
    assert operator.matvec(x).dtype == dtype and operator.rmatvec(y).dtype == dtype
    assert_allclose(operator @ x, matrix @ x, atol=tolerance)
    assert_allclose(operator.rmatvec(y), matrix.conj().T @ y, atol=tolerance)
    assert_allclose(operator.H @ y, matrix.conj().T @ y, atol=tolerance)
    assert_allclose(np.vdot(y, operator @ x), np.vdot(operator.H @ y, x), atol=20 * tolerance)


@pytest.mark.parametrize("batch", [(), (1,), (2,)])
def test_matrices_are_taken_column_by_column(batch):
    operator = linear_operator(random(3, 2, 3, 3), (*batch, 2, 5, 6), padding=1)
    rows, columns = operator.shape
    x, y = random(columns, 4), random(rows, 3, seed=1)
    expected = np.stack([operator @ column for column in x.T], axis=1)
    assert_allclose(operator @ x, expected, atol=1e-13)
    expected = np.stack([operator.rmatvec(column) for column in y.T], axis=1)
    assert_allclose(operator.rmatmat(y), expected, atol=1e-13)
    assert (operator @ np.zeros((columns, 0))).shape == (rows, 0)
    for count in range(1, 12):  # more plans than the operator keeps
        assert (operator @ x[:, :1].repeat(count, axis=1)).shape == (rows, count)


def test_vectors_of_another_dtype():
    weight = random(2, 1, 3, dtype=np.float32)
    operator = linear_operator(weight, (1, 8))
    matrix = layer_matrix(weight, (1, 1, 8))
    for dtype, result in [("f8", "f8"), ("c8", "c8"), ("i8", "f8"), ("f2", "f4"), (">f8", "f8")]:
        x = (10 * random(8)).astype(dtype)
        found = operator @ x
        assert found.dtype == np.dtype(result)
        assert_allclose(found, matrix.astype("f8") @ x, rtol=1e-5, atol=1e-4)
    assert_allclose(operator.rmatvec(1j * np.ones(12)), matrix.T @ (1j * np.ones(12)), rtol=1e-5)


def test_integer_weights_are_taken_as_float64():
    operator = linear_operator(np.array([[[1, -1]]]), (1, 4))
    assert operator.dtype == np.float64
    assert_array_equal(operator @ np.array([1, 2, 4, 8]), [-1.0, -2, -4])


def test_operator_keeps_its_own_weight():
    weight = np.ones((1, 1, 2))
    operator = linear_operator(weight, (1, 4))
    weight[:] = 0
    assert_array_equal(operator @ np.ones(4), [2.0, 2, 2])
    assert_array_equal(operator.rmatvec(np.ones(3)), [1.0, 2, 2, 1])


def test_operator_equals_the_toeplitz_matrix_of_the_turned_kernel():
    kernel = random(3, 4)
    operator = linear_operator(kernel[None, None, ::-1, ::-1], (1, 8, 9), padding="full")
    x = random(72, seed=1)
    assert_allclose(operator @ x, toeplitz(kernel, (8, 9)) @ x, atol=1e-13)


def test_lsqr_recovers_a_blurred_image():
    image = random(1, 1, 6, 7)
    operator = linear_operator(random(2, 1, 3, 3, seed=1), image.shape, padding="same")
    found = lsqr(operator, operator @ image.ravel(), atol=1e-14, btol=1e-14, iter_lim=2000)[0]
    assert_allclose(found, image.ravel(), atol=1e-6)


def test_operators_combine():
    first = linear_operator(random(3, 1, 3), (1, 9), padding=1)
    second = linear_operator(random(2, 3, 3, seed=1), (3, 9), padding=1)
    x = random(9)
    assert_allclose((second @ first) @ x, second @ (first @ x))
    assert aslinearoperator(first) is first


def test_operator_pickles():
    operator = linear_operator(random(2, 1, 3), (1, 9))
    x = random(9)
    assert_array_equal(pickle.loads(pickle.dumps(operator)) @ x, operator @ x)


def test_operator_serves_several_threads():
    operator = linear_operator(random(2, 1, 3), (1, 9))
    x = random(9, 12)
    expected = [operator @ x[:, :count] for count in range(1, 13)]
    found = [None] * 12

    def work(index):
        found[index] = operator @ x[:, : index + 1]

    threads = [threading.Thread(target=work, args=(index,)) for index in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for a, b in zip(found, expected, strict=True):
        assert_allclose(a, b, atol=1e-13)


def test_options_of_the_choice_are_passed_on():
    weight = random(2, 1, 3, 3)
    operator = linear_operator(weight, (1, 8, 8), algorithm="naive", num_threads=1)
    x = random(1, 8, 8, seed=1)
    assert_allclose(operator @ x.ravel(), fc.conv2d(x, weight, algorithm="naive").ravel())
    assert operator.rmatvec(operator @ x.ravel()).shape == (64,)
    with pytest.raises(ValueError, match="algorithm"):
        linear_operator(weight, (1, 8, 8), algorithm="no such algorithm")
    with pytest.raises(ValueError, match="num_threads"):
        linear_operator(weight, (1, 8, 8), num_threads=0) @ x.ravel()


@pytest.mark.parametrize(
    "weight, size, options, error, words",
    [
        (np.ones((1, 1, 3)), (1, 5), {"bias": np.ones(1)}, TypeError, "bias"),
        (np.ones((1, 1, 3)), (1, 5), {"activation": "relu"}, TypeError, "activation"),
        (np.ones((1, 1, 3)), (1, 5), {"out": None}, TypeError, "out"),
        (np.ones((1, 3)), (1, 5), {}, ValueError, "weight has shape"),
        (np.ones((1, 1, 3)), (5,), {}, ValueError, "input_size is"),
        (np.ones((1, 1, 3)), (1, 1, 5, 5), {}, ValueError, "input_size is"),
        (np.ones((1, 1, 3)), (1, -5), {}, ValueError, "input_size is"),
        (np.ones((1, 1, 3)), (1, 5.0), {}, TypeError, "input_size is"),
        (np.ones((1, 2, 3)), (3, 5), {}, ValueError, "weight|input"),
        (np.ones((1, 1, 3), bool), (1, 5), {}, TypeError, "bool"),
    ],
)
def test_linear_operator_names_bad_arguments(weight, size, options, error, words):
    with pytest.raises(error, match=words):
        linear_operator(weight, size, **options)
