"""What is known of a value before a network runs, and how a node computes its outputs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod

import numpy as np

from .pages import Store


@dataclass(frozen=True, eq=False)
class Value:
    """Shape and dtype of a value, and the array itself if it is constant.

    Parameters
    ----------
    shape : tuple of int
    dtype : dtype
    constant : ndarray or None
    last : bool
        Whether the channels of a pixel lie side by side in memory. Other values are C-contiguous.
    """

    shape: tuple
    dtype: np.dtype
    constant: np.ndarray | None = None
    last: bool = False

    @property
    def ndim(self):
        return len(self.shape)

    @property
    def size(self):
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def nbytes(self):
        return self.size * self.dtype.itemsize

    @property
    def extent(self):
        """Bytes by which neighbouring parts of a whole lie apart: all, or those of a pixel."""
        return self.shape[1] * self.dtype.itemsize if self.last else self.nbytes

    @property
    def is_pixel(self):
        """Whether each image has one pixel. Both layouts of such a value are the same."""
        return self.ndim > 2 and prod(self.shape[2:]) == 1

    @property
    def plain(self):
        """Whether NumPy itself computes with this dtype."""
        return is_plain(self.dtype)

    @property
    def real(self):
        """Whether the C kernels of the epilogue take it."""
        return self.dtype in (np.float32, np.float64)


def is_plain(dtype):
    """Return whether a dtype is one of NumPy's own numbers or truth values."""
    return dtype.kind in "fiub" and dtype.num < 256  # those of other packages have larger numbers


def constant(array):
    """Return the `Value` of a constant array."""
    array = np.asarray(array)
    return Value(array.shape, array.dtype, array)


#: An action writes its outputs into arrays that it is given, makes new arrays, or its outputs are
#: parts of its first input's memory.
INTO, OWN, VIEW = "into", "own", "view"
#: the output among the positions of an action's `alike`
OUTPUT = -1


@dataclass(frozen=True, eq=False)
class Action:
    """How a node computes its outputs, for inputs of certain shapes.

    Parameters
    ----------
    kind : str
        `INTO`, `OWN` or `VIEW`.
    outputs : list of (shape, dtype) or None
        What each output will be; None if it is not known before. Known for `INTO` and `VIEW`. An
        `INTO` may have more of them than the node: memory that it needs while it runs.
    run : callable
        ``run(arrays, outs, threads)``. It writes into `outs` for the kind `INTO` and returns a
        list of new arrays for `OWN`.
    in_place : tuple of int
        Inputs whose memory the first output may overwrite.
    offsets : tuple of int
        Of a `VIEW`, the first byte of each output in the first input.
    concatenates : bool
        Whether the only output is the inputs one after the other in memory.
    algorithm : str
        Name for tables: of the algorithm of a plan, or of who computes.
    seconds : float or None
        Predicted time.
    multiply_adds : int
        Those of the definition of a convolution.
    planned : Planned or None
        The plan of a node whose second input is its weight.
    operands : callable or None
        ``operands(arrays, outs)`` returns the arrays of the plan in its order, and its output, for
        a node that does nothing but to call its plan; None if these arrays need more.
    function : callable or None
        ``function(arrays, out)`` computes any part of the output from that of the inputs.
    alike : tuple of tuple of int
        Groups of inputs, by their positions, and of the output, `OUTPUT`, that may have channels
        last if all of a group have them. What is in no group does not.
    dense : bool
        Whether pixels of inputs with channels last had better lie side by side.
    """

    kind: str
    outputs: list
    run: Callable | None = None
    in_place: tuple = ()
    offsets: tuple = (0,)
    concatenates: bool = False
    algorithm: str = "numpy"
    seconds: float | None = None
    multiply_adds: int = 0
    planned: object = None
    operands: Callable | None = None
    function: Callable | None = None
    alike: tuple = ()
    dense: bool = False


@dataclass
class Context:
    """What binding needs to know beside a node: the options of the network, and what it shares.

    Parameters
    ----------
    effort, accuracy : str
        As in `load`.
    opsets : dict
        Version of each domain.
    weights : dict
        Prepared weights by content, so that plans for several shapes keep them once.
    store : Store
        Memory of prepared weights.
    evaluators : dict
        Reference implementations of nodes.
    misinferred : set
        Outputs of nodes, as a tuple, whose shapes were inferred wrongly before.
    layouts : str
        Which values get channels last: ``"auto"`` for the fastest choice, ``"planes"`` for none,
        ``"last"`` for all that can have them. The others than ``"auto"`` are for comparisons.
    """

    effort: str
    accuracy: str
    opsets: dict
    weights: dict = field(default_factory=dict)
    store: Store = field(default_factory=Store)
    evaluators: dict = field(default_factory=dict)
    misinferred: set = field(default_factory=set)
    layouts: str = "auto"


class Misinferred(Exception):
    """A result has another shape or dtype than was inferred; `args` has the node's outputs."""


def same_dtype(values):
    """Return whether all values have one dtype."""
    return len({v.dtype for v in values}) == 1


def integers(node, values, position, name):
    """Return a list of ints that an old opset has as an attribute and a new one as an input.

    Returns
    -------
    tuple (known, list)
        The list is None if there is none. `known` is False for an input that is not constant.
    """
    if name in node.attributes:
        return True, list(node.attributes[name])
    if position < len(values) and values[position] is not None:
        array = values[position].constant
        return array is not None, None if array is None else [int(i) for i in array.reshape(-1)]
    return True, None
