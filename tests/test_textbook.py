"""Test the examples of the textbook chapters, and every idea in their table."""

import numpy as np
import oracle
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from oracle import assert_matches
from scipy import signal

import fastconv as fc

IMAGE = np.arange(9.0).reshape(3, 3)
KERNEL = np.arange(4.0).reshape(2, 2)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def conv(image, kernel, **options):
    """Return conv2d of one channel with one kernel."""
    return fc.conv2d(image[None], kernel[None, None], **options)[0]


# The worked examples


def test_example_1_valid():
    assert_array_equal(conv(IMAGE, KERNEL), [[19, 25], [37, 43]])
    assert_array_equal(fc.correlate(IMAGE, KERNEL, "valid"), [[19, 25], [37, 43]])


def test_example_2_padded():
    expected = [[0, 3, 8, 4], [9, 19, 25, 10], [21, 37, 43, 16], [6, 7, 8, 0]]
    assert_array_equal(conv(IMAGE, KERNEL, padding=1), expected)
    assert_array_equal(fc.correlate(IMAGE, KERNEL, "full"), expected)


def test_example_3_strided():
    assert_array_equal(conv(IMAGE, KERNEL, padding=1, stride=(3, 2)), [[0, 8], [6, 8]])


def test_example_4_two_channels():
    channels, kernels = np.stack([IMAGE, IMAGE + 1]), np.stack([KERNEL, KERNEL + 1])
    assert_array_equal(fc.conv2d(channels, kernels[None])[0], [[56, 72], [104, 120]])


def test_example_5_pooling():
    assert_array_equal(fc.max_pool2d(IMAGE[None], 2, 1)[0], [[4, 5], [7, 8]])
    assert_array_equal(fc.avg_pool2d(IMAGE[None], 2, 1)[0], [[2, 3], [5, 6]])


def test_example_6_edges_as_convolution_and_as_matrix(rng):
    image = rng.standard_normal((280, 320))
    kernel = np.array([[1.0, -1.0]])
    expected = image[:, 1:] - image[:, :-1]
    edges = fc.convolve(image, kernel, "valid")
    assert edges.size * 3 == 267_960
    assert_allclose(edges, expected, atol=1e-14)
    matrix = fc.linalg.toeplitz(kernel, image.shape, "valid")
    assert matrix.shape == (280 * 319, 280 * 320)
    assert matrix.shape[0] * matrix.shape[1] > 8e9
    assert matrix.nnz == 178_640
    assert_allclose((matrix @ image.ravel()).reshape(280, 319), expected, atol=1e-14)


@pytest.mark.parametrize(
    "kernel",
    [
        np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
        np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16,
    ],
)
def test_example_7_filters(rng, kernel):
    image = rng.standard_normal((20, 21))
    expected = signal.correlate2d(image, kernel, "same")
    assert_matches(conv(image, kernel.astype(float), padding=1), expected)


def test_example_7_kernels_by_name():
    assert_array_equal(fc.kernels.sharpen(), [[0, -1, 0], [-1, 5, -1], [0, -1, 0]])
    edges = -fc.kernels.laplacian(diagonal=True)
    assert_array_equal(edges, [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
    blur = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16
    (term,) = fc.kernels.separate(blur)
    assert_allclose(np.multiply.outer(*term), blur, atol=1e-15)
    assert len(fc.kernels.separate(fc.kernels.sharpen())) == 2


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_example_8_lenet(rng, dtype):
    def scaled(*shape):
        values = rng.standard_normal(shape) / np.sqrt(np.prod(shape[1:]))
        return values.astype(dtype)

    images = rng.standard_normal((2, 1, 28, 28)).astype(dtype)
    weights = scaled(6, 1, 5, 5), scaled(16, 6, 5, 5)
    dense = scaled(120, 16, 5, 5), scaled(84, 120, 1, 1), scaled(10, 84, 1, 1)
    biases = [scaled(n) for n in (6, 16, 120, 84, 10)]

    def lenet(lib):
        x = lib.conv2d(images, weights[0], biases[0], padding=2, activation="sigmoid")
        x = lib.avg_pool2d(x, 2, 2)
        x = lib.conv2d(x, weights[1], biases[1], activation="sigmoid")
        x = lib.avg_pool2d(x, 2, 2)
        assert x.shape == (2, 16, 5, 5)
        for w, b in zip(dense[:2], biases[2:4], strict=True):
            x = lib.conv2d(x, w, b, activation="sigmoid")
        return lib.conv2d(x, dense[2], biases[4])

    result = lenet(fc)
    assert result.shape == (2, 10, 1, 1)
    assert_matches(result, lenet(oracle), dtype=dtype)


# The table, line by line


def test_convolution_by_its_formula_and_commutative(rng):
    image, kernel = rng.integers(-9, 9, (5, 6)), rng.integers(-9, 9, (3, 2))
    expected = np.zeros((7, 7), int)
    for i, j in np.ndindex(7, 7):
        for m, n in np.ndindex(3, 2):
            if 0 <= i - m < 5 and 0 <= j - n < 6:
                expected[i, j] += image[i - m, j - n] * kernel[m, n]
    assert_array_equal(fc.convolve(image, kernel), expected)
    assert_array_equal(fc.convolve(kernel, image), expected)


def test_cross_correlation_by_its_formula(rng):
    image, kernel = rng.integers(-9, 9, (5, 6)), rng.integers(-9, 9, (3, 2))
    expected = [[(image[i : i + 3, j : j + 2] * kernel).sum() for j in range(5)] for i in range(3)]
    assert_array_equal(fc.correlate(image, kernel, "valid"), expected)
    assert_array_equal(conv(image, kernel), expected)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize(("shape", "kernel"), [((9,), (4,)), ((5, 6), (3, 2))])
def test_as_a_matrix(rng, mode, shape, kernel):
    x, k = rng.standard_normal(shape), rng.standard_normal(kernel)
    k[(0,) * k.ndim] = 0
    matrix = fc.linalg.toeplitz(k, shape, mode)
    expected = signal.convolve(x, k, mode, method="direct")
    assert_allclose(matrix @ x.ravel(), expected.ravel(), atol=1e-13)
    assert np.all(matrix.data != 0)
    dense = matrix.toarray()
    if len(shape) == 1:  # a Toeplitz matrix is constant along diagonals
        assert_array_equal(dense[1:, 1:], dense[:-1, :-1])


def test_as_a_linear_operator(rng):
    w = rng.standard_normal((4, 3, 3, 2)) + 1j * rng.standard_normal((4, 3, 3, 2))
    operator = fc.linalg.linear_operator(w, (1, 3, 7, 6), stride=2, padding=1)
    x = rng.standard_normal(3 * 7 * 6) + 1j * rng.standard_normal(3 * 7 * 6)
    expected = oracle.conv2d(x.reshape(1, 3, 7, 6), w, stride=2, padding=1)
    assert_allclose(operator.matvec(x), expected.ravel(), atol=1e-13)
    y = rng.standard_normal(expected.size) + 1j * rng.standard_normal(expected.size)
    assert_allclose(np.vdot(y, operator.matvec(x)), np.vdot(operator.rmatvec(y), x), rtol=1e-12)


@pytest.mark.parametrize("stride", [1, (2, 3)])
def test_many_channels_and_stride_by_the_formula(rng, stride):
    v, k = rng.integers(-9, 9, (3, 7, 8)), rng.integers(-9, 9, (4, 3, 3, 2))
    z = fc.conv2d(v, k, stride=stride)
    s, t = (stride, stride) if stride == 1 else stride
    assert z.shape == (4, (7 - 3) // s + 1, (8 - 2) // t + 1)
    for i, j, n in np.ndindex(*z.shape):
        assert z[i, j, n] == (v[:, j * s : j * s + 3, n * t : n * t + 2] * k[i]).sum()


@pytest.mark.parametrize(("padding", "outputs"), [("valid", 7), ("same", 10), ("full", 13)])
def test_zero_padding(rng, padding, outputs):
    v, k = rng.standard_normal((1, 1, 10)), rng.standard_normal((1, 1, 4))
    assert fc.conv1d(v, k, padding=padding).shape == (1, 1, outputs)


def test_output_size():
    for n in range(1, 9):
        for k in range(1, n + 3):
            for p in ((0, 0), (1, 1), (2, 1)):
                for s in (1, 2, 3):
                    if k > n + sum(p):
                        continue
                    z = fc.conv1d(np.zeros((1, n)), np.zeros((1, 1, k)), None, s, [p])
                    assert z.shape == (1, (n - k + sum(p) + s) // s)


def test_groups(rng):
    v, k = rng.standard_normal((2, 6, 5, 6)), rng.standard_normal((9, 2, 3, 3))
    z = fc.conv2d(v, k, groups=3)
    for g in range(3):
        own = oracle.conv2d(v[:, 2 * g : 2 * g + 2], k[3 * g : 3 * g + 3])
        assert_matches(np.ascontiguousarray(z[:, 3 * g : 3 * g + 3]), own)


def test_local_by_its_formula(rng):
    v, w = rng.integers(-9, 9, (3, 5, 6)), rng.integers(-9, 9, (4, 3, 2, 3, 4, 4))
    z = fc.local_conv2d(v, w)
    for i, j, k in np.ndindex(4, 4, 4):
        assert z[i, j, k] == (v[:, j : j + 2, k : k + 3] * w[i, :, :, :, j, k]).sum()


def test_tiled_by_its_formula_between_convolution_and_local(rng):
    v, w = rng.integers(-9, 9, (3, 5, 6)), rng.integers(-9, 9, (4, 3, 2, 3, 2, 3))
    z = fc.tiled_conv2d(v, w)
    for i, j, k in np.ndindex(4, 4, 4):
        assert z[i, j, k] == (v[:, j : j + 2, k : k + 3] * w[i, :, :, :, j % 2, k % 3]).sum()
    one = w[..., :1, :1]
    assert_array_equal(fc.tiled_conv2d(v, one), fc.conv2d(v, one[..., 0, 0]))
    own = rng.integers(-9, 9, (4, 3, 2, 3, 4, 4))
    assert_array_equal(fc.tiled_conv2d(v, own), fc.local_conv2d(v, own))


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_tiled_between_convolution_and_local_with_gradients(rng, dtype):
    """Test tiles of size 1 (a convolution) and of the output's size (local), with gradients."""
    v = rng.standard_normal((3, 4, 13, 18)).astype(dtype)
    w = (rng.standard_normal((5, 4, 3, 3, 13, 18)) / 6).astype(dtype)
    g = rng.standard_normal((3, 5, 13, 18)).astype(dtype)
    one, tiled, local = w[..., 0, 0], w[..., :1, :1], w
    pairs = [
        (fc.tiled_conv2d(v, tiled, padding=1), fc.conv2d(v, one, padding=1)),
        (fc.tiled_conv2d(v, local, padding=1), fc.local_conv2d(v, local, padding=1)),
        (
            fc.grad.tiled_conv2d_input(v.shape, tiled, g, padding=1),
            fc.grad.conv2d_input(v.shape, one, g, padding=1),
        ),
        (
            fc.grad.tiled_conv2d_input(v.shape, local, g, padding=1),
            fc.grad.local_conv2d_input(v.shape, local, g, padding=1),
        ),
        (
            fc.grad.tiled_conv2d_weight(v, tiled.shape, g, padding=1)[..., 0, 0],
            fc.grad.conv2d_weight(v, one.shape, g, padding=1),
        ),
        (
            fc.grad.tiled_conv2d_weight(v, local.shape, g, padding=1),
            fc.grad.local_conv2d_weight(v, local.shape, g, padding=1),
        ),
    ]
    for ours, expected in pairs:
        assert_matches(np.ascontiguousarray(ours), expected, dtype=dtype)
    # equal kernels at all positions are a convolution
    same = np.broadcast_to(one[..., None, None], local.shape)
    shared = fc.conv2d(v, one, padding=1)
    assert_matches(fc.local_conv2d(v, same, padding=1), shared, dtype=dtype)
    assert_matches(fc.tiled_conv2d(v, same[..., :2, :3], padding=1), shared, dtype=dtype)


def test_bias_per_channel_position_and_tile(rng):
    v, k = rng.integers(-9, 9, (2, 3, 5, 6)), rng.integers(-9, 9, (4, 3, 3, 3))
    plain = fc.conv2d(v, k)
    channel, position = rng.integers(-9, 9, 4), rng.integers(-9, 9, (4, 3, 4))
    assert_array_equal(fc.conv2d(v, k, channel), plain + channel[:, None, None])
    assert_array_equal(fc.conv2d(v, k, position), plain + position)
    tile = rng.integers(-9, 9, (4, 2, 3))
    tiled = rng.integers(-9, 9, (4, 3, 3, 3, 2, 3))
    spread = tile[:, np.arange(3) % 2][:, :, np.arange(4) % 3]
    assert_array_equal(fc.tiled_conv2d(v, tiled, tile), fc.tiled_conv2d(v, tiled) + spread)


def test_gradients_by_their_formulas(rng):
    v, g = rng.integers(-9, 9, (3, 7, 8)), rng.integers(-9, 9, (4, 3, 3))
    k = rng.integers(-9, 9, (4, 3, 3, 2))
    kernel = fc.grad.conv2d_weight(v, k.shape, g, stride=(2, 3))
    for i, j, m, n in np.ndindex(*k.shape):
        assert kernel[i, j, m, n] == (g[i] * v[j, m : m + 5 : 2, n : n + 7 : 3]).sum()
    expected = np.zeros_like(v)
    for q, j, m, n, a, b in np.ndindex(4, 3, 3, 2, 3, 3):
        expected[j, 2 * a + m, 3 * b + n] += k[q, j, m, n] * g[q, a, b]
    assert_array_equal(fc.grad.conv2d_input(v.shape, k, g, stride=(2, 3)), expected)
    back = fc.conv_transpose2d(g, k, stride=(2, 3))
    assert_array_equal(back, expected[:, : back.shape[1], : back.shape[2]])


def test_the_input_gradient_needs_the_inputs_size(rng):
    k, g = rng.standard_normal((4, 3, 3, 3)), rng.standard_normal((1, 4, 3, 3))
    for size in (7, 8):
        h = fc.grad.conv2d_input((1, 3, size, size), k, g, stride=2)
        assert h.shape == (1, 3, size, size)
        assert np.all(h[..., 7:] == 0)


def test_autoencoder(rng):
    """Test R = h(K, H, s): for J with E = dJ/dR, dJ/dK = g(H, E, s) and dJ/dH = c(K, E, s)."""
    s, size = 2, (1, 3, 9, 9)
    kernel, hidden = rng.standard_normal((4, 3, 3, 3)), rng.standard_normal((1, 4, 4, 4))
    target = rng.standard_normal(size)

    def loss(k, h):
        return 0.5 * np.sum((fc.grad.conv2d_input(size, k, h, stride=s) - target) ** 2)

    error = fc.grad.conv2d_input(size, kernel, hidden, stride=s) - target
    for_kernel = fc.grad.conv2d_weight(error, kernel.shape, hidden, stride=s)
    for_hidden = fc.conv2d(error, kernel, stride=s)
    step = 1e-5
    for gradient, moved in (
        (for_kernel, lambda d: loss(kernel + step * d, hidden)),
        (for_hidden, lambda d: loss(kernel, hidden + step * d)),
    ):
        direction = rng.standard_normal(gradient.shape)
        slope = (moved(direction) - moved(-direction)) / (2 * step)
        assert_allclose(np.vdot(gradient, direction), slope, rtol=1e-7)


def test_detector_stage(rng):
    x, k = rng.standard_normal((1, 2, 6, 6)), rng.standard_normal((3, 2, 3, 3))
    detected = fc.conv2d(x, k, padding=1, activation="relu")
    assert_array_equal(detected, np.maximum(fc.conv2d(x, k, padding=1), 0))
    pooled = fc.max_pool2d(detected, 2)
    assert_matches(pooled, oracle.max_pool2d(oracle.conv2d(x, k, padding=1, activation="relu"), 2))


def test_pooling_by_its_formulas(rng):
    x = rng.standard_normal((2, 4, 6, 6))
    blocks = x.reshape(2, 4, 3, 2, 3, 2).swapaxes(3, 4).reshape(2, 4, 3, 3, 4)
    assert_array_equal(fc.max_pool2d(x, 2), blocks.max(axis=-1))
    assert_matches(fc.avg_pool2d(x, 2), blocks.mean(axis=-1))
    assert_matches(fc.lp_pool2d(x, 2, 2), np.sqrt((blocks**2).sum(axis=-1)))
    # weighted by the distance from the centre
    distance = np.hypot(*(np.indices((3, 3)) - 1))
    weights = np.exp(-distance)
    expected = signal.correlate2d(x[0, 0], weights, "valid")[::3, ::3]
    assert_matches(np.ascontiguousarray(fc.weighted_pool2d(x, weights)[0, 0]), expected)
    assert_array_equal(fc.maxout(x, 2), x.reshape(2, 2, 2, 6, 6).max(axis=2))


@pytest.mark.parametrize("shape", [(1, 2, 5, 9), (1, 2, 12, 7), (1, 2, 3, 3)])
def test_inputs_of_any_size_pool_to_a_fixed_number(rng, shape):
    x = rng.standard_normal(shape)
    for name in ("adaptive_avg_pool2d", "adaptive_max_pool2d"):
        pooled = getattr(fc, name)(x, 3)
        assert pooled.shape == (1, 2, 3, 3)
        assert_matches(pooled, getattr(oracle, name)(x, 3))


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_data_of_different_sizes_with_the_same_kernel(rng, dims):
    kernel = rng.standard_normal((2, 3, *(3,) * dims)).astype("f4")
    for size in (3, 5, 8):
        x = rng.standard_normal((1, 3, *(size,) * dims)).astype("f4")
        name = f"conv{dims}d"
        assert_matches(getattr(fc, name)(x, kernel), getattr(oracle, name)(x, kernel))


def test_pointwise_product_in_the_frequency_domain(rng):
    x, k = rng.standard_normal(50), rng.standard_normal(21)
    product = np.fft.irfft(np.fft.rfft(x, 70) * np.fft.rfft(k, 70), 70)
    assert_allclose(fc.convolve(x, k, algorithm="fft"), product, atol=1e-12)


def test_separable_kernels(rng):
    vectors = [rng.standard_normal(n) for n in (5, 3, 4)]
    kernel = np.einsum("i,j,k->ijk", *vectors)
    (term,) = fc.kernels.separate(kernel)
    assert_allclose(np.einsum("i,j,k->ijk", *term), kernel, atol=1e-13)
    image = rng.standard_normal((9, 8, 7))
    step = image
    for axis, vector in enumerate(term):
        shape = [1, 1, 1]
        shape[axis] = -1
        step = fc.convolve(step, vector.reshape(shape))
    assert_allclose(step, fc.convolve(image, kernel), atol=1e-12)


def test_patches_as_kernels(rng):
    """Test that a patch from unfold, used as a kernel, gives its squared norm at its position."""
    image = rng.standard_normal((1, 2, 8, 8))
    patches = fc.unfold(image, 3)
    assert patches.shape == (1, 2 * 9, 36)
    patch = patches[0, :, 14].reshape(1, 2, 3, 3)
    assert_array_equal(patch[0], image[0, :, 2:5, 2:5])
    response = fc.conv2d(image, patch)[0, 0]
    assert_allclose(response[2, 2], (patch**2).sum(), rtol=1e-12)


def test_gabor_by_its_formula():
    frequency, theta, sigma, phase, aspect = 0.2, 0.6, 2.0, 0.3, 0.5
    kernel = fc.kernels.gabor((7, 9), frequency, theta, sigma, phase, aspect)
    y, x = np.meshgrid(np.arange(-3, 4), np.arange(-4, 5), indexing="ij")
    along = x * np.cos(theta) + y * np.sin(theta)
    across = -x * np.sin(theta) + y * np.cos(theta)
    envelope = np.exp(-(along**2 + aspect**2 * across**2) / (2 * sigma**2))
    assert_allclose(kernel, envelope * np.cos(2 * np.pi * frequency * along + phase), atol=1e-14)
