"""The search for a template: every block is searched in the part of the image that it needs."""

import numpy as np

from .arguments import check_kernel, impossible, lazy, request_of, specs_of
from .axes import bounds, extended
from .graph import Source, build, whole
from .sums import output_chunks
from .tasks import Call

#: `geometry.BOUNDARIES` by the modes of `numpy.pad` that depend on the image near its edge only
_MODES = {
    "constant": "constant", "edge": "replicate", "reflect": "reflect", "symmetric": "symmetric",
    "wrap": "circular",
}  # fmt: skip


def matched(op, arrays, options, common):
    """Return the result of ``match_template``; the arguments are those of `sums.summed`."""
    check_kernel("template", arrays[1])
    specs = specs_of(op, arrays)
    request = request_of(op, specs, options, common)
    image, template = lazy(arrays[0]), lazy(arrays[1])
    padded, mode = options["pad_input"], options["mode"]
    if padded and mode not in _MODES:
        raise impossible(
            op, f"the padding {mode!r} depends on the whole image; allowed: {', '.join(_MODES)}"
        )
    axes, chunks = [], []
    for axis, (own, taps) in enumerate(zip(image.chunks, template.shape, strict=True)):
        before = taps // 2 if padded else 0
        count = request.out_shape[axis]
        result = output_chunks(own, count, 1, taps - 1 - before, taps)
        takes = [extended(own, a - before, b - before + taps - 1, _MODES.get(mode, "constant"))
                 for a, b in bounds(result)]  # fmt: skip
        axes.append((axis, takes))
        chunks.append(result)
    fill = options["constant_values"] if padded and mode == "constant" else 0
    fill = np.asarray(fill).astype(image.dtype)[()]
    call = Call(op.name, {**options, "pad_input": False}, common)
    sources = [Source(image, axes, fill), whole(template)]
    return build(call, sources, tuple(chunks), request.out_dtype)
