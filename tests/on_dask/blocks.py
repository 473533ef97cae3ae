"""Help the tests of Dask's arrays: random chunks, and comparisons with the call on NumPy's.

``FASTCONV_TEST_DASK=1000`` draws so many examples in each property test, other ones in every run.
"""

import os
from unittest import mock

import dask.array as da
import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from fastconv.dask import graph

_WANTED = int(os.environ.get("FASTCONV_TEST_DASK") or 0)
#: of all property tests
SETTINGS = settings(
    max_examples=_WANTED or 60, deadline=None, derandomize=not _WANTED,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
MODES = ("reflect", "constant", "nearest", "mirror", "wrap")
FLOATS = ("f4", "f8")
INTEGERS = ("u1", "i2", "i4", "i8")


@st.composite
def chunks(draw, shape):
    """Draw chunks of an array: of 1, uneven ones, or one along an axis."""
    result = []
    for size in shape:
        own, left = [], size
        most = draw(st.sampled_from((1, 3, 7, 40)))
        while left:
            own.append(draw(st.integers(1, min(most, left))))
            left -= own[-1]
        result.append(tuple(own) or (0,))
    return tuple(result)


@st.composite
def arrays(draw, shape, dtypes=FLOATS + INTEGERS):
    """Draw an array of random numbers."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    dtype = np.dtype(draw(st.sampled_from(dtypes)))
    if dtype.kind in "iu":
        return rng.integers(0, 50, shape).astype(dtype)
    if dtype.kind == "c":
        return (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)).astype(dtype)
    return rng.standard_normal(shape).astype(dtype)


def lazy(draw, array):
    """Return an array in random chunks."""
    return da.from_array(array, chunks=draw(chunks(array.shape)))


def outcome(call, *args):
    """Return the results of a call as a tuple, or the error that it raised."""
    try:
        with np.errstate(all="ignore"):
            result = call(*args)
    except (ValueError, TypeError, RuntimeError) as error:
        return error
    return result if isinstance(result, tuple) else (result,)


def agree(call, given, made, exact=False, bound=1e-5):
    """Assert that a call on Dask's arrays has the result of the call on NumPy's.

    Parameters
    ----------
    call : callable
    given, made : list of array
        The arrays of NumPy, and the same ones of Dask.
    exact : bool
        Whether results of floating point must have the same bits, too.
    bound : float
        Largest error, in units of the largest result in single precision.
    """
    expected = outcome(call, *given)
    # blocks of half of the chunkings are cut into strips as large blocks are
    least = 1 if sum(made[-1].numblocks) % 2 else graph.CUT_BYTES
    with mock.patch.multiple(graph, CUT_BYTES=least, KEPT_BYTES=least):
        found = outcome(call, *made)
    if isinstance(expected, Exception):
        if not isinstance(found, Exception):  # values are checked by the tasks
            found = outcome(lambda: tuple(r.compute(scheduler="sync") for r in found))
        assert isinstance(found, type(expected)), (expected, found)
        return
    if isinstance(found, Exception):
        raise found
    for result, right in zip(found, expected, strict=True):
        same(result, right, exact, bound)


def same(result, right, exact=False, bound=1e-5):
    """Assert that an array of Dask has the shape, the dtype and the values of one of NumPy."""
    assert isinstance(result, da.Array)
    assert result.shape == right.shape and result.dtype == right.dtype
    assert type(result._meta) is np.ndarray and result._meta.dtype == right.dtype
    assert all(0 not in own for own, n in zip(result.chunks, right.shape, strict=True) if n)
    value = result.compute(scheduler="sync")
    assert value.shape == right.shape and value.dtype == right.dtype
    if exact or right.dtype.kind in "iub":
        np.testing.assert_array_equal(value, right)
    elif right.size:
        np.testing.assert_array_equal(np.isnan(value), np.isnan(right))
        wide = right.dtype.itemsize // (2 if right.dtype.kind == "c" else 1)
        scale = np.nanmax(np.abs(right), initial=1e-3)
        bound *= {8: 1e-8, 4: 1, 2: 500}[wide]
        assert np.nanmax(np.abs(value - right), initial=0) <= bound * scale
