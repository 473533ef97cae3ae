"""Loops over tiles: the one place of OpenMP, between the algorithms and the C kernels."""
