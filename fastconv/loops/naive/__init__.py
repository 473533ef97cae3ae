"""Naive loops: every function of fastconv written down straight from its formula.

================  =================================================================================
``geometry``      which sources and which weights meet at a target of a convolution, as tables
``convolution``   ``Gather``: features from an image, or an image from features
``gradients``     ``WeightGradient``, which also serves biases
``windows``       which sources a window of a pooling holds, and which windows hold a source
``linear``        ``LinearPool``: averages, weighted windows, ``fold`` and their gradients
``maxima``        ``MaxPool``, ``maxout`` and its gradient
``lp``            ``LpPool`` and its gradient
``rearrange``     ``Unfold``, max unpooling, and the gradients that follow stored indices
``common.pxd``    types and the one multiply-add; ``rows.pxd`` a row of sums and its epilogue
================  =================================================================================

Classes are made once from sizes and tables, and called with arrays and a number of threads.
Outputs are dealt out to threads, sums never are, so the bits do not depend on the threads.
float32 is summed in float64, complex64 in complex128, integers modulo 2**64.
"""
