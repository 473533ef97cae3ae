from typing import Any

from .result import Comparison

TIME_LIMIT: float

def compare(
    op: str, *args: Any, repeat: int | None = None, time_limit: float = 10.0,
    reference: bool = True, num_threads: int | None = None, **options: Any,
) -> Comparison: ...
def compare_problem(
    problem: object, *, accuracy: str = "default", workspace_limit: int | None = None,
    repeat: int | None = None, time_limit: float = 10.0, reference: bool = True,
    num_threads: int | None = None,
) -> Comparison: ...
