"""Compare random shapes and options, chosen by hypothesis, with the oracle."""

import os

import numpy as np
import oracle
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from oracle import assert_matches
from oracle.geometry import pads

import fastconv as fc

settings.register_profile(
    "fastconv", max_examples=60, deadline=None, derandomize="CI" in os.environ
)
common = settings(settings.get_profile("fastconv"))
DTYPES = st.sampled_from(["f4", "f8", "f4", "f8", "F", "D", "i4", "f2"])
REAL = st.sampled_from(["f4", "f8", "f2", "i2"])


def random(seed, shape, dtype, scale=1.0):
    rng = np.random.default_rng(seed)
    if np.dtype(dtype).kind == "i":
        return rng.integers(-9, 10, shape).astype(dtype)
    values = rng.standard_normal(shape) * scale
    if np.dtype(dtype).kind == "c":
        values = (values + 1j * rng.standard_normal(shape) * scale) / 2**0.5
    return values.astype(dtype)


def per_axis(draw, dims, low, high):
    """Draw an int or one int per axis. Return it, and the ints per axis."""
    if draw(st.booleans()):
        value = draw(st.integers(low, high))
        return value, (value,) * dims
    values = tuple(draw(st.integers(low, high)) for _ in range(dims))
    return values, values


def conv_padding(draw, dims, reach):
    """Draw a padding. Return it, and its pairs, or None if they depend on the input."""
    kind = draw(st.sampled_from(["int", "axes", "pairs", "pairs", "valid", "same", "same_lower",
                                 "full"]))  # fmt: skip
    if kind == "valid":
        return kind, [(0, 0)] * dims
    if kind == "full":
        return kind, [(r, r) for r in reach]
    if kind.startswith("same"):
        return kind, None
    if kind == "pairs":
        pairs = [tuple(draw(st.integers(0, 4)) for _ in range(2)) for _ in range(dims)]
        return pairs, pairs
    given, values = per_axis(draw, dims, 0, 4) if kind == "axes" else (2, (2,) * dims)
    return given, [(v, v) for v in values]


@st.composite
def windows(draw, dims, taps=4):
    """Draw kernel, stride, dilation, padding, and a size of the input that they fit."""
    kernel = tuple(draw(st.integers(1, taps)) for _ in range(dims))
    stride, steps = per_axis(draw, dims, 1, 4)
    dilation, gaps = per_axis(draw, dims, 1, 3)
    reach = [d * (k - 1) for k, d in zip(kernel, gaps, strict=True)]
    padding, pairs = conv_padding(draw, dims, reach)
    room = 12 if dims < 3 else 5
    size = []
    for axis in range(dims):
        least = 1 if pairs is None else max(1, reach[axis] + 1 - sum(pairs[axis]))
        size.append(least + draw(st.integers(0, room)))
    mode = draw(st.sampled_from(["zeros", "zeros", "reflect", "replicate", "circular"]))
    if mode in ("reflect", "circular"):
        if pairs is None:
            pairs = oracle_pads(padding, size, kernel, steps, gaps)
        largest = [max(p) for p in pairs]
        size = [max(n, p + 1) for n, p in zip(size, largest, strict=True)]
        assume(pairs == oracle_pads(padding, size, kernel, steps, gaps))
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    return kernel, tuple(size), options, mode


def oracle_pads(padding, size, kernel, stride, dilation):
    """Return the pairs as a list."""
    return list(pads(padding, size, kernel, stride, dilation))


@st.composite
def convolutions(draw):
    dims = draw(st.sampled_from([1, 2, 2, 3]))
    kernel, size, options, mode = draw(windows(dims))
    groups = draw(st.sampled_from([1, 1, 2, 3]))
    channels, features = draw(st.integers(1, 5)), draw(st.integers(1, 9))
    batch = draw(st.sampled_from([(), (1,), (2,)]))
    options |= {"groups": groups, "padding_mode": mode}
    shape = (*batch, channels * groups, *size)
    return dims, shape, (features * groups, channels, *kernel), options, draw(DTYPES)


@common
@given(convolutions(), st.integers(0, 99))
def test_convolution_and_gradients(problem, seed):
    dims, shape, weight, options, dtype = problem
    x = random(seed, shape, dtype)
    w = random(seed + 1, weight, dtype, np.prod(weight[1:]) ** -0.5)
    b = random(seed + 2, weight[0], dtype)
    name = f"conv{dims}d"
    expected = getattr(oracle, name)(x, w, b, **options)
    assert_matches(getattr(fc, name)(x, w, b, **options), expected)
    g = random(seed + 3, expected.shape, dtype)
    for kind, args in (("input", (shape, w, g)), ("weight", (x, weight, g))):
        gradient = getattr(fc.grad, f"{name}_{kind}")(*args, **options)
        assert_matches(gradient, getattr(oracle.grad, f"{name}_{kind}")(*args, **options))


@st.composite
def transposed(draw):
    dims = draw(st.sampled_from([1, 2, 2, 3]))
    kernel = tuple(draw(st.integers(1, 4)) for _ in range(dims))
    stride, steps = per_axis(draw, dims, 1, 4)
    dilation, gaps = per_axis(draw, dims, 1, 3)
    extra = tuple(
        draw(st.integers(0, max(s, d) - 1)) for s, d in zip(steps, gaps, strict=True)
    )  # fmt: skip
    size = tuple(draw(st.integers(1, 6 if dims < 3 else 3)) for _ in range(dims))
    pairs = []
    for n, k, s, d, e in zip(size, kernel, steps, gaps, extra, strict=True):
        room = (n - 1) * s + d * (k - 1) + e
        before = draw(st.integers(0, min(room, 3)))
        pairs.append((before, draw(st.integers(0, min(room - before, 3)))))
    groups, channels = draw(st.sampled_from([1, 1, 2])), draw(st.integers(1, 4))
    features, batch = draw(st.integers(1, 5)), draw(st.sampled_from([(), (1,), (2,)]))
    options = {
        "stride": stride, "padding": pairs, "output_padding": extra, "groups": groups,
        "dilation": dilation,
    }  # fmt: skip
    shape = (*batch, channels * groups, *size)
    return dims, shape, (channels * groups, features, *kernel), options, draw(DTYPES)


@common
@given(transposed(), st.integers(0, 99))
def test_transposed_and_gradients(problem, seed):
    dims, shape, weight, options, dtype = problem
    x = random(seed, shape, dtype)
    w = random(seed + 1, weight, dtype, np.prod(weight[1:]) ** -0.5)
    name = f"conv_transpose{dims}d"
    expected = getattr(oracle, name)(x, w, **options)
    assert_matches(getattr(fc, name)(x, w, **options), expected)
    g = random(seed + 3, expected.shape, dtype)
    for kind, args in (("input", (shape, w, g)), ("weight", (x, weight, g))):
        gradient = getattr(fc.grad, f"{name}_{kind}")(*args, **options)
        assert_matches(gradient, getattr(oracle.grad, f"{name}_{kind}")(*args, **options))


@st.composite
def pools(draw):
    dims = draw(st.sampled_from([1, 2, 2, 3]))
    kernel = tuple(draw(st.integers(1, 4)) for _ in range(dims))
    stride, _ = draw(st.sampled_from([(None, 0), per_axis(draw, dims, 1, 4)]))
    dilation, gaps = per_axis(draw, dims, 1, 3)
    extent = [d * (k - 1) + 1 for k, d in zip(kernel, gaps, strict=True)]
    kind = draw(st.sampled_from(["axes", "pairs", "same", "same_lower", "valid"]))
    pairs = [(0, 0)] * dims
    if kind == "axes":
        padding = tuple(draw(st.integers(0, e // 2)) for e in extent)
        pairs = [(p, p) for p in padding]
    elif kind == "pairs":
        padding = pairs = [tuple(draw(st.integers(0, e - 1)) for _ in range(2)) for e in extent]
    else:
        padding = kind
    size = tuple(
        (1 if kind.startswith("same") else max(1, e - sum(p)))
        + draw(st.integers(0, 9 if dims < 3 else 4))
        for e, p in zip(extent, pairs, strict=True)
    )
    batch = draw(st.sampled_from([(), (1,), (2,)]))
    options = {
        "kernel_size": kernel, "stride": stride, "padding": padding, "dilation": dilation,
        "ceil_mode": draw(st.booleans()),
    }  # fmt: skip
    return dims, (*batch, draw(st.integers(1, 3)), *size), options, draw(REAL)


@common
@given(pools(), st.integers(0, 99))
def test_max_pool_and_gradient(problem, seed):
    dims, shape, options, dtype = problem
    x, name = random(seed, shape, dtype), f"max_pool{dims}d"
    expected = getattr(oracle, name)(x, **options, return_indices=True)
    assert_matches(getattr(fc, name)(x, **options, return_indices=True), expected, dtype=dtype)
    g = random(seed + 3, expected[0].shape, dtype)
    args = (g, expected[1], shape)
    gradient = getattr(fc.grad, f"{name}_input")(*args)
    assert_matches(gradient, getattr(oracle.grad, f"{name}_input")(*args))


@common
@given(pools(), st.booleans(), st.sampled_from([None, 3, 2.5]), st.integers(0, 99))
def test_avg_pool_and_gradient(problem, include, divisor, seed):
    dims, shape, options, dtype = problem
    options = {**options, "count_include_pad": include, "divisor_override": divisor}
    x, name = random(seed, shape, dtype), f"avg_pool{dims}d"
    expected = getattr(oracle, name)(x, **options)
    assert_matches(getattr(fc, name)(x, **options), expected, terms=x)
    args = (random(seed + 3, expected.shape, dtype), shape)
    gradient = getattr(fc.grad, f"{name}_input")(*args, **options)
    expected = getattr(oracle.grad, f"{name}_input")(*args, **options)
    assert_matches(gradient, expected, terms=args[0])


@common
@given(pools(), st.sampled_from([1, 2, 3.5, np.inf]), st.integers(0, 99))
def test_lp_pool_and_gradient(problem, norm, seed):
    dims, shape, options, dtype = problem
    dtype = "f8" if dtype == "f2" else dtype
    x, name = random(seed, shape, dtype), f"lp_pool{dims}d"
    expected = getattr(oracle, name)(x, norm, **options)
    assert_matches(getattr(fc, name)(x, norm, **options), expected)
    args = (random(seed + 3, expected.shape, dtype), x, norm)
    gradient = getattr(fc.grad, f"{name}_input")(*args, **options)
    assert_matches(gradient, getattr(oracle.grad, f"{name}_input")(*args, **options))


@st.composite
def adaptive(draw):
    dims = draw(st.sampled_from([1, 2, 3]))
    size = tuple(draw(st.integers(1, 9)) for _ in range(dims))
    outputs, _ = per_axis(draw, dims, 1, 7)
    return dims, (draw(st.integers(1, 2)), draw(st.integers(1, 3)), *size), outputs, draw(REAL)


@common
@given(adaptive(), st.integers(0, 99))
def test_adaptive_pools_and_gradients(problem, seed):
    dims, shape, outputs, dtype = problem
    x, name = random(seed, shape, dtype), f"adaptive_avg_pool{dims}d"
    expected = getattr(oracle, name)(x, outputs)
    assert_matches(getattr(fc, name)(x, outputs), expected, terms=x)
    g = random(seed + 3, expected.shape, dtype)
    back = getattr(oracle.grad, f"{name}_input")(g, shape)
    assert_matches(getattr(fc.grad, f"{name}_input")(g, shape), back, terms=g)
    name = f"adaptive_max_pool{dims}d"
    both = getattr(oracle, name)(x, outputs, True)
    assert_matches(getattr(fc, name)(x, outputs, True), both, dtype=dtype)
    back = getattr(oracle.grad, f"{name}_input")(g, both[1], shape)
    assert_matches(getattr(fc.grad, f"{name}_input")(g, both[1], shape), back)


@common
@given(st.sampled_from([1, 2, 2, 3]).flatmap(windows), REAL, st.integers(0, 99))
def test_unfold_and_fold(problem, dtype, seed):
    kernel, size, options, _ = problem
    x = random(seed, (2, 2, *size), dtype)
    expected = oracle.unfold(x, kernel, **options)
    assert_matches(fc.unfold(x, kernel, **options), expected, dtype=dtype)
    if isinstance(options["padding"], str):
        return
    columns = random(seed + 1, expected.shape, dtype)
    back = oracle.fold(columns, size, kernel, **options)
    assert_matches(fc.fold(columns, size, kernel, **options), back, dtype=dtype)


@st.composite
def filters(draw):
    dims = draw(st.sampled_from([1, 1, 2, 3]))
    room = {1: 40, 2: 12, 3: 6}[dims]
    shape = tuple(draw(st.integers(1, room)) for _ in range(dims))
    kernel = tuple(draw(st.integers(1, 6 if dims < 3 else 3)) for _ in range(dims))
    stride, _ = per_axis(draw, dims, 1, 3)
    dilation, gaps = per_axis(draw, dims, 1, 3)
    mode = draw(st.sampled_from(["full", "same", "valid"]))
    extent = [d * (k - 1) + 1 for k, d in zip(kernel, gaps, strict=True)]
    if mode == "valid":
        pairs = list(zip(shape, extent, strict=True))
        assume(all(n >= e for n, e in pairs) or all(n <= e for n, e in pairs))
    options = {
        "mode": mode, "stride": stride, "dilation": dilation,
        "boundary": draw(st.sampled_from(["fill", "wrap", "symm", "mirror", "nearest"])),
        "fillvalue": draw(st.sampled_from([0, 0, 2])),
    }  # fmt: skip
    return shape, kernel, options, draw(st.sampled_from(["f4", "f8", "F", "D", "i4", "u1"]))


@common
@given(filters(), st.sampled_from(["convolve", "correlate"]), st.integers(0, 99))
def test_filters(problem, name, seed):
    shape, kernel, options, dtype = problem
    a, b = random(seed, shape, dtype), random(seed + 1, kernel, dtype)
    expected = getattr(oracle, name)(a, b, **options)
    assert_matches(getattr(fc, name)(a, b, **options), expected, dtype=dtype)


@st.composite
def unshared(draw):
    dims = draw(st.sampled_from([1, 2]))
    kernel, size, options, _ = draw(windows(dims, taps=3))
    options.pop("dilation")
    try:
        probe = np.zeros((1, 1, *size)), np.zeros((1, 1, *kernel))
        outputs = getattr(oracle, f"conv{dims}d")(*probe, **options).shape[2:]
    except ValueError:
        assume(False)
    shape = (draw(st.integers(1, 2)), draw(st.integers(1, 3)), *size)
    tiles = draw(st.sampled_from([outputs, (1,) * dims, (2,) * dims])) if dims == 2 else outputs
    weight = (draw(st.integers(1, 4)), shape[1], *kernel, *tiles)
    return dims, shape, weight, outputs, options, draw(DTYPES)


@common
@given(unshared(), st.integers(0, 99))
def test_local_and_tiled(problem, seed):
    dims, shape, weight, outputs, options, dtype = problem
    x = random(seed, shape, dtype)
    w = random(seed + 1, weight, dtype, np.prod(weight[1 : 2 + dims]) ** -0.5)
    names = [f"local_conv{dims}d"] if weight[2 + dims :] == outputs else []
    names += ["tiled_conv2d"] if dims == 2 else []
    g = random(seed + 3, (shape[0], weight[0], *outputs), dtype)
    for name in names:
        expected = getattr(oracle, name)(x, w, **options)
        assert_matches(getattr(fc, name)(x, w, **options), expected)
        for kind, args in (("input", (shape, w, g)), ("weight", (x, weight, g))):
            gradient = getattr(fc.grad, f"{name}_{kind}")(*args, **options)
            assert_matches(gradient, getattr(oracle.grad, f"{name}_{kind}")(*args, **options))
