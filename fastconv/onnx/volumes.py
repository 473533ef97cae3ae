"""Poolings of images with channels last: those of volumes of one channel.

An image of C channels, with channels last, is a volume with C as its last axis, along which windows
have one value.
"""

from dataclasses import replace

import numpy as np

from .values import Value

_GLOBAL = {"GlobalAveragePool": "AveragePool", "GlobalMaxPool": "MaxPool"}


def turned(array):
    """Return an array (N, C, ...) as (N, ..., C), without a copy."""
    return array.transpose(0, *range(2, array.ndim), 1)


def volume_of(value):
    """Return the `Value` of the volumes of images."""
    n, channels, *sizes = value.shape
    return Value((n, 1, *sizes, channels), value.dtype)


def volume_node(node, value):
    """Return the pooling of the volumes of a value."""
    dims, attributes = value.ndim - 2, dict(node.attributes)
    if node.op in _GLOBAL:
        return replace(
            node, op=_GLOBAL[node.op], attributes={"kernel_shape": (*value.shape[2:], 1)}
        )
    for name in ("kernel_shape", "strides", "dilations"):
        attributes[name] = (*(attributes.get(name) or (1,) * dims), 1)
    pads = attributes.get("pads") or (0,) * (2 * dims)
    attributes["pads"] = (*pads[:dims], 0, *pads[dims:], 0)
    return replace(node, attributes=attributes)


def of_volume(action, make):
    """Return the action for images whose volumes `action` takes.

    Parameters
    ----------
    action : Action
    make : callable
        ``make(planned, operands)`` returns the action that calls a plan.
    """
    ((shape, dtype),) = action.outputs

    def operands(arrays, outs):
        x, out = turned(arrays[0])[:, None], turned(outs[0])[:, None]
        if not (x.flags.c_contiguous and out.flags.c_contiguous):
            return None
        return action.operands([x], [out])

    def into(arrays, outs, threads):
        x, out = np.ascontiguousarray(turned(arrays[0])[:, None]), turned(outs[0])[:, None]
        if out.flags.c_contiguous:
            action.run([x], [out], threads)
            return
        result = np.empty(shape, dtype)  # its place is a part of a concatenation
        action.run([x], [result], threads)
        np.copyto(out, result)

    return replace(
        make(action.planned, operands), run=into, dense=True,
        outputs=[((shape[0], shape[-1], *shape[2:-1]), dtype)],
    )  # fmt: skip
