"""direct, of unshared convolution: a kernel of its own for every output position.

    feature[n, k, o] = sum over c, t of image[n, c, o*s + t*d - before] * weight[k, c, t, o]

The weights of a tap are a plane of output pixels, which are the lanes of vectors. Reading them
takes most of the time, so that each is read once for many images. The gradients go through the same
rows: that of the input adds products to the rows that the forward pass reads, that of the weight
sums products over the images.

References
----------
I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, section 9.5 (unshared
convolution).
"""

from math import prod

from .. import config
from ..loops.local import Local
from .base import Algorithm, c_axis, overlapped

#: most terms of a sum in one chain of additions
_TERMS = 512
#: most images: the weight's gradient adds eight of them in one term
_IMAGES = 4096
#: share of the multiply-add rate by role: sums stay in registers, or are in memory for gradients
_RATE = {"fwd": 0.4, "weight": 0.25, "input": 0.15}


class LocalConvolution(Algorithm):
    """Rows of pixels as vectors, one pair of channels at a time."""

    name = "direct"
    roles = ("fwd", "input", "weight")
    dtypes = ("f32", "f64")
    bounds = {"f32": 1.5e-6, "f64": 3e-15}

    def serves(self, problem):
        """Return whether every output position has a kernel of its own.

        This includes tiled convolutions with as many tiles as output positions.
        """
        if not super().serves(problem):
            return False
        axes = problem.stencil.axes
        return all(a.tile == a.feature for a in axes) and any(a.tile > 1 for a in axes)

    def refuses(self, problem):
        s = problem.stencil
        taps = prod(a.taps for a in s.axes)
        if taps > _TERMS or s.image_channels > _TERMS:
            return f"at most {_TERMS} taps and {_TERMS} channels"
        if s.role == "weight" and s.n > _IMAGES:
            return f"at most {_IMAGES} images"
        return None

    def cost(self, problem, machine, threads):
        s = problem.stencil
        wide = 1.0 if problem.compute == "f32" else 2.0
        work = s.multiply_adds * wide / (machine.gemm_rate * _RATE[s.role])
        fork = machine.fork if threads > 1 else 0.0
        return machine.call + fork + overlapped(work / threads, problem.bytes / machine.memory_rate)

    def workspace(self, problem, threads):
        return self._loop(problem).workspace(threads)

    def bind(self, problem):
        loop, role = self._loop(problem), problem.stencil.role

        def forward(arrays, prepared, out, threads):
            image, weight, bias = (*arrays, None)[:3]
            loop(image, weight, out, bias, threads)

        def input_gradient(arrays, prepared, out, threads):
            weight, grad = arrays
            loop(out, weight, grad, None, threads)

        def weight_gradient(arrays, prepared, out, threads):
            image, grad = arrays
            loop(image, out, grad, None, threads)

        return {"fwd": forward, "input": input_gradient, "weight": weight_gradient}[role]

    def _loop(self, problem):
        s = problem.stencil
        bias = "position" if problem.bias == "tile" else problem.bias
        return Local(
            config.current_isa(), problem.compute, s.n, s.role, s.image_channels,
            s.feature_channels, [c_axis(a) for a in s.axes], bias=bias,
            activation=problem.activation,
        )  # fmt: skip
