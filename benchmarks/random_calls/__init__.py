"""Random calls of the public functions, each with SciPy's answer to the same question.

    random_call(7)      # the same call at every time, on every machine

The sizes are those that planning has to withstand: ones, primes, equal sizes of image and kernel,
thin images, trailing axes of one or three, four axes. `tests/first_calls.py` makes these calls in a
process with little memory and little time, and `benchmarks/choices.py` times them beside SciPy's.

======================  =========================================================
module                  contents
======================  =========================================================
``call``                `Call` and its `Array` arguments
``sizes``               shapes of images and kernels
``filters``             calls of `convolve`, `fastconv.signal`, `fastconv.ndimage`
``signals``             calls of `fastconv.signal` that filter signals; not among the
                        default kinds
``networks``            calls of layers, gradients and poolings
``references``          what SciPy has no function for, by calls of SciPy's
======================  =========================================================
"""

from dataclasses import replace

from .call import Draw
from .filters import FILTERS
from .networks import NETWORKS
from .signals import SIGNALS

__all__ = ["FILTERS", "NETWORKS", "SIGNALS", "random_call"]


def random_call(number, kinds=FILTERS + NETWORKS):
    """Return the random `Call` of a number.

    Parameters
    ----------
    number : int
        Number of the call, which decides everything about it.
    kinds : tuple of callable
        Functions that draw a call, or None if what they drew takes too long.
    """
    draw = Draw(number)
    kind = draw.choice(kinds)
    while True:
        call = kind(draw)
        if call is not None:
            return replace(call, seed=number)
