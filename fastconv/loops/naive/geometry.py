"""Compute index tables of the naive loops, once per problem, with NumPy.

On one axis, feature position ``o`` and tap ``t`` meet the image at
``indices[o*stride + t*dilation]``. The array ``indices`` covers the padded image and holds -1 in
padding. All tables follow from this array, which is as long as the padded axis. No table of
positions times taps is made.
"""

from dataclasses import replace
from math import prod
from typing import NamedTuple

import numpy as np

#: most terms of a line that one target takes; see TERMS of common.pxd
_TERMS = 512


def _is_identity(axis):
    """Return whether an axis leaves its values unchanged."""
    return (
        axis.taps == 1
        and axis.before == 0
        and axis.tile == 1
        and axis.image == axis.feature
        and (axis.stride == 1 or axis.feature == 1)
    )


def merge_axes(axes):
    """Merge neighbouring axes that are not filtered, so that rows become longer.

    Parameters
    ----------
    axes : sequence of Axis
        Axes of a stencil.
    """
    merged = []
    for axis in axes:
        size = axis.feature
        if merged and _is_identity(axis) and (size == 1 or _is_identity(merged[-1])):
            if size > 1:
                last = merged[-1]
                merged[-1] = replace(last, image=last.image * size, feature=last.feature * size)
        elif merged and _is_identity(merged[-1]) and merged[-1].feature == 1:
            merged[-1] = axis
        elif _is_identity(axis):
            merged.append(replace(axis, stride=1, dilation=1))
        else:
            merged.append(axis)
    return merged


def steps(sizes):
    """Return C-contiguous strides, in elements.

    Parameters
    ----------
    sizes : sequence of int
        Shape of the array.
    """
    return [prod(sizes[a + 1 :]) for a in range(len(sizes))]


def padded_indices(axis):
    """Return the image index at every padded coordinate, -1 where the padding is a value.

    Parameters
    ----------
    axis : Axis
        Axis of a stencil.
    """
    extent = (axis.feature - 1) * axis.stride + (axis.taps - 1) * axis.dilation + 1
    line = replace(axis, feature=extent, taps=1, stride=1, dilation=1, tile=1)
    return np.ascontiguousarray(line.table()[:, 0], dtype=np.intp)


class Link(NamedTuple):
    """Say how one outer axis leads from a target to its sources.

    Target ``p`` and tap ``t`` meet the sources ``indices[start[e] + t*step]`` for every ``e`` in
    ``ptr[p]..ptr[p+1]``. If features gather from the image, there is one ``e``. If the image
    gathers from the features, there is one ``e`` for every padded coordinate that shows this pixel.

    Attributes
    ----------
    ptr : ndarray
        First ``e`` of each target, and one past the last.
    start : ndarray
        Position in `indices` of each ``e`` and the first tap.
    indices : ndarray
        Source at each position, -1 for none.
    target_tile, source_tile : ndarray
        Offset of the weight by the tile of the target, and by the tile of the source.
    step : int
        Distance in `indices` between taps.
    taps : int
        Number of taps.
    source_step : int
        Distance in elements between sources.
    tap_step : int
        Distance in elements between taps of the weight.
    filled : bool
        Whether the index -1 means the fill value instead of no source.
    """

    ptr: np.ndarray
    start: np.ndarray
    indices: np.ndarray
    target_tile: np.ndarray
    source_tile: np.ndarray
    step: int
    taps: int
    source_step: int
    tap_step: int
    filled: bool


def link(axis, backwards, source_step, tap_step, tile_step):
    """Return the `Link` of an axis.

    Parameters
    ----------
    axis : Axis
        Axis of the stencil.
    backwards : bool
        Whether the image gathers from the features.
    source_step, tap_step, tile_step : int
        Distances in elements between sources, between taps and between tiles.
    """
    indices = padded_indices(axis)
    feature = np.arange(axis.feature, dtype=np.intp)
    tile = feature % axis.tile * tile_step
    none = np.zeros(axis.image, dtype=np.intp)
    steps = (axis.taps, source_step, tap_step)
    if not backwards:
        ptr = np.arange(axis.feature + 1, dtype=np.intp)
        filled = axis.boundary == "constant"
        start = feature * axis.stride
        return Link(ptr, start, indices, tile, none, axis.dilation, *steps, filled)
    seen = np.flatnonzero(indices >= 0)
    ptr = np.zeros(axis.image + 1, dtype=np.intp)
    np.cumsum(np.bincount(indices[seen], minlength=axis.image), out=ptr[1:])
    reach = (axis.taps - 1) * axis.dilation
    position = np.full(reach + indices.size, -1, dtype=np.intp)
    position[reach + feature * axis.stride] = feature
    start = seen[np.argsort(indices[seen], kind="stable")] + reach
    return Link(ptr, start, position, none, tile, -axis.dilation, *steps, False)


def _runs(indices):
    """Cut `indices` where they stop being an arithmetic progression of step -1, 0 or 1.

    Return ``(begin, end, first, slope)``, one entry per run; ``first`` is -1 in padding.
    """
    if indices.size == 1:
        return np.array([0]), np.array([1]), indices, np.array([0])
    difference = np.diff(indices)
    inside = indices >= 0
    # After a jump, a run may have any slope; elsewhere, a new slope starts a new run.
    jump = (inside[1:] != inside[:-1]) | (np.abs(difference) > 1)
    bend = np.zeros_like(jump)
    bend[1:] = (difference[1:] != difference[:-1]) & ~jump[:-1]
    begin = np.concatenate(([0], np.flatnonzero(jump | bend) + 1))
    end = np.append(begin[1:], indices.size)
    following = np.append(difference, 0)[begin]
    return begin, end, indices[begin], np.where(end - begin > 1, following, 0)


def segments(axis, backwards, tap_step, tile_step):
    """Return all meetings on the last axis as straight lines ``(target, source, weight)``.

    Parameters
    ----------
    axis : Axis
        Last axis of the stencil.
    backwards : bool
        Whether the image gathers from the features.
    tap_step, tile_step : int
        Distances in elements between taps and between tiles of the weight.

    Returns
    -------
    ndarray of intp, shape (lines, 7)
        ``to, to_step, source, source_step, weight, weight_step, count`` with ``to_step >= 0``;
        ``source`` is -1 where a constant fills the padding. Taps are in ascending order.
    """
    begin, end, first, slope = _runs(padded_indices(axis))
    if axis.feature == axis.tile == 1 and not backwards:
        return _one_window(axis, begin, end, first, slope, tap_step)
    if axis.feature < begin.size:
        return _single_meetings(axis, backwards, tap_step, tile_step)
    if backwards or axis.boundary != "constant":
        begin, end, first, slope = (a[first >= 0] for a in (begin, end, first, slope))
    # An unshared kernel (tile == feature) changes its weights along the line. Fewer tiles give one
    # line per tile, along which the weight is constant.
    lines = axis.tile if axis.tile < axis.feature else 1
    shift = np.arange(axis.taps)[:, None] * axis.dilation
    lower = np.clip(-((shift - begin) // axis.stride), 0, axis.feature)[..., None]
    upper = np.clip(-((shift - end) // axis.stride), 0, axis.feature)[..., None]
    feature = lower + (np.arange(lines) - lower) % lines
    count = np.maximum(-((feature - upper) // lines), 0)
    coordinate = feature * axis.stride + shift[..., None]
    image = first[:, None] + slope[:, None] * (coordinate - begin[:, None])
    image_step = np.broadcast_to((slope * axis.stride * lines)[:, None], image.shape)
    weight = np.arange(axis.taps)[:, None, None] * tap_step + feature % axis.tile * tile_step
    weight_step = np.full_like(weight, tile_step if lines < axis.tile else 0)
    ends = [(feature, np.full_like(feature, lines)), (image, image_step)]
    (to, to_step), (source, source_step) = reversed(ends) if backwards else ends
    last = np.where(to_step < 0, count - 1, 0)
    sign = np.where(to_step < 0, -1, 1)
    table = np.stack(
        [
            to + last * to_step,
            to_step * sign,
            source + last * source_step,
            source_step * sign,
            weight + last * weight_step,
            weight_step * sign,
            count,
        ],
        axis=-1,
    )
    return np.ascontiguousarray(table[count > 0], dtype=np.intp)


def _one_window(axis, begin, end, first, slope, tap_step):
    """Return what `segments` does for a single target, which takes whole lines of at most `_TERMS`.

    `begin`, `end`, `first` and `slope` are what `_runs` returns.
    """
    if axis.boundary != "constant":
        begin, end, first, slope = (a[first >= 0] for a in (begin, end, first, slope))
    d = axis.dilation
    low, high = -(-begin // d), np.minimum(-(-end // d), axis.taps)
    parts = np.maximum(-((low - high) // _TERMS), 0)
    run = np.repeat(np.arange(parts.size), parts)
    tap = low[run] + _TERMS * (np.arange(run.size) - (np.cumsum(parts) - parts)[run])
    source = first[run] + slope[run] * (tap * d - begin[run])
    filled = first[run] < 0
    none = np.zeros_like(tap)
    columns = [
        none, none, np.where(filled, -1, source), np.where(filled, 0, slope[run] * d),
        tap * tap_step, none + tap_step, np.minimum(high[run] - tap, _TERMS),
    ]  # fmt: skip
    return np.ascontiguousarray(np.stack(columns, axis=-1), dtype=np.intp)


def _single_meetings(axis, backwards, tap_step, tile_step):
    """Return what `segments` does, with a line for every feature position and tap.

    These are fewer where the image is repeated more often than there are feature positions.
    """
    image = axis.table().T
    tap, feature = np.indices(image.shape)
    weight = tap * tap_step + feature % axis.tile * tile_step
    to, source = (image, feature) if backwards else (feature, image)
    one, none = np.ones_like(image), np.zeros_like(image)
    table = np.stack([to, one, source, none, weight, none, one], axis=-1)
    kept = image >= 0
    if not backwards and axis.boundary == "constant":
        kept[...] = True
    return np.ascontiguousarray(table[kept], dtype=np.intp)


def gather_tables(stencil, bias):
    """Return the outer axes' `Link`s, the lines of the last axis, and its bias index per target.

    Parameters
    ----------
    stencil : Stencil
        Geometry.
    bias : {None, "channel", "position", "tile"}
        How the bias varies over the target.
    """
    backwards = stencil.role == "input"
    axes = merge_axes(stencil.axes)
    source_steps = steps([a.feature if backwards else a.image for a in axes])
    tile_steps = steps([a.tile for a in axes])
    tap_steps = [s * prod(a.tile for a in axes) for s in steps([a.taps for a in axes])]
    columns = list(zip(axes, source_steps, tap_steps, tile_steps, strict=True))
    links = [link(axis, backwards, *numbers) for axis, *numbers in columns[:-1]]
    last, _, tap_step, tile_step = columns[-1]
    positions = np.arange(last.image if backwards else last.feature, dtype=np.intp)
    bias_of = {"position": positions, "tile": positions % last.tile}.get(bias, positions * 0)
    return links, segments(last, backwards, tap_step, tile_step), bias_of


def gather_sizes(stencil):
    """Return channels per group, rows, and strides in elements, of a gathering convolution.

    Parameters
    ----------
    stencil : Stencil
        Geometry; its role says which side gathers.
    """
    backwards = stencil.role == "input"
    axes = merge_axes(stencil.axes)
    image, feature = [a.image for a in axes], [a.feature for a in axes]
    tiles = prod(a.tile for a in axes)
    kernel = prod(a.taps for a in axes) * tiles
    c, k = (x // stencil.groups for x in (stencil.image_channels, stencil.feature_channels))
    target, source = (image, feature) if backwards else (feature, image)
    return {
        "targets": c if backwards else k,
        "sources": k if backwards else c,
        "rows": prod(target[:-1]),
        "source_size": prod(source),
        "tiles": tiles,
        "weight_group": k * c * kernel,
        "weight_target": kernel if backwards else c * kernel,
        "weight_source": c * kernel if backwards else kernel,
    }
