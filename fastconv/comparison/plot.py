"""Figures of comparisons. The first figure imports matplotlib, without pyplot."""

import textwrap

from ..planner.text import seconds_text
from .text import machine_text, reason_lines

_CHOSEN, _OTHER, _INK, _FAINT = "#d9541e", "#9db2c6", "#22303c", "#7a8792"
_LINES = (
    "#3b6ea5", "#6aa84f", "#8e63b0", "#c9a227", "#3aa6a6", "#c65b7c", "#7f6a55", "#5b7fbf",
    "#94a83d", "#b0793f", "#4f4f8f", "#888888",
)  # fmt: skip
#: Ratio of the longest to the shortest time above which the axis is logarithmic.
_LOG_FROM = 12.0
#: Number of characters of small print that fit into a figure 8 inches wide.
_WRAP = 108


def new_figure(width, height):
    """Return an empty `matplotlib.figure.Figure`, or raise ImportError that names the extra."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError("plots need matplotlib: pip install fastconv[cli]") from None
    return Figure(figsize=(width, height), layout="constrained", facecolor="white")


def comparison_figure(comparison):
    """Draw the times of one comparison as bars, and the reasons of the others in small print."""
    bars = sum(row.seconds is not None for row in comparison.rows)
    texts = [machine_text(comparison), *reason_lines(comparison)]
    small = [line for text in texts for line in textwrap.wrap(text, _WRAP)]
    heights = [0.75 + 0.36 * max(bars, 1), 0.12 + 0.15 * len(small)]
    figure = new_figure(8, sum(heights) + 0.55)
    axes, below = figure.subplots(2, 1, height_ratios=heights)
    draw_bars(axes, comparison, "\n".join(_title_lines(comparison.problem.key())))
    below.set_axis_off()
    below.text(0, 1, "\n".join(small), va="top", fontsize=7, color=_FAINT, linespacing=1.4)
    return figure


def _title_lines(key, width=76):
    """Break a key after underscores into lines of at most `width` characters.

    A key has no spaces, so that nothing else would break it, and a long one would leave the figure.
    """
    lines = [""]
    for token in key.replace("_", "_ ").split():
        if len(lines[-1]) + len(token) > width:
            lines.append("")
        lines[-1] += token
    return lines


def draw_bars(axes, comparison, title=None, *, slots=1, legend=True):
    """Draw one comparison into `axes`, with a bar per measured algorithm and the fastest on top.

    `slots` is the smallest number of bars to leave room for, so that bars of neighbouring axes have
    the same width.
    """
    rows = [row for row in comparison.rows if row.seconds is not None]
    seconds = [row.seconds for row in rows]
    places = list(range(len(rows)))
    chosen = [row.algorithm == comparison.chosen for row in rows]
    axes.barh(places, seconds, color=[_CHOSEN if c else _OTHER for c in chosen], height=0.62)
    predicted = [(r.predicted_seconds, p) for p, r in enumerate(rows) if r.predicted_seconds]
    axes.scatter(
        [seconds for seconds, _ in predicted], [place for _, place in predicted], marker="|",
        s=150, linewidths=1.6, color=_INK, label="predicted by the cost model", zorder=3,
    )  # fmt: skip
    _time_axis(axes, seconds + [p for p, _ in predicted])
    for place, row, bold in zip(places, rows, chosen, strict=True):
        axes.annotate(
            seconds_text(row.seconds).replace("us", "µs") + (", chosen by auto" if bold else ""),
            (max(row.seconds, row.predicted_seconds or 0), place), xytext=(9, 0),
            textcoords="offset points", va="center", fontsize=8, color=_INK,
            fontweight="bold" if bold else "normal",
        )  # fmt: skip
    axes.set_yticks(places, [row.algorithm for row in rows], fontsize=9, color=_INK)
    axes.set_ylim(max(len(rows), slots) - 0.4, -0.6)
    if title is not None:
        axes.set_title(title, loc="left", fontsize=10, color=_INK)
    if rows and legend:
        axes.legend(
            fontsize=7, frameon=False, loc="lower right", bbox_to_anchor=(1, 1), labelcolor=_INK,
            borderaxespad=0.2, markerscale=0.6, handletextpad=0.1,
        )  # fmt: skip
    if not rows:
        axes.text(0.5, 0.5, "nothing was run", transform=axes.transAxes, ha="center", color=_FAINT)


def _time_axis(axes, seconds):
    """Format the horizontal axis as seconds with room for the labels, logarithmic if necessary."""
    from matplotlib.ticker import FuncFormatter

    if seconds and max(seconds) > _LOG_FROM * min(seconds):
        axes.set_xscale("log")
        low, high = min(seconds) / 3, max(seconds)
        axes.set_xlim(low, high * (high / low) ** 0.55)
        _log_ticks(axes.xaxis, high / low)
    else:
        axes.set_xlim(0, max(seconds, default=1.0) * 1.6)
    axes.xaxis.set_major_formatter(FuncFormatter(_tick))
    _plain(axes)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)


def _log_ticks(axis, ratio):
    """Put labels at powers of ten, and between them if there are few powers of ten."""
    from matplotlib.ticker import LogLocator, NullFormatter

    axis.set_major_locator(LogLocator(subs=(1,) if ratio > 1e3 else (1, 3)))
    axis.set_minor_formatter(NullFormatter())


def _tick(value, _):
    """Return a time as the label of a tick, with its unit."""
    if value <= 0:
        return "0"
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs"), (1e9, "ns")):
        if value * factor >= 0.9995 or unit == "ns":
            return f"{value * factor:.3g} {unit}"
    return ""


def _plain(axes):
    """Remove the upper and right borders and draw a faint grid."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color("#c5ced6")
    axes.tick_params(which="both", labelsize=8, labelcolor=_INK, color="#c5ced6")
    axes.grid(axis="both", color="#eef1f4", linewidth=0.8)
    axes.set_axisbelow(True)


def sweep_figure(title, name, values, comparisons):
    """Draw the time of every algorithm over one varied dimension.

    Rings mark the choice of ``algorithm="auto"``.

    Parameters
    ----------
    title : str
        Title of the figure.
    name : str
        Name of the varied dimension, which labels the horizontal axis.
    values : sequence of int
        Values of the dimension.
    comparisons : sequence of Comparison
        One comparison for each value.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    from matplotlib.ticker import FuncFormatter, NullFormatter

    figure = new_figure(8, 5)
    axes = figure.subplots()
    algorithms = dict.fromkeys(row.algorithm for c in comparisons for row in c.rows)
    times = {a: [c.row(a).seconds for c in comparisons] for a in algorithms}
    drawn = [a for a in algorithms if any(s is not None for s in times[a])]
    for color, algorithm in zip(_LINES, drawn, strict=False):
        y = [float("nan") if s is None else s for s in times[algorithm]]
        axes.plot(values, y, color=color, marker="o", markersize=4, label=algorithm)
    chosen = [
        (v, s)
        for v, c in zip(values, comparisons, strict=True)
        if (s := c.row(c.chosen).seconds) is not None
    ]
    axes.scatter(
        [v for v, _ in chosen], [s for _, s in chosen], s=110, facecolors="none",
        edgecolors=_CHOSEN, linewidths=2, label="choice of auto", zorder=4,
    )  # fmt: skip
    axes.set_yscale("log")
    if min(values) > 0 and max(values) > 20 * min(values):
        axes.set_xscale("log")
        axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xticks(_spaced(values), [str(v) for v in _spaced(values)])
    axes.yaxis.set_major_formatter(FuncFormatter(_tick))
    low, high = axes.get_ylim()
    _log_ticks(axes.yaxis, high / low)
    axes.set_xlabel(name, color=_INK)
    axes.set_ylabel("time of one call", color=_INK)
    axes.set_title(title, loc="left", fontsize=10, color=_INK)
    _plain(axes)
    axes.legend(fontsize=8, frameon=False, labelcolor=_INK)
    return figure


def _spaced(values):
    """Return at most 16 of the values, for the labels of ticks."""
    step = -(-len(values) // 16)
    return list(values)[::step]
