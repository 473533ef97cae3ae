"""im2col: the image unfolded into a matrix, block by block, then multiplied with the weights.

    feature[k, pixel] = sum over p of weight[k, p] * X[p, pixel],    p = (channel, tap)

What implicit_gemm does while it packs is done here in a step of its own, which writes X to memory
and reads it again: the textbook method, here to be measured against.

References
----------
K. Chellapilla, S. Puri and P. Simard, "High Performance Convolutional Neural Networks for Document
Processing", 10th International Workshop on Frontiers in Handwriting Recognition, 2006.
"""

from math import prod

from ..loops.im2col import Im2col as Loop
from .implicit_gemm import ImplicitGemm

#: bytes unfolded per second, relative to the memory's rate: blocks stay in the caches
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
        # written once and read once more than by implicit_gemm
        unfold = 2 * values * size / (machine.memory_rate * _UNFOLD_SPEED)
        return super().cost(problem, machine, threads) + unfold / threads
