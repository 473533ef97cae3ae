"""im2col: the image is unfolded into a matrix, block by block, and multiplied with the weights.

    feature[k, pixel] = sum over p of weight[k, p] * X[p, pixel],    p = (channel, tap)

implicit_gemm unfolds while it packs; here unfolding is a step of its own, which writes X to memory
and reads it again. It is the textbook's method, to compare others with.

References
----------
K. Chellapilla, S. Puri and P. Simard, "High Performance Convolutional Neural Networks for Document
Processing", 10th International Workshop on Frontiers in Handwriting Recognition, 2006.
"""

from ..loops.im2col import Im2col as Loop
from .implicit_gemm import ImplicitGemm

#: speed of unfolding over that of memory
_UNFOLD_SPEED = 1.0


class Im2col(ImplicitGemm):
    """Unfold a block of pixels, pack it, multiply."""

    name = "im2col"
    loop = Loop
    lanes = None
    channels_last = False

    def floor(self, problem, machine, threads):
        return super().floor(problem, machine, threads) + _unfold(problem, machine) / threads

    def cost(self, problem, machine, threads):
        return super().cost(problem, machine, threads) + _unfold(problem, machine) / threads


def _unfold(problem, machine):
    """Return the seconds to write unfolded values and to read them once more than implicit_gemm."""
    s = problem.stencil
    values = s.multiply_adds * s.groups // s.feature_channels
    size = 4 if problem.compute == "f32" else 8
    return 2 * values * size / (machine.memory_rate * _UNFOLD_SPEED)
