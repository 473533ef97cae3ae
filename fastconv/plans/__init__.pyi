from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

from numpy.typing import ArrayLike, DTypeLike, NDArray

_Array: TypeAlias = NDArray[Any]
_Accuracy: TypeAlias = Literal["high", "default", "fast"]

class Plan:
    algorithm: str
    problem: Any
    key: str
    predicted_seconds: float | None
    error_bound: float | None
    workspace_bytes: int | None
    prepared_bytes: int
    # a tuple (output, indices) for max pooling with indices
    def __call__(
        self, x: ArrayLike | None, weight: ArrayLike | None = None, bias: ArrayLike | None = None,
        *, out: _Array | tuple[_Array, _Array] | None = None, num_threads: int | None = None,
        **arrays: ArrayLike,
    ) -> Any: ...
    def explain(self) -> str: ...

def plan(
    op: str, *, effort: Literal["estimate", "measure", "exhaustive"] = "estimate",
    time_limit: float | None = None, dtype: DTypeLike | None = None, algorithm: str = "auto",
    accuracy: _Accuracy = "default", workspace_limit: int | None = None,
    **arrays_and_options: ArrayLike | Sequence[int] | str | None,
) -> Plan: ...
