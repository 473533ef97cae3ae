from collections.abc import Sequence
from typing import Any, TypeAlias

from numpy.typing import ArrayLike, NDArray

_Array: TypeAlias = NDArray[Any]

def choose_conv_method(
    in1: ArrayLike, in2: ArrayLike, mode: str = "full", measure: bool = False,
) -> Any: ...
def convolve(
    in1: ArrayLike, in2: ArrayLike, mode: str = "full", method: str = "auto", *,
    algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def correlate(
    in1: ArrayLike, in2: ArrayLike, mode: str = "full", method: str = "auto", *,
    lags: ArrayLike | None = None, algorithm: str = "auto", num_threads: int | None = None,
    out: _Array | None = None,
) -> _Array: ...
def correlation_lags(in1_len: int, in2_len: int, mode: str = "full") -> _Array: ...
def filtfilt(
    b: ArrayLike, a: ArrayLike, x: ArrayLike, axis: int = -1, padtype: str | None = "odd",
    padlen: int | None = None, method: str = "pad", irlen: int | None = None, *,
    algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def lfilter(
    b: ArrayLike, a: ArrayLike, x: ArrayLike, axis: int = -1, zi: ArrayLike | None = None, *,
    algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
) -> Any: ...
def savgol_filter(
    x: ArrayLike, window_length: int, polyorder: int, deriv: int = 0, delta: float = 1.0,
    axis: int = -1, mode: str = "interp", cval: float = 0.0, *, algorithm: str = "auto",
    num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def sepfir2d(
    input: ArrayLike, hrow: ArrayLike, hcol: ArrayLike, *, algorithm: str = "auto",
    num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def convolve2d(
    in1: ArrayLike, in2: ArrayLike, mode: str = "full", boundary: str = "fill",
    fillvalue: complex = 0, *, algorithm: str = "auto", num_threads: int | None = None,
    out: _Array | None = None,
) -> _Array: ...
def correlate2d(
    in1: ArrayLike, in2: ArrayLike, mode: str = "full", boundary: str = "fill",
    fillvalue: complex = 0, *, algorithm: str = "auto", num_threads: int | None = None,
    out: _Array | None = None,
) -> _Array: ...
def decimate(
    x: ArrayLike, q: int, n: int | None = None, ftype: str | object = "iir", axis: int = -1,
    zero_phase: bool = True, *, algorithm: str = "auto", num_threads: int | None = None,
    out: _Array | None = None,
) -> _Array: ...
def resample_poly(
    x: ArrayLike, up: int, down: int, axis: int = 0,
    window: str | tuple[Any, ...] | ArrayLike = ("kaiser", 5.0), padtype: str | None = "constant",
    cval: float | None = None, *, algorithm: str = "auto", num_threads: int | None = None,
    out: _Array | None = None,
) -> _Array: ...
def upfirdn(
    h: ArrayLike, x: ArrayLike, up: int = 1, down: int = 1, axis: int = -1,
    mode: str = "constant", cval: float = 0, *, algorithm: str = "auto",
    num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def fftconvolve(
    in1: ArrayLike, in2: ArrayLike, mode: str = "full", axes: int | Sequence[int] | None = None,
    *, algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...
def oaconvolve(
    in1: ArrayLike, in2: ArrayLike, mode: str = "full", axes: int | Sequence[int] | None = None,
    *, algorithm: str = "auto", num_threads: int | None = None, out: _Array | None = None,
) -> _Array: ...

# every other name is scipy.signal's own
def __getattr__(name: str) -> Any: ...
