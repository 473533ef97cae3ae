"""Operations that one pass of a C kernel computes: y = activation(x * scale + shift + add).

`fusion` makes nodes "Affine" of the domain `OURS`. Their inputs are x, then scale, shift and add,
each of which may be left out. Activations that stand alone are such nodes without the others.
"""

import numpy as np

from ..loops.epilogue import affine
from ..loops.pixels import affine_last
from .activations import activation_of
from .values import INTO, OUTPUT, Action


def action(node, values, context):
    """Return the `Action` of an "Affine" node, or of an activation that stands alone."""
    if node.domain == "":
        found = activation_of(node, _constants(node, values))
        hard = node.op == "HardSigmoid"
        if not (found or hard) or not values[0].real:
            return None
        if hard:
            dtype = values[0].dtype
            scale = np.full(1, node.get("alpha", 0.2), dtype)
            shift = np.full(1, node.get("beta", 0.5), dtype)
            return _pass(values[0], scale, shift, None, ("clip", 0.0, 1.0))
        return _pass(values[0], None, None, None, found)
    if node.op != "Affine":
        return None
    x, scale, shift, add = (*values, *[None] * (4 - len(values)))
    activation = node.get("activation", (None, 0.0, 0.0))
    scale = None if scale is None else scale.constant
    shift = None if shift is None else shift.constant
    return _pass(x, scale, shift, add, activation)


def _constants(node, values):
    """Return what finds the constant of one of a node's inputs."""
    by_name = dict(zip(node.inputs, values, strict=False))

    def constant(name):
        value = by_name.get(name)
        return None if value is None else value.constant

    return constant


def _pass(x, scale, shift, add, activation):
    name, low, high = activation
    vector = scale if scale is not None else shift
    count = x.size
    if vector is not None:
        count = x.size // max(1, x.shape[0] * x.shape[1]) if vector.size > 1 else x.size
        if vector.size > 1 and x.shape[1] != vector.size:
            raise ValueError(f"{vector.size} channels expected, the shape is {x.shape}")
    count = max(count, 1)
    if not x.real or add is not None and (add.shape != x.shape or add.dtype != x.dtype):
        return _in_steps(x, scale, shift, add, activation)
    if x.last:
        scale, shift = (_per_channel(v, x.shape[1]) for v in (scale, shift))

        def run(arrays, outs, threads):
            plus = None if add is None else arrays[3]
            affine_last(outs[0], arrays[0], scale, shift, plus, name, low, high, threads)

        in_place = (0,) if add is None else (0, 3)
    elif add is None:

        def run(arrays, outs, threads):
            affine(outs[0], arrays[0], count, scale, shift, None, name, low, high, threads)

        in_place = (0,)
    else:

        def run(arrays, outs, threads):
            affine(outs[0], arrays[0], count, scale, shift, arrays[3], name, low, high, threads)

        in_place = (0, 3)
    alike = ((*in_place, OUTPUT),)
    return Action(INTO, [(x.shape, x.dtype)], run, in_place, algorithm="one pass", alike=alike)


def _per_channel(vector, channels):
    """Return a vector with a number per channel, where it may have one for all."""
    return vector if vector is None else np.ascontiguousarray(np.broadcast_to(vector, (channels,)))


def _in_steps(x, scale, shift, add, activation):
    """Return the action where no C pass can run: an addition that broadcasts, or other dtypes."""
    shape = x.shape if add is None else np.broadcast_shapes(x.shape, add.shape)
    columns = (1, -1) + (1,) * (x.ndim - 2)

    def run(arrays, outs, threads):
        y, out = arrays[0], outs[0]
        if scale is not None:
            y = y * scale.reshape(columns)
        if shift is not None:
            y = y + shift.reshape(columns)
        if add is None:
            np.copyto(out, y)
        else:
            np.add(y, arrays[3], out=out)
        activate(out, activation, threads)

    return Action(INTO, [(shape, x.dtype)], run)


def activate(out, activation, threads):
    """Apply an activation to an array in place, whatever its dtype.

    Parameters
    ----------
    out : ndarray
    activation : tuple (name, low, high)
        As `activation_of` returns it; the name None stands for none.
    threads : int
    """
    name, low, high = activation
    if name is None or out.size == 0:
        return
    if out.dtype in (np.float32, np.float64):
        if not out.flags.c_contiguous:
            affine_last(out, out, None, None, None, name, low, high, threads)
            return
        affine(out, out, out.size, None, None, None, name, low, high, threads)
    elif out.dtype.kind in "iu":  # of which only these are defined
        low, high = {"relu": (0, np.inf), "relu6": (0, 6)}.get(name, (low, high))
        limits = np.iinfo(out.dtype)
        np.clip(out, int(max(low, limits.min)), int(min(high, limits.max)), out=out)
    else:
        wide = out.astype(np.float32)
        affine(wide, wide, wide.size, None, None, None, name, low, high, threads)
        np.copyto(out, wide, casting="unsafe")
