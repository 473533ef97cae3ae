"""What the algorithms of a device share. The contract is `fastconv.algorithms.base.Algorithm`."""

from math import prod

from ..algorithms.base import Algorithm
from ..problem.arrays import DTYPES
from ..problem.geometry import BOUNDARIES, Axis
from . import source
from .source import Struct

#: codes of cuda/epilogue.cuh and of `enum` in cuda/types.cuh
BIASES = {None: 0, "channel": 1, "position": 2, "tile": 3}
ACTIVATIONS = {None: 0, "relu": 1, "relu6": 2, "silu": 3, "sigmoid": 4, "tanh": 5}
BOUNDARY = {name: code for code, name in enumerate(BOUNDARIES)}

EPILOGUE = Struct("P bias, add; i kind, activation")

#: threads of a block, unless a kernel says otherwise
BLOCK = 256
#: most blocks of a grid's first axis that loops need
_BLOCKS = 1 << 22


class DeviceAlgorithm(Algorithm):
    """One way to compute a problem on a device: as on the CPU, bound to a runtime.

    Parameters
    ----------
    runtime : Runtime
    """

    def __init__(self, runtime):
        self.runtime = runtime

    def launch(self, room, name, problem, grid, struct, *, block=(BLOCK, 1, 1), options=(),
               shared=0, compute=None):  # fmt: skip
        """Start kernel `name` of a room for the dtype that `problem` computes in."""
        options = (f"-DVALUE_{compute or problem.compute}", *options)
        text = source.text(room)
        self.runtime.launch(text, name, options, grid, block, struct, shared)


def linear_grid(count, per_block=BLOCK):
    """A grid for `count` threads, which loop if there are more."""
    return (max(1, min(-(-count // per_block), _BLOCKS)), 1, 1)


def small(*sizes):
    """The option of kernels whose arrays have fewer elements than 31 bits count, if these do."""
    return ("-DSMALL",) if max(sizes) < 1 << 31 else ()


def aligned(runtime, array, size):
    """The array, or a copy of one whose memory does not begin at a multiple of `size` bytes."""
    return array.copy() if runtime.pointer(array) % size else array


def three(axes):
    """Three axes, the first ones of size 1 where `axes` are fewer."""
    return (*(Axis(1, 1, 1),) * (3 - len(axes)), *axes)


def epilogue(problem, runtime):
    """The structure of cuda/epilogue.cuh, without its arrays, of a problem."""
    forward = problem.kind == "fwd"
    return EPILOGUE(
        runtime, kind=BIASES[problem.bias if forward else None],
        activation=ACTIVATIONS[problem.activation if forward else None],
    )  # fmt: skip


def last_operands(problem, arrays):
    """Bias and residual of a forward problem's operands, by the structure's names."""
    bias, add = (*arrays, None, None)[2:4] if problem.kind == "fwd" else (None, None)
    return {"bias": bias, "add": add}


def operands(problem, arrays, out):
    """(image, feature, weight) of the stencil, whatever the function's order."""
    role = problem.stencil.role
    turned = getattr(problem, "op", None) == "conv_transpose"
    if problem.kind == "weight":
        first, second = arrays[:2]
        return (second, first, out) if turned else (first, second, out)
    source, weight = reversed(arrays[:2]) if problem.kind == "input" else arrays[:2]
    return (source, out, weight) if role == "fwd" else (out, source, weight)


def bytes_of(problem, *shapes):
    """Bytes of arrays of these shapes in the dtype of the computation."""
    return sum(prod(shape) for shape in shapes) * DTYPES[problem.compute].itemsize
