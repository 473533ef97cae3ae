"""Compare with PyTorch: the same calls, with the same names and order of arguments."""

import itertools

import numpy as np
import pytest
from oracle import assert_matches

import fastconv as fc

torch = pytest.importorskip("torch", reason="torch is not installed")
functional = torch.nn.functional
torch.set_num_threads(1)

SIZES = (9, 8, 7)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def normal(rng, *shape, dtype="f8"):
    values = rng.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        values = values + 1j * rng.standard_normal(shape)
    return values.astype(dtype)


def wide(array):
    """Return a float64 or complex128 tensor, so that PyTorch's rounding error is negligible."""
    kind = np.asarray(array).dtype.kind
    return torch.tensor(np.asarray(array, "D" if kind == "c" else "f8"), requires_grad=True)


def draws(rng, count, **choices):
    """Return some combinations of the options, chosen at random."""
    combinations = list(itertools.product(*choices.values()))
    chosen = rng.choice(len(combinations), count, replace=False)
    return [dict(zip(choices, combinations[i], strict=True)) for i in chosen]


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("dtype", ["f4", "f8", "F", "D"])
def test_convolutions_and_gradients(rng, dims, dtype):
    for options in draws(
        rng, 8, stride=[1, 2, 3], padding=[0, 1, 3], dilation=[1, 2], groups=[1, 2, 4]
    ):
        x = normal(rng, 2, 4, *SIZES[:dims], dtype=dtype)
        w = normal(rng, 8, 4 // options["groups"], *(3, 2, 3)[:dims], dtype=dtype)
        b = normal(rng, 8, dtype=dtype)
        compare_with_gradients(rng, f"conv{dims}d", x, w, b, options, dtype)


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("dtype", ["f4", "f8", "F", "D"])
def test_transposed_convolutions_and_gradients(rng, dims, dtype):
    for options in draws(
        rng, 8, stride=[2, 3], padding=[0, 1], output_padding=[0, 1], groups=[1, 2],
        dilation=[1, 2],
    ):  # fmt: skip
        x = normal(rng, 2, 4, *(5, 4, 3)[:dims], dtype=dtype)
        w = normal(rng, 4, 6 // options["groups"], *(3, 2, 3)[:dims], dtype=dtype)
        b = normal(rng, 6, dtype=dtype)
        compare_with_gradients(rng, f"conv_transpose{dims}d", x, w, b, options, dtype)


def compare_with_gradients(rng, name, x, w, b, options, dtype):
    tx, tw, tb = wide(x), wide(w), wide(b)
    expected = getattr(functional, name)(tx, tw, tb, *options.values())
    result = getattr(fc, name)(x, w, b, *options.values())
    assert_matches(result, expected.detach().numpy(), dtype=dtype)
    g = normal(rng, *result.shape, dtype=dtype)
    expected.backward(wide(g).detach())
    for kind, args, tensor in (
        ("input", (x.shape, w, g, *options.values()), tx),
        ("weight", (x, w.shape, g, *options.values()), tw),
        ("bias", (g,), tb),
    ):
        gradient = getattr(fc.grad, f"{name}_{kind}")(*args)
        assert_matches(gradient, tensor.grad.numpy(), dtype=dtype)


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_padding_modes(rng, mode, dims):
    layer = getattr(torch.nn, f"Conv{dims}d")(3, 4, 3, 2, 3, padding_mode=mode).double()
    x = normal(rng, 2, 3, *SIZES[:dims])
    w, b = (p.detach().numpy() for p in layer.parameters())
    result = getattr(fc, f"conv{dims}d")(x, w, b, 2, 3, padding_mode=mode)
    assert_matches(result, layer(torch.tensor(x)).detach().numpy())


@pytest.mark.parametrize("padding", ["same", "valid"])
def test_padding_by_name(rng, padding):
    x, w = normal(rng, 2, 3, 9, 10), normal(rng, 4, 3, 4, 3)
    expected = functional.conv2d(torch.tensor(x), torch.tensor(w), padding=padding, dilation=2)
    assert_matches(fc.conv2d(x, w, padding=padding, dilation=2), expected.numpy())


def test_unbatched(rng):
    x, w = normal(rng, 4, 9, 10), normal(rng, 6, 4, 3, 3)
    expected = functional.conv2d(torch.tensor(x), torch.tensor(w), stride=2)
    assert_matches(fc.conv2d(x, w, stride=2), expected.numpy())
    expected = functional.conv_transpose2d(
        torch.tensor(x), torch.tensor(w.swapaxes(0, 1)), stride=2
    )
    assert_matches(fc.conv_transpose2d(x, w.swapaxes(0, 1), stride=2), expected.numpy())
    assert_matches(fc.max_pool2d(x, 2), functional.max_pool2d(torch.tensor(x), 2).numpy())


def test_output_size_of_a_transposed_layer(rng):
    layer = torch.nn.ConvTranspose2d(4, 3, 3, stride=3, padding=1).double()
    w, b = (p.detach().numpy() for p in layer.parameters())
    x = normal(rng, 2, 4, 5, 6)
    for size in ((13, 17), (13, 16), (14, 18)):
        expected = layer(torch.tensor(x), output_size=size).detach().numpy()
        for given in (size, (2, 3, *size)):
            result = fc.conv_transpose2d(x, w, b, 3, 1, output_size=given)
            assert_matches(result, expected)


def test_integers(rng):
    x, w = rng.integers(-99, 99, (2, 3, 8, 8)), rng.integers(-99, 99, (4, 3, 3, 3))
    expected = functional.conv2d(torch.tensor(x), torch.tensor(w), padding=1)
    assert_matches(fc.conv2d(x, w, padding=1), expected.numpy(), dtype="i8")


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("dtype", ["f4", "f8", "i8", "u1"])
def test_max_pools(rng, dims, dtype):
    for options in draws(
        rng, 12, kernel=[2, 3], stride=[1, 2, 3], padding=[0, 1], dilation=[1, 2],
        ceil=[False, True],
    ):  # fmt: skip
        x = (100 * np.abs(normal(rng, 2, 3, *SIZES[:dims]))).astype(dtype)
        args = (*options.values(), True)
        expected, where = getattr(functional, f"max_pool{dims}d")(torch.tensor(x), *args)
        result = getattr(fc, f"max_pool{dims}d")(x, *args)
        assert_matches(result, (expected.numpy(), where.numpy()), dtype=dtype)


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_avg_pools_and_gradients(rng, dims, dtype):
    for options in draws(
        rng, 12, kernel=[2, 3], stride=[1, 2, 3], padding=[0, 1], ceil=[False, True],
        include=[False, True],
    ):  # fmt: skip
        x = normal(rng, 2, 3, *SIZES[:dims], dtype=dtype)
        args, tensor = tuple(options.values()), wide(x)
        expected = getattr(functional, f"avg_pool{dims}d")(tensor, *args)
        result = getattr(fc, f"avg_pool{dims}d")(x, *args)
        assert_matches(result, expected.detach().numpy(), dtype=dtype)
        g = normal(rng, *result.shape, dtype=dtype)
        expected.backward(wide(g).detach())
        gradient = getattr(fc.grad, f"avg_pool{dims}d_input")(g, x.shape, *args)
        assert_matches(gradient, tensor.grad.numpy(), dtype=dtype)


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("norm", [1, 2, 3.5])
def test_lp_pools_of_positive_numbers(rng, dims, norm):
    x = np.abs(normal(rng, 2, 3, *SIZES[:dims]))
    expected = getattr(functional, f"lp_pool{dims}d")(torch.tensor(x), norm, 3, 2)
    assert_matches(getattr(fc, f"lp_pool{dims}d")(x, norm, 3, 2), expected.numpy())


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("size", [1, 3, 5, 11])
def test_adaptive_pools(rng, dims, size):
    x = normal(rng, 2, 3, *SIZES[:dims])
    expected = getattr(functional, f"adaptive_avg_pool{dims}d")(torch.tensor(x), size)
    assert_matches(getattr(fc, f"adaptive_avg_pool{dims}d")(x, size), expected.numpy())
    both = getattr(functional, f"adaptive_max_pool{dims}d")(torch.tensor(x), size, True)
    result = getattr(fc, f"adaptive_max_pool{dims}d")(x, size, True)
    assert_matches(result, tuple(t.numpy() for t in both))


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_unpooling(rng, dims):
    name = f"pool{dims}d"
    for odd in (0, 1):
        x = normal(rng, 2, 3, *(8 + odd, 6 + odd, 4)[:dims])
        y, where = getattr(functional, f"max_{name}")(torch.tensor(x), 2, return_indices=True)
        size = (None, x.shape)[odd]
        expected = getattr(functional, f"max_un{name}")(y, where, 2, output_size=size)
        result = getattr(fc, f"max_un{name}")(y.numpy(), where.numpy(), 2, output_size=size)
        assert_matches(result, expected.numpy())


def test_unfold_and_fold(rng):
    x = normal(rng, 2, 3, 9, 10)
    for options in draws(
        rng, 8, kernel=[2, (3, 2)], dilation=[1, (1, 2)], padding=[0, 1], stride=[1, (2, 1)]
    ):
        args = tuple(options.values())
        columns = functional.unfold(torch.tensor(x), *args)
        assert_matches(fc.unfold(x, *args), columns.numpy())
        expected = functional.fold(columns, (9, 10), *args)
        assert_matches(fc.fold(columns.numpy(), (9, 10), *args), expected.numpy())
