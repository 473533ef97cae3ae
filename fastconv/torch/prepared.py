"""Weights that are prepared once, for networks that are not trained.

The plans of a weight are kept as long as the weight lives, and made again when it has changed.
"""

import torch
from torch.utils.weak import WeakTensorKeyDictionary

from .. import config
from ..caches import known
from ..plans import Plan, shared, split_arguments
from ..problem import OPS
from ..problem.arrays import Spec

#: plans of one weight that are kept, one for each shape of the input
_KEPT_PLANS = 8

#: the plans of each weight
_weights = WeakTensorKeyDictionary()


class _Plans:
    """Plans of one weight in one state, which `fastconv.release_memory` drops.

    Parameters
    ----------
    state : tuple
        What `_state` returned for the weight.
    """

    def __init__(self, state):
        self.state = state
        self.found = {}
        self._prepared = {}
        known(self)

    def keep(self, key, plan, rest):
        """Return what a call needs of a plan, and keep it."""
        if len(self.found) >= _KEPT_PLANS:
            self.clear()
        shared(plan, self._prepared)
        found = self.found[key] = plan.runner(), rest
        return found

    def clear(self):
        """Drop all plans."""
        self.found, self._prepared = {}, {}


def _state(weight):
    """Return what changes when the weight is written to, or gets other memory through ``.data``."""
    return weight._version, weight.data_ptr(), weight.shape, weight.stride(), weight.dtype


def forget(weight):
    """Drop the plans of a weight, if there are any."""
    _weights.pop(weight, None)


def run_prepared(name, input, weight, bias, options):
    """Return the result of a convolution, with a weight that is prepared at its first call.

    Parameters
    ----------
    name : str
        Name of the function.
    input, weight, bias : Tensor
        Tensors of one dtype. The bias may be None. The weight counts its changes, which tensors
        that were made in inference mode do not.
    options : tuple
        Options in the order of the function; those that are missing at the end have their default.
    """
    state = _state(weight)
    plans = _weights.get(weight)
    if plans is None or plans.state != state:
        plans = _weights[weight] = _Plans(state)
    x = input.numpy(force=True)
    b = None if bias is None else bias.numpy(force=True)
    key = (name, x.shape, None if b is None else b.shape, options, config.epoch())
    found = plans.found.get(key)
    if found is None:
        # not the weight's own array, which would keep the weight alive
        found = plans.keep(key, *_planned(name, x, weight.detach().numpy(), b, options))
    run, rest = found
    return torch.from_numpy(run((x, None, b, *rest), None, None))


def _planned(name, x, w, b, options):
    """Return a plan, and the arrays after the bias that a call gives to it."""
    op = OPS[name]
    given = {"input": Spec(x.shape, x.dtype), "weight": w}
    if b is not None:
        given["bias"] = Spec(b.shape, b.dtype)
    arrays, options = split_arguments(op, {**given, **dict(zip(op.options, options, strict=False))})
    plan = Plan(op, arrays, options, "auto", "default", None, "estimate", None)
    return plan, arrays[3:]
