"""Compute every function of fastconv with naive loops, straight from its formula.

================  =================================================================================
``geometry``      tables of the sources and weights that meet at a target of a convolution
``convolution``   ``Gather``: features from an image, or an image from features
``gradients``     ``WeightGradient``: gradients of weights and biases
``windows``       tables of the sources in a window of a pooling, and of the windows of a source
``linear``        ``LinearPool``: averages, weighted windows, ``fold`` and their gradients
``maxima``        ``MaxPool``, ``maxout`` and its gradient
``lp``            ``LpPool`` and its gradient
``rearrange``     ``Unfold``, max unpooling, and the gradients that follow stored indices
``common.pxd``    types, and the one multiply-add that all loops use
``rows.pxd``      a row of sums and its epilogue
================  =================================================================================

An object is made once from sizes and tables, and called with arrays and a number of threads.
Threads share the outputs but never one sum, so results do not depend on the number of threads.
float32 is summed in float64, complex64 in complex128, and integers modulo 2**64.
"""
