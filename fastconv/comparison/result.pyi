from dataclasses import dataclass
from os import PathLike
from typing import Any

@dataclass(frozen=True)
class Row:
    algorithm: str
    seconds: float | None = None
    predicted_seconds: float | None = None
    error: float | None = None
    error_bound: float | None = None
    workspace_bytes: int | None = None
    reason: str | None = None
    note: str | None = None

@dataclass(frozen=True)
class Comparison:
    problem: object
    rows: tuple[Row, ...]
    chosen: str
    threads: int
    isa: str
    cpu: str
    accuracy: str = "default"
    remark: str | None = None
    @property
    def best(self) -> str | None: ...
    def row(self, algorithm: str) -> Row: ...
    def to_dict(self) -> dict[str, Any]: ...
    # a matplotlib.figure.Figure
    def plot(self, path: str | PathLike[str] | None = None) -> Any: ...
