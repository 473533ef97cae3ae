"""Figures of the report: dots of ratios for each class and library, and sweeps."""

import itertools
import math

import matplotlib
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from . import tables

INK, FAINT, ACCENT = "#22303c", "#8a97a3", "#d9541e"
COLORS = {
    "torch": "#c8452d", "onnxruntime": "#3b6ea5", "openvino": "#6c4fa3", "scipy": "#2f8f5b",
    "opencv-python-headless": "#d39a1f", "numpy": "#4aa3a8",
}  # fmt: skip
CURVES = (
    "#3b6ea5", "#6aa84f", "#8e63b0", "#c9a227", "#3aa6a6", "#c65b7c", "#7f6a55", "#4f4f8f",
    "#b0793f", "#888888",
)  # fmt: skip
MARKERS = {
    "torch": "o", "onnxruntime": "s", "openvino": "D", "scipy": "v",
    "opencv-python-headless": "^", "numpy": "P",
}  # fmt: skip


def save(figure, path):
    """Write a figure that is the same at every run with the same numbers."""
    with matplotlib.rc_context({"svg.hashsalt": "fastconv", "svg.fonttype": "path"}):
        figure.savefig(path, metadata={"Date": None})


def dots(groups, title):
    """Draw the time of each library divided by ours: small dots are problems, large ones means.

    Parameters
    ----------
    groups : dict
        Rows of problems by the name of their class.
    title : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    rows = [row for some in groups.values() for row in some]
    names = tables.libraries(rows)
    figure = Figure((9, 1.25 + 0.36 * len(groups)), layout="constrained", facecolor="white")
    axes = figure.subplots()
    for place, some in enumerate(groups.values()):
        axes.axhline(place, color="#eef1f4", linewidth=8, zorder=0)
        for number, name in enumerate(names):
            found = tables.ratios(some, name)
            if not found:
                continue
            y = place + 0.09 * (number - (len(names) - 1) / 2)
            color = COLORS.get(name, "#666666")
            if len(found) > 1:
                axes.plot(found, [y] * len(found), ".", color=color, alpha=0.3, markersize=4)
            axes.plot([tables.mean(found)], [y], MARKERS.get(name, "X"), color=color,
                      markersize=7, markeredgecolor="white", markeredgewidth=0.8,
                      label=tables.shown(name))  # fmt: skip
    axes.axvline(1, color=INK, linewidth=1)
    axes.set_xscale("log")
    every = [r for name in names for r in tables.ratios(rows, name)]
    low, high = min([*every, 0.9]) / 1.15, max([*every, 1.2]) * 1.15
    axes.set_xlim(low, high)
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high / low < 300 else (1,)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    axes.set_yticks(range(len(groups)), [f"{g} ({len(s)})" for g, s in groups.items()], fontsize=9)
    axes.set_ylim(len(groups) - 0.4, -0.6)
    axes.set_xlabel("time of the library / time of fastconv: right of 1, fastconv is faster",
                    color=INK, fontsize=9)  # fmt: skip
    axes.set_title(title, loc="left", fontsize=11, color=INK, pad=24)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.grid(axis="x", color="#dfe5ea", linewidth=0.7)
    axes.set_axisbelow(True)
    handles = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
    handles = {tables.shown(n): handles[tables.shown(n)] for n in names}
    axes.legend(handles.values(), handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=6,
                frameon=False, fontsize=9, borderaxespad=0.1, handletextpad=0.2)  # fmt: skip
    return figure


def sweep(rows, title):
    """Draw measured and predicted times, the choices as rings, and crossovers as triangles.

    A crossover is where another algorithm becomes the fastest one.
    """
    figure = Figure((8.5, 4.6), layout="constrained", facecolor="white")
    axes = figure.subplots()
    values = [row["value"] for row in rows]
    best = min(min(row["seconds"].values()) for row in rows)
    names = [
        name
        for name in dict.fromkeys(n for row in rows for n in row["seconds"])
        if any(row["seconds"].get(name, 9e9) < 8 * min(row["seconds"].values()) for row in rows)
        and name != "scipy"
    ]
    for color, name in zip(CURVES, names, strict=False):
        for kind, style, width in (("seconds", "o-", 1.6), ("predicted", "_--", 0.9)):
            pairs = [(v, row[kind][name]) for v, row in zip(values, rows, strict=True)
                     if name in row[kind]]  # fmt: skip
            if pairs:
                axes.plot(*zip(*pairs, strict=True), style, color=color, linewidth=width,
                          markersize=5, label=name if kind == "seconds" else None)  # fmt: skip
    chosen = [(v, row["seconds"][row["algorithm"]]) for v, row in zip(values, rows, strict=True)
              if row["algorithm"] in row["seconds"]]  # fmt: skip
    axes.plot(*zip(*chosen, strict=True), "o", markersize=11, markerfacecolor="none",
              markeredgecolor=ACCENT, markeredgewidth=1.8, label="choice of auto")  # fmt: skip
    bottom = axes.get_xaxis_transform()
    kinds = ("seconds", INK, "crossover"), ("predicted", "white", "predicted crossover")
    for kind, face, label in kinds:
        at = crossovers(rows, kind, names)
        axes.plot(at, [0.02] * len(at), "^", color=INK, markerfacecolor=face, markersize=7,
                  transform=bottom, clip_on=False, label=label)  # fmt: skip
    axes.set_yscale("log")
    axes.set_ylim(best / 2, 30 * max(min(row["seconds"].values()) for row in rows))
    if max(values) > 40 * min(values):
        axes.set_xscale("log")
        axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xticks(values, [str(v) for v in values])
    axes.yaxis.set_major_formatter(FuncFormatter(_time))
    axes.set_xlabel("taps for each axis", color=INK, fontsize=9)
    axes.set_title(title, loc="left", fontsize=11, color=INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#e6eaee", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.legend(frameon=False, fontsize=8, ncols=2)
    return figure


def crossovers(rows, kind, names):
    """Return the values at which another algorithm becomes the fastest one.

    Curves are straight lines between measured values, in logarithms. Where an algorithm does not
    run at both values, it is the middle.
    """
    found = []
    for row, after in itertools.pairwise(rows):
        one, two = ({n: t for n, t in r[kind].items() if n in names} for r in (row, after))
        a, b = min(one, key=one.get), min(two, key=two.get)
        if a == b:
            continue
        share = 0.5
        if b in one and a in two:
            ahead, behind = math.log(one[b] / one[a]), math.log(two[a] / two[b])
            share = ahead / (ahead + behind)
        low, high = math.log(row["value"]), math.log(after["value"])
        found.append(math.exp(low + share * (high - low)))
    return found


def _time(value, _):
    """Return seconds as the label of a tick."""
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if value * factor >= 0.9995:
            return f"{value * factor:g} {unit}"
    return f"{value * 1e9:g} ns"
