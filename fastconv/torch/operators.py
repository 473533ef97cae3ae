"""The operators `fastconv::conv2d`, ...: their schemas, kernels, shapes and gradients.

Each function f has four operators: itself, and its gradients with respect to input, weight and
bias, as in `fastconv.grad`. The first three are linear in each of their two arrays, and their
gradients are operators of the three again:

    y = f(x, w)         dJ/dx = f_input(w, g)       dJ/dw = f_weight(x, g)      g = dJ/dy
    h = f_input(w, g)   dJ/dw = f_weight(e, g)      dJ/dg = f(e, w)             e = dJ/dh
    v = f_weight(x, g)  dJ/dx = f_input(e, g)       dJ/dg = f(x, e)             e = dJ/dv

So there are gradients of any order. `fastconv::prepared_conv2d`, ... are the functions with a
weight that is prepared once.
"""

from functools import partial

import torch

from .. import grad, nn
from .options import FUNCTIONS, output_shape, schema_of
from .own import DTYPES
from .prepared import run_prepared

_library = torch.library.Library("fastconv", "DEF")


# ------------------------------------------------------------------------------------------ kernels


def _check(names, *tensors):
    """Refuse tensors of other dtypes than the operators take. Absent ones are None."""
    dtype = tensors[0].dtype
    for name, tensor in zip(names, tensors, strict=True):
        if tensor is not None and (tensor.dtype is not dtype or dtype not in DTYPES):
            raise TypeError(
                f"{name} has dtype {tensor.dtype}; the operators of fastconv take tensors that are "
                "all torch.float32 or all torch.float64; fastconv.torch.conv2d and the other "
                "functions take all that torch's own take"
            )


def _check_forward(name, input, weight, bias):
    """Refuse other dtypes, and a bias for each position where torch's functions do."""
    _check(("input", "weight", "bias"), input, weight, bias)
    if bias is not None and bias.ndim != 1 and not name.startswith("local"):
        raise ValueError(f"bias has shape {tuple(bias.shape)}; one number per channel is allowed")


def _plain(options):
    """Return options as fastconv's own functions take them: tuples, or one int for all axes."""
    return tuple([o if type(o) is int else o[0] if len(o) == 1 else tuple(o) for o in options])


def _forward(name, input, weight, bias=None, *options):
    _check_forward(name, input, weight, bias)
    arrays = [None if t is None else t.numpy(force=True) for t in (input, weight, bias)]
    return torch.from_numpy(getattr(nn, name)(*arrays, *_plain(options)))


def _prepared(name, input, weight, bias=None, *options):
    if weight.is_inference():  # then its changes are not counted
        return _forward(name, input, weight, bias, *options)
    _check_forward(name, input, weight, bias)
    return run_prepared(name, input, weight, bias, _plain(options))


def _input(name, input_size, weight, grad_output, *options):
    _check(("weight", "grad_output"), weight, grad_output)
    w, g = weight.numpy(force=True), grad_output.numpy(force=True)
    result = getattr(grad, f"{name}_input")(tuple(input_size), w, g, *_plain(options))
    return torch.from_numpy(result)


def _weight(name, input, weight_size, grad_output, *options):
    _check(("input", "grad_output"), input, grad_output)
    x, g = input.numpy(force=True), grad_output.numpy(force=True)
    result = getattr(grad, f"{name}_weight")(x, tuple(weight_size), g, *_plain(options))
    return torch.from_numpy(result)


def _bias(name, grad_output, per_position=False):
    _check(("grad_output",), grad_output)
    options = {"per_position": per_position} if name.startswith("local") else {}
    result = getattr(grad, f"{name}_bias")(grad_output.numpy(force=True), **options)
    return torch.from_numpy(result)


# ------------------------------------------------------------------------------------------- shapes


def _forward_shape(name, input, weight, bias=None, *options):
    return input.new_empty(output_shape(name, input.shape, weight.shape, options))


def _input_shape(name, input_size, weight, grad_output, *options):
    return grad_output.new_empty(input_size)


def _weight_shape(name, input, weight_size, grad_output, *options):
    return grad_output.new_empty(weight_size)


def _bias_shape(name, grad_output, per_position=False):
    first = grad_output.ndim - FUNCTIONS[name][0] - 1
    shape = grad_output.shape[first:]
    return grad_output.new_empty(shape if per_position else shape[:1])


# ---------------------------------------------------------------------------------------- gradients


def operator(name):
    """Return the operator ``fastconv::<name>``."""
    return getattr(torch.ops.fastconv, name).default


def _save_forward(name, ctx, inputs, output):
    input, weight, bias, *ctx.options = inputs
    ctx.sizes = input.shape, weight.shape
    ctx.per_position = bias is not None and bias.ndim > 1
    by_input, by_weight = ctx.needs_input_grad[:2]
    ctx.save_for_backward(input if by_weight else None, weight if by_input else None)


def _forward_gradients(name, ctx, g):
    input, weight = ctx.saved_tensors
    needs = (*ctx.needs_input_grad, False)[:3]  # a bias of None may have been left out
    of_input = of_weight = of_bias = None
    if needs[0]:
        of_input = operator(f"{name}_input")(ctx.sizes[0], weight, g, *ctx.options)
    if needs[1]:
        of_weight = operator(f"{name}_weight")(input, ctx.sizes[1], g, *ctx.options)
    if needs[2]:
        of_bias = operator(f"{name}_bias")(g, *[True] * ctx.per_position)
    return of_input, of_weight, of_bias, *[None] * len(ctx.options)


def _save_input(name, ctx, inputs, output):
    _, weight, grad_output, *ctx.options = inputs
    ctx.size = weight.shape
    _, by_weight, by_grad = ctx.needs_input_grad[:3]
    ctx.save_for_backward(weight if by_grad else None, grad_output if by_weight else None)


def _input_gradients(name, ctx, e):
    weight, grad_output = ctx.saved_tensors
    of_weight = of_grad = None
    if ctx.needs_input_grad[1]:
        of_weight = operator(f"{name}_weight")(e, ctx.size, grad_output, *ctx.options)
    if ctx.needs_input_grad[2]:
        of_grad = operator(name)(e, weight, None, *ctx.options)
    return None, of_weight, of_grad, *[None] * len(ctx.options)


def _save_weight(name, ctx, inputs, output):
    input, _, grad_output, *ctx.options = inputs
    ctx.size = input.shape
    by_input, _, by_grad = ctx.needs_input_grad[:3]
    ctx.save_for_backward(input if by_grad else None, grad_output if by_input else None)


def _weight_gradients(name, ctx, e):
    input, grad_output = ctx.saved_tensors
    of_input = of_grad = None
    if ctx.needs_input_grad[0]:
        of_input = operator(f"{name}_input")(ctx.size, e, grad_output, *ctx.options)
    if ctx.needs_input_grad[2]:
        of_grad = operator(name)(input, e, None, *ctx.options)
    return of_input, None, of_grad, *[None] * len(ctx.options)


def _save_bias(name, ctx, inputs, output):
    grad_output, *_ = inputs
    ctx.shape = grad_output.shape


def _bias_gradients(name, ctx, e):
    ones = (1,) * (FUNCTIONS[name][0] + 1 - e.ndim)
    return e.reshape(*e.shape, *ones).expand(ctx.shape), *[None] * name.startswith("local")


# --------------------------------------------------------------------------------------- definition


def _define(called, name, arguments, kernel, shape, save, gradients):
    """Define the operator `called`, which belongs to the function `name`."""
    _library.define(f"{called}({arguments}) -> Tensor", tags=(torch.Tag.pt2_compliant_tag,))
    _library.impl(called, partial(kernel, name), "CPU")
    qualified = f"fastconv::{called}"
    torch.library.register_fake(qualified, partial(shape, name), lib=_library)
    torch.library.register_autograd(
        qualified,
        partial(gradients, name),
        setup_context=lambda ctx, inputs, output: save(name, ctx, inputs, output),
        lib=_library,
    )


def _define_all(name):
    options = schema_of(name)
    tensors = f"Tensor input, Tensor weight, Tensor? bias=None, {options}"
    forward = (_forward_shape, _save_forward, _forward_gradients)
    _define(name, name, tensors, _forward, *forward)
    _define(f"prepared_{name}", name, tensors, _prepared, *forward)
    sized = f"SymInt[] input_size, Tensor weight, Tensor grad_output, {options}"
    _define(f"{name}_input", name, sized, _input, _input_shape, _save_input, _input_gradients)
    sized = f"Tensor input, SymInt[] weight_size, Tensor grad_output, {options}"
    _define(f"{name}_weight", name, sized, _weight, _weight_shape, _save_weight, _weight_gradients)
    arguments = "Tensor grad_output" + ", bool per_position=False" * name.startswith("local")
    _define(f"{name}_bias", name, arguments, _bias, _bias_shape, _save_bias, _bias_gradients)


for _name in FUNCTIONS:
    _define_all(_name)
