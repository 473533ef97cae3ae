"""Validate `fastconv.convolve` and `correlate` with all their keywords, and return a `Request`.

The functions here handle `output_dtype`, `rounding` and `saturate`. What calls without a dtype for
the result ask for is made by `validate_missing`.
"""

from dataclasses import replace

import numpy as np

from ..errors import UnsupportedAlgorithm, shown
from . import validate_missing
from .arguments import choice
from .arrays import DTYPES, Spec, coerce, native, real_only, short
from .filter_requests import filter_request
from .results import ROUNDINGS, Converted
from .validate_filtering import general_problem

#: keywords of these calls that are no arrays, and their defaults
DEFAULTS = {
    **validate_missing.DEFAULTS, "output_dtype": None, "rounding": "truncate", "saturate": False,
}  # fmt: skip
_DOUBLE = np.dtype(np.float64)


def array_filter(op, arrays, o):
    """Return the request of `fastconv.convolve` or `correlate` with all keywords."""
    dtype = _checked(o)
    if dtype is None:
        return validate_missing.array_filter(op, arrays, o)
    if dtype.kind in "iu":
        return _of_integers(op, arrays, o, dtype)
    in1, in2, mask = arrays
    in1, in2 = coerce("in1", in1), coerce("in2", in2)
    wide = np.result_type(native(in1), native(in2), dtype)
    if wide.kind == "c" and dtype.kind != "c":
        raise TypeError(f"output_dtype is {dtype}, but the result of complex arrays is complex")
    specs = Spec(tuple(in1.shape), wide), Spec(tuple(in2.shape), wide)
    request = validate_missing.array_filter(op, (*specs, mask), o)
    return replace(request, out_dtype=dtype)


def refuse_scipy(name, arrays, o):
    """Refuse keywords that the function `name` of `scipy.signal` does not have."""
    if _checked(o) is None:
        validate_missing.refuse_scipy(name, arrays, o)
    raise UnsupportedAlgorithm(
        f"algorithm 'scipy' cannot run this problem: scipy.signal.{name} has no output_dtype"
    )


def _checked(o):
    """Return `output_dtype` as a dtype or None; refuse what the three keywords do not allow."""
    given, dtype = o["output_dtype"], None
    if given is not None:
        try:
            dtype = np.dtype(given).newbyteorder("=")
        except (TypeError, ValueError):
            raise TypeError(f"output_dtype must be a dtype or None, got {shown(given)}") from None
        if dtype not in DTYPES.values():
            raise TypeError(
                f"output_dtype is {dtype}; allowed: {', '.join(str(d) for d in DTYPES.values())}"
            )
    rounding = choice("rounding", o["rounding"], ROUNDINGS)
    saturate = o["saturate"]
    if not isinstance(saturate, (bool, np.bool_)):
        raise TypeError(f"saturate must be a bool, got {shown(saturate)}")
    if dtype is None or dtype.kind not in "iu":
        word = "saturate" if saturate else "rounding"
        if saturate or rounding != DEFAULTS["rounding"]:
            raise ValueError(
                f"{word} is {shown(o[word])}, which is for an output_dtype of integers; "
                f"output_dtype is {dtype}"
            )
    return dtype


def _of_integers(op, arrays, o, dtype):
    """Return the request of a call whose sums become integers of `dtype`."""
    in1, in2, mask = arrays
    in1, in2 = coerce("in1", in1), coerce("in2", in2)
    for name, array in (("in1", in1), ("in2", in2)):
        real_only(name, array, f"a result of {dtype}")
    if o["method"] == "fft":
        raise ValueError(
            f"method is 'fft' and output_dtype {dtype}; sums that become integers are added in "
            "one order: method must be 'auto' or 'direct'"
        )
    specs = Spec(tuple(in1.shape), _DOUBLE), Spec(tuple(in2.shape), _DOUBLE)
    request = validate_missing.array_filter(op, (*specs, mask), o)
    how = dtype, o["rounding"], bool(o["saturate"])
    if request.problem.missing:
        return replace(request, out_dtype=dtype, restore=Converted(request.restore, *how))
    whole, _, fill = general_problem(op, *specs, o)
    fill = float(fill) if "constant" in whole.boundary else 0.0
    if not np.isfinite(fill):
        raise ValueError(f"fillvalue is {fill}; with an output_dtype of integers it must be finite")
    source = np.dtype(np.float32) if native(in1) == np.float16 else native(in1)
    problem = replace(
        whole, dtypes=(short(source), "f64", short(dtype)), method="auto", fill=fill,
        rounding=o["rounding"], saturate=bool(o["saturate"]),
    )  # fmt: skip
    rounded = filter_request(problem, dtype, fill)
    return replace(
        rounded, dtypes=(source, _DOUBLE, None), compute_dtype=dtype, check=request.check,
        arrange=validate_missing.Alone(rounded.arrange, request.arrange.kernel),
    )  # fmt: skip
