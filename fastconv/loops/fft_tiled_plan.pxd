"""What fft_tiled.pyx and fft_tiled_channels.pyx have in common."""

from fastconv.loops cimport simd

cdef set_transform(simd.fc_transform *t, size, dtype, list kept)
cdef set_plan(simd.fc_fft_plan *p, str dtype, cut, n, groups, image_channels, feature_channels,
              axes, bias, activation, add, list kept)
