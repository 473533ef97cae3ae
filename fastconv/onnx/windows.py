"""Operations that plans compute: convolutions, poolings, fully connected layers."""

from dataclasses import replace

import numpy as np

from .activations import fits_plan
from .graph import OURS
from .passes import activate
from .planned import DTYPES, Planned
from .values import INTO, OUTPUT, OWN, Action, Value
from .volumes import of_volume, volume_node, volume_of

#: what plans call it that input and output of a convolution have channels last
LAST = {(False, False): None, (True, False): "input", (False, True): "output", (True, True): "both"}


def geometry(node, sizes, kernel):
    """Return stride, padding and dilation of a node, in the forms that plans take."""
    dims = len(kernel)
    stride = tuple(node.get("strides") or (1,) * dims)
    dilation = tuple(node.get("dilations") or (1,) * dims)
    automatic = node.get("auto_pad", "NOTSET")
    if automatic == "SAME_UPPER":
        padding = "same"
    elif automatic == "SAME_LOWER":
        padding = "same_lower"
    elif automatic == "VALID":
        padding = 0
    else:
        pads = node.get("pads") or (0,) * (2 * dims)
        padding = tuple(zip(pads[:dims], pads[dims:], strict=True))
    return {"stride": stride, "padding": padding, "dilation": dilation}


def action(node, values, context):
    """Return the `Action` of a node that a plan computes, or None if no plan can."""
    maker = _OURS.get(node.op) if node.domain == OURS else None
    if node.domain == "":
        maker = _ONNX.get(node.op)
    if maker is None or values[0] is None or values[0].dtype not in DTYPES:
        return None
    if node.domain == OURS:
        return maker(node, values, context)
    try:
        if values[0].last and maker is not _convolution:
            pooling = volume_node(node, values[0])
            made = _ONNX[pooling.op](pooling, [volume_of(values[0])], context)
            return of_volume(made, _of)
        return maker(node, values, context)
    except (ValueError, TypeError):
        return None  # the reference implementation computes it, or raises its own error


def out_sizes(options, sizes, kernel):
    """Return the spatial sizes of a convolution's output."""
    padding, found = options["padding"], []
    for axis, (n, k) in enumerate(zip(sizes, kernel, strict=True)):
        stride, extent = options["stride"][axis], options["dilation"][axis] * (k - 1) + 1
        if padding in ("same", "same_lower"):
            found.append(-(-n // stride))
        else:
            before, after = (0, 0) if padding == 0 else padding[axis]
            found.append((n + before + after - extent) // stride + 1)
    return tuple(found)


def _convolution(node, values, context):
    x, weight, bias, add = (*values, *[None] * (4 - len(values)))
    dims = x.ndim - 2
    if dims not in (1, 2, 3) or weight is None or weight.dtype != x.dtype:
        return None
    options = geometry(node, x.shape[2:], weight.shape[2:])
    options["groups"] = node.get("group", 1)
    activation = node.get("activation", (None, 0.0, 0.0))
    shape = (x.shape[0], weight.shape[0], *out_sizes(options, x.shape[2:], weight.shape[2:]))
    joins = add is None or (add.shape == shape and add.dtype == x.dtype)
    inside = joins and fits_plan(activation)
    planned = Planned(
        context, f"conv{dims}d", input=x, weight=weight, bias=bias,
        add=replace(add, constant=None) if joins and add is not None else None,
        activation=activation[0] if inside else None,
        channels_last=LAST[x.last, node.get("last", False)], **options,
    )  # fmt: skip
    action = _of(planned, lambda arrays, outs: ((*arrays, None, None)[:4], outs[0]))
    alike = ((0,), (3, OUTPUT)) if joins else ((0,),)
    if not inside or not joins:
        action = _then(action, None if joins else add, activation)
    return replace(action, alike=alike)


def _of(planned, operands):
    """Return the action that calls a plan; `operands` is as in `Action`."""

    def into(arrays, outs, threads):
        given, out = operands(arrays, outs)
        planned.run(given, out, threads)

    return Action(
        INTO, planned.outputs, into, algorithm=planned.algorithm, seconds=planned.seconds,
        multiply_adds=planned.multiply_adds, planned=planned, operands=operands,
    )  # fmt: skip


def _then(action, add, activation):
    """Return the action of a convolution with an addition or an activation that it cannot apply."""
    ((shape, dtype),), convolve = action.outputs, action.run
    whole = shape if add is None else np.broadcast_shapes(shape, add.shape)

    def into(arrays, outs, threads):
        out = outs[0]
        if add is None:
            convolve(arrays, outs, threads)
        else:
            result = out if shape == whole else np.empty(shape, dtype)
            convolve((*arrays[:3], None), [result], threads)
            np.add(result, arrays[3], out=out)
        activate(out, activation, threads)

    return replace(action, run=into, operands=None, outputs=[(whole, dtype)])


def _transposed(node, values, context):
    x, weight, bias = (*values, *[None] * (3 - len(values)))[:3]
    dims = x.ndim - 2
    if dims not in (1, 2, 3) or weight is None or weight.dtype != x.dtype:
        return None
    kernel = weight.shape[2:]
    stride = tuple(node.get("strides") or (1,) * dims)
    dilation = tuple(node.get("dilations") or (1,) * dims)
    extra = tuple(node.get("output_padding") or (0,) * dims)
    automatic, wanted = node.get("auto_pad", "NOTSET"), node.get("output_shape")
    pads = node.get("pads") or (0,) * (2 * dims)
    padding = list(zip(pads[:dims], pads[dims:], strict=True))
    if automatic == "VALID":
        padding = [(0, 0)] * dims
    elif wanted or automatic in ("SAME_UPPER", "SAME_LOWER"):
        wanted = wanted or [n * s for n, s in zip(x.shape[2:], stride, strict=True)]
        for axis in range(dims):
            whole = stride[axis] * (x.shape[2 + axis] - 1) + extra[axis]
            whole += (kernel[axis] - 1) * dilation[axis] + 1
            total = whole - wanted[-dims:][axis]
            if total < 0:
                return None
            half = total // 2
            upper = automatic == "SAME_UPPER"
            padding[axis] = (half, total - half) if upper else (total - half, half)
    planned = Planned(
        context, f"conv_transpose{dims}d", input=x, weight=weight, bias=bias, stride=stride,
        padding=tuple(padding), output_padding=extra, dilation=dilation,
        groups=node.get("group", 1),
    )  # fmt: skip
    return _of(planned, lambda arrays, outs: ((*arrays, None)[:3], outs[0]))


def _max_pool(node, values, context):
    x = values[0]
    if node.get("storage_order", 0) or x.ndim not in (3, 4, 5):
        return None
    indices = len(node.outputs) > 1
    options = _window(node, x)
    planned = Planned(
        context, f"max_pool{x.ndim - 2}d", input=x, ceil_mode=bool(node.get("ceil_mode", 0)),
        return_indices=indices, **options,
    )  # fmt: skip
    if not indices:
        return _of_one(planned)
    planes = np.arange(x.shape[0] * x.shape[1]).reshape(*x.shape[:2], *(1,) * (x.ndim - 2))
    first = planes * int(np.prod(x.shape[2:], dtype=np.int64))

    def own(arrays, outs, threads):
        output, at = planned.run(tuple(arrays), None, threads)
        return [output, at + first]

    outputs = [planned.outputs[0], (planned.outputs[0][0], np.dtype(np.int64))]
    return Action(OWN, outputs, own, algorithm=planned.algorithm, seconds=planned.seconds)


def _window(node, x):
    return {"kernel_size": tuple(node.get("kernel_shape")),
            **geometry(node, x.shape[2:], node.get("kernel_shape"))}  # fmt: skip


def _average_pool(node, values, context):
    x = values[0]
    if x.ndim not in (3, 4, 5):
        return None
    planned = Planned(
        context, f"avg_pool{x.ndim - 2}d", input=x, ceil_mode=bool(node.get("ceil_mode", 0)),
        count_include_pad=bool(node.get("count_include_pad", 0)), **_window(node, x),
    )  # fmt: skip
    return _of_one(planned)


def _of_one(planned):
    action = _of(planned, lambda arrays, outs: (tuple(arrays), outs[0]))
    if len(planned.outputs[0][0]) > 4:  # volumes with channels last have four axes
        return action
    return replace(action, alike=((0, OUTPUT),), dense=True)


def _lp_pool(node, values, context):
    x = values[0]
    if x.ndim not in (3, 4, 5):
        return None
    planned = Planned(
        context, f"lp_pool{x.ndim - 2}d", input=x, norm_type=node.get("p", 2),
        ceil_mode=bool(node.get("ceil_mode", 0)), **_window(node, x),
    )  # fmt: skip
    return _of_one(planned)


def _global(kind):
    def make(node, values, context):
        x = values[0]
        if x.ndim not in (3, 4, 5):
            return None
        return _of_one(
            Planned(context, f"adaptive_{kind}_pool{x.ndim - 2}d", input=x, output_size=1)
        )

    return make


#: from so many rows on, a product is computed of columns, which lie side by side in memory
_MANY_ROWS = 16


def _dense(node, values, context):
    """Return the action of ``x @ weight + bias``: a convolution with a kernel of one value.

    A few rows are images of one pixel each. Many rows are transposed first, and are then the pixels
    of one image.
    """
    x, weight, bias = (*values, None)[:3]
    features = weight.shape[0]
    rows, depth = x.shape[:-1], x.shape[-1]
    count = int(np.prod(rows, dtype=np.int64))
    if depth != weight.shape[1]:
        raise ValueError(f"{node} multiplies {x.shape} by {weight.shape[1::-1]}")
    activation = node.get("activation", (None, 0.0, 0.0))
    inside = fits_plan(activation)
    columns = count >= _MANY_ROWS
    image = (1, depth, 1, count) if columns else (count, depth, 1, 1)
    planned = Planned(
        context, "conv2d", input=Value(image, x.dtype), weight=weight, bias=bias,
        activation=activation[0] if inside else None,
    )  # fmt: skip
    ((result, dtype),) = planned.outputs
    outputs = [((*rows, features), dtype)]
    if columns:
        outputs += [((depth, count), dtype), (result, dtype)]

    def operands(arrays, outs):
        image_of_rows = outs[1] if columns else arrays[0]
        out = outs[2] if columns else outs[0]
        return (image_of_rows.reshape(image), None, None, None), out.reshape(result)

    whole = _of(planned, operands)

    def into(arrays, outs, threads):
        if columns:
            np.copyto(outs[1], arrays[0].reshape(count, depth).T)
        whole.run(arrays, outs, threads)
        if columns:
            np.copyto(outs[0].reshape(count, features), outs[2].reshape(features, count).T)
        if not inside:
            activate(outs[0], activation, threads)

    if columns or not inside:
        return replace(whole, run=into, operands=None, outputs=outputs)
    return replace(whole, outputs=outputs)


_ONNX = {
    "Conv": _convolution, "ConvTranspose": _transposed, "MaxPool": _max_pool,
    "AveragePool": _average_pool, "LpPool": _lp_pool, "GlobalAveragePool": _global("avg"),
    "GlobalMaxPool": _global("max"),
}  # fmt: skip
_OURS = {"Conv": _convolution, "Dense": _dense}
