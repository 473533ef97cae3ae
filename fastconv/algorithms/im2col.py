"""im2col: the image is unfolded into a matrix, block by block, and multiplied with the weights.

    feature[k, pixel] = sum over p of weight[k, p] * X[p, pixel],    p = (channel, tap)

implicit_gemm unfolds while it packs; here unfolding is a step of its own, which writes X to memory
and reads it again. It is the textbook's method, to compare others with.

References
----------
K. Chellapilla, S. Puri and P. Simard, "High Performance Convolutional Neural Networks for Document
Processing", 10th International Workshop on Frontiers in Handwriting Recognition, 2006.
"""

from math import prod

from ..loops.im2col import Im2col as Loop
from .implicit_gemm import ImplicitGemm

#: speed of unfolding over that of memory
_UNFOLD_SPEED = 1.0


class Im2col(ImplicitGemm):
    """Unfold a block of pixels, pack it, multiply."""

    name = "im2col"
    loop = Loop

    def cost(self, problem, machine, threads):
        s = problem.stencil
        depth = s.image_channels * prod(a.taps for a in s.axes)
        values = depth * s.n * prod(a.feature for a in s.axes)
        size = 4 if problem.compute == "f32" else 8
        # unfolded values are written and read once more than by implicit_gemm
        unfold = 2 * values * size / (machine.memory_rate * _UNFOLD_SPEED)
        return super().cost(problem, machine, threads) + unfold / threads
