from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, Literal

from numpy.typing import ArrayLike, NDArray

class Network:
    inputs: tuple[Any, ...]
    outputs: tuple[Any, ...]
    @property
    def nbytes(self) -> int: ...
    # a tuple of arrays if the network has several outputs
    def __call__(self, *arrays: ArrayLike, **named: ArrayLike) -> Any: ...
    def run(
        self, names: Sequence[str] | None, feeds: Mapping[str, ArrayLike],
    ) -> list[NDArray[Any]]: ...
    def explain(self, *shapes: Sequence[int], **named: Sequence[int]) -> Any: ...
    def profile(self, *arrays: ArrayLike, repeat: int = 5, **named: ArrayLike) -> Any: ...
    def times_alone(self, *arrays: ArrayLike, repeat: int = 5) -> list[float]: ...
    def noise(self, *shapes: Sequence[int], seed: int = 0) -> list[NDArray[Any]]: ...

# model: also an onnx.ModelProto
def load(
    model: str | PathLike[str] | bytes | object, *,
    effort: Literal["estimate", "measure", "exhaustive"] = "estimate",
    accuracy: Literal["high", "default", "fast"] = "default", num_threads: int | None = None,
) -> Network: ...
