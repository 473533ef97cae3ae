"""What validation returns: a problem, and how the caller's arrays become the engine's operands."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


class WithFill:
    """Operands followed by the value that lies past the edges.

    Parameters
    ----------
    fill : scalar
    """

    def __init__(self, fill):
        self.fill = fill

    def __call__(self, arrays):
        return (*arrays, self.fill)


@dataclass(frozen=True)
class Request:
    """One validated call, apart from the arrays' values.

    Parameters
    ----------
    problem : ConvProblem, PoolProblem, FilterProblem, ...
    dtypes : tuple of dtype or None
        dtype that the engine wants of each array, in the op's order; None for an absent one.
    out_shape, out_dtype
        What the caller gets.
    compute_shape, compute_dtype
        What the engine writes; where it equals the above up to a reshape, it writes into `out`.
    weight : int or None
        Position of the array that a plan may prepare once.
    arrange : callable or None
        Turns the operands, cast and contiguous, into the engine's (a filter's axes, its flip).
    restore : callable or None
        Turns what the engine wrote into an array of `out_shape`, where a reshape is not enough.
    check : callable or None
        Looks at values before every run (indices in range).
    indices : bool
        Whether the call returns ``(output, indices)``.
    asks_scipy : str or None
        When the automatic choice lets SciPy answer instead, whose result then differs: ``nan``, for
        an input with a NaN; ``nonfinite``, for a result that is not finite everywhere.
    warns : bool
        Whether the call warns of a result that is not finite, as SciPy's ``method="fft"``.
    rereads : bool
        Whether SciPy reads the input again after it has written to the output, which shows where
        both are the same array.
    """

    problem: object
    dtypes: tuple
    out_shape: tuple[int, ...]
    out_dtype: np.dtype
    compute_shape: tuple[int, ...]
    compute_dtype: np.dtype
    weight: int | None = None
    arrange: Callable | None = None
    restore: Callable | None = None
    check: Callable | None = None
    indices: bool = False
    asks_scipy: str | None = None
    warns: bool = False
    rereads: bool = False

    def operands(self, ready, arrays, only=None):
        """Return the engine's operands: the caller's arrays cast, checked and arranged.

        Parameters
        ----------
        ready : callable
            ``ready(arrays, dtypes)`` of the arrays' backend. It returns the arrays C-contiguous and
            in these dtypes.
        arrays : tuple of array or None
            The caller's arrays in the op's order; None for an absent one.
        only : int, optional
            Position of the one array to take, such as a weight that is prepared before the call.
            The others count as absent, and values are not checked.

        Returns
        -------
        tuple
            Operands as an algorithm's `run` takes them.

        Raises
        ------
        ValueError
            Values are not what the op allows: an index is out of range.
        """
        if only is not None:
            arrays = tuple(a if i == only else None for i, a in enumerate(arrays))
        operands = ready(arrays, self.dtypes)
        if self.check is not None and only is None:
            self.check(operands)
        return operands if self.arrange is None else self.arrange(operands)
