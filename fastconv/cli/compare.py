"""The command ``compare`` times all algorithms; ``explain`` shows what the planner expects."""

import json

from ..comparison.text import grouped, machine_text
from ..planner.choose import check_arguments, choose, table
from ..planner.text import number_text, seconds_text, size_text
from .output import show_comparison, show_table, usage
from .problems import add_problem, comparison_of, problem_of


def add_commands(commands):
    """Add both commands to the parser."""
    command = commands.add_parser(
        "compare", help="time every algorithm of a problem and check its error"
    )
    add_problem(command)
    add_timing(command)
    command.add_argument("--no-reference", action="store_true", help="do not compute errors")
    command.add_argument("--json", action="store_true", help="print JSON instead of a table")
    command.add_argument("--plot", metavar="FILE", help="draw the times into a picture")
    command.set_defaults(run=_compare)

    command = commands.add_parser(
        "explain", help="show which algorithm a problem gets, and why not the others"
    )
    add_problem(command)
    command.set_defaults(run=_explain)


def add_timing(command):
    """Add the arguments that limit the time."""
    command.add_argument("--repeat", type=int, metavar="N", help="time each algorithm N times")
    command.add_argument(
        "--time-limit", type=float, default=10.0, metavar="S", help="seconds for timing (10)"
    )


def _compare(arguments):
    """Run the command ``compare``."""
    comparison = comparison_of(
        (arguments.problem, *arguments.arguments), accuracy=arguments.accuracy,
        workspace_limit=arguments.workspace_limit, repeat=arguments.repeat,
        time_limit=arguments.time_limit, reference=not arguments.no_reference,
    )  # fmt: skip
    if arguments.json:
        print(json.dumps(comparison.to_dict(), indent=1, allow_nan=False))
    else:
        show_comparison(comparison)
    if arguments.plot:
        with usage():
            comparison.plot(arguments.plot)
        if not arguments.json:
            print(f"plot: {arguments.plot}")


def _explain(arguments):
    """Run the command ``explain``."""
    problem = problem_of((arguments.problem, *arguments.arguments))
    with usage():
        check_arguments("auto", arguments.accuracy, arguments.workspace_limit, problem)
        rows = table(problem, arguments.accuracy, arguments.workspace_limit)
        chosen = choose(problem, "auto", arguments.accuracy, arguments.workspace_limit).name
    able = [row for row in rows if row.runs]
    lines = [
        [
            f"{'*' if row.name == chosen else ' '} {row.name}", seconds_text(row.seconds),
            size_text(row.workspace), number_text(row.error_bound),
        ]
        for row in able
    ]  # fmt: skip
    print(f"{problem.key()}\n{chosen}: the choice of auto on {machine_text()}\n")
    marked = [i for i, row in enumerate(able) if row.name == chosen]
    show_table(["", "predicted", "workspace", "bound"], lines, marked)
    for line in grouped((row.name, row.reason) for row in rows if row.reason):
        print(f"  {line}")
