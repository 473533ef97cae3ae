"""What the algorithms of a device share. The contract is `fastconv.algorithms.base.Algorithm`."""

from math import prod

from ..algorithms.base import Algorithm
from ..problem.arrays import DTYPES
from ..problem.geometry import BOUNDARIES, Axis
from . import source
from .source import Struct

#: codes of biases and activations in cuda/epilogue.cuh
BIASES = {None: 0, "channel": 1, "position": 2, "tile": 3}
ACTIVATIONS = {
    None: 0, "relu": 1, "relu6": 2, "silu": 3, "sigmoid": 4, "tanh": 5, "hardswish": 6,
    "hardsigmoid": 7, "leaky_relu": 8,
}  # fmt: skip
#: codes of boundaries in cuda/types.cuh
BOUNDARY = {name: code for code, name in enumerate(BOUNDARIES)}

EPILOGUE = Struct("P bias, add; i kind, activation")

#: threads of a block, unless a kernel says otherwise
BLOCK = 256
#: most blocks along a grid's first axis; threads loop over what is left
_BLOCKS = 1 << 22


class DeviceAlgorithm(Algorithm):
    """One way to compute a problem on a device: an `Algorithm` that is bound to a runtime.

    Where `spreads_nan` is set, `bind` takes ``contain_nan=True``; the kernels then recompute
    outputs that are not finite, without the device being waited for.

    Parameters
    ----------
    runtime : Runtime
    """

    def __init__(self, runtime):
        self.runtime = runtime

    def launch(self, room, name, problem, grid, struct, *, block=(BLOCK, 1, 1), options=(),
               shared=0, compute=None):  # fmt: skip
        """Start a kernel on the current stream.

        Parameters
        ----------
        room : str
            Name of its source in ``cuda/``.
        name : str
            Name of the kernel.
        problem : ConvProblem, FilterProblem or PoolProblem
            Says in which dtype it computes.
        grid, block : tuple of int
        struct : ndarray
            The kernel's parameters.
        options : tuple of str, optional
            Options of the compiler besides the dtype.
        shared : int, optional
            Bytes of dynamic shared memory of a block.
        compute : str, optional
            Short name of another dtype to compute in.
        """
        options = (f"-DVALUE_{compute or problem.compute}", *options)
        text = source.text(room)
        self.runtime.launch(text, name, options, grid, block, struct, shared)


def linear_grid(count, per_block=BLOCK):
    """Return a grid for `count` threads; where it would be too large, threads loop."""
    return (max(1, min(-(-count // per_block), _BLOCKS)), 1, 1)


def small(*sizes):
    """Return the compiler's option for arrays of fewer than 2^31 elements, if all sizes are."""
    return ("-DSMALL",) if max(sizes) < 1 << 31 else ()


def aligned(runtime, array, size):
    """Return the array, or a copy if its memory does not begin at a multiple of `size` bytes."""
    return array.copy() if runtime.pointer(array) % size else array


def three(axes):
    """Return three axes: axes of size 1 stand in front where there are fewer."""
    return (*(Axis(1, 1, 1),) * (3 - len(axes)), *axes)


def epilogue(problem, runtime):
    """Return the structure of cuda/epilogue.cuh for a problem, without its arrays."""
    forward = problem.kind == "fwd"
    return EPILOGUE(
        runtime, kind=BIASES[problem.bias if forward else None],
        activation=ACTIVATIONS[problem.activation if forward else None],
    )  # fmt: skip


def last_operands(problem, arrays):
    """Return bias and residual of a forward problem's operands by their names in the structure."""
    bias, add = (*arrays, None, None)[2:4] if problem.kind == "fwd" else (None, None)
    return {"bias": bias, "add": add}


def operands(problem, arrays, out):
    """Return image, feature and weight of the stencil, in whatever order the function has them.

    Parameters
    ----------
    problem : ConvProblem or FilterProblem
    arrays : tuple
        The function's operands in its own order.
    out : array
        The one of the three that is computed.
    """
    role = problem.stencil.role
    transposed = getattr(problem, "op", None) == "conv_transpose"
    if problem.kind == "weight":
        first, second = arrays[:2]
        return (second, first, out) if transposed else (first, second, out)
    source, weight = reversed(arrays[:2]) if problem.kind == "input" else arrays[:2]
    return (source, out, weight) if role == "fwd" else (out, source, weight)


def bytes_of(problem, *shapes):
    """Return the bytes of arrays of these shapes, in the dtype of the computation."""
    return sum(prod(shape) for shape in shapes) * DTYPES[problem.compute].itemsize
