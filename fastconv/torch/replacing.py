"""Let the convolutions of a network run on fastconv, and undo it."""

from torch import nn
from torch.nn.utils.parametrize import is_parametrized

from .modules import OURS

_TORCHS = {ours: torchs for torchs, ours in OURS.items()}


def replace_convolutions(module):
    """Replace the forward pass of all convolutions in a module by that of fastconv.

    Parameters
    ----------
    module : torch.nn.Module
        A network, or one layer. Its layers of the classes `torch.nn.Conv1d` to `Conv3d`,
        `ConvTranspose1d` to `ConvTranspose3d`, and their lazy forms, get a new `forward`. Those of
        other classes that are derived from these stay as they are, because they may compute
        something else; `torch.nn.utils.parametrize` may have changed a layer, though.

    Returns
    -------
    torch.nn.Module
        The same object. Parameters, buffers, hooks and `state_dict` are the same as well.

    Raises
    ------
    TypeError
        If `module` is no `torch.nn.Module`.

    See Also
    --------
    restore_convolutions : Undoes this.
    fastconv.torch.conv2d : Is what the layers call.

    Notes
    -----
    The class of each layer becomes one of `fastconv.torch.modules`, which is derived from the class
    in `torch.nn`. Copies and pickles of the network therefore run on fastconv, too.

    In eval mode and without gradients, a layer prepares its weight at the first call of a shape,
    and again when the weight has changed, which its version tells. A change through ``weight.data``
    has no version: call ``module.train()`` and ``module.eval()`` after it. Weights that were made
    in inference mode are prepared in each call. `fastconv.release_memory` drops prepared weights.

    Examples
    --------
    >>> import torch
    >>> import fastconv.torch
    >>> net = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.ReLU()).eval()
    >>> fastconv.torch.replace_convolutions(net)
    Sequential(
      (0): fastconv.Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1))
      (1): ReLU()
    )
    >>> with torch.no_grad():
    ...     net(torch.zeros(1, 3, 16, 16)).shape
    torch.Size([1, 8, 14, 14])
    """
    for layer in _layers(module):
        _exchange(layer, OURS)
    return module


def restore_convolutions(module):
    """Undo `replace_convolutions`.

    Parameters
    ----------
    module : torch.nn.Module
        A network, or one layer. Layers that do not run on fastconv stay as they are.

    Returns
    -------
    torch.nn.Module
        The same object, whose layers have the classes of `torch.nn` again. Their prepared weights
        are dropped.

    Raises
    ------
    TypeError
        If `module` is no `torch.nn.Module`.

    See Also
    --------
    replace_convolutions : Lets the layers run on fastconv.

    Examples
    --------
    >>> import torch
    >>> import fastconv.torch
    >>> layer = fastconv.torch.replace_convolutions(torch.nn.Conv1d(3, 8, 3))
    >>> fastconv.torch.restore_convolutions(layer)
    Conv1d(3, 8, kernel_size=(3,), stride=(1,))
    """
    for layer in _layers(module):
        if isinstance(layer, tuple(_TORCHS)):
            layer.forget_weight()
            _exchange(layer, _TORCHS)
    return module


def _layers(module):
    """Return a list of a module and all modules in it."""
    if not isinstance(module, nn.Module):
        raise TypeError(f"module must be a torch.nn.Module, got {type(module).__name__}")
    return list(module.modules())


def _exchange(layer, classes):
    """Give a layer the class that `classes` has for its own, if there is one."""
    cls = type(layer)
    if cls in classes:
        layer.__class__ = classes[cls]
    elif is_parametrized(layer) and cls.__bases__[0] in classes:
        # torch has derived this class for this layer, with a property for each parametrization
        base = classes[cls.__bases__[0]]
        names = {k: v for k, v in vars(cls).items() if k not in ("__dict__", "__weakref__")}
        layer.__class__ = type(f"Parametrized{base.__name__}", (base,), names)
