from collections.abc import Callable

def calibrate(
    progress: Callable[[str, int, int], object] | None = None,
) -> dict[str, float]: ...
