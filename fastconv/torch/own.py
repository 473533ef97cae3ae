"""What torch computes itself, and how `fastconv.record` shows that."""

from types import SimpleNamespace

import torch
from torch._subclasses.fake_tensor import FakeTensor
from torch._subclasses.functional_tensor import FunctionalTensor
from torch.autograd import forward_ad
from torch.nn import Parameter
from torch.nn import functional as F

from ..problem import ForwardedProblem
from ..problem.forwarded import dtype_name
from ..recording import listen, note
from .options import each

#: dtypes that fastconv computes; torch computes all others
DTYPES = (torch.float32, torch.float64)
#: kinds of tensors that the operators take; wrappers such as DTensor have rules for torch's alone
_PLAIN = {torch.Tensor, Parameter, FakeTensor, FunctionalTensor}
_REASON = "fastconv takes float32 and float64 tensors on the CPU, outside of autocast"

_recording = False


def _set_recording(on):
    global _recording
    _recording = on


listen(_set_recording)


def is_ours(input, weight, bias):
    """Return whether fastconv computes a convolution of these tensors.

    Torch computes what is left: other dtypes and devices, sparse and other special tensors, calls
    under autocast, under `torch.func`'s transforms and with forward derivatives, tensors without
    elements, and arguments that are no tensors or do not fit together, which it refuses.
    """
    for tensor in (input, weight, bias):
        if tensor is None:
            continue
        if type(tensor) not in _PLAIN or tensor.dtype is not input.dtype:
            return False
        if not tensor.is_cpu or tensor.layout is not torch.strided:
            return False
    if input.dtype not in DTYPES or torch.is_autocast_enabled("cpu"):
        return False
    if torch._C._are_functorch_transforms_active() or forward_ad._current_level >= 0:
        return False  # the operators have no rules for torch.func and forward derivatives
    return 0 not in input.shape[1:] and 0 not in weight.shape


def torchs_own(name, input, weight, bias, *options):
    """Return what torch computes, and let `fastconv.record` show it.

    Parameters
    ----------
    name : str
        Name of the function.
    input, weight, bias : Tensor
        `bias` may be None.
    *options
        All other arguments, in the order of the function.
    """
    if _recording and not torch.compiler.is_compiling():
        tensors = [t for t in (input, weight, bias) if isinstance(t, torch.Tensor)]
        dtypes = tuple(
            dtype_name(SimpleNamespace(name=str(t.dtype).rpartition(".")[2])) for t in tensors
        )
        shapes = tuple(tuple(t.shape) for t in tensors)
        note(ForwardedProblem(name, dtypes, shapes, _REASON, "torch"), "torch")
    if name.startswith("local"):
        return _local(input, weight, bias, *options)
    return getattr(F, name)(input, weight, bias, *options)


def _local(input, weight, bias, stride, padding):
    """Return a convolution with one kernel per position, for which torch has no function.

    Torch sums over a view of all windows.
    """
    dims = (weight.ndim - 2) // 2
    lead = input.ndim - dims
    stride, padding = each(stride, dims), each(padding, dims)
    windows = F.pad(input, [p for p in reversed(padding) for _ in range(2)])
    for axis in range(dims):
        windows = windows.unfold(lead + axis, weight.shape[2 + axis], stride[axis])
    places, taps = "xy"[:dims], "uv"[:dims]
    result = torch.einsum(f"...c{places}{taps},kc{taps}{places}->...k{places}", windows, weight)
    if bias is None:
        return result
    return result + (bias if bias.ndim > 1 else bias.reshape(-1, *(1,) * dims))
