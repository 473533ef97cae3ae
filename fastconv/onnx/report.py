"""The tables of `explain` and `profile`."""

from ..planner.text import aligned, seconds_text


class Table:
    """Rows of nodes that run. It prints as text.

    Parameters
    ----------
    rows : list of dict
        With op, name, fused, inputs, output, algorithm, predicted_seconds, multiply_adds, and, if
        measured, seconds and share.
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
        lines = []
        for row in self.rows:
            line = [
                row["op"], row["name"], " ".join(row["fused"]),
                " ".join(_shape_text(s) for s in row["inputs"]), _shape_text(row["output"]),
                row["algorithm"], seconds_text(row["predicted_seconds"]),
            ]  # fmt: skip
            if measured:
                line += [seconds_text(row["seconds"]), f"{100 * row['share']:.1f} %"]
            lines.append(line)
        if measured:
            header += ["measured", "share"]
        text = aligned(header, lines, left=(0, 1, 2, 3, 4, 5))
        if measured:
            text += f"\n\n{seconds_text(self.to_dict()['seconds'])} in {len(self.rows)} nodes"
        return text

    def __repr__(self):
        return str(self)


def _shape_text(shape):
    return "?" if shape is None else "x".join(map(str, shape)) or "1"


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
            "predicted_seconds": None if action is None else action.seconds,
            "multiply_adds": 0 if action is None else action.multiply_adds,
        }
        if times is not None:
            row["seconds"], row["share"] = times[number], times[number] / total
        rows.append(row)
    return rows
