"""Figures of comparisons. matplotlib is imported when the first one is drawn, without pyplot."""

import textwrap

from ..planner.text import seconds_text
from .text import machine_text, reason_lines

_CHOSEN, _OTHER, _INK, _FAINT = "#d9541e", "#9db2c6", "#22303c", "#7a8792"
_LINES = (
    "#3b6ea5", "#6aa84f", "#8e63b0", "#c9a227", "#3aa6a6", "#c65b7c", "#7f6a55", "#5b7fbf",
    "#94a83d", "#b0793f", "#4f4f8f", "#888888",
)  # fmt: skip
#: longest and shortest time further apart than this need a logarithmic axis
_LOG_FROM = 12.0
_WRAP = 108  # characters of small print in a figure 8 inches wide


def new_figure(width, height):
    """An empty `matplotlib.figure.Figure`, or ImportError that names the extra."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError("plots need matplotlib: pip install fastconv[cli]") from None
    return Figure(figsize=(width, height), layout="constrained", facecolor="white")


def comparison_figure(comparison):
    """Bars of one comparison, with the reasons of those that did not run in small print."""
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
    """A key broken after underscores: one without spaces would run out of the picture."""
    lines = [""]
    for token in key.replace("_", "_ ").split():
        if len(lines[-1]) + len(token) > width:
            lines.append("")
        lines[-1] += token
    return lines


def draw_bars(axes, comparison, title=None, *, slots=1, legend=True):
    """Draw one comparison into `axes`: a bar per measured algorithm, fastest on top.

    `slots` is the least number of bars to leave room for, so that neighbours look alike.
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
    """A horizontal axis of seconds with room for the labels, logarithmic where that is needed."""
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
    """Labels at powers of ten, and between them where there are few."""
    from matplotlib.ticker import LogLocator, NullFormatter

    axis.set_major_locator(LogLocator(subs=(1,) if ratio > 1e3 else (1, 3)))
    axis.set_minor_formatter(NullFormatter())


def _tick(value, _):
    if value <= 0:
        return "0"
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs"), (1e9, "ns")):
        if value * factor >= 0.9995 or unit == "ns":
            return f"{value * factor:.3g} {unit}"
    return ""


def _plain(axes):
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color("#c5ced6")
    axes.tick_params(which="both", labelsize=8, labelcolor=_INK, color="#c5ced6")
    axes.grid(axis="both", color="#eef1f4", linewidth=0.8)
    axes.set_axisbelow(True)


def sweep_figure(title, name, values, comparisons):
    """Lines of time over one varied dimension, the choice of auto marked by rings.

    Parameters
    ----------
    title : str
    name : str
        Of the varied dimension.
    values : sequence of int
    comparisons : sequence of Comparison
        One for each value.
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
    """At most 16 of the values for tick labels."""
    step = -(-len(values) // 16)
    return list(values)[::step]
