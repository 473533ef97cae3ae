"""Tables and progress: by rich on a terminal if it is installed, otherwise as plain text."""

import sys
from contextlib import contextmanager

from ..comparison.text import comparison_columns, comparison_table, heading, reason_lines
from ..planner.text import aligned


class UsageError(Exception):
    """Error for input that cannot be used; its message is the line that the command prints."""


@contextmanager
def usage():
    """Turn the errors of fastconv's validation into a `UsageError`."""
    try:
        yield
    except (ValueError, TypeError, RuntimeError) as error:
        raise UsageError(str(error)) from error


def interactive():
    """Return whether standard output is a terminal; a pipe or a file gets plain text."""
    return sys.stdout.isatty()


def terminal():
    """Return a `rich.console.Console` on a terminal if rich is installed, otherwise None."""
    if not interactive():
        return None
    try:
        from rich.console import Console
    except ImportError:
        return None
    return Console(highlight=False)


def show_table(header, lines, marked=(), left=(0,)):
    """Print a table; on a terminal, highlight the lines whose numbers are in `marked`."""
    console = terminal()
    if console is None:
        print(aligned(header, lines, left))
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for i, name in enumerate(header):
        table.add_column(name, justify="left" if i in left else "right")
    for number, line in enumerate(lines):
        table.add_row(*map(Text, line), style="bold green" if number in marked else None)
    console.print(table)


def show_comparison(comparison):
    """Print a comparison as a table with its reasons."""
    console = terminal()
    if console is None:
        print(comparison_table(comparison))
        return
    header, lines = comparison_columns(comparison)
    console.print(comparison.problem.key(), style="bold", markup=False)
    console.print(heading(comparison), style="dim", markup=False)
    marked = [i for i, line in enumerate(lines) if line[0].startswith("*")]
    show_table(header, lines, marked)
    for line in reason_lines(comparison):
        console.print(f"  {line}", style="dim", markup=False)


@contextmanager
def progress_of(title):
    """Return a context with a function ``progress(name, done, total)`` that shows the progress."""
    console = terminal()
    if console is None:
        yield lambda name, done, total: print(f"{title} {done + 1}/{total}: {name}", flush=True)
        return
    from rich.progress import Progress

    with Progress(console=console) as bar:
        task = bar.add_task(title)

        def progress(name, done, total):
            bar.update(task, total=total, completed=done, description=f"{title}: {name}")

        yield progress
        bar.update(task, completed=bar.tasks[0].total, description=title)
