"""The tables of `explain` and `profile`."""

from ..planner.text import aligned, seconds_text
from .windows import LAST


class Table:
    """Rows of nodes that run. It prints as text.

    Parameters
    ----------
    rows : list of dict
        With op, name, fused, inputs, output, algorithm, channels_last, predicted_seconds,
        multiply_adds, and, if measured, seconds and share.
    """

    def __init__(self, rows):
        self.rows = rows

    def to_dict(self):
        """Return ``{"rows": [...], "seconds": total}``, which JSON can hold."""
        times = [row["seconds"] for row in self.rows if row.get("seconds") is not None]
        return {"rows": [dict(row) for row in self.rows], "seconds": sum(times) if times else None}

    def __str__(self):
        measured = any(row.get("seconds") is not None for row in self.rows)
        header = ["op", "name", "fused", "inputs", "output", "algorithm", "predicted"]
        laid_out = any(row["channels_last"] for row in self.rows)
        lines = []
        for row in self.rows:
            line = [
                row["op"], row["name"], " ".join(row["fused"]),
                " ".join(_shape_text(s) for s in row["inputs"]), _shape_text(row["output"]),
                row["algorithm"], seconds_text(row["predicted_seconds"]),
            ]  # fmt: skip
            if laid_out:
                line.insert(6, row["channels_last"])
            if measured:
                line += [seconds_text(row["seconds"]), f"{100 * row['share']:.1f} %"]
            lines.append(line)
        if laid_out:
            header.insert(6, "channels last")
        if measured:
            header += ["measured", "share"]
        text = aligned(header, lines, left=range(7 if laid_out else 6))
        if measured:
            text += f"\n\n{seconds_text(self.to_dict()['seconds'])} in {len(self.rows)} nodes"
        return text

    def __repr__(self):
        return str(self)


def _shape_text(shape):
    return "?" if shape is None else "x".join(map(str, shape)) or "1"


def _lasts(inputs, output):
    """Return which values of a step have channels last: "input", "output", "both" or ""."""
    first = any(v is not None and v.last for v in inputs)
    second = output is not None and output.last
    return LAST[first, second] or ""


def rows_of(program, times=None):
    """Return a row for each step of a program, with its time if it is given."""
    rows, total = [], sum(times or ()) or 1.0
    for number, step in enumerate(program.steps):
        values = [program.values.get(name) for name in step.inputs if name not in program.constants]
        output = program.values.get(step.outputs[0])
        action = step.action
        row = {
            "op": step.node.label,
            "name": step.node.name,
            "fused": list(step.node.fused),
            "inputs": [None if v is None else list(v.shape) for v in values],
            "output": None if output is None else list(output.shape),
            "algorithm": "when it runs" if action is None else action.algorithm,
            "channels_last": _lasts(values, output),
            "predicted_seconds": None if action is None else action.seconds,
            "multiply_adds": 0 if action is None else action.multiply_adds,
        }
        if times is not None:
            row["seconds"], row["share"] = times[number], times[number] / total
        rows.append(row)
    return rows
