"""Compare the oracle with PyTorch, and its gradients with autograd."""

import numpy as np
import oracle
import pytest
from cases import ACTIVATIONS
from numpy.testing import assert_allclose, assert_array_equal

torch = pytest.importorskip("torch", reason="torch is not installed")
functional = torch.nn.functional
torch.set_num_threads(1)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def normal(rng, *shape, dtype="d"):
    x = rng.standard_normal(shape)
    return x + 1j * rng.standard_normal(shape) if dtype == "D" else x


def close(actual, expected):
    expected = np.asarray(expected)
    assert np.shape(actual) == expected.shape
    assert_allclose(actual, expected, rtol=1e-12, atol=1e-12)


def tensors(*arrays):
    return [None if a is None else torch.tensor(a, requires_grad=True) for a in arrays]


def backward(out, rng):
    """Return a random gradient after propagating it backward."""
    g = rng.standard_normal(tuple(out.shape))
    if out.is_complex():
        g = g + 1j * rng.standard_normal(tuple(out.shape))
    out.backward(torch.tensor(g))
    return g


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("dtype", ["d", "D"])
@pytest.mark.parametrize(
    ("stride", "padding", "dilation", "groups"),
    [(1, 0, 1, 1), (2, 1, 1, 2), (3, 2, 2, 1), (1, "same", 2, 1), (1, "valid", 1, 4)],
)
def test_convolution_and_gradients(rng, dims, dtype, stride, padding, dilation, groups):
    x = normal(rng, 2, 4, *(8, 7, 6)[:dims], dtype=dtype)
    w = normal(rng, 8, 4 // groups, *(3, 2, 2)[:dims], dtype=dtype)
    b = normal(rng, 8, dtype=dtype)
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    tx, tw, tb = tensors(x, w, b)
    out = getattr(functional, f"conv{dims}d")(tx, tw, tb, **options)
    close(getattr(oracle, f"conv{dims}d")(x, w, b, **options), out.detach())
    g = backward(out, rng)
    close(getattr(oracle.grad, f"conv{dims}d_input")(x.shape, w, g, **options), tx.grad)
    close(getattr(oracle.grad, f"conv{dims}d_weight")(x, w.shape, g, **options), tw.grad)
    close(getattr(oracle.grad, f"conv{dims}d_bias")(g), tb.grad)


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_padding_modes(rng, mode, dims):
    x = normal(rng, 1, 2, *(5, 6, 4)[:dims])
    layer = getattr(torch.nn, f"Conv{dims}d")(2, 3, 3, padding=2, padding_mode=mode).double()
    (tx,) = tensors(x)
    out = layer(tx)
    w, b = (p.detach().numpy() for p in layer.parameters())
    options = {"padding": 2, "padding_mode": mode}
    close(getattr(oracle, f"conv{dims}d")(x, w, b, **options), out.detach())
    g = backward(out, rng)
    close(getattr(oracle.grad, f"conv{dims}d_input")(x.shape, w, g, **options), tx.grad)
    close(getattr(oracle.grad, f"conv{dims}d_weight")(x, w.shape, g, **options), layer.weight.grad)


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("dtype", ["d", "D"])
@pytest.mark.parametrize(
    ("stride", "padding", "output_padding", "groups", "dilation"),
    [(1, 0, 0, 1, 1), (2, 1, 1, 2, 1), (3, 0, 2, 1, 2), (2, 2, 1, 1, 3)],
)
def test_transposed(rng, dims, dtype, stride, padding, output_padding, groups, dilation):
    x = normal(rng, 2, 4, *(5, 4, 3)[:dims], dtype=dtype)
    w = normal(rng, 4, 6 // groups, *(3, 2, 2)[:dims], dtype=dtype)
    b = normal(rng, 6, dtype=dtype)
    options = {
        "stride": stride, "padding": padding, "output_padding": output_padding, "groups": groups,
        "dilation": dilation,
    }  # fmt: skip
    tx, tw, tb = tensors(x, w, b)
    out = getattr(functional, f"conv_transpose{dims}d")(tx, tw, tb, **options)
    close(getattr(oracle, f"conv_transpose{dims}d")(x, w, b, **options), out.detach())
    g = backward(out, rng)
    name = f"conv_transpose{dims}d"
    close(getattr(oracle.grad, f"{name}_input")(x.shape, w, g, **options), tx.grad)
    close(getattr(oracle.grad, f"{name}_weight")(x, w.shape, g, **options), tw.grad)
    close(getattr(oracle.grad, f"{name}_bias")(g), tb.grad)
    sized = getattr(oracle, name)(
        x, w, b, stride, padding, 0, groups, dilation, output_size=out.shape
    )
    close(sized, out.detach())


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations(rng, activation):
    x, w = 9 * normal(rng, 1, 1, 40), np.ones((1, 1, 1))
    expected = getattr(functional, activation)(torch.tensor(x))
    close(oracle.conv1d(x, w, activation=activation), expected)


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "dilation"), [(2, None, 0, 1), (3, 2, 1, 1), (3, 2, 1, 2)]
)
def test_max_pool_and_unpool(rng, dims, ceil_mode, kernel, stride, padding, dilation):
    x = normal(rng, 2, 3, *(8, 7, 9)[:dims])
    options = (kernel, stride, padding, dilation, ceil_mode)
    (tx,) = tensors(x)
    out, where = getattr(functional, f"max_pool{dims}d")(tx, *options, return_indices=True)
    y, indices = getattr(oracle, f"max_pool{dims}d")(x, *options, return_indices=True)
    close(y, out.detach())
    assert_array_equal(indices, where)
    g = backward(out, rng)
    close(getattr(oracle.grad, f"max_pool{dims}d_input")(g, indices, x.shape), tx.grad)
    if kernel == 2:
        tu = torch.tensor(y, requires_grad=True)
        out = getattr(functional, f"max_unpool{dims}d")(tu, where, 2, output_size=x.shape)
        unpool = getattr(oracle, f"max_unpool{dims}d")
        close(unpool(y, indices, 2, output_size=x.shape), out.detach())
        g = backward(out, rng)
        close(getattr(oracle.grad, f"max_unpool{dims}d_input")(g, indices, y.shape), tu.grad)


@pytest.mark.parametrize(("dims", "override"), [(1, None), (2, None), (2, 5), (3, None), (3, 5)])
@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize("count_include_pad", [False, True])
@pytest.mark.parametrize(("kernel", "stride", "padding"), [(2, None, 0), (3, 2, 1), (3, 5, 1)])
def test_avg_pool(rng, dims, ceil_mode, count_include_pad, kernel, stride, padding, override):
    x = normal(rng, 2, 2, *(8, 7, 9)[:dims])
    options = (kernel, stride, padding, ceil_mode, count_include_pad)
    options += (override,) if override else ()
    (tx,) = tensors(x)
    out = getattr(functional, f"avg_pool{dims}d")(tx, *options)
    close(getattr(oracle, f"avg_pool{dims}d")(x, *options), out.detach())
    g = backward(out, rng)
    close(getattr(oracle.grad, f"avg_pool{dims}d_input")(g, x.shape, *options), tx.grad)


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("norm", [1, 2, 3.5])
@pytest.mark.parametrize(("kernel", "stride"), [(2, None), (3, 2)])
def test_lp_pool(rng, dims, norm, kernel, stride):
    x = np.abs(normal(rng, 2, 2, *(8, 7, 9)[:dims]))
    (tx,) = tensors(x)
    out = getattr(functional, f"lp_pool{dims}d")(tx, float(norm), kernel, stride)
    close(getattr(oracle, f"lp_pool{dims}d")(x, norm, kernel, stride), out.detach())
    g = backward(out, rng)
    close(getattr(oracle.grad, f"lp_pool{dims}d_input")(g, x, norm, kernel, stride), tx.grad)


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("size", [1, 3, 4])
def test_adaptive_pools(rng, dims, size):
    x = normal(rng, 2, 3, *(8, 7, 5)[:dims])
    (tx,) = tensors(x)
    out = getattr(functional, f"adaptive_avg_pool{dims}d")(tx, size)
    close(getattr(oracle, f"adaptive_avg_pool{dims}d")(x, size), out.detach())
    g = backward(out, rng)
    close(getattr(oracle.grad, f"adaptive_avg_pool{dims}d_input")(g, x.shape), tx.grad)
    (tx,) = tensors(x)
    out, where = getattr(functional, f"adaptive_max_pool{dims}d")(tx, size, return_indices=True)
    y, indices = getattr(oracle, f"adaptive_max_pool{dims}d")(x, size, return_indices=True)
    close(y, out.detach())
    assert_array_equal(indices, where)
    g = backward(out, rng)
    close(getattr(oracle.grad, f"adaptive_max_pool{dims}d_input")(g, indices, x.shape), tx.grad)


@pytest.mark.parametrize(
    ("kernel", "dilation", "padding", "stride"),
    [(2, 1, 0, 1), ((3, 2), (1, 2), (1, 0), (2, 1)), (3, 2, 2, 3)],
)
def test_unfold_and_fold(rng, kernel, dilation, padding, stride):
    x = normal(rng, 2, 3, 8, 9)
    columns = functional.unfold(torch.tensor(x), kernel, dilation, padding, stride)
    y = oracle.unfold(x, kernel, dilation, padding, stride)
    close(y, columns)
    back = functional.fold(columns, (8, 9), kernel, dilation, padding, stride)
    close(oracle.fold(y, (8, 9), kernel, dilation, padding, stride), back)
