"""The command ``sweep``: compare algorithms over a range of one dimension."""

import json
import re

from ..comparison.plot import new_figure, sweep_figure
from ..comparison.text import heading
from ..planner.text import seconds_text
from .compare import add_timing
from .output import UsageError, show_table, usage
from .problems import add_problem, comparison_of, problem_of

_MOST = 200  # values of one sweep


def add_commands(commands):
    """Add the command to the parser."""
    command = commands.add_parser(
        "sweep",
        help="time every algorithm over a range of one dimension",
        description="A letter in the words of the problem stands for the dimension that varies: "
        "sweep conv2d input=1,16,56,56 weight=16,16,K,K padding=same --vary K=3:31:4",
    )
    add_problem(command)
    command.add_argument(
        "--vary", required=True, metavar="K=START:STOP:STEP",
        help="values of the letter: the first and the last with a step (K=3:31:4) or a factor "
        "(K=16:1024:x2), or a list (K=1,3,5)",
    )  # fmt: skip
    add_timing(command)
    command.add_argument("--json", action="store_true", help="print JSON instead of a table")
    command.add_argument("--plot", metavar="FILE", help="draw the times into a picture")
    command.set_defaults(run=_sweep)


def varied(text):
    """Return ``("K", [3, 7, ..., 31])`` for ``K=3:31:4``; the last value is included."""
    match = re.fullmatch(r"([A-Za-z]\w*)=(?:(\d+):(\d+)(?::(x?)(\d+))?|(\d+(?:,\d+)*))", text)
    if not match:
        allowed = "K=START:STOP:STEP, K=START:STOP:xFACTOR or a list"
        raise UsageError(f"--vary {text!r} is not of the form {allowed}")
    name, start, stop, factor, step, listed = match.groups()
    if listed:
        values = [int(v) for v in listed.split(",")]
    else:
        values = _steps(int(start), int(stop), int(step or 1), bool(factor), text)
    if not values or len(values) > _MOST:
        raise UsageError(f"--vary {text!r} makes {len(values)} values; 1 to {_MOST} are allowed")
    return name, values


def _steps(start, stop, step, multiply, text):
    """Return the values from `start` to `stop`, by adding or multiplying, up to `_MOST` of them."""
    if step < 1 + multiply or (multiply and start < 1):
        raise UsageError(f"--vary {text!r} never ends")
    values = []
    while start <= stop and len(values) <= _MOST:
        values.append(start)
        start = start * step if multiply else start + step
    return values


def _sweep(arguments):
    """Run the command ``sweep``."""
    name, values = varied(arguments.vary)
    words = (arguments.problem, *arguments.arguments)
    letter = re.compile(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])")
    if not any(letter.search(word.partition("=")[2]) for word in words):
        raise UsageError(f"{name} of --vary occurs nowhere in the values of {' '.join(words)!r}")
    if arguments.plot:
        new_figure(1, 1)  # if matplotlib is missing, stop before the work and not after it
    points = [[_put(letter, value, word) for word in words] for value in values]
    for point in points:
        problem_of(point)  # if one is wrong, stop before the work and not after it
    options = {
        "accuracy": arguments.accuracy, "workspace_limit": arguments.workspace_limit,
        "repeat": arguments.repeat, "time_limit": arguments.time_limit / len(points),
        "reference": False,
    }  # fmt: skip
    comparisons = [comparison_of(point, **options) for point in points]
    if arguments.json:
        found = [{name: v, **c.to_dict()} for v, c in zip(values, comparisons, strict=True)]
        print(json.dumps(found, indent=1, allow_nan=False))
    else:
        _show(" ".join(words), name, values, comparisons)
    if arguments.plot:
        with usage():
            figure = sweep_figure(" ".join(words), name, values, comparisons)
            figure.savefig(arguments.plot, dpi=150)
        if not arguments.json:
            print(f"plot: {arguments.plot}")


def _put(letter, value, word):
    """Return a word with `value` in place of the letter, in the part after the equals sign."""
    name, equals, text = word.partition("=")
    return name + equals + letter.sub(str(value), text)


def _show(title, name, values, comparisons):
    """Print the times for each value, a star at the choice of auto, and its ratio to the best."""
    first = comparisons[0]
    algorithms = [row.algorithm for row in first.rows]
    timed = [a for a in algorithms if any(c.row(a).seconds is not None for c in comparisons)]
    lines = []
    for value, comparison in zip(values, comparisons, strict=True):
        cells = [
            seconds_text(comparison.row(a).seconds) + (" *" if a == comparison.chosen else "  ")
            for a in timed
        ]
        lines.append([str(value), *cells, _regret(comparison)])
    print(f"{title}\n{heading(first)}\n")
    show_table([name, *(f"{a}  " for a in timed), "auto/best"], lines)


def _regret(comparison):
    """Return the time of the choice of auto divided by the best time, as text."""
    chosen = comparison.row(comparison.chosen).seconds
    if chosen is None or comparison.best is None:
        return "-"
    return f"{chosen / comparison.row(comparison.best).seconds:.2f}"
