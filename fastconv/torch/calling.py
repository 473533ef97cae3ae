"""`convolved`: call an operator of fastconv, or what torch has in its place."""

from torch.fx import Proxy

from .operators import operator
from .options import with_numbers
from .own import is_ours, torchs_own


def convolved(name, input, weight, bias, *options, prepared=False):
    """Call the operator of a function, or what torch has in its place.

    Parameters
    ----------
    name : str
        Name of the function.
    input, weight, bias : Tensor
        `bias` may be None.
    *options
        All options, in the order of the function.
    prepared : bool
        Whether to keep the prepared weight, if fastconv computes the call.
    """
    ours = isinstance(input, Proxy) or is_ours(input, weight, bias)
    if isinstance(options[1], str) and (ours or name.startswith("local")):
        input, options = with_numbers(name, input, weight, options)
    if not ours:
        return torchs_own(name, input, weight, bias, *options)
    return operator("prepared_" * prepared + name)(input, weight, bias, *options)
