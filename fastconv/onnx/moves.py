"""Operations that move values and compute none: shapes, parts, copies, dtypes.

Views are reshapes and slices that need no copy. Each function takes a node, the values of its
inputs and the context, and returns an `Action`, or None to leave the node to the reference.
"""

import numpy as np

from .values import INTO, OUTPUT, OWN, VIEW, Action, integers, is_plain, same_dtype


def _view(value, shape):
    return Action(VIEW, [(tuple(shape), value.dtype)], algorithm="view")


def _identity(node, values, context):
    return _view(values[0], values[0].shape)


def _reshape(node, values, context):
    x, wanted = values[0], values[1]
    if wanted is None or wanted.constant is None:
        return None
    shape = [int(n) for n in wanted.constant.reshape(-1)]
    if not node.get("allowzero", 0):
        shape = [x.shape[i] if n == 0 else n for i, n in enumerate(shape)]
    if -1 in shape:
        rest = int(np.prod([n for n in shape if n != -1], dtype=np.int64))
        if rest == 0 or x.size % rest:
            return None
        shape[shape.index(-1)] = x.size // rest
    if int(np.prod(shape, dtype=np.int64)) != x.size:
        return None
    return _view(x, shape)


def _flatten(node, values, context):
    x = values[0]
    axis = node.get("axis", 1)
    axis = axis + x.ndim if axis < 0 else axis
    first = int(np.prod(x.shape[:axis], dtype=np.int64))
    return _view(x, (first, int(np.prod(x.shape[axis:], dtype=np.int64))))


def _squeeze(node, values, context):
    x = values[0]
    known, axes = integers(node, values, 1, "axes")
    if not known:
        return None
    if axes is None:
        return _view(x, [n for n in x.shape if n != 1])
    axes = {a % x.ndim for a in axes}
    if any(x.shape[a] != 1 for a in axes):
        return None
    return _view(x, [n for i, n in enumerate(x.shape) if i not in axes])


def _unsqueeze(node, values, context):
    x = values[0]
    known, axes = integers(node, values, 1, "axes")
    if not known or axes is None:
        return None
    ndim = x.ndim + len(axes)
    axes = {a % ndim for a in axes}
    sizes = iter(x.shape)
    return _view(x, [1 if i in axes else next(sizes) for i in range(ndim)])


def _shape(node, values, context):
    x = values[0]
    sizes = x.shape[slice(node.get("start", 0), node.get("end", None))]
    result = np.array(sizes, np.int64)

    def into(arrays, outs, threads):
        outs[0][...] = result

    return Action(INTO, [(result.shape, result.dtype)], into)


def _size(node, values, context):
    size = values[0].size

    def into(arrays, outs, threads):
        outs[0][...] = size

    return Action(INTO, [((), np.dtype(np.int64))], into)


def _transpose(node, values, context):
    x = values[0]
    order = tuple(node.get("perm") or reversed(range(x.ndim)))
    shape = tuple(x.shape[i] for i in order)
    if [i for i in order if x.shape[i] != 1] == [i for i in range(x.ndim) if x.shape[i] != 1]:
        return _view(x, shape)

    def into(arrays, outs, threads):
        np.copyto(outs[0], arrays[0].transpose(order))

    return Action(INTO, [(shape, x.dtype)], into)


def _concat(node, values, context):
    if not same_dtype(values):
        return None
    axis = node.attributes["axis"] % values[0].ndim
    front, back = values[0].shape[:axis], values[0].shape[axis + 1 :]
    if any((v.shape[:axis], v.shape[axis + 1 :]) != (front, back) for v in values):
        return None
    shape = (*front, sum(v.shape[axis] for v in values), *back)
    stops = np.cumsum([v.shape[axis] for v in values])
    before = (slice(None),) * axis
    parts = [(*before, slice(e - v.shape[axis], e)) for e, v in zip(stops, values, strict=True)]

    def into(arrays, outs, threads):
        out = outs[0]
        for array, part in zip(arrays, parts, strict=True):
            if array is not None:
                out[part] = array

    joined = values[0].last or int(np.prod(front, dtype=np.int64)) == 1
    alike = ((*range(len(values)), OUTPUT),) if axis == 1 else ()
    return Action(INTO, [(shape, values[0].dtype)], into, concatenates=joined, alike=alike)


def _split(node, values, context):
    x, count = values[0], len(node.outputs)
    axis = node.get("axis", 0) % x.ndim
    known, sizes = integers(node, values, 1, "split")
    if not known:
        return None
    if sizes is None:
        chunk = -(-x.shape[axis] // count)
        sizes = [chunk] * (count - 1)
        sizes.append(x.shape[axis] - sum(sizes))
    if len(sizes) != count or sum(sizes) != x.shape[axis] or min(sizes) < 0:
        return None
    outputs = [((*x.shape[:axis], n, *x.shape[axis + 1 :]), x.dtype) for n in sizes]
    starts = [0, *np.cumsum(sizes)[:-1].tolist()]
    if int(np.prod(x.shape[:axis], dtype=np.int64)) == 1:
        line = int(np.prod(x.shape[axis + 1 :], dtype=np.int64)) * x.dtype.itemsize
        offsets = tuple(start * line for start in starts)
        return Action(VIEW, outputs, offsets=offsets, algorithm="view")
    before = (slice(None),) * axis
    parts = [(*before, slice(i, i + n)) for i, n in zip(starts, sizes, strict=True)]

    def into(arrays, outs, threads):
        for out, part in zip(outs, parts, strict=True):
            if out is not None:
                np.copyto(out, arrays[0][part])

    return Action(INTO, outputs, into)


def _slice(node, values, context):
    x = values[0]
    names = ("starts", "ends", "axes", "steps")
    found = [integers(node, values, i + 1, name) for i, name in enumerate(names)]
    if not all(known for known, _ in found):
        return None
    starts, ends, axes, steps = (numbers for _, numbers in found)
    axes = list(range(len(starts))) if axes is None else axes
    steps = [1] * len(starts) if steps is None else steps
    parts = [slice(None)] * x.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        n = x.shape[axis]
        # "the end" of a backward slice is below the first element, which Python calls None
        stop = None if step < 0 and end < -n else end
        parts[axis] = slice(max(start, -n) if step > 0 else start, stop, step)
    parts = tuple(parts)
    ranges = [range(n)[p] for n, p in zip(x.shape, parts, strict=True)]
    shape = tuple(len(r) for r in ranges)
    cut = [i for i, (n, m) in enumerate(zip(x.shape, shape, strict=True)) if n != m]
    forward = all(r.step == 1 or len(r) <= 1 for r in ranges)
    first = cut[0] if cut else 0
    if (
        forward and len(cut) <= 1 and 0 not in shape
        and int(np.prod(x.shape[:first], dtype=np.int64)) == 1
    ):  # fmt: skip
        line = int(np.prod(x.shape[first + 1 :], dtype=np.int64)) * x.dtype.itemsize
        offset = ranges[first].start * line if cut else 0
        return Action(VIEW, [(shape, x.dtype)], offsets=(offset,), algorithm="view")

    def into(arrays, outs, threads):
        np.copyto(outs[0], arrays[0][parts])

    return Action(INTO, [(shape, x.dtype)], into)


def _gather(node, values, context):
    x, index = values
    axis = node.get("axis", 0) % max(1, x.ndim)
    shape = (*x.shape[:axis], *index.shape, *x.shape[axis + 1 :])
    if x.ndim == 0:
        return None

    def into(arrays, outs, threads):
        # a view of one element would else be a scalar
        np.copyto(outs[0], np.take(arrays[0], arrays[1], axis=axis))

    return Action(INTO, [(shape, x.dtype)], into)


def _expand(node, values, context):
    x, wanted = values
    if wanted.constant is None:
        return None
    shape = np.broadcast_shapes(x.shape, tuple(int(n) for n in wanted.constant))

    def into(arrays, outs, threads):
        np.copyto(outs[0], arrays[0])

    return Action(INTO, [(shape, x.dtype)], into)


def _cast(node, values, context):
    from onnx import helper

    x = values[0]
    dtype = np.dtype(helper.tensor_dtype_to_np_dtype(node.attributes["to"]))
    if not x.plain or not is_plain(dtype):
        return None

    def into(arrays, outs, threads):
        with np.errstate(all="ignore"):
            np.copyto(outs[0], arrays[0], casting="unsafe")

    return Action(INTO, [(x.shape, dtype)], into)


def _constant_of_shape(node, values, context):
    from onnx import numpy_helper

    if values[0].constant is None:
        return None
    value = node.get("value")
    fill = np.zeros(1, np.float32) if value is None else numpy_helper.to_array(value)
    shape = tuple(int(n) for n in values[0].constant)
    return Action(
        OWN, [(shape, fill.dtype)], lambda arrays, outs, threads: [np.full(shape, fill[0])]
    )


def _pad(node, values, context):
    """Return the action of a padding with a constant; negative pads crop."""
    x = values[0]
    known, pads = integers(node, values, 1, "pads")
    if not known or node.get("mode", "constant") != "constant" or len(values) > 3:
        return None
    fill = node.get("value", 0.0)
    if len(values) > 2 and values[2] is not None:
        if values[2].constant is None:
            return None
        fill = values[2].constant.reshape(-1)[0]
    before, after = pads[: x.ndim], pads[x.ndim :]
    if len(pads) != 2 * x.ndim:
        return None
    shape, source, target = [], [], []
    for n, low, high in zip(x.shape, before, after, strict=True):
        size = n + low + high
        kept = slice(max(0, -low), n - max(0, -high))
        if size < 0 or kept.stop < kept.start:
            return None
        shape.append(size)
        source.append(kept)
        target.append(slice(max(0, low), max(0, low) + kept.stop - kept.start))
    source, target = tuple(source), tuple(target)

    def into(arrays, outs, threads):
        outs[0].fill(fill)
        outs[0][target] = arrays[0][source]

    return Action(INTO, [(tuple(shape), x.dtype)], into)


#: the function of each operation
ACTIONS = {
    "Identity": _identity, "Reshape": _reshape, "Flatten": _flatten, "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze, "Shape": _shape, "Size": _size, "Transpose": _transpose,
    "Concat": _concat, "Split": _split, "Slice": _slice, "Gather": _gather, "Expand": _expand,
    "Cast": _cast, "ConstantOfShape": _constant_of_shape, "Pad": _pad,
}  # fmt: skip
