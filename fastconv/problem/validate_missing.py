"""Validate `fastconv.convolve` and `correlate` with missing values, and return a `Request`.

The functions here make the requests of calls with `mask`, `nan_policy` or `normalize`. Those of
calls without them are made by `validate_filtering`, and of calls with a dtype for the result by
`validate_results`.
"""

from dataclasses import replace

import numpy as np

from ..errors import UnsupportedAlgorithm, shown
from .arguments import choice
from .arrays import DTYPES
from .filter_requests import filter_request
from .request import Request
from .validate_filtering import extension, general_problem, signal_filter

#: keywords of these calls that are no arrays, and their defaults
DEFAULTS = {"nan_policy": "propagate", "normalize": False}
POLICIES = ("propagate", "omit", "raise")
#: `FilterProblem.missing` by whether there is a mask and whether NaN is omitted
_MISSING = {(True, True): "both", (True, False): "mask", (False, True): "nan"}
#: a sum of at most so many eps of the sum of the absolute values counts as zero
_ZERO = 8


def array_filter(op, arrays, o):
    """Return the request of `fastconv.convolve` or `correlate` with one of the keywords."""
    in1, in2, mask = arrays
    policy = choice("nan_policy", o["nan_policy"], POLICIES)
    normalize = o["normalize"]
    if not isinstance(normalize, (bool, np.bool_)):
        raise TypeError(f"normalize must be a bool, got {shown(normalize)}")
    keyword = "mask" if mask is not None else "normalize" if normalize else "nan_policy"
    # refuses what no convolution takes, and is the request itself if nothing can be missing
    request = signal_filter(op, (in1, in2), o, extension(o) or keyword)
    if mask is not None:
        _check_mask(mask, tuple(in1.shape))
    missing = _MISSING.get((mask is not None, policy == "omit"), "")
    problem, dtype, fill = general_problem(op, in1, in2, o, bool(missing or normalize), missing)
    kernel = _Kernel(problem) if missing or normalize else None
    check = _Checks(policy, kernel, missing) if missing or policy == "raise" else None
    if not missing:
        if normalize:
            warns = request.warns
            request = replace(filter_request(problem, dtype, fill), warns=warns)
        arrange = Alone(request.arrange, kernel)
        return replace(request, dtypes=(*request.dtypes, None), arrange=arrange, check=check)
    compute = DTYPES[problem.compute]
    shape = filter_request(problem.both_sums, dtype, 0).out_shape[1:]
    given = None if mask is None else np.dtype(bool)
    arrange = _WithMask(problem, fill, kernel if normalize else None)
    return Request(
        problem, (compute, compute, given), shape, dtype, shape, compute, weight=1,
        arrange=arrange, check=check,
    )  # fmt: skip


def refuse_scipy(name, arrays, o):
    """Refuse keywords that the function `name` of `scipy.signal` does not have."""
    in1, in2, mask = arrays
    keyword = "mask" if mask is not None else "normalize" if o["normalize"] else "nan_policy"
    raise UnsupportedAlgorithm(
        f"algorithm 'scipy' cannot run this problem: scipy.signal.{name} has no {keyword}"
    )


def masked_parts(in1, mask):
    """Return the data and the mask of a `numpy.ma.MaskedArray`, whose mask is joined with `mask`.

    Parameters
    ----------
    in1 : MaskedArray
    mask : array_like or None
        As the caller passed it.
    """
    own = np.ma.getmaskarray(in1)
    data = np.ma.getdata(in1, subok=False)
    if mask is None:
        return data, own
    mask = np.asarray(mask)
    _check_mask(mask, data.shape)
    return data, own | mask


def _check_mask(mask, shape):
    """Refuse a mask that is not boolean, or that does not broadcast to the shape of in1."""
    if mask.dtype != bool:
        raise TypeError(f"mask has dtype {mask.dtype}; allowed: bool")
    sizes = tuple(mask.shape)
    lead = len(shape) - len(sizes)
    if lead < 0 or any(m not in (1, n) for m, n in zip(sizes, shape[lead:], strict=True)):
        raise ValueError(f"mask has shape {sizes}, which does not broadcast to in1's shape {shape}")


class _Kernel:
    """What is asked of the sum of in2 over the filtered axes."""

    def __init__(self, problem):
        self.axes = problem.axes
        self.eps = np.finfo(DTYPES[problem.compute]).eps

    def sums(self, kernel):
        """Return the sums, and whether one of them counts as zero."""
        wide = np.complex128 if kernel.dtype.kind == "c" else np.float64
        sums = kernel.sum(self.axes, wide, keepdims=True)
        sizes = np.abs(kernel).sum(self.axes, np.float64, keepdims=True)
        return sums, bool((np.abs(sums) <= _ZERO * self.eps * sizes).any())

    def normal(self, kernel):
        """Return in2 divided by its sums."""
        sums, zero = self.sums(kernel)
        if zero:
            raise ValueError("normalize is True, but in2 sums to zero; it cannot be normalized")
        with np.errstate(all="ignore"):
            return (kernel / sums).astype(kernel.dtype)


class _Checks:
    """The function `check` of a request: refuses values of the arrays.

    Parameters
    ----------
    policy : str
        One of `POLICIES`.
    kernel : _Kernel or None
    missing : str
        As in `FilterProblem`.
    """

    def __init__(self, policy, kernel, missing):
        self.raises, self.kernel, self.missing = policy == "raise", kernel, missing

    def __call__(self, operands):
        in1, in2, mask = operands
        if self.raises:
            for name, array in (("in1", in1), ("in2", in2)):
                nan = np.isnan(array)
                if name == "in1" and mask is not None:
                    nan &= ~mask
                if nan.any():
                    raise ValueError(f"{name} holds a NaN, and nan_policy is 'raise'")
        if self.missing and self.kernel.sums(in2)[1] and self._masks(in1, mask):
            raise ValueError(
                "in2 sums to zero, so it cannot make up for the masked elements of in1; pass in1 "
                "with values in their place"
            )

    def _masks(self, in1, mask):
        """Return whether any element is masked."""
        if mask is not None and mask.any():
            return True
        return self.missing != "mask" and bool(np.isnan(in1).any())


class Alone:
    """The function `arrange` of a request in which nothing is missing.

    Parameters
    ----------
    arrange : callable or None
        The same for the filter of in1 and in2.
    kernel : _Kernel or None
        Normalizes in2.
    """

    def __init__(self, arrange, kernel):
        self.arrange, self.kernel = arrange, kernel

    def __call__(self, arrays):
        in1, in2, _ = arrays
        if in2 is not None and self.kernel is not None:
            in2 = self.kernel.normal(in2)
        return self.arrange((in1, in2))


class _WithMask:
    """The function `arrange` of a request in which elements may be missing.

    Parameters
    ----------
    problem : FilterProblem
    fill : scalar
        The value past the edges.
    kernel : _Kernel or None
        Normalizes in2.
    """

    def __init__(self, problem, fill, kernel):
        self.shape, self.fill, self.kernel = problem.shape, fill, kernel
        both = problem.both_sums
        self.arrange = filter_request(both, DTYPES[problem.compute], 0).arrange

    def __call__(self, arrays):
        """Return in1, the weight of `FilterProblem.both_sums`, the mask, in2 and the fill value."""
        in1, in2, mask = arrays
        weight = None
        if in2 is not None:
            in2 = in2 if self.kernel is None else self.kernel.normal(in2)
            weight = self.arrange((None, in2[None]))[1]
        if mask is not None:
            mask = np.ascontiguousarray(np.broadcast_to(mask, self.shape)).view(np.uint8)
        return in1, weight, mask, in2, self.fill
