"""Contenders of torch for filters: convolutions and poolings of one channel."""

from math import prod

from fastconv.problem import ExtremumProblem, FilterProblem, SeparableProblem

from .timing import Contender

#: rough multiply-adds per second of torch's 1-D convolutions of one channel
_LINES = 2e8
#: the same for 2-D and 3-D convolutions
_PLANES = 1e9
#: a call that would take more seconds is not timed
_PATIENCE = 3.0
#: names in `torch.nn.functional.pad` of the boundaries that it has, besides zeros
PADDINGS = {"reflect": "reflect", "replicate": "replicate", "circular": "circular"}
_NAMES = {"zeros": "constant", **PADDINGS}


def contenders(case):
    """Return the ways torch can compute a filter."""
    makers = {
        FilterProblem: _of_array, SeparableProblem: _of_vectors, ExtremumProblem: _extremum
    }  # fmt: skip
    maker = makers.get(type(case.problem))
    return () if maker is None else maker(case)


def numpy_of(result):
    """Return a tensor as a NumPy array."""
    return result.detach().cpu().numpy()


def _of_array(case):
    """Yield the contender of a filter with one kernel along one to three axes.

    It is a convolution of one channel, after padding if the boundary needs it.
    """
    import torch
    import torch.nn.functional as F

    p = case.problem
    s = p.stencil
    boundary = set(p.boundary)
    if (
        len(p.axes) > 3
        or p.compute not in ("f32", "f64")
        or p.dtypes[0][0] != "f"
        or len(boundary) > 1
        or not boundary <= set(_NAMES)
        or p.axes != tuple(range(len(p.shape) - len(p.axes), len(p.shape)))
        or not p.one_kernel
        or p.part
        or p.missing
        or s.multiply_adds / (_LINES if len(p.axes) == 1 else _PLANES) > _PATIENCE
    ):
        return
    first, second = (torch.as_tensor(a) for a in case.arrays.values())
    image, kernel = (second, first) if p.swapped else (first, second)
    if p.op.endswith("convolve"):
        kernel = kernel.flip(list(range(kernel.ndim)))
    kernel = kernel.reshape(s.weight_shape).contiguous()
    shape = tuple(p.output if len(p.axes) == len(p.shape) else (*p.batch, *p.output))
    convolve = getattr(F, f"conv{len(p.axes)}d")
    symmetric = all(a.before == a.after and a.before >= 0 for a in s.axes)
    if symmetric and boundary == {"zeros"}:
        pads = [a.before for a in s.axes]

        def run():
            return convolve(image.reshape(s.image_shape), kernel, None, p.stride, pads, p.dilation)
    else:
        mode = _NAMES[p.boundary[0]]
        flat = [n for a in reversed(s.axes) for n in (a.before, a.after)]

        def run():
            padded = F.pad(image.reshape(s.image_shape), flat, mode)
            return convolve(padded, kernel, None, p.stride, 0, p.dilation)

    yield Contender("torch", run, array=lambda r: numpy_of(r).reshape(shape))


def _of_vectors(case):
    """Yield the contender of a filter that is given as 1-D kernels.

    It pads the image once and convolves it along one axis after the other.
    """
    import torch
    import torch.nn.functional as F

    p = case.problem
    passes = sorted(p.terms[0], key=lambda q: q.axis)
    boundary, ndim = {q.boundary for q in passes}, len(p.shape)
    taps = sum(q.kernel.size for q in passes)
    if (
        len(p.terms) > 1
        or [q.axis for q in passes] != list(range(ndim))
        or ndim > 3
        or p.compute not in ("f32", "f64")
        or len(boundary) > 1
        or not boundary <= set(_NAMES)
        or prod(p.shape) * taps / _PLANES > _PATIENCE
    ):
        return
    image = torch.as_tensor(case.arrays["input"])[None, None]
    flat, kernels = [], []
    for q in passes:
        before = q.kernel.size // 2 + q.origin
        flat = [before, q.kernel.size - 1 - before, *flat]  # the last axis first
        shape = [1] * (ndim + 2)
        shape[2 + q.axis] = -1
        kernels.append(torch.as_tensor(q.kernel.weights).to(image).reshape(shape))
    convolve, mode = getattr(F, f"conv{ndim}d"), _NAMES[boundary.pop()]

    def run():
        y = F.pad(image, flat, mode)
        for kernel in kernels:
            y = convolve(y, kernel)
        return y

    yield Contender("torch", run, array=lambda r: numpy_of(r).reshape(p.shape))


def _extremum(case):
    """Yield the contender of a maximum or minimum filter.

    torch ignores positions past the edges. So may windows that hold the reflected elements anyway.
    """
    import torch
    import torch.nn.functional as F

    p = case.problem
    ndim = len(p.shape)
    if ndim > 3 or len(p.axes) < ndim or p.bordered_axes or p.dtypes[0] not in ("f32", "f64"):
        return
    image = torch.as_tensor(case.arrays["input"])[None, None]
    ends = p.size, 1, tuple(n // 2 for n in p.size)
    pool = getattr(F, f"max_pool{ndim}d")

    def run():
        return -pool(-image, *ends) if "minimum" in p.op else pool(image, *ends)

    yield Contender("torch", run, array=lambda r: numpy_of(r).reshape(p.shape))
