"""`Request`: a problem, and how the caller's arrays become the operands of an algorithm."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from .records import record


class WithFill:
    """A callable for `Request.arrange` that appends the fill value to the operands.

    Parameters
    ----------
    fill : scalar
        The value past the edges.
    """

    def __init__(self, fill):
        self.fill = fill

    def __call__(self, arrays):
        return (*arrays, self.fill)


@record
class Request:
    """One validated call, without the values of its arrays.

    Parameters
    ----------
    problem : ConvProblem, PoolProblem, FilterProblem, ...
        The problem that the call asks for.
    dtypes : tuple of dtype or None
        dtype that the algorithm needs of each array, in the op's order. None for an absent one.
    out_shape, out_dtype
        Shape and dtype of the array that the caller gets.
    compute_shape, compute_dtype
        Shape and dtype of the array that the algorithm writes. If both arrays have the same dtype
        and order of elements, the algorithm writes into the caller's `out`.
    weight : int or None
        Position of the array that a plan may prepare once.
    arrange : callable or None
        ``arrange(operands)`` takes arrays that are C-contiguous and have the dtypes `dtypes`. It
        returns the operands of the algorithm: for a filter, it moves axes and flips the kernel.
    restore : callable or None
        ``restore(result)`` makes an array of `out_shape` from what the algorithm wrote. None if a
        reshape is enough.
    check : callable or None
        ``check(operands)`` raises an error if values are not allowed, such as indices out of range.
    indices : bool
        Whether the call returns ``(output, indices)``.
    asks_scipy : str or None
        When the automatic choice must call SciPy, because the results would differ: ``nan`` if the
        input holds a NaN, ``nonfinite`` if the result holds a NaN or an infinity.
    warns : bool
        Whether the call warns of a result that is not finite, as SciPy's ``method="fft"`` does.
    rereads : bool
        Whether SciPy reads the input again after it has written to the output. The result depends
        on this if both are the same array.
    finish : callable or None
        ``finish(result, kept)`` returns what the caller gets: an array, or a tuple of which `out`
        receives the first. `kept` is the last operand that `arrange` returns, which algorithms do
        not get. If `restore` is None and no shape changes, the caller gets `result`, into which
        `finish` writes.
    fixed : ndarray or None
        The weight as an operand, if no array but the options define it.
    beside : tuple of int
        Positions of arrays that the weight is computed from, besides the one at `weight`.
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
    finish: Callable | None = None
    fixed: np.ndarray | None = None
    beside: tuple[int, ...] = ()

    @property
    def on_host(self) -> bool:
        """Whether only arrays of NumPy can become operands."""
        return bool(self.beside) or self.fixed is not None or self.finish is not None

    def made_from(self, position):
        """Return the positions of the arrays from which the operand at `position` is computed."""
        return (position, *self.beside)

    def with_operands_of(self, dtype):
        """Return the request for an algorithm that takes and writes `dtype`.

        Arrays of other dtypes than that of the computation, such as indices, stay as they are.
        """
        dtypes = tuple(dtype if d == self.compute_dtype else d for d in self.dtypes)
        return replace(self, dtypes=dtypes, compute_dtype=dtype)

    def operands(self, ready, arrays, only=None):
        """Return the operands of the algorithm: the caller's arrays cast, checked and arranged.

        Parameters
        ----------
        ready : callable
            Function of the backend. ``ready(arrays, dtypes)`` returns the arrays C-contiguous and
            with these dtypes.
        arrays : tuple of array or None
            The caller's arrays in the op's order. None for an absent one.
        only : int, optional
            Position of the only array that is needed, such as a weight that is prepared before the
            call. The others count as absent, and values are not checked.

        Returns
        -------
        tuple
            Operands for `run` of an algorithm.

        Raises
        ------
        ValueError
            If an array holds values that the op does not allow, such as indices out of range.
        """
        if only is not None:
            needed = self.made_from(only)
            arrays = tuple(a if i in needed else None for i, a in enumerate(arrays))
        operands = ready(arrays, self.dtypes)
        if self.check is not None and only is None:
            self.check(operands)
        return operands if self.arrange is None else self.arrange(operands)
