"""Contenders of torch: eager calls on NCHW arrays, and channels_last with a prepared weight."""

from functools import partial

from fastconv.algorithms.kinds import is_filter, is_pooling

from . import torch_backward, torch_filters, torch_unshared
from .timing import Contender
from .torch_filters import numpy_of

NAME, MODULE = "torch", "torch"

_ACTIVATIONS = {
    "relu": "relu", "relu6": "relu6", "silu": "silu", "sigmoid": "sigmoid", "tanh": "tanh",
    "hardswish": "hardswish", "hardsigmoid": "hardsigmoid", "leaky_relu": "leaky_relu",
}  # fmt: skip


def contenders(case, threads):
    """Yield the ways torch can compute a case."""
    p = case.problem
    if is_pooling(p):
        return _poolings(case)
    if is_filter(p):
        return torch_filters.contenders(case)
    return _convolutions(case)


def _tensors(case):
    """Return the arrays of a case as tensors that share their memory."""
    import torch

    # makes no copy of arrays of NumPy and CuPy
    return {name: torch.as_tensor(array) for name, array in case.arrays.items()}


# ----------------------------------------------------------------------------------- convolutions


def _convolutions(case):
    """Yield the contenders of a convolution or one of its gradients."""
    import torch
    import torch.nn.functional as F

    p, t = case.problem, _tensors(case)
    if p.op in ("local_conv", "tiled_conv"):
        yield from torch_unshared.contenders(case, t)
        return
    if p.op not in ("conv", "conv_transpose") or p.add or p.bias == "position":
        return
    transposed = p.op == "conv_transpose"
    same = all(a == b for a, b in p.padding)
    if transposed and not same:
        return
    pads = tuple(a for a, _ in p.padding) if same and p.padding_mode == "zeros" else (0,) * p.dims
    padding = None if any(pads) or not any(map(any, p.padding)) else _pad_arguments(p)
    if p.kind != "fwd":
        if padding is None:
            yield Contender("torch", partial(_gradient, case, t, pads), array=numpy_of)
        return
    act = getattr(F, _ACTIVATIONS[p.activation]) if p.activation else None
    if transposed:
        options = (p.stride, pads, p.output_padding, p.groups, p.dilation)
        function = getattr(F, f"conv_transpose{p.dims}d")
    else:
        options = (p.stride, pads, p.dilation, p.groups)
        function = getattr(F, f"conv{p.dims}d")
    x, w, bias = t["input"], t["weight"], t.get("bias")

    def chain(convolve, x):
        """Return a call that pads, convolves and applies the activation."""
        steps = [lambda x: F.pad(x, *padding)] if padding else []
        steps += [convolve] + ([act] if act else [])
        if len(steps) == 1:
            return lambda: convolve(x)
        return lambda: _through(steps, x)

    options = tuple(v[0] if isinstance(v, tuple) and len(set(v)) == 1 else v for v in options)
    yield Contender("torch", chain(lambda x: function(x, w, bias, *options), x), array=numpy_of)
    stride, dilation, array = p.stride, p.dilation, numpy_of
    if p.dims == 1:  # channels_last needs two axes
        if transposed or padding:
            return
        x, w, array = x[:, :, None], w[:, :, None], lambda y: numpy_of(y)[:, :, 0]
        pads, stride, dilation = (0, *pads), (1, *stride), (1, *dilation)
        function, options = F.conv2d, (stride, pads, dilation, p.groups)
    layout = torch.channels_last_3d if p.dims == 3 else torch.channels_last
    x, w = x.contiguous(memory_format=layout), w.contiguous(memory_format=layout)
    convolve = (not transposed and _prepacked(x, w, bias, pads, stride, dilation, p.groups)) or (
        lambda x: function(x, w, bias, *options)
    )
    yield Contender("channels_last", chain(convolve, x), prepared=True, array=array)


def _prepacked(x, w, bias, pads, stride, dilation, groups):
    """Return oneDNN's convolution with a weight in oneDNN's own layout, or None if it has none.

    Parameters
    ----------
    x, w : tensor
        Input and weight.
    bias : tensor or None
    pads, stride, dilation : tuple of int
        Of each axis.
    groups : int
    """
    import torch

    ops = torch.ops.mkldnn
    try:
        packed = ops._reorder_convolution_weight(
            w.to_mkldnn(), pads, stride, dilation, groups, list(x.shape)
        )
        run = partial(
            ops._convolution_pointwise, weight=packed, bias=bias, padding=pads, stride=stride,
            dilation=dilation, groups=groups, attr="none", scalars=[], algorithm="",
        )  # fmt: skip
        run(x)
    except (AttributeError, RuntimeError):  # this build or this convolution has none
        return None
    return run


def _gradient(case, t, pads):
    """Return the gradient of a convolution with respect to its input or its weight."""
    import torch

    p = case.problem
    grad = t["grad_output"]
    x = t.get("input")
    w = t.get("weight")
    if x is None:
        x = grad.new_empty(1).expand(case.options["input_size"])
    if w is None:
        w = grad.new_empty(1).expand(case.options["weight_size"])
    mask = [p.kind == "input", p.kind == "weight", False]
    transposed = p.op == "conv_transpose"
    result = torch.ops.aten.convolution_backward(
        grad, x, w, None, p.stride, pads, p.dilation, transposed, p.output_padding or (0,) * p.dims,
        p.groups, mask,
    )  # fmt: skip
    return result[0] if p.kind == "input" else result[1]


def _pad_arguments(p):
    """Return arguments of F.pad for a padding that torch's convolutions do not have."""
    flat = [n for pair in reversed(p.padding) for n in pair]
    return (
        flat,
        "constant" if p.padding_mode == "zeros" else torch_filters.PADDINGS[p.padding_mode],
    )


def _through(steps, x):
    """Apply functions one after the other."""
    for step in steps:
        x = step(x)
    return x


# --------------------------------------------------------------------------------------- poolings


def _poolings(case):
    """Yield the contenders of a pooling, unfold or fold."""
    import torch
    import torch.nn.functional as F

    p, o = case.problem, case.options
    if any(a != b for a, b in p.padding):
        return
    if p.kind != "fwd" or p.op in torch_backward.FORWARD:
        yield from torch_backward.contenders(case, _tensors(case))
        return
    x = _tensors(case)["input"]
    function = getattr(F, case.name, None)
    if function is None or "dilation" in o and p.op == "avg_pool" or p.op == "lp_pool":
        return
    if p.op in ("unfold", "fold"):
        names = ("output_size", "kernel_size", "dilation", "padding", "stride")
        if p.dims != 2:
            return
    else:
        names = (
            "kernel_size", "output_size", "stride", "padding", "dilation", "ceil_mode",
            "count_include_pad", "divisor_override", "return_indices",
        )  # fmt: skip
    options = {name: o[name] for name in names if name in o}
    array = (lambda r: numpy_of(r[0])) if p.indices else numpy_of
    yield Contender("torch", lambda: function(x, **options), array=array)
    layout = {2: torch.channels_last, 3: torch.channels_last_3d}.get(p.dims)
    if layout is not None and p.op not in ("unfold", "fold") and not p.indices:
        moved = x.contiguous(memory_format=layout)
        yield Contender(
            "channels_last", lambda: function(moved, **options), prepared=True, array=array
        )
