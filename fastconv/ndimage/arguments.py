"""Arguments of filters with windows: footprints as options, SciPy's warning, outputs."""

import warnings as _warnings

import numpy as np

from ..problem.arrays import as_array
from ..problem.footprint import as_option


def marks_of(footprint):
    """Return a footprint, or a boolean structure, as an option."""
    marks = as_array("footprint", footprint)
    given = marks.dtype.kind in "biuf" and marks.size  # without elements, tuples have no shape
    return as_option(marks) if given else footprint


def window_of(size, footprint, warnings=1, stacklevel=3):
    """Return size and footprint as options, of which the size is None if there are both.

    Parameters
    ----------
    warnings : int
        How often SciPy's function warns if there are both.
    stacklevel : int
        As in `warnings.warn`.
    """
    if footprint is None:
        return size, None
    for _ in range(warnings if size is not None else 0):
        _warnings.warn("ignoring size because footprint is set", UserWarning, stacklevel=stacklevel)
    return None, marks_of(footprint)


def array_of(output, out):
    """Return `output` for functions of SciPy that ignore it unless it is an array."""
    return output if isinstance(output, np.ndarray) or out is not None else None


def arguments(arrays, size, footprint, others, warnings):
    """Return the arrays and options of a morphological filter of a grey image.

    Parameters
    ----------
    arrays : tuple of array_like
        The image, and the structure or None.
    others : tuple
        The other options.
    warnings : int
        As in `window_of`.
    """
    return arrays, (*window_of(size, footprint, warnings, stacklevel=4), *others)
