"""Contenders of torch: gradients of poolings, unpooling, maxout and weighted pooling.

Gradients call the functions that autograd calls. Lp pooling and maxout have no such function, so
their graph is kept and run backward.
"""

from .timing import Contender

#: ops whose forward computation is in this module, too
FORWARD = ("max_unpool", "maxout", "weighted_pool")


def contenders(case, tensors):
    """Yield the contender of torch if the case is two-dimensional."""
    p = case.problem
    if p.dims == 2 and all(d == 1 for d in p.dilation):
        make = _MAKERS.get((p.op, p.kind))
        if make is not None:
            yield Contender("torch", make(case, tensors), array=lambda r: r.detach().numpy())


def _average(case, t):
    import torch

    p, grad = case.problem, t["grad_output"]
    x = grad.new_empty(1).expand(case.options["input_size"])
    options = (p.kernel, p.stride, [a for a, _ in p.padding], p.ceil_mode, p.count_include_pad)
    backward = torch.ops.aten.avg_pool2d_backward
    return lambda: backward(grad, x, *options, p.divisor)


def _adaptive(case, t):
    import torch

    grad = t["grad_output"]
    x = grad.new_empty(1).expand(case.options["input_size"])
    return lambda: torch.ops.aten._adaptive_avg_pool2d_backward(grad, x)


def _maximum(case, t):
    import torch

    p, grad, indices = case.problem, t["grad_output"], t["indices"]
    x = grad.new_empty(1).expand(case.options["input_size"])
    # the result depends only on the indices: take any window and stride with so many outputs
    stride = [n // o for n, o in zip(p.input, p.output, strict=True)]
    columns = zip(p.input, p.output, stride, strict=True)
    kernel = [n - (o - 1) * s for n, o, s in columns]
    backward = torch.ops.aten.max_pool2d_with_indices_backward
    return lambda: backward(grad, x, kernel, stride, [0, 0], [1, 1], False, indices)


def _norm(case, t):
    import torch
    import torch.nn.functional as F

    p, grad = case.problem, t["grad_output"]
    x = t["input"].clone().requires_grad_()
    with torch.enable_grad():
        y = F.lp_pool2d(x, p.norm, p.kernel, p.stride, p.ceil_mode)
    return lambda: torch.autograd.grad(y, x, grad, retain_graph=True)[0]


def _unpool(case, t):
    import torch.nn.functional as F

    p = case.problem
    x, indices = t["input"], t["indices"]
    return lambda: F.max_unpool2d(x, indices, 2, output_size=p.output)


def _channels(p, x):
    return x.reshape(p.n, p.groups, p.c // p.groups, *p.input)


def _maxout(case, t):
    x = _channels(case.problem, t["input"])
    return lambda: x.amax(2)


def _maxout_gradient(case, t):
    import torch

    p, grad = case.problem, t["grad_output"]
    x = t["input"].clone().requires_grad_()
    with torch.enable_grad():
        y = _channels(p, x).max(2).values
    return lambda: torch.autograd.grad(y, x, grad, retain_graph=True)[0]


def _weighted(case, t):
    import torch.nn.functional as F

    p = case.problem
    weight = t["weights"].expand(p.c, 1, *p.kernel).contiguous()
    pads = [a for a, _ in p.padding]
    return lambda: F.conv2d(t["input"], weight, None, p.stride, pads, groups=p.c)


#: for each op and kind, a function that returns the call to time
_MAKERS = {
    ("avg_pool", "input"): _average,
    ("adaptive_avg_pool", "input"): _adaptive,
    ("max_pool", "input"): _maximum,
    ("adaptive_max_pool", "input"): _maximum,
    ("lp_pool", "input"): _norm,
    ("max_unpool", "fwd"): _unpool,
    ("maxout", "fwd"): _maxout,
    ("maxout", "input"): _maxout_gradient,
    ("weighted_pool", "fwd"): _weighted,
}
