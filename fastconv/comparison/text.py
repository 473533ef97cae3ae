"""A comparison as plain text."""

from ..planner.machine import identity
from ..planner.text import aligned, number_text, seconds_text, size_text


def comparison_columns(comparison):
    """Header and lines of the algorithms that have a time or at least a prediction."""
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
    """Whether a row holds numbers, and not only a reason."""
    return row.seconds is not None or row.predicted_seconds is not None


def reason_lines(comparison):
    """What is to be said below the table: why algorithms did not run, or are not for auto."""
    said = [
        (row, f"not for auto: {row.note}" if row.note else row.reason) for row in comparison.rows
    ]
    lines = grouped((row.algorithm, text) for row, text in said if text)
    return [*lines, comparison.remark] if comparison.remark else lines


def grouped(pairs):
    """Pairs (algorithm, reason) as lines ``direct, im2col: not built``, one per reason."""
    names = {}
    for algorithm, reason in pairs:
        names.setdefault(reason, []).append(algorithm)
    return [f"{', '.join(algorithms)}: {reason}" for reason, algorithms in names.items()]


def heading(comparison):
    """Machine and threads of a comparison, and what the star means."""
    return f"{machine_text(comparison)}; * is the choice of auto"


def machine_text(comparison=None):
    """CPU, ISA and threads: those of a comparison, or the present ones."""
    if comparison is None:
        cpu, isa, threads = (identity()[name] for name in ("cpu", "isa", "threads"))
    else:
        cpu, isa, threads = comparison.cpu, comparison.isa, comparison.threads
    return f"{cpu}, {isa}, {threads} thread{'s' if threads > 1 else ''}"


def comparison_table(comparison):
    """The whole comparison as text."""
    parts = [comparison.problem.key(), heading(comparison), ""]
    parts.append(aligned(*comparison_columns(comparison)))
    parts += [f"  {line}" for line in reason_lines(comparison)]
    return "\n".join(parts)


def _multiplies(problem):
    """Whether GFLOP/s mean something: not for poolings, which compare and move."""
    return hasattr(problem, "stencil") and problem.kind != "bias"
