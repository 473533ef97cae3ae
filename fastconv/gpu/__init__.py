"""The same functions on CuPy arrays: the registry, the planner's backend and the way in.

===============  =============================================================================
`runtime`        CuPy as this package uses it: launches, events, memory, properties
`arrays`         which arrays live on a device, and what is checked of them
`source`         kernel sources: includes, parameters, launches
`machine`        the cost model's constants, from a device's properties
`base`           what the algorithms share
`walks`          strided sums and their phases, for direct, implicit_gemm and winograd
`columns`        unfolding, for im2col, fft and unfold
`registry`       all algorithms of the device, in one explicit order
`backend`        what the planner knows of a device
`executor`       one problem on one algorithm, ready to run
`calls`          eager calls, and what plans and comparisons ask of arrays on a device
`cuda/`          the kernels
===============  =============================================================================

Nothing here imports CuPy before an array of it arrives. Every algorithm is written against an array
namespace and a runtime's `launch`, so that tests run all of it on NumPy arrays with the kernels
compiled for the host.
"""
