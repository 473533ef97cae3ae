"""The same functions on CuPy arrays: the registry, the planner's device and the way in.

===============  =============================================================================
`runtime`        CuPy as this package uses it: launches, events, memory, properties
`arrays`         which arrays live on a device, and what is checked of them
`source`         kernel sources: includes, parameters, launches
`device`         the cost model's constants, from a device's properties
`base`           what the algorithms share
`walks`          strided sums and their phases, for direct, implicit_gemm and winograd
`columns`        unfolding, for im2col, fft and unfold
`registry`       all algorithms of the device, in one explicit order
`place`          the planner's view of a device
`executor`       one problem on one algorithm, ready to run
`calls`          eager calls
`site`           plans
`subject`        comparisons
`cuda/`          the kernels
===============  =============================================================================

Nothing here imports CuPy before an array of it arrives. Every algorithm is written against an array
namespace and a runtime's `launch`, so that tests run all of it on NumPy arrays with the kernels
compiled for the host.
"""
