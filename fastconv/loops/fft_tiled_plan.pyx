# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""fft_tiled: fill the parts of plans that one channel and many channels share."""

cimport numpy as cnp

from fastconv.loops.axes cimport set_axes
from fastconv.loops.epilogue cimport FC_LINEAR, activation_code
from fastconv.loops.simd cimport fc_geometry
from fastconv.loops.fft_tiled_transforms import radices, twiddles

cnp.import_array()


cdef set_transform(fc_transform *t, size, str dtype, list kept):
    """Set up a transform of `size`; its twiddles live as long as the list `kept`.

    Parameters
    ----------
    t : fc_transform
    size : int
    dtype : str
        "f4" or "f8".
    kept : list
    """
    cdef cnp.ndarray table = twiddles(size, dtype)
    kept.append(table)
    t.size = size
    t.twiddle_count = table.size
    t.twiddles = cnp.PyArray_DATA(table)
    t.passes = 0
    for radix in radices(size):
        t.radix[t.passes] = radix
        t.passes += 1


cdef set_plan(fc_fft_plan *p, str dtype, cut, n, groups, image_channels, feature_channels,
              axes, bias, activation, add, list kept):
    """Set geometry, channels, transforms and tiles; `kept` holds the tables of the plan."""
    cdef fc_geometry *g = &p.geometry
    cdef int i
    real = "f4" if dtype in ("f32", "c64") else "f8"
    p.is_complex = dtype[0] == "c"
    p.groups, p.group_channels = groups, image_channels // groups
    p.group_features = feature_channels // groups
    p.bias_position = bias == "position"
    p.activation = activation_code(activation)
    p.has_epilogue = bias is not None or p.activation != FC_LINEAR or add
    p.upright, p.parts, p.part, p.line_twiddles = 0, 1, 0, NULL
    g.batch, g.image_channels, g.feature_channels = n, image_channels, feature_channels
    set_axes(g, axes)
    for i in range(3):
        p.tiles[i], p.hop[i] = cut.tiles[i], cut.hop[i]
        set_transform(&p.transform[i], cut.sizes[i], real, kept)
