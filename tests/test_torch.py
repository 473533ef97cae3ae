"""Test fastconv.torch: functions, their gradients and operators, and what torch computes."""

import inspect
import subprocess
import sys

import pytest
from tensors import near

import fastconv as fc
from fastconv import cli
from fastconv.problem import parse

try:
    import torch
except ImportError:
    torch = None
else:
    from torch import nn
    from torch.nn import functional as F

    import fastconv.torch as ft

needs_torch = pytest.mark.skipif(torch is None, reason="the extra [torch] is not installed")


def test_without_torch_the_extra_is_named():
    code = "import sys; sys.modules['torch'] = None\nimport fastconv.torch"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert "ImportError: fastconv.torch needs the package torch: pip install 'fastconv[torch]'" in (
        done.stderr
    )


#: function, shapes of input and weight, shape of the bias or None, options
CASES = {
    "conv1d": ("conv1d", (2, 4, 9), (6, 2, 3), (6,), {"stride": 2, "padding": 1, "groups": 2}),
    "conv1d-same": ("conv1d", (2, 4, 9), (6, 4, 4), (6,), {"padding": "same", "dilation": 2}),
    "conv2d": ("conv2d", (2, 3, 8, 7), (4, 3, 3, 2), (4,), {}),
    "conv2d-options": (
        "conv2d", (2, 4, 9, 8), (6, 2, 3, 2), (6,),
        {"stride": (2, 1), "padding": (1, 0), "dilation": (1, 2), "groups": 2},
    ),
    "conv2d-same": ("conv2d", (2, 3, 8, 7), (4, 3, 4, 3), None, {"padding": "same"}),
    "conv2d-valid": ("conv2d", (2, 3, 8, 7), (4, 3, 2, 3), None, {"padding": "valid"}),
    "conv2d-unbatched": ("conv2d", (3, 8, 7), (4, 3, 3, 3), (4,), {"padding": [1]}),
    "conv2d-depthwise": ("conv2d", (2, 4, 8, 7), (4, 1, 3, 3), (4,), {"groups": 4}),
    "conv3d": ("conv3d", (1, 2, 5, 4, 6), (3, 2, 2, 3, 2), (3,), {"padding": (1, 0, 1)}),
    "transpose1d": (
        "conv_transpose1d", (2, 4, 5), (4, 3, 3), (6,),
        {"stride": 2, "padding": 1, "output_padding": 1, "groups": 2},
    ),
    "transpose2d": (
        "conv_transpose2d", (2, 3, 4, 5), (3, 2, 3, 2), (2,),
        {"stride": (2, 3), "padding": (1, 0), "output_padding": (1, 2), "dilation": (2, 1)},
    ),
    "transpose2d-plain": ("conv_transpose2d", (3, 4, 5), (3, 2, 3, 3), None, {}),
    "transpose3d": ("conv_transpose3d", (1, 2, 3, 3, 2), (2, 2, 2, 2, 2), (2,), {"stride": 2}),
    "local1d": ("local_conv1d", (2, 3, 9), (4, 3, 3, 4), (4,), {"stride": 2}),
    "local2d": (
        "local_conv2d", (2, 3, 6, 5), (4, 3, 3, 2, 3, 4), (4, 3, 4), {"stride": (2, 1),
        "padding": (1, 0)},
    ),
    "local2d-same": ("local_conv2d", (3, 4, 5), (2, 3, 2, 3, 4, 5), (2,), {"padding": "same"}),
}  # fmt: skip


def tensors_of(case, dtype=None, needs_grad=True):
    """Return function, input, weight and bias, and options of a case."""
    name, *shapes, options = CASES[case]
    torch.manual_seed(0)
    tensors = [
        None if shape is None
        else torch.randn(shape, dtype=dtype or torch.float64).requires_grad_(needs_grad)
        for shape in shapes
    ]  # fmt: skip
    return getattr(ft, name), *tensors, options


def by_torch(case, x, w, b, options):
    """Return what torch computes for a case."""
    name = CASES[case][0]
    if not name.startswith("local"):
        return getattr(F, name)(x, w, b, **options)
    dims = int(name[-2])
    padding = options.get("padding", 0)
    if padding == "same":
        before = [(k - 1) // 2 for k in w.shape[2 : 2 + dims]]
        after = [k // 2 for k in w.shape[2 : 2 + dims]]
    else:
        before = after = [padding] * dims if isinstance(padding, int) else padding
    x = F.pad(x, [p for pair in zip(before[::-1], after[::-1], strict=True) for p in pair])
    stride = options.get("stride", 1)
    stride = [stride] * dims if isinstance(stride, int) else stride
    outputs = w.shape[2 + dims :]
    result = []
    for place in torch.cartesian_prod(*[torch.arange(n) for n in outputs]).reshape(-1, dims):
        window = x
        for axis, (i, s, k) in enumerate(zip(place, stride, w.shape[2 : 2 + dims], strict=True)):
            window = window.narrow(x.ndim - dims + axis, int(i) * s, k)
        kernel = w[(..., *[int(i) for i in place])]
        result.append((window.unsqueeze(-dims - 2) * kernel).flatten(-dims - 1).sum(-1))
    y = torch.stack(result, -1).unflatten(-1, outputs)
    return y if b is None else y + (b if b.ndim > 1 else b.reshape(-1, *(1,) * dims))


@needs_torch
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", CASES)
def test_functions_compute_what_torch_does(case, dtype):
    function, x, w, b, options = tensors_of(case, getattr(torch, dtype))
    with fc.record() as calls:
        y = function(x, w, b, **options)
    assert len(calls) == 1 and "_fwd_" in calls[0][0]
    near(y, by_torch(case, x, w, b, options))
    assert y.is_contiguous()


@needs_torch
def test_signatures_are_those_of_torch():
    plain = "(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1)"
    transposed = (
        "(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1)"
    )
    for dims in (1, 2, 3):
        assert str(inspect.signature(getattr(ft, f"conv{dims}d"))) == plain
        assert str(inspect.signature(getattr(ft, f"conv_transpose{dims}d"))) == transposed
    for function in (ft.local_conv1d, ft.local_conv2d):
        assert str(inspect.signature(function)) == (
            "(input, weight, bias=None, stride=1, padding=0)"
        )


@needs_torch
@pytest.mark.parametrize("case", CASES)
def test_gradients_are_right(case):
    function, x, w, b, options = tensors_of(case)
    given = [t for t in (x, w, b) if t is not None]

    def call(x, w, b=None):
        return function(x, w, b, **options)

    assert torch.autograd.gradcheck(call, given, fast_mode=True)
    assert torch.autograd.gradgradcheck(call, given, fast_mode=True)


@needs_torch
@pytest.mark.parametrize("case", CASES)
def test_each_gradient_comes_alone(case):
    function, x, w, b, options = tensors_of(case)
    expected = by_torch(case, x, w, b, options)
    g = torch.randn_like(expected)
    for tensor in (x, w, b):
        if tensor is None:
            continue
        (by_hand,) = torch.autograd.grad(expected, tensor, g, retain_graph=True)
        given = [None if t is None else t if t is tensor else t.detach() for t in (x, w, b)]
        y = function(*given, **options)
        near(torch.autograd.grad(y, tensor, g)[0], by_hand, 1e-12)


@needs_torch
def test_third_derivatives_are_right():
    x = torch.randn(1, 2, 6, dtype=torch.float64)

    def third(function, w):
        y = function(x, w).pow(4).sum()
        for _ in range(3):
            (g,) = torch.autograd.grad(y, w, create_graph=True)
            y = g.square().sum()
        return g

    w = torch.randn(2, 2, 3, dtype=torch.float64).requires_grad_()
    near(third(ft.conv1d, w), third(F.conv1d, w), 1e-12)


# --------------------------------------------------------------------------------------- operators


def of_operators(case):
    """Yield the operators of a function with arguments, gradients among them."""
    function, x, w, b, options = tensors_of(case)
    name = CASES[case][0]
    y = function(x, w, b, **options)
    g = torch.randn_like(y).requires_grad_()
    operators = torch.ops.fastconv
    yield getattr(operators, name), (x, w, b), options
    yield getattr(operators, f"prepared_{name}"), (x.detach(), w.detach(), b.detach()), options
    yield getattr(operators, f"{name}_input"), (x.shape, w, g), options
    yield getattr(operators, f"{name}_weight"), (x, w.shape, g), options
    yield getattr(operators, f"{name}_bias"), (g,), {}
    if name.startswith("local"):
        yield getattr(operators, f"{name}_bias"), (g, True), {}


@needs_torch
@pytest.mark.parametrize(
    "case", ["conv1d", "conv2d", "conv2d-options", "conv3d", "transpose1d", "transpose2d",
             "transpose3d", "local1d", "local2d"],
)  # fmt: skip
def test_operators_pass_the_checks_of_torch(case):
    for operator, arguments, options in of_operators(case):
        found = torch.library.opcheck(operator, arguments, options)
        assert set(found.values()) == {"SUCCESS"}


@needs_torch
@pytest.mark.parametrize("case", ["conv2d-options", "transpose2d", "local2d"])
def test_operators_compile_without_breaks(case):
    function, x, w, b, options = tensors_of(case)

    def loss(x, w, b):
        return function(x, w, b, **options).square().sum()

    compiled = torch.compile(loss, fullgraph=True, backend="aot_eager")
    expected = torch.autograd.grad(loss(x, w, b), (x, w, b))
    found = torch.autograd.grad(compiled(x, w, b), (x, w, b))
    for gradient, right in zip(found, expected, strict=True):
        near(gradient, right, 1e-12)


@needs_torch
def test_operators_are_recorded_with_their_algorithms():
    function, x, w, b, options = tensors_of("conv2d")
    with fc.record() as calls:
        function(x, w, b, **options).sum().backward()
    assert {parse(key).kind for key, _ in calls} == {"fwd", "input", "weight", "bias"}


@needs_torch
def test_contiguous_tensors_are_not_copied(monkeypatch):
    seen, original = [], fc.nn.conv2d

    def spy(x, w, b, *options):
        seen.append((x, w, b))
        return original(x, w, b, *options)

    monkeypatch.setattr(fc.nn, "conv2d", spy)
    _, *tensors, _ = tensors_of("conv2d")
    ft.conv2d(*tensors)
    for array, tensor in zip(seen[0], tensors, strict=True):
        assert array.ctypes.data == tensor.data_ptr()


@needs_torch
def test_any_strides_are_read():
    x = torch.randn(2, 8, 7, 3).movedim(-1, 1).requires_grad_()  # channels_last
    w = torch.randn(3, 3, 4, 3)[..., ::2].movedim(2, 0)
    assert not x.is_contiguous() and not w.is_contiguous()
    near(ft.conv2d(x, w), F.conv2d(x, w))
    part = torch.randn(2, 3, 8, 7, dtype=torch.complex64).conj().imag
    assert part.is_neg()
    near(ft.conv2d(part, w), F.conv2d(part, w))
    g = torch.ones(()).expand(2, 4, 6, 6)
    y = ft.conv2d(x, w)
    (by_input,) = torch.autograd.grad(y, x, g.expand_as(y))
    near(by_input, torch.autograd.grad(F.conv2d(x, w), x, torch.ones_like(y))[0])


@needs_torch
def test_empty_batches_have_gradients():
    x = torch.zeros(0, 3, 8, 7).requires_grad_()
    w = torch.randn(4, 3, 3, 3).requires_grad_()
    y = ft.conv2d(x, w)
    y.sum().backward()
    assert y.shape == (0, 4, 6, 5) and x.grad.shape == x.shape and not w.grad.any()


@needs_torch
@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda x, w: ft.conv2d(x, w[:, :2]), ValueError, "weight: weight.shape"),
        (lambda x, w: ft.conv2d(x, w, torch.zeros(4, 6, 6)), ValueError, "bias has shape"),
        (lambda x, w: ft.conv2d(x, w, stride=0), ValueError, "stride"),
        (lambda x, w: ft.conv2d(x, w, padding="full"), ValueError, "padding is 'full'"),
        (lambda x, w: ft.conv2d(x, w, 2 * [None], padding="same"), TypeError, None),
        (lambda x, w: ft.conv2d(x, w, stride=2, padding="same"), ValueError, "stride is 2"),
        (lambda x, w: ft.conv2d(x, torch.zeros(4, 3, 11, 3)), ValueError, "weight spans 11"),
        (lambda x, w: ft.conv_transpose2d(x, w, padding="same"), TypeError, "padding must be"),
        (lambda x, w: ft.conv2d(x.numpy(), w), TypeError, None),
        (lambda x, w: ft.conv2d(x, w.double()), RuntimeError, None),
        (lambda x, w: torch.ops.fastconv.conv2d(x.half(), w), TypeError, "input has dtype"),
        (lambda x, w: torch.ops.fastconv.conv2d(x, w.double()), TypeError, "weight has dtype"),
        (lambda x, w: ft.replace_convolutions(ft), TypeError, "module must be"),
        (lambda x, w: ft.restore_convolutions(None), TypeError, "module must be"),
    ],
)
def test_wrong_arguments_are_named(call, error, words):
    with pytest.raises(error, match=words):
        call(torch.zeros(1, 3, 8, 8), torch.zeros(4, 3, 3, 3))


# ------------------------------------------------------------------------------ what torch computes


@needs_torch
@pytest.mark.parametrize(
    "case", ["conv1d", "conv2d-same", "transpose2d", "local1d", "local2d-same"]
)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "complex64", "int64"])
def test_torch_computes_other_dtypes(case, dtype, capsys):
    function, x, w, b, options = tensors_of(case, needs_grad=False)
    x, w = ((10 * t).round().to(getattr(torch, dtype)) for t in (x, w))
    with fc.record() as calls:
        try:
            y = function(x, w, None, **options)
        except RuntimeError:  # torch does not know this one
            return
    name = CASES[case][0].replace("_", "-")
    assert [(key.startswith(f"{name}_torch_{dtype}."), by) for key, by in calls] == [
        (True, "torch")
    ]
    problem = parse(calls[0][0])
    assert problem.key() == calls[0][0] and problem.to == "torch"
    assert cli.main(["explain", calls[0][0]]) == 2
    assert "torch computes" in capsys.readouterr().err
    expected = by_torch(case, x, w, None, options)
    assert y.dtype == expected.dtype
    assert (y - expected).abs().max() <= 2e-2 * expected.abs().max()


@needs_torch
def test_torch_computes_on_other_devices():
    x, w = torch.zeros(1, 3, 8, 8, device="meta"), torch.zeros(4, 3, 3, 3, device="meta")
    with fc.record() as calls:
        assert ft.conv2d(x, w).shape == (1, 4, 6, 6)
    assert [by for _, by in calls] == ["torch"]


@needs_torch
def test_torch_computes_under_autocast():
    net = ft.replace_convolutions(nn.Conv2d(3, 4, 3))
    with fc.record() as calls, torch.autocast("cpu", dtype=torch.bfloat16):
        assert net(torch.zeros(1, 3, 8, 8)).dtype == torch.bfloat16
    assert [by for _, by in calls] == ["torch"]


@needs_torch
def test_torch_computes_transformed_functions():
    x, w = torch.randn(2, 3, 8, 8), torch.randn(4, 3, 3, 3)

    def loss(function, w):
        return function(x, w).square().sum()

    for transform in (torch.func.grad, torch.func.jacrev):
        near(transform(lambda w: loss(ft.conv2d, w))(w), transform(lambda w: loss(F.conv2d, w))(w))
    near(torch.vmap(ft.conv2d, in_dims=(0, None))(x, w), F.conv2d(x, w))
    net = ft.replace_convolutions(nn.Conv2d(3, 4, 3)).eval()
    with torch.no_grad():
        near(torch.vmap(net)(x), net(x))
    with torch.autograd.forward_ad.dual_level():
        y = ft.conv2d(torch.autograd.forward_ad.make_dual(x, x), w)
        near(torch.autograd.forward_ad.unpack_dual(y).tangent, F.conv2d(x, w))
