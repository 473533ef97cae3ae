"""Contenders of torch for local (unshared) and tiled convolutions, written as torch's users do.

torch has no functions for them. A local convolution is unfold and a sum of products over the
columns of each position, as in LocallyConnected layers. A tiled convolution is one strided
convolution for each position in the tile, whose result is written into every so many outputs.
"""

from itertools import product

from .timing import Contender


def contenders(case, tensors):
    """Yield the contender of a case. Gradients take the same steps backward."""
    p = case.problem
    if p.bias or p.activation or any(a != b for a, b in p.padding) or p.padding_mode != "zeros":
        return
    if p.op == "tiled_conv":
        if p.kind == "fwd" and p.dims == 2:
            yield Contender("torch", _tiled(p, tensors), array=lambda r: r.numpy())
        return
    yield Contender("torch unfold", _local(case, tensors), array=lambda r: r.numpy())


def _local(case, t):
    """Return the call of a local convolution or one of its gradients."""
    import torch
    import torch.nn.functional as F

    p = case.problem
    one = p.dims == 1  # unfold is two-dimensional
    sizes = [(1,) * one + tuple(v) for v in (p.kernel, p.dilation, p.stride, p.input, p.output)]
    kernel, dilation, stride, image, output = sizes
    pads = (0,) * one + tuple(a for a, _ in p.padding)
    options = (kernel, dilation, pads, stride)
    columns = p.c * kernel[0] * kernel[1]
    pixels = output[0] * output[1]

    def unfolded():
        return F.unfold(t["input"].reshape(p.n, p.c, *image), *options)

    def forward():
        weight = t["weight"].reshape(p.k, columns, pixels)
        y = torch.einsum("ndl,kdl->nkl", unfolded(), weight)
        return y.reshape(p.n, p.k, *p.output)

    def input_gradient():
        weight = t["weight"].reshape(p.k, columns, pixels)
        grad = t["grad_output"].reshape(p.n, p.k, pixels)
        back = torch.einsum("nkl,kdl->ndl", grad, weight)
        return F.fold(back, image, *options).reshape(p.n, p.c, *p.input)

    def weight_gradient():
        grad = t["grad_output"].reshape(p.n, p.k, pixels)
        back = torch.einsum("nkl,ndl->kdl", grad, unfolded())
        return back.reshape(p.weight_shape)

    return {"fwd": forward, "input": input_gradient, "weight": weight_gradient}[p.kind]


def _tiled(p, t):
    """Return the call of a tiled convolution."""
    import torch
    import torch.nn.functional as F

    x, weight = t["input"], t["weight"]
    kernels = [
        (i, j, weight[..., i, j].contiguous()) for i, j in product(*map(range, p.tiles))
    ]  # fmt: skip
    pads = [n for a, _ in reversed(p.padding) for n in (a, a)]
    step = [s * n for s, n in zip(p.stride, p.tiles, strict=True)]

    def run():
        padded = F.pad(x, pads)
        y = torch.empty(p.n, p.k, *p.output, dtype=x.dtype)
        for i, j, kernel in kernels:
            part = padded[:, :, i * p.stride[0] :, j * p.stride[1] :]
            y[:, :, i :: p.tiles[0], j :: p.tiles[1]] = F.conv2d(part, kernel, None, step)
        return y

    return run
