"""The same functions on CuPy arrays: algorithms, their registry, the planner's backend, calls.

===============  =================================================================================
`runtime`        CuPy as this package uses it: launches, events, memory, properties of a device
`arrays`         which arrays live on a device, and what is checked of them
`source`         sources of kernels with their includes, and structures passed to them
`machine`        the cost model's constants of a device
`base`           what the algorithms share
`stride_phases`  strided sums and their gradients as phases; for direct, implicit_gemm, winograd
`unfold`         unfolding of images; for im2col, fft and pooling
`registry`       all algorithms of a device, in one explicit order
`backend`        what the planner knows of a device
`executor`       one problem on one algorithm, ready to be called
`calls`          eager calls, and what plans and comparisons ask of arrays on a device
`cupyx`          calls of the SciPy faces that CuPy's own functions answer
`cuda/`          the kernels
===============  =================================================================================

Every other module is an algorithm, named like its counterpart in `fastconv.algorithms`: `direct`,
`implicit_gemm`, `im2col`, `winograd`, `fft`, `separable`, `pooling`, `naive`, and `cudnn` besides.

Nothing here imports CuPy before one of its arrays arrives. Algorithms are written against an array
namespace and a runtime's `launch`, so that tests can run all of them on NumPy arrays with kernels
that are compiled for the host.
"""
