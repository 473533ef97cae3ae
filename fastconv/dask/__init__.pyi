from collections.abc import Sequence

from dask.array import Array
from numpy.typing import ArrayLike

__all__ = ["pyramid", "register"]

def pyramid(
    array: Array | ArrayLike, levels: int, factor: int | Sequence[int] = 2,
    sigma: float | Sequence[float] | None = None,
) -> list[Array]: ...
def register() -> None: ...
