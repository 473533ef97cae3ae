"""Resize and Upsample: interpolation along one axis after the other, from tables of taps.

Each output position of an axis is a weighted sum of a few input positions. `_taps` returns their
indices and weights, as the ONNX specification defines them.
"""

import numpy as np

from .values import INTO, Action

_CUBIC = {"cubic", "bicubic"}
_COORDINATES = {
    "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric",
}  # fmt: skip


def action(node, values, context):
    """Return the `Action` of a Resize or an Upsample, or None for options that are rare."""
    if not node.of_onnx("Resize", "Upsample") or values[0] is None or not values[0].plain:
        return None
    x = values[0]
    mode = node.get("mode", "nearest")
    if node.get("antialias", 0) or node.get("keep_aspect_ratio_policy", "stretch") != "stretch":
        return None
    if mode != "nearest" and x.dtype.kind != "f":
        return None
    old = node.op == "Upsample" or node.version < 11
    coordinates = "asymmetric" if old else node.get("coordinate_transformation_mode", "half_pixel")
    if coordinates not in _COORDINATES:
        return None
    found = _sizes(node, values, x)
    if found is None or 0 in x.shape:
        return None
    shape, scales = found
    rounding = "floor" if old else node.get("nearest_mode", "round_prefer_floor")
    tables = []
    for axis, (n, m, scale) in enumerate(zip(x.shape, shape, scales, strict=True)):
        if n == m and scale == 1:
            continue
        at = _positions(coordinates, n, m, scale)
        indices, weights = _taps(mode, rounding, at, n, node)
        column = (-1,) + (1,) * (x.ndim - 1 - axis)
        weights = [None if w is None else w.astype(x.dtype).reshape(column) for w in weights]
        tables.append((axis, indices, weights))
    # the axis that shrinks most, or grows least, comes first
    tables.sort(key=lambda t: shape[t[0]] / x.shape[t[0]])

    def into(arrays, outs, threads):
        y = arrays[0]
        for axis, indices, weights in tables:
            total = None
            for index, weight in zip(indices, weights, strict=True):
                term = np.take(y, index, axis=axis)
                if weight is not None:
                    term *= weight
                total = term if total is None else np.add(total, term, out=total)
            y = total
        np.copyto(outs[0], y)

    return Action(INTO, [(shape, x.dtype)], into)


def _sizes(node, values, x):
    """Return the output's shape and the scale of each axis, or None if they are not constant."""
    if node.op == "Upsample" or node.version < 11:
        scales, sizes = values[1] if len(values) > 1 else None, None
        given = node.get("scales") if scales is None else scales.constant
    else:
        scales, sizes = (*values[2:4], None, None)[:2]
        given = None if scales is None else scales.constant
        if scales is not None and given is None:
            return None
    axes = node.get("axes")
    axes = list(range(x.ndim)) if axes is None else [a % x.ndim for a in axes]
    shape, factors = list(x.shape), [1.0] * x.ndim
    if given is not None and len(given):
        if len(given) != len(axes):
            return None
        for axis, scale in zip(axes, given, strict=True):
            factors[axis] = float(scale)
            shape[axis] = int(np.floor(x.shape[axis] * np.float64(scale)))
    elif sizes is not None and sizes.constant is not None and sizes.size == len(axes):
        for axis, size in zip(axes, sizes.constant, strict=True):
            shape[axis] = int(size)
            factors[axis] = shape[axis] / x.shape[axis]
    else:
        return None
    return tuple(shape), factors


def _positions(coordinates, n, m, scale):
    """Return the input position of each output position along an axis."""
    out, length = np.arange(m, dtype=np.float64), scale * n
    if coordinates == "asymmetric":
        return out / scale
    if coordinates == "align_corners":
        return out * 0 if length == 1 else out * (n - 1) / (length - 1)
    if coordinates == "pytorch_half_pixel" and length == 1:
        return out * 0 - 0.5
    at = (out + 0.5) / scale - 0.5
    if coordinates == "half_pixel_symmetric":
        at += n / 2 * (1 - m / length)
    return at


def _taps(mode, rounding, at, n, node):
    """Return the indices and the weights of the taps; the weight None stands for 1."""
    if mode == "nearest":
        index = {
            "round_prefer_floor": lambda: np.ceil(at - 0.5),
            "round_prefer_ceil": lambda: np.floor(at + 0.5),
            "floor": lambda: np.floor(at),
            "ceil": lambda: np.ceil(at),
        }[rounding]()
        return [np.clip(index, 0, n - 1).astype(np.intp)], [None]
    first = np.floor(at)
    t = at - first
    if mode in _CUBIC:
        a = node.get("cubic_coeff_a", -0.75)
        weights = [_cubic(1 + t, a), _cubic(t, a), _cubic(1 - t, a), _cubic(2 - t, a)]
        shifts = (-1, 0, 1, 2)
    else:
        weights, shifts = [1 - t, t], (0, 1)
    indices = [first + shift for shift in shifts]
    if node.get("exclude_outside", 0):
        weights = [
            np.where((i < 0) | (i >= n), 0, w) for i, w in zip(indices, weights, strict=True)
        ]
        total = sum(weights)
        weights = [w / total for w in weights]
    return [np.clip(i, 0, n - 1).astype(np.intp) for i in indices], weights


def _cubic(s, a):
    """Return the weight of a tap at distance s, 0 <= s <= 2 (R. Keys, 1981)."""
    near = ((a + 2) * s - (a + 3)) * s * s + 1
    return np.where(s <= 1, near, ((a * s - 5 * a) * s + 8 * a) * s - 4 * a)
