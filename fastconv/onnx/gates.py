"""A product with one factor per channel of each image: squeeze and excite in one pass."""

from ..loops.epilogue import affine
from ..loops.pixels import affine_last
from .values import INTO, OUTPUT, Action


def action(node, values, context):
    """Return the `Action` of ``x * gate`` with a gate of shape (N, C, 1, ...), or None."""
    if not node.of_onnx("Mul") or any(v is None or not v.real for v in values):
        return None
    x, gate = values
    position = 0
    if gate.size > x.size:
        x, gate, position = gate, x, 1
    if x.ndim < 3 or gate.dtype != x.dtype or gate.size <= 1:
        return None
    if gate.shape != (*x.shape[:2], *(1,) * (x.ndim - 2)) or x.size == gate.size:
        return None
    count = x.size // gate.size

    def run(arrays, outs, threads):
        if x.last:
            affine_last(outs[0], arrays[position], arrays[1 - position], threads=threads)
        else:
            affine(outs[0], arrays[position], count, arrays[1 - position], threads=threads)

    return Action(
        INTO, [(x.shape, x.dtype)], run, (position,), algorithm="one pass",
        alike=((position, OUTPUT),),
    )  # fmt: skip
