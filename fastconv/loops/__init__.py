"""Run convolutions as loops over tiles, between the algorithms and the C kernels.

Only modules of this folder use OpenMP.

========================  ========================================================================
module                    what it does
========================  ========================================================================
axes                      Merge axes that are not filtered.
box                       Filter with constant kernels, by running sums.
contained                 Find numbers that are not finite, and the outputs whose windows hold them.
copies                    Copy arrays whose axes lie in another order in memory.
direct                    Convolve as stencils over rows.
direct_across             Convolve channel by channel, with lanes that are channels (depthwise).
direct_cuts               Cut rows and columns of a convolution of direct.
direct_dots               Convolve output by output, over planes of few outputs.
direct_layout             Cut a convolution of direct into runs, spans and blocks.
direct_matrix             Multiply a matrix of weights by images that the kernels cover wholly.
direct_planes             Convolve channel by channel, over planes of outputs (depthwise).
epilogue                  Apply bias, residual and activation; search for NaN and Inf.
exact                     Convert integers to real numbers and back, and measure how large they are.
fft                       Multiply spectra, and sum the products.
fft_tiled                 Filter tiles in the frequency domain.
fft_tiled_channel_layout  Choose between few and many channels, and tiles and blocks of many.
fft_tiled_channels        Filter tiles of many channels in the frequency domain.
fft_tiled_layout          Choose tiles of fft_tiled with a few channels.
fft_tiled_plan            Fill the parts of plans that fft_tiled and its channels share.
fft_tiled_transforms      List the passes and twiddles of the transforms of fft_tiled.
fft_tiled_whole           Convolve whole lines, images and volumes as one transform.
fft_tiled_work            Count the work of tiles of fft_tiled.
fixed                     Filter images of integers in fixed point.
footprint                 Compute maxima over windows with gaps.
footprint_layout          Cut a filter with a footprint into rows and tasks.
grad                      Compute the gradient of a weight as matrix products.
grad_direct               Compute the gradient of a weight channel by channel.
grad_sums                 Sum values of each channel, and arrays of a batch.
half                      Convert between float16 and float32.
im2col                    Convolve by unfolding images and multiplying matrices.
implicit_gemm             Convolve as a matrix product whose operand is packed tile by tile.
implicit_gemm_layout      Cut a convolution of implicit_gemm into panels and blocks.
integer                   Filter images of integers.
interrupt                 Stop long calls when a signal arrives.
lanes                     Convolve as implicit_gemm does, with lanes that are output channels.
lanes_axes                Count what outputs of lanes read along one axis.
lanes_layout              Cut a convolution of lanes into strips and blocks.
local                     Convolve with a different weight at every position.
lp                        Compute powers of the values of Lp pooling.
meeting                   Have the threads of a call on CPUs of their own.
missing                   Write out what is valid of an image, and join the two sums of a filter.
morphology                Spread a value over an image until nothing changes.
naive                     Compute reference results with plain loops.
operands                  Convert and describe the arrays of a call.
ordinal                   Find values of a given rank among the sorted values of a tile.
ordinal_layout            Cut a filter of ranks into tiles of sorted values.
passes                    Filter along one axis after the other.
passes_layout             Cut the passes of a filter into strips and tasks.
pixels                    Scale, shift and activate arrays with channels last.
planar                    Split complex numbers into planes of their parts, and join them.
polyphase                 Resample signals, and interleave phases.
pool_backward             Compute gradients of poolings that sum, and maxima across channels.
pool_backward_layout      Find the windows of a pooling that hold a position.
pooling                   Compute maxima, means and norms over windows.
pooling_layout            Choose how windows of poolings are joined.
pooling_windows           Describe the windows of poolings along three axes.
probe                     Measure the limits of this machine.
running                   Find values of a given rank in windows along one axis.
running_layout            Plan the sorting of windows along one axis, which share what is sorted.
scratch                   Lease workspace.
separable                 Filter with kernels of rank one, or with sums of a few of them.
simd                      Look up C kernels by instruction set.
sizes                     Divide sizes, and round those of scratch memory up.
stride_phases             Make weights of dense convolutions, and interleave their outputs.
taps                      Filter images by a list of taps, with integers as results.
tiled                     Copy every t-th value of an array, and add arrays.
turned                    Transpose matrices of few columns, and back.
unfold                    Unfold images into columns, and fold columns back.
winograd                  Convolve with 3x3 kernels in Winograd's transformed domain.
winograd_layout           Cut a convolution of winograd into tiles and blocks.
========================  ========================================================================
"""

import os


def _built():
    """Return whether the extensions of this folder were ever compiled."""
    from importlib.machinery import EXTENSION_SUFFIXES

    return any(os.path.exists(f"{__path__[0]}/epilogue{suffix}") for suffix in EXTENSION_SUFFIXES)


# GCC's OpenMP lets idle threads spin for some milliseconds before they sleep. If threads of another
# library (BLAS, say) spin too, a call then waits for whole time slices of the scheduler: on two
# cores 16 ms instead of 1. With 5000 spins, threads still catch calls that follow at once. OpenMP
# reads the variable when the first extension loads it. It is deleted afterwards, so that no other
# library sees it. If the user has set GOMP_SPINCOUNT or OMP_WAIT_POLICY, nothing is changed.
_SPINS = {"GOMP_SPINCOUNT": "5000"}
if "OMP_WAIT_POLICY" in os.environ or "GOMP_SPINCOUNT" in os.environ:
    _SPINS = {}
os.environ.update(_SPINS)
try:
    from . import epilogue as _first  # noqa: F401
except ImportError:
    if _built():
        raise
    _root = os.path.dirname(os.path.dirname(os.path.abspath(__path__[0])))
    raise ImportError(
        f"fastconv is not built in {_root}: run `make build`, or leave this folder to import the "
        "installed one"
    ) from None
finally:
    for _name in _SPINS:
        del os.environ[_name]
