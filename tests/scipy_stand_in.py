"""Run SciPy's own tests with fastconv's functions: a pytest plugin that test_scipy_suite.py loads.

In test modules, it replaces the functions of SciPy that fastconv has too, and the modules
`scipy.signal` and `scipy.ndimage`: in globals, in attributes of classes and in parameters. The file
named by FASTCONV_SCIPY_CALLS receives how often each function was called.
"""

import functools
import json
import os
import types

import scipy.ndimage
import scipy.signal

from fastconv import ndimage, signal

NAMES = {
    "signal": (
        "choose_conv_method", "convolve", "convolve2d", "correlate", "correlate2d",
        "correlation_lags", "decimate", "fftconvolve", "filtfilt", "lfilter", "oaconvolve",
        "resample_poly", "savgol_filter", "sepfir2d", "upfirdn",
    ),
    "ndimage": (
        "convolve", "convolve1d", "correlate", "correlate1d", "gaussian_filter",
        "gaussian_filter1d", "gaussian_gradient_magnitude", "gaussian_laplace", "laplace",
        "maximum_filter", "maximum_filter1d", "minimum_filter", "minimum_filter1d", "prewitt",
        "sobel", "uniform_filter", "uniform_filter1d",
        "grey_erosion", "grey_dilation", "grey_opening", "grey_closing", "morphological_gradient",
        "morphological_laplace", "white_tophat", "black_tophat", "binary_erosion",
        "binary_dilation", "binary_opening", "binary_closing", "median_filter",
        "percentile_filter", "rank_filter",
    ),
}  # fmt: skip

calls = {f"{package}.{name}": 0 for package, names in NAMES.items() for name in names}


def _counted(label, function):
    @functools.wraps(function)
    def counting(*args, **kwargs):
        calls[label] += 1
        return function(*args, **kwargs)

    return counting


def _stand_ins():
    """Return pairs of SciPy's function and ours, in a dict with the id of SciPy's."""
    pairs = {}
    for real, own in ((scipy.signal, signal), (scipy.ndimage, ndimage)):
        package = real.__name__.rsplit(".", 1)[1]
        module = types.ModuleType(real.__name__)
        module.__getattr__ = functools.partial(getattr, real)
        for name in NAMES[package]:
            function = _counted(f"{package}.{name}", getattr(own, name))
            setattr(module, name, function)
            pairs[id(getattr(real, name))] = getattr(real, name), function
        pairs[id(real)] = real, module
    return pairs


_PAIRS = _stand_ins()


def _replaced(value, depth=3):
    """Return `value` with SciPy's functions replaced, also in lists, tuples and dicts."""
    if id(value) in _PAIRS:
        return _PAIRS[id(value)][1]
    if depth and type(value) in (list, tuple):
        entries = [_replaced(v, depth - 1) for v in value]
        changed = any(a is not b for a, b in zip(entries, value, strict=True))
        return type(value)(entries) if changed else value
    if depth and type(value) is dict:
        entries = {k: _replaced(v, depth - 1) for k, v in value.items()}
        return entries if any(entries[k] is not value[k] for k in value) else value
    return value


def _replace_in(owner):
    for name, value in list(vars(owner).items()):
        if name.startswith("__"):
            continue
        theirs = value.__func__ if isinstance(value, staticmethod) else value
        own = _replaced(theirs)
        if own is not theirs:
            function = isinstance(owner, type) and isinstance(own, types.FunctionType)
            setattr(owner, name, staticmethod(own) if function else own)


def pytest_collection_modifyitems(items):
    for module in {item.module for item in items}:
        _replace_in(module)
        for value in list(vars(module).values()):
            if isinstance(value, type) and value.__module__ == module.__name__:
                _replace_in(value)
    for item in items:
        if hasattr(item, "callspec"):
            for name, value in item.callspec.params.items():
                item.callspec.params[name] = _replaced(value)


def pytest_sessionfinish():
    with open(os.environ["FASTCONV_SCIPY_CALLS"], "w") as file:
        json.dump(calls, file)
