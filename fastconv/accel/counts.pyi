from typing import Any

class Report:
    rows: tuple[Any, ...]
    def to_dict(self) -> dict[str, dict[str, Any]]: ...
