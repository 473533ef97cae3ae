from collections.abc import Sequence
from contextlib import AbstractContextManager

from .counts import Report as Report

__all__ = ["install", "installed", "report", "uninstall"]

def install(
    targets: Sequence[str] = ("numpy", "scipy.signal", "scipy.ndimage", "astropy.convolution"),
) -> None: ...
def installed(
    targets: Sequence[str] = ("numpy", "scipy.signal", "scipy.ndimage", "astropy.convolution"),
) -> AbstractContextManager[None]: ...
def report() -> Report: ...
def uninstall() -> None: ...
