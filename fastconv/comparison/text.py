"""Comparisons as plain text."""

from ..planner.machine import identity
from ..planner.text import aligned, number_text, seconds_text, size_text


def comparison_columns(comparison):
    """Return the header and the lines of all algorithms that have a time or a prediction."""
    flops = getattr(comparison.problem, "flops", 0) if _multiplies(comparison.problem) else 0
    header = ["", "time", "of best", "predicted", "error", "bound", "workspace"]
    if flops:
        header.insert(3, "GFLOP/s")
    best = comparison.row(comparison.best).seconds if comparison.best else None
    lines = []
    for row in comparison.rows:
        if not _listed(row):
            continue
        mark = "*" if row.algorithm == comparison.chosen else " "
        share = "-" if row.seconds is None else f"{best / row.seconds:.0%}"
        line = [
            f"{mark} {row.algorithm}", seconds_text(row.seconds), share,
            seconds_text(row.predicted_seconds), number_text(row.error),
            number_text(row.error_bound), size_text(row.workspace_bytes),
        ]  # fmt: skip
        if flops:
            line.insert(3, "-" if row.seconds is None else f"{flops / row.seconds / 1e9:.1f}")
        lines.append(line)
    return header, lines


def _listed(row):
    """Return whether a row holds numbers, and not only a reason."""
    return row.seconds is not None or row.predicted_seconds is not None


def reason_lines(comparison):
    """Return the lines below the table: why algorithms did not run, or why auto skips them."""
    said = [
        (row, f"not for auto: {row.note}" if row.note else row.reason) for row in comparison.rows
    ]
    lines = grouped((row.algorithm, text) for row, text in said if text)
    return [*lines, comparison.remark] if comparison.remark else lines


def grouped(pairs):
    """Return pairs (algorithm, reason) as one line per reason: ``direct, im2col: not built``."""
    names = {}
    for algorithm, reason in pairs:
        names.setdefault(reason, []).append(algorithm)
    return [f"{', '.join(algorithms)}: {reason}" for reason, algorithms in names.items()]


def heading(comparison):
    """Return the machine and the threads of a comparison, and the meaning of the star."""
    return f"{machine_text(comparison)}; * is the choice of auto"


def machine_text(comparison=None):
    """Return the CPU, ISA and threads of a comparison, or the current ones."""
    if comparison is None:
        cpu, isa, threads = (identity()[name] for name in ("cpu", "isa", "threads"))
    else:
        cpu, isa, threads = comparison.cpu, comparison.isa, comparison.threads
    return f"{cpu}, {isa}, {threads} thread{'s' if threads > 1 else ''}"


def comparison_table(comparison):
    """Return the whole comparison as text."""
    parts = [comparison.problem.key(), heading(comparison), ""]
    parts.append(aligned(*comparison_columns(comparison)))
    parts += [f"  {line}" for line in reason_lines(comparison)]
    return "\n".join(parts)


def _multiplies(problem):
    """Return whether the problem multiplies, so that GFLOP/s have a meaning."""
    return hasattr(problem, "stencil") and problem.kind != "bias"
